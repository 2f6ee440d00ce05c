/* methodology: every constant of scoring.md §0–§2 and the tier tables, with name, version and digest (64 bit
 * over all of them); data, never a literal in code. Immutable after opening; shared by all threads. */
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

struct methodology {
    const char *name, *version;
    uint64_t digest;
    const struct tier_scheme *schemes[SCHEMES];
    size_t n_schemes;
    int64_t hysteresis_percent, hysteresis_days; /* 2, 7 */
    int64_t mature_ms, mature_until_ms;          /* 24 h, 90 d */
    int32_t rate_posts, rate_least;              /* 12, 5 */
    double estimate_half, estimate_peer_weight, estimate_offset, interval_z, interval_sigma,
        interval_floor; /* 2^(-1/2) a post, 0.3, 0.5, 1.28, 0.58, 0.15 */
};

/* tier_plain: the table's entry of a follower count. tier_fold_day: one more day. tier_now: the fold over
 * base and kept days. */
size_t tier_plain(const struct tier_scheme *scheme, int64_t followers);
void tier_fold_day(const struct methodology *m, const struct tier_scheme *scheme,
                   const struct profile_day *day, struct tier_fold *fold);
struct tier_fold tier_now(const struct methodology *m, size_t scheme, const struct creator *c);

/* methodology_open: schemes is "default,stim,…" (first must be default). ERR_USAGE names the unknown one.
 * Gives. */
enum err methodology_open(const char *schemes, struct methodology **methodology,
                          struct err_info *info) MF_MUST_CHECK;
void methodology_close(struct methodology *methodology);

#endif
