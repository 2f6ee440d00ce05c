/* status: /metrics, /livez, /readyz and the page. Everything is read from atomics and copies, by the threads
 * of the HTTP room: a worker never waits for whoever looks at it.
 *
 * Live: every worker's loop turns, whatever is away. Ready: every worker is in the group, with lanes or
 * standing by, Redis answers and no lane is held. */
#include "status.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "metrics_table.h"
#include "microflux/clock.h"
#include "microflux/http.h"
#include "microflux/log.h"
#include "options.h"

struct status {
    struct status_options options;
    struct http *http;
};

static int64_t gauge(const atomic_int_fast64_t *gauge)
{
    return atomic_load_explicit(gauge, memory_order_relaxed);
}

/* ---- live ---- */

bool status_live(const struct status_options *o, int64_t now_ms, struct buffer *line)
{
    int64_t oldest = 0;
    for (size_t i = 0; i < o->n_workers; i++) {
        struct worker *worker = atomic_load(&o->workers[i]);
        int64_t polled = worker ? gauge(&worker_counters(worker)->polled_ms) : 0;
        int64_t age = polled ? now_ms - polled : 0; /* 0: waits for Kafka, which is no illness */
        oldest = age > oldest ? age : oldest;
        if (age > o->config->http_live_s * 1000) {
            buffer_printf(line, "worker %zu has not turned for %" PRId64 " s (http.live_s is %" PRId64 ")\n",
                          i, age / 1000, o->config->http_live_s);
            return false;
        }
    }
    buffer_printf(line, "live: %zu workers, each turned within %.1f s\n", o->n_workers,
                  (double)oldest / 1000);
    return true;
}

/* ---- ready ---- */

/* A lane without its Redis: held, or still to be taken over. */
static bool lanes_ready(struct worker *worker, struct buffer *line)
{
    struct lane_status *lanes;
    size_t n = worker_lanes(worker, &lanes), i = 0;
    while (i < n && (lanes[i].state == LANE_READING || lanes[i].state == LANE_SEEKING))
        i++;
    if (i < n && lanes[i].state == LANE_HELD)
        buffer_printf(line, "lane %" PRId32 " is held (%s): a person has to decide; the log says what\n",
                      lanes[i].partition, lanes[i].why);
    else if (i < n)
        buffer_printf(line, "lane %" PRId32 " is being taken over%s%s\n", lanes[i].partition,
                      *lanes[i].why ? " after " : "", lanes[i].why);
    free(lanes);
    return i == n;
}

static bool worker_ready(struct worker *worker, size_t number, struct buffer *line)
{
    const char *why = NULL;
    if (!worker)
        why = "waits for Kafka";
    else if (!gauge(&worker_counters(worker)->joined))
        why = "has not joined the group";
    else if (gauge(&worker_counters(worker)->redis_away))
        why = "waits for Redis";
    if (why)
        buffer_printf(line, "worker %zu %s\n", number, why);
    return !why && lanes_ready(worker, line);
}

/* Nobody here talks to Redis while all workers stand by: ask it. */
static bool redis_answers(const struct config *config, struct buffer *line)
{
    struct redis_options options = redis_options_of(config, "microflux-ready");
    const struct redis_answer *answer;
    struct redis *redis = NULL;
    struct err_info info;
    options.command_timeout_ms = options.connect_timeout_ms;
    enum err err = redis_open(&options, &redis, &info);
    if (err == ERR_OK)
        err = redis_call(redis, (struct bytes[]){BYTES("PING")}, 1, &answer, &info);
    redis_close(redis);
    if (err != ERR_OK)
        buffer_printf(line, "standing by, but %s\n", info.sentence);
    return err == ERR_OK;
}

bool status_ready(const struct status_options *o, struct buffer *line)
{
    int64_t lanes = 0;
    for (size_t i = 0; i < o->n_workers; i++) {
        struct worker *worker = atomic_load(&o->workers[i]);
        if (!worker_ready(worker, i, line))
            return false;
        lanes += gauge(&worker_counters(worker)->lanes);
    }
    if (lanes == 0 && !redis_answers(o->config, line))
        return false;
    if (lanes == 0)
        buffer_printf(line, "ready: standing by, %zu workers\n", o->n_workers);
    else
        buffer_printf(line, "ready: %zu workers, %" PRId64 " lanes\n", o->n_workers, lanes);
    return true;
}

