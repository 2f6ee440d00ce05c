/* bench_edges: the stages at the two edges: records polled through a feed and dropped (the floor: no worker
 * can be cheaper), scores handed to the producer until all are acknowledged, and creators written to Redis as
 * a commit writes them. CPU is of this process with librdkafka's threads, and Redis' own. */
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>

#include "bench.h"
#include "microflux/clock.h"

#define BATCH 500 /* creators a commit */

/* ---- the floor ---- */

struct floor {
    struct bench *bench;
    struct consumer *consumer;
    int32_t partitions[256];
    size_t n;
    bool sought;
    int64_t received;
};

static void on_assigned(void *owner, const int32_t *partitions, size_t n)
{
    struct floor *f = owner;
    f->n = n < 256 ? n : 256;
    memcpy(f->partitions, partitions, f->n * sizeof *partitions);
    f->sought = false;
}

static void on_revoked(void *owner, bool lost)
{
    struct floor *f = owner;
    (void)lost;
    f->n = 0;
}

static enum feed_verdict on_record(void *owner, const struct kafka_record *record)
{
    struct floor *f = owner;
    (void)record;
    f->received++;
    return FEED_MORE;
}

static void on_end(void *owner, int input, int64_t offset)
{
    (void)owner, (void)input, (void)offset;
}

static void on_out_of_range(void *owner, int input, int64_t earliest, int64_t latest)
{
    (void)owner, (void)input, (void)earliest, (void)latest;
}

static bool seek_all(struct floor *f)
{
    struct err_info info;
    for (size_t p = 0; p < f->n; p++)
        for (int input = 0; input < 3; input++)
            if (feed_seek(consumer_feed(f->consumer, input, f->partitions[p]), FEED_EARLIEST, &info) !=
                ERR_OK)
                return false;
    return f->n > 0;
}

static void read_all(struct floor *f)
{
    const struct feed_handlers handlers = {f, on_record, NULL, on_end, on_out_of_range};
    size_t n = 0;
    consumer_poll(f->consumer);
    if (!f->sought)
        f->sought = seek_all(f);
    for (size_t p = 0; f->sought && p < f->n; p++)
        for (int input = 0; input < 3; input++)
            n += feed_read(consumer_feed(f->consumer, input, f->partitions[p]), &handlers);
    struct pollfd fd = {consumer_fd(f->consumer), POLLIN, 0};
    if (n == 0 && poll(&fd, 1, 100) > 0)
        consumer_drain_fd(f->consumer);
}

static enum err floor_once(struct bench *b, const char *group, struct bench_stage *stage,
                           struct err_info *info)
{
    const char *const topics[] = {b->topics[0], b->topics[1], b->topics[2]};
    struct floor f = {.bench = b};
    const struct consumer_options options = {.group = group,
                                             .pairs = kafka_pairs_of(b->config),
                                             .n_pairs = b->config->n_kafka,
                                             .topics = topics,
                                             .n_topics = 3,
                                             .prefetch_bytes = (size_t)b->config->memory_mib << 18,
                                             .handlers = {&f, on_assigned, on_revoked}};
    int64_t wanted = b->ends[0] + b->ends[1] + b->ends[2], deadline = clock_mono_ms() + 300000;
    double before = bench_own_cpu();
    enum err err = consumer_open(&options, &f.consumer, info);
    while (err == ERR_OK && f.received < wanted && clock_mono_ms() < deadline)
        read_all(&f);
    if (err == ERR_OK)
        consumer_close(f.consumer);
    if (err == ERR_OK && f.received < wanted)
        return err_set(info, ERR_WEATHER, "stuck",
                       "only %" PRId64 " of %" PRId64 " records came back in 300 s", f.received, wanted);
    if (err == ERR_OK)
        figure_add(&stage->ns, (bench_own_cpu() - before) * 1e9 / (double)wanted);
    return err;
}

enum err bench_floor(struct bench *b, struct bench_result *r, struct err_info *info)
{
    struct bench_stage *stage =
        bench_stage(r, "consumer floor", "a record polled through a feed, and dropped");
    enum err err = ERR_OK;
    for (int64_t i = 0; i < b->runs && err == ERR_OK; i++) {
        char group[80];
        snprintf(group, sizeof group, "%s-floor-%" PRId64, b->name, i);
        err = floor_once(b, group, stage, info);
    }
    return err;
}

