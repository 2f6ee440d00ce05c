/* campaign_set: all campaigns that can be used, compiled, as one value that is swapped whole: whoever judges
 * between two swaps sees each campaign whole. Immutable; shared by all threads.
 */
#ifndef MICROFLUX_CAMPAIGN_SET_H
#define MICROFLUX_CAMPAIGN_SET_H

#include "microflux/fit.h"

struct campaign_set {
    size_t n;
    struct fit_campaign *all; /* ascending by id */
};

/* campaign_set_open: copies the n campaigns, in any order. Gives. */
struct campaign_set *campaign_set_open(const struct fit_campaign *const *campaigns, size_t n);
void campaign_set_close(void *set); /* takes NULL; as shared_open wants it */
/* campaign_set_find: NULL: there is none of this id. */
const struct fit_campaign *campaign_set_find(const struct campaign_set *set, const char *id);

#endif
