/* bench: what an event costs: job J1 on a real broker (bench_j1.c), the stages of a record alone
 * (bench_stages.c, bench_edges.c), and the page made of a result file (bench_report.c). */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "bench.h"
#include "microflux/args.h"
#include "microflux/clock.h"
#include "microflux/commands.h"

#define MOST_LATENCY_SECONDS 3600
#define MOST_CAMPAIGNS       100000

struct asked {
    const char *job, *format, *out, *workers, *campaigns;
};

/* ---- report FILE ---- */

static int report(const char *path)
{
    struct err_info info;
    struct buffer page = {0};
    json_error_t error;
    json_t *result = json_load_file(path, 0, &error);
    enum err err = result ? bench_report(result, &page, &info)
                          : err_set(&info, ERR_IO, "file", "cannot read %s: %s", path, error.text);
    if (err == ERR_OK)
        fwrite(page.data, 1, page.len, stdout);
    buffer_free(&page);
    json_decref(result);
    return err == ERR_OK ? 0 : complain("bench", &info);
}

static int positional(char **words, size_t n)
{
    if (n == 2 && strcmp(words[0], "report") == 0)
        return report(words[1]);
    fprintf(stderr, "microflux bench: say `microflux bench report FILE`, or options alone\n");
    return 64;
}

/* ---- options ---- */

/* Numbers with commas between them. */
static enum err read_list(const char *option, const char *list, int64_t least, int64_t most,
                          int64_t numbers[MOST_LISTED], size_t *n_numbers, struct err_info *info)
{
    char *end;
    for (const char *at = list; *n_numbers < MOST_LISTED; at = end + 1) {
        int64_t n = strtoll(at, &end, 10);
        if (end == at || n < least || n > most || (*end && *end != ','))
            break;
        numbers[(*n_numbers)++] = n;
        if (!*end)
            return ERR_OK;
    }
    return err_set(info, ERR_USAGE, option,
                   "--%s %s: wants up to %d numbers from %" PRId64 " to %" PRId64 ", such as 1,2,4", option,
                   list, MOST_LISTED, least, most);
}

static enum err check(struct bench *b, const struct asked *asked, struct err_info *info)
{
    if (b->runs < 1 || b->runs > MOST_RUNS)
        return err_set(info, ERR_USAGE, "runs", "--runs %" PRId64 ": wants 1 to %d", b->runs, MOST_RUNS);
    if (b->partitions < 1 || b->partitions > 1024)
        return err_set(info, ERR_USAGE, "partitions", "--partitions %" PRId64 ": wants 1 to 1024",
                       b->partitions);
    if (b->n_creators < 1 || b->n_events < 1 || b->latency_seconds > MOST_LATENCY_SECONDS)
        return err_set(info, ERR_USAGE, "options",
                       "--creators and --events want at least 1, --latency-seconds at most %d",
                       MOST_LATENCY_SECONDS);
    enum err err = read_list("workers", asked->workers, 1, 64, b->threads, &b->n_threads, info);
    return err == ERR_OK ? read_list("campaigns", asked->campaigns, 0, MOST_CAMPAIGNS, b->campaigns,
                                     &b->n_campaigns, info)
                         : err;
}

/* The worker is told what the user tells the benchmark. */
static void pass_on(struct bench *b, int argc, char **argv)
{
    for (int i = 1; i + 1 < argc && b->n_passed + 2 <= MOST_PASSED; i++)
        if (strcmp(argv[i], "--set") == 0 || strcmp(argv[i], "--config") == 0) {
            b->passed[b->n_passed++] = argv[i];
            b->passed[b->n_passed++] = argv[++i];
        }
}

void bench_name(struct bench *b)
{
    static const char *const names[N_BENCH_TOPICS] = {
        "profiles",  "posts",      "interactions", "creator-scores", "dead-letters", "peer-tables",
        "campaigns", "fit-scores", "shortlists",   "relay-in",       "relay-out"};
    snprintf(b->name, sizeof b->name, "bench-%d-%" PRId64, (int)getpid(), clock_mono_ms() % 10000000);
    for (int i = 0; i < N_BENCH_TOPICS; i++)
        snprintf(b->topics[i], sizeof b->topics[i], "%s-%s", b->name, names[i]);
    b->random.state = 42;
}

static void name_things(struct bench *b)
{
    for (size_t i = 0; i < b->config->n_kafka; i++)
        if (strcmp(b->config->kafka[i].key, "bootstrap.servers") == 0)
            snprintf(b->bootstrap, sizeof b->bootstrap, "%s", b->config->kafka[i].value);
    bench_name(b);
    bench_draw_open(b);
}

/* ---- the job ---- */

static enum err measure_on_broker(struct bench *b, struct bench_result *r, bool stages, bool j1,
                                  struct err_info *info)
{
    enum err err = bench_load(b, info);
    if (err == ERR_OK)
        err = bench_floor(b, r, info);
    if (err == ERR_OK && stages)
        err = bench_producing(b, r, info);
    return err == ERR_OK && j1 ? bench_j1(b, r, info) : err;
}

