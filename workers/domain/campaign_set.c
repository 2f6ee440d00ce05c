/* campaign_set: see campaign_set.h. */
#include "microflux/campaign_set.h"

#include <stdlib.h>
#include <string.h>

static int by_id(const void *a, const void *b)
{
    return strcmp(((const struct fit_campaign *)a)->id, ((const struct fit_campaign *)b)->id);
}

/* ---- who is admitted by platform and tier ---- */

size_t campaign_set_words(const struct campaign_set *set)
{
    return (set->n + 63) / 64;
}

static size_t tier_at(const struct campaign_set *set, const char *tier)
{
    size_t at = 0;
    while (at < set->n_tiers && (!tier || strcmp(set->tiers[at], tier) != 0))
        at++;
    return at;
}

static void name_tiers(struct campaign_set *set)
{
    for (size_t i = 0; i < set->n; i++)
        for (size_t k = 0; k < set->all[i].n_tiers; k++)
            if (tier_at(set, set->all[i].tiers[k]) == set->n_tiers && set->n_tiers < CAMPAIGN_TIERS)
                memcpy(set->tiers[set->n_tiers++], set->all[i].tiers[k], sizeof set->tiers[0]);
}

static uint64_t *row_of(const struct campaign_set *set, int platform, size_t tier)
{
    return set->admits + ((size_t)platform * (CAMPAIGN_TIERS + 1) + tier) * campaign_set_words(set);
}

static void admit(struct campaign_set *set, size_t at, int platform)
{
    const struct fit_campaign *campaign = &set->all[at];
    uint64_t bit = 1ull << (at % 64);
    for (size_t tier = 0; campaign->n_tiers == 0 && tier <= set->n_tiers; tier++)
        row_of(set, platform, tier)[at / 64] |= bit;
    for (size_t k = 0; k < campaign->n_tiers; k++)
        row_of(set, platform, tier_at(set, campaign->tiers[k]))[at / 64] |= bit;
}

const uint64_t *campaign_set_admits(const struct campaign_set *set, int platform, const char *tier)
{
    return row_of(set, platform, tier_at(set, tier));
}

/* ---- */

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
    set->directions = calloc(n ? n : 1, sizeof *set->directions);
    if (!set->directions)
        abort();
    for (size_t i = 0; i < n; i++)
        set->directions[i] = set->all[i].direction;
    name_tiers(set);
    set->admits =
        calloc(N_PLATFORMS * (CAMPAIGN_TIERS + 1) * campaign_set_words(set) + 1, sizeof *set->admits);
    if (!set->admits)
        abort();
    for (size_t i = 0; i < n; i++)
        for (int platform = 0; platform < N_PLATFORMS; platform++)
            if (!set->all[i].platforms || set->all[i].platforms & 1u << platform)
                admit(set, i, platform);
    return set;
}

void campaign_set_close(void *value)
{
    struct campaign_set *set = value;
    if (!set)
        return;
    free(set->admits);
    free(set->directions);
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
