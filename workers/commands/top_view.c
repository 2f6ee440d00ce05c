/* top_view: the faces of one view: a screen in place, a line, JSON. Below 0 means not known, everywhere. */
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "top.h"

#define BOLD   "\033[1m"
#define DIM    "\033[90m"
#define GREEN  "\033[32m"
#define YELLOW "\033[33m"
#define RED    "\033[31m"
#define PLAIN  "\033[0m"
#define EOL    "\033[K\n"

const struct top_stage top_stages[TOP_STAGES] = {
    {M_READ_SECONDS, "read", "read: decode and apply"},
    {M_BUILD_SECONDS, "commit_build", "commit build"},
    {M_EXEC_SECONDS, "redis_exec", "Redis EXEC"},
    {M_DELIVERY_SECONDS, "delivery", "publish to acknowledged"},
    {M_END_TO_END_SECONDS, "end_to_end", "end to end"},
};

/* ---- numbers ---- */

double top_rate(const struct top_view *view, enum metric_id id)
{
    if (!view->before)
        return -1;
    double seconds = (double)(view->now->at_us - view->before->at_us) * 1e-6;
    double change = view->now->sums[id] - view->before->sums[id];
    return seconds <= 0 ? -1
           : change > 0 ? change / seconds
                        : 0; /* a process that began anew counts from 0 */
}

double top_quantile(const struct top_view *view, enum metric_id id, double q)
{
    double counts[HISTOGRAM_BOUNDS + 1];
    const double *all = view->now->buckets[id];
    const struct top_reading *then = view->minute_ago;
    bool some = then && all[HISTOGRAM_BOUNDS] > then->buckets[id][HISTOGRAM_BOUNDS];
    for (size_t i = 0; i <= HISTOGRAM_BOUNDS; i++)
        counts[i] = all[i] - (some ? then->buckets[id][i] : 0);
    return metrics_quantile(q, view->now->bounds[id], counts, HISTOGRAM_BOUNDS + 1);
}

size_t top_slowest(const struct top_view *view)
{
    size_t slowest = 0;
    for (size_t i = 1; i < TOP_STAGES - 1; i++)
        if (top_quantile(view, top_stages[i].id, .99) > top_quantile(view, top_stages[slowest].id, .99))
            slowest = i;
    return slowest;
}

static double behind(const struct top_reading *r)
{
    double most = 0;
    for (size_t i = 0; i < r->n_lanes; i++)
        most = r->lanes[i].behind > most ? r->lanes[i].behind : most;
    return most;
}

static size_t answering(const struct top_reading *r)
{
    size_t n = 0;
    for (size_t i = 0; i < r->n_processes; i++)
        n += !*r->processes[i].why;
    return n;
}

static size_t reading_lanes(const struct top_reading *r)
{
    size_t n = 0;
    for (size_t i = 0; i < r->n_lanes; i++)
        n += strcmp(r->lanes[i].state, "reading") == 0;
    return n;
}

/* ---- texts: each fills 24 bytes and returns them ---- */

static const char *span(double s, char *out)
{
    if (s < 0)
        snprintf(out, 24, "-");
    else if (s == 0)
        snprintf(out, 24, "0 s");
    else if (s < 1e-3)
        snprintf(out, 24, "%.0f us", s * 1e6);
    else if (s < 1)
        snprintf(out, 24, s < .01 ? "%.1f ms" : "%.0f ms", s * 1e3);
    else if (s < 120)
        snprintf(out, 24, s < 10 ? "%.1f s" : "%.0f s", s);
    else
        snprintf(out, 24, "%.0f %s",
                 s < 7200     ? s / 60
                 : s < 172800 ? s / 3600
                              : s / 86400,
                 s < 7200     ? "min"
                 : s < 172800 ? "h"
                              : "d");
    return out;
}

/* A quantile above the largest bound is known to be more, not how much. */
static const char *quantile(const struct top_view *v, enum metric_id id, double q, char *out)
{
    char text[24];
    double s = top_quantile(v, id, q);
    snprintf(out, 32, "%s%s", s > 0 && s >= v->now->bounds[id][HISTOGRAM_BOUNDS - 1] ? "> " : "",
             span(s, text));
    return out;
}

