/* bench_report: docs/reference/performance.md from a result file: goals, tables, and on what they were
 * measured. Every sentence holds for any result; the figures are the file's. */
#include <inttypes.h>

#include "bench.h"

#define GOAL_CPU   1.5 /* seconds a million events, worker and Redis together */
#define GOAL_P99   30  /* ms */
#define GOAL_IDLE  .01 /* of a core */
#define GOAL_SWEEP 864 /* CPU-seconds a million creators: 1 % of a day of one core */

/* ---- reading the file ---- */

double bench_number(const json_t *in, const char *name)
{
    return json_number_value(json_object_get(in, name));
}

static const char *text(const json_t *in, const char *name)
{
    const char *s = json_string_value(json_object_get(in, name));
    return s ? s : "not known";
}

double bench_median(const json_t *in, const char *name)
{
    return bench_number(json_object_get(in, name), "median");
}

static const json_t *stage(const json_t *all, const char *name)
{
    size_t i;
    const json_t *s;
    json_array_foreach(json_object_get(all, "stages"), i,
                       s) if (strcmp(text(s, "stage"), name) == 0) return s;
    return NULL;
}

/* "2.61 (2.50 to 2.80)"; one run: the figure alone. */
void bench_put_figure(struct buffer *out, const json_t *figure, double scale, int digits)
{
    buffer_printf(out, "%.*f", digits, bench_number(figure, "median") * scale);
    if (bench_number(figure, "runs") > 1)
        buffer_printf(out, " (%.*f to %.*f)", digits, bench_number(figure, "min") * scale, digits,
                      bench_number(figure, "max") * scale);
}

/* ---- goals ---- */

static void put_goal(struct buffer *out, const json_t *figure, double scale, int digits, double most,
                     const char *unit, int *reached)
{
    bool yes = bench_number(figure, "median") <= most;
    bench_put_figure(out, figure, scale, digits);
    buffer_printf(out, "%s | %s |\n", unit, yes ? "yes" : "no");
    *reached += yes;
}

static void put_goals(const json_t *all, struct buffer *out)
{
    int reached = 0, goals = 1;
    const json_t *first = json_array_get(json_object_get(all, "catch_up"), 0),
                 *latency = json_object_get(all, "latency"), *sweep = json_object_get(all, "sweep");
    if (!first)
        return;
    buffer_add_text(
        out, "## Goals\n\nThe goals are 1.5 CPU-seconds per million events (worker and Redis together), "
             "p99 < 30 ms at 20,000 events/s, and idle <= 1 % of a core.\n\n"
             "| goal | measured here | reached here |\n|---|---|---|\n| 1.5 CPU-seconds per million "
             "events | ");
    put_goal(out, json_object_get(json_object_get(first, "cpu_seconds_per_million_events"), "sum"), 1, 2,
             GOAL_CPU, "", &reached);
    if (latency) {
        goals = 3;
        buffer_printf(out, "| p99 < 30 ms at 20,000 events/s (here %.0f) | ",
                      bench_number(json_object_get(all, "options"), "rate"));
        put_goal(out, json_object_get(latency, "p99"), 1, 1, GOAL_P99, " ms", &reached);
        buffer_add_text(out, "| idle <= 1 % | ");
        put_goal(out, json_object_get(all, "idle"), 100, 2, GOAL_IDLE, " %", &reached);
    }
    if (sweep) {
        goals++;
        buffer_add_text(out, "| 1 M idle creators swept in a day cost < 1 % of a core | ");
        put_goal(out, json_object_get(json_object_get(sweep, "cpu_seconds_per_million_events"), "sum"),
                 100. / 86400, 3, GOAL_SWEEP, " %", &reached);
    }
    const json_t *m = json_object_get(all, "machine");
    buffer_printf(
        out,
        "\n%d of %d reached, on this machine (%s, %.0f cores, load average %.1f before). Exact: %s (%.0f "
        "creators compared, %.0f different).\n\n",
        reached, goals, text(m, "cpu"), bench_number(m, "cores"),
        json_number_value(json_array_get(json_object_get(m, "load_average_before"), 0)),
        json_is_true(json_object_get(all, "exact")) ? "yes" : "NO", bench_number(all, "creators_compared"),
        bench_number(all, "creators_different"));
}

