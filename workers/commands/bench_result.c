/* bench_result: the result file: what was asked, measured and where, as JSON. The fields that other programs
 * read stand at the top and hold medians; everything with its spread stands below. */
#include <time.h>

#include "bench.h"

static json_t *figure_json(const struct figure *f)
{
    return json_pack("{s:f, s:f, s:f, s:I}", "median", figure_median(f), "min", figure_min(f), "max",
                     figure_max(f), "runs", (json_int_t)f->n);
}

static json_t *stages_json(const struct bench_result *r)
{
    json_t *list = json_array();
    for (size_t i = 0; i < r->n_stages; i++) {
        const struct bench_stage *s = &r->stages[i];
        json_array_append_new(list, json_pack("{s:s, s:s, s:o, s:o}", "stage", s->name, "what", s->what, "ns",
                                              figure_json(&s->ns), "redis_ns",
                                              s->redis_ns.n ? figure_json(&s->redis_ns) : json_null()));
    }
    return list;
}

static json_t *sizes_json(const struct bench_result *r)
{
    json_t *list = json_array();
    for (size_t i = 0; i < N_BENCH_LIVES && r->sizes[i].name; i++) {
        const struct bench_size *s = &r->sizes[i];
        json_t *keys = json_object();
        for (int key = 0; key < N_CREATOR_KEYS; key++)
            json_object_set_new(keys, creator_key_names[key],
                                json_pack("{s:I, s:I}", "memory", (json_int_t)s->memory[key], "stored",
                                          (json_int_t)s->stored[key]));
        json_array_append_new(
            list, json_pack("{s:s, s:s, s:o}", "creator", s->name, "what", s->what, "keys", keys));
    }
    return list;
}

static json_t *phase_json(const struct bench_phase *p, int64_t threads, int64_t memory_mib)
{
    return json_pack("{s:I, s:I, s:I, s:o, s:{s:o, s:o, s:o}, s:o, s:o, s:o, s:o}", "workers",
                     (json_int_t)threads, "memory_mib", (json_int_t)memory_mib, "records",
                     (json_int_t)p->records, "seconds", figure_json(&p->seconds),
                     "cpu_seconds_per_million_events", "worker", figure_json(&p->worker), "redis",
                     figure_json(&p->redis), "sum", figure_json(&p->sum), "peak_rss_mib",
                     figure_json(&p->rss_mib), "redis_bytes_per_creator", figure_json(&p->redis_bytes),
                     "loads", figure_json(&p->loads), "evictions", figure_json(&p->evictions));
}

struct setting {
    const struct bench *bench;
    json_t *list;
};

/* A key that the user set here, as it is in force; secrets come masked. */
static void take_setting(void *arg, const char *name, const char *value)
{
    struct setting *s = arg;
    size_t len = strlen(name);
    for (int i = 0; i + 1 < s->bench->n_passed; i += 2)
        if (strcmp(s->bench->passed[i], "--set") == 0 && strncmp(s->bench->passed[i + 1], name, len) == 0 &&
            s->bench->passed[i + 1][len] == '=') {
            json_array_append_new(s->list, json_sprintf("%s=%s", name, value));
            return;
        }
}

static json_t *options_json(const struct bench *b)
{
    json_t *workers = json_array();
    struct setting settings = {b, json_array()};
    for (size_t i = 0; i < b->n_threads; i++)
        json_array_append_new(workers, json_integer(b->threads[i]));
    if (b->n_passed)
        config_each(b->config, take_setting, &settings);
    return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:o, s:o}", "runs", (json_int_t)b->runs, "events",
                     (json_int_t)b->n_events, "creators", (json_int_t)b->n_creators, "partitions",
                     (json_int_t)b->partitions, "rate", (json_int_t)b->latency_rate, "latency_seconds",
                     (json_int_t)b->latency_seconds, "eviction_mib", (json_int_t)b->eviction_mib, "workers",
                     workers, "set", settings.list);
}

