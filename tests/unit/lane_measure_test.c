/* What a worker shows to other threads: lanes come and go whole, gauges are of now; the thread sanitizer
 * watches. */
#include <stdlib.h>

#include "cmocka_all.h"
#include "lane_room.h"

#define TURNS 2000

static void counts(const void *self, uint64_t n[LANE_COUNTS])
{
    (void)self;
    n[2] = 7;
}

static const struct lane_kind kind = {.name = "test", .counts = counts};

static struct worker *make_worker(void)
{
    struct worker *worker = calloc(1, sizeof *worker);
    worker->options.kind = &kind;
    pthread_mutex_init(&worker->status_lock, NULL);
    worker_counters_init(&worker->counters);
    return worker;
}

static void give_lanes(struct worker *worker, size_t n)
{
    for (size_t i = 0; i < worker->n_lanes; i++)
        free(worker->lanes[i]);
    free(worker->lanes);
    worker->lanes = calloc(n + 1, sizeof *worker->lanes);
    worker->n_lanes = n;
    for (size_t i = 0; i < n; i++) {
        worker->lanes[i] = calloc(1, sizeof **worker->lanes);
        worker->lanes[i]->kind = &kind;
        worker->lanes[i]->partition = (int32_t)(10 * n + i);
        worker->lanes[i]->records = n;
        worker->lanes[i]->state = i ? LANE_READING : LANE_HELD;
        strcpy(worker->lanes[i]->why, i ? "" : "redis_lost");
    }
    worker->measured_ms = 0;
}

static void free_worker(struct worker *worker)
{
    give_lanes(worker, 0);
    free(worker->lanes);
    free(worker->status);
    pthread_mutex_destroy(&worker->status_lock);
    free(worker);
}

static void test_what_is_shown(void **state)
{
    struct worker *worker = make_worker();
    struct lane_status *lanes;
    (void)state;
    assert_int_equal(worker_lanes(worker, &lanes), 0);
    free(lanes);
    give_lanes(worker, 3);
    worker->lanes[1]->cache.n = 40;
    worker->lanes[1]->n_changed = 10;
    worker_measure(worker, 1000);
    assert_int_equal(worker_lanes(worker, &lanes), 3);
    assert_int_equal(lanes[2].partition, 32);
    assert_int_equal(lanes[0].state, LANE_HELD);
    assert_string_equal(lanes[0].why, "redis_lost");
    free(lanes);
    assert_int_equal(worker->counters.lanes, 3);
    assert_int_equal(worker->counters.lanes_held, 1);
    assert_int_equal(worker->counters.dirty_ppm, 250000);
    assert_int_equal(worker->counters.kind[2], 7);
    give_lanes(worker, 0);
    worker_measure(worker, 1001);
    assert_int_equal(worker_lanes(worker, &lanes), 0); /* nothing stays of lanes that left */
    free(lanes);
    free_worker(worker);
}

/* Redis counts as back when each lane reads again or is held, and as away only while there is a lane. */
static void test_redis_comes_back(void **state)
{
    struct worker *worker = make_worker();
    (void)state;
    give_lanes(worker, 2);
    worker->redis_away = true;
    worker->lanes[1]->state = LANE_TAKING;
    worker_measure(worker, 1000);
    assert_int_equal(worker->counters.redis_away, 1);
    worker->lanes[1]->state = LANE_READING;
    worker_measure(worker, 1001); /* each turn, not once a second */
    assert_int_equal(worker->counters.redis_away, 0);
    worker->redis_away = true;
    give_lanes(worker, 0);
    worker_measure(worker, 1002);
    assert_int_equal(worker->counters.redis_away, 0);
    free_worker(worker);
}

static void *work(void *arg)
{
    struct worker *worker = arg;
    for (int i = 0; i < TURNS; i++) {
        give_lanes(worker, (size_t)(i % 5));
        worker_measure(worker, i + 1);
        COUNT(&worker->counters, received);
        histogram_observe(&worker->counters.read, i);
        tally_count(&worker->counters.rejects, i % 2 ? "late" : "future");
    }
    return NULL;
}

static void test_looked_at_while_it_works(void **state)
{
    struct worker *worker = make_worker();
    struct lane_status *lanes;
    pthread_t thread;
    uint64_t seen = 0;
    (void)state;
    assert_int_equal(pthread_create(&thread, NULL, work, worker), 0);
    while (seen < TURNS) {
        size_t n = worker_lanes(worker, &lanes);
        for (size_t i = 0; i < n; i++) { /* all of one moment */
            assert_int_equal(lanes[i].partition, 10 * n + i);
            assert_int_equal(lanes[i].records, n);
        }
        free(lanes);
        uint64_t now = atomic_load_explicit(&worker->counters.received, memory_order_relaxed);
        assert_true(now >= seen);
        seen = now;
        for (size_t i = 0; i < atomic_load_explicit(&worker->counters.rejects.n, memory_order_acquire); i++)
            assert_true(worker->counters.rejects.at[i].word[0]);
    }
    pthread_join(thread, NULL);
    assert_int_equal(worker->counters.rejects.n, 2);
    free_worker(worker);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_shown),
        cmocka_unit_test(test_redis_comes_back),
        cmocka_unit_test(test_looked_at_while_it_works),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
