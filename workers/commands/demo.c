/* demo: the whole of microflux in one terminal: a broker (the mock inside librdkafka, or --bootstrap a real
 * one), a redis-server in a temporary folder, a generated stream flowing in, workers scoring, a table of
 * creators that moves and the shortlist of a campaign. Ctrl-C ends all of it and leaves nothing behind. */
#include <inttypes.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "children.h"
#include "demo_campaign.h"
#include "microflux/args.h"
#include "microflux/avro.h"
#include "microflux/clock.h"
#include "microflux/commands.h"
#include "microflux/schemas.h"
#include "options.h"
#include "score_table.h"

struct demo {
    struct children children;
    struct mock *mock;
    struct scan *scan;
    struct demo_campaign *campaign;
    char redis[96], bootstrap[512];
    const char *file;
    int64_t seconds, rate, creators;
    pid_t worker, producer;
};

static volatile sig_atomic_t stopped;

static void on_signal(int number)
{
    (void)number;
    stopped = 1;
}

static const char *const topics[] = {"profiles",     "posts",       "interactions", "creator-scores",
                                     "dead-letters", "peer-tables", "fit-scores",   "shortlists",
                                     "alerts",       "campaigns"};

static enum err open_broker(struct demo *d, const struct config *config, struct err_info *info)
{
    for (size_t i = 0; i < config->n_kafka; i++)
        if (strcmp(config->kafka[i].key, "bootstrap.servers") == 0) {
            snprintf(d->bootstrap, sizeof d->bootstrap, "%s", config->kafka[i].value);
            return ERR_OK;
        }
    enum err err = mock_open(1, &d->mock, info);
    for (size_t i = 0; i < sizeof topics / sizeof topics[0] && err == ERR_OK; i++)
        err = mock_topic(d->mock, topics[i], 4, info);
    if (err == ERR_OK)
        snprintf(d->bootstrap, sizeof d->bootstrap, "%s", mock_bootstrap(d->mock));
    return err;
}

static enum err make_secret(const struct demo *d, struct err_info *info)
{
    char path[128], text[KEYED_SECRET_DIGITS + 1];
    snprintf(path, sizeof path, "%s/secret", d->children.folder);
    FILE *file = fopen(path, "w");
    if (!file)
        return err_set(info, ERR_IO, "file", "cannot write %s", path);
    keyed_secret_make(text);
    fprintf(file, "%s\n", text);
    return fclose(file) == 0 ? ERR_OK : err_set(info, ERR_IO, "file", "cannot write %s", path);
}

static void start_worker(struct demo *d)
{
    char redis[128], secret[128];
    snprintf(redis, sizeof redis, "redis.address=%s", d->redis);
    snprintf(secret, sizeof secret, "privacy.secret_file=%s/secret", d->children.folder);
    char *argv[] = {"microflux",   "run",
                    "--bootstrap", d->bootstrap,
                    "--set",       redis,
                    "--set",       "score.min_interval_ms=200",
                    "--set",       "kafka.session.timeout.ms=6000",
                    "--set",       "kafka.fetch.wait.max.ms=10", /* the mock broker always waits */
                    "--set",       "http.address=127.0.0.1:0",
                    "--set",       secret,
                    NULL};
    d->worker = children_start(&d->children, "worker.log", argv);
}

/* The stream: a file of the user's, or generated here first. */
static enum err start_stream(struct demo *d, struct err_info *info)
{
    char path[96], rate[24], creators[24];
    snprintf(path, sizeof path, "%s/events.ndjson", d->children.folder);
    snprintf(rate, sizeof rate, "%" PRId64, d->rate);
    snprintf(creators, sizeof creators, "%" PRId64, d->creators);
    if (!d->file) {
        char *generate[] = {"microflux", "generate", "--creators", creators, "--days", "60",
                            "--posts",   "40",       "--out",      path,     NULL};
        children_run(&d->children, "generate.log", generate);
    } else if (access(d->file, R_OK) != 0) {
        return err_set(info, ERR_IO, "file", "cannot read %s", d->file);
    }
    char *produce[] = {"microflux",  "produce",      "--bootstrap",
                       d->bootstrap, "--timestamps", "event",
                       "--rate",     rate,           d->file ? (char *)(uintptr_t)d->file : path,
                       NULL};
    d->producer = children_start(&d->children, "produce.log", produce);
    return ERR_OK;
}