/* The fields that others script against. */
static void put_documented(json_t *all, const struct bench_result *r)
{
    const struct bench_phase *p = &r->catch_up[0];
    double seconds = figure_median(&p->seconds);
    json_t *more = json_pack(
        "{s:b, s:I, s:I, s:I, s:f, s:f, s:{s:f, s:f, s:f}, s:f, s:f, s:{s:f, s:f, s:f, s:f, s:f, s:I}, s:f}",
        "exact", r->exact, "creators_compared", (json_int_t)r->compared, "creators_different",
        (json_int_t)r->different, "records", (json_int_t)p->records, "seconds", seconds, "events_per_second",
        seconds > 0 ? (double)p->records / seconds : 0, "cpu_seconds_per_million_events", "worker",
        figure_median(&p->worker), "redis", figure_median(&p->redis), "sum", figure_median(&p->sum),
        "peak_rss_mib", figure_median(&p->rss_mib), "redis_bytes_per_creator", figure_median(&p->redis_bytes),
        "latency_ms", "p50", figure_median(&r->latency.p50), "p90", figure_median(&r->latency.p90), "p99",
        figure_median(&r->latency.p99), "p999", figure_median(&r->latency.p999), "max",
        figure_median(&r->latency.max), "events", (json_int_t)r->latency.events, "idle_cpu",
        figure_median(&r->idle));
    json_object_update(all, more);
    json_decref(more);
}

static json_t *delays_json(const struct bench_delays *d)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:I, s:I}", "p50", figure_json(&d->p50), "p90",
                     figure_json(&d->p90), "p99", figure_json(&d->p99), "p999", figure_json(&d->p999), "max",
                     figure_json(&d->max), "events", (json_int_t)d->events, "unanswered",
                     (json_int_t)d->unanswered);
}

static void put_phases(json_t *all, const struct bench *b, const struct bench_result *r)
{
    json_t *list = json_array();
    for (size_t i = 0; i < b->n_threads; i++)
        json_array_append_new(list, phase_json(&r->catch_up[i], b->threads[i], b->config->memory_mib));
    json_object_set_new(all, "catch_up", list);
    if (r->eviction.records)
        json_object_set_new(all, "eviction", phase_json(&r->eviction, b->threads[0], b->eviction_mib));
    if (r->cold.records)
        json_object_set_new(all, "cold_start", phase_json(&r->cold, b->threads[0], b->config->memory_mib));
    if (r->sweep.records)
        json_object_set_new(all, "sweep", phase_json(&r->sweep, b->threads[0], b->config->memory_mib));
    if (!r->latency.events)
        return;
    json_object_set_new(all, "latency", delays_json(&r->latency));
    json_object_set_new(all, "relay", delays_json(&r->relay));
    json_object_set_new(all, "idle", figure_json(&r->idle));
}

static json_t *fits_json(const struct bench *b, const struct bench_fits *f)
{
    json_t *one = json_pack("{s:I, s:o, s:o, s:o, s:o, s:o}", "campaigns", (json_int_t)f->campaigns,
                            "catch_up", phase_json(&f->catch_up, b->threads[0], b->config->memory_mib),
                            "live", phase_json(&f->live, b->threads[0], b->config->memory_mib),
                            "fits_filling", figure_json(&f->filled), "pairs_judged_per_event",
                            figure_json(&f->judged), "fits_published_per_event", figure_json(&f->told));
    if (f->fit.events)
        json_object_set_new(one, "event_to_fit", delays_json(&f->fit));
    if (f->shortlist.events)
        json_object_set_new(one, "event_to_shortlist", delays_json(&f->shortlist));
    return one;
}

static void put_fits(json_t *all, const struct bench *b, const struct bench_result *r)
{
    json_t *list = json_array();
    for (size_t i = 0; i < b->n_campaigns; i++)
        json_array_append_new(list, fits_json(b, &r->fits[i]));
    json_object_set_new(all, "j2", list);
}

json_t *bench_result_json(const struct bench *b, const struct bench_result *r)
{
    char at[32];
    time_t now = time(NULL);
    struct tm utc;
    json_t *all = json_pack("{s:s}", "job", b->job);
    if (r->catch_up[0].records)
        put_documented(all, r);
    strftime(at, sizeof at, "%Y-%m-%dT%H:%MZ", gmtime_r(&now, &utc));
    json_object_set_new(all, "measured_at", json_string(at));
    json_object_set_new(all, "machine", bench_machine_json(r));
    json_object_set_new(all, "versions", bench_versions_json(b, r));
    json_object_set_new(all, "options", options_json(b));
    json_object_set_new(all, "stages", stages_json(r));
    json_object_set_new(all, "bytes_in_redis", sizes_json(r));
    if (r->catch_up[0].records)
        put_phases(all, b, r);
    if (r->fits[0].live.records)
        put_fits(all, b, r);
    return all;
}
