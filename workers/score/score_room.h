/* score_room: the score worker as the files of its verbs see it. */
#ifndef SCORE_ROOM_H
#define SCORE_ROOM_H

#include "entries.h"
#include "fits.h"
#include "microflux/edge_record.h"
#include "microflux/score_worker.h"
#include "score_decode.h"

struct score_worker {
    const struct score_worker_options *options;
    struct avro_reader *readers[N_TOPICS];
    struct avro_scratch *scratch;
    struct text_scratch *words;
    uint64_t output_fingerprint;
    struct avro_reader *updates;
    uint64_t edge_fingerprint, alert_fingerprint;
    union score_record record;     /* the one decoded last */
    struct affinity_update update; /* or, of affinity-updates, this one */
    struct buffer value;
    bool tombstone;          /* it asks for erasure */
    struct score score;      /* the one evaluated last */
    struct peer_entry entry; /* and where it belongs among peers */
    struct score_makers makers;
    struct market market; /* that of the options, with the live table while it is of our methodology */
    struct peer_table peers;
    uint64_t peers_seen;
    struct entries entries;
    const struct campaign_set *campaigns; /* held */
    struct fit_judge judge;
    uint64_t counts[LANE_COUNTS];
    struct score_measures measures;
};

/* score_decode.c: the kind's verb. */
enum err score_decode(void *self, int input, const struct kafka_record *record, uint32_t *schema_id,
                      struct err_info *info);

/* measures.c */
void score_measures_init(struct score_measures *measures);
void score_measure(struct score_measures *measures, const struct score *score, enum lane_reason reason);
const void *score_measures(const void *self);

/* score_alerts.c: the kind's verb `more`. */
bool score_alerts(void *self, void *state, struct bytes subject, const struct lane_view *view,
                  enum lane_reason reason, const struct lane_emitter *emitter);

#endif
