/* engagement: rates and the estimate over the mature organic posts (scoring.md §2), and the score as a whole.
 * Pure: reads the creator, fills a struct score; every published rate is rounded to 1e-7 (§0). */
#include <math.h>
#include <stdlib.h>

#include "domain_room.h"

struct mature {
    int64_t engagements, likes_comments, views;
    double followers; /* at post time, at least 1 */
};

static int64_t at_least_0(int64_t n)
{
    return n > 0 ? n : 0;
}

static double round_rate(double x)
{
    return nearbyint(x * 1e7) / 1e7;
}

int64_t engagements(const int64_t counts[N_KINDS])
{
    return at_least_0(counts[KIND_LIKE]) + at_least_0(counts[KIND_COMMENT]) + at_least_0(counts[KIND_SHARE]) +
           at_least_0(counts[KIND_SAVE]);
}

/* Mature organic posts, newest first: 24 h to 90 d old, not sponsored, not deleted, followers known. */
static size_t mature_posts(const struct creator *c, const struct methodology *m, int64_t as_of,
                           struct mature *out, bool *late)
{
    size_t n = 0;
    *late = false;
    for (size_t i = 0; i < c->n_posts; i++) {
        const struct post *p = &c->posts[i];
        int64_t age = as_of - p->posted_at, followers;
        bool followers_late;
        if (age < m->mature_ms || age > m->mature_until_ms || post_sponsored(p) || p->deleted ||
            !creator_post_followers(c, p, &followers, &followers_late))
            continue;
        *late |= followers_late;
        out[n++] = (struct mature){engagements(p->counts),
                                   at_least_0(p->counts[KIND_LIKE]) + at_least_0(p->counts[KIND_COMMENT]),
                                   at_least_0(p->counts[KIND_VIEW]), (double)(followers > 1 ? followers : 1)};
    }
    return n;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static struct optional median(double *x, size_t n, int32_t least)
{
    if (n < (size_t)least)
        return (struct optional){0};
    qsort(x, n, sizeof *x, by_value);
    return (struct optional){round_rate(n % 2 ? x[n / 2] : (x[n / 2 - 1] + x[n / 2]) / 2), true};
}

static void rates(const struct mature *posts, size_t n, const struct methodology *m, struct score *s)
{
    double all[POSTS], likes_comments[POSTS], views[POSTS];
    size_t n_views = 0, n_all = n < (size_t)m->rate_posts ? n : (size_t)m->rate_posts;
    for (size_t i = 0; i < n_all; i++) {
        all[i] = (double)posts[i].engagements / posts[i].followers;
        likes_comments[i] = (double)posts[i].likes_comments / posts[i].followers;
    }
    for (size_t i = 0; i < n && n_views < (size_t)m->rate_posts; i++)
        if (posts[i].views > 0)
            views[n_views++] = (double)posts[i].engagements / (double)posts[i].views;
    s->rate = median(all, n_all, m->rate_least);
    s->rate_lc = median(likes_comments, n_all, m->rate_least);
    s->rate_views = median(views, n_views, m->rate_least);
    s->rate_posts = (int32_t)n_all;
    s->rate_views_posts = (int32_t)n_views;
    s->mature_posts = (int32_t)n;
}

/* Weights 2^(-i/2), newest first; without peers the estimate is exp of the weighted mean. */
static void estimate(const struct mature *posts, size_t n, const struct methodology *m, struct score *s)
{
    double sum = 0, squares = 0, weighted = 0, factor = exp2(-m->estimate_half), weight = 1;
    if (n == 0)
        return;
    for (size_t i = 0; i < n; i++, weight *= factor) {
        sum += weight;
        squares += weight * weight;
        weighted += weight * log(((double)posts[i].engagements + m->estimate_offset) / posts[i].followers);
    }
    double mean = weighted / sum, n_eff = sum * sum / squares;
    double spread = exp(m->interval_z * m->interval_sigma / sqrt(n_eff) + m->interval_floor),
           rate = exp(mean);
    s->has_estimate = true;
    s->estimate = round_rate(rate);
    s->estimate_low = round_rate(rate / spread);
    s->estimate_high = round_rate(rate * spread);
    s->estimate_confidence = round_rate(n_eff / (n_eff + 1));
}

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
        s->velocity =
            (struct optional){round_rate((double)engagements(s->windows[0]) / ((double)week / 7)), true};
}

static void tiers(const struct creator *c, const struct methodology *m, struct score *s)
{
    for (size_t i = 0; c->n_profile_days && i < m->n_schemes; i++) {
        struct tier_fold fold = tier_now(m, i, c);
        const struct tier_edge *edge = &m->schemes[i]->edges[fold.entry];
        s->tiers[s->n_tiers++] = (struct tier_value){m->schemes[i]->name, edge->tier, edge->band, fold.since};
    }
}

void creator_score(const struct creator *c, const struct methodology *m, const struct market *market,
                   int64_t as_of, struct score *s)
{
    (void)market;
    struct mature posts[POSTS];
    memset(s, 0, sizeof *s);
    s->as_of = as_of;
    s->has_profile = c->n_profile_days > 0;
    if (s->has_profile) {
        s->platform = platform_names[c->platform < N_PLATFORMS ? c->platform : 0];
        s->followers = c->profile_days[c->n_profile_days - 1].followers;
    }
    tiers(c, m, s);
    windows(c, as_of, s);
    size_t n = mature_posts(c, m, as_of, posts, &s->followers_late);
    rates(posts, n, m, s);
    estimate(posts, n, m, s);
}

static void add_number(struct buffer *b, double x)
{
    buffer_add(b, &x, sizeof x);
}

uint64_t score_digest(const struct score *s)
{
    char room[2048];
    struct buffer b = {room, 0, sizeof room};
    buffer_add(&b, &s->followers, sizeof s->followers);
    buffer_add_text(&b, s->platform ? s->platform : "-");
    for (size_t i = 0; i < s->n_tiers; i++) {
        buffer_add_text(&b, s->tiers[i].tier);
        buffer_add_text(&b, s->tiers[i].band);
        buffer_add(&b, &s->tiers[i].since, sizeof s->tiers[i].since);
    }
    buffer_add(&b, s->windows, sizeof s->windows);
    buffer_add(&b, s->totals, sizeof s->totals);
    buffer_add(&b, &s->posts_90d, sizeof s->posts_90d);
    buffer_add(&b, &s->sponsored_90d, sizeof s->sponsored_90d);
    const struct optional *optionals[] = {&s->rate, &s->rate_lc, &s->rate_views, &s->velocity};
    for (size_t i = 0; i < 4; i++)
        add_number(&b, optionals[i]->there ? optionals[i]->value : -1);
    add_number(&b, s->rate_posts + 100.0 * s->rate_views_posts + 1e4 * s->mature_posts +
                       1e6 * s->followers_late + 1e7 * s->has_estimate);
    add_number(&b, s->estimate);
    add_number(&b, s->estimate_low);
    add_number(&b, s->estimate_high);
    add_number(&b, s->estimate_confidence);
    uint64_t hash = bytes_hash((struct bytes){b.data, b.len});
    return hash ? hash : 1;
}
