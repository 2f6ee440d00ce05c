/* actor: slope and intercept of the credibility logit refitted to the user's own labels (Platt 1999): the
 * direction of the formula carries over between sets, its base rate does not. */
#include <math.h>
#include <stdlib.h>

#include "train_room.h"

#define STEPS   50
#define FOLDS   10
#define LEAST_P 1e-9

double actor_logit(const struct methodology *m, const struct interaction_record *record)
{
    double p = fmin(fmax(actor_fake(m, record), LEAST_P), 1 - LEAST_P);
    return log(p / (1 - p));
}

static double probability(double logit)
{
    return 1 / (1 + exp(-logit));
}

/* Newton's method; targets a little off 0 and 1, as Platt, so that separable rows stay finite. */
void actor_refit(const struct scored *logits, size_t n, double *slope, double *intercept)
{
    double fakes = 0;
    *slope = 1;
    *intercept = 0;
    for (size_t i = 0; i < n; i++)
        fakes += logits[i].positive;
    double high = (fakes + 1) / (fakes + 2), low = 1 / ((double)n - fakes + 2);
    for (int step = 0; step < STEPS; step++) {
        double g0 = 0, g1 = 0, h00 = 1e-9, h01 = 0, h11 = 1e-9;
        for (size_t i = 0; i < n; i++) {
            double x = logits[i].score, p = probability(*slope * x + *intercept), v = p * (1 - p);
            double error = p - (logits[i].positive ? high : low);
            g0 += error;
            g1 += error * x;
            h00 += v;
            h01 += v * x;
            h11 += v * x * x;
        }
        double determinant = h00 * h11 - h01 * h01;
        *intercept -= (h11 * g0 - h01 * g1) / determinant;
        *slope -= (h00 * g1 - h01 * g0) / determinant;
    }
}

static struct actor_figures figures_of(struct scored *rows, size_t n)
{
    for (size_t i = 0; i < n; i++)
        rows[i].score = probability(rows[i].score);
    struct actor_figures figures = {n, 0, figure_f1(rows, n, 0.5), figure_ece(rows, n)};
    figures.auc = figure_auc(rows, n);
    return figures;
}

struct actor_figures actor_as_is(const struct scored *logits, size_t n)
{
    struct scored *rows = memory(n, sizeof *rows);
    memcpy(rows, logits, n * sizeof *rows);
    struct actor_figures figures = figures_of(rows, n);
    free(rows);
    return figures;
}

struct actor_figures actor_heldout(const struct scored *logits, size_t n, uint64_t seed)
{
    struct scored *rest = memory(n, sizeof *rest), *out = memory(n, sizeof *out);
    uint32_t *order = memory(n, sizeof *order);
    size_t done = 0;
    for (uint32_t i = 0; i < n; i++)
        order[i] = i;
    shuffle(order, n, &seed);
    for (size_t fold = 0; fold < FOLDS; fold++) {
        double slope, intercept;
        size_t kept = 0;
        for (size_t i = 0; i < n; i++)
            if (i % FOLDS != fold)
                rest[kept++] = logits[order[i]];
        actor_refit(rest, kept, &slope, &intercept);
        for (size_t i = fold; i < n; i += FOLDS)
            out[done++] =
                (struct scored){slope * logits[order[i]].score + intercept, logits[order[i]].positive};
    }
    struct actor_figures figures = figures_of(out, n);
    free(rest);
    free(out);
    free(order);
    return figures;
}

void actor_methodology(struct methodology *m, double slope, double intercept, double base_rate)
{
    m->fake_intercept = slope * m->fake_intercept + intercept;
    m->fake_ratio *= slope;
    m->fake_posts *= slope;
    m->fake_following *= slope;
    m->fake_no_picture *= slope;
    m->fake_digits *= slope;
    m->fake_base_rate = base_rate;
}
