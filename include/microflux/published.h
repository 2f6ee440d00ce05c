/* published: what a reader is told of a creator (scoring.md §1 to §9). Plain values, missing is not zero;
 * names are static text, days and post slots are numbers, names of brands and campaigns are borrowed from
 * the creator until it changes. */
#ifndef MICROFLUX_PUBLISHED_H
#define MICROFLUX_PUBLISHED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "microflux/bytes.h"
#include "microflux/peers.h"

struct optional {
    double value;
    bool there;
};

/* One part of a weighted score: null where !there; n counts the evidence. */
struct part {
    bool there;
    int32_t n;
    double score, confidence;
};

/* A weighted score of §0: final weights sum to 1, contributions to the score. */
#define MOST_PARTS 5
struct contribution {
    const char *signal;
    bool there; /* a missing part has no weight */
    int32_t n;  /* evidence */
    double value, confidence, weight, contribution;
    struct optional peer; /* the value of the peers, where there is one */
};
struct weighted {
    bool there;
    double score, confidence;
    size_t n;
    struct contribution of[MOST_PARTS];
};

enum authenticity_part { PART_AUDIENCE, PART_ENGAGEMENT, PART_GROWTH, PART_CONTENT, N_AUTHENTICITY_PARTS };
enum creator_part {
    CREATOR_ENGAGEMENT,
    CREATOR_AUTHENTICITY,
    CREATOR_FOCUS,
    CREATOR_COMMUNITY,
    N_CREATOR_PARTS
};
extern const char *const authenticity_part_names[N_AUTHENTICITY_PARTS];
extern const char *const creator_part_names[N_CREATOR_PARTS];
/* The parts of a fit's quality (§10): from saturation on known for sure, where they are known at all. */
enum quality_part {
    QUALITY_ENGAGEMENT,
    QUALITY_AUTHENTICITY,
    QUALITY_SATURATION,
    QUALITY_PAID,
    QUALITY_COST,
    N_QUALITY_PARTS
};
extern const char *const quality_part_names[N_QUALITY_PARTS];

/* The terms of engagement authenticity, in the order of the table of §4. */
enum term {
    TERM_SPREAD,
    TERM_STEP,
    TERM_RATE_HIGH,
    TERM_RATE_LOW,
    TERM_GENERIC,
    TERM_DUPLICATE,
    TERM_EARLY,
    N_TERMS
};
extern const char *const term_names[N_TERMS];

enum evidence { EVIDENCE_NONE, EVIDENCE_POST, EVIDENCE_DAY };
struct place { /* where to look: a post by its slot, or a day since 1970 */
    enum evidence kind;
    int32_t at;
};

struct term_value {
    bool there; /* enough evidence */
    int32_t n;
    double x, penalty;
    struct place place;
};

enum flag {
    FLAG_SPREAD,
    FLAG_STEP,
    FLAG_GROWTH_SPIKE,
    FLAG_GENERIC,
    FLAG_EARLY,
    FLAG_SATURATION,
    FLAG_POD_LIKE,
    N_FLAGS
};
extern const char *const flag_names[N_FLAGS];
struct flag_value {
    bool raised;
    double value, threshold;
    struct place place;
};

struct tier_value {
    const char *scheme, *tier, *band;
    int64_t since;
};

struct peer_value { /* of the estimate */
    bool there;
    int64_t n;      /* creators of this stream behind the cell; 0: a benchmark */
    uint64_t table; /* digest of the table the cell is of */
    double median, percentile, score;
};

struct audience_value {
    struct part part;
    struct optional suspicious, suspicious_low, suspicious_high;
    double base_rate;
};

struct growth_value {
    struct part part;
    struct optional z, following; /* Σ|Δfollowing| over the newest */
    double mad;
    bool benign, lost;
    int32_t spike_day;
};

struct content_value {
    struct part part;
    struct optional saturation, undisclosed;
    int32_t likely_posts; /* likely and not sponsored, of ring_posts */
    int32_t ring_posts;
    struct place newest_sponsored;
};

struct change_value {
    bool there;
    int64_t absolute;
    struct optional relative;
};
struct activity_value {
    struct change_value followers[2]; /* 7 d, 30 d */
    double posts_per_week;
    struct optional days_since_post;
};

struct community_value {
    struct part part;
    struct optional unique_actors, repeat, repeat_error, reply;
    int32_t sampled;
    int64_t since; /* actor values cover from here on */
};

#define DIMS 64
/* A vector as it is published: value = scale * code. */
struct packed_vector {
    float scale;
    int8_t code[DIMS];
};

#define NICHES 16
struct niche_value {
    bool model; /* the posterior is a niche model's, else the lexicon's */
    size_t n;
    const char *const *names;
    double posterior[NICHES];
    const char *asserted; /* NULL: none stands out */
    struct part focus;
    /* with an embedding: */
    bool has_vector;
    struct packed_vector vector; /* V */
    int32_t known;               /* tokens that the embedding knows */
    int64_t met;                 /* creators whom the audience also follows */
};

#define BRANDS 16
struct brand_value {
    struct bytes name;
    int64_t last; /* posted_at of the newest post that names it */
    int32_t count;
    bool official;
};

#define CAMPAIGNS 16
struct campaign; /* creator.h */

struct commercial_value {
    struct optional paid_performance;
    int32_t sponsored_posts, organic_posts; /* those compared */
    struct brand_value brands[BRANDS];      /* newest first */
    size_t n_brands;
    const struct campaign *campaigns[CAMPAIGNS]; /* newest first */
    size_t n_campaigns;
    struct optional cost_per_engagement; /* minor units */
    char currency[4];
    struct optional media_value[4]; /* of each window, minor units */
    const char *media_currency;
};

struct score {
    int64_t as_of;
    bool has_profile;
    const char *platform;
    int64_t followers;
    struct tier_value tiers[4];
    size_t n_tiers;
    int64_t windows[4][9]; /* 24 h, 7 d, 30 d, 90 d, by kind, clamped */
    int64_t totals[9];     /* clamped */
    int64_t posts_90d, sponsored_90d;
    struct optional rate, rate_lc, rate_views, velocity;
    int32_t rate_posts, rate_views_posts, mature_posts;
    bool has_estimate, followers_late;
    double estimate, estimate_low, estimate_high, estimate_confidence;
    double estimate_mean, estimate_n; /* m and n_eff of §2; m is what the peers' histogram keeps */
    uint8_t peer_platform, peer_band; /* the cell of §3, with a profile */
    struct peer_value peers;
    struct audience_value audience;
    struct term_value terms[N_TERMS];
    struct part engagement_authenticity;
    struct growth_value growth;
    struct content_value content;
    struct weighted authenticity;
    struct activity_value activity;
    struct community_value community;
    struct niche_value niche;
    struct commercial_value commercial;
    struct weighted creator;
    struct flag_value flags[N_FLAGS];
};

#endif
