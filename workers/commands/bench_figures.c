/* bench_figures: medians, and percentiles out of buckets whose width grows with the value. */
#include "bench_figures.h"

#include <math.h>

void figure_add(struct figure *f, double x)
{
    size_t i = f->n < MOST_RUNS ? f->n++ : MOST_RUNS - 1;
    for (; i > 0 && f->at[i - 1] > x; i--)
        f->at[i] = f->at[i - 1];
    f->at[i] = x;
}

double figure_median(const struct figure *f)
{
    return f->n ? (f->at[(f->n - 1) / 2] + f->at[f->n / 2]) / 2 : 0;
}

double figure_min(const struct figure *f)
{
    return f->n ? f->at[0] : 0;
}

double figure_max(const struct figure *f)
{
    return f->n ? f->at[f->n - 1] : 0;
}

/* Below two octaves of steps a bucket is one µs wide; from there on each octave doubles the width. */
static size_t bucket_of(uint64_t us)
{
    int shift = us < 2 * LATENCY_STEPS ? 0 : 63 - __builtin_clzll(us / LATENCY_STEPS);
    size_t bucket = (size_t)shift * LATENCY_STEPS + (size_t)(us >> shift);
    return bucket < LATENCY_BUCKETS ? bucket : LATENCY_BUCKETS - 1;
}

static int64_t highest_in(size_t bucket)
{
    size_t shift = bucket < 2 * LATENCY_STEPS ? 0 : bucket / LATENCY_STEPS - 1;
    return (int64_t)(((bucket - shift * LATENCY_STEPS + 1) << shift) - 1);
}

void latencies_add(struct latencies *l, int64_t us)
{
    us = us < 0 ? 0 : us;
    l->counts[bucket_of((uint64_t)us)]++;
    l->n++;
    l->max_us = us > l->max_us ? us : l->max_us;
}

int64_t latencies_at(const struct latencies *l, double q)
{
    uint64_t wanted = (uint64_t)ceil(q * (double)l->n), seen = 0;
    for (size_t i = 0; i < LATENCY_BUCKETS && l->n; i++) {
        seen += l->counts[i];
        if (seen >= wanted && seen)
            return highest_in(i) < l->max_us ? highest_in(i) : l->max_us;
    }
    return l->max_us;
}
