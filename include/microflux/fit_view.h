/* fit_view: a creator as campaigns see it, and the pair of both.
 */
#ifndef MICROFLUX_FIT_VIEW_H
#define MICROFLUX_FIT_VIEW_H

#include "microflux/fit.h"
#include "microflux/text.h"

/* Its posts are those of the ring that are not deleted. */
struct fit_view {
    struct fit_creator creator;
    struct fit_quality quality;
    int32_t tokens; /* distinct ones of its posts */
    const struct score *score;
    float v[DIMS];                          /* with an embedding */
    struct fit_shares shares[SHARES_KINDS]; /* of its audience */
    struct fit_post posts[POSTS];
};

/* fit_view_of: borrows the creator and its score. embedding NULL: none. */
void fit_view_of(struct creator *c, const struct score *score, const struct methodology *m,
                 const struct embedding *embedding, struct text_scratch *scratch, struct fit_view *view);
/* fit_post_names: whether the post mentions the brand, or names it as sponsor. */
bool fit_post_names(const struct fit_post *post, uint32_t brand);
/* fit_affinity: 0 to 100; without a model that of the lexicon's niches. It bounds the fit. fit_of: the pair.
 */
double fit_affinity(const struct fit_campaign *campaign, const struct methodology *m,
                    const struct fit_view *view);
void fit_of(const struct fit_campaign *campaign, const struct methodology *m, const struct fit_view *view,
            struct fit *fit);

#endif