static enum err open_all(struct demo *d, const struct config *config, struct err_info *info)
{
    enum err err = children_open(&d->children, info);
    if (err == ERR_OK)
        err = open_broker(d, config, info);
    if (err == ERR_OK)
        err = children_redis(&d->children, d->redis, info);
    if (err == ERR_OK)
        err = make_secret(d, info);
    if (err != ERR_OK)
        return err;
    start_worker(d);
    err = demo_campaign_open(&d->children, d->bootstrap, d->redis, &d->campaign, info);
    if (err == ERR_OK)
        err = start_stream(d, info);
    if (err != ERR_OK)
        return err;
    struct kafka_pair pairs[] = {{"bootstrap.servers", d->bootstrap}};
    return scan_open(pairs, 1, topics[3], true, false, &d->scan, info);
}

static void take_records(struct demo *d, struct score_table *table, int64_t until)
{
    struct kafka_record record;
    struct err_info info;
    bool done;
    while (!stopped && clock_mono_ms() < until) {
        int64_t left = until - clock_mono_ms();
        if (scan_next(d->scan, left > 0 ? (int)left : 0, &record, &done, &info) == ERR_OK && record.value.ptr)
            score_table_take(table, record.key, avro_frame_read(record.value).body);
    }
}

static enum err watch(struct demo *d, struct err_info *info)
{
    bool terminal = isatty(STDOUT_FILENO);
    struct score_table *table = score_table_open();
    int64_t begun = clock_mono_ms(), ends = d->seconds ? begun + d->seconds * 1000 : INT64_MAX;
    enum err err = ERR_OK;
    while (!stopped && clock_mono_ms() < ends && err == ERR_OK) {
        int64_t until = clock_mono_ms() + (terminal ? 300 : 2000);
        take_records(d, table, until < ends ? until : ends);
        score_table_print(table, terminal, (clock_mono_ms() - begun) / 1000, children_alive(d->producer));
        demo_campaign_print(d->campaign, table, terminal);
        if (!children_alive(d->worker))
            err =
                err_set(info, ERR_LOST, "worker", "the worker ended; run `microflux run` by hand to see why");
    }
    if (err == ERR_OK)
        score_table_summary(table);
    score_table_close(table);
    return err;
}

static void close_all(struct demo *d)
{
    demo_campaign_close(d->campaign);
    scan_close(d->scan);
    children_close(&d->children);
    mock_close(d->mock);
}

int command_demo(int argc, char **argv)
{
    struct demo d = {.rate = 1500, .creators = 60};
    struct config *config = NULL;
    struct err_info info;
    char **rest;
    size_t n;
    int status = 0;
    const struct arg options[] = {
        {"seconds", ARG_INT, "N", "end after N seconds (default: at Ctrl-C)", &d.seconds},
        {"rate", ARG_INT, "N", "events a second (default 1500)", &d.rate},
        {"creators", ARG_INT, "N", "how many are generated (default 60)", &d.creators},
        {"file", ARG_TEXT, "FILE", "your own events, NDJSON as `produce` reads them", &d.file},
    };
    const struct args args = {"demo",
                              NULL,
                              "A stream of events scored before your eyes; needs redis-server, and no "
                              "broker: it brings a mock one.",
                              "microflux demo --seconds 20",
                              options,
                              4,
                              true};
    if (!args_parse(&args, argc, argv, &rest, &n, &config, &status))
        return status;
    struct sigaction action = {.sa_handler = on_signal};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    enum err err = open_all(&d, config, &info);
    if (err == ERR_OK)
        err = watch(&d, &info);
    close_all(&d);
    if (err != ERR_OK)
        status = complain("demo", &info);
    config_free(config);
    return status;
}
