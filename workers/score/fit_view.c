/* fit_view: a creator as campaigns see it. */
#include "microflux/fit_view.h"

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

bool fit_post_names(const struct fit_post *post, uint32_t brand)
{
    for (size_t i = 0; i < post->n_tokens; i++)
        if (post->tokens[i] == brand)
            return true;
    for (size_t i = 0; i < post->n_brands; i++)
        if (post->brands[i] == brand)
            return true;
    return false;
}

static void view_shares(const struct audience_shares *shares, struct fit_shares *view)
{
    for (; view->n < shares->n; view->n++) {
        struct fit_share *one = &view->each[view->n];
        memcpy(one->of, shares->each[view->n].of, sizeof one->of);
        one->share = shares->each[view->n].share / SHARE_WHOLE;
    }
}

/* V, and how many distinct tokens the model knows of the creator. */
static void view_vector(struct creator *c, const struct methodology *m, const struct embedding *e,
                        struct fit_view *view)
{
    struct creator_vectors vectors;
    (void)creator_content(c, e); /* kept with the creator */
    creator_vectors(c, e, m, &vectors);
    creator_vector(m, &vectors.content, vectors.a, view->v);
    view->tokens = vectors.content.n;
}

void fit_view_of(struct creator *c, const struct score *s, const struct methodology *m,
                 const struct embedding *embedding, struct text_scratch *scratch, struct fit_view *view)
{
    *view = (struct fit_view){.score = s};
    for (size_t i = 0; i < c->n_posts; i++)
        if (!c->posts[i].deleted)
            view_post(&c->posts[i], scratch, &view->posts[view->creator.n_posts++]);
    view->tokens = c->n_tokens;
    if (embedding)
        view_vector(c, m, embedding, view);
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
    for (int kind = 0; c->shares && kind < SHARES_KINDS; kind++)
        view_shares(&c->shares[kind], &view->shares[kind]);
    view->creator.countries = &view->shares[SHARES_COUNTRIES];
    view->creator.languages = &view->shares[SHARES_LANGUAGES];
    view->quality = (struct fit_quality){
        .engagement = {s->creator.of[CREATOR_ENGAGEMENT].there, 0, s->creator.of[CREATOR_ENGAGEMENT].value,
                       s->creator.of[CREATOR_ENGAGEMENT].confidence},
        .authenticity = part_of_weighted(&s->authenticity),
        .saturation = s->content.saturation,
        .paid_performance = s->commercial.paid_performance,
    };
}

double fit_affinity(const struct fit_campaign *campaign, const struct methodology *m,
                    const struct fit_view *view)
{
    return campaign->modelled ? direction_score(&campaign->direction, view->v)
                              : fit_affinity_lexicon(view->score->niche.posterior, campaign, m->n_niches);
}

void fit_of(const struct fit_campaign *campaign, const struct methodology *m, const struct fit_view *view,
            struct fit *fit)
{
    fit_score(m, campaign, &view->creator, &view->quality, fit_affinity(campaign, m, view), view->tokens,
              view->score->as_of, fit);
}
