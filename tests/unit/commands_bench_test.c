/* The benchmark's pure parts: medians, percentiles out of buckets, and the page made of a result file. */
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "cmocka_all.h"

static void test_figures(void **state)
{
    struct figure f = {.n = 0};
    (void)state;
    assert_true(figure_median(&f) == 0);
    figure_add(&f, 3);
    assert_true(figure_median(&f) == 3 && figure_min(&f) == 3 && figure_max(&f) == 3);
    figure_add(&f, 1);
    assert_true(figure_median(&f) == 2);
    figure_add(&f, 9);
    assert_true(figure_median(&f) == 3 && figure_min(&f) == 1 && figure_max(&f) == 9);
}

/* Against the same values sorted: never below the true one, at most one step of an octave above it. */
static void test_percentiles(void **state)
{
    enum { N = 100000 };
    static const double quantiles[] = {.001, .5, .9, .99, .999, 1};
    struct latencies *l = calloc(1, sizeof *l);
    struct random random = {7};
    int64_t *all = calloc(N, sizeof *all);
    (void)state;
    assert_true(l && all);
    assert_int_equal(latencies_at(l, .5), 0);
    for (int64_t i = 0; i < N; i++)
        all[i] = i * i; /* ascending, over many octaves */
    for (int64_t i = N - 1, k; i > 0; i--) {
        int64_t swap = all[i];
        k = random_below(&random, i + 1);
        all[i] = all[k];
        all[k] = swap;
    }
    for (int64_t i = 0; i < N; i++)
        latencies_add(l, all[i]);
    for (size_t i = 0; i < sizeof quantiles / sizeof *quantiles; i++) {
        int64_t rank = (int64_t)(quantiles[i] * N + .5) - 1, right = rank * rank,
                got = latencies_at(l, quantiles[i]);
        assert_true(got >= right);
        assert_true(got <= right + right / LATENCY_STEPS);
    }
    assert_int_equal(latencies_at(l, 1), l->max_us);
    free(all);
    free(l);
}

static void test_edges_of_buckets(void **state)
{
    struct latencies *l = calloc(1, sizeof *l);
    (void)state;
    assert_non_null(l);
    for (int64_t us = 0; us < 3 * LATENCY_STEPS; us++) {
        memset(l, 0, sizeof *l);
        latencies_add(l, us);
        l->max_us = INT64_MAX; /* the bucket's own bound shows */
        assert_in_range(latencies_at(l, .5), us, us + us / LATENCY_STEPS);
    }
    memset(l, 0, sizeof *l);
    latencies_add(l, -5);
    assert_int_equal(latencies_at(l, 1), 0);
    latencies_add(l, INT64_MAX); /* beyond the last bucket */
    assert_int_equal(l->n, 2);
    assert_true(latencies_at(l, 1) > (int64_t)1 << 40);
    free(l);
}

/* ---- the page ---- */

static void three(struct figure *f, double least, double middle, double most)
{
    figure_add(f, most);
    figure_add(f, least);
    figure_add(f, middle);
}

static void make_phase(struct bench_phase *p, double worker, double redis)
{
    p->records = 4400000;
    three(&p->seconds, 9, 10, 11);
    three(&p->worker, worker - .1, worker, worker + .1);
    three(&p->redis, redis - .1, redis, redis + .1);
    three(&p->sum, worker + redis - .2, worker + redis, worker + redis + .2);
    three(&p->rss_mib, 800, 810, 820);
}

static json_t *result(double worker, double p99, double idle, const char *broker)
{
    struct config config = {.memory_mib = 1024};
    struct bench b = {.config = &config,
                      .job = "all",
                      .broker = broker,
                      .threads = {1, 2},
                      .n_threads = 2,
                      .runs = 3,
                      .n_creators = 200000,
                      .n_events = 4000000,
                      .latency_rate = 20000,
                      .latency_seconds = 15};
    struct bench_result *r = calloc(1, sizeof *r);
    assert_non_null(r);
    *r = (struct bench_result){.exact = true, .compared = 200000, .latency.events = 300000};
    make_phase(&r->catch_up[0], worker, 1);
    make_phase(&r->catch_up[1], 2 * worker, 1);
    make_phase(&r->sweep, 400 * worker, 100); /* a million creators */
    three(&r->latency.p99, p99 - 1, p99, p99 + 1);
    three(&r->idle, idle, idle, idle);
    three(&bench_stage(r, "consumer floor", "a record")->ns, 390, 400, 410);
    r->sizes[0] = (struct bench_size){"new", "1 post", {456, 184}, {301, 79}};
    json_t *all = bench_result_json(&b, r);
    free(r);
    return all;
}

static char *page_of(const json_t *all)
{
    struct buffer out = {0};
    struct err_info info;
    assert_int_equal(bench_report(all, &out, &info), ERR_OK);
    buffer_add(&out, "", 1);
    return out.data;
}

#define HAS(page, text) assert_non_null(strstr((page), (text)))