static enum err measure(struct bench *b, struct bench_result *r, struct err_info *info)
{
    bool all = strcmp(b->job, "all") == 0, stages = all || strcmp(b->job, "stages") == 0,
         j1 = all || strcmp(b->job, "j1") == 0, j2 = all || strcmp(b->job, "j2") == 0,
         bytes = stages || strcmp(b->job, "bytes") == 0;
    enum err err = ERR_OK;
    if ((j1 || j2) && !b->bootstrap[0])
        return err_set(info, ERR_USAGE, "bootstrap",
                       "name a real broker with --bootstrap (deploy/kafka.sh up DIR BASE starts one); the "
                       "mock proves nothing");
    if (bytes)
        err = bench_bytes(b, r, info);
    if (err == ERR_OK && stages)
        err = bench_stages(b, r, info);
    if (err == ERR_OK && stages)
        err = bench_stages_redis(b, r, info);
    if (err == ERR_OK && b->bootstrap[0] && (stages || j1))
        err = measure_on_broker(b, r, stages, j1, info);
    return err == ERR_OK && j2 ? bench_j2(b, r, info) : err;
}

static enum err show(const struct bench *b, const struct bench_result *r, const struct asked *asked,
                     struct err_info *info)
{
    json_t *all = bench_result_json(b, r);
    struct buffer text = {0};
    enum err err = ERR_OK;
    if (asked->out && json_dump_file(all, asked->out, JSON_INDENT(2) | JSON_REAL_PRECISION(9)) != 0)
        err = err_set(info, ERR_IO, "file", "cannot write %s: %s", asked->out, strerror(errno));
    if (strcmp(asked->format, "json") == 0) {
        json_dumpf(all, stdout, JSON_COMPACT | JSON_REAL_PRECISION(9));
        printf("\n");
    } else {
        bench_report_tables(all, &text);
        fwrite(text.data, 1, text.len, stdout);
    }
    buffer_free(&text);
    json_decref(all);
    return err;
}

static int bench(struct bench *b, const struct asked *asked)
{
    struct bench_result *r = calloc(1, sizeof *r);
    struct err_info info;
    if (!r)
        abort();
    enum err err = check(b, asked, &info);
    if (err == ERR_OK) {
        if (getloadavg(r->load, 3) != 3)
            r->load[0] = 0;
        name_things(b);
        err = measure(b, r, &info);
    }
    if (err == ERR_OK)
        err = show(b, r, asked, &info);
    int status = err != ERR_OK ? complain("bench", &info) : r->different > 0;
    free(r);
    free(b->cumulative);
    free(b->sent);
    return status;
}

int command_bench(int argc, char **argv)
{
    struct bench b = {.n_creators = 200000,
                      .n_events = 4000000,
                      .partitions = 8,
                      .latency_seconds = 15,
                      .latency_rate = 20000,
                      .runs = 1};
    struct asked asked = {.job = "j1", .format = "text", .workers = "1", .campaigns = "0,200,10000"};
    struct config *config = NULL;
    char **rest;
    size_t n;
    int status = 0;
    const struct arg options[] = {
        {"job", ARG_CHOICE, "j1|j2|stages|bytes|all",
         "catch-up, latency, idle; with campaigns; each stage alone; bytes in Redis", &asked.job},
        {"events", ARG_INT, "N", "interactions (default 4000000)", &b.n_events},
        {"creators", ARG_INT, "N", "creators (default 200000)", &b.n_creators},
        {"partitions", ARG_INT, "N", "of the topics: lanes (default 8)", &b.partitions},
        {"runs", ARG_INT, "N", "how often each figure is measured (default 1)", &b.runs},
        {"workers", ARG_TEXT, "1,2,4", "threads of the worker, a catch-up with each (default 1)",
         &asked.workers},
        {"campaigns", ARG_TEXT, "0,200,10000", "job j2: with so many each; the first are compared with",
         &asked.campaigns},
        {"eviction-mib", ARG_INT, "N", "also a catch-up with memory_mib=N (default 0: not)", &b.eviction_mib},
        {"rate", ARG_INT, "N", "events a second while latency is measured (default 20000)", &b.latency_rate},
        {"latency-seconds", ARG_INT, "N", "how long (default 15; 0: neither latency, idle nor cold start)",
         &b.latency_seconds},
        {"broker", ARG_TEXT, "TEXT", "what the broker is, for the result: Kafka does not say", &b.broker},
        {"format", ARG_CHOICE, "text|json", "tables, or the whole result (default text)", &asked.format},
        {"out", ARG_TEXT, "FILE", "the result as JSON, which `bench report FILE` makes a page of",
         &asked.out},
    };
    const struct args args = {
        "bench",
        "[report FILE]",
        "Measures CPU per event, memory, latency and exactness on a real broker, with a Redis "
        "of its own.",
        "microflux bench --job j1 --bootstrap localhost:9092 --format json",
        options,
        sizeof options / sizeof *options,
        true};
    pass_on(&b, argc, argv);
    if (!args_parse(&args, argc, argv, &rest, &n, &config, &status))
        return status;
    b.config = config;
    b.job = asked.job;
    status = n ? positional(rest, n) : bench(&b, &asked);
    config_free(config);
    return status;
}
