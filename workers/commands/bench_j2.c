/* bench_j2: job J2: J1's load, whose posts have tags, with so many campaigns each (0, 200, 10,000) side by
 * side in one run. Each has its own topics and Redis; the worker fills its tables while it catches up, and
 * what events cost is measured after that. In the latency part a roster worker makes shortlists of the fits.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "bench.h"
#include "generate_words.h"
#include "microflux/clock.h"

#define SETTLED_MS  2000 /* nothing was judged nor told for so long */
#define MOST_WAIT_S 600

/* ---- campaigns as brands may write them: a platform, a niche or two, tags, and for some what they insist on
 * ---- */

static json_t *tags_of(struct random *r, int niche)
{
    json_t *tags = json_array();
    for (int i = 0; i < 3; i++)
        json_array_append_new(tags, json_string(niche_tag(niche, random_next(r))));
    return tags;
}

static json_t *campaign_json(int64_t number)
{
    static const char *const platforms[] = {"INSTAGRAM", "TIKTOK", "YOUTUBE", "X"};
    struct random r = random_of(42, (uint64_t)number);
    int niche = (int)random_below(&r, N_NICHES - 1), other = (int)random_below(&r, N_NICHES - 1);
    json_t *topics = json_pack("{s:f}", niche_names[niche], 1.0);
    if (random_unit(&r) < .5)
        json_object_set_new(topics, niche_names[other], json_real(random_unit(&r)));
    json_t *campaign = json_pack(
        "{s:o, s:o, s:s, s:i, s:[s], s:o, s:o, s:[s], s:[s]}", "campaign_id",
        json_sprintf("k%05" PRId64, number), "brand", json_sprintf("brand%" PRId64, number), "status",
        "ACTIVE", "updated_at", 0, "platforms", platforms[random_below(&r, 4)], "topics", topics, "tags",
        tags_of(&r, niche), "competitors", "juno.works", "excluded", niche_tag(NICHE_OTHER, random_next(&r)));
    if (random_unit(&r) < .3)
        json_object_set_new(campaign, "min_engagement_rate", json_real(.01 * random_unit(&r)));
    if (random_unit(&r) < .2)
        json_object_set_new(campaign, "values", json_pack("[s]", "local"));
    return campaign;
}

static enum err write_campaigns(int64_t n, const char *path, struct err_info *info)
{
    FILE *file = fopen(path, "w");
    bool written = file != NULL;
    for (int64_t i = 0; i < n && written; i++) {
        json_t *campaign = campaign_json(i);
        written = json_dumpf(campaign, file, JSON_COMPACT) == 0 && fputc('\n', file) != EOF;
        json_decref(campaign);
    }
    if (file && fclose(file) != 0)
        written = false;
    return written ? ERR_OK : err_set(info, ERR_IO, "file", "cannot write %s", path);
}

static enum err put_campaigns(struct bench_run *run, int64_t n, struct err_info *info)
{
    char path[128];
    snprintf(path, sizeof path, "%s/campaigns", run->children.folder);
    enum err err = write_campaigns(n, path, info);
    if (err == ERR_OK && n > 0)
        bench_run_tool(run, (const char *const[]){"campaigns", "put", path, NULL}, "put.log");
    return err;
}

/* ---- what the worker says of itself ---- */

struct fit_counts {
    double judged, told, rss_mib;
};

static struct fit_counts counts_of(const struct bench_run *run, const struct bench_worker *worker)
{
    struct top_reading *reading = bench_run_reading(run, worker);
    struct fit_counts counts = {reading->sums[M_FITS_JUDGED],
                                reading->sums[M_FITS_TOLD] + reading->sums[M_FITS_LEFT],
                                reading->processes[0].resident_bytes / (1 << 20)};
    top_reading_free(reading);
    return counts;
}