static void test_goals(void **state)
{
    json_t *good = result(.45, 20, .009, "Kafka"), *bad = result(2, 38, .016, NULL);
    char *yes = page_of(good), *no = page_of(bad);
    (void)state;
    HAS(yes, "The goals are 1.5 CPU-seconds per million events");
    HAS(yes, "| 1.5 CPU-seconds per million events | 1.45 (1.25 to 1.65) | yes |");
    HAS(yes, "| p99 < 30 ms at 20,000 events/s (here 20000) | 20.0 (19.0 to 21.0) ms | yes |");
    HAS(yes, "| idle <= 1 % | 0.90 (0.90 to 0.90) % | yes |");
    HAS(yes, "| 1 M idle creators swept in a day cost < 1 % of a core | 0.324 (0.324 to 0.324) % | yes |");
    HAS(yes, "4 of 4 reached");
    HAS(yes, "broker: Kafka");
    HAS(yes, "| new | 456 (301) | 184 (79) | 0 (0) | 0 (0) | 0 (0) | 640 (380) | 1 post |");
    HAS(no, "| 3.00 (2.80 to 3.20) | no |");
    HAS(no, "38.0 (37.0 to 39.0) ms | no |");
    HAS(no, "1.60 (1.60 to 1.60) % | no |");
    HAS(no, "cost < 1 % of a core | 1.042 (1.041 to 1.042) % | no |");
    HAS(no, "0 of 4 reached");
    HAS(no, "broker: not known");
    HAS(no, "shared and noisy");
    free(yes);
    free(no);
    json_decref(good);
    json_decref(bad);
}

/* Each row of a table has as many cells as its head. */
static void test_tables(void **state)
{
    json_t *all = result(1.2, 20, .01, "Kafka");
    char *page = page_of(all), *rest = page;
    int wanted = 0;
    (void)state;
    HAS(page, "| catch-up, workers=1 | 1.20 (1.10 to 1.30) | 3.0 |");
    HAS(page, "| catch-up, workers=2 | 2.40 (2.30 to 2.50) | 6.0 |");
    HAS(page, "| sweep: idle creators, each at least once, full Redis (per million scores) | 480.00 ");
    HAS(page, "| consumer floor | a record | 400 (390 to 410) |  |");
    HAS(page, "The consumer floor is 33 % of the worker's CPU");
    HAS(page, "--workers 1,2");
    for (char *line; (line = strsep(&rest, "\n"));) {
        int bars = 0;
        for (const char *p = line; *line == '|' && *p; p++)
            bars += *p == '|';
        assert_true(!wanted || !bars || bars == wanted);
        wanted = bars;
    }
    free(page);
    json_decref(all);
}

/* Job J2: a row a number of campaigns, each with its ratio to none. */
static void test_fits(void **state)
{
    static const double cost[] = {2, 2.2, 5};
    struct config config = {.memory_mib = 1024};
    struct bench b = {
        .config = &config, .job = "j2", .threads = {1}, .n_threads = 1, .n_campaigns = 3, .partitions = 8};
    struct bench_result *r = calloc(1, sizeof *r);
    (void)state;
    assert_non_null(r);
    for (int i = 0; i < 3; i++) {
        struct bench_fits *f = &r->fits[i];
        f->campaigns = i * 100;
        make_phase(&f->catch_up, cost[i], 1);
        make_phase(&f->live, cost[i] / 2, cost[i] / 2);
        three(&f->judged, i, 2 * i, 3 * i);
        three(&f->told, .1 * i, .2 * i, .3 * i);
        figure_add(&f->filled, 1000 * i);
    }
    three(&r->fits[1].fit.p50, 10, 11, 12);
    three(&r->fits[1].fit.p99, 20, 21, 22);
    r->fits[1].fit.events = r->fits[1].shortlist.events = 77;
    json_t *all = bench_result_json(&b, r);
    char *page = page_of(all);
    HAS(page, "| 0 | 1.00 (0.90 to 1.10) | 1.00 (0.90 to 1.10) | 2.00 (1.80 to 2.20) | 1.00 | 0.00 (0.00 to "
              "0.00) |");
    HAS(page, "| 100 | 1.10 (1.00 to 1.20) | 1.10 (1.00 to 1.20) | 2.20 (2.00 to 2.40) | 1.10 | 2.00 (1.00 "
              "to 3.00) | "
              "0.200 (0.100 to 0.300) | 1000 | 3.20 (3.00 to 3.40) | 810 |");
    HAS(page, "| 200 | 2.50 (2.40 to 2.60) | 2.50 (2.40 to 2.60) | 5.00 (4.80 to 5.20) | 2.50 |");
    HAS(page, "| 100 campaigns: a post to the fit | 11.0 (10.0 to 12.0) | 21.0 (20.0 to 22.0) | 77 |");
    assert_null(strstr(page, "200 campaigns: a post"));
    free(page);
    free(r);
    json_decref(all);
}

static void test_documented_fields(void **state)
{
    json_t *all = result(1.2, 20, .01, "Kafka"),
           *cpu = json_object_get(all, "cpu_seconds_per_million_events");
    (void)state;
    assert_true(json_is_true(json_object_get(all, "exact")));
    assert_true(json_number_value(json_object_get(all, "events_per_second")) == 440000);
    assert_true(json_number_value(json_object_get(cpu, "worker")) == 1.2);
    assert_true(json_number_value(json_object_get(cpu, "redis")) == 1);
    assert_true(json_number_value(json_object_get(all, "peak_rss_mib")) == 810);
    assert_true(json_number_value(json_object_get(json_object_get(all, "latency_ms"), "p99")) == 20);
    assert_true(json_is_number(json_object_get(json_object_get(all, "latency_ms"), "p50")));
    json_decref(all);
}

static void test_not_a_result(void **state)
{
    json_t *other = json_pack("{s:s}", "job", "j1");
    struct buffer out = {0};
    struct err_info info;
    (void)state;
    assert_int_equal(bench_report(other, &out, &info), ERR_USAGE);
    assert_int_equal(bench_report(NULL, &out, &info), ERR_USAGE);
    assert_int_equal(out.len, 0);
    json_decref(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_figures),          cmocka_unit_test(test_percentiles),
        cmocka_unit_test(test_edges_of_buckets), cmocka_unit_test(test_goals),
        cmocka_unit_test(test_tables),           cmocka_unit_test(test_documented_fields),
        cmocka_unit_test(test_not_a_result),     cmocka_unit_test(test_fits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
