/* bench_j1: job J1 on loaded topics: catch-up with each number of threads, the same with too little memory,
 * then latency on a schedule, an idle worker, and workers that start with an empty cache over a full Redis.
 * Each catch-up has a fresh Redis and namespace, and is compared with what was sent. */
#include "bench.h"
#include "microflux/clock.h"

#define SWEEP_S 40

static int64_t all_records(const struct bench *b)
{
    return b->ends[0] + b->ends[1] + b->ends[2];
}

static enum err catch_up(struct bench *b, const struct bench_worker *worker, struct bench_phase *phase,
                         struct bench_result *r, struct err_info *info)
{
    struct bench_run run;
    enum err err = bench_run_open(b, &run, info);
    if (err == ERR_OK) {
        bench_redis_version(run.connection, r->redis_version, sizeof r->redis_version);
        bench_run_start(&run, worker);
        err = bench_run_finish(&run, worker, all_records(b), phase, info);
    }
    if (err == ERR_OK)
        err = bench_run_compare(&run, r, info);
    bench_run_close(&run);
    return err;
}

static double idle_for(const struct bench_run *run, int64_t ms)
{
    double before = bench_run_cpu(run);
    bench_nap(ms);
    return (bench_run_cpu(run) - before) * 1000 / (double)ms;
}

/* Latency and idleness, each round with the same worker. */
static enum err steady(struct bench *b, struct bench_run *run, struct bench_result *r, struct err_info *info)
{
    const struct bench_worker worker = {.threads = b->threads[0], .interval_ms = "0", .log = "steady.log"};
    enum err err = ERR_OK;
    bench_run_start(run, &worker);
    bench_nap(3000); /* lanes taken */
    for (int64_t i = 0; i < b->runs && err == ERR_OK; i++) {
        err = bench_latency(b, &r->latency, info);
        if (err == ERR_OK)
            err = bench_run_wait(run, true, info);
        bench_nap(2000);
        if (err == ERR_OK)
            figure_add(&r->idle, idle_for(run, 10000));
    }
    bench_run_stop(run);
    return err;
}

static enum err cold_starts(struct bench *b, struct bench_run *run, struct bench_result *r,
                            struct err_info *info)
{
    const struct bench_worker worker = {.threads = b->threads[0], .interval_ms = "1000", .log = "cold.log"};
    enum err err = ERR_OK;
    for (int64_t i = 0; i < b->runs && err == ERR_OK; i++) {
        err = bench_touch(b, info);
        if (err != ERR_OK)
            return err;
        bench_run_start(run, &worker);
        err = bench_run_finish(run, &worker, b->n_creators, &r->cold, info);
    }
    return err;
}

/* Nobody does anything: a new worker, with nothing in its cache, scores each creator at least once. */
static enum err sweeps(struct bench *b, struct bench_run *run, struct bench_result *r, struct err_info *info)
{
    const struct bench_worker worker = {
        .threads = b->threads[0], .interval_ms = "1000", .log = "sweep.log", .sweep_s = SWEEP_S};
    enum err err = ERR_OK;
    for (int64_t i = 0; i < b->runs && err == ERR_OK; i++) {
        bench_run_start(run, &worker);
        err = bench_run_swept(run, &worker, &r->sweep, info);
    }
    return err;
}

/* What needs a Redis that is full already. */
static enum err over_full_redis(struct bench *b, struct bench_result *r, struct err_info *info)
{
    const struct bench_worker worker = {.threads = b->threads[0], .interval_ms = "1000", .log = "fill.log"};
    struct bench_run run;
    enum err err = bench_run_open(b, &run, info);
    if (err == ERR_OK) {
        bench_run_start(&run, &worker);
        err = bench_run_wait(&run, true, info);
        bench_run_stop(&run);
    }
    if (err == ERR_OK)
        err = steady(b, &run, r, info);
    if (err == ERR_OK)
        err = bench_relay(b, &r->relay, info);
    if (err == ERR_OK)
        err = cold_starts(b, &run, r, info);
    if (err == ERR_OK)
        err = sweeps(b, &run, r, info);
    if (err == ERR_OK)
        err = bench_run_compare(&run, r, info);
    bench_run_close(&run);
    return err;
}

enum err bench_j1(struct bench *b, struct bench_result *r, struct err_info *info)
{
    enum err err = ERR_OK;
    for (size_t t = 0; t < b->n_threads; t++)
        for (int64_t i = 0; i < b->runs && err == ERR_OK; i++)
            err = catch_up(b, &(struct bench_worker){b->threads[t], 0, "1000", "worker.log", 0},
                           &r->catch_up[t], r, info);
    for (int64_t i = 0; b->eviction_mib && i < b->runs && err == ERR_OK; i++)
        err = catch_up(b, &(struct bench_worker){b->threads[0], b->eviction_mib, "1000", "worker.log", 0},
                       &r->eviction, r, info);
    return err == ERR_OK && b->latency_seconds ? over_full_redis(b, r, info) : err;
}
