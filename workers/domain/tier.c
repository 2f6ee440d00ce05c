/* tier: a follower count becomes a tier and a band; hysteresis is a fold over the kept profile days
 * (scoring.md §1). A tier changes, to the plain table's, at a snapshot more than 2 % beyond the edge, or one
 * that finds the count beyond it for 7 days. Bands fold the same way within the tier. */
#include "microflux/methodology.h"

size_t tier_plain(const struct tier_scheme *scheme, int64_t followers)
{
    size_t entry = 0;
    while (entry + 1 < scheme->n_edges && followers >= scheme->edges[entry + 1].from)
        entry++;
    return entry;
}

static bool same_tier(const struct tier_scheme *scheme, size_t a, size_t b)
{
    return strcmp(scheme->edges[a].tier, scheme->edges[b].tier) == 0;
}

static size_t first_of_tier(const struct tier_scheme *scheme, size_t entry)
{
    while (entry > 0 && same_tier(scheme, entry - 1, entry))
        entry--;
    return entry;
}

static size_t last_of_tier(const struct tier_scheme *scheme, size_t entry)
{
    while (entry + 1 < scheme->n_edges && same_tier(scheme, entry + 1, entry))
        entry++;
    return entry;
}

/* Beyond the edge by more than 2 %, in integers. */
static bool far_beyond(const struct methodology *m, int64_t followers, int64_t edge, int way)
{
    return way > 0 ? 100 * followers > (100 + m->hysteresis_percent) * edge
                   : 100 * followers < (100 - m->hysteresis_percent) * edge;
}

/* One snapshot beyond `edge` on side `way`. True: the change is decided; *since says when. */
static bool decide(const struct methodology *m, const struct profile_day *day, int64_t edge, int way,
                   int64_t *run, int8_t *run_way, int64_t *since)
{
    int64_t wait = m->hysteresis_days * MS_DAY;
    if (*run == 0 || *run_way != way) {
        *run = day->observed_at;
        *run_way = (int8_t)way;
    }
    bool far = far_beyond(m, day->followers, edge, way), long_enough = day->observed_at - *run >= wait;
    *since = far ? day->observed_at : *run + wait;
    return far || long_enough;
}

static void fold_band(const struct methodology *m, const struct tier_scheme *scheme,
                      const struct profile_day *day, size_t plain, struct tier_fold *fold)
{
    size_t first = first_of_tier(scheme, fold->entry), last = last_of_tier(scheme, fold->entry);
    size_t wanted = plain < first ? first : plain > last ? last : plain;
    int64_t since;
    if (wanted == fold->entry) {
        fold->band_run = 0;
        return;
    }
    int way = wanted > fold->entry ? 1 : -1;
    int64_t edge = scheme->edges[way > 0 ? fold->entry + 1 : fold->entry].edge;
    if (decide(m, day, edge, way, &fold->band_run, &fold->band_way, &since)) {
        fold->entry = (uint8_t)wanted;
        fold->band_run = 0;
    }
}

void tier_fold_day(const struct methodology *m, const struct tier_scheme *scheme,
                   const struct profile_day *day, struct tier_fold *fold)
{
    size_t plain = tier_plain(scheme, day->followers);
    int64_t since;
    if (!fold->there || fold->entry >= scheme->n_edges) { /* the second: folded by another methodology */
        *fold = (struct tier_fold){.since = day->observed_at, .entry = (uint8_t)plain, .there = true};
        return;
    }
    if (same_tier(scheme, plain, fold->entry)) {
        fold->tier_run = 0;
        fold_band(m, scheme, day, plain, fold);
        return;
    }
    int way = plain > fold->entry ? 1 : -1;
    int64_t edge =
        scheme->edges[way > 0 ? last_of_tier(scheme, fold->entry) + 1 : first_of_tier(scheme, fold->entry)]
            .edge;
    if (decide(m, day, edge, way, &fold->tier_run, &fold->tier_way, &since)) {
        *fold = (struct tier_fold){.since = since, .entry = (uint8_t)plain, .there = true};
        return;
    }
    fold_band(m, scheme, day, plain, fold);
}

struct tier_fold tier_now(const struct methodology *m, size_t scheme, const struct creator *c)
{
    struct tier_fold fold = c->base ? c->base[scheme] : (struct tier_fold){0};
    for (size_t i = 0; i < c->n_profile_days; i++)
        tier_fold_day(m, m->schemes[scheme], &c->profile_days[i], &fold);
    return fold;
}
