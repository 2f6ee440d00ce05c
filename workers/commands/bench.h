/* bench: what the parts of the benchmark share. */
#ifndef COMMANDS_BENCH_H
#define COMMANDS_BENCH_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "bench_figures.h"
#include "children.h"
#include "microflux/avro.h"
#include "options.h"
#include "random.h"
#include "top.h"

#define BENCH_POSTS 1 /* posts of each creator: every interaction counts in one */
#define MOST_LISTED 6 /* entries of --workers, --campaigns */
#define MOST_STAGES 24
#define MOST_PASSED 32

enum {
    BENCH_PROFILES,
    BENCH_POSTS_TOPIC,
    BENCH_INTERACTIONS,
    BENCH_SCORES,
    BENCH_DEAD_LETTERS,
    BENCH_PEER_TABLES,
    BENCH_CAMPAIGNS,
    BENCH_FITS,
    BENCH_SHORTLISTS,
    N_WORKER_TOPICS, /* those above are a worker's */
    BENCH_RELAY_IN = N_WORKER_TOPICS,
    BENCH_RELAY_OUT,
    N_BENCH_TOPICS
};

struct bench {
    const struct config *config;
    char *passed[MOST_PASSED]; /* the user's --set and --config, handed on to each worker */
    int n_passed;
    char bootstrap[512], name[48];
    char topics[N_BENCH_TOPICS][64];
    int64_t n_creators, n_events, partitions, latency_seconds, latency_rate, runs, eviction_mib;
    int64_t threads[MOST_LISTED], campaigns[MOST_LISTED];
    size_t n_threads, n_campaigns;
    const char *job, *broker;
    double *cumulative; /* Zipf 1.0 over the creators */
    int64_t *sent;      /* lifetime counts sent, all kinds of a creator added up */
    struct random random;
    int64_t ends[3]; /* records of each input */
    bool tagged;     /* posts have tags of a niche */
};

/* ---- what comes out ---- */

struct bench_stage { /* ns of CPU a record */
    const char *name, *what;
    struct figure ns, redis_ns;
};

#define N_BENCH_LIVES 3
struct bench_size { /* bytes in Redis of one creator, by key: MEMORY USAGE, and of it what was written */
    const char *name, *what;
    int64_t memory[N_CREATOR_KEYS], stored[N_CREATOR_KEYS];
};

struct bench_phase { /* a worker from its start until all is applied and known published */
    int64_t records;
    struct figure seconds, worker, redis, sum; /* CPU: seconds a million events */
    struct figure rss_mib, redis_bytes, loads, evictions;
};

struct bench_delays { /* ms */
    struct figure p50, p90, p99, p999, max;
    int64_t events, unanswered;
};

/* Job J2: J1's load with so many campaigns. */
struct bench_fits {
    int64_t campaigns;
    struct bench_phase catch_up, live;  /* tables are filled by the first; events after that */
    struct figure filled, judged, told; /* records that filled them; pairs and records per event, of live */
    struct bench_delays fit, shortlist; /* from the event on */
};

struct bench_result {
    bool exact;
    int64_t compared, different;
    struct bench_stage stages[MOST_STAGES];
    size_t n_stages;
    struct bench_size sizes[N_BENCH_LIVES];
    struct bench_phase catch_up[MOST_LISTED], eviction, cold, sweep; /* sweep: records are creators */
    struct bench_delays latency, relay;
    struct bench_fits fits[MOST_LISTED];
    struct figure idle; /* of a core */
    double load[3];     /* load average before */
    char redis_version[32];
};

/* ---- load ---- */
void bench_name(struct bench *b); /* a fresh one for its topics, and the same draws from then on */
enum err bench_load(struct bench *b,
                    struct err_info *info) MF_MUST_CHECK; /* topics, profiles, posts, interactions */
void bench_draw_open(struct bench *b);
int64_t bench_creator(struct bench *b); /* draws one */
size_t bench_key(char *key, size_t size, int64_t creator);
size_t bench_post_id(char *id, size_t size, int64_t creator, int64_t post);
void bench_interaction(struct buffer *out, int64_t creator, int64_t post, int kind, int64_t count, int64_t at,
                       uint64_t fingerprint);
/* bench_post: tags_of: of whose niche its tags are; < 0: it has none. */
void bench_post(struct buffer *out, int64_t creator, int64_t post, int64_t tags_of, int64_t at,
                uint64_t fingerprint);
/* bench_load_again: the same load in topics of its own. bench_more: n interactions more, of now. */
enum err bench_load_again(struct bench *b, struct err_info *info) MF_MUST_CHECK;
enum err bench_more(struct bench *b, int64_t n, struct err_info *info) MF_MUST_CHECK;
/* bench_touch: one like for each creator. */
enum err bench_touch(struct bench *b, struct err_info *info) MF_MUST_CHECK;

/* ---- a fresh Redis and namespace, and a worker over them ---- */
struct bench_run {
    struct bench *bench;
    struct children children;
    char redis[96], namespace_[64];
    struct redis *connection;
    pid_t worker;
    int64_t started_ms;
    double redis_before;
};

struct bench_worker {
    int64_t threads, memory_mib; /* memory_mib 0: the default */
    const char *interval_ms, *log;
    int64_t sweep_s; /* sweep.interval_s; 0: the default */
};

enum err bench_run_open(struct bench *b, struct bench_run *run, struct err_info *info) MF_MUST_CHECK;
void bench_run_close(struct bench_run *run);
void bench_run_start(struct bench_run *run, const struct bench_worker *worker);
/* bench_run_beside: one more program over the same topics, Redis and namespace: microflux WORDS
 * (NULL-terminated) and the settings of all; until it has ended, or beside the worker until the run is
 * closed. */
