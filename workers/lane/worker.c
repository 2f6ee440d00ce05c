/* worker: one thread: a consumer, a publisher and the lanes the group gives it. worker_run() turns them until
 * told to stop; it never stops polling, whatever is away. Stopping and losing partitions are the same: finish
 * what was read, or drop it (the fence knows), and let go. */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>

#include "lane_room.h"

#define REVOKE_MS   3000 /* a batch is finished within this, or dropped */
#define ASSIGNED_MS 2000 /* longest question while lanes come */

static struct lane *lane_by_partition(const struct worker *worker, int32_t partition)
{
    for (size_t i = 0; i < worker->n_lanes; i++)
        if (worker->lanes[i]->partition == partition)
            return worker->lanes[i];
    return NULL;
}

static void on_delivered(void *owner, uint64_t ticket, const struct err_info *failure)
{
    struct worker *worker = owner;
    struct lane *lane = lane_by_partition(worker, (int32_t)(ticket >> 48));
    if (!failure)
        COUNT(&worker->counters, delivered);
    if (lane)
        lane_delivered(lane, (uint16_t)(ticket >> 32), (uint32_t)ticket, failure);
}

static void close_lanes(struct worker *worker)
{
    for (size_t i = 0; i < worker->n_lanes; i++)
        lane_close(worker->lanes[i]);
    free(worker->lanes);
    worker->lanes = NULL;
    worker->n_lanes = 0;
}

/* Other threads learn of the lanes that came or went at once. */
static void joined(struct worker *worker, bool joined)
{
    int64_t now = clock_mono_ms();
    atomic_store_explicit(&worker->counters.joined, joined, memory_order_relaxed);
    atomic_store_explicit(&worker->counters.rebalanced_ms, now, memory_order_relaxed);
    worker->measured_ms = 0;
    worker_measure(worker, now);
}

/* Partitions were added since the start: the new lanes know no more of the creators that moved there than the
 * old ones, so none may go on. Not answered: as before. */
static void refuse_if_changed(struct worker *worker)
{
    struct err_info info;
    int32_t now = 0;
    if (consumer_partitions(worker->consumer, 0, ASSIGNED_MS, &now, &info) != ERR_OK ||
        now == worker->partitions)
        return;
    enum err err = partitions_changed(worker->partitions, now, &info);
    for (size_t i = 0; i < worker->n_lanes; i++)
        lane_trouble(worker->lanes[i], err, info.word, "%s", info.sentence);
}

static void on_assigned(void *owner, const int32_t *partitions, size_t n)
{
    struct worker *worker = owner;
    close_lanes(worker);
    worker->lanes = calloc(n ? n : 1, sizeof *worker->lanes);
    if (!worker->lanes)
        abort();
    for (size_t i = 0; i < n; i++)
        worker->lanes[worker->n_lanes++] = lane_open(worker, partitions[i]);
    refuse_if_changed(worker);
    COUNT(&worker->counters, rebalances);
    joined(worker, true);
    log_info("lanes_assigned", "worker=%s lanes=%zu", worker->options.name, n);
}

/* Finish what was read: true when every lane has committed and every output was acknowledged. */
static bool drain(struct worker *worker, int64_t until)
{
    bool settled = false;
    for (size_t i = 0; i < worker->n_lanes; i++)
        worker->lanes[i]->draining = true;
    while (!settled && clock_mono_ms() < until) {
        settled = true;
        for (size_t i = 0; i < worker->n_lanes; i++) {
            lane_turn(worker->lanes[i], clock_mono_ms());
            settled &= lane_settled(worker->lanes[i]);
        }
        publisher_poll(worker->publisher, settled ? 0 : 1);
    }
    for (size_t i = 0; settled && i < worker->n_lanes; i++) {
        worker->lanes[i]->offsets_ms = 0;
        if (worker->lanes[i]->state == LANE_READING)
            lane_commit_offsets(worker->lanes[i], clock_mono_ms());
    }
    return settled;
}

static void on_revoked(void *owner, bool lost)
{
    struct worker *worker = owner;
    bool settled = !lost && drain(worker, clock_mono_ms() + REVOKE_MS);
    log_info("lanes_revoked", "worker=%s lanes=%zu lost=%d settled=%d", worker->options.name, worker->n_lanes,
             lost, settled);
    close_lanes(worker);
    joined(worker, false);
}

static enum err open_consumer(struct worker *worker, struct err_info *info)
{
    const struct worker_options *o = &worker->options;
    struct consumer_options options = {o->group,
                                       o->pairs,
                                       o->n_pairs,
                                       o->inputs,
                                       o->kind->n_inputs,
                                       o->prefetch_bytes,
                                       {worker, on_assigned, on_revoked},
                                       o->index};
    enum err err = consumer_open(&options, &worker->consumer, info);
    if (err == ERR_OK)
        consumer_watch(worker->consumer, &worker->counters.kafka);
    return err;
}

static enum err open_publisher(struct worker *worker, struct err_info *info)
{
    const struct worker_options *o = &worker->options;
    const char *topics[LANE_OUTPUTS + 1];
    size_t n = o->kind->n_outputs;
    memcpy(topics, o->outputs, n * sizeof *topics);
    topics[n] = o->dead_letter_topic;
    struct publisher_options options = {o->pairs, o->n_pairs, topics, n + 1, worker, on_delivered, 0};
    for (size_t i = 0; i < n; i++)
        options.by_first_part |= (uint32_t)o->kind->outputs[i].by_first_part << i;
    enum err err = publisher_open(&options, &worker->publisher, info);
    if (err == ERR_OK)
        publisher_watch(worker->publisher, &worker->counters.kafka);
    return err;
}

