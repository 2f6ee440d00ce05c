/* bench: what the parts of the benchmark share. */
#ifndef COMMANDS_BENCH_H
#define COMMANDS_BENCH_H

#include <stdbool.h>
#include <stdint.h>

#include "children.h"
#include "microflux/avro.h"
#include "options.h"
#include "random.h"

#define BENCH_POSTS 1 /* posts of each creator: every interaction counts in one */

enum {
    BENCH_PROFILES,
    BENCH_POSTS_TOPIC,
    BENCH_INTERACTIONS,
    BENCH_SCORES,
    BENCH_DEAD_LETTERS,
    N_BENCH_TOPICS
};

struct bench {
    const struct config *config;
    struct children children;
    char redis[96], bootstrap[512], namespace_[48];
    char topics[N_BENCH_TOPICS][64];
    int64_t n_creators, n_events, partitions, latency_seconds, latency_rate;
    double *cumulative; /* Zipf 1.0 over the creators */
    int64_t *sent;      /* lifetime counts sent, all kinds of a creator added up */
    struct random random;
    struct redis *connection;
    int64_t ends[3]; /* records of each input */
};

struct bench_result {
    bool exact;
    int64_t creators_compared, creators_different, records;
    double seconds, worker_cpu, redis_cpu, idle_cpu;
    int64_t peak_rss_kib, redis_bytes;
    double p50, p99, p999;
    int64_t latencies;
};

enum err bench_load(struct bench *b,
                    struct err_info *info) MF_MUST_CHECK; /* topics, profiles, posts, interactions */
int64_t bench_creator(struct bench *b);                   /* draws one */
enum err bench_latency(struct bench *b, struct bench_result *r, struct err_info *info) MF_MUST_CHECK;
void bench_interaction(const struct bench *b, struct buffer *out, int64_t creator, int64_t post, int kind,
                       int64_t count, int64_t at, uint64_t fingerprint);

#endif
