/* fit: gates, factors and their product (scoring.md §10). */
#include <math.h>

#include "domain_room.h"
#include "microflux/fit.h"

const char *const fit_gate_names[N_GATES] = {NULL,
                                             "campaign",
                                             "platform",
                                             "tier",
                                             "excluded",
                                             "competitor",
                                             "suspicious_audience",
                                             "min_authenticity",
                                             "min_rate"};
const char *const fit_factor_names[N_FACTORS] = {"target", "values", "quality"};
const char *const quality_part_names[N_QUALITY_PARTS] = {"engagement", "authenticity", "saturation",
                                                         "paid_performance", "cost"};

/* ---- gates ---- */

static bool holds(const uint32_t *tokens, size_t n, uint32_t wanted)
{
    for (size_t i = 0; i < n; i++)
        if (tokens[i] == wanted)
            return true;
    return false;
}

static bool any_of(const uint32_t *tokens, size_t n, const uint32_t *wanted, size_t n_wanted)
{
    for (size_t i = 0; i < n_wanted; i++)
        if (holds(tokens, n, wanted[i]))
            return true;
    return false;
}

static bool tier_wanted(const struct fit_campaign *campaign, const char *tier)
{
    for (size_t i = 0; i < campaign->n_tiers; i++)
        if (tier && strcmp(campaign->tiers[i], tier) == 0)
            return true;
    return campaign->n_tiers == 0;
}

static bool shows_excluded(const struct fit_campaign *campaign, const struct fit_creator *creator)
{
    for (size_t i = 0; i < creator->n_posts; i++) {
        const struct fit_post *post = &creator->posts[i];
        if (post->lexicon & campaign->excluded_classes ||
            any_of(post->tokens, post->n_tokens, campaign->excluded, campaign->n_excluded))
            return true;
    }
    return false;
}

static bool works_for_competitor(const struct methodology *m, const struct fit_campaign *campaign,
                                 const struct fit_creator *creator, int64_t as_of)
{
    for (size_t i = 0; i < creator->n_posts; i++) {
        const struct fit_post *post = &creator->posts[i];
        if (post->sponsored && as_of - post->posted_at <= m->fit_competitor_days * MS_DAY &&
            any_of(post->brands, post->n_brands, campaign->competitors, campaign->n_competitors))
            return true;
    }
    return false;
}

static bool below(struct optional value, struct optional least)
{
    return value.there && least.there && value.value < least.value;
}

bool fit_suspicious(const struct methodology *m, const struct fit_creator *creator)
{
    return creator->suspicious.there && creator->suspicious_n >= m->fit_suspicious_least &&
           creator->suspicious.value > m->fit_suspicious_most;
}

bool fit_runs(const struct fit_campaign *campaign, int64_t as_of)
{
    return campaign->active && as_of >= campaign->starts_at && as_of < campaign->ends_at;
}

enum fit_gate fit_gate(const struct methodology *m, const struct fit_campaign *campaign,
                       const struct fit_creator *creator, int64_t as_of)
{
    if (!fit_runs(campaign, as_of))
        return GATE_CAMPAIGN;
    if (campaign->platforms && !(campaign->platforms & 1u << creator->platform))
        return GATE_PLATFORM;
    if (!tier_wanted(campaign, creator->tier))
        return GATE_TIER;
    if (shows_excluded(campaign, creator))
        return GATE_EXCLUDED;
    if (works_for_competitor(m, campaign, creator, as_of))
        return GATE_COMPETITOR;
    if (fit_suspicious(m, creator))
        return GATE_SUSPICIOUS_AUDIENCE;
    if (below(creator->authenticity, campaign->min_authenticity))
        return GATE_MIN_AUTHENTICITY;
    return below(creator->estimate, campaign->min_rate) ? GATE_MIN_RATE : GATE_NONE;
}

/* ---- affinity, target, values ---- */

double fit_affinity_lexicon(const double *histogram, const struct fit_campaign *campaign, size_t n)
{
    const double *topics = campaign->topics;
    double product = 0, ours = 0, theirs = campaign->other_topics;
    for (size_t i = 0; i < n; i++) {
        product += histogram[i] * topics[i];
        ours += histogram[i] * histogram[i];
        theirs += topics[i] * topics[i];
    }
    return ours > 0 && theirs > 0 ? 100 * product / sqrt(ours * theirs) : 0;
}

static double share_of(const struct fit_shares *shares, const char *of)
{
    for (size_t i = 0; i < shares->n; i++)
        if (strcmp(shares->each[i].of, of) == 0)
            return shares->each[i].share;
    return 0;
}

