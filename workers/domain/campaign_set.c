/* campaign_set: see campaign_set.h. */
#include "microflux/campaign_set.h"

#include <stdlib.h>
#include <string.h>

static int by_id(const void *a, const void *b)
{
    return strcmp(((const struct fit_campaign *)a)->id, ((const struct fit_campaign *)b)->id);
}

struct campaign_set *campaign_set_open(const struct fit_campaign *const *campaigns, size_t n)
{
    struct campaign_set *set = calloc(1, sizeof *set);
    if (set)
        set->all = calloc(n ? n : 1, sizeof *set->all);
    if (!set || !set->all)
        abort();
    for (; set->n < n; set->n++)
        set->all[set->n] = *campaigns[set->n];
    qsort(set->all, n, sizeof *set->all, by_id);
    return set;
}

void campaign_set_close(void *value)
{
    struct campaign_set *set = value;
    if (!set)
        return;
    free(set->all);
    free(set);
}

static int id_is(const void *id, const void *campaign)
{
    return strcmp(id, ((const struct fit_campaign *)campaign)->id);
}

const struct fit_campaign *campaign_set_find(const struct campaign_set *set, const char *id)
{
    return set ? bsearch(id, set->all, set->n, sizeof *set->all, id_is) : NULL;
}
