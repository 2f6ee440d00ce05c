/* bench_run: a Redis of its own under a fresh namespace, a worker over the loaded topics, and what both cost:
 * the worker's CPU by wait4(), Redis' by INFO. The broker's is not counted. */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "bench.h"
#include "microflux/clock.h"
#include "microflux/file.h"
#include "top.h"

#define COMPARED_AT_ONCE 1000
#define MOST_WORDS       (2 * (N_BENCH_TOPICS + 12) + MOST_PASSED + 3)

void bench_nap(int64_t ms)
{
    nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000}, NULL);
}

static double seconds_of(struct timeval t)
{
    return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

double bench_own_cpu(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
}

/* ---- asking Redis ---- */

static enum err ask(struct redis *redis, const struct bytes *words, size_t n,
                    const struct redis_answer **answer, struct err_info *info)
{
    enum err err = redis_call(redis, words, n, answer, info);
    return err == ERR_OK ? redis_fate(*answer, info) : err;
}

/* What INFO says behind "name:"; "" when it cannot be known. */
static void info_word(struct redis *redis, const char *section, const char *name, char *out, size_t size)
{
    const struct redis_answer *answer;
    struct err_info info;
    *out = 0;
    if (ask(redis, (struct bytes[]){BYTES("INFO"), bytes_of(section)}, 2, &answer, &info) != ERR_OK)
        return;
    const char *found = strstr(answer->text.ptr, name);
    if (found)
        snprintf(out, size, "%.*s", (int)strcspn(found + strlen(name), "\r\n"), found + strlen(name));
}

static double info_number(struct redis *redis, const char *section, const char *name)
{
    char word[32];
    info_word(redis, section, name, word, sizeof word);
    return strtod(word, NULL);
}

double bench_redis_cpu(struct redis *redis)
{
    return info_number(redis, "cpu", "used_cpu_sys:") + info_number(redis, "cpu", "used_cpu_user:");
}

void bench_redis_version(struct redis *redis, char *out, size_t size)
{
    info_word(redis, "server", "redis_version:", out, size);
}

static void lane_prefix(const struct bench_run *run, int32_t lane, char *out, size_t size)
{
    char tag[24];
    lane_tag(lane, tag, sizeof tag);
    snprintf(out, size, "mf:%s:score:{%s}:", run->namespace_, tag);
}

/* Records applied (or known published) by all lanes together. */
static int64_t progress(struct bench_run *run, bool published)
{
    int64_t sum = 0;
    for (int32_t lane = 0; lane < run->bench->partitions; lane++) {
        char key[160];
        const struct redis_answer *answer;
        struct err_info info;
        struct fence fence;
        lane_prefix(run, lane, key, sizeof key - 8);
        strcat(key, "fence");
        if (ask(run->connection, (struct bytes[]){BYTES("GET"), bytes_of(key)}, 2, &answer, &info) !=
                ERR_OK ||
            answer->type != REDIS_TEXT || fence_read(answer->text, &fence, &info) != ERR_OK)
            continue;
        for (size_t i = 0; i < fence.n; i++)
            sum += published ? fence.at[i].published : fence.at[i].applied;
    }
    return sum;
}

enum err bench_run_wait(struct bench_run *run, bool published, struct err_info *info)
{
    const int64_t *ends = run->bench->ends;
    int64_t wanted = ends[0] + ends[1] + ends[2], deadline = clock_mono_ms() + 300000;
    while (progress(run, published) < wanted) {
        if (clock_mono_ms() > deadline)
            return err_set(info, ERR_WEATHER, "stuck",
                           "only %" PRId64 " of %" PRId64 " records were applied in 300 s",
                           progress(run, published), wanted);
        bench_nap(20);
    }
    return ERR_OK;
}

/* ---- exactness ---- */

struct compared {
    struct bench_result *result;
    int64_t sent;
};

static int64_t total_of(struct bytes text)
{
    int64_t sum = 0, n;
    for (size_t i = 0; i < text.len; i++) {
        struct bytes rest = {text.ptr + i, text.len - i};
        if (text.ptr[i] >= 'a' && text.ptr[i] <= 'z') {
            rest = (struct bytes){text.ptr + i + 1, text.len - i - 1};
            sum += bytes_int(&rest, &n) ? n : 0;
        }
    }
    return sum;
}

static void on_totals(void *arg, const struct redis_answer *answer)
{
    struct compared *c = arg;
    c->result->compared++;
    c->result->different += (answer->type == REDIS_TEXT ? total_of(answer->text) : 0) != c->sent;
}

static void ask_totals(struct bench_run *run, int64_t creator, struct compared *c)
{
    char key[192], name[24], prefix[128];
    bench_key(name, sizeof name, creator);
    lane_prefix(run, lane_of(bytes_of(name), (int32_t)run->bench->partitions), prefix, sizeof prefix);
    snprintf(key, sizeof key, "%sc:%s", prefix, name);
    redis_command(run->connection, (struct bytes[]){BYTES("HGET"), bytes_of(key), BYTES("t")}, 3, on_totals,
                  c);
}

/* Every creator's lifetime totals against what was sent. */
enum err bench_run_compare(struct bench_run *run, struct bench_result *r, struct err_info *info)
{
    const struct redis_answer *pong;
    struct compared at_once[COMPARED_AT_ONCE];
    enum err err = ERR_OK;
    for (int64_t i = 0; i < run->bench->n_creators && err == ERR_OK;) {
        for (int k = 0; k < COMPARED_AT_ONCE && i < run->bench->n_creators; k++, i++) {
            at_once[k] = (struct compared){r, run->bench->sent[i]};
            ask_totals(run, i, &at_once[k]);
        }
        err = ask(run->connection, (struct bytes[]){BYTES("PING")}, 1, &pong, info);
    }
    r->exact = r->compared > 0 && r->different == 0;
    return err;
}

/* ---- the worker ---- */

struct command {
    char *words[MOST_WORDS + 1], texts[N_BENCH_TOPICS + 12][640];
    int n, n_texts;
};

static MF_PRINTF(2, 3) void set(struct command *c, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    vsnprintf(c->texts[c->n_texts], sizeof c->texts[0], format, list);
    va_end(list);
    c->words[c->n++] = "--set";
    c->words[c->n++] = c->texts[c->n_texts++];
}

/* What every program over the run's topics and Redis is told. */
static void set_common(const struct bench_run *run, struct command *c)
{
    static const char *const keys[N_WORKER_TOPICS] = {"profiles",       "posts",        "interactions",
                                                      "creator_scores", "dead_letters", "peer_tables",
                                                      "campaigns",      "fit_scores",   "shortlists"};
    const struct bench *b = run->bench;
    memcpy(c->words + c->n, b->passed, (size_t)b->n_passed * sizeof *b->passed);
    c->n += b->n_passed;
    for (int i = 0; i < N_WORKER_TOPICS; i++)
        set(c, "topics.%s=%s", keys[i], b->topics[i]);
    set(c, "redis.address=%s", run->redis);
    set(c, "namespace=%s", run->namespace_);
    set(c, "group=%s", run->namespace_);
    set(c, "kafka.bootstrap.servers=%s", b->bootstrap);
    set(c, "http.address=127.0.0.1:0");
}

static void add_words(struct command *c, const char *const *words)
{
    for (; *words; words++) {
        snprintf(c->texts[c->n_texts], sizeof c->texts[0], "%s", *words);
        c->words[c->n++] = c->texts[c->n_texts++];
    }
}

void bench_run_tool(const struct bench_run *run, const char *const *words, const char *log)
{
    struct command c = {.words = {"microflux"}, .n = 1};
    struct children children = run->children;
    add_words(&c, words);
    set_common(run, &c);
    children_run(&children, log, c.words);
}

void bench_run_beside(struct bench_run *run, const char *const *words, const char *log)
{
    struct command c = {.words = {"microflux"}, .n = 1};
    add_words(&c, words);
    set_common(run, &c);
    children_start(&run->children, log, c.words);
}

void bench_run_start(struct bench_run *run, const struct bench_worker *worker)
{
    struct command c = {.words = {"microflux", "run"}, .n = 2};
    set_common(run, &c);
    set(&c, "score.min_interval_ms=%s", worker->interval_ms);
    set(&c, "workers=%" PRId64, worker->threads);
    if (worker->sweep_s)
        set(&c, "sweep.interval_s=%" PRId64, worker->sweep_s);
    if (worker->memory_mib)
        set(&c, "memory_mib=%" PRId64, worker->memory_mib);
    run->redis_before = bench_redis_cpu(run->connection);
    run->started_ms = clock_mono_ms();
    run->worker = children_start(&run->children, worker->log, c.words);
}

static void stop(struct bench_run *run, struct rusage *usage)
{
    int status;
    kill(run->worker, SIGTERM);
    wait4(run->worker, &status, 0, usage);
    run->children.n--; /* it was the last one started */
}

void bench_run_stop(struct bench_run *run)
{
    struct rusage usage;
    stop(run, &usage);
}

/* The last number behind "name=" in a log of the run; 0: there is none. */
static double logged(const struct bench_run *run, const char *log, const char *name)
{
    char path[160], *text = NULL;
    struct err_info info;
    double last = 0;
    snprintf(path, sizeof path, "%s/%s", run->children.folder, log);
    if (file_text(path, &text, &info) == ERR_OK)
        for (const char *at = text; (at = strstr(at, name)); at += strlen(name))
            last = strtod(at + strlen(name), NULL);
    free(text);
    return last;
}

enum err bench_run_campaigns(const struct bench_run *run, const struct bench_worker *worker, int64_t n,
                             struct err_info *info)
{
    for (int tries = 0; tries < 1800; tries++, bench_nap(100))
        if ((int64_t)logged(run, worker->log, " usable=") == n)
            return ERR_OK;
    return err_set(info, ERR_WEATHER, "stuck", "the worker did not read %" PRId64 " campaigns in 180 s", n);
}

struct top_reading *bench_run_reading(const struct bench_run *run, const struct bench_worker *worker)
{
    char url[96];
    const char *const urls[] = {url};
    snprintf(url, sizeof url, "http://127.0.0.1:%.0f",
             logged(run, worker->log, " address=127.0.0.1:0 port="));
    return top_read(urls, 1, NULL);
}

void bench_run_account(struct bench_run *run, const struct bench_worker *worker, double cpu, double rss_mib,
                       int64_t done_ms, int64_t records, struct bench_phase *phase)
{
    double millions = (double)records / 1e6;
    double redis = (bench_redis_cpu(run->connection) - run->redis_before) / millions;
    phase->records = records;
    figure_add(&phase->seconds, (double)(done_ms - run->started_ms) / 1000);
    figure_add(&phase->worker, cpu / millions);
    figure_add(&phase->redis, redis);
    figure_add(&phase->sum, cpu / millions + redis);
    figure_add(&phase->rss_mib, rss_mib);
    figure_add(&phase->redis_bytes,
               info_number(run->connection, "memory", "used_memory:") / (double)run->bench->n_creators);
    figure_add(&phase->loads, logged(run, worker->log, " loads="));
    figure_add(&phase->evictions, logged(run, worker->log, " evictions="));
}

static void account(struct bench_run *run, const struct bench_worker *worker, const struct rusage *usage,
                    int64_t done_ms, int64_t records, struct bench_phase *phase)
{
    bench_run_account(run, worker, seconds_of(usage->ru_utime) + seconds_of(usage->ru_stime),
                      (double)usage->ru_maxrss / 1024, done_ms, records, phase);
}

enum err bench_run_finish(struct bench_run *run, const struct bench_worker *worker, int64_t records,
                          struct bench_phase *phase, struct err_info *info)
{
    struct rusage usage;
    enum err err = bench_run_wait(run, false, info);
    int64_t applied_ms = clock_mono_ms();
    if (err == ERR_OK)
        err = bench_run_wait(run, true, info);
    stop(run, &usage);
    account(run, worker, &usage, applied_ms, records, phase);
    return err;
}

enum err bench_run_swept(struct bench_run *run, const struct bench_worker *worker, struct bench_phase *phase,
                         struct err_info *info)
{
    struct rusage usage;
    bench_nap(worker->sweep_s * 1000 + 2000); /* once around */
    stop(run, &usage);
    int64_t swept = (int64_t)logged(run, worker->log, " published=");
    if (swept < run->bench->n_creators)
        return err_set(info, ERR_WEATHER, "stuck",
                       "only %" PRId64 " of %" PRId64 " creators were swept in %" PRId64 " s", swept,
                       run->bench->n_creators, worker->sweep_s + 2);
    account(run, worker, &usage, clock_mono_ms(), swept, phase);
    return ERR_OK;
}

double bench_run_cpu(const struct bench_run *run)
{
    char path[64], text[1024] = "";
    unsigned long user = 0, system = 0;
    snprintf(path, sizeof path, "/proc/%d/stat", (int)run->worker);
    FILE *file = fopen(path, "r");
    if (file && fgets(text, sizeof text, file)) {
        const char *after = strrchr(text, ')');
        if (after)
            sscanf(after + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system);
    }
    if (file)
        fclose(file);
    return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

/* ---- open and close ---- */

enum err bench_run_open(struct bench *b, struct bench_run *run, struct err_info *info)
{
    static const struct redis_options plain = {.connect_timeout_ms = 5000, .command_timeout_ms = 60000};
    const struct redis_answer *pong;
    struct redis_options options = plain;
    *run = (struct bench_run){.bench = b};
    snprintf(run->namespace_, sizeof run->namespace_, "%s-%" PRId64, b->name, clock_mono_ms());
    enum err err = children_open(&run->children, info);
    if (err == ERR_OK)
        err = children_redis(&run->children, run->redis, info);
    options.address = run->redis;
    if (err == ERR_OK)
        err = redis_open(&options, &run->connection, info);
    return err == ERR_OK ? ask(run->connection, (struct bytes[]){BYTES("PING")}, 1, &pong, info) : err;
}

void bench_run_close(struct bench_run *run)
{
    redis_close(run->connection);
    run->connection = NULL;
    children_close(&run->children);
}
