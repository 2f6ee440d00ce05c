/* bench: job J1 on a real broker: load, catch up, compare every creator with what was sent, then latency at a
 * steady rate and an idle worker. CPU is the worker's (getrusage of the child) and Redis' own (INFO): the
 * broker's is not counted. */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "bench.h"
#include "microflux/args.h"
#include "microflux/clock.h"
#include "microflux/commands.h"

static void nap_ms(long ms)
{
    nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000}, NULL);
}

/* ---- asking Redis ---- */

static enum err ask(struct bench *b, const struct bytes *words, size_t n, const struct redis_answer **answer,
                    struct err_info *info)
{
    enum err err = redis_call(b->connection, words, n, answer, info);
    return err == ERR_OK ? redis_fate(*answer, info) : err;
}

static double info_number(struct bench *b, const char *section, const char *name)
{
    const struct redis_answer *answer;
    struct err_info info;
    if (ask(b, (struct bytes[]){BYTES("INFO"), bytes_of(section)}, 2, &answer, &info) != ERR_OK)
        return 0;
    const char *found = strstr(answer->text.ptr, name);
    return found ? strtod(found + strlen(name) + 1, NULL) : 0;
}

static double redis_cpu(struct bench *b)
{
    return info_number(b, "cpu", "used_cpu_sys") + info_number(b, "cpu", "used_cpu_user");
}

static void lane_prefix(const struct bench *b, int32_t lane, char *out, size_t size)
{
    char tag[24];
    lane_tag(lane, tag, sizeof tag);
    snprintf(out, size, "mf:%s:score:{%s}:", b->namespace_, tag);
}

/* Records applied (or known published) by all lanes together. */
static int64_t progress(struct bench *b, bool published)
{
    int64_t sum = 0;
    for (int32_t lane = 0; lane < b->partitions; lane++) {
        char key[160];
        const struct redis_answer *answer;
        struct err_info info;
        struct fence fence;
        lane_prefix(b, lane, key, sizeof key - 8);
        strcat(key, "fence");
        if (ask(b, (struct bytes[]){BYTES("GET"), bytes_of(key)}, 2, &answer, &info) != ERR_OK ||
            answer->type != REDIS_TEXT || fence_read(answer->text, &fence, &info) != ERR_OK)
            continue;
        for (size_t i = 0; i < fence.n; i++)
            sum += published ? fence.at[i].published : fence.at[i].applied;
    }
    return sum;
}

static enum err wait_until(struct bench *b, bool published, struct err_info *info)
{
    int64_t wanted = b->ends[0] + b->ends[1] + b->ends[2], deadline = clock_mono_ms() + 300000;
    while (progress(b, published) < wanted) {
        if (clock_mono_ms() > deadline)
            return err_set(info, ERR_WEATHER, "stuck",
                           "only %" PRId64 " of %" PRId64 " records were applied in 300 s",
                           progress(b, published), wanted);
        nap_ms(20);
    }
    return ERR_OK;
}

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

static enum err compare(struct bench *b, struct bench_result *r, struct err_info *info)
{
    for (int64_t i = 0; i < b->n_creators; i++) {
        char key[192], name[24], prefix[128];
        const struct redis_answer *answer;
        snprintf(name, sizeof name, "c%07" PRId64, i);
        lane_prefix(b, lane_of(bytes_of(name), (int32_t)b->partitions), prefix, sizeof prefix);
        snprintf(key, sizeof key, "%sc:%s", prefix, name);
        enum err err = ask(b, (struct bytes[]){BYTES("HGET"), bytes_of(key), BYTES("t")}, 3, &answer, info);
        if (err != ERR_OK)
            return err;
        r->creators_compared++;
        r->creators_different += (answer->type == REDIS_TEXT ? total_of(answer->text) : 0) != b->sent[i];
    }
    r->exact = r->creators_different == 0;
    return ERR_OK;
}

/* ---- the worker ---- */

