/* A creator is erased and comes back: whatever the order in which the inputs are read side by side, what is
 * left is the same, byte for byte, and holds nothing of before; and a grave in Redis is the grave. */
#include <stdio.h>
#include <stdlib.h>

#include "cmocka_all.h"
#include "microflux/score.h"

#define START     1770000000000
#define AHEAD     (4 * MS_MINUTE) /* how far an input may be read ahead of the others */
#define LENGTH    400
#define TOMBSTONE 120 /* minutes after START */
#define BACK      180

struct step { /* one record of one input */
    int64_t timestamp;
    int64_t followers; /* profiles: -1 = a tombstone */
};

static struct methodology *methodology;
static struct creator_rules rules;
static const int minutes_apart[N_TOPICS] = {0, 10, 1};

/* Profiles in their order: one before the erasure arrives behind it, as a dead letter that is sent again
 * does. */
static const struct step profiles[] = {{0, 1000},    {60, 2000},        {TOMBSTONE, -1}, {90, 3000},
                                       {BACK, 4000}, {BACK + 60, 5000}, {100, 6000}};
#define N_PROFILES ((int64_t)(sizeof profiles / sizeof profiles[0]))

static int64_t time_of(int topic, int64_t offset)
{
    if (topic == TOPIC_PROFILES)
        return offset < N_PROFILES ? START + profiles[offset].timestamp * MS_MINUTE : INT64_MAX;
    int64_t minute = offset * minutes_apart[topic];
    return minute < LENGTH ? START + minute * MS_MINUTE : INT64_MAX;
}

static enum applied apply(struct creator *c, int topic, int64_t offset, int64_t *as_of)
{
    struct provenance at = {offset, time_of(topic, offset)};
    struct applied_counts counts = {0};
    char id[24];
    if (topic == TOPIC_PROFILES && profiles[offset].followers < 0) {
        creator_erase(c, &at, 77);
        return APPLIED;
    }
    int64_t post = (at.timestamp - START) / MS_MINUTE / 10;
    struct bytes post_id = {id, (size_t)snprintf(id, sizeof id, "post-%lld", (long long)post)};
    struct profile_record profile = {.creator_id = BYTES("c"), .observed_at = at.timestamp, .platform = 1};
    struct post_record record = {.creator_id = BYTES("c"), .post_id = post_id, .posted_at = at.timestamp};
    struct interaction_record like = {.creator_id = BYTES("c"),
                                      .post_id = post_id,
                                      .kind = KIND_LIKE,
                                      .count = 1 + offset,
                                      .occurred_at = at.timestamp};
    if (topic == TOPIC_PROFILES) {
        profile.followers = profiles[offset].followers;
        return creator_profile(c, &rules, &profile, &at, as_of);
    }
    return topic == TOPIC_POSTS ? creator_post(c, &rules, &record, &at, as_of, &counts)
                                : creator_interaction(c, &rules, &like, &at, as_of, &counts);
}

/* All records, in one of the orders that a lane may meet them in. */
static void build(struct creator *c, unsigned seed, int64_t *as_of)
{
    int64_t next[N_TOPICS] = {0};
    *as_of = 0;
    creator_init(c);
    for (;;) {
        int64_t oldest = INT64_MAX;
        for (int t = 0; t < N_TOPICS; t++)
            oldest = time_of(t, next[t]) < oldest ? time_of(t, next[t]) : oldest;
        if (oldest == INT64_MAX)
            return;
        int topic = rand_r(&seed) % N_TOPICS;
        if (time_of(topic, next[topic]) <= oldest + AHEAD)
            apply(c, topic, next[topic]++, as_of);
    }
}

static void as_json(const struct creator *c, struct buffer *out)
{
    out->len = 0;
    layout_json(c, BYTES("c"), 0, out);
    buffer_add(out, "", 1);
}

static void test_any_order(void **state)
{
    struct buffer first = {0}, other = {0};
    int64_t as_of, first_as_of;
    struct creator c;
    (void)state;
    for (unsigned seed = 1; seed <= 300; seed++) {
        build(&c, seed, &as_of);
        as_json(&c, seed == 1 ? &first : &other);
        if (seed == 1)
            first_as_of = as_of;
        else
            assert_string_equal(first.data, other.data);
        assert_int_equal(as_of, first_as_of);
        creator_clear(&c);
    }
    buffer_free(&first);
    buffer_free(&other);
}