/* ---- pages ---- */

static void show_live(void *owner, struct http_answer *answer)
{
    const struct status *status = owner;
    answer->status = status_live(&status->options, clock_mono_ms(), &answer->body) ? 200 : 503;
}

static void show_ready(void *owner, struct http_answer *answer)
{
    const struct status *status = owner;
    answer->status = status_ready(&status->options, &answer->body) ? 200 : 503;
}

static void show_metrics(void *owner, struct http_answer *answer)
{
    const struct status_options *o = &((const struct status *)owner)->options;
    struct worker **workers = calloc(o->n_workers + 1, sizeof *workers);
    if (!workers)
        abort();
    for (size_t i = 0; i < o->n_workers; i++)
        workers[i] = atomic_load(&o->workers[i]);
    metrics_write(&(struct metrics_source){workers, o->n_workers, o->live}, &answer->body);
    answer->type = "text/plain; version=0.0.4; charset=utf-8";
    free(workers);
}

static void add_html(struct buffer *out, const char *text)
{
    for (; *text; text++)
        if (strchr("<>&\"", *text))
            buffer_printf(out, "&#%d;", *text);
        else
            buffer_add(out, text, 1);
}

static void add_setting(struct buffer *out, const char *name, const char *value)
{
    buffer_printf(out, "<div><dt>%s</dt><dd>", name);
    add_html(out, value);
    buffer_add_text(out, "</dd></div>");
}

static void add_number(struct buffer *out, const char *name, int64_t n, const char *unit)
{
    buffer_printf(out, "<div><dt>%s</dt><dd>%" PRId64 "%s</dd></div>", name, n, unit);
}

/* What tells one deployment from another; no secret among it. */
static void add_settings(struct buffer *out, const struct config *c)
{
    for (size_t i = 0; i < c->n_kafka; i++)
        if (strcmp(c->kafka[i].key, "bootstrap.servers") == 0)
            add_setting(out, "kafka", c->kafka[i].value);
    add_setting(out, "redis.address", c->redis_address);
    add_setting(out, "group", c->group);
    add_setting(out, "namespace", c->namespace_);
    add_setting(out, "output", c->topic_creator_scores);
    add_setting(out, "schemes", c->score_schemes);
    add_number(out, "epoch", c->log_epoch, "");
    add_number(out, "workers", c->workers, "");
    add_number(out, "memory_mib", c->memory_mib, " MiB");
    add_number(out, "lane.flush_ms", c->lane_flush_ms, " ms");
    add_number(out, "score.min_interval_ms", c->score_min_interval_ms, " ms");
    add_number(out, "sweep.interval_s", c->sweep_interval_s, " s");
}

static void show_page(void *owner, struct http_answer *answer)
{
    static const char mark[] = "<!--settings-->";
    const struct status *status = owner;
    const char *here = strstr(page_status, mark);
    buffer_add(&answer->body, page_status, (size_t)(here - page_status));
    add_settings(&answer->body, status->options.config);
    buffer_add_text(&answer->body, here + sizeof mark - 1);
    answer->type = "text/html; charset=utf-8";
}

/* ---- life ---- */

enum err status_open(const struct status_options *options, struct status **result, struct err_info *info)
{
    static const struct http_route routes[] = {
        {"/", show_page}, {"/metrics", show_metrics}, {"/livez", show_live}, {"/readyz", show_ready}};
    *result = NULL;
    if (!*options->config->http_address)
        return ERR_OK;
    struct status *status = calloc(1, sizeof *status);
    if (!status)
        abort();
    status->options = *options;
    struct http_options http = {"http.address", options->config->http_address, routes, 4, status};
    enum err err = http_open(&http, &status->http, info);
    if (err != ERR_OK) {
        free(status);
        return err;
    }
    log_info("http", "address=%s port=%d", options->config->http_address, http_port(status->http));
    *result = status;
    return ERR_OK;
}

void status_close(struct status *status)
{
    if (!status)
        return;
    http_close(status->http);
    free(status);
}
