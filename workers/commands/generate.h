/* generate: what the rooms of the generator share. An account is one creator as it is simulated; a flow is
 * one kind of reaction to one post, drawn in time order without being kept: of n delays from one distribution
 * the next is found from the last (order statistics of uniforms, Bentley & Saxe 1980). So memory is accounts
 * and flows, whatever the length. */
#ifndef COMMANDS_GENERATE_H
#define COMMANDS_GENERATE_H

#include <stdbool.h>
#include <stdio.h>

#include "generate_words.h"
#include "microflux/bytes.h"
#include "microflux/creator.h"

#define FIRST_DAY 20454 /* 2026-01-01 */
#define REACHABLE                                                                                            \
    28 /* reactions meet the newest posts only: what left the 32 kept is no longer looked at                 \
        */
#define REGULARS 8

struct generate_options {
    int64_t creators, days, posts, singles, seed;
    double fraud, zipf, totals;
    bool characters;
};

/* ---- distributions: generate_figures.c ---- */

struct figure {
    double low, median, high; /* 5th, 50th and 95th percentile */
};
/* Two log-normal halves through the three percentiles; z is a standard normal. */
double figure_at(const struct figure *figure, double z);
double normal_quantile(double u); /* z of a share, 0 < u < 1 */

/* ---- accounts ---- */

enum fraud_kind {
    FRAUD_NONE,
    FRAUD_FOLLOWERS,
    FRAUD_LIKES,
    FRAUD_POD,
    FRAUD_GENERIC,
    FRAUD_AUDIENCE,
    FRAUD_UNDISCLOSED,
    N_FRAUDS
};

struct fraud {
    uint8_t kind;
    bool block;          /* likes: one run of posts, not scattered ones */
    float share, factor; /* of posts, comments, actors; likes bought per like, share of followers lost */
    int32_t first, n;    /* post or day it begins; posts, followers; pod: which, place in it */
};

enum flow_what {
    FLOW_REACTION,
    FLOW_COMMENT,
    FLOW_COUNTED, /* comments that come counted, not one by one */
    FLOW_REPLY,
    FLOW_POD,
    FLOW_BOUGHT,
    FLOW_UNLIKE,
    FLOW_LATE,
    FLOW_FUTURE,
    FLOW_RELABEL,
    FLOW_DELETE,
    FLOW_SNAPSHOT
};

struct flow {
    int64_t next_at, posted_at, sum; /* sum: count still to come; snapshots: likes in the end */
    double u, told;                  /* how far the delays are; the share the last snapshot showed */
    int32_t post, left;              /* records still to come */
    uint8_t what, kind;
};

struct account {
    struct random random;
    uint64_t seed;
    double followers; /* those that were not bought */
    int64_t totals[N_KINDS];
    int64_t next_post_at, next_profile_at;
    struct flow *flows;
    float rate, comments_per_like, spread, interval_days, interval_sigma, sponsored, own_replies, activity;
    int32_t posts, following, n_flows, cap_flows;
    uint32_t regulars[REGULARS], n_commenters;
    struct fraud fraud;
    uint8_t platform, niche, country, character; /* character: 1 + its row, 0 = none */
    bool sends_totals;
};

struct pod {
    int32_t *members, n;
};

struct due {
    int64_t at;
    int32_t account;
};

struct generator {
    struct generate_options options;
    struct account *accounts; /* named ones first */
    int64_t n_accounts, n_named;
    struct pod *pods;
    int32_t n_pods;
    struct due *heap;
    int64_t end_at, written, late, future;
};

/* generate_open: gives (NULL never: no memory aborts). generate_step: appends the next record, or a few of
 * one moment; false at the end. */
struct generator *generate_open(const struct generate_options *options);
bool generate_step(struct generator *g, struct buffer *out);
double generate_done(const struct generator *g); /* share of the time behind it, 0..1 */
void generate_truth(const struct generator *g, FILE *file);
void generate_close(struct generator *g);

/* ---- accounts: generate_accounts.c, fraud: generate_fraud.c ---- */
void accounts_make(struct generator *g);
void account_name(const struct generator *g, int64_t account, char out[32]);
const char *character_name(const struct account *a); /* NULL: none */
void put_profile(struct generator *g, struct account *a, struct buffer *out);
int64_t account_interval(struct account *a); /* ms to the next post */
int64_t account_followers(const struct account *a, int64_t day);

void fraud_assign(struct generator *g);
void fraud_set(struct generator *g, struct account *a, int kind);
void pod_add(struct generator *g, const int32_t *members, int32_t n);
bool fraud_touches(const struct account *a, int32_t post);
void put_fraud(const struct generator *g, const struct account *a, struct buffer *out); /* its labels */

/* ---- posts: generate_posts.c ---- */
struct plan { /* of one post: a function of the account's seed and the post's number */
    struct random words;
    int format;
    bool sponsored, by_word, undisclosed, boosted;
    double noise, comments_per_like;
};
struct plan post_plan(const struct account *a, int32_t post);
void post_reactions(const struct plan *plan, int64_t likes, int64_t counts[N_KINDS]);
void put_post(struct generator *g, const struct account *a, const struct flow *post, int64_t timestamp,
              bool relabelled, bool deleted, struct buffer *out);
void put_snapshot(struct generator *g, struct account *a, struct flow *flow, struct buffer *out);

/* ---- flows and interactions: generate_flows.c, generate_interactions.c ---- */
void account_publish(struct generator *g, struct account *a, struct buffer *out);
void flow_fire(struct generator *g, struct account *a, int32_t flow, struct buffer *out);
void put_interaction(struct generator *g, struct account *a, const struct flow *flow, int64_t count,
                     int64_t occurred_at, struct buffer *out);
void put_comment(struct generator *g, struct account *a, const struct flow *flow, int64_t count,
                 struct buffer *out);

/* ---- JSON ---- */
static inline void put_key(struct buffer *out, const char *key, int64_t n) /* key with its comma and colon */
{
    buffer_add_text(out, key);
    buffer_add_int(out, n);
}
void put_head(struct generator *g, const struct account *a, const char *topic, int64_t timestamp,
              struct buffer *out); /* up to the creator_id */
void put_name(const struct generator *g, int64_t account, struct buffer *out);
void put_tail(struct generator *g, struct buffer *out); /* ends the record and counts it */

#endif
