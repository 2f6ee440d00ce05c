/* Vectors of section 7: by hand with a small embedding, the worked examples 66 and 67, and model files: as
 * written they read the same, damaged in any way they are refused. */
#include <math.h>
#include <stdlib.h>

#include "cmocka_all.h"
#include "microflux/vectors.h"

static struct methodology *m;

/* Tokens 10 and 20 along the axes 0 and 1; 100 posts, of which 9 have each. */
static struct embedding *small(void)
{
    struct embedding *e = calloc(1, sizeof *e);
    e->posts = 99;
    e->n = 2;
    e->tokens = calloc(2, sizeof *e->tokens);
    for (uint32_t i = 0; i < 2; i++) {
        e->tokens[i] = (struct embedded){.token = 10 * (i + 1), .df = 9, .scale = 1.0f / 127};
        e->tokens[i].code[i] = 127;
        e->covariance[i][i] = 0.25f;
    }
    e->mu[2] = 0.5f;
    e->nu[3] = 0.25f;
    return e;
}

static void content_by_hand(void **state)
{
    (void)state;
    struct embedding *e = small();
    struct content content;
    uint32_t tokens[] = {20, 7, 10, 10, 10}, none[] = {7, 8};
    float zero[DIMS] = {0}, v[DIMS];
    content_vector(e, tokens, 5, &content);
    double x = log(4), y = log(2), length = sqrt(x * x + y * y); /* w = ln 10 of both falls out */
    assert_int_equal(content.n, 2);
    assert_true(fabs(content.u[0] - x / length) < 1e-6 && fabs(content.u[1] - y / length) < 1e-6);
    assert_true(fabs(content.u[2] + 0.5) < 1e-6);
    creator_vector(m, &content, zero, v);
    assert_true(fabs(v[0] - x / length * 2 / 5) < 1e-6);
    content_vector(e, none, 2, &content);
    assert_int_equal(content.n, 0);
    assert_true(dims_dot(content.u, content.u, DIMS) == 0);
    embedding_close(e);
}

static void audience_by_hand(void **state)
{
    (void)state;
    struct embedding *e = small();
    float y[DIMS] = {0}, one[DIMS] = {3}, a[DIMS], v[DIMS];
    struct content content = {0};
    audience_vector(e, m, y, 0, a);
    assert_true(dims_dot(a, a, DIMS) == 0);
    audience_add(y, one);
    audience_add(y, one);
    audience_vector(e, m, y, 2, a);
    assert_true(fabs(a[0] - 2.0 / 7) < 1e-6 && fabs(a[3] + 0.25 * 2 / 7) < 1e-6);
    creator_vector(m, &content, a, v);
    assert_true(fabs(v[0] - 0.8 * 2 / 7) < 1e-6);
    embedding_close(e);
}

/* One more post with these tokens, n of them. */
static void post(struct creator *c, int64_t i, uint32_t token, uint8_t n, bool deleted)
{
    struct creator_rules rules = {.methodology = m, .max_future = 300000};
    struct applied_counts counts;
    char id[] = {'p', (char)('0' + i)};
    int64_t as_of = 0;
    struct post_record r = {.creator_id = BYTES("c"),
                            .post_id = {id, 2},
                            .posted_at = 1000 * i,
                            .deleted = deleted,
                            .tokens = {token, 7},
                            .n_tokens = n};
    creator_post(c, &rules, &r, &(struct provenance){i, 1000000}, &as_of, &counts);
}

/* What a creator keeps: worked out once while words and embedding stay, over the posts that count. */
static void content_is_kept(void **state)
{
    (void)state;
    struct embedding *e = small(), *other = small();
    struct creator c;
    other->digest = 2;
    creator_init(&c);
    assert_int_equal(creator_content(&c, e)->code[2], 0);
    assert_null(c.content);
    post(&c, 1, 10, 2, false);
    post(&c, 2, 20, 1, false);
    const struct packed_vector *u = creator_content(&c, e);
    assert_int_equal(c.content->content.n, 2);
    assert_true(fabs(u->code[0] * (double)u->scale - M_SQRT1_2) < 0.01 && u->code[0] == u->code[1]);
    c.content->u.code[0] = 99;
    post(&c, 2, 20, 1, false); /* the same words again */
    assert_int_equal(creator_content(&c, e)->code[0], 99);
    assert_int_equal(creator_content(&c, other)->code[0], u->code[1]);
    post(&c, 2, 20, 1, true);
    assert_int_equal(creator_content(&c, other)->code[1], 0);
    assert_int_equal(c.content->content.n, 1);
    creator_clear(&c);
    assert_null(c.content);
    embedding_close(e);
    embedding_close(other);
}

