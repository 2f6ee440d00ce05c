/* metrics: histograms and tallies with one writer, and Prometheus' text format 0.0.4. A reader may see a
 * count that its sum does not have yet: each number alone is right, and the next reading has both. */
#include "microflux/metrics.h"

#include <stdio.h>

#define MS 1000
#define S  1000000

const int64_t histogram_us[HISTOGRAM_BOUNDS] = {
    50,       100,      250,      500,   MS,        5 * MS / 2, 5 * MS, 10 * MS, 25 * MS, 50 * MS,
    100 * MS, 250 * MS, 500 * MS, 1 * S, 5 * S / 2, 5 * S,      10 * S, 30 * S,  60 * S,  300 * S};
const int64_t histogram_sizes[HISTOGRAM_BOUNDS] = {1,     2,      5,      10,     20,      50,     100,
                                                   200,   500,    1000,   2000,   5000,    10000,  20000,
                                                   50000, 100000, 200000, 500000, 1000000, 2000000};
const int64_t histogram_points[HISTOGRAM_BOUNDS] = {5,  10, 15, 20, 25, 30, 35, 40, 45, 50,
                                                    55, 60, 65, 70, 75, 80, 85, 90, 95, 100};

void histogram_init(struct histogram *histogram, const int64_t *bounds)
{
    histogram->bounds = bounds;
}

void histogram_observe(struct histogram *histogram, int64_t value)
{
    size_t i = 0;
    value = value < 0 ? 0 : value;
    while (i < HISTOGRAM_BOUNDS && value > histogram->bounds[i])
        i++;
    count_up(&histogram->counts[i], 1);
    count_up(&histogram->sum, (uint64_t)value);
}

void tally_count(struct tally *tally, const char *word)
{
    size_t n = atomic_load_explicit(&tally->n, memory_order_relaxed), i = 0;
    while (i < n && strcmp(tally->at[i].word, word) != 0)
        i++;
    if (i >= TALLY_WORDS) {
        i = TALLY_WORDS;
        word = "other";
    }
    if (i == n) {
        snprintf(tally->at[i].word, sizeof tally->at[i].word, "%s", word);
        atomic_store_explicit(&tally->n, n + 1, memory_order_release);
    }
    count_up(&tally->at[i].n, 1);
}

/* ---- text ---- */

const char *metric_type_name(enum metric_type type)
{
    static const char *const names[] = {"counter", "gauge", "histogram"};
    return names[type];
}

static void add_escaped(struct buffer *out, const char *text, bool quotes)
{
    for (const char *p = text; *p; p++)
        if (*p == '\n')
            buffer_add_text(out, "\\n");
        else if (*p == '\\' || (quotes && *p == '"'))
            buffer_printf(out, "\\%c", *p);
        else
            buffer_add(out, p, 1);
}

void metrics_head(struct buffer *out, const char *name, enum metric_type type, const char *sentence)
{
    buffer_printf(out, "# HELP %s ", name);
    add_escaped(out, sentence, false);
    buffer_printf(out, "\n# TYPE %s %s\n", name, metric_type_name(type));
}

void metrics_label(struct buffer *labels, const char *name, const char *value)
{
    buffer_printf(labels, "%s%s=\"", labels->len ? "," : "", name);
    add_escaped(labels, value, true);
    buffer_add(labels, "\"", 1);
}

static void sample(struct buffer *out, const char *name, const char *suffix, const struct buffer *labels,
                   const char *more, double value)
{
    size_t n = labels ? labels->len : 0;
    buffer_printf(out, "%s%s", name, suffix);
    if (n || *more)
        buffer_printf(out, "{%.*s%s%s}", (int)n, n ? labels->data : "", n && *more ? "," : "", more);
    buffer_printf(out, " %.15g\n", value);
}

void metrics_sample(struct buffer *out, const char *name, const struct buffer *labels, double value)
{
    sample(out, name, "", labels, "", value);
}

void metrics_histogram(struct buffer *out, const char *name, const struct buffer *labels,
                       const struct histogram *histogram, double scale)
{
    uint64_t sum = atomic_load_explicit(&histogram->sum, memory_order_relaxed), n = 0;
    for (size_t i = 0; i <= HISTOGRAM_BOUNDS; i++) {
        char le[40] = "le=\"+Inf\"";
        if (i < HISTOGRAM_BOUNDS)
            snprintf(le, sizeof le, "le=\"%.15g\"", (double)histogram->bounds[i] * scale);
        n += atomic_load_explicit(&histogram->counts[i], memory_order_relaxed);
        sample(out, name, "_bucket", labels, le, (double)n);
    }
    sample(out, name, "_sum", labels, "", (double)sum * scale);
    sample(out, name, "_count", labels, "", (double)n);
}
