/* embed: tokens that stand together get near vectors. Tags and mentions jointly: 0.5 a pair of a post and 1.0
 * a pair of a creator, each over (length - 1); then the corpus' own means, which vectors are centred by. */
#include <math.h>
#include <stdlib.h>

#include "train_room.h"

#define TAG_CREATORS     3
#define MENTION_CREATORS 2
#define POST_WEIGHT      0.5
#define CREATOR_WEIGHT   1.0
#define UNKNOWN          UINT32_MAX

struct gathering {
    uint32_t *place; /* of each token of the corpus; UNKNOWN: too rare */
    struct pair *pairs;
    size_t n, n_pairs, cap_pairs;
};

static void add_pairs(struct gathering *g, const uint32_t *places, size_t n, double weight)
{
    for (size_t a = 0; a < n; a++)
        for (size_t b = a + 1; b < n; b++) {
            bool rises = places[a] < places[b];
            g->pairs = more_memory(g->pairs, g->n_pairs, &g->cap_pairs, sizeof *g->pairs);
            g->pairs[g->n_pairs++] =
                (struct pair){rises ? places[a] : places[b], rises ? places[b] : places[a],
                              (float)(weight / (double)(n - 1))};
        }
}

static int by_number(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static void gather_creator(struct gathering *g, const struct corpus_creator *creator)
{
    uint32_t all[POSTS * CORPUS_TOKENS];
    size_t n = 0, distinct = 0;
    for (size_t p = 0; p < creator->n_posts; p++) {
        size_t from = n;
        for (size_t i = 0; i < creator->posts[p]->n_all_tokens; i++) {
            all[n] = g->place[creator->posts[p]->tokens[i]];
            n += all[n] != UNKNOWN;
        }
        add_pairs(g, all + from, n - from, POST_WEIGHT);
    }
    qsort(all, n, sizeof *all, by_number);
    for (size_t i = 0; i < n; i++)
        if (distinct == 0 || all[distinct - 1] != all[i])
            all[distinct++] = all[i];
    add_pairs(g, all, distinct, CREATOR_WEIGHT);
}

static int by_token(const void *a, const void *b)
{
    const struct embedded *x = a, *y = b;
    return (x->token > y->token) - (x->token < y->token);
}

/* One token's vector of length 1, as int8. */
static void quantise(const double *x, struct embedded *token)
{
    float v[DIMS];
    struct packed_vector packed;
    double squares = 0;
    for (size_t d = 0; d < DIMS; d++)
        v[d] = (float)x[d];
    vector_pack(v, &packed);
    for (size_t d = 0; d < DIMS; d++)
        squares += packed.code[d] * packed.code[d];
    memcpy(token->code, packed.code, sizeof token->code);
    token->scale = squares > 0 ? (float)(1 / sqrt(squares)) : 0;
}

static void fill_tokens(const struct corpus *c, const struct gathering *g, const double *x,
                        struct embedding *e)
{
    e->tokens = memory(g->n + 1, sizeof *e->tokens);
    e->n = g->n;
    for (size_t i = 0; i < c->n_tokens; i++) {
        uint32_t at = g->place[i];
        if (at == UNKNOWN)
            continue;
        e->tokens[at].token = c->tokens[i]->token;
        e->tokens[at].df = c->tokens[i]->posts;
        quantise(x + (size_t)at * DIMS, &e->tokens[at]);
    }
    qsort(e->tokens, e->n, sizeof *e->tokens, by_token);
}

/* ---- what the vectors are centred by ---- */

static void mean_unit(const struct creator_vectors *vectors, size_t n, bool audience, float mean[DIMS])
{
    const float none[DIMS] = {0};
    double sum[DIMS] = {0}, count = 0;
    for (size_t i = 0; i < n; i++) {
        float unit[DIMS];
        if (audience ? vectors[i].met == 0 : vectors[i].content.n == 0)
            continue;
        dims_unit_less(audience ? vectors[i].y : vectors[i].content.u, none, DIMS, unit);
        count++;
        for (size_t d = 0; d < DIMS; d++)
            sum[d] += unit[d];
    }
    for (size_t d = 0; d < DIMS; d++)
        mean[d] = count > 0 ? (float)(sum[d] / count) : 0;
}

static void spread(const struct creator_vectors *vectors, size_t n, const struct methodology *m,
                   struct embedding *e)
{
    double sum[DIMS] = {0}, squares[DIMS][DIMS] = {{0}};
    for (size_t i = 0; i < n; i++) {
        float v[DIMS];
        creator_vector(m, &vectors[i].content, vectors[i].a, v);
        for (size_t d = 0; d < DIMS; d++) {
            sum[d] += v[d];
            for (size_t f = 0; f < DIMS; f++)
                squares[d][f] += (double)v[d] * v[f];
        }
    }
    for (size_t d = 0; d < DIMS; d++) {
        e->mean[d] = (float)(sum[d] / (double)n);
        for (size_t f = 0; f < DIMS; f++)
            e->covariance[d][f] =
                (float)(squares[d][f] / (double)n - sum[d] / (double)n * sum[f] / (double)n);
    }
}

/* Each mean needs the vectors that the one before it centres. */
static void centre(const struct corpus *c, const struct methodology *m, struct embedding *e)
{
    for (int step = 0; step < 3; step++) {
        struct creator_vectors *vectors = corpus_vectors(c, e, m);
        if (step == 0)
            mean_unit(vectors, c->n_creators, false, e->mu);
        else if (step == 1)
            mean_unit(vectors, c->n_creators, true, e->nu);
        else
            spread(vectors, c->n_creators, m, e);
        free(vectors);
    }
}

/* ---- training, and what it is worth ---- */

#define HELDOUT_EVERY 20 /* creators: one in so many */

static bool held_out(size_t creator, int part)
{
    return part >= 0 && creator % HELDOUT_EVERY == (size_t)part;
}

static void choose_tokens(const struct corpus *c, struct gathering *g)
{
    for (size_t i = 0; i < c->n_tokens; i++) {
        const struct corpus_token *token = c->tokens[i];
        bool often = token->creators >= (token->mention ? MENTION_CREATORS : TAG_CREATORS);
        g->place[i] = often ? (uint32_t)g->n++ : UNKNOWN;
    }
}

/* Without the creators of a part; -1: all of them. */
static struct embedding *build(const struct corpus *c, struct gathering *g, uint64_t seed, int part)
{
    struct embedding *e = memory(1, sizeof *e);
    double *x = memory(g->n * DIMS, sizeof *x);
    g->n_pairs = 0;
    for (size_t i = 0; i < c->n_creators; i++) {
        e->posts += (double)c->creators[i]->n_posts;
        if (!held_out(i, part))
            gather_creator(g, c->creators[i]);
    }
    struct sparse matrix = ppmi(g->n, g->pairs, g->n_pairs);
    g->n_pairs = matrix.first[g->n] / 2;
    svd(&matrix, seed, x);
    fill_tokens(c, g, x, e);
    sparse_free(&matrix);
    free(x);
    return e;
}

/* The known tokens of a creator, dealt to two vectors. */
static bool halves(const struct corpus *c, const struct embedding *e, const struct corpus_creator *creator,
                   float half[2][DIMS])
{
    uint32_t tokens[2][POSTS * TEXT_TOKENS];
    size_t n[2] = {0, 0}, dealt = 0;
    struct content content;
    for (size_t i = 0; creator->n_posts && i < creator->posts[0]->n_tokens; i++, dealt++)
        tokens[dealt % 2][n[dealt % 2]++] = c->tokens[creator->posts[0]->tokens[i]]->token;
    for (int k = 0; k < 2; k++) {
        content_vector(e, tokens[k], n[k], &content);
        if (content.n == 0)
            return false;
        memcpy(half[k], content.u, sizeof content.u);
    }
    return true;
}

static void measure(const struct corpus *c, const struct embedding *e, int part, struct embed_report *report)
{
    struct scored *rows = memory(2 * c->n_creators, sizeof *rows);
    float half[2][DIMS], before[DIMS];
    size_t n = 0;
    for (size_t i = 0; i < c->n_creators; i++) {
        if (!held_out(i, part) || !halves(c, e, c->creators[i], half))
            continue;
        if (report->heldout++) {
            rows[n++] = (struct scored){dims_dot(half[0], half[1], DIMS), true};
            rows[n++] = (struct scored){dims_dot(half[0], before, DIMS), false};
        }
        memcpy(before, half[1], sizeof before);
    }
    report->auc = figure_auc(rows, n);
    free(rows);
}

enum err train_embedding(const struct corpus *c, const struct methodology *m, uint64_t seed,
                         struct embedding **embedding, struct embed_report *report, struct err_info *info)
{
    struct gathering g = {.place = memory(c->n_tokens, sizeof(uint32_t))};
    int part = (int)(seed % HELDOUT_EVERY);
    *report = (struct embed_report){.creators = c->n_creators};
    choose_tokens(c, &g);
    if (g.n < 2 * DIMS) {
        free(g.place);
        return err_set(
            info, ERR_USAGE, "few_tokens",
            "only %zu tags and mentions occur with %d creators or more (mentions %d): %d are needed; "
            "train on more of the stream",
            g.n, TAG_CREATORS, MENTION_CREATORS, 2 * DIMS);
    }
    struct embedding *trial = build(c, &g, seed, part);
    centre(c, m, trial);
    measure(c, trial, part, report);
    embedding_close(trial);
    *embedding = build(c, &g, seed, -1);
    centre(c, m, *embedding);
    report->tokens = g.n;
    report->pairs = g.n_pairs;
    free(g.pairs);
    free(g.place);
    return ERR_OK;
}
