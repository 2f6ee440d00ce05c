/* roster_room: what the roster worker keeps of a campaign, and what it makes of it. A pair is what a lane
 * told last of one creator; all pairs are kept, so that the best 200 are exact when one of them leaves. */
#ifndef ROSTER_ROOM_H
#define ROSTER_ROOM_H

#include "microflux/alert.h"
#include "microflux/creator.h"
#include "microflux/fit_record.h"
#include "microflux/lane.h"
#include "microflux/roster_worker.h"

#define MOST_RANKED 200 /* the best that are ranked, and may be chosen (scoring.md §11) */

struct pair {
    char *creator; /* owned, creator_len */
    uint16_t creator_len;
    bool dirty, dirty_audience;
    int32_t epoch;
    int64_t offsets, as_of;
    int64_t newest_post_at; /* -1: not known */
    char gate[24], platform[16], tier[16], currency[4];
    double score, confidence, affinity;
    int32_t affinity_source;
    struct optional estimate, authenticity;
    int64_t followers, price; /* -1: not known */
    int64_t posts, posted_at, engagements;
    int64_t acted_at, clicks, purchases; /* acted_at 0: nothing was delivered */
    struct campaign_value values[CAMPAIGN_CURRENCIES];
    char *audience; /* owned, as packed; NULL: none */
    uint16_t audience_len;
    uint64_t digest; /* of what it says, without version and as_of */
};

/* The creators of a published ranking and roster, by which the next one says what changed: text "epoch
 * offsets ranked chosen" and their names as netstrings, ranking first; empty: there was none. */
struct told {
    struct buffer text;
};

/* What alerts are raised by: of a creator that the ranking or a recent alert names. */
struct watched {
    char *creator; /* owned */
    bool top, rostered, silent, seen;
    double fit;                       /* while it is among the best */
    int64_t last[ALERTS_OF_CAMPAIGN]; /* of each type, 0: long ago */
};
struct watch {
    struct watched *all; /* owned */
    size_t n, cap;
    bool there; /* a shortlist was published */
    bool dirty;
};

struct campaign_state {
    char *id; /* owned; NULL: nothing was ever told */
    int32_t epoch;
    int64_t offset;      /* own last applied offset + 1: the version */
    struct pair **pairs; /* owned, ascending by creator */
    size_t n, cap;
    struct buffer made_by; /* methodology of the last pair told: netstrings name, version, digest */
    struct told now, before;
    struct watch watch;
    bool dirty, dirty_told; /* id, version and made_by; now and before */
    struct buffer left;     /* since they were written last: creators as netstrings */
    size_t bytes;           /* of the pairs */
};

/* ---- state.c ---- */
void campaign_init(struct campaign_state *state);
void campaign_clear(struct campaign_state *state);
size_t campaign_bytes(const struct campaign_state *state);
struct pair *campaign_pair(const struct campaign_state *state, struct bytes creator); /* NULL: none */
struct pair *campaign_pair_made(struct campaign_state *state, struct bytes creator);
/* campaign_take: what a lane told; false: it is late. campaign_leave: the creator is no longer among its
 * lane's best; false: nothing is known of it. */
bool campaign_take(struct campaign_state *state, const struct fit_record *record);
bool campaign_leave(struct campaign_state *state, struct bytes creator);
/* campaign_told: what will be compared with from now on; nothing when it is what was told last. */
bool campaign_told(struct campaign_state *state, const struct buffer *names);
void pair_audience(struct pair *pair, struct bytes packed);

/* ---- layout.c: keys c (headline, pairs) and r (audiences), docs/reference/redis-layout.md ---- */
enum campaign_key { KEY_CAMPAIGN, KEY_AUDIENCES, N_CAMPAIGN_KEYS };
extern const char *const campaign_key_names[N_CAMPAIGN_KEYS];
void campaign_write(struct campaign_state *state, const struct lane_writer *writer);
enum err campaign_read_key(struct campaign_state *state, int key, const struct redis_answer *answer,
                           struct err_info *info) MF_MUST_CHECK;
void pair_said(struct pair *pair); /* sets its digest */

/* ---- shortlist.c: what is published ---- */
struct shortlist {
    const struct fit_campaign *campaign; /* NULL: it ended, or was never there */
    const struct pair *ranking[MOST_RANKED];
    size_t n, passed, rejected; /* passed: all pairs that pass the gates */
    struct candidate candidates[MOST_RANKED];
    uint8_t registers[MOST_RANKED][HLL_REGISTERS];
    struct roster roster; /* owned */
    bool per_slot;        /* some candidate has no price in the campaign's currency */
    struct buffer names;  /* ranking and roster, as told */
    uint64_t digest;
};
/* shortlist_make: of the state as it is; borrows both until the next one. */
void shortlist_make(struct shortlist *shortlist, const struct campaign_state *state,
                    const struct fit_campaign *campaign);
void shortlist_free(struct shortlist *shortlist);

/* ---- watch.c ---- */
typedef void watch_tell(void *arg, struct watched *one, const struct alert *alert);
/* watch_shortlist: tells what began since the one before; true: the watch differs from Redis. watch_let:
 * whether an hour has passed since the last alert of that type, which this one then is. */
bool watch_shortlist(struct campaign_state *state, const struct shortlist *shortlist,
                     const struct methodology *m, int64_t as_of, watch_tell *tell, void *arg);
bool watch_let(struct watched *one, enum alert_type type, const struct methodology *m, int64_t as_of);
struct watched *watch_find(const struct watch *watch, struct bytes creator); /* NULL: nobody watches it */
void watch_text(const struct watch *watch, struct buffer *out);
bool watch_read(struct watch *watch, struct bytes text); /* false: it cannot be read */
void watch_free(struct watch *watch);                    /* leaves it empty */

/* Delivered against expected, of one creator or of all together. */
#define CURRENCIES 192 /* ISO 4217 knows fewer */
struct performance {
    bool there;
    int64_t posts, posted_at, engagements, clicks,
        purchases; /* posted_at: of the newest, if there are posts */
    struct campaign_value values[CURRENCIES];
    size_t n_values;
    struct optional expected, ratio, cost, cost_per_engagement, cost_per_conversion; /* minor units */
};
struct performance performance_of(const struct pair *pair, const char *currency);
struct performance performance_sum(const struct campaign_state *state, const char *currency);

/* ---- record.c: as shortlist.avsc ---- */
struct shortlist_origin {
    int32_t partition;
    int64_t applied, as_of;
    bool idle;
    enum lane_reason reason;
};
void shortlist_encode(const struct shortlist *shortlist, const struct campaign_state *state,
                      const struct shortlist_origin *origin, struct buffer *out);

#endif
