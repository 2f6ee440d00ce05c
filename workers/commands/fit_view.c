/* fit_view: a creator as campaigns see it, from its live state. */
#include "campaigns.h"

static void view_post(const struct post *post, struct text_scratch *scratch, struct fit_post *view)
{
    *view = (struct fit_post){.posted_at = post->posted_at,
                              .tokens = post->tokens,
                              .n_tokens = post->n_tokens,
                              .n_brands = post->n_brands,
                              .lexicon = post->lexicon,
                              .sponsored = post->official || post->disclosed_word};
    for (size_t i = 0; i < post->n_brands; i++)
        view->brands[i] = text_token(scratch, '@', (struct bytes){post->brands[i].name, post->brands[i].len});
}

static struct part part_of_weighted(const struct weighted *w)
{
    return (struct part){w->there, 0, w->score, w->confidence};
}

void fit_view_of(const struct creator *c, const struct methodology *methodology, const struct market *market,
                 struct text_scratch *scratch, int64_t as_of, struct fit_view *view)
{
    struct score *s = &view->score;
    *view = (struct fit_view){0};
    creator_score(c, methodology, market, as_of, s);
    for (size_t i = 0; i < c->n_posts; i++)
        if (!c->posts[i].deleted)
            view_post(&c->posts[i], scratch, &view->posts[view->creator.n_posts++]);
    view->tokens = c->n_tokens;
    view->creator = (struct fit_creator){
        .platform = c->platform,
        .tier = s->n_tiers ? s->tiers[0].tier : NULL,
        .suspicious = s->audience.suspicious,
        .suspicious_n = s->audience.part.n,
        .authenticity = {s->authenticity.score, s->authenticity.there},
        .estimate = {s->estimate, s->has_estimate},
        .posts = view->posts,
        .n_posts = view->creator.n_posts,
    };
    view->quality = (struct fit_quality){
        .engagement = {s->creator.of[CREATOR_ENGAGEMENT].there, 0, s->creator.of[CREATOR_ENGAGEMENT].value,
                       s->creator.of[CREATOR_ENGAGEMENT].confidence},
        .authenticity = part_of_weighted(&s->authenticity),
        .saturation = s->content.saturation,
        .paid_performance = s->commercial.paid_performance,
    };
}

void fit_of(const struct fit_campaign *campaign, const struct methodology *methodology,
            const struct fit_view *view, struct fit *fit)
{
    double affinity =
        fit_affinity_lexicon(view->score.niche.posterior, campaign->topics, methodology->n_niches);
    fit_score(methodology, campaign, &view->creator, &view->quality, affinity, view->tokens,
              view->score.as_of, fit);
}
