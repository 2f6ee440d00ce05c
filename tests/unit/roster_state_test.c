/* A campaign's pairs: late records change nothing, what was written reads back, the best 200 stay exact when
 * one of them leaves, and a shortlist says what changed since the last one. */
#include <jansson.h>
#include <stdlib.h>

#include "cmocka_all.h"
#include "microflux/schemas.h"
#include "roster_room.h"

#define CREATORS 400

static struct fit_campaign campaign = {
    .id = "spring", .brand = "acme", .digest = 7, .currency = "EUR", .slots = 5};
static struct shortlist *list;

static struct bytes name_of(int i)
{
    static char names[CREATORS][16];
    return (struct bytes){names[i], (size_t)snprintf(names[i], sizeof names[i], "k%03d", i)};
}

static struct fit_record told(int i, double score, int64_t version, int64_t as_of)
{
    return (struct fit_record){.campaign_id = BYTES("spring"),
                               .creator_id = name_of(i),
                               .epoch = 1,
                               .offsets = version,
                               .as_of = as_of,
                               .campaign = BYTES("00000000000000aa"),
                               .methodology = BYTES("microflux-1"),
                               .methodology_version = BYTES("1"),
                               .methodology_digest = BYTES("d"),
                               .score = score,
                               .estimate = {.02, true},
                               .has_followers = true,
                               .followers = 1000,
                               .has_price = true,
                               .price = 100 + i,
                               .price_currency = BYTES("EUR")};
}

static void take(struct campaign_state *state, int i, double score, int64_t version)
{
    struct fit_record record = told(i, score, version, version);
    struct hll hll = {0};
    struct buffer packed = {0};
    for (int actor = 0; actor < 50; actor++)
        hll_add(&hll, (uint64_t)(i * 25 + actor + 1) * 0x9e3779b97f4a7c15);
    hll_pack(&hll, &packed);
    record.actors = (struct bytes){packed.data, packed.len};
    assert_true(campaign_take(state, &record));
    buffer_free(&packed);
    hll_free(&hll);
}

static void begin(struct campaign_state *state)
{
    campaign_init(state);
    state->id = strdup("spring");
    state->dirty = true;
}

static int first(const struct campaign_state *state)
{
    shortlist_make(list, state, &campaign);
    return list->n ? atoi(list->ranking[0]->creator + 1) : -1;
}

static void test_late_changes_nothing(void **unused)
{
    struct campaign_state state;
    (void)unused;
    begin(&state);
    take(&state, 1, 50, 10);
    take(&state, 2, 40, 10);
    struct fit_record late = told(2, 90, 9, 99), same = told(2, 60, 10, 10), tie = told(1, 0, 10, 9);
    assert_false(campaign_take(&state, &late));
    assert_false(campaign_take(&state, &tie));
    assert_int_equal(first(&state), 1);
    assert_true(campaign_take(&state, &same)); /* told again: of another campaign record, perhaps */
    assert_int_equal(first(&state), 2);
    assert_true(campaign_leave(&state, name_of(2)));
    assert_false(campaign_leave(&state, name_of(2)));
    assert_false(campaign_leave(&state, name_of(3)));
    assert_int_equal(first(&state), 1);
    assert_int_equal(first(&state), 1);
    /* The lane whose Redis went back put it out and counts again: it tells the pair once, on the way to where
     * it was, and not again when it is there. */
    assert_true(campaign_take(&state, &late));
    assert_int_equal(first(&state), 2);
    campaign_clear(&state);
}

static void test_the_best_stay_exact(void **unused)
{
    struct campaign_state state;
    (void)unused;
    begin(&state);
    for (int i = 0; i < CREATORS; i++)
        take(&state, i, 10 + (i * 37) % CREATORS / 10.0, 1);
    for (int round = 0; round < 250; round++) {
        double best = -1;
        int which = -1;
        for (int i = 0; i < CREATORS; i++) {
            const struct pair *pair = campaign_pair(&state, name_of(i));
            if (pair && pair->score > best)
                best = pair->score, which = i;
        }
        assert_int_equal(first(&state), which);
        assert_int_equal(list->n, CREATORS - round < MOST_RANKED ? CREATORS - round : MOST_RANKED);
        for (size_t i = 1; i < list->n; i++)
            assert_true(list->ranking[i - 1]->score >= list->ranking[i]->score);
        assert_true(campaign_leave(&state, name_of(which)));
    }
    campaign_clear(&state);
}

