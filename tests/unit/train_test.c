/* Figures by hand, a refit and a softmax that must find what was planted, and a corpus of two niches whose
 * words and audiences do not mix: the embedding and the vectors part them, equal seeds give equal models. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "cmocka_all.h"
#include "train_room.h"

static struct methodology *m;
static struct text *text;

static void figures_by_hand(void **state)
{
    (void)state;
    struct scored rows[] = {{0.9, true}, {0.4, true}, {0.4, false}, {0.1, false}};
    assert_true(fabs(figure_f1(rows, 4, 0.3) - (0.8 + 2.0 / 3) / 2) < 1e-9);
    assert_true(fabs(figure_ece(rows, 4) - (0.1 + 0.2 + 0.1) / 4) < 1e-9);
    assert_true(fabs(figure_auc(rows, 4) - 3.5 / 4) < 1e-9);
    const double posterior[] = {0.8, 0.2, 0.6, 0.4, 0.3, 0.7};
    const uint32_t truth[] = {0, 1, 1};
    struct class_figures f = figures_of_classes(posterior, truth, 3, 2);
    assert_true(fabs(f.accuracy - 2.0 / 3) < 1e-9 && fabs(f.macro_f1 - 2.0 / 3) < 1e-9);
}

static void refit_finds_slope(void **state)
{
    (void)state;
    struct scored *rows = memory(20000, sizeof *rows);
    uint64_t seed = 5;
    double slope, intercept;
    for (size_t i = 0; i < 20000; i++) {
        double x = (double)random_below(&seed, 6001) / 1000 - 3, p = 1 / (1 + exp(-(2 * x + 1)));
        rows[i] = (struct scored){x, (double)random_below(&seed, 1000000) < 1e6 * p};
    }
    actor_refit(rows, 20000, &slope, &intercept);
    assert_true(fabs(slope - 2) < 0.15 && fabs(intercept - 1) < 0.15);
    free(rows);
}

/* 200 creators: even ones speak of food words, odd ones of travel words; each pair of neighbours of one kind
 * shares an actor. */
static struct corpus *two_niches(void)
{
    struct corpus *c = corpus_open(text);
    uint64_t seed = 3;
    for (int i = 0; i < 200; i++) {
        char id[16], post[16], actor[16], words[8][16];
        struct bytes tags[8];
        snprintf(id, sizeof id, "c%03d", i); /* in this order */
        snprintf(post, sizeof post, "p%d", i);
        snprintf(actor, sizeof actor, "a%d", i / 4 * 2 + i % 2);
        for (int k = 0; k < 8; k++) {
            snprintf(words[k], sizeof words[k], "%s%zu", i % 2 ? "trip" : "dish", random_below(&seed, 80));
            tags[k] = bytes_of(words[k]);
        }
        tags[0] = i % 2 ? BYTES("travel") : BYTES("food");
        const struct post_record record = {
            .creator_id = bytes_of(id), .post_id = bytes_of(post), .posted_at = i, .tags = tags, .n_tags = 8};
        const struct interaction_record comment = {.creator_id = bytes_of(id),
                                                   .actor_id = bytes_of(actor),
                                                   .kind = KIND_COMMENT,
                                                   .count = 1,
                                                   .occurred_at = i};
        corpus_post(c, &record);
        corpus_interaction(c, &comment);
    }
    corpus_settle(c);
    return c;
}

static void niches_part(void **state)
{
    (void)state;
    struct corpus *c = two_niches();
    struct embedding *e, *again;
    struct embed_report report;
    struct buffer one = {0}, two = {0};
    assert_int_equal(c->n_meetings, 200); /* 100 actors meet two creators each, told to both */
    assert_int_equal(train_embedding(c, m, 7, &e, &report, NULL), ERR_OK);
    assert_int_equal(train_embedding(c, m, 7, &again, &report, NULL), ERR_OK);
    embedding_write(e, &one);
    embedding_write(again, &two);
    assert_true(one.len == two.len && memcmp(one.data, two.data, one.len) == 0);
    struct creator_vectors *v = corpus_vectors(c, e, m);
    for (int i = 0; i < 196; i++) {
        assert_true(v[i].met == 1);
        assert_true(dims_dot(v[i].content.u, v[i + 2].content.u, DIMS) >
                    dims_dot(v[i].content.u, v[i + 1].content.u, DIMS));
        assert_true(dims_dot(v[i].a, v[i + 2].content.u, DIMS) > dims_dot(v[i].a, v[i + 1].content.u, DIMS));
    }
    struct niche_rows rows = niche_pseudo(c, e, m, v); /* knows no word but food and travel */
    assert_true(rows.n > 150);
    for (size_t i = 0; i < rows.n; i++)
        assert_true(rows.labels[i * rows.k + 4] + rows.labels[i * rows.k + 7] == 1); /* FOOD, TRAVEL */
    assert_true(niche_heldout(&rows, NICHE_C_PSEUDO, 1).accuracy > 0.99);
    niche_rows_free(&rows);
    free(v);
    buffer_free(&one);
    buffer_free(&two);
    embedding_close(e);
    embedding_close(again);
    corpus_close(c);
}

