/* rounding: the one place where published values are rounded (rates, shares, weights and confidences to
 * 1e-7, scores to 1e-3), and the digest over them. */
#include <math.h>

#include "domain_room.h"

static void rate(struct optional *x)
{
    x->value = round_rate(x->value);
}

static void round_part(struct part *part)
{
    part->score = round_score(part->score);
    part->confidence = round_rate(part->confidence);
}

static void round_weighted(struct weighted *w)
{
    w->score = round_score(w->score);
    w->confidence = round_rate(w->confidence);
    for (size_t i = 0; i < w->n; i++) {
        struct contribution *of = &w->of[i];
        of->value = round_score(of->value);
        of->confidence = round_rate(of->confidence);
        of->weight = round_rate(of->weight);
        of->contribution = round_rate(of->contribution);
        rate(&of->peer);
    }
}

static void round_engagement(struct score *s)
{
    double *rates[] = {&s->estimate,      &s->estimate_low, &s->estimate_high, &s->estimate_confidence,
                       &s->estimate_mean, &s->estimate_n,   &s->peers.median};
    struct optional *optionals[] = {&s->rate, &s->rate_lc, &s->rate_views, &s->velocity};
    for (size_t i = 0; i < sizeof rates / sizeof rates[0]; i++)
        *rates[i] = round_rate(*rates[i]);
    for (size_t i = 0; i < sizeof optionals / sizeof optionals[0]; i++)
        rate(optionals[i]);
    s->peers.percentile = round_score(s->peers.percentile);
    s->peers.score = round_score(s->peers.score);
}

static void round_signals(struct score *s)
{
    struct optional *optionals[] = {&s->audience.suspicious,
                                    &s->audience.suspicious_low,
                                    &s->audience.suspicious_high,
                                    &s->growth.z,
                                    &s->growth.following,
                                    &s->content.saturation,
                                    &s->content.undisclosed,
                                    &s->activity.followers[0].relative,
                                    &s->activity.followers[1].relative,
                                    &s->community.repeat,
                                    &s->community.repeat_error,
                                    &s->community.reply,
                                    &s->commercial.paid_performance};
    for (size_t i = 0; i < sizeof optionals / sizeof optionals[0]; i++)
        rate(optionals[i]);
    for (int i = 0; i < N_TERMS; i++) {
        s->terms[i].x = round_rate(s->terms[i].x);
        s->terms[i].penalty = round_score(s->terms[i].penalty);
    }
    for (size_t i = 0; i < s->niche.n; i++)
        s->niche.posterior[i] = round_rate(s->niche.posterior[i]);
    s->growth.mad = round_rate(s->growth.mad);
    s->activity.posts_per_week = round_rate(s->activity.posts_per_week);
}

void score_round(struct score *s)
{
    struct part *parts[] = {&s->audience.part, &s->engagement_authenticity, &s->growth.part,
                            &s->content.part,  &s->community.part,          &s->niche.focus};
    round_engagement(s);
    round_signals(s);
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        round_part(parts[i]);
    round_weighted(&s->authenticity);
    round_weighted(&s->creator);
}