/* ---- written and read back ---- */

struct redis { /* what the writer was given: fields of two hashes, as Redis answers them */
    struct redis_answer *items[2][2 * CREATORS + 16];
    size_t n[2];
};

static struct redis_answer *answer_of(struct bytes text)
{
    struct redis_answer *answer = calloc(1, sizeof *answer);
    char *copy = malloc(text.len + 1);
    memcpy(copy, text.len ? text.ptr : "", text.len);
    *answer = (struct redis_answer){.type = REDIS_TEXT, .text = {copy, text.len}};
    return answer;
}

static void drop(void *arg, int key, struct bytes field)
{
    struct redis *redis = arg;
    for (size_t i = 0; i < redis->n[key]; i += 2)
        if (bytes_equal(redis->items[key][i]->text, field))
            redis->items[key][i]->text.len = 0; /* nobody's */
}

static void set(void *arg, int key, struct bytes field, struct bytes value)
{
    struct redis *redis = arg;
    drop(arg, key, field);
    redis->items[key][redis->n[key]++] = answer_of(field);
    redis->items[key][redis->n[key]++] = answer_of(value);
}

static void read_back(const struct redis *redis, struct campaign_state *back)
{
    struct err_info info;
    campaign_init(back);
    for (int key = 0; key < 2; key++) {
        struct redis_answer *items[2 * CREATORS + 16], hash = {.type = REDIS_ARRAY, .items = items};
        for (size_t i = 0; i < redis->n[key]; i += 2)
            if (redis->items[key][i]->text.len) {
                items[hash.n++] = redis->items[key][i];
                items[hash.n++] = redis->items[key][i + 1];
            }
        if (campaign_read_key(back, key, &hash, &info) != ERR_OK)
            fail_msg("%s", info.sentence);
    }
}

static void redis_clear(struct redis *redis)
{
    for (int key = 0; key < 2; key++)
        for (size_t i = 0; i < redis->n[key]; i++) {
            free((char *)redis->items[key][i]->text.ptr);
            free(redis->items[key][i]);
        }
    *redis = (struct redis){0};
}

static void test_reads_back(void **unused)
{
    static struct redis redis;
    struct campaign_state state, back;
    (void)unused;
    begin(&state);
    for (int i = 0; i < 30; i++)
        take(&state, i, 1.0 / 3 + i, 1);
    struct fit_record odd = told(30, 0, 5, 6),
                      plain = {.campaign_id = BYTES("spring"), .creator_id = name_of(31)};
    const struct avro_entry money[] = {{BYTES("EUR"), 5}, {BYTES("USD"), -7}};
    odd.gate = BYTES("competitor");
    odd.has_delivered = true;
    odd.delivered.newest = 9;
    odd.delivered.values = (struct avro_map){money, 2};
    assert_true(campaign_take(&state, &odd) && campaign_take(&state, &plain));
    assert_true(campaign_leave(&state, name_of(3)));
    state.offset = 77;
    shortlist_make(list, &state, &campaign);
    uint64_t digest = list->digest;
    assert_true(campaign_told(&state, &list->names));
    assert_false(campaign_told(&state, &list->names));
    campaign_write(&state, &(struct lane_writer){.arg = &redis, .set = set, .drop = drop});
    read_back(&redis, &back);
    assert_true(back.offset == 77 && strcmp(back.id, "spring") == 0 && back.n == state.n);
    assert_int_equal(back.bytes, state.bytes);
    shortlist_make(list, &back, &campaign);
    assert_true(list->digest == digest);
    assert_false(campaign_told(&back, &list->names));
    assert_int_equal(campaign_pair(&back, name_of(30))->values[1].minor_units, -7);
    redis_clear(&redis);
    campaign_write(&state, &(struct lane_writer){.arg = &redis, .set = set, .drop = drop});
    assert_int_equal(redis.n[0] + redis.n[1], 0); /* nothing is dirty any more */
    campaign_clear(&state);
    campaign_clear(&back);
}

