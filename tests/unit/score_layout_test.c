/* A creator written to Redis and read back is the same creator: built by random records through the domain's
 * own verbs, written change by change into hashes like Redis', and loaded again at random moments. JSON is
 * compared, and scores. */
#include <stdio.h>
#include <stdlib.h>

#include "cmocka_all.h"
#include "microflux/score.h"

#define MOST_FIELDS 400

struct hash { /* one Redis hash */
    struct redis_answer fields[2 * MOST_FIELDS], *items[2 * MOST_FIELDS];
    char text[2 * MOST_FIELDS][300];
    size_t n; /* fields and values */
};

static struct hash hashes[N_CREATOR_KEYS];
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

static int64_t below(int64_t n)
{
    return (int64_t)((unsigned)rand_r(&seed) % (uint64_t)n);
}

static void random_record(struct creator *c, const struct creator_rules *rules, int64_t offset,
                          int64_t *as_of)
{
    static char id[32];
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
                                   .country = BYTES("FR")};
        creator_profile(c, rules, &r, &at, as_of);
    } else if (below(6) == 0) {
        struct post_record r = {.creator_id = BYTES("c"),
                                .post_id = post,
                                .posted_at = now - below(MS_DAY),
                                .format = 1,
                                .deleted = below(20) == 0,
                                .n_sponsors = (size_t)(below(10) == 0),
                                .has_metrics = below(2),
                                .metrics = {.observed_at = now, .likes = below(1000), .has_likes = true}};
        creator_post(c, rules, &r, &at, as_of, &counts);
    } else {
        struct interaction_record r = {.creator_id = BYTES("c"),
                                       .post_id = post,
                                       .kind = 1 + (int32_t)below(8),
                                       .count = below(40) - 3,
                                       .occurred_at = now - below(100) * MS_HOUR};
        creator_interaction(c, rules, &r, &at, as_of, &counts);
    }
}

static void compare(struct creator *c, int64_t as_of)
{
    struct creator loaded;
    struct err_info info;
    struct buffer wanted = {0}, found = {0};
    struct score a, b;
    creator_init(&loaded);
    for (int key = 0; key < N_CREATOR_KEYS; key++) {
        struct redis_answer hash = {.type = REDIS_ARRAY, .items = hashes[key].items, .n = hashes[key].n};
        if (layout_load(&loaded, key, &hash, &info) != ERR_OK)
            fail_msg("%s", info.sentence);
    }
    layout_loaded(&loaded);
    layout_json(c, BYTES("c"), 0, &wanted);
    layout_json(&loaded, BYTES("c"), 0, &found);
    size_t same = 0;
    while (same < wanted.len && same < found.len && wanted.data[same] == found.data[same])
        same++;
    if (same < wanted.len || same < found.len)
        fail_msg("from byte %zu: wanted %.*s\nfound  %.*s", same, 120,
                 wanted.data + (same > 60 ? same - 60 : 0), 120, found.data + (same > 60 ? same - 60 : 0));
    creator_score(c, methodology, NULL, as_of, &a);
    creator_score(&loaded, methodology, NULL, as_of, &b);
    assert_true(score_digest(&a) == score_digest(&b));
    buffer_free(&wanted);
    buffer_free(&found);
    creator_clear(&loaded);
}

static void test_round_trip(void **state)
{
    struct change_writer writer = {NULL, on_set, on_drop};
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
        creator_init(&c);
        for (int64_t offset = 0; offset < 6000; offset++) {
            random_record(&c, &rules, offset, &as_of);
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
    print_message("longest value %zu bytes\n", longest);
    assert_in_range(longest, 20, 64); /* or the hash stops being a listpack */
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

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_round_trip),
                                       cmocka_unit_test(test_damage_is_named)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
