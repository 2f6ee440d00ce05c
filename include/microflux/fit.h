/* fit: one creator against one campaign, and rosters of creators who fit (scoring.md §10, §11). Pure: no I/O,
 * no clock, no words: tags, mentions, brands and excluded terms are tokens, topics and values are bits of the
 * lexicons (text.h).
 */
#ifndef MICROFLUX_FIT_H
#define MICROFLUX_FIT_H

#include "microflux/methodology.h"
#include "microflux/vectors.h"

#define FIT_TERMS  64 /* most excluded tags and mentions, most competitors, of a campaign */
#define FIT_SHARES 32 /* most countries, most languages */
#define FIT_TIERS  8

enum fit_gate {
    GATE_NONE, /* all passed */
    GATE_CAMPAIGN,
    GATE_PLATFORM,
    GATE_TIER,
    GATE_EXCLUDED,
    GATE_COMPETITOR,
    GATE_SUSPICIOUS_AUDIENCE,
    GATE_MIN_AUTHENTICITY,
    GATE_MIN_RATE,
    N_GATES
};
extern const char *const fit_gate_names[N_GATES]; /* NULL for none */

enum fit_factor { FACTOR_TARGET, FACTOR_VALUES, FACTOR_QUALITY, N_FACTORS };
extern const char *const fit_factor_names[N_FACTORS];

struct fit_share { /* of an audience: a country or a language */
    char of[16];
    double share;
};
struct fit_shares {
    struct fit_share each[FIT_SHARES];
    size_t n;
};

/* What a brand looks for, compiled from a record of the topic campaigns. Names are owned by the struct. */
struct fit_campaign {
    char id[257], brand[257];
    uint32_t brand_token;
    uint64_t digest; /* of all it says and by which constants and lexicons it was compiled */
    bool active;
    int64_t starts_at, ends_at; /* INT64_MIN, INT64_MAX: open */
    uint16_t platforms;         /* bit = enum platform; 0: any */
    char tiers[FIT_TIERS][16];  /* of scheme default; n_tiers 0: any */
    size_t n_tiers;
    double topics[NICHES]; /* weight a niche */
    double other_topics;   /* of those that are no niche: sum of squares */
    bool modelled;         /* affinity is that of an embedding: by B; else by the topics */
    struct direction direction;
    uint64_t values; /* bit = class of the values lexicon */
    uint64_t excluded_classes;
    uint32_t excluded[2 * FIT_TERMS], competitors[FIT_TERMS]; /* tokens */
    size_t n_excluded, n_competitors;
    struct optional min_authenticity, min_rate;
    struct fit_shares countries, languages;
    double weights[N_FACTORS]; /* exponents; 1 */
    int64_t budget;            /* minor units; 0: none */
    char currency[4];
    int32_t slots; /* 0: none */
};

/* A post of the ring as the gates see it. */
struct fit_post {
    int64_t posted_at;
    const uint32_t *tokens;
    size_t n_tokens;
    uint32_t brands[POST_BRANDS]; /* tokens of the mentions and sponsors it names */
    size_t n_brands;
    uint64_t lexicon;
    bool sponsored;
};

/* A creator as a campaign sees it. */
struct fit_creator {
    int platform;
    const char *tier; /* of scheme default */
    struct optional suspicious, authenticity, estimate;
    int32_t suspicious_n;
    const struct fit_post *posts;
    size_t n_posts;
    const struct fit_shares *countries, *languages; /* NULL: the profile has none */
};

/* fit_runs: status and dates. fit_gate: the first gate that fails, in the order of the enum. */
bool fit_runs(const struct fit_campaign *campaign, int64_t as_of);
bool fit_suspicious(const struct methodology *m, const struct fit_creator *creator);
enum fit_gate fit_gate(const struct methodology *m, const struct fit_campaign *campaign,
                       const struct fit_creator *creator, int64_t as_of);

/* fit_affinity_lexicon: 100·cosine of a histogram over the n niches and the campaign's topics, in which those
 * that are no niche are directions of their own; 0 without any. */
double fit_affinity_lexicon(const double *histogram, const struct fit_campaign *campaign, size_t n);
/* fit_target: T, the mean of Σ min(share, target) over what the campaign asks for and the profile tells;
 * missing: nothing is asked, or nothing told. */
struct optional fit_target(const struct fit_campaign *campaign, const struct fit_shares *countries,
                           const struct fit_shares *languages);
/* fit_values: v, the share of the ring's posts that touch one of the campaign's values; missing: none asked.
 */
struct optional fit_values(const struct methodology *m, const struct fit_campaign *campaign,
                           const struct fit_post *posts, size_t n);
double fit_values_share(const struct methodology *m, size_t touching, size_t posts);

struct fit_quality { /* what Q is made of */
    struct part engagement, authenticity;
    struct optional saturation, paid_performance;
    struct optional cost_ratio; /* cost per engagement / the median of its cell and currency */
};
void fit_quality(const struct methodology *m, const struct fit_quality *of, struct weighted *quality);

double factor_target(const struct methodology *m, struct optional target);
double factor_values(const struct methodology *m, struct optional values);
double factor_quality(const struct methodology *m, const struct weighted *quality);

struct fit {
    enum fit_gate gate;
    double affinity; /* 0..100 */
    struct optional target, values;
    struct weighted quality;
    double factors[N_FACTORS], steps[N_FACTORS]; /* each factor to its exponent; its signed part of the fit */
    double score, confidence;
};
/* fit_compose: affinity times the factors, each to its weight, to which it is raised in place; steps sum with
 * the affinity to the score. */
double fit_compose(double affinity, double *factors, const double *weights, double *steps);
/* fit_score: the whole of §10. affinity and tokens (distinct ones known of the creator) come from whoever
 * knows the creator's topics. A failed gate: its name and score 0, and what was computed anyway. */
void fit_score(const struct methodology *m, const struct fit_campaign *campaign,
               const struct fit_creator *creator, const struct fit_quality *quality, double affinity,
               int32_t tokens, int64_t as_of, struct fit *fit);

/* fit_rounded: a fit as it is published and compared. */
double fit_rounded(double score);

/* ---- rosters ---- */

struct candidate {
    struct bytes creator_id;
    double fit;
    int64_t price;            /* minor units of the campaign's currency; -1: none */
    const uint8_t *registers; /* HLL_REGISTERS of its audience */
    double engagements;       /* expected of a post */
};

struct roster_member {
    const struct candidate *candidate;
    double marginal,
        exclusive; /* actors it newly reached when chosen; whom nobody else of the roster reaches */
};
struct roster {
    struct roster_member *members; /* in the order of choice, owned */
    size_t n;
    double total_reach, unduplicated_reach, frequency, engagements;
    int64_t cost; /* of those with a price */
    size_t evaluations;
};

/* roster_build: greedy by (fit/100)·newly reached/price under budget and slots (0: none), by lazy evaluation;
 * of equal ones the smaller creator_id; one that costs more than what is left is passed over; ends when
 * nobody reaches anybody new. If any candidate lacks a price, all are per slot. lazy false: evaluates all at
 * each step, for comparison. Gives; roster_free. */
void roster_build(const struct candidate *candidates, size_t n, int64_t budget, int32_t slots, bool lazy,
                  struct roster *roster);
void roster_free(struct roster *roster);
/* overlap: |A∩B| / min(|A|, |B|) by inclusion and exclusion; missing below its own error. */
struct optional overlap(const uint8_t *a, const uint8_t *b);

#endif
