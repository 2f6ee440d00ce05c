/* bench_report_fits: job J2 on the page: what campaigns cost, and how soon an event is in a shortlist. */
#include "bench.h"

static const json_t *cost_of(const json_t *row, const char *phase, const char *what)
{
    return json_object_get(json_object_get(json_object_get(row, phase), "cpu_seconds_per_million_events"),
                           what);
}

static void put_row(struct buffer *out, const json_t *row, double without)
{
    static const char *const costs[] = {"worker", "redis", "sum"};
    double sum = bench_number(cost_of(row, "live", "sum"), "median");
    buffer_printf(out, "| %.0f | ", bench_number(row, "campaigns"));
    for (int i = 0; i < 3; i++) {
        bench_put_figure(out, cost_of(row, "live", costs[i]), 1, 2);
        buffer_add_text(out, " | ");
    }
    buffer_printf(out, "%.2f | ", without > 0 ? sum / without : 0);
    bench_put_figure(out, json_object_get(row, "pairs_judged_per_event"), 1, 2);
    buffer_add_text(out, " | ");
    bench_put_figure(out, json_object_get(row, "fits_published_per_event"), 1, 3);
    buffer_add_text(out, " | ");
    bench_put_figure(out, json_object_get(row, "fits_filling"), 1, 0);
    buffer_add_text(out, " | ");
    bench_put_figure(out, cost_of(row, "catch_up", "sum"), 1, 2);
    buffer_printf(out, " | %.0f |\n", bench_median(json_object_get(row, "live"), "peak_rss_mib"));
}

static void put_delays(struct buffer *out, const json_t *row)
{
    static const char *const names[] = {"event_to_fit", "event_to_shortlist"};
    static const char *const words[] = {"fit", "shortlist"};
    for (int i = 0; i < 2; i++) {
        const json_t *delays = json_object_get(row, names[i]);
        if (!delays)
            continue;
        buffer_printf(out, "| %.0f campaigns: a post to the %s | ", bench_number(row, "campaigns"), words[i]);
        bench_put_figure(out, json_object_get(delays, "p50"), 1, 1);
        buffer_add_text(out, " | ");
        bench_put_figure(out, json_object_get(delays, "p99"), 1, 1);
        buffer_printf(out, " | %.0f |\n", bench_number(delays, "events"));
    }
}

void bench_report_fits(const json_t *all, struct buffer *out)
{
    size_t i;
    const json_t *row, *list = json_object_get(all, "j2"), *options = json_object_get(all, "options");
    double without = bench_number(cost_of(json_array_get(list, 0), "live", "sum"), "median");
    if (!list)
        return;
    buffer_printf(
        out,
        "## Job J2: J1's load with campaigns\n\n%.0f interactions, %.0f creators whose posts have tags, "
        "%.0f lanes. While the worker catches up its tables fill (fits told and taken back); after that it "
        "is "
        "measured what further events cost: CPU-seconds per million, and their ratio to no campaigns. The "
        "goals "
        "are 1.2 with 200 campaigns and 2 with 10,000.\n\n| campaigns | worker | Redis | sum | ratio | pairs "
        "judged an event | fits published an event | fits while filling | catch-up with filling | RSS MiB "
        "|\n|---|---|---|---|---|---|---|---|---|---|\n",
        bench_number(options, "events"), bench_number(options, "creators"),
        bench_number(options, "partitions"));
    json_array_foreach(list, i, row) put_row(out, row, without);
    buffer_add_text(out, "\n| latency, ms | p50 | p99 | posts |\n|---|---|---|---|\n");
    json_array_foreach(list, i, row) put_delays(out, row);
    buffer_add_text(out, "\n");
}
