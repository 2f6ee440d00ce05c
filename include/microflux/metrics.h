/* metrics: what one thread counts while others read it, and the text it is shown in (Prometheus text format
 * 0.0.4), written and read.
 *
 * One writer a counter, histogram or tally; any number of readers, who see each number as it is (relaxed).
 * Nothing here locks, allocates or blocks on the writing side.
 */
#ifndef MICROFLUX_METRICS_H
#define MICROFLUX_METRICS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "microflux/bytes.h"

/* count_up: by the one thread that writes the counter, so it needs no locked instruction. */
static inline void count_up(atomic_uint_fast64_t *counter, uint64_t n)
{
    uint64_t now = atomic_load_explicit(counter, memory_order_relaxed);
    atomic_store_explicit(counter, now + n, memory_order_relaxed);
}

/* ---- histogram: how often a value was at most each bound; whole units (µs, records) ---- */
#define HISTOGRAM_BOUNDS 20
extern const int64_t histogram_us[HISTOGRAM_BOUNDS];     /* 50 µs to 5 min */
extern const int64_t histogram_sizes[HISTOGRAM_BOUNDS];  /* 1 to 2 million */
extern const int64_t histogram_points[HISTOGRAM_BOUNDS]; /* 5 to 100 */

struct histogram {
    const int64_t *bounds;
    atomic_uint_fast64_t counts[HISTOGRAM_BOUNDS + 1]; /* the last one: above every bound */
    atomic_uint_fast64_t sum;
};

void histogram_init(struct histogram *histogram, const int64_t *bounds); /* borrows the bounds */
void histogram_observe(struct histogram *histogram, int64_t value);      /* below 0 counts as 0 */

/* ---- tally: how often each word of a small set; {0} is empty ---- */
#define TALLY_WORDS 32 /* what does not fit is counted as "other" */
struct tally {
    struct {
        char word[32];
        atomic_uint_fast64_t n;
    } at[TALLY_WORDS + 1];
    atomic_size_t n;
};

void tally_count(struct tally *tally, const char *word);

/* ---- written ---- */
enum metric_type { METRIC_COUNTER, METRIC_GAUGE, METRIC_HISTOGRAM };

const char *metric_type_name(enum metric_type type);
void metrics_head(struct buffer *out, const char *name, enum metric_type type, const char *sentence);
/* metrics_label: appends name="value", escaped, with a comma where one is due. */
void metrics_label(struct buffer *labels, const char *name, const char *value);
void metrics_sample(struct buffer *out, const char *name, const struct buffer *labels, double value);
/* metrics_histogram: _bucket, _sum and _count; scale: base units of one (1e-6 for µs). */
void metrics_histogram(struct buffer *out, const char *name, const struct buffer *labels,
                       const struct histogram *histogram, double scale);

/* ---- read ---- */
struct metrics_line { /* borrows the text */
    struct bytes name, labels;
    double value;
};

/* metrics_next: the next sample of the text, which is advanced; comments and what cannot be read are skipped.
 */
bool metrics_next(struct bytes *text, struct metrics_line *line);
/* metrics_label_of: the value of a label, unescaped, cut to size; false: the line has no such label. */
bool metrics_label_of(const struct metrics_line *line, const char *name, char *out, size_t size);
/* metrics_quantile: of cumulative counts by ascending bounds, the last of which is infinite; linear within a
 * bucket. Negative: nothing was counted. */
double metrics_quantile(double q, const double *bounds, const double *cumulative, size_t n);

#endif