static void test_nothing_of_before(void **state)
{
    struct creator c;
    int64_t as_of, likes = 0;
    (void)state;
    build(&c, 5, &as_of);
    assert_false(creator_gone(&c));
    for (int64_t minute = BACK + 6; minute < LENGTH; minute++)
        likes += 1 + minute;
    assert_int_equal(c.totals[KIND_LIKE], likes);
    assert_int_equal(c.n_profile_days, 1);
    assert_int_equal(c.profile_days[0].followers,
                     5000); /* neither the one sent again before nor the one after */
    for (size_t i = 0; i < c.n_posts; i++)
        assert_true(c.posts[i].posted_at > START + (BACK + 5) * MS_MINUTE);
    assert_int_equal(c.offsets[TOPIC_PROFILES], N_PROFILES);
    creator_clear(&c);
}

static void test_the_version_only_grows(void **state)
{
    struct creator c;
    int64_t as_of = 0, before;
    (void)state;
    creator_init(&c);
    for (int64_t i = 0; i < 2; i++)
        apply(&c, TOPIC_PROFILES, i, &as_of);
    for (int64_t i = 0; i < 50; i++)
        apply(&c, TOPIC_INTERACTIONS, i, &as_of);
    before = c.offsets[0] + c.offsets[1] + c.offsets[2];
    apply(&c, TOPIC_PROFILES, 2, &as_of);
    assert_true(creator_gone(&c));
    assert_true(c.offsets[0] + c.offsets[1] + c.offsets[2] > before);
    assert_int_equal(apply(&c, TOPIC_INTERACTIONS, 399, &as_of), APPLIED_ERASED);
    assert_int_equal(apply(&c, TOPIC_POSTS, 39, &as_of), APPLIED_ERASED);
    assert_int_equal(apply(&c, TOPIC_PROFILES, 3, &as_of), APPLIED_ERASED);
    assert_true(creator_gone(&c));
    assert_int_equal(apply(&c, TOPIC_PROFILES, 4, &as_of), APPLIED);
    assert_false(creator_gone(&c));
    creator_clear(&c);
}

/* ---- a grave as Redis keeps it ---- */

static struct redis_answer fields[64], *items[64];
static char text[64][80];
static size_t n_fields;

static void on_set(void *arg, int key, struct bytes field, struct bytes value)
{
    (void)arg;
    assert_int_equal(key, KEY_COUNTERS);
    const struct bytes both[] = {field, value};
    for (int i = 0; i < 2; i++, n_fields++) {
        memcpy(text[n_fields], both[i].ptr, both[i].len);
        fields[n_fields] = (struct redis_answer){.type = REDIS_TEXT, .text = {text[n_fields], both[i].len}};
        items[n_fields] = &fields[n_fields];
    }
}

static void on_drop(void *arg, int key, struct bytes field)
{
    (void)arg;
    fail_msg("the keys are gone already: drop %d %.*s", key, (int)field.len, field.ptr);
}

static void on_whole(void *arg, int key, struct bytes value)
{
    (void)arg;
    fail_msg("nothing is kept but the mark: key %d, %zu bytes", key, value.len);
}

static void test_a_grave_is_a_mark_and_a_version(void **state)
{
    struct change_writer writer = {NULL, on_set, on_drop, on_whole};
    struct buffer wanted = {0}, found = {0};
    struct creator c, loaded;
    struct err_info info;
    int64_t as_of = 0;
    (void)state;
    creator_init(&c);
    creator_init(&loaded);
    for (int64_t i = 0; i < 30; i++)
        apply(&c, TOPIC_INTERACTIONS, i, &as_of);
    for (int64_t i = 0; i < 3; i++)
        apply(&c, TOPIC_PROFILES, i, &as_of);
    layout_write(&c, &writer);
    assert_int_equal(n_fields, 4); /* v and g */
    struct redis_answer hash = {.type = REDIS_ARRAY, .items = items, .n = n_fields};
    assert_int_equal(layout_load(&loaded, KEY_COUNTERS, &hash, &info), ERR_OK);
    layout_loaded(&loaded);
    assert_true(creator_gone(&loaded));
    as_json(&c, &wanted);
    as_json(&loaded, &found);
    assert_string_equal(wanted.data, found.data);
    fields[3].text = BYTES("77 1 x");
    assert_int_equal(layout_load(&loaded, KEY_COUNTERS, &hash, &info), ERR_REJECT);
    creator_clear(&c);
    creator_clear(&loaded);
    buffer_free(&wanted);
    buffer_free(&found);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_any_order),
                                       cmocka_unit_test(test_nothing_of_before),
                                       cmocka_unit_test(test_the_version_only_grows),
                                       cmocka_unit_test(test_a_grave_is_a_mark_and_a_version)};
    struct err_info info;
    if (methodology_open("default", &methodology, &info) != ERR_OK)
        return 1;
    rules = (struct creator_rules){.methodology = methodology, .max_future = 300000, .future = POLICY_REJECT};
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    methodology_close(methodology);
    return failed;
}
