/* sparse: pairs of tokens become positive pointwise mutual information, and that the first axes of its
 * singular value decomposition: randomised (Halko, Martinsson and Tropp 2011) with power iterations; the
 * dense part is LAPACK's. Repeatable: the seed gives the start, the sign of each axis is fixed. */
#include <cblas.h>
#include <lapacke.h>
#include <math.h>
#include <stdlib.h>

#include "train_room.h"

#define WIDTH         80 /* DIMS and a few more */
#define ITERATIONS    4
#define CONTEXT_POWER 0.75

void sparse_free(struct sparse *m)
{
    free(m->first);
    free(m->column);
    free(m->value);
}

static int by_place(const void *a, const void *b)
{
    const struct pair *x = a, *y = b;
    if (x->i != y->i)
        return x->i < y->i ? -1 : 1;
    return (x->j > y->j) - (x->j < y->j);
}

static size_t merge(struct pair *pairs, size_t n)
{
    size_t kept = 0;
    qsort(pairs, n, sizeof *pairs, by_place);
    for (size_t k = 0; k < n; k++)
        if (kept && pairs[kept - 1].i == pairs[k].i && pairs[kept - 1].j == pairs[k].j)
            pairs[kept - 1].weight += pairs[k].weight;
        else
            pairs[kept++] = pairs[k];
    return kept;
}

struct information {
    double *sums, *contexts, total;
};

static float value_of(const struct information *of, uint32_t i, uint32_t j, double weight)
{
    double pmi = log(weight * of->total / (of->sums[i] * of->contexts[j]));
    return pmi > 0 ? (float)pmi : 0;
}

/* Both halves, rows in order of columns because the pairs are. */
static void fill(struct sparse *m, const struct pair *pairs, size_t n_pairs, const struct information *of)
{
    size_t *next = memory(m->n + 1, sizeof *next);
    for (size_t k = 0; k < n_pairs; k++) {
        m->first[pairs[k].i + 1]++;
        m->first[pairs[k].j + 1]++;
    }
    for (size_t i = 0; i < m->n; i++)
        m->first[i + 1] += m->first[i];
    memcpy(next, m->first, m->n * sizeof *next);
    for (int half = 0; half < 2; half++)
        for (size_t k = 0; k < n_pairs; k++) {
            uint32_t i = half ? pairs[k].i : pairs[k].j, j = half ? pairs[k].j : pairs[k].i;
            size_t at = next[i]++;
            m->column[at] = j;
            m->value[at] = value_of(of, i, j, pairs[k].weight);
        }
    free(next);
}

struct sparse ppmi(size_t n, struct pair *pairs, size_t n_pairs)
{
    struct information of = {memory(n, sizeof(double)), memory(n, sizeof(double)), 0};
    n_pairs = merge(pairs, n_pairs);
    struct sparse m = {n, memory(n + 1, sizeof(size_t)), memory(2 * n_pairs, sizeof(uint32_t)),
                       memory(2 * n_pairs, sizeof(float))};
    for (size_t k = 0; k < n_pairs; k++) {
        of.sums[pairs[k].i] += pairs[k].weight;
        of.sums[pairs[k].j] += pairs[k].weight;
    }
    for (size_t i = 0; i < n; i++)
        of.total += of.contexts[i] = pow(of.sums[i], CONTEXT_POWER);
    fill(&m, pairs, n_pairs, &of);
    free(of.sums);
    free(of.contexts);
    return m;
}

/* out = M x, or its transpose; x and out n × WIDTH. */
static void multiply(const struct sparse *m, bool transposed, const double *x, double *out)
{
    memset(out, 0, m->n * WIDTH * sizeof *out);
    for (size_t i = 0; i < m->n; i++)
        for (size_t k = m->first[i]; k < m->first[i + 1]; k++) {
            size_t j = m->column[k];
            const double *from = x + (transposed ? i : j) * WIDTH;
            double *to = out + (transposed ? j : i) * WIDTH, value = m->value[k];
            for (size_t d = 0; d < WIDTH; d++)
                to[d] += value * from[d];
        }
}

static void must(lapack_int info)
{
    if (info != 0) /* an argument of ours was wrong, or values were not finite */
        abort();
}

static void orthonormal(double *x, size_t n)
{
    double tau[WIDTH];
    must(LAPACKE_dgeqrf(LAPACK_ROW_MAJOR, (lapack_int)n, WIDTH, x, WIDTH, tau));
    must(LAPACKE_dorgqr(LAPACK_ROW_MAJOR, (lapack_int)n, WIDTH, WIDTH, x, WIDTH, tau));
}

/* The axes: eigenvectors of B Bᵀ, where Bᵀ = Mᵀ Q. */
static void axes(const double *bt, size_t n, double vectors[WIDTH * WIDTH], double values[WIDTH])
{
    cblas_dgemm(CblasRowMajor, CblasTrans, CblasNoTrans, WIDTH, WIDTH, (int)n, 1, bt, WIDTH, bt, WIDTH, 0,
                vectors, WIDTH);
    must(LAPACKE_dsyev(LAPACK_ROW_MAJOR, 'V', 'U', WIDTH, vectors, WIDTH, values));
}

static void fix_sign(double *out, size_t n, size_t axis)
{
    double most = 0;
    for (size_t i = 0; i < n; i++)
        most = fabs(out[i * DIMS + axis]) > fabs(most) ? out[i * DIMS + axis] : most;
    for (size_t i = 0; most < 0 && i < n; i++)
        out[i * DIMS + axis] *= -1;
}

void svd(const struct sparse *m, uint64_t seed, double *out)
{
    double *q = memory(m->n * WIDTH, sizeof *q), *z = memory(m->n * WIDTH, sizeof *z);
    double vectors[WIDTH * WIDTH], values[WIDTH];
    for (size_t i = 0; i < m->n * WIDTH; i++)
        z[i] = (double)(random_next(&seed) >> 11) / (double)(1ull << 52) - 1;
    for (int k = 0; k < ITERATIONS; k++) {
        multiply(m, false, z, q);
        orthonormal(q, m->n);
        multiply(m, true, q, z);
        if (k + 1 < ITERATIONS)
            orthonormal(z, m->n);
    }
    axes(z, m->n, vectors, values);
    for (size_t axis = 0; axis < DIMS; axis++) {
        size_t of = WIDTH - 1 - axis; /* eigenvalues rise */
        double root = sqrt(sqrt(fmax(values[of], 0)));
        for (size_t i = 0; i < m->n; i++) {
            double sum = 0;
            for (size_t d = 0; d < WIDTH; d++)
                sum += q[i * WIDTH + d] * vectors[d * WIDTH + of];
            out[i * DIMS + axis] = sum * root;
        }
        fix_sign(out, m->n, axis);
    }
    free(q);
    free(z);
}
