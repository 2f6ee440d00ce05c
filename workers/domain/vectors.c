/* vectors: content and audience of a creator (scoring.md §7). A vector without evidence is 0, which is
 * neutral to every brand; sums are taken in double, what is kept is float. */
#include "microflux/vectors.h"

#include <math.h>
#include <stdlib.h>

const struct embedded *embedding_find(const struct embedding *e, uint32_t token)
{
    size_t low = 0, high = e->n;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (e->tokens[middle].token < token)
            low = middle + 1;
        else
            high = middle;
    }
    return low < e->n && e->tokens[low].token == token ? &e->tokens[low] : NULL;
}

double embedding_weight(const struct embedding *e, const struct embedded *token)
{
    return log((e->posts + 1) / ((double)token->df + 1));
}

static void add_scaled(double x[DIMS], const struct embedded *token, double by)
{
    for (size_t i = 0; i < DIMS; i++)
        x[i] += by * token->scale * token->code[i];
}

double dims_dot(const float *a, const float *b, size_t dims)
{
    double sum = 0;
    for (size_t i = 0; i < dims; i++)
        sum += (double)a[i] * b[i];
    return sum;
}

bool dims_unit_less(const float *x, const float *mean, size_t dims, float *out)
{
    double length = sqrt(dims_dot(x, x, dims));
    for (size_t i = 0; i < dims; i++)
        out[i] = length > 0 ? (float)(x[i] / length - mean[i]) : 0;
    return length > 0;
}

static bool unit_less_mu(const struct embedding *e, const double x[DIMS], float out[DIMS])
{
    float narrow[DIMS];
    for (size_t i = 0; i < DIMS; i++)
        narrow[i] = (float)x[i];
    return dims_unit_less(narrow, e->mu, DIMS, out);
}

static int by_token(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

void content_vector(const struct embedding *e, uint32_t *tokens, size_t n, struct content *content)
{
    double x[DIMS] = {0};
    content->n = 0;
    qsort(tokens, n, sizeof *tokens, by_token);
    for (size_t i = 0, count; i < n; i += count) {
        const struct embedded *token = embedding_find(e, tokens[i]);
        for (count = 1; i + count < n && tokens[i + count] == tokens[i];)
            count++;
        if (!token)
            continue;
        content->n++;
        add_scaled(x, token, log(1 + (double)count) * embedding_weight(e, token));
    }
    if (!unit_less_mu(e, x, content->u))
        content->n = 0;
}

void audience_add(float y[DIMS], const float u[DIMS])
{
    for (size_t i = 0; i < DIMS; i++)
        y[i] += u[i];
}

static void scale(float v[DIMS], double by)
{
    for (size_t i = 0; i < DIMS; i++)
        v[i] = (float)(v[i] * by);
}

void audience_vector(const struct embedding *e, const struct methodology *m, const float y[DIMS], int64_t met,
                     float a[DIMS])
{
    dims_unit_less(y, e->nu, DIMS, a);
    scale(a, met > 0 ? (double)met / ((double)met + m->audience_vector_k) : 0);
}

void creator_vector(const struct methodology *m, const struct content *content, const float a[DIMS],
                    float v[DIMS])
{
    double by = content->n > 0 ? content->n / (content->n + m->content_vector_k) : 0;
    for (size_t i = 0; i < DIMS; i++)
        v[i] = (float)(by * content->u[i] + m->audience_weight * a[i]);
}

void vector_pack(const float v[DIMS], struct packed_vector *packed)
{
    float most = 0;
    for (size_t i = 0; i < DIMS; i++)
        most = fmaxf(most, fabsf(v[i]));
    packed->scale = most / 127;
    for (size_t i = 0; i < DIMS; i++)
        packed->code[i] = most > 0 ? (int8_t)lrintf(v[i] / packed->scale) : 0;
}

void vector_unpack(const struct packed_vector *packed, float v[DIMS])
{
    for (size_t i = 0; i < DIMS; i++)
        v[i] = packed->scale * packed->code[i];
}

void niche_features(const struct methodology *m, const struct content *content, const float a[DIMS],
                    float features[FEATURES])
{
    double by = content->n > 0 ? content->n / (content->n + m->niche_k) : 0;
    for (size_t i = 0; i < DIMS; i++) {
        features[i] = (float)(by * content->u[i]);
        features[DIMS + i] = a[i];
    }
}

void softmax(double *z, size_t n)
{
    double most = -INFINITY, sum = 0;
    for (size_t k = 0; k < n; k++)
        most = fmax(most, z[k]);
    for (size_t k = 0; k < n; k++)
        sum += z[k] = exp(z[k] - most);
    for (size_t k = 0; k < n; k++)
        z[k] /= sum;
}

void niche_softmax(const struct niche_model *model, const float features[FEATURES], double *posterior)
{
    for (size_t k = 0; k < model->n; k++)
        posterior[k] = model->bias[k] + dims_dot(model->weights[k], features, FEATURES);
    softmax(posterior, model->n);
}

bool brand_cold(const struct embedding *e, const uint32_t *tokens, const double *weights, size_t n,
                float b[DIMS])
{
    double x[DIMS] = {0};
    for (size_t i = 0; i < n; i++) {
        const struct embedded *token = embedding_find(e, tokens[i]);
        if (token)
            add_scaled(x, token, (weights ? weights[i] : 1) * embedding_weight(e, token));
    }
    return unit_less_mu(e, x, b);
}

static double variance_of(const float *b, const float *covariance, size_t dims)
{
    double variance = 0;
    for (size_t i = 0; i < dims; i++)
        variance += b[i] * dims_dot(covariance + i * dims, b, dims);
    return variance;
}

static double score_of(double z)
{
    return 100 * 0.5 * erfc(-z * M_SQRT1_2);
}

void direction_of(const struct embedding *e, const float b[DIMS], struct direction *direction)
{
    double variance = variance_of(b, e->covariance[0], DIMS);
    *direction = (struct direction){.there = variance > 0, .mean = dims_dot(e->mean, b, DIMS)};
    direction->spread = sqrt(variance > 0 ? variance : 0);
    memcpy(direction->b, b, sizeof direction->b);
}

double direction_score(const struct direction *direction, const float v[DIMS])
{
    return direction->there
               ? score_of((dims_dot(v, direction->b, DIMS) - direction->mean) / direction->spread)
               : 0;
}

bool dims_affinity(const float *v, const float *b, const float *mean, const float *covariance, size_t dims,
                   struct affinity *affinity)
{
    double variance = variance_of(b, covariance, dims);
    if (!(variance > 0))
        return false;
    affinity->a = dims_dot(v, b, dims);
    affinity->z = (affinity->a - dims_dot(mean, b, dims)) / sqrt(variance);
    affinity->score = score_of(affinity->z);
    return true;
}