/* ---- tables ---- */

static void put_phase(struct buffer *out, const char *name, const json_t *phase, double floor_ns)
{
    const json_t *cpu = json_object_get(phase, "cpu_seconds_per_million_events");
    buffer_printf(out, "| %s | ", name);
    bench_put_figure(out, json_object_get(cpu, "worker"), 1, 2);
    buffer_add_text(out, " | ");
    if (floor_ns > 0)
        buffer_printf(out, "%.1f", bench_median(cpu, "worker") * 1000 / floor_ns);
    buffer_add_text(out, " | ");
    bench_put_figure(out, json_object_get(cpu, "redis"), 1, 2);
    buffer_add_text(out, " | ");
    bench_put_figure(out, json_object_get(cpu, "sum"), 1, 2);
    buffer_add_text(out, " | ");
    bench_put_figure(out, json_object_get(phase, "seconds"), 1, 1);
    double seconds = bench_median(phase, "seconds");
    buffer_printf(
        out, " | %.0f | %.0f | %.0f | %.0f |\n", seconds > 0 ? bench_number(phase, "records") / seconds : 0,
        bench_median(phase, "peak_rss_mib"), bench_median(phase, "loads"), bench_median(phase, "evictions"));
}

static void put_phases(const json_t *all, struct buffer *out)
{
    size_t i;
    const json_t *phase, *list = json_object_get(all, "catch_up"),
                         *eviction = json_object_get(all, "eviction"),
                         *cold = json_object_get(all, "cold_start"), *sweep = json_object_get(all, "sweep"),
                         *options = json_object_get(all, "options");
    double floor_ns = bench_median(stage(all, "consumer floor"), "ns");
    char name[96];
    if (!list)
        return;
    buffer_printf(
        out,
        "## Job J1: %.0f interactions, %.0f profiles and posts, Zipf 1.0, three days of event time\n\n"
        "CPU-seconds per million events; seconds from the worker's start until all is applied.\n\n"
        "| phase | worker | of it, × the floor | Redis | sum | seconds | events/s | peak RSS MiB | loads | "
        "evictions |\n|---|---|---|---|---|---|---|---|---|---|\n",
        bench_number(options, "events"), bench_number(options, "creators"));
    json_array_foreach(list, i, phase)
    {
        snprintf(name, sizeof name, "catch-up, workers=%.0f", bench_number(phase, "workers"));
        put_phase(out, name, phase, floor_ns);
    }
    snprintf(name, sizeof name, "catch-up, memory_mib=%.0f", bench_number(eviction, "memory_mib"));
    if (eviction)
        put_phase(out, name, eviction, floor_ns);
    if (cold)
        put_phase(out, "cold start: one like for each creator, empty cache, full Redis", cold, floor_ns);
    if (sweep)
        put_phase(out, "sweep: idle creators, each at least once, full Redis (per million scores)", sweep,
                  floor_ns);
    buffer_printf(out, "\nRedis holds %.0f bytes a creator after it.\n\n",
                  bench_median(json_array_get(list, 0), "redis_bytes_per_creator"));
}

