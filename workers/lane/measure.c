/* measure: what a worker looks like from other threads: gauges once a second, and a copy of its lanes that
 * they take under a lock. Counters and histograms need none: the worker's thread counts, others look. */
#include <inttypes.h>
#include <stdlib.h>

#include "lane_room.h"

#define MEASURE_MS 500

const char *const lane_state_names[] = {"away", "taking", "seeking", "reading", "held", "swapped"};

void worker_counters_init(struct worker_counters *c)
{
    struct histogram *times[] = {&c->read, &c->build, &c->exec, &c->end_to_end, &c->kafka.delivered};
    struct histogram *sizes[] = {&c->batch_records, &c->batch_subjects};
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++)
        histogram_init(times[i], histogram_us);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        histogram_init(sizes[i], histogram_sizes);
}

static void set(atomic_int_fast64_t *gauge, int64_t n)
{
    atomic_store_explicit(gauge, n, memory_order_relaxed);
}

/* ---- a lane ---- */

/* Records not read yet, as far as was heard of the log's end. */
static int64_t lag_of(const struct lane *lane, const struct lane_input *in, int64_t applied)
{
    int64_t low, high, next = lane->state == LANE_READING ? in->next : applied;
    feed_watermarks(in->feed, &low, &high);
    if (lane->state == LANE_READING && in->ended)
        return 0; /* control records and compaction may leave a gap before the end */
    return high < 0 || next < 0 ? -1 : high > next ? high - next : 0;
}

/* How old the oldest unread record may be: it came after the newest one read, and after the end was last
 * seen. */
static int64_t lag_ms_of(const struct lane *lane, const struct lane_input *in, int64_t now, int64_t wall)
{
    int64_t since_end = in->ended_ms ? now - in->ended_ms : INT64_MAX;
    int64_t since_read = in->timestamp > 0 ? wall - in->timestamp : INT64_MAX;
    int64_t least = since_end < since_read ? since_end : since_read;
    if (lane->state == LANE_READING && in->ended)
        return 0;
    return least == INT64_MAX ? -1 : least > 0 ? least : 0;
}

static void look_at(const struct lane *lane, int64_t now, int64_t wall, struct lane_status *status)
{
    bool known = lane->fence.partitions > 0;
    *status = (struct lane_status){
        .partition = lane->partition, .state = lane->state, .records = (int64_t)lane->records};
    memcpy(status->why, lane->why, sizeof status->why);
    for (size_t i = 0; i < lane->kind->n_inputs; i++) {
        int64_t applied = known ? lane->fence.at[i].applied : -1;
        status->in[i].applied = applied;
        status->in[i].published = known ? lane->fence.at[i].published : -1;
        status->in[i].lag = lag_of(lane, &lane->in[i], applied);
        status->in[i].lag_ms = status->in[i].lag == 0 ? 0 : lag_ms_of(lane, &lane->in[i], now, wall);
    }
}

/* What the commit that is being made will settle. */
void lane_measure_batch(struct lane *lane)
{
    lane->committing_records = lane->records - lane->stored;
    lane->stored = lane->records;
    if (lane->committing_records > 0)
        histogram_observe(&lane->counters->batch_records, (int64_t)lane->committing_records);
    if (lane->n_changed > 0)
        histogram_observe(&lane->counters->batch_subjects, (int64_t)lane->n_changed);
    ledger_date(&lane->ledger, lane->batch_oldest_ms);
    lane->batch_oldest_ms = 0;
}

/* ---- the worker ---- */

static void copy_lanes(struct worker *worker, int64_t now)
{
    int64_t wall = clock_wall_ms(), lag = 0;
    size_t n = worker->n_lanes;
    struct lane_status *status = calloc(n + 1, sizeof *status);
    if (!status)
        abort();
    for (size_t i = 0; i < n; i++) {
        look_at(worker->lanes[i], now, wall, &status[i]);
        for (size_t k = 0; k < worker->options.kind->n_inputs; k++)
            lag += status[i].in[k].lag > 0 ? status[i].in[k].lag : 0;
    }
    set(&worker->counters.lag, lag);
    pthread_mutex_lock(&worker->status_lock);
    struct lane_status *old = worker->status;
    worker->status = status;
    worker->n_status = n;
    pthread_mutex_unlock(&worker->status_lock);
    free(old);
}

size_t worker_lanes(struct worker *worker, struct lane_status **lanes)
{
    pthread_mutex_lock(&worker->status_lock);
    size_t n = worker->n_status;
    *lanes = calloc(n + 1, sizeof **lanes);
    if (!*lanes)
        abort();
    if (n)
        memcpy(*lanes, worker->status, n * sizeof **lanes);
    pthread_mutex_unlock(&worker->status_lock);
    return n;
}

static void measure_caches(struct worker *worker)
{
    int64_t subjects = 0, bytes = 0, changed = 0;
    for (size_t i = 0; i < worker->n_lanes; i++) {
        subjects += (int64_t)worker->lanes[i]->cache.n;
        bytes += (int64_t)worker->lanes[i]->cache.bytes;
        changed += (int64_t)worker->lanes[i]->n_changed;
    }
    set(&worker->counters.subjects, subjects);
    set(&worker->counters.cache_bytes, bytes);
    set(&worker->counters.dirty_ppm, subjects ? 1000000 * changed / subjects : 0);
}

static void measure_kind(struct worker *worker)
{
    uint64_t counts[LANE_COUNTS] = {0};
    if (!worker->options.kind->counts)
        return;
    worker->options.kind->counts(worker->self, counts);
    for (size_t i = 0; i < LANE_COUNTS; i++)
        atomic_store_explicit(&worker->counters.kind[i], counts[i], memory_order_relaxed);
}

/* Each turn: who may be waited for. Redis is back when every lane has it again. */
static void measure_lanes(struct worker *worker)
{
    int64_t running = 0, held = 0;
    for (size_t i = 0; i < worker->n_lanes; i++) {
        running += worker->lanes[i]->state == LANE_READING;
        held += worker->lanes[i]->state == LANE_HELD;
    }
    if (worker->redis_away && worker->n_lanes > 0 && running + held == (int64_t)worker->n_lanes) {
        worker->redis_away = false;
        log_info("redis_back", "worker=%s lanes=%" PRId64, worker->options.name, running);
    }
    set(&worker->counters.lanes, (int64_t)worker->n_lanes);
    set(&worker->counters.lanes_running, running);
    set(&worker->counters.lanes_held, held);
    set(&worker->counters.redis_away, worker->redis_away && worker->n_lanes > 0);
}

void worker_measure(struct worker *worker, int64_t now)
{
    measure_lanes(worker);
    if (worker->measured_ms && now - worker->measured_ms < MEASURE_MS)
        return;
    worker->measured_ms = now;
    measure_caches(worker);
    measure_kind(worker);
    copy_lanes(worker, now);
    set(&worker->counters.queued, worker->publisher ? (int64_t)publisher_waiting(worker->publisher) : 0);
    set(&worker->counters.kafka_away, worker->consumer && consumer_away(worker->consumer));
}
