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

#endif
