/* bench_figures: figures of repeated runs, and latencies as a histogram. Pure. */
#ifndef COMMANDS_BENCH_FIGURES_H
#define COMMANDS_BENCH_FIGURES_H

#include <stddef.h>
#include <stdint.h>

/* ---- one figure, measured several times ---- */
#define MOST_RUNS 25
struct figure {
    double at[MOST_RUNS]; /* ascending */
    size_t n;
};

void figure_add(struct figure *figure, double x);
double
figure_median(const struct figure *figure); /* of an even number: the mean of the middle two; none: 0 */
double figure_min(const struct figure *figure);
double figure_max(const struct figure *figure);

/* ---- latencies: logarithmic buckets, each octave in LATENCY_STEPS, so that a value read from it is at most
 * 1/LATENCY_STEPS above the true one ---- */
#define LATENCY_STEPS   128
#define LATENCY_BUCKETS (36 * LATENCY_STEPS) /* up to 2^41 µs: 25 days */
struct latencies {
    uint64_t counts[LATENCY_BUCKETS];
    uint64_t n;
    int64_t max_us;
};

void latencies_add(struct latencies *latencies, int64_t us); /* below 0 counts as 0 */
/* latencies_at: the least bound that at least q (0 to 1] of all are not above, never beyond max_us; none: 0
 */
int64_t latencies_at(const struct latencies *latencies, double q);

#endif
