/* methodology: every constant of scoring.md and the tier tables, with name, version and digest (64 bit over
 * all of them); data, never a literal in code. Immutable after opening; shared by all threads. Lengths of
 * state (32 posts, 14 days a slice …) are no methodology: they are the layout's, in creator.h and actors.h.
 */
#ifndef MICROFLUX_METHODOLOGY_H
#define MICROFLUX_METHODOLOGY_H

#include "microflux/creator.h"

struct tier_edge {
    const char *tier, *band; /* from `from` followers on (inclusive) */
    int64_t from;
    int64_t edge; /* the 2 % are taken of this: `from`, or 100,000 where micro ends with it included */
};

struct tier_scheme {
    const char *name;
    const struct tier_edge *edges; /* ascending; edges[0].from == 0 */
    size_t n_edges;
};

/* ramp(x; from, to) of §0; a penalty costs cap·ramp(x) */
struct ramp {
    double from, to;
};
struct penalty {
    double cap;
    struct ramp ramp;
};

struct methodology {
    const char *name, *version;
    uint64_t digest;
    const struct tier_scheme *schemes[SCHEMES];
    size_t n_schemes;
    int64_t hysteresis_percent, hysteresis_days; /* 2, 7 */

    /* §0 */
    double confidence_least; /* a weighted score below it is null: .10 */

    /* §2 */
    int64_t mature_ms, mature_until_ms; /* 24 h, 90 d */
    int32_t rate_posts, rate_least;     /* 12, 5 */
    double estimate_half, estimate_peer_weight, estimate_offset, interval_z, interval_sigma,
        interval_floor; /* 2^(-1/2) a post, 0.3, 0.5, 1.28, 0.58, 0.15 */
    double estimate_k;  /* n_eff/(n_eff + 1) */

    /* §3 */
    double peer_low, peer_high; /* ends of the histogram: 1e-5, 1 */
    double peer_quantiles[PEER_QUANTILES];
    int32_t peer_least;    /* creators in a cell, else the benchmark: 100 */
    double peer_at_median; /* 75 */

    /* §4 authenticity, by enum authenticity_part */
    double authenticity_weights[N_AUTHENTICITY_PARTS];
    /* P(fake) */
    double fake_intercept, fake_ratio, fake_posts, fake_following, fake_following_from, fake_no_picture,
        fake_digits; /* -2.3, 1.3, -.95, 1.2, 1000, 1.7, .35 */
    double fake_digits_most, fake_picture_unknown, fake_digits_unknown; /* 4, .07, .5 */
    double fake_base_rate;                                              /* the base rate assumed: .17 */
    double audience_k, suspicious_from, wilson_z;                       /* 20, .5, 1.96 */
    /* engagement, by enum term */
    struct penalty terms[N_TERMS];
    int32_t term_least[N_TERMS]; /* evidence: posts, comments, fingerprints; 0 for the rate's */
    double engagement_k;         /* 10 */
    int32_t likes_reach;         /* posts before and after whose median is taken off: 6 */
    double spread_comments, spread_high, spread_low, spread_likes; /* .25, p90, p50, .08 */
    int32_t step_half;                                             /* 8 */
    double step_comments;                                          /* .6 */
    int32_t generic_words, early_comments, early_minutes;          /* 2, ≥ 5 a post, 9 */
    /* growth */
    int32_t growth_least; /* profile days: 8 */
    double growth_k;      /* 14 */
    struct penalty spike, following;
    double spike_mad, spike_followers, spike_least; /* 1.4826, .001, 1 */
    double benign_factor;                           /* 1.5 */
    double lost_cap, lost_share;                    /* 25, .30 */
    int32_t lost_days, following_days;              /* 14, 30 */
    int64_t following_least;                        /* 100 */
    /* content */
    int32_t content_least; /* posts in 90 d: 5 */
    double content_k;      /* 5 */
    struct penalty saturation, undisclosed;
    /* flags (strict), by enum flag; FLAG_POD_LIKE is that of repeat */
    double flags[N_FLAGS];
    double pod_early, pod_generic; /* .5, .3 */

    /* §5 */
    int32_t change_days[2], posts_days; /* 7, 30; 30 */

    /* §6 */
    double repeat_weight, reply_weight; /* .6, .4 */
    struct ramp repeat, reply;
    double community_k; /* 30 */

    /* §7 */
    size_t n_niches;
    const char *niches[NICHES]; /* the order of post_record.niche_hits and of the lexicon's classes */
    double niche_prior;         /* 0.5 */
    double niche_assert;        /* .60 */
    double focus_k;             /* 2 */
    double niche_k;             /* 2 */
    double content_vector_k, audience_vector_k, audience_weight, brand_posts_weight; /* 3, 5, .8, .5 */

    /* §8 */
    int32_t saturation_least;         /* posts in 90 d: 3 */
    double healthy_low, healthy_high; /* .05, .15 */
    double paid_k;                    /* 2 */

    /* §9, by enum creator_part */
    double creator_weights[N_CREATOR_PARTS];

    /* §10 */
    int32_t fit_competitor_days;  /* 90 */
    int32_t fit_suspicious_least; /* actors with a verdict: 20 */
    double fit_suspicious_most;   /* .20 */
    double fit_target_reach, fit_values_reach,
        fit_quality_reach;                       /* what a factor takes at most: .5, .2, .15 */
    double fit_values_k;                         /* 5 */
    struct ramp fit_values;                      /* 0, .2 */
    double fit_quality_weights[N_QUALITY_PARTS]; /* .35, .35, .10, .10, .10 */
    struct ramp fit_saturation;                  /* .15, .50 */
    double fit_paid_at_parity, fit_cost_reach;   /* 50, 3 */
    double fit_tokens_k, fit_untold;             /* 3, .5 */
    int32_t fit_best;                            /* places a lane and campaign: 200 */
    double fit_min_change;                       /* of a fit that is told again: .5 */

    /* §12 */
    int64_t alert_ms;                           /* between two of one creator and type: 1 h */
    double alert_followers, alert_authenticity; /* .20 in 7 d; points in so many days: 10 */
    int32_t alert_days;                         /* 7 */
    int32_t alert_top, alert_silent_days;       /* places of a campaign: 20; 14 */
};

/* tier_plain: the table's entry of a follower count. tier_fold_day: one more day. tier_now: the fold over
 * base and kept days. */
size_t tier_plain(const struct tier_scheme *scheme, int64_t followers);
void tier_fold_day(const struct methodology *m, const struct tier_scheme *scheme,
                   const struct profile_day *day, struct tier_fold *fold);
struct tier_fold tier_now(const struct methodology *m, size_t scheme, const struct creator *c);

/* methodology_read: the text of a file as data/methodology/microflux-1.conf, strictly: a constant that is
 * unknown, missing, given twice or out of range is ERR_USAGE, and the sentence names file, line, key and
 * range. schemes is "default,stim,…" of the file's (first must be default). Gives. methodology_open: the
 * program's own text. */
enum err methodology_read(const char *file, const char *text, const char *schemes,
                          struct methodology **methodology, struct err_info *info) MF_MUST_CHECK;
enum err methodology_open(const char *schemes, struct methodology **methodology,
                          struct err_info *info) MF_MUST_CHECK;
void methodology_close(struct methodology *methodology); /* takes NULL */

/* methodology_each: every constant in the order of the table, after the schemes in use; value as the file
 * would say it, sentence "" where there is none. The digest is XXH3 of all lines "key = value". */
void methodology_each(const struct methodology *methodology,
                      void (*take)(void *arg, const char *key, const char *value, const char *sentence),
                      void *arg);

#endif
