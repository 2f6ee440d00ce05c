/* score_worker: the ops table of the score worker, and what it is told at start. */
#ifndef MICROFLUX_SCORE_WORKER_H
#define MICROFLUX_SCORE_WORKER_H

#include "microflux/keyed_hash.h"
#include "microflux/lane.h"
#include "microflux/market.h"
#include "microflux/score.h"
#include "microflux/shared.h"
#include "microflux/text.h"

struct score_writer_schema { /* one more writer schema of an input, by its Confluent id */
    int input;
    uint32_t id;
    const char *json;
};

/* The newest table of peers, from whoever reads its topic to the workers, each of which keeps a copy that it
 * takes between two turns. Any thread. */
struct live_peers;
struct live_peers *live_peers_open(void);
void live_peers_close(struct live_peers *live);                               /* takes NULL */
void live_peers_set(struct live_peers *live, const struct peer_table *table); /* copies */
/* live_peers_newer: copies the table when it is not the *seen one (0: none yet); true: it did. */
bool live_peers_newer(struct live_peers *live, uint64_t *seen, struct peer_table *table);

/* Borrowed as long as any worker runs; immutable but for `newer`. */
struct score_worker_options {
    const struct methodology *methodology;
    const struct text *text;
    struct market market; /* without the live table of peers */
    struct models models;
    struct live_peers *live;  /* NULL: there never is one */
    struct shared *campaigns; /* struct campaign_set; NULL: there never are any */
    struct creator_rules rules;
    size_t max_record_bytes;
    const char *bare_json[N_TOPICS]; /* writer schema of bare values, NULL = none */
    const struct score_writer_schema *writers;
    size_t n_writers;
    struct registry *registry;  /* NULL = none; shared by all workers */
    struct keyed_secret secret; /* of actor_hash; none: the hash is 0 */
    uint32_t output_id;         /* Confluent id of creator-score.avsc; 0 = single-object framing */
    uint32_t fit_output_id;     /* of fit-score.avsc, likewise */
    uint32_t alert_output_id;   /* of alert.avsc, likewise */
    uint32_t alerts_muted;      /* bit = enum alert_type */
    /* What takes the place of these from the worker's next turn on: other tables, lexicons, constants,
     * models; the rest must be the same. NULL: nothing does. Stored once. */
    const struct score_worker_options *_Atomic newer;
};

/* score_readers_open: of the three inputs, in every writer schema that the options name; on an error the
 * owner closes those that are open. */
enum err score_readers_open(const struct score_worker_options *options, struct avro_reader *readers[N_TOPICS],
                            struct err_info *info) MF_MUST_CHECK;

/* score_options_newest: these, or what took their place. */
const struct score_worker_options *score_options_newest(const struct score_worker_options *options);

/* What it counts besides the engine: worker_counters.kind[…]. */
enum score_count {
    SCORE_LATE,   /* under any policy */
    SCORE_FUTURE, /* the same */
    SCORE_OTHER,  /* interactions of kind OTHER */
    SCORE_PLACEHOLDERS_EXPIRED,
    SCORE_PLACEHOLDERS_REFUSED,
    SCORE_ERASED,      /* tombstones of creators met */
    SCORE_SUPPRESSED,  /* records of before an erasure */
    SCORE_FITS_JUDGED, /* pairs of a creator and a campaign */
    SCORE_FITS_TOLD,   /* records of them */
    SCORE_FITS_LEFT,   /* tombstones */
    SCORE_ALERTS_TOLD,
};

/* How creators and pairs are spread: lane_kind.measures. */
struct score_measures {
    struct tally reasons, tiers, flags; /* of scores made for readers; tiers by the first scheme */
    struct histogram authenticity, creator;
    struct tally gates; /* that kept a creator from a campaign */
};

/* Its outputs: creator-scores, audience-edges, fit-scores, alerts. */
enum { SCORE_SCORES, SCORE_EDGES, SCORE_FITS, SCORE_ALERTS, SCORE_OUTPUTS };

extern const struct lane_kind score_kind; /* options: const struct score_worker_options * */
/* score_kind_of: score_kind, and with an embedding what goes with it: affinity-updates as fourth input,
 * edges.
 */
struct lane_kind score_kind_of(const struct score_worker_options *options);

#endif
