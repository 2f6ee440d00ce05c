/* score: a creator's published values, section by section. Pure: reads the creator, fills a struct score.
 * Every section is given what it builds on; rounding is one step at the end, and flags are raised of what was
 * rounded (scoring.md §0). */
#include <math.h>

#include "domain_room.h"

const char *const creator_part_names[N_CREATOR_PARTS] = {"engagement", "authenticity", "niche_focus",
                                                         "community"};

static void windows(const struct creator *c, int64_t as_of, struct score *s)
{
    static const int64_t lengths[4] = {MS_DAY, 7 * MS_DAY, 30 * MS_DAY, 90 * MS_DAY};
    int64_t sums[N_COUNTS];
    for (int w = 0; w < 4; w++) {
        window_sum(w == 0 ? &c->hours : &c->days, w == 0 ? MS_HOUR : MS_DAY, as_of - lengths[w], sums);
        for (int kind = KIND_VIEW; kind < N_KINDS; kind++)
            s->windows[w][kind] = at_least_0(sums[kind]);
    }
    s->posts_90d = at_least_0(sums[COUNT_POSTS]);
    s->sponsored_90d = at_least_0(sums[COUNT_SPONSORED]);
    for (int kind = KIND_VIEW; kind < N_KINDS; kind++)
        s->totals[kind] = at_least_0(c->totals[kind]);
    int64_t week = engagements(s->windows[1]);
    if (week > 0)
        s->velocity = (struct optional){(double)engagements(s->windows[0]) / ((double)week / 7), true};
}

static void tiers(const struct creator *c, const struct methodology *m, struct score *s, size_t *band)
{
    *band = 0;
    for (size_t i = 0; c->n_profile_days && i < m->n_schemes; i++) {
        struct tier_fold fold = tier_now(m, i, c);
        const struct tier_edge *edge = &m->schemes[i]->edges[fold.entry];
        s->tiers[s->n_tiers++] = (struct tier_value){m->schemes[i]->name, edge->tier, edge->band, fold.since};
        *band = i == 0 ? fold.entry : *band;
    }
}

static const struct peer_cell *who(const struct creator *c, const struct methodology *m,
                                   const struct market *market, struct score *s)
{
    size_t band, platform = c->platform < N_PLATFORMS ? c->platform : 0;
    tiers(c, m, s, &band);
    s->has_profile = c->n_profile_days > 0;
    if (!s->has_profile)
        return NULL;
    s->platform = platform_names[platform];
    s->peer_platform = (uint8_t)platform;
    s->peer_band = (uint8_t)band;
    s->followers = c->profile_days[c->n_profile_days - 1].followers;
    return market ? peers_cell(m, market->peers, market->benchmark, platform, band) : NULL;
}

/* Everything that is taken over the sampled actors. */
static void actors(const struct creator *c, const struct methodology *m, int64_t as_of, struct score *s)
{
    struct sampled room[SAMPLE];
    struct sample sample = {room, 0, SAMPLE};
    uint8_t registers[HLL_REGISTERS];
    if (c->actors)
        actors_sample(c->actors, as_of, &sample);
    s->community.since = (as_of / ACTOR_SLICE_MS - ACTOR_SLICES + 1) * ACTOR_SLICE_MS;
    if (sample.n) {
        actors_registers(c->actors, as_of, registers);
        s->community.unique_actors = (struct optional){floor(hll_estimate(registers) + 0.5), true};
    }
    audience_evaluate(&sample, m, &s->audience);
    community_evaluate(c, &sample, m, &s->community);
}

static void authenticity(const struct creator *c, const struct methodology *m, const struct peer_cell *peers,
                         int64_t as_of, struct score *s)
{
    int32_t n_posts = 0;
    for (size_t i = 0; i < c->n_posts; i++)
        n_posts += !c->posts[i].deleted;
    likes_terms(c, m, as_of, s->terms);
    comments_terms(c, m, s->terms);
    rate_terms(peers, s);
    s->engagement_authenticity = engagement_part(m, s->terms, n_posts);
    growth_evaluate(c->profile_days, c->n_profile_days, &c->days, m, as_of / MS_DAY, &s->growth);
    content_evaluate(c, m, as_of, s);
    const struct part parts[N_AUTHENTICITY_PARTS] = {s->audience.part, s->engagement_authenticity,
                                                     s->growth.part, s->content.part};
    weigh(m, authenticity_part_names, m->authenticity_weights, parts, N_AUTHENTICITY_PARTS, &s->authenticity);
}

static int32_t evidence_of(const struct weighted *w)
{
    int32_t n = 0;
    for (size_t i = 0; i < w->n; i++)
        n += w->of[i].there ? w->of[i].n : 0;
    return n;
}

static void whole(const struct methodology *m, struct score *s)
{
    const struct part parts[N_CREATOR_PARTS] = {
        {s->peers.there, s->mature_posts, s->peers.score, s->estimate_confidence},
        {s->authenticity.there, evidence_of(&s->authenticity), s->authenticity.score,
         s->authenticity.confidence},
        s->niche.focus,
        s->community.part};
    weigh(m, creator_part_names, m->creator_weights, parts, N_CREATOR_PARTS, &s->creator);
    s->creator.of[CREATOR_ENGAGEMENT].peer = (struct optional){s->peers.median, s->peers.there};
}

void creator_score(const struct creator *c, const struct methodology *m, const struct market *market,
                   int64_t as_of, struct score *s)
{
    memset(s, 0, sizeof *s);
    s->as_of = as_of;
    const struct peer_cell *peers = who(c, m, market, s);
    windows(c, as_of, s);
    engagement_rates(c, m, as_of, peers, s);
    actors(c, m, as_of, s);
    authenticity(c, m, peers, as_of, s);
    activity_evaluate(c, m, as_of, s);
    niche_evaluate(c, m, market ? &market->models : NULL, &s->niche);
    commercial_evaluate(c, m, market ? market->values : NULL, as_of, s);
    whole(m, s);
    score_round(s);
    flags_raise(m, s);
}
