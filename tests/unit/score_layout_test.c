/* A creator written to Redis and read back is the same creator: built by random records through the domain's
 * own verbs, written change by change into hashes like Redis', and loaded again at random moments. JSON is
 * compared, and scores. */
#include <stdio.h>
#include <stdlib.h>

#include "cmocka_all.h"
#include "microflux/score.h"
#include "microflux/vectors.h"

#define MOST_FIELDS 400

struct hash { /* one Redis hash */
    struct redis_answer fields[2 * MOST_FIELDS], *items[2 * MOST_FIELDS];
    char text[2 * MOST_FIELDS][300];
    size_t n; /* fields and values */
};

static struct hash hashes[N_CREATOR_KEYS];
static struct {
    char text[16384];
    size_t len; /* 0: never written */
} wholes[N_CREATOR_KEYS];
static size_t longest_whole[N_CREATOR_KEYS];
static struct methodology *methodology;
static unsigned seed;
static size_t longest;

static void put(struct hash *h, size_t i, struct bytes text)
{
    assert_true(text.len < sizeof h->text[0]);
    memcpy(h->text[i], text.ptr, text.len);
    h->fields[i] = (struct redis_answer){.type = REDIS_TEXT, .text = {h->text[i], text.len}};
    h->items[i] = &h->fields[i];
}

static size_t find(const struct hash *h, struct bytes field)
{
    size_t i = 0;
    while (i < h->n && !bytes_equal(h->fields[i].text, field))
        i += 2;
    return i;
}

static void on_set(void *arg, int key, struct bytes field, struct bytes value)
{
    struct hash *h = &hashes[key];
    size_t i = find(h, field);
    (void)arg;
    assert_true(i < 2 * MOST_FIELDS);
    put(h, i, field);
    put(h, i + 1, value);
    longest = value.len > longest ? value.len : longest;
    if (i == h->n)
        h->n += 2;
}

static void on_drop(void *arg, int key, struct bytes field)
{
    struct hash *h = &hashes[key];
    size_t i = find(h, field);
    (void)arg;
    if (i == h->n)
        return;
    h->n -= 2;
    struct bytes last = h->fields[h->n].text, value = h->fields[h->n + 1].text;
    if (i != h->n) {
        put(h, i, last);
        put(h, i + 1, value);
    }
}

static void on_whole(void *arg, int key, struct bytes value)
{
    (void)arg;
    assert_true(CREATOR_WHOLE_KEYS >> key & 1);
    assert_true(value.len > 0 && value.len <= sizeof wholes[key].text);
    memcpy(wholes[key].text, value.ptr, value.len);
    wholes[key].len = value.len;
    longest_whole[key] = value.len > longest_whole[key] ? value.len : longest_whole[key];
}

static enum err load(struct creator *c, int key, struct err_info *info)
{
    struct redis_answer hash = {.type = REDIS_ARRAY, .items = hashes[key].items, .n = hashes[key].n};
    struct redis_answer whole = {.type = wholes[key].len ? REDIS_TEXT : REDIS_NIL,
                                 .text = {wholes[key].text, wholes[key].len}};
    return layout_load(c, key, CREATOR_WHOLE_KEYS >> key & 1 ? &whole : &hash, info);
}

static int64_t below(int64_t n)
{
    return (int64_t)((unsigned)rand_r(&seed) % (uint64_t)n);
}

/* Now and then the audience is told of, with more of it than is kept. */
static void random_shares(struct audience_shares shares[SHARES_KINDS])
{
    for (int64_t n = below(2) * below(40); n > 0; n--) {
        char name[] = {(char)('A' + below(26)), (char)('A' + below(26)), 0};
        audience_shares_add(&shares[below(SHARES_KINDS)], bytes_of(name), (double)below(100) / 90);
    }
}

