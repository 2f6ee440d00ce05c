/* creator: everything kept of one creator, as a function of the set of records applied (scoring.md §0.1).
 *
 * Plain data, no I/O, no clock. Records come in decoded; times are ms since 1970 UTC, counts are events,
 * offsets are the log's. Whatever changes is marked in `dirty`, so that the score worker writes only that to
 * Redis.
 */
#ifndef MICROFLUX_CREATOR_H
#define MICROFLUX_CREATOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "microflux/actors.h"
#include "microflux/alert.h"
#include "microflux/bytes.h"
#include "microflux/err.h"
#include "microflux/published.h"

#define MS_SECOND 1000LL
#define MS_MINUTE 60000LL
#define MS_HOUR   3600000LL
#define MS_DAY    86400000LL

/* The kinds of interaction.avsc in the schema's order; OTHER is 0 and counted in a metric only. */
enum kind {
    KIND_OTHER,
    KIND_VIEW,
    KIND_LIKE,
    KIND_COMMENT,
    KIND_SHARE,
    KIND_SAVE,
    KIND_CLICK,
    KIND_PURCHASE,
    KIND_FOLLOW,
    N_KINDS
};
/* Two more things counted a day. */
enum { COUNT_POSTS = N_KINDS, COUNT_SPONSORED, N_COUNTS };

enum platform { PLATFORM_OTHER, N_PLATFORMS = 10 };
extern const char *const platform_names[N_PLATFORMS]; /* OTHER INSTAGRAM TIKTOK YOUTUBE X FACEBOOK LINKEDIN
                                                         TWITCH PINTEREST SNAPCHAT */
extern const char *const kind_names[N_KINDS];
#define N_FORMATS 9
extern const char *const format_names[N_FORMATS];

enum topic { TOPIC_PROFILES, TOPIC_POSTS, TOPIC_INTERACTIONS, N_TOPICS };
/* With an embedding a creator also reads what the audience worker learnt for it. */
#define TOPIC_AFFINITY N_TOPICS
#define N_INPUTS       (N_TOPICS + 1)

/* ---- whose eyes: countries or languages of an audience, the largest shares first ---- */
#define AUDIENCE_SHARES 16 /* kept of each: as few as a platform tells of */
#define LONGEST_SHARE   15 /* bytes of a name */
#define SHARE_WHOLE     1e7
struct audience_share {
    char of[LONGEST_SHARE + 1];
    int32_t share; /* of SHARE_WHOLE */
};
struct audience_shares {
    struct audience_share each[AUDIENCE_SHARES];
    size_t n;
};
/* audience_shares_add: as long as it is one of the largest (of equal ones the smaller name); what is not
 * above 0 is no share, and a name is of letters, digits and -_. */
void audience_shares_add(struct audience_shares *shares, struct bytes of, double share);
enum { SHARES_COUNTRIES, SHARES_LANGUAGES, SHARES_KINDS };

/* ---- decoded input records (filled by the score worker's field tables; strings are borrowed for the call)
 * ---- */
struct profile_record {
    struct bytes creator_id;
    int32_t platform;
    int64_t observed_at, followers, following, posts;
    bool has_following, has_posts, verified, has_price;
    struct bytes country; /* ptr NULL: null */
    int64_t price_minor_units;
    struct bytes price_currency;
    struct audience_shares shares[SHARES_KINDS]; /* of the audience */
};

#define TOKENS 30 /* most token hashes a post */

struct post_metrics {
    int64_t observed_at;
    int64_t views, likes, comments, shares, saves;
    bool has_views, has_likes, has_comments, has_shares, has_saves;
};

struct post_record {
    struct bytes creator_id, post_id, text, language;
    int64_t posted_at;
    int32_t format;
    bool disclosed, deleted, has_metrics;
    const struct bytes *tags, *mentions, *sponsors;
    size_t n_tags, n_mentions, n_sponsors;
    struct post_metrics metrics;
    /* what its text, tags and mentions say, filled by the score worker before apply (§7, §8) */
    bool disclosed_word, likely;
    uint64_t lexicon; /* a bit per lexicon class */
    uint32_t tokens[TOKENS];
    uint8_t n_tokens;
    uint8_t niche_hits[NICHES]; /* lexicon matches per niche of the methodology */
};

