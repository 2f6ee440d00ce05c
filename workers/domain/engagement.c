/* engagement: rates and the estimate over the mature organic posts (scoring.md §2). */
#include <math.h>

#include "domain_room.h"

int64_t engagements(const int64_t counts[N_KINDS])
{
    return at_least_0(counts[KIND_LIKE]) + at_least_0(counts[KIND_COMMENT]) + at_least_0(counts[KIND_SHARE]) +
           at_least_0(counts[KIND_SAVE]);
}

bool engagement_rated(const struct creator *c, const struct post *post, struct rated *rated, bool *late)
{
    int64_t followers;
    if (!creator_post_followers(c, post, &followers, late))
        return false;
    *rated = (struct rated){engagements(post->counts),
                            at_least_0(post->counts[KIND_LIKE]) + at_least_0(post->counts[KIND_COMMENT]),
                            at_least_0(post->counts[KIND_VIEW]), (double)(followers > 1 ? followers : 1)};
    return true;
}

/* Mature organic posts, newest first: 24 h to 90 d old, not sponsored, not deleted, followers known. */
static size_t mature_posts(const struct creator *c, const struct methodology *m, int64_t as_of,
                           struct rated *out, bool *late)
{
    size_t n = 0;
    *late = false;
    for (size_t i = 0; i < c->n_posts; i++) {
        const struct post *p = &c->posts[i];
        int64_t age = as_of - p->posted_at;
        bool followers_late;
        if (age < m->mature_ms || age > m->mature_until_ms || post_sponsored(p) || p->deleted ||
            !engagement_rated(c, p, &out[n], &followers_late))
            continue;
        *late |= followers_late;
        n++;
    }
    return n;
}

static struct optional median(double *x, size_t n, int32_t least)
{
    if (n < (size_t)least)
        return (struct optional){0};
    return (struct optional){median_of(x, n), true};
}

static void rates(const struct rated *posts, size_t n, const struct methodology *m, struct score *s)
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

double engagement_log(const struct rated *post, const struct methodology *m)
{
    return log(((double)post->engagements + m->estimate_offset) / post->followers);
}

/* Weights 2^(-i/2), newest first; the peers' median counts like 0.3 posts. */
void engagement_estimate(const struct rated *posts, size_t n, const struct methodology *m, double peer_median,
                         struct score *s)
{
    double sum = 0, squares = 0, weighted = 0, factor = exp2(-m->estimate_half), weight = 1;
    if (n == 0)
        return;
    for (size_t i = 0; i < n; i++, weight *= factor) {
        sum += weight;
        squares += weight * weight;
        weighted += weight * engagement_log(&posts[i], m);
    }
    double mean = weighted / sum, n_eff = sum * sum / squares, peer_weight = m->estimate_peer_weight;
    double peers = peer_median > 0 ? log(peer_median) : mean;
    double spread = exp(m->interval_z * m->interval_sigma / sqrt(n_eff) + m->interval_floor);
    s->has_estimate = true;
    s->estimate_mean = mean;
    s->estimate_n = n_eff;
    s->estimate = exp((n_eff * mean + peer_weight * peers) / (n_eff + peer_weight));
    s->estimate_low = s->estimate / spread;
    s->estimate_high = s->estimate * spread;
    s->estimate_confidence = n_eff / (n_eff + m->estimate_k);
}

static void beside_peers(const struct methodology *m, const struct peer_cell *peers, struct score *s)
{
    if (!peers || !s->has_estimate)
        return;
    double median = peers_median(peers);
    s->peers = (struct peer_value){
        true,   peers->n >= m->peer_least ? peers->n : 0, peers->table,
        median, peers_percentile(m, peers, s->estimate),  peers_score(m, s->estimate, median)};
}

void engagement_rates(const struct creator *c, const struct methodology *m, int64_t as_of,
                      const struct peer_cell *peers, struct score *s)
{
    struct rated posts[POSTS];
    size_t n = mature_posts(c, m, as_of, posts, &s->followers_late);
    rates(posts, n, m, s);
    engagement_estimate(posts, n, m, peers ? peers_median(peers) : 0, s);
    beside_peers(m, peers, s);
}