static void put_latency(const json_t *all, struct buffer *out)
{
    static const struct {
        const char *key, *name;
    } rows[] = {{"p50", "p50"}, {"p90", "p90"}, {"p99", "p99"}, {"p999", "p99.9"}, {"max", "max"}};
    const json_t *latency = json_object_get(all, "latency"), *options = json_object_get(all, "options"),
                 *relay = json_object_get(all, "relay");
    if (!latency)
        return;
    buffer_printf(
        out,
        "## Latency at %.0f events/s, `score.min_interval_ms=0`\n\nFrom the moment an event was due on a "
        "fixed schedule (not when a held-up sender got round to it) until a score that contains it was "
        "read from Kafka; %.0f events, %.0f of them without a score in the end (they count with the time "
        "waited).%s\n\n| | ms |%s\n|---|---|%s\n",
        bench_number(options, "rate"), bench_number(latency, "events"), bench_number(latency, "unanswered"),
        relay ? " *Relay*: the same load through a thread that copies each event to another topic as a "
                "record of a "
                "score's size and does nothing else: Kafka's and the machine's share, below which nobody "
                "comes who "
                "reads from these brokers and writes to them."
              : "",
        relay ? " relay, ms |" : "", relay ? "---|" : "");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        buffer_printf(out, "| %s | ", rows[i].name);
        bench_put_figure(out, json_object_get(latency, rows[i].key), 1, 1);
        if (relay) {
            buffer_add_text(out, " | ");
            bench_put_figure(out, json_object_get(relay, rows[i].key), 1, 1);
        }
        buffer_add_text(out, " |\n");
    }
    buffer_add_text(out, "\nIdle afterwards: ");
    bench_put_figure(out, json_object_get(all, "idle"), 100, 2);
    buffer_add_text(out, " % of a core.\n\n");
}

static void put_stages(const json_t *all, struct buffer *out)
{
    size_t i;
    const json_t *s;
    if (!json_array_size(json_object_get(all, "stages")))
        return;
    buffer_add_text(
        out, "## Stages alone\n\nns of CPU; a stage alone has the caches for itself, so their sum is "
             "less than the worker's figure.\n\n| stage | of what | ns | Redis ns |\n|---|---|---|---|\n");
    json_array_foreach(json_object_get(all, "stages"), i, s)
    {
        const json_t *redis = json_object_get(s, "redis_ns");
        buffer_printf(out, "| %s | %s | ", text(s, "stage"), text(s, "what"));
        bench_put_figure(out, json_object_get(s, "ns"), 1, 0);
        buffer_add_text(out, " | ");
        if (!json_is_null(redis))
            bench_put_figure(out, redis, 1, 0);
        buffer_add_text(out, " |\n");
    }
    buffer_add_text(out, "\n");
}

static void put_sizes(const json_t *all, struct buffer *out)
{
    size_t i;
    const char *name;
    const json_t *size, *bytes, *sizes = json_object_get(all, "bytes_in_redis");
    if (!json_array_size(sizes))
        return;
    buffer_add_text(out, "## Bytes of a creator in Redis\n\n`MEMORY USAGE` of each key, and in brackets what "
                         "was written: fields and values, or the string.\n\n| creator |");
    json_object_foreach(json_object_get(json_array_get(sizes, 0), "keys"), name, bytes)
        buffer_printf(out, " `%s` |", name);
    buffer_add_text(out, " together | of what |\n|---|---|---|---|---|---|---|---|\n");
    json_array_foreach(sizes, i, size)
    {
        double memory = 0, stored = 0;
        buffer_printf(out, "| %s |", text(size, "creator"));
        json_object_foreach(json_object_get(size, "keys"), name, bytes)
        {
            memory += bench_number(bytes, "memory");
            stored += bench_number(bytes, "stored");
            buffer_printf(out, " %.0f (%.0f) |", bench_number(bytes, "memory"),
                          bench_number(bytes, "stored"));
        }
        buffer_printf(out, " %.0f (%.0f) | %s |\n", memory, stored, text(size, "what"));
    }
    buffer_add_text(out, "\n");
}