static void random_record(struct creator *c, const struct creator_rules *rules, int64_t offset,
                          int64_t *as_of)
{
    static char id[32], campaign[16];
    static const struct bytes mentions[] = {{"acme", 4}, {"globex", 6}};
    struct applied_counts counts;
    int64_t now = 1770000000000 + offset * 1200000;
    struct provenance at = {offset, now};
    struct bytes post = {id,
                         (size_t)snprintf(id, sizeof id, "post-%lld", (long long)(offset / 12 - below(20)))};
    if (below(20) == 0) {
        struct profile_record r = {.creator_id = BYTES("c"),
                                   .platform = 1,
                                   .observed_at = now - below(3 * MS_DAY),
                                   .followers = 90000 + below(20000),
                                   .has_following = below(2),
                                   .following = below(1000),
                                   .has_price = below(2),
                                   .price_minor_units = below(100000),
                                   .price_currency = BYTES("EUR"),
                                   .country = BYTES("FR")};
        random_shares(r.shares);
        creator_profile(c, rules, &r, &at, as_of);
    } else if (below(6) == 0) {
        struct post_record r = {.creator_id = BYTES("c"),
                                .post_id = post,
                                .posted_at = now - below(MS_DAY),
                                .format = 1,
                                .deleted = below(20) == 0,
                                .n_sponsors = (size_t)(below(10) == 0),
                                .has_metrics = below(2),
                                .metrics = {.observed_at = now, .likes = below(1000), .has_likes = true},
                                .disclosed_word = below(9) == 0,
                                .likely = below(9) == 0,
                                .lexicon = below(2) ? (uint64_t)below(1 << 30) << 20 : 0,
                                .n_tokens = (uint8_t)below(TOKENS + 1),
                                .mentions = mentions,
                                .n_mentions = (size_t)below(3)};
        for (uint8_t i = 0; i < r.n_tokens; i++)
            r.tokens[i] = (uint32_t)below(1000);
        r.niche_hits[below(8)] = (uint8_t)below(3);
        creator_post(c, rules, &r, &at, as_of, &counts);
    } else {
        struct interaction_record r = {.creator_id = BYTES("c"),
                                       .post_id = post,
                                       .kind = 1 + (int32_t)below(8),
                                       .count = below(40) - 3,
                                       .occurred_at = now - below(100) * MS_HOUR,
                                       .own = below(20) == 0,
                                       .has_comment = below(2),
                                       .comment_words = (int32_t)below(5),
                                       .comment_fingerprint = below(100),
                                       .has_actor = below(2),
                                       .actor_followers = below(1000),
                                       .actor_following = below(5000),
                                       .has_value = below(2),
                                       .value_minor_units = below(10000),
                                       .value_currency = below(2) ? BYTES("EUR") : BYTES("USD")};
        uint64_t actor = (uint64_t)below(offset < 3000 ? 100 : 100000);
        if (below(3))
            r.actor_hash = bytes_hash((struct bytes){(const char *)&actor, sizeof actor});
        if (below(2))
            r.campaign_id = (struct bytes){
                campaign, (size_t)snprintf(campaign, sizeof campaign, "k%lld", (long long)below(25))};
        creator_interaction(c, rules, &r, &at, as_of, &counts);
    }
}

/* Now and then the audience is met elsewhere, now and then after another embedding came. */
static void random_meeting(struct creator *c)
{
    struct embedding embedding = {.digest = below(300) ? 0xfedcba9876543210 : 7};
    struct packed_vector u = {.scale = (float)(1 + below(100)) / 5000};
    for (size_t i = 0; i < DIMS; i++)
        u.code[i] = (int8_t)(below(255) - 127);
    creator_met(c, &embedding, &u);
}

static void same_posts(const struct creator *a, const struct creator *b)
{
    for (size_t i = 0; i < (size_t)a->n_posts + a->n_placeholders; i++) {
        const struct post *x = &a->posts[i], *y = &b->posts[i];
        assert_memory_equal(&x->traits, &y->traits, sizeof x->traits);
        assert_memory_equal(x->niche_hits, y->niche_hits, sizeof x->niche_hits);
        assert_true(x->lexicon == y->lexicon && x->likely == y->likely && x->n_tokens == y->n_tokens);
        assert_true(x->n_brands == y->n_brands && (x->minutes == NULL) == (y->minutes == NULL));
        if (x->n_tokens)
            assert_memory_equal(x->tokens, y->tokens, x->n_tokens * sizeof *x->tokens);
        if (x->minutes)
            assert_memory_equal(x->minutes, y->minutes, sizeof *x->minutes);
    }
}

static void same_actors(const struct creator *a, const struct creator *b)
{
    for (size_t i = 0; a->actors && i < ACTOR_SLICES; i++) {
        uint8_t x[HLL_REGISTERS] = {0}, y[HLL_REGISTERS] = {0};
        const struct slice *s = &a->actors->slices[i], *t = &b->actors->slices[i];
        if (s->sample.n == 0)
            continue;
        hll_union(&s->hll, x);
        hll_union(&t->hll, y);
        assert_memory_equal(x, y, sizeof x);
        assert_int_equal(s->number, t->number);
        assert_int_equal(s->sample.n, t->sample.n);
        for (uint8_t k = 0; k < s->sample.n; k++)
            assert_true(s->sample.actors[k].hash == t->sample.actors[k].hash &&
                        s->sample.actors[k].post == t->sample.actors[k].post &&
                        s->sample.actors[k].fake == t->sample.actors[k].fake &&
                        s->sample.actors[k].known == t->sample.actors[k].known);
    }
    assert_int_equal(a->fingerprints.n, b->fingerprints.n);
    for (uint8_t k = 0; k < a->fingerprints.n; k++)
        assert_true(a->fingerprints.at[k].offset == b->fingerprints.at[k].offset &&
                    a->fingerprints.at[k].low == b->fingerprints.at[k].low);
}

