/* vectors: what a creator's posts and audience speak of, as 64 numbers each (scoring.md §7), and the niche
 * read from them. Pure arithmetic over a frozen embedding and niche model; no allocation but in the readers
 * of the model files (docs/reference/models.md).
 */
#ifndef MICROFLUX_VECTORS_H
#define MICROFLUX_VECTORS_H

#include "microflux/methodology.h"

#define FEATURES (2 * DIMS) /* of the niche: content, then audience */

struct embedded {   /* one token of the model */
    uint32_t token; /* text_token() */
    uint32_t df;    /* posts that have it */
    float scale;    /* e = scale * code has length 1 */
    int8_t code[DIMS];
};

/* Immutable once opened; shared by all threads. */
struct embedding {
    uint64_t digest;
    double posts;             /* N */
    float mu[DIMS], nu[DIMS]; /* means of x/|x| and of Y/|Y| over the creators it was trained on */
    float mean[DIMS];         /* of V over them */
    float covariance[DIMS][DIMS];
    struct embedded *tokens; /* ascending by token */
    size_t n;
};

struct niche_model {
    uint64_t digest, embedding; /* its own, and of the embedding it was trained with */
    size_t n;                   /* niches, in the order of the methodology */
    char names[NICHES][32];
    float weights[NICHES][FEATURES], bias[NICHES];
};

struct content {
    float u[DIMS]; /* x/|x| - mu; 0 when n = 0 */
    int32_t n;     /* distinct tokens that the model knows */
};

/* What a creator keeps (creator.h). */
struct kept_content {
    uint64_t words, embedding; /* of which it is */
    struct content content;
    struct packed_vector u;
};
struct audience_vector {
    float y[DIMS];
    int64_t met;        /* m */
    uint64_t embedding; /* digest of the one that Y is of */
};

const struct embedded *embedding_find(const struct embedding *embedding, uint32_t token); /* NULL: unknown */
double embedding_weight(const struct embedding *embedding, const struct embedded *token); /* w of §7 */

/* content_vector: of the tokens of all posts, one entry per post that has it; sorts them. */
void content_vector(const struct embedding *embedding, uint32_t *tokens, size_t n, struct content *content);
/* audience_add: one creator more was met: Y += u. audience_vector: A; 0 when m = 0. */
void audience_add(float y[DIMS], const float u[DIMS]);
void audience_vector(const struct embedding *embedding, const struct methodology *m, const float y[DIMS],
                     int64_t met, float a[DIMS]);
/* creator_vector: V = C + 0.8 A. */
void creator_vector(const struct methodology *m, const struct content *content, const float a[DIMS],
                    float v[DIMS]);
void vector_pack(const float v[DIMS], struct packed_vector *packed);
void vector_unpack(const struct packed_vector *packed, float v[DIMS]);

/* What an embedding makes of a creator. creator_vectors: of a live one. topics_tell: V and its evidence, and
 * the posterior of a niche model if there is one; value has the rest. */
struct creator_vectors {
    struct content content;
    float y[DIMS], a[DIMS];
    int64_t met;
};
void creator_vectors(const struct creator *c, const struct embedding *embedding, const struct methodology *m,
                     struct creator_vectors *vectors);
void topics_tell(const struct methodology *m, const struct models *models,
                 const struct creator_vectors *vectors, struct niche_value *value);

/* softmax: n logits become shares that sum to 1. */
void softmax(double *z, size_t n);
/* niche_features: [u n/(n+2); A]. niche_softmax: posterior of model->n niches. */
void niche_features(const struct methodology *m, const struct content *content, const float a[DIMS],
                    float features[FEATURES]);
void niche_softmax(const struct niche_model *model, const float features[FEATURES], double *posterior);

/* brand_cold: B of a campaign that only says tokens (each once), with weights (NULL: 1 each): unit(sum w e) -
 * mu; false: none is known. */
bool brand_cold(const struct embedding *embedding, const uint32_t *tokens, const double *weights, size_t n,
                float b[DIMS]);
/* A campaign's B, and what its affinities are measured by. */
struct direction {
    bool there; /* B has a spread over all creators */
    float b[DIMS];
    double mean, spread;
};
void direction_of(const struct embedding *embedding, const float b[DIMS], struct direction *direction);
double direction_score(const struct direction *direction, const float v[DIMS]); /* 100·Φ(z); 0 without B */
/* dims_*: over the first `dims` numbers of a vector. dims_affinity: a = V.B, z against all creators and the
 * score; false: B has no spread over them. */
struct affinity {
    double a, z, score;
};
double dims_dot(const float *a, const float *b, size_t dims);
bool dims_unit_less(const float *x, const float *mean, size_t dims,
                    float *out); /* x/|x| - mean; false: x = 0 */
bool dims_affinity(const float *v, const float *b, const float *mean, const float *covariance, size_t dims,
                   struct affinity *affinity);

/* ---- model files: text with a digest (docs/reference/models.md) ---- */

/* embedding_read, niche_model_read: `name` is how sentences call the text. ERR_USAGE: not such a model, of
 * another version or size, or damaged: the sentence says what and in which line. Gives. */
enum err embedding_read(const char *name, const char *text, struct embedding **embedding,
                        struct err_info *info) MF_MUST_CHECK;
enum err niche_model_read(const char *name, const char *text, struct niche_model **model,
                          struct err_info *info) MF_MUST_CHECK;
/* model_write: the text of a model; sets its digest. */

void embedding_write(struct embedding *embedding, struct buffer *out);
void niche_model_write(struct niche_model *model, struct buffer *out);
void embedding_close(struct embedding *embedding); /* takes NULL */
void niche_model_close(struct niche_model *model); /* takes NULL */

#endif