/* What of J1's cost the stages explain. */
static void put_shares(const json_t *all, struct buffer *out)
{
    const json_t *first = json_array_get(json_object_get(all, "catch_up"), 0),
                 *cpu = json_object_get(first, "cpu_seconds_per_million_events"),
                 *write = stage(all, "Redis, first write"), *floor = stage(all, "consumer floor");
    double creators = bench_number(json_object_get(all, "options"), "creators"),
           records = bench_number(first, "records");
    if (!first || !floor || records <= 0)
        return;
    buffer_printf(out, "The consumer floor is %.0f %% of the worker's CPU in job J1",
                  bench_median(floor, "ns") / 10 / bench_median(cpu, "worker"));
    if (write)
        buffer_printf(out, "; the first write of each creator, at its price alone, %.0f %% of Redis'",
                      bench_median(write, "redis_ns") * creators / records / 10 / bench_median(cpu, "redis"));
    buffer_add_text(out, ".\n");
}

void bench_report_tables(const json_t *all, struct buffer *out)
{
    put_goals(all, out);
    put_phases(all, out);
    put_latency(all, out);
    bench_report_fits(all, out);
    put_stages(all, out);
    put_sizes(all, out);
    put_shares(all, out);
}

/* ---- the page ---- */

static void put_command(const json_t *all, struct buffer *out)
{
    size_t i;
    const json_t *o = json_object_get(all, "options"), *entry;
    buffer_printf(out,
                  "```\nmicroflux bench --job %s --bootstrap HOST:PORT --runs %.0f --events %.0f --creators "
                  "%.0f --rate %.0f --latency-seconds %.0f --eviction-mib %.0f --workers ",
                  text(all, "job"), bench_number(o, "runs"), bench_number(o, "events"),
                  bench_number(o, "creators"), bench_number(o, "rate"), bench_number(o, "latency_seconds"),
                  bench_number(o, "eviction_mib"));
    json_array_foreach(json_object_get(o, "workers"), i, entry)
        buffer_printf(out, "%s%" JSON_INTEGER_FORMAT, i ? "," : "", json_integer_value(entry));
    json_array_foreach(json_object_get(o, "set"), i, entry)
        buffer_printf(out, " --set %s", json_string_value(entry));
    buffer_add_text(out, " --out FILE\nmicroflux bench report FILE > docs/reference/performance.md\n```\n\n");
}

static void put_machine(const json_t *all, struct buffer *out)
{
    const json_t *m = json_object_get(all, "machine"), *v = json_object_get(all, "versions"),
                 *load = json_object_get(m, "load_average_before");
    buffer_printf(
        out,
        "Measured %s on %s, %.0f cores, %.1f GiB, %s; load average before: %.2f, %.2f, %.2f. The machine is "
        "shared and noisy, and broker, Redis, load and worker share its cores: read the CPU figures and "
        "their ratio to the consumer floor of the same run rather than the walls and latencies. Figures "
        "are medians of %.0f runs, with the least and the greatest.\n\n",
        text(all, "measured_at"), text(m, "cpu"), bench_number(m, "cores"),
        bench_number(m, "memory_mib") / 1024, text(m, "os"), json_number_value(json_array_get(load, 0)),
        json_number_value(json_array_get(load, 1)), json_number_value(json_array_get(load, 2)),
        bench_number(json_object_get(all, "options"), "runs"));
    buffer_printf(out,
                  "microflux %s (%s), librdkafka %s, hiredis %s, Redis %s (AOF everysec, Unix socket), "
                  "broker: %s, %s.\n\n",
                  text(v, "microflux"), text(v, "git"), text(v, "librdkafka"), text(v, "hiredis"),
                  text(v, "redis"), text(v, "broker"), text(v, "compiler"));
}

enum err bench_report(const json_t *all, struct buffer *out, struct err_info *info)
{
    if (!json_is_object(json_object_get(all, "versions")) || !json_is_array(json_object_get(all, "stages")))
        return err_set(info, ERR_USAGE, "not_a_result",
                       "this is not a result of microflux bench: make one with microflux bench --out FILE");
    buffer_add_text(out, "# Performance\n\nMade by `microflux bench report FILE`; do not edit.\n\n");
    put_command(all, out);
    put_machine(all, out);
    bench_report_tables(all, out);
    return ERR_OK;
}
