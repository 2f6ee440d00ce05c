/* softmax: ridge regression of niches on vectors. Each step is one of Böhning's fixed bound on the Hessian,
 * whose Cholesky factor is made once (LAPACK), with Nesterov's momentum: a few dozen passes over the rows. */
#include <cblas.h>
#include <lapacke.h>
#include <math.h>
#include <stdlib.h>

#include "train_room.h"

#define COLUMNS   (FEATURES + 1) /* and the bias */
#define STEPS     100
#define CONVERGED 1e-3 /* largest change of a weight */

struct fitting {
    const struct niche_rows *rows;
    const uint8_t *folds;
    int without;
    double ridge;
    double *bound;  /* COLUMNS²: its Cholesky factor */
    double *w, *at; /* COLUMNS × k: where it is, and where momentum takes it */
    double *gradient;
};

static bool in_use(const struct fitting *f, size_t row)
{
    return !f->folds || f->folds[row] != f->without;
}

static void columns_of(const struct niche_rows *rows, size_t i, double x[COLUMNS])
{
    for (size_t d = 0; d < FEATURES; d++)
        x[d] = rows->features[i * FEATURES + d];
    x[FEATURES] = 1;
}

static void make_bound(struct fitting *f)
{
    double x[COLUMNS];
    for (size_t i = 0; i < f->rows->n; i++) {
        if (!in_use(f, i))
            continue;
        columns_of(f->rows, i, x);
        cblas_dsyr(CblasRowMajor, CblasUpper, COLUMNS, 0.5, x, 1, f->bound, COLUMNS);
    }
    for (size_t d = 0; d < COLUMNS; d++)
        f->bound[d * COLUMNS + d] += d < FEATURES ? f->ridge : 1e-6;
    if (LAPACKE_dpotrf(LAPACK_ROW_MAJOR, 'U', COLUMNS, f->bound, COLUMNS) != 0)
        abort(); /* positive definite by construction */
}

static void make_gradient(struct fitting *f)
{
    size_t k = f->rows->k;
    double x[COLUMNS], p[NICHES];
    for (size_t d = 0; d < COLUMNS; d++)
        for (size_t j = 0; j < k; j++)
            f->gradient[d * k + j] = d < FEATURES ? f->ridge * f->at[d * k + j] : 0;
    for (size_t i = 0; i < f->rows->n; i++) {
        if (!in_use(f, i))
            continue;
        columns_of(f->rows, i, x);
        cblas_dgemv(CblasRowMajor, CblasTrans, COLUMNS, (int)k, 1, f->at, (int)k, x, 1, 0, p, 1);
        softmax(p, k);
        for (size_t j = 0; j < k; j++)
            p[j] -= f->rows->labels[i * k + j];
        cblas_dger(CblasRowMajor, COLUMNS, (int)k, 1, x, 1, p, 1, f->gradient, (int)k);
    }
}

/* w moves by the solved gradient, and momentum carries it on; a momentum against the gradient is dropped. */
static double step(struct fitting *f, double *momentum)
{
    size_t n = COLUMNS * f->rows->k;
    double most = 0, against = 0, next = (1 + sqrt(1 + 4 * *momentum * *momentum)) / 2;
    make_gradient(f);
    if (LAPACKE_dpotrs(LAPACK_ROW_MAJOR, 'U', COLUMNS, (lapack_int)f->rows->k, f->bound, COLUMNS, f->gradient,
                       (lapack_int)f->rows->k) != 0)
        abort();
    for (size_t i = 0; i < n; i++)
        against += f->gradient[i] * (f->at[i] - f->gradient[i] - f->w[i]);
    double by = against > 0 ? 0 : (*momentum - 1) / next;
    for (size_t i = 0; i < n; i++) {
        double moved = f->at[i] - f->gradient[i];
        most = fmax(most, fabs(moved - f->w[i]));
        f->at[i] = moved + by * (moved - f->w[i]);
        f->w[i] = moved;
    }
    *momentum = against > 0 ? 1 : next;
    return most;
}

static void keep(const struct fitting *f, struct niche_model *model)
{
    size_t k = f->rows->k;
    model->n = k;
    for (size_t j = 0; j < k; j++) {
        for (size_t d = 0; d < FEATURES; d++)
            model->weights[j][d] = (float)f->w[d * k + j];
        model->bias[j] = (float)f->w[FEATURES * k + j];
    }
}

void niche_fit(const struct niche_rows *rows, const uint8_t *folds, int without, double c,
               struct niche_model *model)
{
    size_t n = COLUMNS * rows->k;
    struct fitting f = {rows,
                        folds,
                        without,
                        1 / c,
                        memory(COLUMNS * COLUMNS, sizeof(double)),
                        memory(n, sizeof(double)),
                        memory(n, sizeof(double)),
                        memory(n, sizeof(double))};
    double momentum = 1;
    make_bound(&f);
    for (int i = 0; i < STEPS && step(&f, &momentum) > CONVERGED; i++)
        continue;
    keep(&f, model);
    free(f.bound);
    free(f.w);
    free(f.at);
    free(f.gradient);
}

static uint32_t largest(const float *labels, size_t k)
{
    uint32_t at = 0;
    for (uint32_t j = 1; j < k; j++)
        at = labels[j] > labels[at] ? j : at;
    return at;
}

struct class_figures niche_heldout(const struct niche_rows *rows, double c, uint64_t seed)
{
    uint8_t *folds = memory(rows->n, sizeof *folds);
    uint32_t *truth = memory(rows->n, sizeof *truth);
    double *posterior = memory(rows->n * rows->k, sizeof *posterior);
    struct niche_model *model = memory(1, sizeof *model);
    for (size_t i = 0; i < rows->n; i++) {
        folds[i] = (uint8_t)random_below(&seed, N_FOLDS);
        truth[i] = largest(rows->labels + i * rows->k, rows->k);
    }
    for (int fold = 0; fold < N_FOLDS; fold++) {
        niche_fit(rows, folds, fold, c, model);
        for (size_t i = 0; i < rows->n; i++)
            if (folds[i] == fold)
                niche_softmax(model, rows->features + i * FEATURES, posterior + i * rows->k);
    }
    struct class_figures figures = figures_of_classes(posterior, truth, rows->n, rows->k);
    free(folds);
    free(truth);
    free(posterior);
    free(model);
    return figures;
}
