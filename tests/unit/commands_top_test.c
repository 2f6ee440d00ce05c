/* The table of metrics keeps Prometheus' conventions, and `top` makes of several processes' text what it
 * says: sums, lanes, rates, quantiles, three faces. */
#include <ctype.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>

#include "capture.h"
#include "cmocka_all.h"
#include "top.h"

static bool ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);
    return n >= m && strcmp(text + n - m, end) == 0;
}

static void test_names(void **state)
{
    struct buffer out = {0};
    char head[128];
    (void)state;
    metrics_write(&(struct metrics_source){0}, &out);
    buffer_add(&out, "", 1);
    for (size_t i = 0; i < N_METRICS; i++) {
        const char *name = metric_names[i];
        for (const char *p = name; *p; p++)
            assert_true(islower((unsigned char)*p) || *p == '_');
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(name, metric_names[k]);
        snprintf(head, sizeof head, "# TYPE %s counter\n", name);
        assert_int_equal(strstr(out.data, head) != NULL, ends_with(name, "_total"));
        snprintf(head, sizeof head, "# HELP %s ", name);
        assert_non_null(strstr(out.data, head));
    }
    buffer_free(&out);
}

/* The page has every metric once, and its cells hold no bar of the table. */
static void test_reference_page(void **state)
{
    struct capture capture = capture_begin(1);
    metrics_print_reference(stdout);
    char *page = capture_end(&capture), cell[128];
    (void)state;
    for (size_t i = 0; i < N_METRICS; i++) {
        snprintf(cell, sizeof cell, "\n| `%s` | ", metric_names[i]);
        const char *row = strstr(page, cell);
        assert_non_null(row);
        int bars = 0;
        for (row++; *row != '\n'; row++)
            bars += *row == '|';
        assert_int_equal(bars, 5);
    }
    free(page);
}

static const char one[] = "# TYPE x counter\n"
                          "microflux_build_info{version=\"9.9\"} 1\n"
                          "microflux_lane_state{worker=\"0\",lane=\"10\",state=\"reading\"} 1\n"
                          "microflux_lane_state{worker=\"0\",lane=\"10\",state=\"held\"} 0\n"
                          "microflux_lane_state{worker=\"1\",lane=\"9\",state=\"held\"} 1\n"
                          "microflux_lane_records_total{worker=\"0\",lane=\"10\"} 500\n"
                          "microflux_lane_lag_records{worker=\"0\",lane=\"10\",topic=\"posts\"} 3\n"
                          "microflux_lane_lag_records{worker=\"0\",lane=\"10\",topic=\"profiles\"} 4\n"
                          "microflux_lane_lag_seconds{worker=\"0\",lane=\"10\",topic=\"posts\"} 1.5\n"
                          "microflux_records_received_total{worker=\"0\"} 100\n"
                          "microflux_records_received_total{worker=\"1\"} 20\n"
                          "microflux_redis_exec_seconds_bucket{worker=\"0\",le=\"0.001\"} 90\n"
                          "microflux_redis_exec_seconds_bucket{worker=\"0\",le=\"0.01\"} 100\n"
                          "microflux_redis_exec_seconds_bucket{worker=\"0\",le=\"+Inf\"} 100\n"
                          "microflux_redis_exec_seconds_bucket{worker=\"1\",le=\"0.001\"} 10\n"
                          "microflux_redis_exec_seconds_bucket{worker=\"1\",le=\"0.01\"} 100\n"
                          "microflux_redis_exec_seconds_bucket{worker=\"1\",le=\"+Inf\"} 100\n"
                          "somebody_elses_total 7\n"
                          "process_resident_memory_bytes 1048576\n";

static struct top_reading *reading(size_t n)
{
    static const char *const nobody[] = {"127.0.0.1:9", "http://127.0.0.1:9/metrics"};
    return top_read(nobody, n, NULL);
}

