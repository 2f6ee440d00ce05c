/* top_read: one reading of every process's /metrics, folded line by line into sums, buckets and lanes. */
#include <stdio.h>
#include <stdlib.h>

#include "microflux/clock.h"
#include "microflux/http.h"
#include "top.h"

#define TIMEOUT_MS 1000
#define MOST_BYTES (16 << 20)

/* ---- one line ---- */

/* The metric's id, or of its histogram's buckets; N_METRICS: not one of ours. */
static size_t id_of(struct bytes name, bool *bucket)
{
    static const char suffix[] = "_bucket";
    size_t n = sizeof suffix - 1, id = 0;
    *bucket = name.len > n && memcmp(name.ptr + name.len - n, suffix, n) == 0;
    name.len -= *bucket ? n : 0;
    while (id < N_METRICS && !bytes_equal(name, bytes_of(metric_names[id])))
        id++;
    return id;
}

/* Buckets come in ascending order; those of several workers add up. */
static void take_bucket(struct top_reading *r, size_t id, const struct metrics_line *line, size_t *at)
{
    char le[32];
    if (!metrics_label_of(line, "le", le, sizeof le))
        return;
    double bound = strtod(le, NULL);
    if (*at > HISTOGRAM_BOUNDS || (*at > 0 && bound <= r->bounds[id][*at - 1]))
        *at = 0;
    r->bounds[id][*at] = bound;
    r->buckets[id][(*at)++] += line->value;
}

static struct top_lane *lane_of(struct top_reading *r, size_t process, const struct metrics_line *line)
{
    struct top_lane wanted = {.process = process, .rate = -1};
    if (!metrics_label_of(line, "lane", wanted.lane, sizeof wanted.lane) ||
        !metrics_label_of(line, "worker", wanted.worker, sizeof wanted.worker))
        return NULL;
    for (size_t i = 0; i < r->n_lanes; i++)
        if (r->lanes[i].process == process && strcmp(r->lanes[i].lane, wanted.lane) == 0 &&
            strcmp(r->lanes[i].worker, wanted.worker) == 0)
            return &r->lanes[i];
    r->lanes = realloc(r->lanes, (r->n_lanes + 1) * sizeof *r->lanes);
    if (!r->lanes)
        abort();
    r->lanes[r->n_lanes] = wanted;
    return &r->lanes[r->n_lanes++];
}

static void take_lane(struct top_reading *r, size_t process, size_t id, const struct metrics_line *line)
{
    struct top_lane *lane = lane_of(r, process, line);
    if (!lane)
        return;
    if (id == M_LANE_STATE && line->value == 1)
        (void)metrics_label_of(line, "state", lane->state, sizeof lane->state);
    else if (id == M_LANE_RECORDS)
        lane->records = line->value;
    else if (id == M_LANE_LAG)
        lane->lag += line->value;
    else if (id == M_LANE_LAG_SECONDS && line->value > lane->behind)
        lane->behind = line->value;
}

void top_read_text(struct top_reading *r, size_t process, struct bytes text)
{
    struct metrics_line line;
    struct top_process *p = &r->processes[process];
    size_t at = 0;
    bool bucket;
    while (metrics_next(&text, &line)) {
        size_t id = id_of(line.name, &bucket);
        if (id == N_METRICS)
            continue;
        if (bucket) {
            take_bucket(r, id, &line, &at);
            continue;
        }
        at = 0;
        r->sums[id] += line.value;
        if (id == M_BUILD_INFO)
            (void)metrics_label_of(&line, "version", p->version, sizeof p->version);
        else if (id == M_PROCESS_RSS)
            p->resident_bytes = line.value;
        else if (id >= M_LANE_STATE && id <= M_LANE_LAG_SECONDS)
            take_lane(r, process, id, &line);
    }
}

/* ---- all of them ---- */

static void name_process(struct top_process *p, const char *url)
{
    const char *scheme = strstr(url, "://") ? "" : "http://";
    size_t len = strlen(url);
    if (len >= 8 && strcmp(url + len - 8, "/metrics") == 0)
        len -= 8;
    while (len > 0 && url[len - 1] == '/')
        len--;
    snprintf(p->from, sizeof p->from, "%s%.*s", scheme, (int)len, url);
}

static void ask(struct top_reading *r, size_t process)
{
    char url[192];
    struct buffer body = {0};
    struct err_info info;
    int status = 0;
    struct top_process *p = &r->processes[process];
    snprintf(url, sizeof url, "%s/metrics", p->from);
    struct http_request request = {.url = url,
                                   .direct = true,
                                   .connect_timeout_ms = TIMEOUT_MS,
                                   .timeout_ms = TIMEOUT_MS,
                                   .max_bytes = MOST_BYTES};
    if (http_ask(&request, &body, &status, &info) != ERR_OK)
        snprintf(p->why, sizeof p->why, "%.150s", info.sentence);
    else if (status != 200)
        snprintf(p->why, sizeof p->why, "it answers %d", status);
    else
        top_read_text(r, process, (struct bytes){body.data, body.len});
    if (!*p->why && !*p->version)
        snprintf(p->why, sizeof p->why, "what answers there is not microflux");
    buffer_free(&body);
}

static int by_number(const void *a, const void *b)
{
    const struct top_lane *x = a, *y = b;
    int lanes = atoi(x->lane) - atoi(y->lane);
    return lanes ? lanes : (int)x->process - (int)y->process;
}

static void count_lanes(struct top_reading *r, const struct top_reading *before)
{
    double seconds = (double)(r->at_us - before->at_us) * 1e-6;
    for (size_t i = 0; i < r->n_lanes; i++)
        for (size_t k = 0; k < before->n_lanes; k++) {
            struct top_lane *lane = &r->lanes[i];
            const struct top_lane *old = &before->lanes[k];
            if (lane->process == old->process && strcmp(lane->lane, old->lane) == 0 && seconds > 0 &&
                lane->records >= old->records)
                lane->rate = (lane->records - old->records) / seconds;
        }
}

struct top_reading *top_read(const char *const *urls, size_t n, const struct top_reading *before)
{
    struct top_reading *r = calloc(1, sizeof *r);
    if (!r || !(r->processes = calloc(n + 1, sizeof *r->processes)))
        abort();
    r->n_processes = n;
    r->at_us = clock_mono_us();
    for (size_t i = 0; i < n; i++) {
        name_process(&r->processes[i], urls[i]);
        ask(r, i);
    }
    if (r->n_lanes)
        qsort(r->lanes, r->n_lanes, sizeof *r->lanes, by_number);
    if (before)
        count_lanes(r, before);
    return r;
}

void top_reading_free(struct top_reading *r)
{
    if (!r)
        return;
    free(r->processes);
    free(r->lanes);
    free(r);
}
