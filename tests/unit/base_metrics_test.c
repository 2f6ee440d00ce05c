/* Metrics: buckets, tallies, the text and its way back, quantiles. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "cmocka_all.h"
#include "microflux/metrics.h"

static char *text_of(struct buffer *out)
{
    buffer_add(out, "", 1);
    return out->data;
}

/* A value equal to a bound belongs to it (le), above the last one to +Inf only, below 0 to the first. */
static void test_buckets(void **state)
{
    struct histogram h = {0};
    struct buffer out = {0};
    (void)state;
    histogram_init(&h, histogram_us);
    histogram_observe(&h, 50);
    histogram_observe(&h, 51);
    histogram_observe(&h, -7);
    histogram_observe(&h, 1000LL * 1000 * 1000);
    metrics_histogram(&out, "x_seconds", NULL, &h, 1e-6);
    char *text = text_of(&out);
    assert_non_null(strstr(text, "x_seconds_bucket{le=\"5e-05\"} 2\n"));
    assert_non_null(strstr(text, "x_seconds_bucket{le=\"0.0001\"} 3\n"));
    assert_non_null(strstr(text, "x_seconds_bucket{le=\"300\"} 3\n"));
    assert_non_null(strstr(text, "x_seconds_bucket{le=\"+Inf\"} 4\n"));
    assert_non_null(strstr(text, "x_seconds_sum 1000.000101\n"));
    assert_non_null(strstr(text, "x_seconds_count 4\n"));
    buffer_free(&out);
}

static void test_bounds_ascend(void **state)
{
    (void)state;
    for (size_t i = 1; i < HISTOGRAM_BOUNDS; i++) {
        assert_true(histogram_us[i] > histogram_us[i - 1]);
        assert_true(histogram_sizes[i] > histogram_sizes[i - 1]);
    }
}

static void test_escaping(void **state)
{
    struct buffer out = {0}, labels = {0};
    (void)state;
    metrics_label(&labels, "topic", "a\"b\\c\nd}e,f=");
    metrics_label(&labels, "lane", "3");
    metrics_head(&out, "m_total", METRIC_COUNTER, "a \"quote\", a \\ and\na line");
    metrics_sample(&out, "m_total", &labels, 7);
    assert_string_equal(text_of(&out), "# HELP m_total a \"quote\", a \\\\ and\\na line\n"
                                       "# TYPE m_total counter\n"
                                       "m_total{topic=\"a\\\"b\\\\c\\nd}e,f=\",lane=\"3\"} 7\n");
    buffer_free(&out);
    buffer_free(&labels);
}

/* What was written is read back: names, labels with every hostile letter, values of every size. */
static void test_way_back(void **state)
{
    static const double values[] = {0, -1, 0.000125, 1e15, 1790000000.123, 3};
    const char *hostile = "a\"b\\c\nd}e,lane=\"9\"";
    struct buffer out = {0}, labels = {0};
    struct metrics_line line;
    char topic[64], lane[8];
    size_t n = sizeof values / sizeof values[0];
    (void)state;
    metrics_label(&labels, "topic", hostile);
    metrics_label(&labels, "lane", "3");
    metrics_head(&out, "m", METRIC_GAUGE, "text");
    for (size_t i = 0; i < n; i++)
        metrics_sample(&out, "m", i % 2 ? &labels : NULL, values[i]);
    struct bytes text = {out.data, out.len};
    for (size_t i = 0; i < n; i++) {
        assert_true(metrics_next(&text, &line));
        assert_true(bytes_equal(line.name, BYTES("m")));
        assert_true(fabs(line.value - values[i]) <= 1e-9 * fabs(values[i]));
        assert_int_equal(metrics_label_of(&line, "lane", lane, sizeof lane), i % 2);
        if (i % 2 == 0)
            continue;
        assert_true(metrics_label_of(&line, "topic", topic, sizeof topic));
        assert_string_equal(topic, hostile);
        assert_string_equal(lane, "3");
        assert_false(metrics_label_of(&line, "top", topic, sizeof topic));
        assert_true(metrics_label_of(&line, "topic", topic, 3)); /* cut, not overrun */
        assert_string_equal(topic, "a\"");
    }
    assert_false(metrics_next(&text, &line));
    buffer_free(&out);
    buffer_free(&labels);
}

/* Nonsense is skipped, not believed, wherever it is cut. */
static void test_nonsense(void **state)
{
    const char *text = "\n#\nm{\nm{a\nm{a=\nm{a=\"\nm{a=\"b\\\nm{a=\"b\"}\nm x\n 5\nm\n{a=\"b\"} 1\ngood 5\n";
    struct bytes rest = bytes_of(text);
    struct metrics_line line;
    char out[8];
    (void)state;
    assert_true(metrics_next(&rest, &line));
    assert_true(bytes_equal(line.name, BYTES("good")));
    assert_true(line.value == 5);
    for (size_t len = 0; len < strlen(text); len++) {
        rest = (struct bytes){text, len};
        while (metrics_next(&rest, &line))
            (void)metrics_label_of(&line, "a", out, sizeof out);
    }
}

static void test_tally(void **state)
{
    struct tally tally = {0};
    char word[40];
    (void)state;
    tally_count(&tally, "late");
    tally_count(&tally, "truncated");
    tally_count(&tally, "late");
    assert_int_equal(tally.n, 2);
    assert_int_equal(tally.at[0].n, 2);
    for (int i = 0; i < 100; i++) {
        snprintf(word, sizeof word, "word-%d", i);
        tally_count(&tally, word);
    }
    assert_int_equal(tally.n, TALLY_WORDS + 1); /* bounded: the rest is one word */
    assert_string_equal(tally.at[TALLY_WORDS].word, "other");
    assert_int_equal(tally.at[TALLY_WORDS].n, 100 - (TALLY_WORDS - 2));
}

static void test_quantiles(void **state)
{
    const double bounds[] = {1, 2, 4, INFINITY}, none[] = {0, 0, 0, 0}, some[] = {10, 20, 20, 20},
                 high[] = {0, 0, 0, 5};
    (void)state;
    assert_true(metrics_quantile(.5, bounds, none, 4) < 0);
    assert_true(fabs(metrics_quantile(.25, bounds, some, 4) - 0.5) < 1e-9);
    assert_true(fabs(metrics_quantile(.75, bounds, some, 4) - 1.5) < 1e-9);
    assert_true(fabs(metrics_quantile(.99, bounds, high, 4) - 4) < 1e-9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_buckets),   cmocka_unit_test(test_bounds_ascend),
        cmocka_unit_test(test_escaping),  cmocka_unit_test(test_way_back),
        cmocka_unit_test(test_nonsense),  cmocka_unit_test(test_tally),
        cmocka_unit_test(test_quantiles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
