/* comments: what a post's comments tell beside their number: how many say next to nothing, how many came in
 * the first 10 minutes, how many are the creator's own. A post that is not known yet counts them by minute
 * until its record says when it was posted (scoring.md §0.1, §4, §6). */
#include <stdlib.h>

#include "domain_room.h"

static int64_t minute_of(int64_t time)
{
    return time / MS_MINUTE;
}

static bool early(const struct methodology *m, int64_t occurred_minute, int64_t posted_at)
{
    int64_t after = occurred_minute - minute_of(posted_at);
    return after >= 0 && after <= m->early_minutes;
}

/* An earlier comment moves the window back; what falls off its end cannot be early any more. */
static void start_at(struct minutes *minutes, int64_t first)
{
    int64_t by = minutes->first - first;
    for (int64_t i = MINUTES - 1; i >= 0; i--)
        minutes->counts[i] = i >= by ? minutes->counts[i - by] : 0;
    minutes->first = first;
}

void minutes_add(struct post *post, int64_t minute, int64_t count)
{
    if (!post->minutes) {
        post->minutes = calloc(1, sizeof *post->minutes);
        if (!post->minutes)
            abort();
        post->minutes->first = minute;
    }
    if (minute < post->minutes->first)
        start_at(post->minutes, minute);
    if (minute - post->minutes->first < MINUTES)
        post->minutes->counts[minute - post->minutes->first] += count;
}

void comments_settle(struct post *post, const struct methodology *m)
{
    for (int i = 0; post->minutes && i < MINUTES; i++)
        if (early(m, post->minutes->first + i, post->posted_at))
            post->traits.early += post->minutes->counts[i];
    free(post->minutes);
    post->minutes = NULL;
}

void comments_note(struct creator *c, const struct methodology *m, struct post *post,
                   const struct interaction_record *r)
{
    if (r->has_comment) {
        post->traits.comments += r->count;
        post->traits.generic += r->comment_words <= m->generic_words ? r->count : 0;
    }
    if (post->placeholder)
        minutes_add(post, minute_of(r->occurred_at), r->count);
    else if (early(m, minute_of(r->occurred_at), post->posted_at))
        post->traits.early += r->count;
    c->dirty.traits |= 1ULL << post->slot;
}

void comments_own(struct creator *c, struct post *post, int64_t count)
{
    post->traits.own += count;
    c->dirty.traits |= 1ULL << post->slot;
}

/* ---- what they say ---- */

struct met { /* over the posts of the ring */
    int64_t comments, generic, early_of, early, early_posts, most_generic, most_early;
    uint8_t generic_slot, early_slot;
};

static void meet(const struct methodology *m, const struct post *post, struct met *met)
{
    int64_t others = at_least_0(post->counts[KIND_COMMENT]), within = at_least_0(post->traits.early);
    within = within < others ? within : others;
    met->comments += at_least_0(post->traits.comments);
    met->generic += at_least_0(post->traits.generic);
    if (post->traits.generic > met->most_generic) {
        met->most_generic = post->traits.generic;
        met->generic_slot = post->slot;
    }
    if (others < m->early_comments)
        return;
    met->early_posts++;
    met->early_of += others;
    met->early += within;
    if (within > met->most_early) {
        met->most_early = within;
        met->early_slot = post->slot;
    }
}

static double share(int64_t part, int64_t of)
{
    return of > 0 ? (double)(part < 0 ? 0 : part > of ? of : part) / (double)of : 0;
}

void comments_terms(const struct creator *c, const struct methodology *m, struct term_value *terms)
{
    struct met met = {0};
    for (size_t i = 0; i < c->n_posts; i++)
        if (!c->posts[i].deleted)
            meet(m, &c->posts[i], &met);
    terms[TERM_GENERIC] = (struct term_value){.there = met.comments >= m->term_least[TERM_GENERIC],
                                              .n = (int32_t)met.comments,
                                              .x = share(met.generic, met.comments),
                                              .place = {EVIDENCE_POST, met.generic_slot}};
    terms[TERM_EARLY] = (struct term_value){.there = met.early_posts >= m->term_least[TERM_EARLY],
                                            .n = (int32_t)met.early_posts,
                                            .x = share(met.early, met.early_of),
                                            .place = {EVIDENCE_POST, met.early_slot}};
    terms[TERM_DUPLICATE] =
        (struct term_value){.there = c->fingerprints.n >= m->term_least[TERM_DUPLICATE],
                            .n = c->fingerprints.n,
                            .x = share(fingerprints_repeated(&c->fingerprints), c->fingerprints.n)};
}

struct optional comments_reply_share(const struct creator *c)
{
    int64_t own = 0, others = 0;
    for (size_t i = 0; i < c->n_posts; i++) {
        const struct post *post = &c->posts[i];
        own += post->deleted ? 0 : at_least_0(post->traits.own);
        others += post->deleted ? 0 : at_least_0(post->counts[KIND_COMMENT]);
    }
    return (struct optional){others > 0 ? (double)own / (double)others : 0, others > 0};
}
