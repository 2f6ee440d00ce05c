/* numbers: the conventions of §0: ramps, medians, rounding, confidence, and the weighted score with its final
 * weights and contributions. */
#include <math.h>

#include "domain_room.h"

double ramp(double x, struct ramp r)
{
    double at = (x - r.from) / (r.to - r.from);
    return at < 0 ? 0 : at > 1 ? 1 : at;
}

double penalty(double x, struct penalty p)
{
    return p.cap * ramp(x, p.ramp);
}

/* Most values of most creators are 0 or missing. */
double round_rate(double x)
{
    return x == 0 ? 0 : rint(x * 1e7) / 1e7;
}

double round_score(double x)
{
    return x == 0 ? 0 : rint(x * 1e3) / 1e3;
}

/* By insertion: there are a few dozen at most, mostly fewer than 12. */
static void sort(double *x, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        double moving = x[i];
        size_t at = i;
        for (; at > 0 && x[at - 1] > moving; at--)
            x[at] = x[at - 1];
        x[at] = moving;
    }
}

double median_of(double *x, size_t n)
{
    if (n == 0)
        return 0;
    sort(x, n);
    return n % 2 ? x[n / 2] : (x[n / 2 - 1] + x[n / 2]) / 2;
}

static void sort_runs(struct run *runs, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        struct run moving = runs[i];
        size_t at = i;
        for (; at > 0 && runs[at - 1].value > moving.value; at--)
            runs[at] = runs[at - 1];
        runs[at] = moving;
    }
}

/* The value that stands at `place` when all are written out in order. */
static double value_at(const struct run *runs, size_t n, int64_t place)
{
    size_t i = 0;
    for (; i + 1 < n && place >= runs[i].n; i++)
        place -= runs[i].n;
    return runs[i].value;
}

double median_of_runs(struct run *runs, size_t n)
{
    int64_t total = 0;
    sort_runs(runs, n);
    for (size_t i = 0; i < n; i++)
        total += runs[i].n;
    return total ? (value_at(runs, n, (total - 1) / 2) + value_at(runs, n, total / 2)) / 2 : 0;
}

double percentile_of(const double *sorted, size_t n, double p)
{
    double at = p * (double)(n - 1), low = floor(at);
    size_t i = (size_t)low;
    return i + 1 < n ? sorted[i] + (at - low) * (sorted[i + 1] - sorted[i]) : sorted[n - 1];
}

struct part part_of(bool there, double score, int32_t n, double k)
{
    if (!there)
        return (struct part){.n = n};
    return (struct part){.there = true, .n = n, .score = score, .confidence = n / (n + k)};
}

void weigh(const struct methodology *m, const char *const *names, const double *weights,
           const struct part *parts, size_t n, struct weighted *out)
{
    double present = 0, all = 0, sum = 0;
    for (size_t i = 0; i < n; i++) {
        double confidence = parts[i].there ? parts[i].confidence : 0;
        all += weights[i];
        present += weights[i] * confidence;
        sum += weights[i] * confidence * parts[i].score;
        out->of[i] = (struct contribution){.signal = names[i],
                                           .there = parts[i].there,
                                           .n = parts[i].n,
                                           .value = parts[i].score,
                                           .confidence = confidence};
    }
    out->n = n;
    out->confidence = present / all;
    out->there = round_rate(out->confidence) >= m->confidence_least;
    out->score = out->there ? sum / present : 0;
    for (size_t i = 0; i < n && out->there; i++) {
        out->of[i].weight = weights[i] * out->of[i].confidence / present;
        out->of[i].contribution = out->of[i].weight * out->of[i].value;
    }
}
