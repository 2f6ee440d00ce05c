/* calls: calculations of the scores on direct arguments, for whoever measures them (evaluate, the trainers).
 */
#ifndef MICROFLUX_CALLS_H
#define MICROFLUX_CALLS_H

#include "microflux/methodology.h"

double actor_fake(const struct methodology *m, const struct interaction_record *r); /* P(fake) of §4 */

/* niche_posterior: of n_niches, by so many matches of the lexicon each. */
void niche_posterior(const struct methodology *m, const int64_t *matches, double *posterior);

/* niche_evaluate: topics of a creator, not yet rounded; value is zeroed, models may be NULL. */
void niche_evaluate(const struct creator *c, const struct methodology *m, const struct models *models,
                    struct niche_value *value);

struct rated { /* a post's engagements, and followers at post time, at least 1 */
    int64_t engagements, likes_comments, views;
    double followers;
};
/* engagement_estimate: rates newest first; peer_median 0: none. */
void engagement_estimate(const struct rated *posts, size_t n, const struct methodology *m, double peer_median,
                         struct score *s);
double engagement_log(const struct rated *post, const struct methodology *m); /* x of §2 */

#define MOST_LIKES 512 /* posts of an account that is measured; the ring has fewer */
struct likes {         /* of settled posts, oldest first */
    size_t n;
    double likes[MOST_LIKES], comments[MOST_LIKES];
    double a[MOST_LIKES], c[MOST_LIKES]; /* ln(1 + likes), ln(1 + comments): likes_log */
    uint8_t slots[MOST_LIKES];
};
void likes_log(struct likes *likes);
double likes_spread(const struct methodology *m, const struct likes *likes, size_t *at);
double likes_step(const struct methodology *m, const struct likes *likes, size_t *at);

#endif