/* Thousands are set apart: 12,345. */
static const char *count(double n, char *out)
{
    char digits[24];
    size_t k = 0;
    if (n < 0)
        return strcpy(out, "-");
    int len = snprintf(digits, sizeof digits, "%.0f", n < 1e14 ? n : 1e14);
    for (int i = 0; i < len; i++) {
        if (i > 0 && (len - i) % 3 == 0)
            out[k++] = ',';
        out[k++] = digits[i];
    }
    out[k] = 0;
    return out;
}

/* ---- the screen ---- */

static void add_weather(struct buffer *out, const char *name, double away)
{
    buffer_printf(out, "  %s %s%s" PLAIN, name, away > 0 ? RED : GREEN, away > 0 ? "away" : "up");
}

static void add_head(const struct top_view *v, struct buffer *out)
{
    const struct top_reading *r = v->now;
    buffer_printf(out, "\033[H" BOLD "microflux top" PLAIN "  %zu of %zu processes  %zu of %zu lanes reading",
                  answering(r), r->n_processes, reading_lanes(r), r->n_lanes);
    if (answering(r) > 0) {
        add_weather(out, "Kafka", r->sums[M_KAFKA_AWAY]);
        add_weather(out, "Redis", r->sums[M_REDIS_AWAY]);
    }
    buffer_printf(out, "  " DIM "%" PRId64 " s" PLAIN EOL, v->seconds);
    for (size_t i = 0; i < r->n_processes; i++)
        if (*r->processes[i].why)
            buffer_printf(out, RED "%s: %s" PLAIN EOL, r->processes[i].from, r->processes[i].why);
}

static void add_rates(const struct top_view *v, struct buffer *out)
{
    static const struct {
        enum metric_id id;
        const char *text;
    } rates[] = {{M_RECEIVED, "records"}, {M_APPLIED, "applied"},         {M_REJECTS, "rejected"},
                 {M_COMMITS, "commits"},  {M_SCORES_PUBLISHED, "scores"}, {M_DELIVERED, "delivered"}};
    const struct top_reading *r = v->now;
    char text[24], more[24];
    double cpu = top_rate(v, M_PROCESS_CPU);
    buffer_printf(out, DIM "a second" PLAIN);
    for (size_t i = 0; i < sizeof rates / sizeof rates[0]; i++)
        buffer_printf(out, "  %s " BOLD "%s" PLAIN, rates[i].text, count(top_rate(v, rates[i].id), text));
    buffer_printf(out, EOL DIM "now     " PLAIN "  lag " BOLD "%s" PLAIN " records, %s  queued %s",
                  count(r->sums[M_LANE_LAG], text), span(behind(r), more), "");
    buffer_printf(out, "%s  cached %s  ", count(r->sums[M_QUEUED], text),
                  count(r->sums[M_CACHE_SUBJECTS], more));
    buffer_printf(out, "memory %.0f MiB  cores ", r->sums[M_PROCESS_RSS] / 1048576);
    buffer_printf(out, cpu < 0 ? "-" EOL EOL : "%.2f" EOL EOL, cpu);
}

static void add_lane(const struct top_view *v, const struct top_lane *lane, struct buffer *out)
{
    char rate[24], lag[24], late[24];
    const char *colour = strcmp(lane->state, "reading") == 0 ? GREEN
                         : strcmp(lane->state, "held") == 0  ? RED
                                                             : YELLOW;
    buffer_printf(out, "%5s  %s%-8s" PLAIN " %9s %10s %8s   %s#%s" EOL, lane->lane, colour, lane->state,
                  count(lane->rate, rate), count(lane->lag, lag), span(lane->behind, late),
                  v->now->processes[lane->process].from, lane->worker);
}