/* One actor at two creators, 100 days apart, who each list 40 tags. */
static struct corpus *two_posts(bool as_live)
{
    struct corpus *c = corpus_open(text);
    char words[40][8];
    struct bytes tags[40];
    c->as_live = as_live;
    for (int k = 0; k < 40; k++) {
        snprintf(words[k], sizeof words[k], "t%d", k);
        tags[k] = bytes_of(words[k]);
    }
    for (int i = 0; i < 2; i++) {
        struct bytes id = i ? BYTES("one") : BYTES("two");
        corpus_post(c, &(struct post_record){.creator_id = id, .post_id = id, .tags = tags, .n_tags = 40});
        corpus_interaction(c, &(struct interaction_record){.creator_id = id,
                                                           .actor_id = BYTES("actor"),
                                                           .kind = KIND_COMMENT,
                                                           .count = 1,
                                                           .occurred_at = i * 100 * MS_DAY});
    }
    corpus_settle(c);
    return c;
}

static void corpus_by_hand(void **state)
{
    (void)state;
    struct corpus *c = two_posts(false), *forgets = two_posts(true);
    assert_int_equal(c->n_meetings, 2);
    assert_int_equal(forgets->n_meetings, 0);
    assert_int_equal(c->posts[0]->n_tokens, TEXT_TOKENS); /* what a score keeps */
    assert_int_equal(c->posts[0]->n_all_tokens, 40);      /* what an embedding learns from */
    assert_int_equal(c->n_tokens, 40);
    assert_int_equal(c->tokens[39]->creators, 2);
    corpus_close(c);
    corpus_close(forgets);
}

static void says(struct corpus *c, struct bytes creator, struct bytes post, int64_t at, struct bytes tag)
{
    corpus_post(c, &(struct post_record){
                       .creator_id = creator, .post_id = post, .posted_at = at, .tags = &tag, .n_tags = 1});
}

static void hears(struct corpus *c, struct bytes creator, int64_t at)
{
    corpus_interaction(c, &(struct interaction_record){.creator_id = creator,
                                                       .actor_id = BYTES("actor"),
                                                       .kind = KIND_COMMENT,
                                                       .count = 1,
                                                       .occurred_at = at});
}

/* Of one creator who spoke of food, and after the meeting of travel. */
static void as_of_the_meeting(void **state)
{
    (void)state;
    struct corpus *niches = two_niches();
    struct embedding *e;
    struct embed_report report;
    float a[2][DIMS];
    assert_int_equal(train_embedding(niches, m, 7, &e, &report, NULL), ERR_OK);
    for (int as_live = 0; as_live < 2; as_live++) {
        struct corpus *c = corpus_open(text);
        c->as_live = as_live;
        says(c, BYTES("one"), BYTES("p"), 1, BYTES("food"));
        hears(c, BYTES("two"), 2);
        hears(c, BYTES("one"), 3);
        says(c, BYTES("one"), BYTES("q"), 4, BYTES("travel"));
        says(c, BYTES("one"), BYTES("r"), 5, BYTES("travel"));
        corpus_settle(c);
        struct creator_vectors *v = corpus_vectors(c, e, m);
        size_t two = corpus_find(c, BYTES("two"))->index;
        assert_int_equal(v[two].met, 1);
        memcpy(a[as_live], v[two].a, sizeof a[0]);
        free(v);
        corpus_close(c);
    }
    struct creator_vectors *v = corpus_vectors(niches, e, m); /* even ones speak of food */
    assert_true(dims_dot(a[1], v[0].content.u, DIMS) > 0 && dims_dot(a[1], v[1].content.u, DIMS) < 0);
    assert_true(dims_dot(a[0], v[1].content.u, DIMS) > dims_dot(a[1], v[1].content.u, DIMS));
    free(v);
    embedding_close(e);
    corpus_close(niches);
}

static void too_little(void **state)
{
    (void)state;
    struct corpus *c = corpus_open(text);
    struct embedding *e;
    struct embed_report report;
    struct err_info info;
    corpus_settle(c);
    assert_int_equal(train_embedding(c, m, 1, &e, &report, &info), ERR_USAGE);
    assert_non_null(strstr(info.sentence, "more of the stream"));
    corpus_close(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(figures_by_hand),   cmocka_unit_test(refit_finds_slope),
        cmocka_unit_test(corpus_by_hand),    cmocka_unit_test(niches_part),
        cmocka_unit_test(as_of_the_meeting), cmocka_unit_test(too_little)};
    if (methodology_open("default", &m, NULL) != ERR_OK || text_open(NULL, &text, NULL) != ERR_OK)
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    text_close(text);
    methodology_close(m);
    return failed;
}