struct interaction_record {
    struct bytes creator_id, post_id, actor_id, campaign_id; /* ptr NULL: null */
    int32_t kind;
    int64_t count, occurred_at;
    bool has_comment, comment_reply, has_actor;
    int32_t comment_words, comment_emoji, comment_mentions;
    int64_t comment_fingerprint;
    int64_t actor_followers, actor_following, actor_posts;
    bool actor_has_picture, actor_has_picture_known, actor_has_digits;
    int32_t actor_name_digits;
    uint64_t actor_hash; /* keyed; 0: no actor, or no secret */
    bool own;            /* the actor is the creator */
    bool has_value;
    int64_t value_minor_units;
    struct bytes value_currency;
};

/* Where and when the record stands in the log. */
struct provenance {
    int64_t offset, timestamp; /* the record's own Kafka timestamp */
};

/* ---- windows: sparse rings; a cell is one count of one bucket ---- */
struct cell {
    int64_t count;
    int32_t bucket; /* absolute hour or day */
    int16_t what;   /* enum kind, COUNT_POSTS, COUNT_SPONSORED; 0 = bucket seen and nothing else */
};

/* Sorted by (bucket, what). Slot = bucket mod span belongs to the newest bucket seen for it. */
struct window {
    struct cell *cells;
    uint16_t n, cap;
    uint16_t span; /* 48 hours or 92 days */
};

/* window_add: adds to a bucket; an older bucket whose slot a newer one holds is left alone. True: the ring
 * changed. *slot: which one. */
bool window_add(struct window *window, int64_t bucket, int what, int64_t count, int *slot);
/* window_sum: sums[N_COUNTS] over buckets whose start is after `after` (both in units of ms); width = ms a
 * bucket. Each kind raw. */
void window_sum(const struct window *window, int64_t width, int64_t after, int64_t *sums);
void window_free(struct window *window);

/* ---- profile days ---- */
#define PROFILE_DAYS 40
struct profile_day {
    int64_t observed_at, offset, followers, following, posts;
    int32_t day;
    uint8_t slot; /* where it stands in Redis */
    bool has_following, has_posts;
};

/* ---- posts ---- */
#define POSTS        32
#define PLACEHOLDERS 8

/* What is known of the comments of one post beside their number; raw like the counters. */
struct traits {
    int64_t comments, generic; /* with a comment record; of those, of at most 2 words */
    int64_t own, early;        /* the creator's; within the first 10 minutes */
};

/* Comments by minute from the earliest met, until the post says when it was posted. */
#define MINUTES 20
struct minutes {
    int64_t first;
    int64_t counts[MINUTES];
};

/* A brand that a post names: mentioned, or a sponsor. */
#define POST_BRANDS  4
#define LONGEST_NAME 40
struct brand {
    char name[LONGEST_NAME];
    uint8_t len;
    bool official;
};
struct post {
    char *id; /* owned, id_len bytes */
    uint16_t id_len;
    uint8_t slot;     /* 0..39: where it stands in Redis */
    bool placeholder; /* interactions came first: posted_at is then the as_of when it was opened */
    bool deleted, official, disclosed_word,
        likely; /* official or disclosed_word = sponsored (§8; the words come with the lexicons) */
    bool has_followers, followers_late, followers_fixed;
    bool counted; /* in its day's ring */
    uint8_t format;
    int64_t posted_at, offset, followers;
    int64_t counts[N_KINDS]; /* raw; published values clamp at 0 */
    uint32_t hash;           /* of the id: compared first */
    int64_t metrics_at;      /* newest post.metrics, 0 = none */
    int64_t metrics[5];      /* its totals, VIEW to SAVE, -1 = unknown */
    struct traits traits;
    struct minutes *minutes; /* a placeholder's comments, owned; NULL: none */
    uint64_t lexicon;
    uint32_t *tokens;     /* owned, n_tokens */
    struct brand *brands; /* owned, n_brands */
    uint8_t n_tokens, n_brands;
    uint8_t niche_hits[NICHES];
};

/* ---- the newest 64 fingerprints by (occurred_at, offset), ascending ---- */
#define FINGERPRINTS 64
struct fingerprint {
    int64_t occurred_at, offset;
    uint16_t low; /* bits of the record's fingerprint */
};
struct fingerprints {
    struct fingerprint *at;
    uint8_t n, cap;
};
bool fingerprints_add(struct fingerprints *fingerprints, const struct fingerprint *one); /* true: changed */