static void test_leaves_altogether(void **unused)
{
    static struct redis redis;
    struct campaign_state state, back;
    const struct lane_writer writer = {.arg = &redis, .set = set, .drop = drop};
    (void)unused;
    begin(&state);
    for (int i = 0; i < 3; i++)
        take(&state, i, 50, 5);
    campaign_write(&state, &writer);
    struct fit_record alone = told(1, 40, 4, 4), again = told(2, 30, 4, 4);
    for (int i = 0; i < 3; i++)
        assert_true(campaign_leave(&state, name_of(i)));
    assert_true(campaign_take(&state, &alone) && campaign_take(&state, &again));
    assert_true(campaign_leave(&state, name_of(2)));
    campaign_write(&state, &writer);
    read_back(&redis, &back);
    assert_int_equal(back.n, 1);
    assert_true(campaign_pair(&back, name_of(1)) && !campaign_pair(&back, name_of(1))->audience_len);
    campaign_clear(&state);
    campaign_clear(&back);
    redis_clear(&redis);
}

static void broken(const char *pair, enum err wanted)
{
    struct campaign_state state;
    struct err_info info;
    struct redis_answer *items[] = {answer_of(BYTES("p:k001")), answer_of(bytes_of(pair))};
    struct redis_answer hash = {.type = REDIS_ARRAY, .items = items, .n = 2};
    campaign_init(&state);
    assert_int_equal(campaign_read_key(&state, KEY_CAMPAIGN, &hash, &info), wanted);
    assert_true(wanted != ERR_OK || state.n == 0);
    campaign_clear(&state);
    for (int i = 0; i < 2; i++) {
        free((char *)items[i]->text.ptr);
        free(items[i]);
    }
}

static void test_other_layouts(void **unused)
{
    (void)unused;
    broken("1 2 3 - x", ERR_REJECT);
    broken("1 2 3 gone", ERR_OK); /* of the first one */
}

/* ---- what is published ---- */

static json_t *published(struct campaign_state *state)
{
    struct buffer body = {0}, text = {0};
    struct err_info info;
    const struct shortlist_origin origin = {.partition = 2, .applied = 9, .as_of = 5};
    shortlist_make(list, state, &campaign);
    campaign_told(state, &list->names);
    shortlist_encode(list, state, &origin, &body);
    if (avro_to_json(schema_shortlist, (struct bytes){body.data, body.len}, &text, &info) != ERR_OK)
        fail_msg("%s", info.sentence);
    json_t *record = json_loadb(text.data, text.len, 0, NULL);
    assert_non_null(record);
    buffer_free(&body);
    buffer_free(&text);
    return record;
}

static json_t *changes_of(const json_t *record, const char *what)
{
    return json_object_get(json_object_get(record, "changes"), what);
}

static double number_of(const json_t *record, const char *section, const char *field)
{
    return json_number_value(json_object_get(json_object_get(record, section), field));
}