static void test_fold(void **state)
{
    struct top_reading *r = reading(2);
    (void)state;
    assert_string_equal(r->processes[0].from, "http://127.0.0.1:9");
    assert_string_equal(r->processes[1].from, "http://127.0.0.1:9");
    assert_true(*r->processes[0].why != 0);
    top_read_text(r, 0, bytes_of(one));
    top_read_text(r, 1, bytes_of(one));
    assert_string_equal(r->processes[1].version, "9.9");
    assert_true(r->sums[M_RECEIVED] == 240);
    assert_true(r->sums[M_LANE_LAG] == 14);
    assert_int_equal(r->n_lanes, 4);
    assert_string_equal(r->lanes[0].lane, "10");
    assert_string_equal(r->lanes[0].state, "reading");
    assert_true(r->lanes[0].lag == 7 && r->lanes[0].behind == 1.5 && r->lanes[0].records == 500);
    assert_string_equal(r->lanes[1].state, "held");
    assert_true(r->buckets[M_EXEC_SECONDS][0] == 200 && r->buckets[M_EXEC_SECONDS][2] == 400);
    top_reading_free(r);
}

static void test_rates_and_quantiles(void **state)
{
    struct top_reading *before = reading(1), *now = reading(1);
    struct top_view view = {.now = now, .before = before, .minute_ago = before, .creators_why = ""};
    (void)state;
    now->at_us = before->at_us + 2000000;
    now->sums[M_RECEIVED] = 300;
    before->sums[M_RECEIVED] = 100;
    assert_true(top_rate(&view, M_RECEIVED) == 100);
    before->sums[M_RECEIVED] = 400; /* a process began anew */
    assert_true(top_rate(&view, M_RECEIVED) == 0);
    assert_true(top_quantile(&view, M_EXEC_SECONDS, .5) < 0);
    for (size_t i = 0; i <= HISTOGRAM_BOUNDS; i++) {
        now->bounds[M_EXEC_SECONDS][i] = i < HISTOGRAM_BOUNDS ? (double)(i + 1) : INFINITY;
        before->buckets[M_EXEC_SECONDS][i] = 1000; /* all at once, long ago */
        now->buckets[M_EXEC_SECONDS][i] = i < 4 ? 1000 : 1010;
    }
    assert_true(fabs(top_quantile(&view, M_EXEC_SECONDS, .5) - 4.5) < 1e-9); /* of this minute alone */
    memcpy(now->buckets, before->buckets, sizeof now->buckets);
    assert_true(top_quantile(&view, M_EXEC_SECONDS, .99) <= 1); /* quiet: of everything */
    assert_string_equal(top_stages[top_slowest(&view)].word, "redis_exec");
    view.before = NULL;
    assert_true(top_rate(&view, M_RECEIVED) < 0);
    top_reading_free(before);
    top_reading_free(now);
}

/* Every face of every size, of nothing and of something; a screen never has more lines than the terminal. */
static void test_faces(void **state)
{
    struct hot_creator creators[HOT_ROWS] = {{"somebody", "MICRO", "10K", 60, 12345, 678}};
    struct top_reading *r = reading(1);
    (void)state;
    for (int full = 0; full < 2; full++) {
        struct top_view view = {
            .now = r, .creators = creators, .creators_why = "no Kafka", .n_creators = full ? HOT_ROWS : 0};
        struct buffer out = {0};
        for (int i = 0; full && i < 64; i++) {
            char text[96];
            snprintf(text, sizeof text,
                     "microflux_lane_state{worker=\"0\",lane=\"%d\",state=\"reading\"} 1\n", i);
            top_read_text(r, 0, bytes_of(text));
        }
        for (int rows = 24; rows < 100; rows++) {
            int lines = 1;
            out.len = 0;
            top_show_screen(&view, rows, &out);
            for (size_t i = 0; i < out.len; i++)
                lines += out.data[i] == '\n';
            assert_in_range(lines, 10, rows + (rows < 26));
        }
        out.len = 0;
        top_show_json(&view, &out);
        json_t *json = json_loadb(out.data, out.len, 0, NULL);
        assert_non_null(json);
        assert_int_equal(json_array_size(json_object_get(json, "lanes")), full ? 64 : 0);
        assert_true(json_is_null(json_object_get(json_object_get(json, "per_second"), "records")));
        assert_int_equal(json_array_size(json_object_get(json, "creators")), view.n_creators);
        json_decref(json);
        out.len = 0;
        top_show_line(&view, &out);
        assert_true(out.data[out.len - 1] == '\n');
        buffer_free(&out);
    }
    top_reading_free(r);
    top_reading_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names), cmocka_unit_test(test_reference_page),
        cmocka_unit_test(test_fold),  cmocka_unit_test(test_rates_and_quantiles),
        cmocka_unit_test(test_faces),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
