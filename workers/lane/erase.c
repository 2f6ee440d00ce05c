/* erase: a subject asked to be forgotten. Its keys are deleted by the EXEC that writes what the kind leaves
 * of it, its tombstones go out behind that EXEC like any score, and the log says that it happened, so that it
 * can be proved: where the tombstone stood, and whose it was as a keyed hash. */
#include <inttypes.h>
#include <stdlib.h>

#include "lane_room.h"

void lane_erase(struct lane *lane, struct subject *s, const struct kafka_record *record)
{
    s->stale = s->forced = true;
    s->reason = LANE_CHANGE;
    lane_note_erased(lane, s, record);
}

void lane_note_erased(struct lane *lane, const struct subject *s, const struct kafka_record *record)
{
    if (lane->n_erased == lane->cap_erased) {
        lane->cap_erased = lane->cap_erased ? 2 * lane->cap_erased : 16;
        lane->erased = realloc(lane->erased, lane->cap_erased * sizeof *lane->erased);
        if (!lane->erased)
            abort();
    }
    lane->erased[lane->n_erased++] = (struct erased){record->input, record->offset, record->timestamp,
                                                     keyed_hash(lane->options->secret, s->head.key)};
}

void lane_log_erased(struct lane *lane)
{
    for (size_t i = 0; i < lane->n_erasing; i++) {
        const struct erased *e = &lane->erased[i];
        log_info("erased",
                 "topic=%s partition=%" PRId32 " offset=%" PRId64 " timestamp=%" PRId64
                 " subject=%016" PRIx64,
                 lane->options->inputs[e->input], lane->partition, e->offset, e->timestamp, e->subject);
    }
    lane->n_erased -= lane->n_erasing;
    if (lane->n_erased)
        memmove(lane->erased, lane->erased + lane->n_erasing, lane->n_erased * sizeof *lane->erased);
    lane->n_erasing = 0;
}
