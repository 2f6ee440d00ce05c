/* signals: what the likes of whole accounts say: how often clean ones are flagged, whether bought likes that
 * are put into half of them are found, and how near the estimate comes to the next posts. */
#include <math.h>
#include <stdlib.h>

#include "train_room.h"

const double likes_sizes[LIKES_SIZES] = {1, 2, 5};
const size_t next_seen[NEXT_CUTS] = {1, 2, 3, 5, 12};

#define DRAWS          4   /* of which accounts and posts are injected */
#define BOUGHT         0.3 /* share of an account's posts */
#define CLEAN_QUANTILE 0.985
#define NEXT           6
#define MOST_SEEN      12
#define CUT_EVERY      4

/* The newest posts with known likes, oldest first. */
static size_t likes_of(const struct corpus_creator *creator, size_t most, struct likes *l)
{
    l->n = 0;
    for (size_t i = creator->n_all_posts < most ? creator->n_all_posts : most; i-- > 0;)
        if (creator->posts[i]->has_counts) {
            l->likes[l->n] = (double)creator->posts[i]->likes;
            l->comments[l->n++] = (double)creator->posts[i]->comments;
        }
    return l->n;
}

struct accounts {
    struct likes *of;
    size_t n;
};

static struct accounts accounts_of(const struct corpus *c, const struct methodology *m, size_t most)
{
    struct accounts accounts = {memory(c->n_creators, sizeof(struct likes)), 0};
    for (size_t i = 0; i < c->n_creators; i++)
        if (likes_of(c->creators[i], most, &accounts.of[accounts.n]) >= (size_t)m->term_least[TERM_SPREAD])
            accounts.n++;
    return accounts;
}

enum signal { SPREAD, STEP, EITHER, SIGNALS };

struct scale { /* of accounts as they are */
    double mean[EITHER], deviation[EITHER];
};

static void signals_of(const struct methodology *m, struct likes *l, const struct scale *scale,
                       double x[SIGNALS])
{
    size_t at;
    likes_log(l);
    x[SPREAD] = likes_spread(m, l, &at);
    x[STEP] = likes_step(m, l, &at);
    x[EITHER] = fmax((x[SPREAD] - scale->mean[SPREAD]) / scale->deviation[SPREAD],
                     (x[STEP] - scale->mean[STEP]) / scale->deviation[STEP]);
}

static struct scale scale_of(const struct accounts *accounts, const struct methodology *m)
{
    const struct scale none = {{0, 0}, {1, 1}};
    struct scale scale = {{0}, {0}};
    double x[SIGNALS], n = (double)accounts->n;
    for (size_t i = 0; i < accounts->n; i++) {
        signals_of(m, &accounts->of[i], &none, x);
        for (int k = 0; k < EITHER; k++) {
            scale.mean[k] += x[k] / n;
            scale.deviation[k] += x[k] * x[k] / n;
        }
    }
    for (int k = 0; k < EITHER; k++)
        scale.deviation[k] = sqrt(fmax(scale.deviation[k] - scale.mean[k] * scale.mean[k], 1e-9));
    return scale;
}