static void compare(struct creator *c, int64_t as_of)
{
    struct creator loaded;
    struct err_info info;
    struct buffer wanted = {0}, found = {0};
    struct score a, b;
    creator_init(&loaded);
    for (int key = 0; key < N_CREATOR_KEYS; key++)
        if (load(&loaded, key, &info) != ERR_OK)
            fail_msg("%s", info.sentence);
    layout_loaded(&loaded);
    layout_json(c, BYTES("c"), 0, &wanted);
    layout_json(&loaded, BYTES("c"), 0, &found);
    size_t same = 0;
    while (same < wanted.len && same < found.len && wanted.data[same] == found.data[same])
        same++;
    if (same < wanted.len || same < found.len)
        fail_msg("from byte %zu: wanted %.*s\nfound  %.*s", same, 120,
                 wanted.data + (same > 60 ? same - 60 : 0), 120, found.data + (same > 60 ? same - 60 : 0));
    same_posts(c, &loaded);
    same_actors(c, &loaded);
    assert_true(c->price == loaded.price && strcmp(c->price_currency, loaded.price_currency) == 0);
    assert_memory_equal(&c->alerted, &loaded.alerted, sizeof c->alerted);
    creator_score(c, methodology, NULL, as_of, &a);
    creator_score(&loaded, methodology, NULL, as_of, &b);
    assert_true(score_digest(&a) == score_digest(&b));
    buffer_free(&wanted);
    buffer_free(&found);
    creator_clear(&loaded);
}

static void random_alerts(struct creator *c, int64_t as_of)
{
    static const char *const tiers[] = {"MICRO", "MACRO", "NONE"};
    struct alert found[ALERTS_OF_CREATOR];
    struct score s = {.as_of = as_of, .n_tiers = (size_t)below(2)};
    s.tiers[0].tier = tiers[below(3)];
    s.activity.followers[0] = (struct change_value){true, 0, {(double)(below(60) - 30) / 100, true}};
    s.authenticity = (struct weighted){.there = below(2), .score = (double)below(100000) / 1000};
    s.content.saturation = (struct optional){(double)below(10000000) / 1e7, below(2)};
    s.content.likely_posts = (int32_t)below(9);
    for (int flag = 0; flag < N_FLAGS; flag++)
        s.flags[flag].raised = below(2);
    alerts_of(methodology, &s, 0, &c->alerted, found);
    c->dirty.alerted = true;
}

static void test_round_trip(void **state)
{
    struct change_writer writer = {NULL, on_set, on_drop, on_whole};
    struct err_info info;
    (void)state;
    assert_int_equal(methodology_open("default,stim", &methodology, &info), ERR_OK);
    struct creator_rules rules = {.methodology = methodology,
                                  .max_future = 300000,
                                  .late = POLICY_COUNT,
                                  .future = POLICY_REJECT,
                                  .totals = {[1] = 1u << KIND_LIKE}};
    for (seed = 1; seed <= 8; seed++) {
        struct creator c;
        int64_t as_of = 0;
        unsigned begun = seed;
        memset(hashes, 0, sizeof hashes);
        memset(wholes, 0, sizeof wholes);
        creator_init(&c);
        for (int64_t offset = 0; offset < 6000; offset++) {
            random_record(&c, &rules, offset, &as_of);
            if (below(10) == 0)
                random_meeting(&c);
            if (below(20) == 0)
                random_alerts(&c, as_of);
            if (below(5) == 0)
                layout_write(&c, &writer);
            if (below(100) == 0) {
                layout_write(&c, &writer);
                compare(&c, as_of);
            }
        }
        creator_clear(&c);
        seed = begun;
    }
    methodology_close(methodology);
    print_message("longest value %zu bytes; k %zu, a %zu\n", longest, longest_whole[KEY_WORDS],
                  longest_whole[KEY_AUDIENCE]);
    assert_in_range(longest, 20, 64); /* or the hash stops being a listpack */
}

/* Slices with more than 512 registers are packed another way. */
static void test_many_actors(void **state)
{
    struct change_writer writer = {NULL, on_set, on_drop, on_whole};
    struct creator c;
    struct err_info info;
    int64_t as_of = 1772454600000;
    struct applied_counts counts;
    (void)state;
    assert_int_equal(methodology_open("default", &methodology, &info), ERR_OK);
    struct creator_rules rules = {.methodology = methodology, .max_future = 300000};
    memset(hashes, 0, sizeof hashes);
    memset(wholes, 0, sizeof wholes);
    creator_init(&c);
    for (int64_t i = 0; i < 9000; i++) {
        struct interaction_record r = {.creator_id = BYTES("c"),
                                       .kind = KIND_LIKE,
                                       .count = 1,
                                       .occurred_at = as_of - i % 3 * ACTOR_SLICE_MS,
                                       .actor_hash = bytes_hash((struct bytes){(const char *)&i, sizeof i})};
        creator_interaction(&c, &rules, &r, &(struct provenance){i, as_of}, &as_of, &counts);
    }
    for (int i = 0; i < ACTOR_SLICES; i++)
        assert_int_equal(c.actors->slices[i].hll.n, HLL_DENSE);
    layout_write(&c, &writer);
    compare(&c, as_of);
    creator_clear(&c);
    methodology_close(methodology);
}

