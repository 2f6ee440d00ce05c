/* campaign_set: all campaigns that can be used, compiled, as one value that is swapped whole: whoever judges
 * between two swaps sees each campaign whole. Immutable; shared by all threads.
 */
#ifndef MICROFLUX_CAMPAIGN_SET_H
#define MICROFLUX_CAMPAIGN_SET_H

#include "microflux/fit.h"

#define CAMPAIGN_TIERS 16 /* most tiers of scheme default that are told apart */

struct campaign_set {
    size_t n;
    struct direction *directions;   /* of all, side by side: most pairs need nothing else */
    struct fit_campaign *all;       /* ascending by id */
    char tiers[CAMPAIGN_TIERS][16]; /* that they name, n_tiers */
    size_t n_tiers;
    uint64_t *admits; /* a row of bits per platform and tier, the last for tiers that nobody names */
};

/* campaign_set_open: copies the n campaigns, in any order. Gives. */
struct campaign_set *campaign_set_open(const struct fit_campaign *const *campaigns, size_t n);
void campaign_set_close(void *set); /* takes NULL; as shared_open wants it */
/* campaign_set_find: NULL: there is none of this id. */
const struct fit_campaign *campaign_set_find(const struct campaign_set *set, const char *id);

/* campaign_set_admits: bit = place in `all` of a campaign that asks for no other platform or tier (NULL: none
 * is known). */
const uint64_t *campaign_set_admits(const struct campaign_set *set, int platform, const char *tier);
size_t campaign_set_words(const struct campaign_set *set); /* 64 bits each */

#endif