/* All is applied, published, and every table as it will stay. */
static enum err settle(struct bench_run *run, const struct bench_worker *worker, struct fit_counts *counts,
                       struct err_info *info)
{
    enum err err = bench_run_wait(run, false, info);
    int64_t since = clock_mono_ms(), deadline = since + MOST_WAIT_S * 1000;
    *counts = counts_of(run, worker);
    while (err == ERR_OK && clock_mono_ms() - since < SETTLED_MS) {
        bench_nap(250);
        struct fit_counts now = counts_of(run, worker);
        if (now.judged != counts->judged || now.told != counts->told)
            since = clock_mono_ms();
        *counts = now;
        if (since > deadline)
            err = err_set(info, ERR_WEATHER, "stuck", "fits did not come to rest in %d s", MOST_WAIT_S);
    }
    return err == ERR_OK ? bench_run_wait(run, true, info) : err;
}

/* ---- one size ---- */

/* A part of the worker's life, from run->started_ms on; cpu: what it had spent before. */
static enum err spend(struct bench_run *run, const struct bench_worker *worker, double cpu, int64_t records,
                      struct bench_phase *phase, struct fit_counts *counts, struct err_info *info)
{
    enum err err = settle(run, worker, counts, info);
    if (err == ERR_OK)
        bench_run_account(run, worker, bench_run_cpu(run) - cpu, counts->rss_mib,
                          clock_mono_ms() - SETTLED_MS, records, phase);
    return err;
}

static enum err live(struct bench *b, struct bench_run *run, const struct bench_worker *worker,
                     struct bench_fits *fits, struct err_info *info)
{
    int64_t n = b->n_events / 2;
    struct fit_counts before = counts_of(run, worker), after;
    double cpu = bench_run_cpu(run);
    run->redis_before = bench_redis_cpu(run->connection);
    run->started_ms = clock_mono_ms();
    enum err err = bench_more(b, n, info);
    if (err == ERR_OK)
        err = spend(run, worker, cpu, n, &fits->live, &after, info);
    if (err == ERR_OK) {
        figure_add(&fits->judged, (after.judged - before.judged) / (double)n);
        figure_add(&fits->told, (after.told - before.told) / (double)n);
    }
    return err;
}

static enum err with(struct bench *b, struct bench_fits *fits, struct bench_result *r, struct err_info *info)
{
    const struct bench_worker worker = {.threads = b->threads[0], .interval_ms = "1000", .log = "worker.log"};
    struct bench_run run = {0};
    struct fit_counts counts;
    enum err err = bench_load_again(b, info);
    if (err == ERR_OK)
        err = bench_run_open(b, &run, info);
    if (err == ERR_OK)
        err = put_campaigns(&run, fits->campaigns, info);
    if (err == ERR_OK) {
        bench_redis_version(run.connection, r->redis_version, sizeof r->redis_version);
        bench_run_start(&run, &worker);
        err = bench_run_campaigns(&run, &worker, fits->campaigns, info);
    }
    if (err == ERR_OK)
        err = spend(&run, &worker, 0, b->ends[0] + b->ends[1] + b->ends[2], &fits->catch_up, &counts, info);
    if (err == ERR_OK) {
        figure_add(&fits->filled, counts.told);
        err = live(b, &run, &worker, fits, info);
    }
    if (err == ERR_OK && b->latency_seconds && fits->campaigns)
        err = bench_shortlists(b, &run, fits, info);
    if (err == ERR_OK)
        err = bench_run_compare(&run, r, info);
    bench_run_close(&run);
    return err;
}

enum err bench_j2(struct bench *b, struct bench_result *r, struct err_info *info)
{
    enum err err = ERR_OK;
    b->tagged = true;
    for (int64_t i = 0; i < b->runs; i++)
        for (size_t k = 0; k < b->n_campaigns && err == ERR_OK; k++) {
            r->fits[k].campaigns = b->campaigns[k];
            err = with(b, &r->fits[k], r, info);
        }
    b->tagged = false;
    return err;
}
