/* profile: the last snapshot of each UTC day, the newest 40 days. A day that leaves is folded into the base
 * of the tiers and fixes the followers of the posts that counted on it (scoring.md §0.1, §1, §2). */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>

#include "domain_room.h"

static bool newer(int64_t at_a, int64_t offset_a, int64_t at_b, int64_t offset_b)
{
    return at_a != at_b ? at_a > at_b : offset_a > offset_b;
}

static uint8_t free_slot(const struct creator *c)
{
    uint64_t used = 0;
    uint8_t slot = 0;
    for (size_t i = 0; i < c->n_profile_days; i++)
        used |= 1ULL << c->profile_days[i].slot;
    while (used >> slot & 1)
        slot++;
    return slot;
}

static void oldest_leaves(struct creator *c, const struct methodology *m)
{
    struct profile_day oldest = c->profile_days[0];
    if (!c->base) {
        c->base = calloc(SCHEMES, sizeof *c->base);
        if (!c->base)
            abort();
    }
    for (size_t i = 0; i < m->n_schemes; i++)
        tier_fold_day(m, m->schemes[i], &oldest, &c->base[i]);
    posts_fix_followers(c);
    memmove(c->profile_days, c->profile_days + 1, (size_t)(c->n_profile_days - 1) * sizeof *c->profile_days);
    c->n_profile_days--;
    c->dirty.base = true;
    c->dirty.profile_days_gone |= 1ULL << oldest.slot;
}

static void insert_day(struct creator *c, const struct methodology *m, struct profile_day day)
{
    if (c->n_profile_days == PROFILE_DAYS && day.day < c->profile_days[0].day)
        return; /* older than all that is kept */
    if (c->n_profile_days == PROFILE_DAYS)
        oldest_leaves(c, m);
    if (c->n_profile_days == c->cap_profile_days) {
        c->cap_profile_days =
            c->cap_profile_days
                ? (uint8_t)(c->cap_profile_days * 2 < PROFILE_DAYS ? c->cap_profile_days * 2 : PROFILE_DAYS)
                : 1;
        c->profile_days = realloc(c->profile_days, c->cap_profile_days * sizeof *c->profile_days);
        if (!c->profile_days)
            abort();
    }
    size_t at = c->n_profile_days;
    day.slot = free_slot(c);
    while (at > 0 && c->profile_days[at - 1].day > day.day)
        at--;
    memmove(c->profile_days + at + 1, c->profile_days + at,
            (c->n_profile_days - at) * sizeof *c->profile_days);
    c->profile_days[at] = day;
    c->n_profile_days++;
    c->dirty.profile_days |= 1ULL << day.slot;
    c->dirty.profile_days_gone &= ~(1ULL << day.slot);
}

static void keep_day(struct creator *c, const struct methodology *m, const struct profile_record *r,
                     int64_t offset)
{
    struct profile_day day = {.observed_at = r->observed_at,
                              .offset = offset,
                              .followers = r->followers,
                              .following = r->has_following ? r->following : 0,
                              .posts = r->has_posts ? r->posts : 0,
                              .day = (int32_t)(r->observed_at / MS_DAY),
                              .has_following = r->has_following,
                              .has_posts = r->has_posts};
    for (size_t i = 0; i < c->n_profile_days; i++) {
        struct profile_day *kept = &c->profile_days[i];
        if (kept->day != day.day)
            continue;
        if (newer(day.observed_at, day.offset, kept->observed_at, kept->offset)) {
            day.slot = kept->slot;
            *kept = day;
            c->dirty.profile_days |= 1ULL << day.slot;
        }
        return;
    }
    insert_day(c, m, day);
}

static void keep_price(struct creator *c, const struct profile_record *r)
{
    bool there = r->has_price && r->price_currency.len == 3; /* ISO 4217 */
    c->price = there ? r->price_minor_units : 0;
    memset(c->price_currency, 0, sizeof c->price_currency);
    if (there)
        memcpy(c->price_currency, r->price_currency.ptr, 3);
}

static bool is_name(struct bytes of)
{
    size_t i = 0;
    while (i < of.len && (isalnum((unsigned char)of.ptr[i]) || strchr("-_", of.ptr[i])))
        i++;
    return i == of.len && i > 0 && i <= LONGEST_SHARE;
}

void audience_shares_add(struct audience_shares *shares, struct bytes of, double share)
{
    struct audience_share one = {.share = (int32_t)llround(fmax(fmin(share, 1), 0) * SHARE_WHOLE)},
                          *each = shares->each;
    if (!(share > 0) || !is_name(of))
        return;
    memcpy(one.of, of.ptr, of.len);
    size_t at = shares->n;
    while (at > 0 && (each[at - 1].share < one.share ||
                      (each[at - 1].share == one.share && strcmp(each[at - 1].of, one.of) > 0)))
        at--;
    if (at == AUDIENCE_SHARES)
        return;
    if (shares->n < AUDIENCE_SHARES)
        shares->n++;
    memmove(each + at + 1, each + at, (shares->n - 1 - at) * sizeof *each);
    each[at] = one;
}

struct audience_shares *creator_shares(struct creator *c)
{
    if (!c->shares && !(c->shares = calloc(SHARES_KINDS, sizeof *c->shares)))
        abort();
    return c->shares;
}

static void keep_shares(struct creator *c, const struct profile_record *r)
{
    bool there = r->shares[SHARES_COUNTRIES].n || r->shares[SHARES_LANGUAGES].n;
    if (!there && !c->shares)
        return;
    memcpy(creator_shares(c), r->shares, sizeof r->shares);
    c->dirty.shares = true;
}

static void keep_attributes(struct creator *c, const struct profile_record *r, int64_t offset)
{
    if (c->has_profile && !newer(r->observed_at, offset, c->profile_at, c->profile_offset))
        return;
    c->has_profile = true;
    c->profile_at = r->observed_at;
    c->profile_offset = offset;
    c->platform = (uint8_t)r->platform;
    c->verified = r->verified;
    memset(c->country, 0, sizeof c->country);
    if (r->country.ptr)
        memcpy(c->country, r->country.ptr,
               r->country.len < sizeof c->country ? r->country.len : sizeof c->country - 1);
    keep_price(c, r);
    keep_shares(c, r);
    c->dirty.profile = true;
}

enum applied creator_profile(struct creator *c, const struct creator_rules *rules,
                             const struct profile_record *r, const struct provenance *at, int64_t *as_of)
{
    if (is_future(rules, r->observed_at, at))
        return IGNORED_POLICY;
    moved(c, TOPIC_PROFILES, at, r->observed_at, as_of);
    if (profile_erased(c, at))
        return APPLIED_ERASED;
    keep_day(c, rules->methodology, r, at->offset);
    keep_attributes(c, r, at->offset);
    return APPLIED;
}

const struct profile_day *profile_day_for(const struct creator *c, int64_t posted_at, bool *late)
{
    const struct profile_day *found = NULL;
    for (size_t i = 0; i < c->n_profile_days && c->profile_days[i].observed_at <= posted_at; i++)
        found = &c->profile_days[i];
    *late = !found && c->n_profile_days > 0;
    return *late ? &c->profile_days[0] : found;
}
