/* growth: how followers came and went over the kept profile days (scoring.md §4). A gap between two days is
 * spread evenly over the days between, so the days are kept as runs of one change. */
#include <math.h>
#include <stdlib.h>

#include "domain_room.h"

struct changes {
    struct run runs[PROFILE_DAYS];
    int32_t first[PROFILE_DAYS]; /* day of each run's first change */
    size_t n, most;              /* most: the run of the largest change */
    double now;                  /* followers */
};

static void gather(const struct profile_day *days, size_t n, struct changes *ch)
{
    ch->n = n - 1;
    ch->most = 0;
    ch->now = (double)days[n - 1].followers;
    for (size_t i = 0; i + 1 < n; i++) {
        int64_t gap = days[i + 1].day - days[i].day;
        ch->runs[i] = (struct run){(double)(days[i + 1].followers - days[i].followers) / (double)gap, gap};
        ch->first[i] = days[i].day + 1;
        ch->most = ch->runs[i].value > ch->runs[ch->most].value ? i : ch->most;
    }
}

static double largest_of_three(double a, double b, double c)
{
    double ab = a > b ? a : b;
    return ab > c ? ab : c;
}

static void spike(const struct changes *ch, const struct methodology *m, struct growth_value *value)
{
    struct run some[PROFILE_DAYS];
    memcpy(some, ch->runs, ch->n * sizeof *some);
    double median = median_of_runs(some, ch->n);
    for (size_t i = 0; i < ch->n; i++)
        some[i].value = fabs(some[i].value - median);
    value->mad = median_of_runs(some, ch->n);
    double scale = largest_of_three(m->spike_mad * value->mad, m->spike_followers * ch->now, m->spike_least);
    value->z = (struct optional){(ch->runs[ch->most].value - median) / scale, true};
    value->spike_day = ch->first[ch->most];
}

/* The cells of one day, each kind at least 0, from `*at` on. */
static int64_t day_engagements(const struct window *ring, uint16_t *at)
{
    int64_t counts[N_COUNTS] = {0};
    int32_t bucket = ring->cells[*at].bucket;
    for (; *at < ring->n && ring->cells[*at].bucket == bucket; (*at)++)
        counts[ring->cells[*at].what] = ring->cells[*at].count;
    return engagements(counts);
}

/* Whether the audience was there as well: that day or the next 1.5 times the median day. */
static bool benign(const struct changes *ch, const struct window *ring, const struct methodology *m)
{
    struct run days[2 * PROFILE_DAYS + 64];
    int64_t first = ch->first[0], last = ch->first[ch->n - 1] + ch->runs[ch->n - 1].n - 1;
    int64_t peak = ch->first[ch->most], empty = last - first + 1;
    double there = 0;
    size_t n = 0;
    for (uint16_t at = 0; at < ring->n;) {
        int64_t day = ring->cells[at].bucket;
        double value = (double)day_engagements(ring, &at);
        if ((day == peak || day == peak + 1) && value > there)
            there = value;
        if (day < first || day > last || n + 1 == sizeof days / sizeof days[0])
            continue;
        days[n++] = (struct run){value, 1};
        empty--;
    }
    days[n++] = (struct run){0, empty};
    double median = median_of_runs(days, n);
    return median > 0 && there >= m->benign_factor * median;
}

/* Whether the deepest point of the 14 days after has lost 30 % of the largest change. */
static bool lost_again(const struct changes *ch, const struct methodology *m)
{
    double level = 0, deepest = 0;
    int64_t left = m->lost_days;
    for (size_t i = ch->most; i < ch->n && left > 0; i++) {
        int64_t days = ch->runs[i].n - (i == ch->most);
        days = days < left ? days : left;
        level += ch->runs[i].value * (double)days;
        deepest = level < deepest ? level : deepest;
        left -= days;
    }
    double most = ch->runs[ch->most].value;
    return most > 0 && round_rate(-deepest / most) >= m->lost_share;
}

static struct optional following_swings(const struct profile_day *days, size_t n, const struct methodology *m,
                                        int64_t today)
{
    const struct profile_day *before = NULL;
    int64_t sum = 0, pairs = 0;
    for (size_t i = 0; i < n; i++) {
        if (!days[i].has_following)
            continue;
        if (before && days[i].day > today - m->following_days) {
            sum += llabs(days[i].following - before->following);
            pairs++;
        }
        before = &days[i];
    }
    if (!pairs)
        return (struct optional){0};
    int64_t newest = before->following > m->following_least ? before->following : m->following_least;
    return (struct optional){(double)sum / (double)newest, true};
}

void growth_evaluate(const struct profile_day *days, size_t n, const struct window *ring,
                     const struct methodology *m, int64_t today, struct growth_value *value)
{
    struct changes ch;
    value->part.n = (int32_t)n;
    if (n < (size_t)m->growth_least || n < 2)
        return;
    gather(days, n, &ch);
    spike(&ch, m, value);
    value->following = following_swings(days, n, m, today);
    bool spiked = round_rate(value->z.value) > m->spike.ramp.from;
    value->benign = spiked && benign(&ch, ring, m);
    value->lost = spiked && lost_again(&ch, m);
    double score = 100 - (value->benign ? 0 : penalty(value->z.value, m->spike)) -
                   (value->lost ? m->lost_cap : 0) -
                   (value->following.there ? penalty(value->following.value, m->following) : 0);
    value->part = part_of(true, score, (int32_t)n, m->growth_k);
}

/* ---- §5 ---- */

/* From the newest kept day to the nearest at least that many days before `today`; a profile that has been
 * silent for so long has none. */
static struct change_value change_over(const struct creator *c, int64_t today, int32_t days)
{
    struct change_value change = {0};
    if (c->n_profile_days == 0)
        return change;
    const struct profile_day *now = &c->profile_days[c->n_profile_days - 1], *then = NULL;
    for (size_t i = 0; i < c->n_profile_days && c->profile_days[i].day <= today - days; i++)
        then = &c->profile_days[i];
    if (!then || then == now)
        return change;
    change.there = true;
    change.absolute = now->followers - then->followers;
    if (then->followers > 0)
        change.relative = (struct optional){(double)change.absolute / (double)then->followers, true};
    return change;
}

void activity_evaluate(const struct creator *c, const struct methodology *m, int64_t as_of, struct score *s)
{
    int64_t sums[N_COUNTS];
    for (int i = 0; i < 2; i++)
        s->activity.followers[i] = change_over(c, as_of / MS_DAY, m->change_days[i]);
    window_sum(&c->days, MS_DAY, as_of - m->posts_days * MS_DAY, sums);
    s->activity.posts_per_week = (double)at_least_0(sums[COUNT_POSTS]) * 7 / m->posts_days;
    for (size_t i = 0; i < c->n_posts && !s->activity.days_since_post.there; i++)
        if (!c->posts[i].deleted)
            s->activity.days_since_post =
                (struct optional){floor((double)(as_of - c->posts[i].posted_at) / MS_DAY), true};
}
