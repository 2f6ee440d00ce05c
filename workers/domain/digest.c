/* digest: one number over all published values but as_of: equal digests = nothing a reader cares about
 * changed. Value by value, since padding has no meaning. */
#include <assert.h>
#include <math.h>

#include "domain_room.h"

#define ADD(b, x) buffer_add(b, &(x), sizeof(x))

static void add_optional(struct buffer *b, const struct optional *x)
{
    double value = x->there ? x->value : -INFINITY;
    ADD(b, value);
}

static void add_part(struct buffer *b, const struct part *part)
{
    const double values[] = {part->there, part->n, part->score, part->confidence};
    ADD(b, values);
}

static void add_weighted(struct buffer *b, const struct weighted *w)
{
    const double whole[] = {w->there, w->score, w->confidence};
    ADD(b, whole);
    for (size_t i = 0; i < w->n; i++) {
        const struct contribution *of = &w->of[i];
        const double values[] = {of->there, of->n, of->value, of->weight, of->contribution};
        ADD(b, values);
        add_optional(b, &of->peer);
    }
}

static void add_who(struct buffer *b, const struct score *s)
{
    ADD(b, s->followers);
    buffer_add_text(b, s->platform ? s->platform : "-");
    for (size_t i = 0; i < s->n_tiers; i++) {
        buffer_add_text(b, s->tiers[i].tier);
        buffer_add_text(b, s->tiers[i].band);
        ADD(b, s->tiers[i].since);
    }
    ADD(b, s->windows);
    ADD(b, s->totals);
    ADD(b, s->posts_90d);
    ADD(b, s->sponsored_90d);
}

static void add_engagement(struct buffer *b, const struct score *s)
{
    const double values[] = {s->estimate,     s->estimate_low,     s->estimate_high, s->estimate_confidence,
                             s->peers.median, s->peers.percentile, s->peers.score,   (double)s->peers.n};
    add_optional(b, &s->rate);
    add_optional(b, &s->rate_lc);
    add_optional(b, &s->rate_views);
    add_optional(b, &s->velocity);
    ADD(b, s->rate_posts);
    ADD(b, s->rate_views_posts);
    ADD(b, s->mature_posts);
    ADD(b, s->followers_late);
    ADD(b, s->has_estimate);
    ADD(b, s->peers.there);
    ADD(b, values);
}

static void add_authenticity(struct buffer *b, const struct score *s)
{
    add_part(b, &s->audience.part);
    add_optional(b, &s->audience.suspicious);
    for (int i = 0; i < N_TERMS; i++) {
        const struct term_value *term = &s->terms[i];
        const double values[] = {term->there, term->n, term->x, term->place.at};
        ADD(b, values);
    }
    add_part(b, &s->engagement_authenticity);
    add_part(b, &s->growth.part);
    add_optional(b, &s->growth.z);
    add_optional(b, &s->growth.following);
    ADD(b, s->growth.benign);
    ADD(b, s->growth.lost);
    ADD(b, s->growth.spike_day);
    add_part(b, &s->content.part);
    add_optional(b, &s->content.undisclosed);
    ADD(b, s->content.likely_posts);
    add_weighted(b, &s->authenticity);
    for (int i = 0; i < N_FLAGS; i++) {
        int32_t flag = s->flags[i].raised ? 1 + s->flags[i].place.at : 0;
        ADD(b, flag);
    }
}

/* V as far as a reader can tell it apart: its codes, and its length to a 127th. What a niche model makes of
 * it changes with it and not without it. */
static void add_topics(struct buffer *b, const struct niche_value *niche)
{
    if (niche->has_vector) {
        int32_t length = niche->vector.scale > 0 ? (int32_t)lrint(127 * log(niche->vector.scale)) : INT32_MIN;
        ADD(b, niche->vector.code);
        ADD(b, length);
        ADD(b, niche->known);
    }
    if (niche->model) {
        buffer_add_text(b, niche->asserted ? niche->asserted : "-");
        return;
    }
    for (size_t i = 0; i < niche->n; i++)
        ADD(b, niche->posterior[i]);
    add_part(b, &niche->focus);
}

static void add_community(struct buffer *b, const struct score *s)
{
    for (int i = 0; i < 2; i++) {
        ADD(b, s->activity.followers[i].there);
        ADD(b, s->activity.followers[i].absolute);
    }
    ADD(b, s->activity.posts_per_week);
    add_optional(b, &s->activity.days_since_post);
    add_part(b, &s->community.part);
    add_optional(b, &s->community.unique_actors);
    add_optional(b, &s->community.repeat);
    add_optional(b, &s->community.reply);
    add_topics(b, &s->niche);
}

static void add_commercial(struct buffer *b, const struct commercial_value *v)
{
    add_optional(b, &v->paid_performance);
    add_optional(b, &v->cost_per_engagement);
    ADD(b, v->currency);
    for (int w = 0; w < 4; w++)
        add_optional(b, &v->media_value[w]);
    for (size_t i = 0; i < v->n_brands; i++) {
        buffer_add(b, v->brands[i].name.ptr, v->brands[i].name.len);
        ADD(b, v->brands[i].last);
        ADD(b, v->brands[i].count);
        ADD(b, v->brands[i].official);
    }
}

static void add_campaigns(struct buffer *b, const struct commercial_value *v)
{
    for (size_t i = 0; i < v->n_campaigns; i++) {
        const struct campaign *campaign = v->campaigns[i];
        buffer_add(b, campaign->id, campaign->id_len);
        ADD(b, campaign->last);
        ADD(b, campaign->clicks);
        ADD(b, campaign->purchases);
        for (int k = 0; k < CAMPAIGN_CURRENCIES; k++) {
            ADD(b, campaign->values[k].currency);
            ADD(b, campaign->values[k].minor_units);
        }
    }
}

uint64_t score_digest(const struct score *s)
{
    char room[12288]; /* 16 brands of 40 bytes, 16 campaigns of 256, about 400 numbers */
    struct buffer b = {room, 0, sizeof room};
    add_who(&b, s);
    add_engagement(&b, s);
    add_authenticity(&b, s);
    add_community(&b, s);
    add_commercial(&b, &s->commercial);
    add_campaigns(&b, &s->commercial);
    if (!s->niche.model) /* else its parts are all told above, the focus as far as V tells it */
        add_weighted(&b, &s->creator);
    assert(b.data == room);
    uint64_t hash = bytes_hash((struct bytes){b.data, b.len});
    return hash ? hash : 1;
}
