/* Creators that come, move, are lost from the cache and are erased: the lane's histograms, as the commits
 * left them in Redis, are always the sum of the entries the creators left there themselves. */
#include <stdio.h>
#include <stdlib.h>

#include "cmocka_all.h"
#include "entries.h"
#include "microflux/score_worker.h"

#define START    1770000000000
#define CREATORS 40
#define STEPS    6000

static void *worker;
static struct score_worker_options options;
static struct peer_histograms stored; /* the lane's hash */
static struct {                       /* and of each creator's hash what is of interest */
    char entry[16];
} redis[CREATORS];
static int writing;
static uint64_t seed = 11;

static int64_t below(int64_t n)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (int64_t)(seed >> 33) % n;
}

static int open_worker(void **state)
{
    struct methodology *methodology;
    struct text *text;
    struct err_info info;
    (void)state;
    if (methodology_open("default", &methodology, &info) != ERR_OK || text_open(NULL, &text, &info) != ERR_OK)
        return -1;
    options.methodology = options.rules.methodology = methodology;
    options.text = text;
    options.rules.max_future = 5 * MS_MINUTE;
    return score_kind.open(&options, &worker, &info) == ERR_OK ? 0 : -1;
}

static int close_worker(void **state)
{
    (void)state;
    score_kind.close(worker);
    text_close((struct text *)(uintptr_t)options.text);
    methodology_close((struct methodology *)(uintptr_t)options.methodology);
    return 0;
}

/* ---- Redis ---- */

static void on_set(void *arg, int key, struct bytes field, struct bytes value)
{
    (void)arg;
    if (key == KEY_COUNTERS && bytes_equal(field, BYTES("q")))
        snprintf(redis[writing].entry, sizeof redis[writing].entry, "%.*s", (int)value.len, value.ptr);
}

static void on_drop(void *arg, int key, struct bytes field)
{
    (void)arg;
    if (key == KEY_COUNTERS && bytes_equal(field, BYTES("q")))
        redis[writing].entry[0] = 0;
}

static void on_whole(void *arg, int key, struct bytes value)
{
    (void)arg, (void)key, (void)value;
}

/* HINCRBY; what it leaves is read as a merge reads it, which refuses a number below 0. */
static void on_add(void *arg, struct bytes field, int64_t n)
{
    struct peer_entry entry = {.there = true};
    int platform, band, bin;
    (void)arg;
    assert_int_equal(sscanf(field.ptr, "%d %d %d", &platform, &band, &bin), 3);
    entry.platform = (uint8_t)platform;
    entry.band = (uint8_t)band;
    entry.bin = (uint8_t)bin;
    peers_count(&stored, entry, n);
    assert_true(stored.cells[platform][band].bins[bin] >= 0);
}

static const struct lane_writer writer = {NULL, on_set, on_drop, on_whole, on_add};

/* The answer to HGETALL of one field. */
static enum err load(const char *name, const char *value, struct peer_histograms *histograms,
                     struct err_info *info)
{
    struct redis_answer field = {REDIS_TEXT, 0, bytes_of(name), NULL, 0};
    struct redis_answer text = {REDIS_TEXT, 0, bytes_of(value), NULL, 0};
    struct redis_answer *items[] = {&field, &text};
    return entries_load(&(struct redis_answer){REDIS_ARRAY, 0, {NULL, 0}, items, 2}, histograms, info);
}

static void recount(void)
{
    struct peer_histograms sum = {0};
    struct err_info info;
    int n = 0;
    for (int i = 0; i < CREATORS; i++)
        if (redis[i].entry[0]) {
            assert_int_equal(load(redis[i].entry, "1", &sum, &info), ERR_OK);
            n++;
        }
    assert_memory_equal(&sum, &stored, sizeof sum);
    assert_true(n > 0);
}

/* ---- creators ---- */

static void happen(struct creator *c, int64_t offset, int64_t *as_of)
{
    char id[24];
    struct applied_counts counts = {0};
    struct provenance at = {offset, *as_of + below(30 * MS_MINUTE)};
    snprintf(id, sizeof id, "p%d", (int)below(30));
    struct profile_record profile = {.creator_id = BYTES("c"),
                                     .platform = (int32_t)below(2),
                                     .observed_at = at.timestamp,
                                     .followers = 500 << below(12)};
    struct post_record post = {.creator_id = BYTES("c"), .post_id = bytes_of(id), .posted_at = at.timestamp};
    struct interaction_record like = {.creator_id = BYTES("c"),
                                      .post_id = bytes_of(id),
                                      .kind = KIND_LIKE,
                                      .count = below(3000),
                                      .occurred_at = at.timestamp};
    switch (below(12)) {
    case 0:
        creator_profile(c, &options.rules, &profile, &at, as_of);
        break;
    case 1:
    case 2:
        creator_post(c, &options.rules, &post, &at, as_of, &counts);
        break;
    default:
        creator_interaction(c, &options.rules, &like, &at, as_of, &counts);
    }
    if (below(200) == 0)
        creator_erase(c, &at, *as_of);
}

/* Evicted, and loaded again: of its entry it knows what Redis does. */
static void lose(struct creator *c, int i)
{
    struct err_info info;
    struct redis_answer field = {REDIS_TEXT, 0, BYTES("q"), NULL, 0};
    struct redis_answer text = {REDIS_TEXT, 0, bytes_of(redis[i].entry), NULL, 0};
    struct redis_answer *items[] = {&field, &text};
    score_kind.clear(c);
    score_kind.init(c);
    if (redis[i].entry[0])
        assert_int_equal(
            layout_load(c, KEY_COUNTERS, &(struct redis_answer){REDIS_ARRAY, 0, {NULL, 0}, items, 2}, &info),
            ERR_OK);
    layout_loaded(c);
}

static void test_sum_of_entries(void **state)
{
    static struct creator creators[CREATORS];
    struct lane_view view = {.as_of = START};
    (void)state;
    for (int i = 0; i < CREATORS; i++)
        score_kind.init(&creators[i]);
    for (int64_t step = 0; step < STEPS; step++) {
        writing = (int)below(CREATORS);
        struct creator *c = &creators[writing];
        happen(c, step, &view.as_of);
        score_kind.evaluate(worker, c, &view);
        bool moved = score_kind.tally(worker, c);
        assert_true(moved == c->dirty.peer);
        score_kind.changes(worker, c, &writer);
        if (below(20) == 0)
            lose(c, writing);
        if (below(7))
            continue;
        score_kind.sums(worker, &writer); /* the commit's end */
        if (step > STEPS / 2)
            recount();
    }
    for (int i = 0; i < CREATORS; i++)
        score_kind.clear(&creators[i]);
}

static void test_what_is_no_histogram_is_refused(void **state)
{
    static const char *const wrong[][2] = {{"1 2 3", "-1"}, {"1 2 3", "x"},  {"1 2 64", "1"},
                                           {"1 8 3", "1"},  {"10 2 3", "1"}, {"1 2", "1"},
                                           {"", "1"},       {"1 2 3", "1 1"}};
    struct peer_histograms sum = {0};
    struct err_info info;
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_int_equal(load(wrong[i][0], wrong[i][1], &sum, &info), ERR_REJECT);
    assert_int_equal(load("1 2 3", "7", &sum, &info), ERR_OK);
    assert_int_equal(sum.cells[1][2].bins[3], 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_sum_of_entries),
                                       cmocka_unit_test(test_what_is_no_histogram_is_refused)};
    return cmocka_run_group_tests(tests, open_worker, close_worker);
}
