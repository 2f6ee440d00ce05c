/* pseudo: rows of niches without any label. The lexicon's tags that the embedding knows are seeds; each
 * token's niches are those of its nearest seeds; creators get soft labels from their tokens and their
 * audience, one step of naive Bayes sharpens them, and the rows it is sure of are taken (score-quality study:
 * worth about 1,000 labels). */
#include <math.h>
#include <stdlib.h>

#include "train_room.h"

#define NEAREST        3    /* seeds of a niche that count */
#define SHARPNESS      12.0 /* of cosines */
#define TOKENS_POWER   0.5  /* sum over n tokens by (1 + n)^ */
#define AUDIENCE       4.0
#define BAYES          0.8
#define BAYES_POWER    0.7
#define BAYES_AUDIENCE 2.0
#define SURE           0.7
#define SMOOTHING      0.1

struct pseudo {
    const struct corpus *corpus;
    const struct embedding *embedding;
    const struct creator_vectors *vectors;
    size_t k;
    const struct embedded **embedded; /* of each token of the corpus; NULL: not in the model */
    double *near;                     /* tokens × k: z of the study */
    double centre[NICHES][DIMS];      /* mean of the seeds, less that over all niches, length 1 */
    double *soft;                     /* creators × k */
};

static double cosine(const struct embedded *a, const struct embedded *b)
{
    int32_t sum = 0;
    for (size_t d = 0; d < DIMS; d++)
        sum += a->code[d] * b->code[d];
    return sum * (double)a->scale * b->scale;
}

static void less_mean(double *x, size_t k, double by)
{
    double mean = 0;
    for (size_t j = 0; j < k; j++)
        mean += x[j] / (double)k;
    for (size_t j = 0; j < k; j++)
        x[j] = by * (x[j] - mean);
}

static void note_near(double top[NEAREST], double x)
{
    for (int i = 0; i < NEAREST; i++)
        if (x > top[i]) {
            double moved = top[i];
            top[i] = x;
            x = moved;
        }
}

/* Mean of the nearest seeds of each niche, centred over the niches. */
static void token_niches(const struct pseudo *p, const uint32_t *seeds, size_t n_seeds,
                         const struct embedded *token, double *out)
{
    double top[NICHES][NEAREST];
    for (size_t j = 0; j < p->k; j++)
        for (int i = 0; i < NEAREST; i++)
            top[j][i] = -1;
    for (size_t s = 0; s < n_seeds; s++)
        note_near(top[p->corpus->tokens[seeds[s]]->niche], cosine(token, p->embedded[seeds[s]]));
    for (size_t j = 0; j < p->k; j++)
        for (int i = 0; i < NEAREST; i++)
            out[j] += top[j][i] / NEAREST;
    less_mean(out, p->k, SHARPNESS);
}

static void find_centres(struct pseudo *p, const uint32_t *seeds, size_t n_seeds)
{
    double mean[DIMS] = {0}, length;
    for (size_t s = 0; s < n_seeds; s++) {
        const struct embedded *seed = p->embedded[seeds[s]];
        for (size_t d = 0; d < DIMS; d++)
            p->centre[p->corpus->tokens[seeds[s]]->niche][d] += seed->scale * seed->code[d];
    }
    for (int pass = 0; pass < 2; pass++) /* to length 1, then less their mean and again */
        for (size_t j = 0; j < p->k; j++) {
            length = 0;
            for (size_t d = 0; d < DIMS; d++) {
                p->centre[j][d] -= pass ? mean[d] : 0;
                length += p->centre[j][d] * p->centre[j][d];
            }
            for (size_t d = 0; d < DIMS; d++) {
                p->centre[j][d] /= length > 0 ? sqrt(length) : 1;
                mean[d] += pass ? 0 : p->centre[j][d] / (double)p->k;
            }
        }
}

static void audience_niches(const struct pseudo *p, const struct creator_vectors *of, double by, double *out)
{
    double length = sqrt(dims_dot(of->a, of->a, DIMS));
    for (size_t j = 0; length > 0 && j < p->k; j++) {
        double sum = 0;
        for (size_t d = 0; d < DIMS; d++)
            sum += of->a[d] * p->centre[j][d];
        out[j] += by * sum / length;
    }
}

/* Adds a value per token to a creator's logits, once for each distinct token; returns how many. */
static size_t add_tokens(const struct pseudo *p, const struct corpus_creator *creator, const double *values,
                         uint32_t *seen, double *out)
{
    size_t n = 0;
    for (size_t i = 0; i < creator->n_posts; i++)
        for (size_t t = 0; t < creator->posts[i]->n_tokens; t++) {
            uint32_t token = creator->posts[i]->tokens[t];
            if (!p->embedded[token] || seen[token] == creator->index + 1)
                continue;
            seen[token] = creator->index + 1;
            n++;
            for (size_t j = 0; j < p->k; j++)
                out[j] += values[token * p->k + j];
        }
    return n;
}

static void prior_of(const struct pseudo *p, double *prior)
{
    double n = (double)p->corpus->n_creators;
    memset(prior, 0, p->k * sizeof *prior);
    for (size_t i = 0; i < p->corpus->n_creators; i++)
        for (size_t j = 0; j < p->k; j++)
            prior[j] += p->soft[i * p->k + j] / n;
}

