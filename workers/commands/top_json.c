/* top_json: one view as JSON; null where something is not known. */
#include <jansson.h>
#include <stdlib.h>

#include "microflux/clock.h"
#include "top.h"

static json_t *known(double n)
{
    return n < 0 ? json_null() : json_real(n);
}

static json_t *processes_json(const struct top_reading *r)
{
    json_t *list = json_array();
    for (size_t i = 0; i < r->n_processes; i++) {
        const struct top_process *p = &r->processes[i];
        json_array_append_new(list, json_pack("{s:s, s:b, s:s, s:s, s:I}", "from", p->from, "up", !*p->why,
                                              "why", p->why, "version", p->version, "resident_bytes",
                                              (json_int_t)p->resident_bytes));
    }
    return list;
}

static json_t *lanes_json(const struct top_reading *r)
{
    json_t *list = json_array();
    for (size_t i = 0; i < r->n_lanes; i++) {
        const struct top_lane *lane = &r->lanes[i];
        json_array_append_new(list, json_pack("{s:i, s:i, s:s, s:s, s:I, s:I, s:f, s:o}", "lane",
                                              atoi(lane->lane), "worker", atoi(lane->worker), "from",
                                              r->processes[lane->process].from, "state", lane->state,
                                              "records", (json_int_t)lane->records, "lag_records",
                                              (json_int_t)lane->lag, "lag_seconds", lane->behind,
                                              "records_per_second", known(lane->rate)));
    }
    return list;
}

static json_t *rates_json(const struct top_view *v)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "records", known(top_rate(v, M_RECEIVED)),
                     "applied", known(top_rate(v, M_APPLIED)), "rejected", known(top_rate(v, M_REJECTS)),
                     "commits", known(top_rate(v, M_COMMITS)), "scores",
                     known(top_rate(v, M_SCORES_PUBLISHED)), "delivered", known(top_rate(v, M_DELIVERED)),
                     "cpu_seconds", known(top_rate(v, M_PROCESS_CPU)));
}

static json_t *totals_json(const struct top_reading *r)
{
    return json_pack("{s:I, s:I, s:I, s:I, s:I}", "records", (json_int_t)r->sums[M_RECEIVED], "applied",
                     (json_int_t)r->sums[M_APPLIED], "rejected", (json_int_t)r->sums[M_REJECTS], "scores",
                     (json_int_t)r->sums[M_SCORES_PUBLISHED], "lag_records", (json_int_t)r->sums[M_LANE_LAG]);
}

static json_t *stages_json(const struct top_view *v)
{
    json_t *list = json_array();
    for (size_t i = 0; i < TOP_STAGES; i++)
        json_array_append_new(list, json_pack("{s:s, s:o, s:o}", "stage", top_stages[i].word, "p50_seconds",
                                              known(top_quantile(v, top_stages[i].id, .5)), "p99_seconds",
                                              known(top_quantile(v, top_stages[i].id, .99))));
    return list;
}

static json_t *creators_json(const struct top_view *v)
{
    json_t *list = json_array();
    for (size_t i = 0; i < v->n_creators; i++) {
        const struct hot_creator *c = &v->creators[i];
        json_array_append_new(list, json_pack("{s:s, s:I, s:s, s:s, s:I, s:I}", "creator_id", c->creator,
                                              "scores_last_minute", (json_int_t)c->scores, "tier", c->tier,
                                              "band", c->band, "followers", (json_int_t)c->followers,
                                              "engagements_24h", (json_int_t)c->engagements_24h));
    }
    return list;
}

void top_show_json(const struct top_view *v, struct buffer *out)
{
    const struct top_reading *r = v->now;
    json_t *all =
        json_pack("{s:I, s:o, s:o, s:o, s:o, s:o, s:s, s:b, s:b, s:o, s:s}", "at",
                  (json_int_t)clock_wall_ms(), "processes", processes_json(r), "lanes", lanes_json(r),
                  "per_second", rates_json(v), "totals", totals_json(r), "stages", stages_json(v), "slowest",
                  top_stages[top_slowest(v)].word, "kafka_away", r->sums[M_KAFKA_AWAY] > 0, "redis_away",
                  r->sums[M_REDIS_AWAY] > 0, "creators", creators_json(v), "creators_why", v->creators_why);
    char *text = json_dumps(all, JSON_COMPACT | JSON_REAL_PRECISION(9));
    buffer_add_text(out, text ? text : "{}");
    buffer_add_text(out, "\n");
    free(text);
    json_decref(all);
}