static void add_lanes(const struct top_view *v, size_t room, struct buffer *out)
{
    const struct top_reading *r = v->now;
    buffer_printf(out, DIM "%5s  %-8s %9s %10s %8s   %s" PLAIN EOL, "lane", "state", "records/s", "lag",
                  "behind", "process#worker");
    size_t shown = r->n_lanes <= room ? r->n_lanes : room - 1;
    for (size_t i = 0; i < shown; i++)
        add_lane(v, &r->lanes[i], out);
    if (shown < r->n_lanes)
        buffer_printf(out, DIM "       and %zu more" PLAIN EOL, r->n_lanes - shown);
    buffer_add_text(out, EOL);
}

static void add_stages(const struct top_view *v, struct buffer *out)
{
    char p50[32], p99[32];
    size_t slowest = top_slowest(v);
    buffer_printf(out, DIM "%-26s %9s %9s" PLAIN EOL, "stage, last minute", "p50", "p99");
    for (size_t i = 0; i < TOP_STAGES; i++)
        buffer_printf(out, "%s%-26s %9s %9s" PLAIN "%s" EOL, i == slowest ? YELLOW : "", top_stages[i].text,
                      quantile(v, top_stages[i].id, .5, p50), quantile(v, top_stages[i].id, .99, p99),
                      i == slowest ? "  slowest" : "");
    buffer_add_text(out, EOL);
}

static void add_creators(const struct top_view *v, size_t room, struct buffer *out)
{
    char followers[24], engaged[24];
    buffer_printf(out, DIM "%-24s %10s  %-7s %-8s %12s %13s" PLAIN EOL, "hottest creators", "scores/min",
                  "tier", "band", "followers", "engaged 24 h");
    if (v->n_creators == 0)
        buffer_printf(out, DIM "%s" PLAIN EOL,
                      *v->creators_why ? v->creators_why : "no score in the last minute");
    for (size_t i = 0; i < v->n_creators && i < room; i++) {
        const struct hot_creator *c = &v->creators[i];
        buffer_printf(out, "%-24.24s %10" PRId64 "  %-7s %-8s %12s %13s" EOL, c->creator, c->scores, c->tier,
                      c->band, count((double)c->followers, followers),
                      count((double)c->engagements_24h, engaged));
    }
}

/* Head, rates, stages and titles take 15 rows; lanes and creators share the rest. */
void top_show_screen(const struct top_view *v, int rows, struct buffer *out)
{
    size_t rest = rows > 25 ? (size_t)rows - 15 : 10, silent = v->now->n_processes - answering(v->now);
    rest = rest > silent + 4 ? rest - silent : 4;
    size_t creators = v->n_creators < rest / 2 ? v->n_creators : rest / 2;
    size_t lanes = v->now->n_lanes < rest - creators ? v->now->n_lanes : rest - creators;
    add_head(v, out);
    add_rates(v, out);
    add_lanes(v, lanes > 1 ? lanes : 1, out);
    add_stages(v, out);
    add_creators(v, rest - lanes > 1 ? rest - lanes - 1 : 1, out);
    out->len -= 1; /* the last line break would scroll */
    buffer_add_text(out, "\033[J");
}

/* ---- the line ---- */

void top_show_line(const struct top_view *v, struct buffer *out)
{
    const struct top_reading *r = v->now;
    size_t slowest = top_slowest(v);
    char text[32];
    buffer_printf(out, "processes=%zu/%zu lanes=%zu/%zu records/s=%.0f scores/s=%.0f lag=%.0f behind_s=%.1f",
                  answering(r), r->n_processes, reading_lanes(r), r->n_lanes, top_rate(v, M_RECEIVED),
                  top_rate(v, M_SCORES_PUBLISHED), r->sums[M_LANE_LAG], behind(r));
    buffer_printf(out, " slowest=%s p99=\"%s\" kafka=%s redis=%s", top_stages[slowest].word,
                  quantile(v, top_stages[slowest].id, .99, text), r->sums[M_KAFKA_AWAY] > 0 ? "away" : "up",
                  r->sums[M_REDIS_AWAY] > 0 ? "away" : "up");
    if (v->n_creators)
        buffer_printf(out, " hottest=%s scores/min=%" PRId64, v->creators[0].creator, v->creators[0].scores);
    buffer_add_text(out, "\n");
}
