/* likes: bought likes seen from the likes alone (scoring.md §4): `spread`, likes that stand out of their
 * neighbours where comments do not, and `step`, a lasting rise that comments do not follow. */
#include <math.h>
#include <stdlib.h>

#include "domain_room.h"

struct near { /* the values around a place, in order: a window that slides */
    double sorted[POSTS];
    size_t n;
};

static size_t place_in(const struct near *near, double y)
{
    size_t at = 0;
    while (at < near->n && near->sorted[at] < y)
        at++;
    return at;
}

static void near_add(struct near *near, double y)
{
    size_t at = near->n++;
    for (; at > 0 && near->sorted[at - 1] > y; at--)
        near->sorted[at] = near->sorted[at - 1];
    near->sorted[at] = y;
}

static void near_remove(struct near *near, double y)
{
    for (size_t at = place_in(near, y) + 1; at < near->n; at++)
        near->sorted[at - 1] = near->sorted[at];
    near->n--;
}

/* The median of all but one y. */
static double median_but(const struct near *near, double y)
{
    size_t n = near->n - 1, own = place_in(near, y), low = n ? (n - 1) / 2 : 0, high = n / 2;
    return n ? (near->sorted[low + (low >= own)] + near->sorted[high + (high >= own)]) / 2 : 0;
}

/* r(y): each less the median of the up to `reach` before and after it. */
static void less_neighbours(const double *y, size_t n, size_t reach, double *r)
{
    struct near near = {.n = 0};
    for (size_t i = 0; i < n && i < reach; i++)
        near_add(&near, y[i]);
    for (size_t i = 0; i < n; i++) {
        if (i + reach < n)
            near_add(&near, y[i + reach]);
        if (i > reach)
            near_remove(&near, y[i - reach - 1]);
        r[i] = y[i] - median_but(&near, y[i]);
    }
}

void likes_log(struct likes *l)
{
    for (size_t i = 0; i < l->n; i++) {
        l->a[i] = log(1 + l->likes[i]);
        l->c[i] = log(1 + l->comments[i]);
    }
}

double likes_spread(const struct methodology *m, const struct likes *l, size_t *at)
{
    double e[MOST_LIKES], rc[MOST_LIKES], likes[MOST_LIKES], most = -INFINITY;
    less_neighbours(l->a, l->n, (size_t)m->likes_reach, e);
    less_neighbours(l->c, l->n, (size_t)m->likes_reach, rc);
    for (size_t i = 0; i < l->n; i++) {
        e[i] -= m->spread_comments * rc[i];
        *at = e[i] > most ? i : *at;
        most = e[i] > most ? e[i] : most;
    }
    median_of(e, l->n); /* in order now */
    memcpy(likes, l->likes, l->n * sizeof *likes);
    return percentile_of(e, l->n, m->spread_high) - percentile_of(e, l->n, m->spread_low) +
           m->spread_likes * log(1 + median_of(likes, l->n));
}

/* Median of a and mean of c over the `half` from each place on. */
static void halves(const double *a, const double *c, size_t n, size_t half, double *medians, double *means)
{
    double some[MOST_LIKES];
    for (size_t i = 0; i + half <= n; i++) {
        memcpy(some, a + i, half * sizeof *some);
        medians[i] = median_of(some, half);
        means[i] = 0;
        for (size_t k = 0; k < half; k++)
            means[i] += c[i + k] / (double)half;
    }
}

double likes_step(const struct methodology *m, const struct likes *l, size_t *at)
{
    double medians[MOST_LIKES], means[MOST_LIKES], most = -INFINITY;
    size_t half = (size_t)m->step_half;
    halves(l->a, l->c, l->n, half, medians, means);
    for (size_t i = half; i + half <= l->n; i++) {
        double rise = means[i] - means[i - half];
        double step = medians[i] - medians[i - half] - m->step_comments * (rise > 0 ? rise : 0);
        *at = step > most ? i : *at;
        most = step > most ? step : most;
    }
    return most;
}

/* Undeleted posts older than 24 h; the ring is newest first. */
static void gather(const struct creator *c, const struct methodology *m, int64_t as_of, struct likes *l)
{
    l->n = 0;
    for (size_t i = c->n_posts; i-- > 0;) {
        const struct post *post = &c->posts[i];
        if (post->deleted || as_of - post->posted_at <= m->mature_ms)
            continue;
        l->likes[l->n] = (double)at_least_0(post->counts[KIND_LIKE]);
        l->comments[l->n] = (double)at_least_0(post->counts[KIND_COMMENT]);
        l->slots[l->n++] = post->slot;
    }
}

void likes_terms(const struct creator *c, const struct methodology *m, int64_t as_of,
                 struct term_value *terms)
{
    static double (*const values[])(const struct methodology *, const struct likes *,
                                    size_t *) = {[TERM_SPREAD] = likes_spread, [TERM_STEP] = likes_step};
    struct likes l;
    gather(c, m, as_of, &l);
    if (l.n >= (size_t)m->term_least[TERM_SPREAD] || l.n >= (size_t)m->term_least[TERM_STEP])
        likes_log(&l);
    for (int term = TERM_SPREAD; term <= TERM_STEP; term++) {
        size_t at = 0;
        terms[term] = (struct term_value){.n = (int32_t)l.n};
        if (l.n < (size_t)m->term_least[term] || l.n < 2 * (size_t)m->step_half)
            continue;
        terms[term].there = true;
        terms[term].x = values[term](m, &l, &at);
        terms[term].place = (struct place){EVIDENCE_POST, l.slots[at]};
    }
}
