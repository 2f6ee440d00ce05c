/* commercial: what paid posts bring, whose names come up, what an engagement costs (scoring.md §8). */
#include <math.h>

#include "domain_room.h"

static double median_log(const struct rated *posts, size_t n, const struct methodology *m)
{
    double x[POSTS];
    for (size_t i = 0; i < n; i++)
        x[i] = engagement_log(&posts[i], m);
    return median_of(x, n);
}

struct optional paid_performance(const struct methodology *m, const struct rated *sponsored,
                                 size_t n_sponsored, const struct rated *organic, size_t n_organic)
{
    double smaller = (double)(n_sponsored < n_organic ? n_sponsored : n_organic);
    if (smaller == 0)
        return (struct optional){0};
    double difference = median_log(sponsored, n_sponsored, m) - median_log(organic, n_organic, m);
    return (struct optional){exp(difference * smaller / (smaller + m->paid_k)), true};
}

static void compare_posts(const struct creator *c, const struct methodology *m, int64_t as_of,
                          struct commercial_value *value)
{
    struct rated sponsored[POSTS], organic[POSTS];
    size_t n_sponsored = 0, n_organic = 0;
    for (size_t i = 0; i < c->n_posts; i++) {
        const struct post *post = &c->posts[i];
        struct rated *rated = post_sponsored(post) ? &sponsored[n_sponsored] : &organic[n_organic];
        bool late;
        if (post->deleted || as_of - post->posted_at <= m->mature_ms ||
            !engagement_rated(c, post, rated, &late))
            continue;
        *(post_sponsored(post) ? &n_sponsored : &n_organic) += 1;
    }
    value->sponsored_posts = (int32_t)n_sponsored;
    value->organic_posts = (int32_t)n_organic;
    value->paid_performance = paid_performance(m, sponsored, n_sponsored, organic, n_organic);
}

struct optional cost_per_engagement(const int64_t *price, const double *estimate, int64_t followers)
{
    if (!price || !estimate || *estimate <= 0 || followers <= 0)
        return (struct optional){0};
    return (struct optional){(double)*price / (*estimate * (double)followers), true};
}

static void media_values(const struct unit_values *values, struct score *s)
{
    if (!values)
        return;
    s->commercial.media_currency = values->currency;
    for (int w = 0; w < 4; w++) {
        s->commercial.media_value[w].there = true;
        for (int kind = KIND_VIEW; kind < N_KINDS; kind++)
            s->commercial.media_value[w].value += (double)s->windows[w][kind] * values->minor_units[kind];
    }
}

void commercial_evaluate(const struct creator *c, const struct methodology *m,
                         const struct unit_values *values, int64_t as_of, struct score *s)
{
    struct commercial_value *value = &s->commercial;
    compare_posts(c, m, as_of, value);
    brands_evaluate(c, value);
    campaigns_evaluate(c, value);
    media_values(values, s);
    memcpy(value->currency, c->price_currency, sizeof value->currency);
    value->cost_per_engagement = cost_per_engagement(c->price_currency[0] ? &c->price : NULL,
                                                     s->has_estimate ? &s->estimate : NULL, s->followers);
}