/* ---- producing ---- */

static void on_delivered(void *owner, uint64_t ticket, const struct err_info *failure)
{
    int64_t *failed = owner;
    (void)ticket;
    *failed += failure != NULL;
}

/* Scores of all creators in turn. */
static enum err produce_scores(struct publisher *publisher, struct bench_set *set, int64_t n,
                               struct err_info *info)
{
    char key[24];
    struct buffer value = {0};
    struct score score;
    enum err err = ERR_OK;
    creator_score(&set->creators[0], set->setup.options.methodology, NULL, set->as_of, &score);
    struct score_origin origin = {.creator_id = BYTES("c0000000")};
    avro_put_frame(&value, 0, 1);
    struct score_makers makers = score_makers_of(set->setup.options.methodology,
                                                 set->setup.options.market.benchmark, 1, &(struct models){0});
    score_encode(&score, &set->creators[0], &makers, &origin, &value);
    for (int64_t i = 0; i < n && err == ERR_OK; i++) {
        struct bytes creator = {key, bench_key(key, sizeof key, i % set->n)};
        while ((err = publish(publisher, 0, -1, creator, (struct bytes){value.data, value.len}, 0, NULL, 0, 0,
                              info)) == ERR_WEATHER)
            publisher_poll(publisher, 5);
        if (i % 1000 == 0)
            publisher_poll(publisher, 0);
    }
    if (err == ERR_OK)
        err = publisher_flush(publisher, 120000, info);
    buffer_free(&value);
    return err;
}

static enum err produce_once(struct bench *b, struct bench_set *set, struct bench_stage *stage,
                             struct err_info *info)
{
    const char *topic = b->topics[BENCH_SCORES];
    int64_t failed = 0, n = b->n_events < 500000 ? b->n_events : 500000;
    struct publisher_options options = {
        kafka_pairs_of(b->config), b->config->n_kafka, &topic, 1, &failed, on_delivered, 0};
    struct publisher *publisher;
    enum err err = publisher_open(&options, &publisher, info);
    if (err != ERR_OK)
        return err;
    double before = bench_own_cpu();
    err = produce_scores(publisher, set, n, info);
    publisher_close(publisher);
    if (err == ERR_OK && failed)
        err =
            err_set(info, ERR_WEATHER, "produce", "%" PRId64 " scores were not taken by the broker", failed);
    if (err == ERR_OK)
        figure_add(&stage->ns, (bench_own_cpu() - before) * 1e9 / (double)n);
    return err;
}

enum err bench_producing(struct bench *b, struct bench_result *r, struct err_info *info)
{
    struct bench_set set;
    struct bench_stage *stage = bench_stage(r, "producing", "a score, until it is acknowledged");
    enum err err = bench_set_open(b, &set, info);
    for (int64_t i = 0; i < b->runs && err == ERR_OK; i++)
        err = produce_once(b, &set, stage, info);
    bench_set_close(&set);
    return err;
}

/* ---- Redis ---- */

struct writing { /* one creator's changes, as a commit puts them */
    struct redis *redis;
    char key[N_CREATOR_KEYS][64];
    int opened; /* -1: no command is open */
};

static void set_field(void *arg, int key, struct bytes field, struct bytes value)
{
    struct writing *w = arg;
    if (w->opened != key) {
        if (w->opened >= 0)
            redis_end(w->redis);
        redis_begin_open(w->redis, NULL, NULL);
        redis_arg(w->redis, BYTES("HSET"));
        redis_arg(w->redis, bytes_of(w->key[key]));
        w->opened = key;
    }
    redis_arg(w->redis, field);
    redis_arg(w->redis, value);
}

static void set_string(void *arg, int key, struct bytes value)
{
    struct writing *w = arg;
    if (w->opened >= 0)
        redis_end(w->redis);
    w->opened = -1;
    redis_command(w->redis, (struct bytes[]){BYTES("SET"), bytes_of(w->key[key]), value}, 3, NULL, NULL);
}

