/* domain_room: what the files of this room share. */
#ifndef DOMAIN_ROOM_H
#define DOMAIN_ROOM_H

#include "microflux/calls.h"
#include "microflux/methodology.h"

#define LONGEST_ID 256

/* is_future: dated more than max_future after its own Kafka timestamp (§0.1). */
bool is_future(const struct creator_rules *rules, int64_t time, const struct provenance *at);
/* is_late: its own Kafka timestamp is days after it: it counts in no window. */
bool is_late(int64_t time, const struct provenance *at);
/* moved: the record was applied: the creator's version and the lane's as_of follow. */
void moved(struct creator *c, int topic, const struct provenance *at, int64_t time, int64_t *as_of);

/* profile_erased, record_erased (posts and interactions): of before an erasure, or not surely of after it:
 * moves the version and counts nowhere. The first profile dated after the tombstone brings the creator back.
 */
bool profile_erased(struct creator *c, const struct provenance *at);
bool record_erased(const struct creator *c, const struct provenance *at);

/* profile_day_for: newest kept day observed at or before the post, else the earliest later one (*late); NULL:
 * none. */
const struct profile_day *profile_day_for(const struct creator *c, int64_t posted_at, bool *late);

/* ---- posts ---- */

/* posts_fix_followers: the oldest kept day leaves: posts that count on it keep its followers for good. */
void posts_fix_followers(struct creator *c);
struct post *posts_find(struct creator *c, struct bytes id);
/* posts_placeholder: opens one for an unknown post, NULL where the rules open none. */
struct post *posts_placeholder(struct creator *c, struct bytes id, int64_t occurred_at, int64_t as_of,
                               struct applied_counts *counts);
void posts_expire(struct creator *c, int64_t as_of, struct applied_counts *counts);
/* posts_enter: a post record: found and replaced, filled into its placeholder, or new. NULL: too old for the
 * ring. */
struct post *posts_enter(struct creator *c, const struct methodology *m, const struct post_record *record,
                         int64_t offset);
void post_free(struct post *post); /* what it owns */
static inline bool post_sponsored(const struct post *post)
{
    return post->official || post->disclosed_word;
}

/* ---- what one record tells ---- */

/* words_keep: tokens, lexicon and brands of a post's record. */
void words_keep(struct creator *c, struct post *post, const struct post_record *r);
size_t words_bytes(const struct creator *c);
size_t topics_bytes(const struct creator *c);
/* comments_note: one comment of another; comments_own: of the creator; comments_settle: the placeholder's
 * post is known now. */
void comments_note(struct creator *c, const struct methodology *m, struct post *post,
                   const struct interaction_record *r);
void comments_own(struct creator *c, struct post *post, int64_t count);
void comments_settle(struct post *post, const struct methodology *m);
void fingerprints_note(struct creator *c, const struct interaction_record *r, int64_t offset);
void campaigns_note(struct creator *c, const struct interaction_record *r);
void campaigns_free(struct creator *c);
void actors_note(struct creator *c, const struct methodology *m, const struct interaction_record *r);

/* ---- numbers of §0 ---- */

static inline int64_t at_least_0(int64_t n)
{
    return n > 0 ? n : 0;
}

struct run { /* the same value n times */
    double value;
    int64_t n;
};

double ramp(double x, struct ramp ramp); /* 0..1 */
double penalty(double x, struct penalty penalty);
double round_rate(double x);  /* to 1e-7 */
double round_score(double x); /* to 1e-3 */
/* median_of: the mean of the middle two of an even n; 0 of none. Sorts. */
double median_of(double *x, size_t n);
double median_of_runs(struct run *runs, size_t n);
double percentile_of(const double *sorted, size_t n, double p); /* linear between neighbours; n > 0 */
/* part_of: confidence n/(n + k); a part that is not there has none. */
struct part part_of(bool there, double score, int32_t n, double k);
/* weigh: Σ wcs / Σ wc over the parts there; null below the least confidence. */
void weigh(const struct methodology *m, const char *const *names, const double *weights,
           const struct part *parts, size_t n, struct weighted *out);

/* ---- what is published; each fills its own values and reads nothing but what it is given ---- */

void engagement_rates(const struct creator *c, const struct methodology *m, int64_t as_of,
                      const struct peer_cell *peers, struct score *s);
/* engagement_rated: false: followers at post time are not known. */
bool engagement_rated(const struct creator *c, const struct post *post, struct rated *rated, bool *late);

void likes_terms(const struct creator *c, const struct methodology *m, int64_t as_of,
                 struct term_value *terms);

void comments_terms(const struct creator *c, const struct methodology *m, struct term_value *terms);
struct optional comments_reply_share(const struct creator *c);
int32_t fingerprints_repeated(const struct fingerprints *f);

/* audience_evaluate: over the sampled actors with a verdict. */
void audience_evaluate(const struct sample *sample, const struct methodology *m,
                       struct audience_value *value);
void rate_terms(const struct peer_cell *peers, struct score *s);
/* engagement_part: penalties of the terms there are; n posts in the ring. */
struct part engagement_part(const struct methodology *m, struct term_value *terms, int32_t n_posts);
void content_evaluate(const struct creator *c, const struct methodology *m, int64_t as_of, struct score *s);
struct part content_part(const struct methodology *m, int64_t posts, double saturation, double undisclosed);
/* growth_evaluate: today: days since 1970. */
void growth_evaluate(const struct profile_day *days, size_t n, const struct window *ring,
                     const struct methodology *m, int64_t today, struct growth_value *value);

void activity_evaluate(const struct creator *c, const struct methodology *m, int64_t as_of, struct score *s);
void community_evaluate(const struct creator *c, const struct sample *sample, const struct methodology *m,
                        struct community_value *value);
/* community_repeat: share of the sampled with two posts. */
void community_repeat(const struct sample *sample, struct community_value *value);
struct part community_part(const struct methodology *m, struct optional repeat, struct optional reply,
                           int32_t sampled);
struct part niche_focus(const struct methodology *m, const double *posterior, size_t n, int32_t tokens);
void brands_evaluate(const struct creator *c, struct commercial_value *value);
void campaigns_evaluate(const struct creator *c, struct commercial_value *value);
struct optional paid_performance(const struct methodology *m, const struct rated *sponsored,
                                 size_t n_sponsored, const struct rated *organic, size_t n_organic);
struct optional cost_per_engagement(const int64_t *price, const double *estimate, int64_t followers);
void commercial_evaluate(const struct creator *c, const struct methodology *m,
                         const struct unit_values *values, int64_t as_of, struct score *s);
void flags_raise(const struct methodology *m, struct score *s); /* of rounded values */
void score_round(struct score *s);

#endif
