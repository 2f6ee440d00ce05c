/* train: models from a corpus, and how good they are: the maths of `microflux train` and `evaluate`. Every
 * result is a function of its arguments and the seed. Memory running out aborts.
 */
#ifndef MICROFLUX_TRAIN_H
#define MICROFLUX_TRAIN_H

#include "microflux/corpus.h"

/* ---- figures ---- */
struct scored { /* one row of a two-class truth */
    double score;
    bool positive;
};
/* figure_auc: ties count half; 0.5 without both classes. Sorts. figure_f1: macro-F1 of score >= from.
 * figure_ece: expected calibration error over 10 equal bins, of scores that are probabilities. */
double figure_auc(struct scored *rows, size_t n);
double figure_f1(const struct scored *rows, size_t n, double from);
double figure_ece(const struct scored *rows, size_t n);

struct class_figures {
    size_t n;
    double accuracy, macro_f1, ece; /* ece of the largest posterior */
};
/* figures_of_classes: posterior n × k row by row, truth 0 .. k-1. */
struct class_figures figures_of_classes(const double *posterior, const uint32_t *truth, size_t n, size_t k);

/* ---- embed ---- */
struct embed_report {
    size_t tokens, pairs, creators;
    size_t heldout; /* creators that a second embedding was trained without: */
    double auc;     /* half of a creator's tokens are nearer to the other half than to another creator's */
};
/* train_embedding: ERR_USAGE: fewer than 2 * DIMS tokens occur often enough. Gives. */
enum err train_embedding(const struct corpus *corpus, const struct methodology *m, uint64_t seed,
                         struct embedding **embedding, struct embed_report *report,
                         struct err_info *info) MF_MUST_CHECK;

/* ---- niche ---- */
struct niche_rows { /* what a niche model is fitted to; owns its arrays */
    size_t n, k;
    float *features; /* n × FEATURES */
    float *labels;   /* n × k, each row sums to 1 */
};
void niche_rows_free(struct niche_rows *rows);
/* niche_labelled: rows of creators[i] with label[i]. niche_pseudo: creators labelled by the lexicon's words
 * and what is near to them, without any label; those it is sure of. */
struct niche_rows niche_labelled(const struct methodology *m, const struct creator_vectors *vectors,
                                 const uint32_t *creators, const uint32_t *labels, size_t n);
struct niche_rows niche_pseudo(const struct corpus *corpus, const struct embedding *embedding,
                               const struct methodology *m, const struct creator_vectors *vectors);
#define NICHE_C_LABELS 3.0 /* inverse ridge strength, measured; of pseudo-labels: */
#define NICHE_C_PSEUDO 0.3
/* niche_fit: ridge softmax over the rows whose fold is not `without` (fold of row i = folds[i]; NULL: all).
 */
void niche_fit(const struct niche_rows *rows, const uint8_t *folds, int without, double c,
               struct niche_model *model);
/* niche_heldout: figures of N_FOLDS-fold cross-validation against the rows' own (largest) labels. */
#define N_FOLDS 5
struct class_figures niche_heldout(const struct niche_rows *rows, double c, uint64_t seed);

/* ---- actors ---- */
struct actor_figures {
    size_t n;
    double auc, macro_f1, ece; /* of P(fake), said from 0.5 on */
};
/* Rows are logits: actor_logit of a row; actor_refit: slope and intercept that fit them best; actor_heldout:
 * 10-fold, refitted on the other folds. None of them keeps the rows' order. */
double actor_logit(const struct methodology *m, const struct interaction_record *record);
void actor_refit(const struct scored *logits, size_t n, double *slope, double *intercept);
struct actor_figures actor_as_is(const struct scored *logits, size_t n);
struct actor_figures actor_heldout(const struct scored *logits, size_t n, uint64_t seed);
/* actor_methodology: P(fake) with that slope and intercept, and this share of fakes. */
void actor_methodology(struct methodology *m, double slope, double intercept, double base_rate);

/* ---- likes: creators with enough posts whose likes are known ---- */
#define LIKES_SIZES 3
extern const double likes_sizes[LIKES_SIZES]; /* 1, 2, 5: bought on top, by the account's median */
struct likes_figures {
    size_t accounts;
    double false_spread, false_step, false_any; /* share of accounts as they are that are flagged */
    double scattered[LIKES_SIZES], scattered_found[LIKES_SIZES]; /* AUC of `spread`, share flagged */
    double block[LIKES_SIZES], block_found[LIKES_SIZES];         /* AUC of `step` */
    double either[LIKES_SIZES]; /* in a block: of the larger of both, in standard deviations of accounts as
                                   they are */
};
/* likes_measure: over the newest `most` posts of each account: POSTS as the live score sees them, or all. */
struct likes_figures likes_measure(const struct corpus *corpus, const struct methodology *m, size_t most,
                                   uint64_t seed);
/* flags_train: the thresholds that so few clean accounts pass, and the share of held-out ones (5 folds) that
 * do; 0 accounts: none has enough posts. */
struct flags_report {
    size_t accounts;
    double spread, step, heldout_spread, heldout_step;
};
struct flags_report flags_train(const struct corpus *corpus, const struct methodology *m, uint64_t seed);
/* ---- next post: mean |ln predicted - ln rate| of the next 6, from n posts ---- */
#define NEXT_CUTS 5
extern const size_t next_seen[NEXT_CUTS]; /* 1 2 3 5 12 */
struct next_figures {
    size_t accounts;
    double estimate[NEXT_CUTS], median12[NEXT_CUTS], peers[NEXT_CUTS];
};
struct next_figures next_measure(const struct corpus *corpus, const struct methodology *m);

/* ---- fit: does V.B rank those that work with a brand above others? ---- */
struct fit_pair {
    uint32_t creator, brand;
};
struct fit_brand {
    uint32_t token; /* text_token('@') of the handle */
    uint64_t actor; /* bytes_hash of it: its own comments do not count */
};
struct fit_setup {
    const struct corpus *corpus;
    const struct embedding *embedding;
    const struct methodology *m;
    const struct creator_vectors *vectors;
    const struct fit_brand *brands;
    const struct fit_pair *pairs;
    const uint8_t *universe; /* of each creator: negatives are drawn from those */
    size_t n_brands, n_pairs;
    uint64_t seed;
};
struct fit_ranking {
    double auc, recall10, recall50, mrr;
};
struct fit_figures {
    size_t brands, pairs; /* brands with 8 creators or more that have other posts, and their pairs */
    struct fit_ranking examples[2], cold[2]; /* against random creators; against those of other brands */
};
struct fit_figures fit_measure(const struct fit_setup *setup);

#endif