/* Partition i of each input belongs together, so their counts must agree. */
static enum err check_partitions(struct worker *worker, struct err_info *info)
{
    const struct worker_options *o = &worker->options;
    for (size_t i = 0; i < o->kind->n_inputs; i++) {
        int32_t count = 0;
        enum err err = consumer_partitions(worker->consumer, (int)i, 5000, &count, info);
        if (err != ERR_OK)
            return err;
        if (i == 0)
            worker->partitions = count;
        if (count != worker->partitions)
            return err_set(info, ERR_REFUSED, "partitions_differ",
                           "topic %s has %d partitions but %s has %d: the inputs must be co-partitioned "
                           "(microflux topics create makes them so)",
                           o->inputs[i], count, o->inputs[0], worker->partitions);
    }
    return ERR_OK;
}

enum err worker_open(const struct worker_options *options, struct worker **result, struct err_info *info)
{
    struct worker *worker = calloc(1, sizeof *worker);
    if (!worker)
        return err_set(info, ERR_NO_MEMORY, "no_memory", "no memory for a worker");
    worker->options = *options;
    pthread_mutex_init(&worker->status_lock, NULL);
    worker_counters_init(&worker->counters);
    srand((unsigned)clock_mono_us() ^ (unsigned)options->index);
    enum err err = options->kind->open(options->kind_options, &worker->self, info);
    if (err == ERR_OK)
        err = open_consumer(worker, info);
    if (err == ERR_OK)
        err = open_publisher(worker, info);
    if (err == ERR_OK)
        err = check_partitions(worker, info);
    if (err != ERR_OK) {
        worker_close(worker);
        return err;
    }
    *result = worker;
    return ERR_OK;
}

void worker_close(struct worker *worker)
{
    if (!worker)
        return;
    close_lanes(worker);
    consumer_close(worker->consumer);
    publisher_close(worker->publisher);
    if (worker->self)
        worker->options.kind->close(worker->self);
    pthread_mutex_destroy(&worker->status_lock);
    free(worker->status);
    free(worker);
}

const struct worker_counters *worker_counters(const struct worker *worker)
{
    return &worker->counters;
}

const void *worker_measures(const struct worker *worker)
{
    const struct lane_kind *kind = worker->options.kind;
    return kind->measures ? kind->measures(worker->self) : NULL;
}

const struct worker_options *worker_options_of(const struct worker *worker)
{
    return &worker->options;
}

/* A producer that failed for good is thrown away; what it still held comes again from the fence. */
static enum err mend(struct worker *worker, struct err_info *info)
{
    struct err_info why;
    enum err err = ERR_OK;
    if (publisher_failed(worker->publisher, &why)) {
        log_error("producer_failed", "worker=%s message=\"%s\" action=new_producer", worker->options.name,
                  why.sentence);
        publisher_close(worker->publisher);
        worker->publisher = NULL;
        for (size_t i = 0; i < worker->n_lanes; i++)
            if (worker->lanes[i]->state < LANE_HELD)
                lane_lost(worker->lanes[i], clock_mono_ms());
        err = open_publisher(worker, info);
    }
    if (err == ERR_OK && worker->recreate) {
        worker->recreate = false;
        consumer_close(worker->consumer);
        worker->consumer = NULL;
        err = open_consumer(worker, info);
    }
    return err;
}

static void sleep_until_something(struct worker *worker, int64_t now)
{
    struct pollfd fds[1 + 1024];
    nfds_t n = 0;
    int64_t wait = publisher_waiting(worker->publisher) ? 5 : 200;
    fds[n++] = (struct pollfd){consumer_fd(worker->consumer), POLLIN, 0};
    for (size_t i = 0; i < worker->n_lanes; i++) {
        const struct lane *lane = worker->lanes[i];
        int64_t wants = lane_wants_ms(lane, now);
        wait = wants < wait ? wants : wait;
        if (lane->redis && n < 1025)
            fds[n++] = (struct pollfd){redis_fd(lane->redis), redis_events(lane->redis), 0};
    }
    if (poll(fds, n, (int)wait) > 0 && fds[0].revents)
        consumer_drain_fd(worker->consumer);
}

static void turn_kind(struct worker *worker)
{
    if (!worker->options.kind->turn || !worker->options.kind->turn(worker->self))
        return;
    for (size_t i = 0; i < worker->n_lanes; i++)
        lane_queue_cached(worker->lanes[i]);
}

enum err worker_run(struct worker *worker, const atomic_bool *stop, int drain_ms, struct err_info *info)
{
    enum err err = ERR_OK;
    while (err == ERR_OK && !atomic_load_explicit(stop, memory_order_relaxed)) {
        int64_t now = clock_mono_ms();
        atomic_store_explicit(&worker->counters.polled_ms, now, memory_order_relaxed);
        consumer_poll(worker->consumer);
        publisher_poll(worker->publisher, 0);
        turn_kind(worker);
        for (size_t i = 0; i < worker->n_lanes; i++)
            lane_turn(worker->lanes[i], now);
        worker_measure(worker, now);
        err = mend(worker, info);
        if (err == ERR_OK)
            sleep_until_something(worker, now);
    }
    if (err != ERR_OK)
        return err;
    if (!drain(worker, clock_mono_ms() + drain_ms))
        return err_set(info, ERR_WEATHER, "not_drained",
                       "stopped before every score was acknowledged; the next owner publishes them again");
    return ERR_OK;
}