/* Labels of all creators from a value per token. */
static void label(struct pseudo *p, const double *values, double weight, double power, double audience,
                  const double *log_prior)
{
    uint32_t *seen = memory(p->corpus->n_tokens, sizeof *seen);
    for (size_t i = 0; i < p->corpus->n_creators; i++) {
        double *z = p->soft + i * p->k, sum[NICHES] = {0};
        size_t n = add_tokens(p, p->corpus->creators[i], values, seen, sum);
        for (size_t j = 0; j < p->k; j++)
            z[j] = weight * sum[j] / pow(1 + (double)n, power) + (log_prior ? log_prior[j] : 0);
        audience_niches(p, &p->vectors[i], audience, z);
        softmax(z, p->k);
    }
    free(seen);
}

/* ln P(token | niche) by the soft labels, centred over the niches. */
static double *bayes(const struct pseudo *p)
{
    double *values = memory(p->corpus->n_tokens * p->k, sizeof *values), sums[NICHES] = {0};
    for (size_t i = 0; i < p->corpus->n_creators; i++) {
        const struct corpus_creator *creator = p->corpus->creators[i];
        for (size_t o = 0; o < creator->n_posts; o++)
            for (size_t t = 0; t < creator->posts[o]->n_tokens; t++)
                for (size_t j = 0; j < p->k; j++) {
                    double by = p->embedded[creator->posts[o]->tokens[t]] ? p->soft[i * p->k + j] : 0;
                    values[creator->posts[o]->tokens[t] * p->k + j] += by;
                    sums[j] += by;
                }
    }
    for (size_t t = 0; t < p->corpus->n_tokens; t++) {
        for (size_t j = 0; j < p->k; j++)
            values[t * p->k + j] =
                log((values[t * p->k + j] + SMOOTHING) / (sums[j] + SMOOTHING * (double)p->corpus->n_tokens));
        less_mean(values + t * p->k, p->k, 1);
    }
    return values;
}

static struct niche_rows sure_rows(const struct pseudo *p, const struct methodology *m)
{
    size_t n = p->corpus->n_creators;
    struct niche_rows rows = {0, p->k, memory(n * FEATURES, sizeof(float)), memory(n * p->k, sizeof(float))};
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < p->k; j++)
            if (p->soft[i * p->k + j] > SURE && (p->vectors[i].content.n || p->vectors[i].met)) {
                niche_features(m, &p->vectors[i].content, p->vectors[i].a, rows.features + rows.n * FEATURES);
                rows.labels[rows.n++ * p->k + j] = 1;
            }
    return rows;
}

struct niche_rows niche_pseudo(const struct corpus *c, const struct embedding *e, const struct methodology *m,
                               const struct creator_vectors *vectors)
{
    struct pseudo p = {c,
                       e,
                       vectors,
                       m->n_niches,
                       memory(c->n_tokens, sizeof(void *)),
                       memory(c->n_tokens * m->n_niches, sizeof(double)),
                       {{0}},
                       memory(c->n_creators * m->n_niches, sizeof(double))};
    uint32_t *seeds = memory(c->n_tokens, sizeof *seeds);
    double prior[NICHES];
    size_t n = 0;
    for (size_t t = 0; t < c->n_tokens; t++) {
        p.embedded[t] = embedding_find(e, c->tokens[t]->token);
        if (p.embedded[t] && c->tokens[t]->niche >= 0 && (size_t)c->tokens[t]->niche < p.k)
            seeds[n++] = (uint32_t)t;
    }
    find_centres(&p, seeds, n);
    for (size_t t = 0; t < c->n_tokens; t++)
        if (p.embedded[t])
            token_niches(&p, seeds, n, p.embedded[t], p.near + t * p.k);
    label(&p, p.near, 1, TOKENS_POWER, AUDIENCE, NULL);
    prior_of(&p, prior);
    for (size_t j = 0; j < p.k; j++)
        prior[j] = log(prior[j]) / 2;
    double *values = bayes(&p);
    label(&p, values, BAYES, BAYES_POWER, BAYES_AUDIENCE, prior);
    struct niche_rows rows = sure_rows(&p, m);
    free(values);
    free(seeds);
    free(p.embedded);
    free(p.near);
    free(p.soft);
    return rows;
}

struct niche_rows niche_labelled(const struct methodology *m, const struct creator_vectors *vectors,
                                 const uint32_t *creators, const uint32_t *labels, size_t n)
{
    struct niche_rows rows = {n, m->n_niches, memory(n * FEATURES, sizeof(float)),
                              memory(n * m->n_niches, sizeof(float))};
    for (size_t i = 0; i < n; i++) {
        const struct creator_vectors *of = &vectors[creators[i]];
        niche_features(m, &of->content, of->a, rows.features + i * FEATURES);
        rows.labels[i * rows.k + labels[i]] = 1;
    }
    return rows;
}

void niche_rows_free(struct niche_rows *rows)
{
    free(rows->features);
    free(rows->labels);
    *rows = (struct niche_rows){0};
}