static int rising(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median_likes(const struct likes *l)
{
    double sorted[MOST_LIKES];
    memcpy(sorted, l->likes, l->n * sizeof *sorted);
    qsort(sorted, l->n, sizeof *sorted, rising);
    return (sorted[(l->n - 1) / 2] + sorted[l->n / 2]) / 2;
}

static void buy(struct likes *l, double size, bool block, uint64_t *seed)
{
    uint32_t order[MOST_LIKES];
    size_t n = (size_t)lround(BOUGHT * (double)l->n), from = random_below(seed, l->n - n + 1);
    double more = size * median_likes(l);
    for (uint32_t i = 0; i < l->n; i++)
        order[i] = i;
    if (!block)
        shuffle(order, l->n, seed);
    for (size_t i = 0; i < n; i++)
        l->likes[order[block ? from + i : i]] += more;
}

struct trial { /* what is bought, and how well each signal tells such accounts from those as they are */
    double size;
    bool block;
    double auc[SIGNALS], found[EITHER]; /* found: share that is flagged */
};

static void detect(const struct accounts *accounts, const struct methodology *m, const struct scale *scale,
                   uint64_t *seed, struct trial *t)
{
    const double thresholds[EITHER] = {m->flags[FLAG_SPREAD], m->flags[FLAG_STEP]};
    struct scored *rows[SIGNALS];
    uint32_t *order = memory(accounts->n, sizeof *order);
    for (int k = 0; k < SIGNALS; k++)
        rows[k] = memory(accounts->n, sizeof *rows[k]);
    for (uint32_t i = 0; i < accounts->n; i++)
        order[i] = i;
    for (int draw = 0; draw < DRAWS; draw++) {
        shuffle(order, accounts->n, seed);
        for (size_t i = 0; i < accounts->n; i++) {
            struct likes l = accounts->of[order[i]];
            double x[SIGNALS];
            bool bought = i < accounts->n / 2;
            if (bought)
                buy(&l, t->size, t->block, seed);
            signals_of(m, &l, scale, x);
            for (int k = 0; k < SIGNALS; k++)
                rows[k][i] = (struct scored){x[k], bought};
            for (int k = 0; k < EITHER && bought; k++)
                t->found[k] += (x[k] > thresholds[k]) / (DRAWS * (double)(accounts->n / 2));
        }
        for (int k = 0; k < SIGNALS; k++)
            t->auc[k] += figure_auc(rows[k], accounts->n) / DRAWS;
    }
    for (int k = 0; k < SIGNALS; k++)
        free(rows[k]);
    free(order);
}

struct likes_figures likes_measure(const struct corpus *c, const struct methodology *m, size_t most,
                                   uint64_t seed)
{
    struct accounts accounts = accounts_of(c, m, most < MOST_LIKES ? most : MOST_LIKES);
    struct likes_figures f = {.accounts = accounts.n};
    struct scale scale = scale_of(&accounts, m);
    for (size_t i = 0; i < accounts.n; i++) {
        double x[SIGNALS];
        signals_of(m, &accounts.of[i], &scale, x);
        bool spread = x[SPREAD] > m->flags[FLAG_SPREAD], step = x[STEP] > m->flags[FLAG_STEP];
        f.false_spread += spread / (double)accounts.n;
        f.false_step += step / (double)accounts.n;
        f.false_any += (spread || step) / (double)accounts.n;
    }
    for (int k = 0; accounts.n > 1 && k < LIKES_SIZES; k++) {
        struct trial scattered = {.size = likes_sizes[k]}, block = {.size = likes_sizes[k], .block = true};
        detect(&accounts, m, &scale, &seed, &scattered);
        detect(&accounts, m, &scale, &seed, &block);
        f.scattered[k] = scattered.auc[SPREAD];
        f.scattered_found[k] = scattered.found[SPREAD];
        f.block[k] = block.auc[STEP];
        f.block_found[k] = block.found[STEP];
        f.either[k] = block.auc[EITHER];
    }
    free(accounts.of);
    return f;
}

/* ---- thresholds ---- */

static double quantile(double *x, size_t n, double q)
{
    qsort(x, n, sizeof *x, rising);
    double at = q * (double)(n - 1);
    size_t low = (size_t)at, high = low + 1 < n ? low + 1 : low;
    return x[low] + (at - (double)low) * (x[high] - x[low]);
}

static double threshold(const double *values, size_t n, uint64_t seed, double *heldout)
{
    double *shuffled = memory(n, sizeof *shuffled), *rest = memory(n, sizeof *rest);
    uint32_t *order = memory(n, sizeof *order);
    *heldout = 0;
    for (uint32_t i = 0; i < n; i++)
        order[i] = i;
    shuffle(order, n, &seed);
    for (size_t fold = 0; fold < N_FOLDS; fold++) {
        size_t kept = 0;
        for (size_t i = 0; i < n; i++)
            if (i % N_FOLDS != fold)
                rest[kept++] = values[order[i]];
        double limit = quantile(rest, kept, CLEAN_QUANTILE);
        for (size_t i = fold; i < n; i += N_FOLDS)
            *heldout += (values[order[i]] > limit) / (double)n;
    }
    memcpy(shuffled, values, n * sizeof *shuffled);
    double limit = quantile(shuffled, n, CLEAN_QUANTILE);
    free(shuffled);
    free(rest);
    free(order);
    return limit;
}

struct flags_report flags_train(const struct corpus *c, const struct methodology *m, uint64_t seed)
{
    struct accounts accounts = accounts_of(c, m, POSTS);
    struct flags_report r = {.accounts = accounts.n};
    struct scale scale = scale_of(&accounts, m);
    double *spread = memory(accounts.n, sizeof *spread), *step = memory(accounts.n, sizeof *step);
    for (size_t i = 0; i < accounts.n; i++) {
        double x[SIGNALS];
        signals_of(m, &accounts.of[i], &scale, x);
        spread[i] = x[SPREAD];
        step[i] = x[STEP];
    }
    if (accounts.n >= N_FOLDS) {
        r.spread = threshold(spread, accounts.n, seed, &r.heldout_spread);
        r.step = threshold(step, accounts.n, seed, &r.heldout_step);
    }
    free(spread);
    free(step);
    free(accounts.of);
    return r;
}

/* ---- the next posts ---- */

struct history {
    size_t n;
    struct rated posts[POSTS]; /* newest first */
};

static size_t history_of(const struct corpus_creator *creator, struct history *h)
{
    h->n = 0;
    for (size_t i = 0; i < creator->n_posts; i++)
        if (creator->posts[i]->has_counts)
            h->posts[h->n++] =
                (struct rated){.engagements = creator->posts[i]->likes + creator->posts[i]->comments,
                               .followers = creator->followers > 1 ? (double)creator->followers : 1};
    return creator->followers >= 0 ? h->n : 0;
}

static double ln_median(const struct rated *posts, size_t n, const struct methodology *m)
{
    double x[POSTS];
    for (size_t i = 0; i < n; i++)
        x[i] = engagement_log(&posts[i], m);
    return quantile(x, n, 0.5);
}

static double error_of(double predicted, const struct rated *next, const struct methodology *m)
{
    double sum = 0;
    for (size_t i = 0; i < NEXT; i++)
        sum += fabs(predicted - engagement_log(&next[i], m)) / NEXT;
    return sum;
}

/* Cuts along one account's history: `first` is the newest post seen. */
static size_t add_errors(const struct history *h, size_t seen, double peers, const struct methodology *m,
                         double *estimate, double *median, double *by_peers)
{
    size_t cuts = 0;
    for (size_t first = NEXT; first + MOST_SEEN <= h->n; first += CUT_EVERY, cuts++) {
        const struct rated *next = &h->posts[first - NEXT], *past = &h->posts[first];
        struct score score = {0};
        engagement_estimate(past, seen, m, exp(peers), &score);
        *estimate += error_of(log(score.estimate), next, m);
        *median += error_of(ln_median(past, seen, m), next, m);
        *by_peers += error_of(peers, next, m);
    }
    return cuts;
}

struct next_figures next_measure(const struct corpus *c, const struct methodology *m)
{
    struct history *histories = memory(c->n_creators, sizeof *histories);
    struct next_figures f = {0};
    double *medians = memory(c->n_creators, sizeof *medians);
    for (size_t i = 0; i < c->n_creators; i++)
        if (history_of(c->creators[i], &histories[f.accounts]) >= MOST_SEEN + NEXT) {
            medians[f.accounts] = ln_median(histories[f.accounts].posts, histories[f.accounts].n, m);
            f.accounts++;
        }
    double peers = f.accounts ? quantile(medians, f.accounts, 0.5) : 0;
    for (int k = 0; k < NEXT_CUTS; k++) {
        size_t cuts = 0;
        for (size_t i = 0; i < f.accounts; i++)
            cuts += add_errors(&histories[i], next_seen[k], peers, m, &f.estimate[k], &f.median12[k],
                               &f.peers[k]);
        double by = cuts ? 1 / (double)cuts : 0;
        f.estimate[k] *= by;
        f.median12[k] *= by;
        f.peers[k] *= by;
    }
    free(histories);
    free(medians);
    return f;
}
