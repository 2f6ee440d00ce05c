/* figures: how good scores are on a truth. */
#include <math.h>
#include <stdlib.h>

#include "train_room.h"

#define BINS 10

static int by_score(const void *a, const void *b)
{
    const struct scored *x = a, *y = b;
    return (x->score > y->score) - (x->score < y->score);
}

double figure_auc(struct scored *rows, size_t n)
{
    double below = 0, wins = 0, positives = 0;
    qsort(rows, n, sizeof *rows, by_score);
    for (size_t i = 0, end; i < n; i = end) {
        double ties[2] = {0, 0};
        for (end = i; end < n && rows[end].score == rows[i].score; end++)
            ties[rows[end].positive]++;
        wins += ties[1] * (below + ties[0] / 2);
        below += ties[0];
        positives += ties[1];
    }
    return below > 0 && positives > 0 ? wins / (below * positives) : 0.5;
}

static double f1(double hit, double said, double there)
{
    return said + there > 0 ? 2 * hit / (said + there) : 0;
}

double figure_f1(const struct scored *rows, size_t n, double from)
{
    double counts[2][2] = {{0}}; /* truth, said */
    for (size_t i = 0; i < n; i++)
        counts[rows[i].positive][rows[i].score >= from]++;
    return (f1(counts[1][1], counts[0][1] + counts[1][1], counts[1][0] + counts[1][1]) +
            f1(counts[0][0], counts[0][0] + counts[1][0], counts[0][0] + counts[0][1])) /
           2;
}

double figure_ece(const struct scored *rows, size_t n)
{
    double said[BINS] = {0}, true_of[BINS] = {0}, error = 0;
    for (size_t i = 0; i < n; i++) {
        int bin = (int)fmin(rows[i].score * BINS, BINS - 1);
        said[bin] += rows[i].score;
        true_of[bin] += rows[i].positive;
    }
    for (int bin = 0; bin < BINS; bin++)
        error += fabs(said[bin] - true_of[bin]);
    return n ? error / (double)n : 0;
}

struct class_figures figures_of_classes(const double *posterior, const uint32_t *truth, size_t n, size_t k)
{
    struct class_figures figures = {.n = n};
    struct scored *best = memory(n, sizeof *best);
    double hit[NICHES] = {0}, said[NICHES] = {0}, there[NICHES] = {0}, classes = 0;
    for (size_t i = 0; i < n; i++) {
        size_t at = 0;
        for (size_t j = 1; j < k; j++)
            at = posterior[i * k + j] > posterior[i * k + at] ? j : at;
        best[i] = (struct scored){posterior[i * k + at], at == truth[i]};
        hit[at] += best[i].positive;
        said[at]++;
        there[truth[i]]++;
        figures.accuracy += best[i].positive / (double)n;
    }
    for (size_t j = 0; j < k; j++) {
        classes += there[j] > 0;
        figures.macro_f1 += there[j] > 0 ? f1(hit[j], said[j], there[j]) : 0;
    }
    figures.macro_f1 = classes > 0 ? figures.macro_f1 / classes : 0;
    figures.ece = figure_ece(best, n);
    free(best);
    return figures;
}