static pid_t start_worker(struct bench *b, const char *interval)
{
    static const char *const keys[N_BENCH_TOPICS] = {"profiles", "posts", "interactions", "creator_scores",
                                                     "dead_letters"};
    static char texts[12][640];
    static char *argv[32];
    int n = 0, t = 0;
    argv[n++] = "microflux";
    argv[n++] = "run";
    for (int i = 0; i < N_BENCH_TOPICS; i++)
        snprintf(texts[t++], sizeof texts[0], "topics.%s=%s", keys[i], b->topics[i]);
    snprintf(texts[t++], sizeof texts[0], "redis.address=%s", b->redis);
    snprintf(texts[t++], sizeof texts[0], "namespace=%s", b->namespace_);
    snprintf(texts[t++], sizeof texts[0], "group=%s", b->namespace_);
    snprintf(texts[t++], sizeof texts[0], "kafka.bootstrap.servers=%s", b->bootstrap);
    snprintf(texts[t++], sizeof texts[0], "http.address=127.0.0.1:0");
    snprintf(texts[t++], sizeof texts[0], "score.min_interval_ms=%s", interval);
    for (int i = 0; i < t; i++) {
        argv[n++] = "--set";
        argv[n++] = texts[i];
    }
    argv[n] = NULL;
    return children_start(&b->children, "worker.log", argv);
}

static void stop_worker(struct bench *b, pid_t pid, struct rusage *usage)
{
    int status;
    kill(pid, SIGTERM);
    wait4(pid, &status, 0, usage);
    b->children.n--; /* it was the last one started */
}