static void test_what_changed(void **unused)
{
    struct campaign_state state;
    (void)unused;
    begin(&state);
    state.offset = 3;
    for (int i = 0; i < 4; i++)
        take(&state, i, 50 - i, 1);
    json_t *record = published(&state);
    assert_true(json_is_null(json_object_get(record, "changes")));
    assert_int_equal(json_array_size(json_object_get(record, "ranking")), 4);
    assert_true(number_of(record, "roster", "unduplicated_reach") <
                number_of(record, "roster", "total_reach"));
    json_decref(record);
    state.offset = 8;
    struct fit_record rejected = told(1, 0, 2, 2);
    rejected.gate = BYTES("competitor");
    assert_true(campaign_take(&state, &rejected) && campaign_leave(&state, name_of(3)));
    take(&state, 9, 99, 1);
    record = published(&state);
    json_t *left = changes_of(record, "left");
    assert_int_equal(json_integer_value(json_object_get(changes_of(record, "since"), "offsets")), 3);
    assert_string_equal(json_string_value(json_array_get(changes_of(record, "entered"), 0)), "k009");
    assert_int_equal(json_array_size(left), 2);
    assert_string_equal(json_string_value(json_object_get(json_array_get(left, 0), "gate")), "competitor");
    assert_true(json_is_null(json_object_get(json_array_get(left, 1), "gate")));
    assert_int_equal(json_array_size(changes_of(record, "moved")),
                     1); /* k000 from 1 to 2; k002 stays third */
    assert_string_equal(json_string_value(json_object_get(
                            json_array_get(json_object_get(record, "rejected"), 0), "creator_id")),
                        "k001");
    json_t *again = published(&state);
    assert_true(json_equal(record, again)); /* of the same version the same is said */
    json_decref(again);
    json_decref(record);
    campaign_clear(&state);
}

static void test_delivered(void **unused)
{
    struct campaign_state state;
    (void)unused;
    begin(&state);
    struct fit_record one = told(1, 50, 1, 1), other = told(2, 40, 1, 1);
    one.collaboration.posts = 2;
    one.collaboration.engagements = 60;
    one.has_delivered = true;
    one.delivered.newest = 5;
    one.delivered.clicks = 9;
    one.delivered.purchases = 4;
    assert_true(campaign_take(&state, &one) && campaign_take(&state, &other));
    json_t *record = published(&state);
    json_t *ranked = json_array_get(json_object_get(record, "ranking"), 0);
    assert_true(number_of(ranked, "performance", "expected_engagements") == 40);
    assert_true(number_of(ranked, "performance", "delivery") == 1.5);
    assert_true(number_of(ranked, "performance", "cost") == 202);
    assert_true(number_of(ranked, "performance", "cost_per_conversion") == 50.5);
    assert_true(number_of(record, "performance", "cost_per_engagement") == 202.0 / 60);
    assert_true(
        json_is_null(json_object_get(json_array_get(json_object_get(record, "ranking"), 1), "performance")));
    json_decref(record);
    const struct avro_entry first[] = {{BYTES("EUR"), 700}, {BYTES("USD"), -5}},
                            second[] = {{BYTES("EUR"), 11}};
    one.collaboration.newest = 8;
    one.delivered.values = (struct avro_map){first, 2};
    other.has_delivered = true;
    other.delivered.newest = 6;
    other.delivered.values = (struct avro_map){second, 1};
    other.collaboration.newest = 9;
    other.collaboration.posts = 1; /* and no price in the campaign's currency: the sum is not known */
    other.price_currency = BYTES("USD");
    assert_true(campaign_take(&state, &one) && campaign_take(&state, &other));
    record = published(&state);
    json_t *all = json_object_get(record, "performance");
    assert_int_equal(json_integer_value(json_object_get(all, "newest")), 9);
    assert_int_equal(json_integer_value(json_object_get(json_object_get(all, "value"), "EUR")), 711);
    assert_int_equal(json_integer_value(json_object_get(json_object_get(all, "value"), "USD")), -5);
    assert_true(json_is_null(json_object_get(json_object_get(record, "performance"), "cost")));
    assert_true(json_is_true(json_object_get(json_object_get(record, "roster"), "per_slot")));
    json_decref(record);
    campaign_clear(&state);
}

static int open_list(void **unused)
{
    (void)unused;
    return (list = calloc(1, sizeof *list)) == NULL;
}

static int close_list(void **unused)
{
    (void)unused;
    shortlist_free(list);
    free(list);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_late_changes_nothing),
        cmocka_unit_test(test_the_best_stay_exact),
        cmocka_unit_test(test_reads_back),
        cmocka_unit_test(test_leaves_altogether),
        cmocka_unit_test(test_other_layouts),
        cmocka_unit_test(test_what_changed),
        cmocka_unit_test(test_delivered),
    };
    return cmocka_run_group_tests(tests, open_list, close_list);
}