static void meetings_are_of_one_embedding(void **state)
{
    (void)state;
    struct embedding first = {.digest = 1}, second = {.digest = 2};
    struct packed_vector u = {0.5f, {2, -4}};
    struct creator c;
    creator_init(&c);
    creator_met(&c, &first, &u);
    creator_met(&c, &first, &u);
    assert_true(c.audience->met == 2 && c.audience->y[0] == 2 && c.audience->y[1] == -4);
    assert_true(c.dirty.audience);
    creator_met(&c, &second, &u);
    assert_true(c.audience->met == 1 && c.audience->y[0] == 1 && c.audience->embedding == 2);
    creator_erase(&c, &(struct provenance){1, 1}, 1);
    assert_true(c.audience == NULL && !c.dirty.audience);
    creator_clear(&c);
}

static uint64_t scored(const struct creator *c, const struct models *models, struct score *s)
{
    creator_score(c, m, &(struct market){.models = *models}, 2000000, s);
    return score_digest(s);
}

/* Published: V and its evidence, niches by the model; by the lexicon as long as there is none. A change that
 * the codes do not show is none. */
static void scores_tell_vectors(void **state)
{
    (void)state;
    struct embedding *e = small();
    struct niche_model niche = {.n = m->n_niches, .bias = {3}};
    struct models models = {.embedding = e}, none = {NULL, NULL};
    struct packed_vector u = {0.5f, {100}}, little = {1e-6f, {100}};
    struct creator c;
    struct score s;
    float v[DIMS];
    e->digest = 5;
    creator_init(&c);
    post(&c, 1, 10, 2, false);
    scored(&c, &none, &s);
    assert_false(s.niche.has_vector || s.niche.model);
    uint64_t by_lexicon = scored(&c, &models, &s);
    assert_true(s.niche.has_vector && s.niche.known == 1 && s.niche.met == 0 && s.niche.focus.n == 2);
    vector_unpack(&s.niche.vector, v);
    assert_true(fabs(v[0] - 0.25) < 0.002 && fabs(v[2] + 0.125) < 0.002); /* n/(n + 3) of 1 and -0.5 */
    models.niche = &niche;
    uint64_t before = scored(&c, &models, &s);
    assert_true(before != by_lexicon && s.niche.model && s.niche.focus.n == 1);
    assert_string_equal(s.niche.asserted, m->niches[0]);
    creator_met(&c, e, &u);
    uint64_t met = scored(&c, &models, &s);
    assert_true(met != before && s.niche.met == 1);
    c.audience->met = 1000000;
    met = scored(&c, &models, &s);
    creator_met(&c, e, &little);
    assert_true(scored(&c, &models, &s) == met && s.niche.met == 1000001);
    e->digest = 6; /* another one: nobody was met yet */
    assert_true(scored(&c, &models, &s) == before && s.niche.met == 0);
    creator_clear(&c);
    embedding_close(e);
}

static void packing(void **state)
{
    (void)state;
    struct packed_vector packed;
    float v[DIMS] = {0.5f, -1.0f, 0.25f}, back[DIMS], none[DIMS] = {0};
    vector_pack(v, &packed);
    vector_unpack(&packed, back);
    for (size_t i = 0; i < DIMS; i++)
        assert_true(fabs(back[i] - v[i]) <= packed.scale / 2 + 1e-7);
    vector_pack(none, &packed);
    vector_unpack(&packed, back);
    assert_true(dims_dot(back, back, DIMS) == 0);
}

/* Examples 66 and 67 of the specification, in 4 dimensions. */
static void examples(void **state)
{
    (void)state;
    const float mean[] = {0.05f, 0, 0.02f, -0.01f}, b[] = {0.5f, 0, -0.1f, 0.2f};
    const float covariance[] = {0.04f, 0.01f, 0,     0,      0.01f, 0.09f, 0,      0,
                                0,     0,     0.01f, 0.002f, 0,     0,     0.002f, 0.0225f};
    const float v[] = {0.4f, 0.1f, -0.2f, 0.3f}, zero[4] = {0}, sum[] = {3, 0, 0, 4},
                mu[] = {0.1f, 0, 0, 0.2f};
    struct affinity affinity;
    float cold[4];
    assert_true(dims_affinity(v, b, mean, covariance, 4, &affinity));
    assert_true(fabs(affinity.a - 0.28) < 1e-6 && fabs(affinity.z - 2.47849727) < 1e-5);
    assert_true(fabs(affinity.score - 99.3403144) < 1e-3);
    assert_true(dims_affinity(zero, b, mean, covariance, 4, &affinity));
    assert_true(fabs(affinity.z + 0.2009592381) < 1e-6 && fabs(affinity.score - 42.03652235) < 1e-3);
    assert_false(dims_affinity(v, zero, mean, covariance, 4, &affinity));
    assert_true(dims_unit_less(sum, mu, 4, cold));
    assert_true(fabs(cold[0] - 0.5) < 1e-6 && fabs(cold[3] - 0.6) < 1e-6);
}