/* ---- the newest 16 campaigns by their last click or purchase ---- */
#define CAMPAIGN_CURRENCIES 3
struct campaign_value {
    char currency[4];
    int64_t minor_units;
};
struct campaign {
    char *id; /* owned */
    uint16_t id_len;
    uint8_t slot; /* where it stands in Redis */
    int64_t last, clicks, purchases;
    struct campaign_value values[CAMPAIGN_CURRENCIES]; /* ascending by currency; "" = none */
};

/* ---- a tier scheme's fold over the profile days, in order (§1) ---- */
#define SCHEMES 4
struct tier_fold {
    int64_t since;
    int64_t tier_run, band_run; /* crossing of a run beyond an edge that is going on; 0 = none */
    uint8_t entry;              /* index into the scheme's table: tier and band */
    int8_t tier_way, band_way;  /* +1 above, -1 below, during a run */
    bool there;                 /* a day was folded in */
};

/* What an erasure leaves beside the version: what was sent before the creator came back never counts again.
 */
#define NOT_BACK INT64_MAX
struct erasure {
    bool there;
    int64_t at;        /* by the clock of the worker that met the tombstone */
    int64_t timestamp; /* the tombstone's own; a profile dated after it brings the creator back */
    int64_t since;     /* timestamp of that profile; NOT_BACK: there was none */
};

struct creator_dirty {
    uint64_t hours, days[2], profile_days;    /* bit = slot */
    uint64_t posts, post_counts;              /* bit = slot 0..39: all of it, or the counters only */
    uint64_t posts_gone, profile_days_gone;   /* bit = slot: to be deleted */
    uint64_t traits, lexicon;                 /* bit = slot of the post */
    uint32_t campaigns, campaigns_gone;       /* bit = slot */
    bool totals, profile, base, erasure, any; /* any: the version moved */
    bool peer;                                /* the entry among peers moved */
    bool shares;                              /* of the audience */
    bool alerted;
    bool words, actors, audience; /* whole keys: tokens and brands of the posts; actors and fingerprints;
                                     the audience vector */
};

struct embedding; /* vectors.h */
struct niche_model;
struct kept_content;
struct audience_vector;

struct creator {
    int64_t epoch;
    int64_t offsets[N_INPUTS]; /* own last applied offset + 1; 0 = none: the version */
    struct erasure erasure;
    int64_t totals[N_KINDS];
    struct window hours, days;
    /* attributes of the newest snapshot */
    int64_t profile_at, profile_offset;
    bool has_profile, verified;
    uint8_t platform;
    char country[4], price_currency[4]; /* "" = none */
    int64_t price;                      /* minor units a post */
    struct audience_shares *shares;     /* owned, SHARES_KINDS of them; NULL: neither is told */
    struct profile_day *profile_days;   /* ascending by day, n_profile_days */
    struct post *posts;                 /* newest first by (posted_at, id), n_posts; then n_placeholders */
    uint8_t n_profile_days, cap_profile_days, n_posts, n_placeholders, cap_posts;
    struct tier_fold *base; /* SCHEMES of them once profile days have left the 40, else NULL: the fold up to
                               the newest that left */
    struct fingerprints fingerprints;
    struct actors *actors;      /* NULL: none met */
    struct campaign *campaigns; /* n_campaigns, in no order */
    uint8_t n_campaigns, cap_campaigns;
    struct peer_entry peer; /* where the lane's histograms count it: as of when it was scored last (§3) */
    uint16_t n_tokens;      /* distinct tokens of the posts that count: derived, creator_words */
    uint64_t words;         /* of which tokens, each as often as it counts: derived too */
    struct kept_content *content;     /* owned; NULL: not worked out yet */
    struct audience_vector *audience; /* owned; NULL: nobody was met */
    struct alerted alerted;           /* what readers were told last, by which alerts are raised */
    uint64_t judged; /* digest of what it was held against all campaigns with; 0: not since it was loaded */
    struct creator_dirty dirty;
};

/* ---- how records are judged; plain configuration of the methodology ---- */
enum late_policy { POLICY_COUNT, POLICY_DROP, POLICY_REJECT };

struct methodology; /* see methodology.h: tables and constants, immutable, shared */

struct creator_rules {
    const struct methodology *methodology;
    int64_t max_future; /* ms */
    enum late_policy late, future;
    uint16_t totals[N_PLATFORMS]; /* bit = kind whose totals count (counting.totals) */
};

/* One decoded record of any input. */
union score_record {
    struct profile_record profile;
    struct post_record post;
    struct interaction_record interaction;
};