static void drop_field(void *arg, int key, struct bytes field)
{
    (void)arg, (void)key, (void)field; /* nothing of the working set is ever dropped */
}

static void write_creator(struct redis *redis, struct bench_set *set, int64_t i, bool first)
{
    struct writing w = {.redis = redis, .opened = -1};
    struct change_writer writer = {&w, set_field, drop_field, set_string};
    char index[64], entry[40], own[34];
    for (int key = 0; key < N_CREATOR_KEYS; key++)
        snprintf(w.key[key], sizeof w.key[key], "mf:bench:score:{p0.0}:%s:c%07" PRId64,
                 creator_key_names[key], i);
    snprintf(own, sizeof own, "%016" PRIx64 " %016" PRIx64, (uint64_t)42,
             (uint64_t)set->offset * 0x9e3779b9u);
    set_field(&w, KEY_COUNTERS, BYTES("e"), bytes_of(own));
    layout_write(&set->creators[i], &writer);
    if (w.opened >= 0)
        redis_end(redis);
    if (first) {
        snprintf(index, sizeof index, "mf:bench:score:{p0.0}:i:%d", (int)(i % LANE_INDEX_SLOTS));
        snprintf(entry, sizeof entry, "8:c%07" PRId64 ",", i);
        redis_command(redis, (struct bytes[]){BYTES("APPEND"), bytes_of(index), bytes_of(entry)}, 3, NULL,
                      NULL);
    }
}

static enum err write_all(struct bench_run *run, struct bench_set *set, bool first, struct err_info *info)
{
    const struct redis_answer *answer;
    enum err err = ERR_OK;
    for (int64_t i = 0; i < set->n && err == ERR_OK;) {
        redis_command(run->connection, (struct bytes[]){BYTES("MULTI")}, 1, NULL, NULL);
        for (int64_t end = i + BATCH; i < end && i < set->n; i++)
            write_creator(run->connection, set, i, first);
        redis_command(run->connection,
                      (struct bytes[]){BYTES("SET"), BYTES("mf:bench:score:{p0.0}:fence"), BYTES("1 P=1")}, 3,
                      NULL, NULL);
        err = redis_call(run->connection, (struct bytes[]){BYTES("EXEC")}, 1, &answer, info);
        if (err == ERR_OK)
            err = redis_fate(answer, info);
    }
    return err;
}

static enum err measure_writes(struct bench_run *run, struct bench_set *set, bool first,
                               struct bench_stage *stage, struct err_info *info)
{
    double n = (double)set->n, own = bench_own_cpu(), redis = bench_redis_cpu(run->connection);
    enum err err = write_all(run, set, first, info);
    figure_add(&stage->ns, (bench_own_cpu() - own) * 1e9 / n);
    figure_add(&stage->redis_ns, (bench_redis_cpu(run->connection) - redis) * 1e9 / n);
    return err;
}

static enum err redis_once(struct bench *b, struct bench_result *r, struct err_info *info)
{
    struct bench_set set;
    struct bench_run run = {0};
    enum err err = bench_set_open(b, &set, info);
    if (err == ERR_OK)
        err = bench_run_open(b, &run, info);
    if (err == ERR_OK) {
        bench_redis_version(run.connection, r->redis_version, sizeof r->redis_version);
        err =
            measure_writes(&run, &set, true,
                           bench_stage(r, "Redis, first write", "a creator: profile day, post, index"), info);
    }
    for (int64_t i = 0; i < set.n && err == ERR_OK; i++)
        bench_set_apply(&set, i, set.as_of + 1);
    if (err == ERR_OK)
        err =
            measure_writes(&run, &set, false,
                           bench_stage(r, "Redis, repeated write", "a creator after one interaction"), info);
    bench_run_close(&run);
    bench_set_close(&set);
    return err;
}

enum err bench_stages_redis(struct bench *b, struct bench_result *r, struct err_info *info)
{
    enum err err = ERR_OK;
    for (int64_t i = 0; i < b->runs && err == ERR_OK; i++)
        err = redis_once(b, r, info);
    return err;
}