static double common(const struct fit_shares *asked, const struct fit_shares *there)
{
    double sum = 0;
    for (size_t i = 0; i < asked->n; i++)
        sum += fmin(asked->each[i].share, share_of(there, asked->each[i].of));
    return sum;
}

struct optional fit_target(const struct fit_campaign *campaign, const struct fit_shares *countries,
                           const struct fit_shares *languages)
{
    double sum = 0;
    int n = 0;
    if (campaign->countries.n && countries && countries->n)
        sum += common(&campaign->countries, countries), n++;
    if (campaign->languages.n && languages && languages->n)
        sum += common(&campaign->languages, languages), n++;
    return n ? (struct optional){sum / n, true} : (struct optional){0};
}

double fit_values_share(const struct methodology *m, size_t touching, size_t posts)
{
    return (double)touching / ((double)posts + m->fit_values_k);
}

struct optional fit_values(const struct methodology *m, const struct fit_campaign *campaign,
                           const struct fit_post *posts, size_t n)
{
    size_t touching = 0;
    if (!campaign->values)
        return (struct optional){0};
    for (size_t i = 0; i < n; i++)
        touching += (posts[i].lexicon & campaign->values) != 0;
    return (struct optional){fit_values_share(m, touching, n), true};
}

/* ---- quality ---- */

static struct part known(struct optional value, double score)
{
    return (struct part){.there = value.there, .n = value.there, .score = score, .confidence = 1};
}

/* A saturation of .15 costs nothing, .50 everything; parity of paid posts is 50; a cost at the median is 50.
 */
void fit_quality(const struct methodology *m, const struct fit_quality *of, struct weighted *quality)
{
    double paid = m->fit_paid_at_parity * fmin(of->paid_performance.value, 100 / m->fit_paid_at_parity);
    double dear = of->cost_ratio.there ? -log(of->cost_ratio.value) : 0, most = log(m->fit_cost_reach);
    const struct part parts[N_QUALITY_PARTS] = {
        of->engagement,
        of->authenticity,
        known(of->saturation, 100 - 100 * ramp(of->saturation.value, m->fit_saturation)),
        known(of->paid_performance, paid),
        known(of->cost_ratio, 100 * ramp(dear, (struct ramp){-most, most})),
    };
    weigh(m, quality_part_names, m->fit_quality_weights, parts, N_QUALITY_PARTS, quality);
}

/* ---- the product ---- */

double factor_target(const struct methodology *m, struct optional target)
{
    return target.there ? 1 - m->fit_target_reach * (1 - target.value) : 1;
}

double factor_values(const struct methodology *m, struct optional values)
{
    return values.there ? 1 - m->fit_values_reach * (1 - ramp(values.value, m->fit_values)) : 1;
}

double factor_quality(const struct methodology *m, const struct weighted *quality)
{
    return quality->there ? 1 - m->fit_quality_reach * (1 - quality->score / 100) : 1;
}

double fit_compose(double affinity, double *factors, const double *weights, double *steps)
{
    double fit = affinity;
    for (int i = 0; i < N_FACTORS; i++) {
        factors[i] = pow(factors[i], weights[i]);
        steps[i] = fit * factors[i] - fit;
        fit += steps[i];
    }
    return fit;
}

void fit_score(const struct methodology *m, const struct fit_campaign *campaign,
               const struct fit_creator *creator, const struct fit_quality *quality, double affinity,
               int32_t tokens, int64_t as_of, struct fit *fit)
{
    *fit = (struct fit){.gate = fit_gate(m, campaign, creator, as_of), .affinity = affinity};
    fit->target = fit_target(campaign, creator->countries, creator->languages);
    fit->values = fit_values(m, campaign, creator->posts, creator->n_posts);
    fit_quality(m, quality, &fit->quality);
    fit->factors[FACTOR_TARGET] = factor_target(m, fit->target);
    fit->factors[FACTOR_VALUES] = factor_values(m, fit->values);
    fit->factors[FACTOR_QUALITY] = factor_quality(m, &fit->quality);
    fit->score = fit_compose(affinity, fit->factors, campaign->weights, fit->steps);
    fit->confidence = fmin(tokens / (tokens + m->fit_tokens_k), fit->quality.confidence);
    if ((campaign->countries.n || campaign->languages.n) && !fit->target.there)
        fit->confidence *= m->fit_untold;
    if (fit->gate != GATE_NONE)
        fit->score = 0;
}

double fit_rounded(double score)
{
    return round_score(score);
}