static double seconds_of(struct timeval t)
{
    return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

/* CPU seconds of a living process so far. */
static double cpu_now(pid_t pid)
{
    char path[64], text[1024] = "";
    unsigned long user = 0, system = 0;
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
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

static enum err catch_up(struct bench *b, struct bench_result *r, struct err_info *info)
{
    struct rusage usage;
    double redis_before = redis_cpu(b);
    int64_t begun = clock_mono_ms();
    pid_t pid = start_worker(b, "1000");
    enum err err = wait_until(b, false, info);
    r->seconds = (double)(clock_mono_ms() - begun) / 1000;
    if (err == ERR_OK)
        err = wait_until(b, true, info);
    stop_worker(b, pid, &usage);
    r->records = b->ends[0] + b->ends[1] + b->ends[2];
    r->worker_cpu = seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
    r->redis_cpu = redis_cpu(b) - redis_before;
    r->peak_rss_kib = usage.ru_maxrss;
    r->redis_bytes = (int64_t)info_number(b, "memory", "used_memory");
    return err;
}

static enum err steady(struct bench *b, struct bench_result *r, struct err_info *info)
{
    struct rusage usage;
    if (b->latency_seconds == 0)
        return ERR_OK;
    pid_t pid = start_worker(b, "0");
    nap_ms(3000); /* lanes taken */
    enum err err = bench_latency(b, r, info);
    if (err == ERR_OK)
        err = wait_until(b, true, info);
    nap_ms(2000);
    double before = cpu_now(pid);
    nap_ms(10000);
    r->idle_cpu = (cpu_now(pid) - before) / 10;
    stop_worker(b, pid, &usage);
    return err;
}

static enum err open_all(struct bench *b, struct err_info *info)
{
    static const char *const names[N_BENCH_TOPICS] = {"profiles", "posts", "interactions", "creator-scores",
                                                      "dead-letters"};
    for (size_t i = 0; i < b->config->n_kafka; i++)
        if (strcmp(b->config->kafka[i].key, "bootstrap.servers") == 0)
            snprintf(b->bootstrap, sizeof b->bootstrap, "%s", b->config->kafka[i].value);
    if (!b->bootstrap[0])
        return err_set(info, ERR_USAGE, "bootstrap",
                       "name a real broker with --bootstrap (deploy/kafka.sh up DIR BASE starts one); the "
                       "mock proves nothing");
    snprintf(b->namespace_, sizeof b->namespace_, "bench-%d-%" PRId64, (int)getpid(),
             clock_wall_ms() % 100000);
    for (int i = 0; i < N_BENCH_TOPICS; i++)
        snprintf(b->topics[i], sizeof b->topics[i], "%s-%s", b->namespace_, names[i]);
    enum err err = children_open(&b->children, info);
    return err == ERR_OK ? children_redis(&b->children, b->redis, info) : err;
}

/* After the load, which may take longer than a handshake is waited for. */
static enum err ask_redis(struct bench *b, struct err_info *info)
{
    const struct redis_answer *answer;
    struct redis_options redis = {
        .address = b->redis, .connect_timeout_ms = 5000, .command_timeout_ms = 60000};
    enum err err = redis_open(&redis, &b->connection, info);
    return err == ERR_OK ? ask(b, (struct bytes[]){BYTES("PING")}, 1, &answer, info) : err;
}

static void print(const struct bench *b, const struct bench_result *r, bool json)
{
    double millions = (double)r->records / 1e6;
    printf(json ? "{\"job\":\"j1\",\"exact\":%s,\"creators_compared\":%" PRId64
                  ",\"creators_different\":%" PRId64 ",\"records\":%" PRId64
                  ",\"seconds\":%.3f,\"events_per_second\":%.0f,\"cpu_seconds_per_million_events\":{"
                  "\"worker\":%.3f,\"redis\":%.3f,\"sum\":%.3f},"
                  "\"peak_rss_mib\":%.1f,\"redis_bytes_per_creator\":%.0f,\"latency_ms\":{\"p50\":%.1f,"
                  "\"p99\":%.1f,\"p999\":%.1f,\"events\":%" PRId64 "},\"idle_cpu\":%.4f}\n"
                : "exact                 %s (%" PRId64 " creators compared, %" PRId64
                  " different)\nrecords               %" PRId64
                  "\nseconds               %.2f\nevents per second     %.0f\nCPU s per M events    worker "
                  "%.3f, redis %.3f, sum %.3f\npeak RSS              %.1f MiB\n"
                  "Redis                 %.0f bytes a creator\nlatency               p50 %.1f ms, p99 %.1f "
                  "ms, p99.9 %.1f ms (%" PRId64 " events)\nidle                  %.4f of a core\n",
           r->exact ? (json ? "true" : "yes") : (json ? "false" : "NO"), r->creators_compared,
           r->creators_different, r->records, r->seconds, (double)r->records / r->seconds,
           r->worker_cpu / millions, r->redis_cpu / millions, (r->worker_cpu + r->redis_cpu) / millions,
           (double)r->peak_rss_kib / 1024, (double)r->redis_bytes / (double)b->n_creators, r->p50, r->p99,
           r->p999, r->latencies, r->idle_cpu);
}

int command_bench(int argc, char **argv)
{
    struct bench b = {.n_creators = 200000,
                      .n_events = 4000000,
                      .partitions = 8,
                      .latency_seconds = 15,
                      .latency_rate = 20000};
    struct bench_result r = {0};
    struct config *config = NULL;
    struct err_info info;
    char **rest;
    size_t n;
    int status = 0;
    const char *job = "j1", *format = "text";
    const struct arg options[] = {
        {"job", ARG_CHOICE, "j1", "j1: catch-up over posts and windows, then latency, then idle", &job},
        {"events", ARG_INT, "N", "interactions (default 4000000)", &b.n_events},
        {"creators", ARG_INT, "N", "creators (default 200000)", &b.n_creators},
        {"rate", ARG_INT, "N", "events a second while latency is measured (default 20000)", &b.latency_rate},
        {"latency-seconds", ARG_INT, "N", "how long (default 15; 0 = not at all, nor idle)",
         &b.latency_seconds},
        {"format", ARG_CHOICE, "text|json", "", &format},
    };
    const struct args args = {
        "bench",
        NULL,
        "Measures CPU per event, memory, latency and exactness on a real broker, with a Redis of its own.",
        "microflux bench --job j1 --bootstrap localhost:9092 --format json",
        options,
        6,
        true};
    if (!args_parse(&args, argc, argv, &rest, &n, &config, &status))
        return status;
    b.config = config;
    b.random.state = 42;
    enum err err = open_all(&b, &info);
    if (err == ERR_OK)
        err = bench_load(&b, &info);
    if (err == ERR_OK)
        err = ask_redis(&b, &info);
    if (err == ERR_OK)
        err = catch_up(&b, &r, &info);
    if (err == ERR_OK)
        err = steady(&b, &r, &info);
    if (err == ERR_OK)
        err = compare(&b, &r, &info);
    if (err == ERR_OK)
        print(&b, &r, strcmp(format, "json") == 0);
    status = err != ERR_OK ? complain("bench", &info) : !r.exact;
    redis_close(b.connection);
    children_close(&b.children);
    free(b.cumulative);
    free(b.sent);
    config_free(config);
    return status;
}