static void niche_by_hand(void **state)
{
    (void)state;
    struct niche_model model = {.n = 2, .bias = {0, 1}};
    struct content content = {.n = 2, .u = {1}};
    float a[DIMS] = {0, 0.5f}, features[FEATURES];
    double posterior[NICHES];
    model.weights[0][0] = 4;
    model.weights[1][DIMS + 1] = 2;
    niche_features(m, &content, a, features);
    assert_true(fabs(features[0] - 0.5) < 1e-6);
    niche_softmax(&model, features, posterior); /* 2 against 1 + 1 */
    assert_true(fabs(posterior[0] - 0.5) < 1e-6 && fabs(posterior[1] - 0.5) < 1e-6);
}

/* Every cut and a flipped byte in every place. */
static void damaged(const char *text, bool (*reads)(const char *))
{
    size_t len = strlen(text);
    char *copy = strdup(text);
    assert_true(reads(text));
    for (size_t i = 0; i < len; i += 7) {
        copy[i] ^= 1;
        assert_false(reads(copy));
        copy[i] = '\0';
        assert_false(reads(copy));
        copy[i] = text[i];
    }
    free(copy);
}

static bool embedding_reads(const char *text)
{
    struct embedding *e = NULL;
    bool reads = embedding_read("a file", text, &e, NULL) == ERR_OK;
    embedding_close(e);
    return reads;
}

static bool niche_reads(const char *text)
{
    struct niche_model *model = NULL;
    bool reads = niche_model_read("a file", text, &model, NULL) == ERR_OK;
    niche_model_close(model);
    return reads;
}

static void embedding_file(void **state)
{
    (void)state;
    struct embedding *e = small(), *again;
    struct buffer text = {0};
    embedding_write(e, &text);
    buffer_add(&text, "", 1);
    assert_int_equal(embedding_read("a file", text.data, &again, NULL), ERR_OK);
    assert_true(again->digest == e->digest && again->n == 2 && again->mu[2] == 0.5f);
    assert_true(embedding_find(again, 20) && !embedding_find(again, 15));
    assert_true(again->tokens[1].code[1] == 127 && again->covariance[1][1] == 0.25f);
    damaged(text.data, embedding_reads);
    embedding_close(again);
    embedding_close(e);
    buffer_free(&text);
}

static void niche_file(void **state)
{
    (void)state;
    struct niche_model model = {.n = 2, .names = {"FOOD", "PET"}, .bias = {0.1f, -1}, .embedding = 77},
                       *again;
    struct buffer text = {0};
    struct err_info info;
    model.weights[1][127] = 0.3f;
    niche_model_write(&model, &text);
    buffer_add(&text, "", 1);
    assert_int_equal(niche_model_read("a file", text.data, &again, NULL), ERR_OK);
    assert_true(again->embedding == 77 && again->weights[1][127] == 0.3f && again->bias[0] == 0.1f);
    assert_string_equal(again->names[1], "PET");
    damaged(text.data, niche_reads);
    assert_int_equal(embedding_read("a file", text.data, NULL, &info), ERR_USAGE);
    assert_non_null(strstr(info.sentence, "no embed model"));
    niche_model_close(again);
    buffer_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(content_by_hand),
                                       cmocka_unit_test(audience_by_hand),
                                       cmocka_unit_test(content_is_kept),
                                       cmocka_unit_test(scores_tell_vectors),
                                       cmocka_unit_test(meetings_are_of_one_embedding),
                                       cmocka_unit_test(packing),
                                       cmocka_unit_test(examples),
                                       cmocka_unit_test(niche_by_hand),
                                       cmocka_unit_test(embedding_file),
                                       cmocka_unit_test(niche_file)};
    if (methodology_open("default", &m, NULL) != ERR_OK)
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    methodology_close(m);
    return failed;
}