void bench_run_tool(const struct bench_run *run, const char *const *words, const char *log);
void bench_run_beside(struct bench_run *run, const char *const *words, const char *log);
/* bench_run_campaigns: waits until the worker knows so many. */
enum err bench_run_campaigns(const struct bench_run *run, const struct bench_worker *worker, int64_t n,
                             struct err_info *info) MF_MUST_CHECK;
/* bench_run_reading: the worker's metrics. Gives; top_reading_free. */
struct top_reading *bench_run_reading(const struct bench_run *run, const struct bench_worker *worker);
/* bench_run_account: adds what was spent since started_ms and redis_before. */
void bench_run_account(struct bench_run *run, const struct bench_worker *worker, double cpu_seconds,
                       double rss_mib, int64_t done_ms, int64_t records, struct bench_phase *phase);
/* bench_run_finish: waits until all is applied, then published, stops the worker, and adds what it cost. */
enum err bench_run_finish(struct bench_run *run, const struct bench_worker *worker, int64_t records,
                          struct bench_phase *phase, struct err_info *info) MF_MUST_CHECK;
/* bench_run_swept: what a worker cost that had nothing to do but its sweep, by the creators it published. */
enum err bench_run_swept(struct bench_run *run, const struct bench_worker *worker, struct bench_phase *phase,
                         struct err_info *info) MF_MUST_CHECK;
enum err bench_run_wait(struct bench_run *run, bool published, struct err_info *info) MF_MUST_CHECK;
enum err bench_run_compare(struct bench_run *run, struct bench_result *r,
                           struct err_info *info) MF_MUST_CHECK;
void bench_run_stop(struct bench_run *run);
double bench_run_cpu(const struct bench_run *run); /* seconds of the living worker so far */
double bench_redis_cpu(struct redis *connection);
void bench_redis_version(struct redis *connection, char *out, size_t size);
void bench_nap(int64_t ms);
double bench_own_cpu(void); /* seconds of this process, all its threads */

/* ---- jobs ---- */
struct bench_stage *bench_stage(struct bench_result *r, const char *name,
                                const char *what); /* found, or made */
void bench_text(const struct text *text, struct bench_result *r);
void bench_score(const struct score_worker_options *options,
                 struct bench_result *r); /* by what a creator has */
enum err bench_audience(struct bench_result *r,
                        struct err_info *info) MF_MUST_CHECK; /* what it adds, by record */
enum err bench_stages(struct bench *b, struct bench_result *r, struct err_info *info) MF_MUST_CHECK;
enum err bench_stages_redis(struct bench *b, struct bench_result *r, struct err_info *info) MF_MUST_CHECK;
enum err bench_bytes(struct bench *b, struct bench_result *r, struct err_info *info) MF_MUST_CHECK;
enum err bench_floor(struct bench *b, struct bench_result *r, struct err_info *info) MF_MUST_CHECK;
enum err bench_producing(struct bench *b, struct bench_result *r, struct err_info *info) MF_MUST_CHECK;
enum err bench_j1(struct bench *b, struct bench_result *r, struct err_info *info) MF_MUST_CHECK;
enum err bench_j2(struct bench *b, struct bench_result *r, struct err_info *info) MF_MUST_CHECK;
/* bench_shortlists: from an event to the fit and to the shortlist that come of it, with the worker of the
 * run. */
enum err bench_shortlists(struct bench *b, struct bench_run *run, struct bench_fits *fits,
                          struct err_info *info) MF_MUST_CHECK;
/* bench_latency: of a worker that runs. bench_relay: the same load through a thread that copies each event to
 * another topic and does nothing else: what Kafka and the machine take of it. */
enum err bench_latency(struct bench *b, struct bench_delays *delays, struct err_info *info) MF_MUST_CHECK;
enum err bench_relay(struct bench *b, struct bench_delays *delays, struct err_info *info) MF_MUST_CHECK;
void bench_delays_take(struct bench_delays *delays, const struct latencies *latencies); /* one run's */
/* bench_measure: events to topic `in` on a schedule, until topic `out` shows them: by the totals of scores,
 * or (relayed) a record an event. */
enum err bench_measure(struct bench *b, int in, int out, bool relayed, struct bench_delays *delays,
                       struct err_info *info) MF_MUST_CHECK;

/* ---- a working set of creators in memory, with what the load would have told of each ---- */
struct bench_set {
    struct score_setup setup;
    struct creator *creators;
    int64_t n, as_of, offset;
};

enum err bench_set_open(const struct bench *b, struct bench_set *set, struct err_info *info) MF_MUST_CHECK;
void bench_set_close(struct bench_set *set);
void bench_set_apply(struct bench_set *set, int64_t creator, int64_t at); /* one like */

/* ---- the result file ---- */
json_t *bench_result_json(const struct bench *b, const struct bench_result *r); /* gives */
json_t *bench_machine_json(const struct bench_result *r);
json_t *bench_versions_json(const struct bench *b, const struct bench_result *r);
/* bench_report: the reference page; ERR_USAGE: not a result file. */
enum err bench_report(const json_t *result, struct buffer *out, struct err_info *info) MF_MUST_CHECK;
double bench_number(const json_t *in, const char *name);
double bench_median(const json_t *in, const char *name); /* of a figure */
/* bench_put_figure: "2.61 (2.50 to 2.80)"; one run: the figure alone. */
void bench_put_figure(struct buffer *out, const json_t *figure, double scale, int digits);
void bench_report_fits(const json_t *result, struct buffer *out); /* job J2 */
void bench_report_tables(const json_t *result, struct buffer *out);

#endif