static void test_damage_is_named(void **state)
{
    struct creator c;
    struct err_info info;
    (void)state;
    memset(hashes, 0, sizeof hashes);
    on_set(NULL, KEY_COUNTERS, BYTES("h3"), BYTES("hello"));
    struct redis_answer hash = {
        .type = REDIS_ARRAY, .items = hashes[KEY_COUNTERS].items, .n = hashes[KEY_COUNTERS].n};
    creator_init(&c);
    assert_int_equal(layout_load(&c, KEY_COUNTERS, &hash, &info), ERR_REJECT);
    assert_non_null(strstr(info.sentence, "h3"));
    creator_clear(&c);
}

/* What no layout holds: more posts than are kept, a platform or an hour that is none. */
static void test_impossible_state_is_refused(void **state)
{
    static const char *const counters[][2] = {
        {"a", "1 1 99 1 -"}, {"a", "1 1 -1 1 -"}, {"h1", "99999999999 v1"}, {"d1", "-1 v1"}};
    struct creator c;
    struct err_info info;
    char field[8], id[8];
    (void)state;
    for (size_t i = 0; i < sizeof counters / sizeof *counters; i++) {
        memset(hashes, 0, sizeof hashes);
        on_set(NULL, KEY_COUNTERS, bytes_of(counters[i][0]), bytes_of(counters[i][1]));
        creator_init(&c);
        assert_int_equal(load(&c, KEY_COUNTERS, &info), ERR_REJECT);
        creator_clear(&c);
    }
    memset(hashes, 0, sizeof hashes);
    for (int slot = 0; slot <= POSTS; slot++) {
        snprintf(field, sizeof field, "%d", slot);
        on_set(NULL, KEY_POSTS, bytes_of(field), BYTES("1772400000000 3 0 3 5000"));
        snprintf(field, sizeof field, "%di", slot);
        snprintf(id, sizeof id, "p%d", slot);
        on_set(NULL, KEY_POSTS, bytes_of(field), bytes_of(id));
    }
    on_set(NULL, KEY_POSTS, BYTES("39u"), BYTES("29540000 1 2 3")); /* of no post: not kept, not leaked */
    creator_init(&c);
    assert_int_equal(load(&c, KEY_POSTS, &info), ERR_REJECT);
    assert_non_null(strstr(info.sentence, "more than 32 posts"));
    creator_clear(&c);
}

/* A string cut anywhere, or with a byte too many, is refused. */
static void test_damaged_strings_are_named(void **state)
{
    struct change_writer writer = {NULL, on_set, on_drop, on_whole};
    struct creator c, loaded;
    struct err_info info;
    int64_t as_of = 0;
    (void)state;
    assert_int_equal(methodology_open("default", &methodology, &info), ERR_OK);
    struct creator_rules rules = {.methodology = methodology, .max_future = 300000};
    seed = 7;
    creator_init(&c);
    for (int64_t offset = 0; offset < 400; offset++)
        random_record(&c, &rules, offset, &as_of);
    random_meeting(&c);
    memset(hashes, 0, sizeof hashes);
    layout_write(&c, &writer);
    for (int key = KEY_WORDS; key < N_CREATOR_KEYS; key++) {
        size_t len = wholes[key].len, refused = 0;
        for (size_t cut = 1; cut <= len + 1; cut++) {
            wholes[key].len = cut;
            creator_init(&loaded);
            assert_int_equal(load(&loaded, KEY_POSTS, &info), ERR_OK);
            bool bad = load(&loaded, key, &info) == ERR_REJECT;
            refused += bad && strstr(info.sentence, creator_key_names[key]) != NULL;
            creator_clear(&loaded);
        }
        print_message("%s: %zu of %zu cuts refused\n", creator_key_names[key], refused, len + 1);
        assert_true(refused + (key == KEY_AUDIENCE ? 1 + ACTOR_SLICES : 1) >=
                    len + 1); /* whole, or slices left out */
    }
    creator_clear(&c);
    methodology_close(methodology);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_round_trip), cmocka_unit_test(test_many_actors),
                                       cmocka_unit_test(test_damage_is_named),
                                       cmocka_unit_test(test_impossible_state_is_refused),
                                       cmocka_unit_test(test_damaged_strings_are_named)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