/* creator_judge: what can be said without the creator: ERR_REJECT words bad_id, bad_time, bad_number,
 * negative_followers, future, late. The verbs below expect a record that passed. */
enum err creator_judge(const struct creator_rules *rules, int topic, const union score_record *record,
                       const struct provenance *at, struct err_info *info) MF_MUST_CHECK;

/* What became of a record. */
enum applied {
    APPLIED,        /* state changed, version moved */
    APPLIED_LATE,   /* totals only */
    IGNORED_OTHER,  /* kind OTHER: metric only; not in the version, does not move as_of */
    IGNORED_POLICY, /* late or future under `drop` */
    APPLIED_ERASED, /* of before an erasure: the version moved, and nothing else */
};

struct applied_counts { /* side metrics of one apply */
    uint32_t placeholders_expired, placeholders_refused;
};

/* creator_init: *c becomes an empty creator. creator_clear frees what it owns and leaves it empty. */
void creator_init(struct creator *c);
void creator_clear(struct creator *c);
struct audience_shares *creator_shares(struct creator *c); /* made when there are none: to be filled */
/* creator_prefetch: asks for the memory of the newest buckets and posts; a hint. */
void creator_prefetch(const struct creator *c);
size_t creator_bytes(const struct creator *c); /* memory held, for the cache's limit */

/* The three verbs. as_of: the lane's, raised by the call when the record moves it. The rules' tier tables
 * fold the days that leave. */
enum applied creator_profile(struct creator *c, const struct creator_rules *rules,
                             const struct profile_record *record, const struct provenance *at,
                             int64_t *as_of);
enum applied creator_post(struct creator *c, const struct creator_rules *rules,
                          const struct post_record *record, const struct provenance *at, int64_t *as_of,
                          struct applied_counts *counts);
enum applied creator_interaction(struct creator *c, const struct creator_rules *rules,
                                 const struct interaction_record *record, const struct provenance *at,
                                 int64_t *as_of, struct applied_counts *counts);

/* creator_erase: a tombstone: nothing stays but the version, which it raises, and the erasure. now: the wall
 * clock. creator_gone: erased, and not back. */
void creator_erase(struct creator *c, const struct provenance *at, int64_t now);
bool creator_gone(const struct creator *c);

/* creator_post_followers: f_p, the followers at post time; false: none known. */
bool creator_post_followers(const struct creator *c, const struct post *post, int64_t *followers, bool *late);

/* ---- what is published (published.h) ---- */

/* The models of §7; NULL: none. A niche model is of the embedding beside it. */
struct models {
    const struct embedding *embedding;
    const struct niche_model *niche;
};

/* What else a score needs: of the peers, what an act is worth, and models. Any of it may be NULL. */
struct unit_values { /* a dated table of data/emv */
    const char *date, *currency;
    double minor_units[N_KINDS];
};
struct market {
    const struct peer_table *peers, *benchmark;
    const struct unit_values *values;
    struct models models;
};

/* creator_score: pure; does not touch the creator. market may be NULL. Rates are rounded to 1e-7, scores to
 * 1e-3. */
void creator_score(const struct creator *c, const struct methodology *methodology,
                   const struct market *market, int64_t as_of, struct score *score);
/* creator_post_in: the post of a slot, where a place of evidence lies; NULL: none. */
const struct post *creator_post_in(const struct creator *c, int32_t slot);
/* creator_content: u as it is now, worked out again only where the words or the embedding are others; 0 when
 * no token is known. Borrowed until the creator changes. creator_met: its audience also follows a creator
 * with this u; what was met with another embedding is forgotten. */
const struct packed_vector *creator_content(struct creator *c, const struct embedding *embedding);
void creator_met(struct creator *c, const struct embedding *embedding, const struct packed_vector *u);
/* creator_words: what follows from the posts' tokens, once they changed or were loaded. */
void creator_words(struct creator *c);

/* ---- pieces that come back from where they were stored ---- */
void minutes_add(struct post *post, int64_t minute, int64_t count);
void words_keep_tokens(struct post *post, const uint32_t *tokens, uint8_t n);
struct campaign *campaigns_add(struct creator *c, struct bytes id); /* copies the id */
void campaign_value_add(struct campaign *campaign, struct bytes currency, int64_t minor_units);
int64_t engagements(const int64_t counts[N_KINDS]); /* likes + comments + shares + saves, each at least 0 */
uint64_t score_digest(const struct score *score);   /* XXH3 of all values but as_of: equal digests = nothing a
                                                       reader cares about changed */

#endif
