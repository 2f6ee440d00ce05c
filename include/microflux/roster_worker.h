/* roster_worker: the ops table of the roster worker: fit-scores of all lanes become one shortlist a campaign
 * (scoring.md §11).
 */
#ifndef MICROFLUX_ROSTER_WORKER_H
#define MICROFLUX_ROSTER_WORKER_H

#include "microflux/campaign_set.h"
#include "microflux/lane.h"
#include "microflux/registry.h"
#include "microflux/shared.h"

/* Borrowed as long as any worker runs. */
struct roster_worker_options {
    struct shared *campaigns;  /* struct campaign_set; nothing is read before there is one */
    struct registry *registry; /* NULL = none; shared by all workers */
    size_t max_record_bytes;
    uint32_t output_id; /* Confluent id of shortlist.avsc; 0 = single-object framing */
    const struct methodology *methodology;
    uint32_t alert_output_id; /* of alert.avsc, likewise */
    uint32_t alerts_muted;    /* bit = enum alert_type */
};

/* What it counts besides the engine: worker_counters.kind[…]. */
enum roster_count {
    ROSTER_LATE, /* records older than what is known of their pair */
    ROSTER_TOLD, /* shortlists */
    ROSTER_ALERTS_TOLD
};

enum roster_input { ROSTER_FITS };
enum roster_output { ROSTER_SHORTLISTS, ROSTER_ALERTS };

extern const struct lane_kind roster_kind; /* options: const struct roster_worker_options * */

#endif
