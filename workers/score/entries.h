/* entries: a lane's histograms of peers as they lie in Redis (docs/reference/redis-layout.md), and how the
 * moves of a commit become changes of them. */
#ifndef SCORE_ENTRIES_H
#define SCORE_ENTRIES_H

#include "microflux/lane.h"
#include "microflux/score.h"

/* Moves not yet handed over; zeroed: none. */
struct entries {
    struct peer_histograms moves;
    bool any;
};

void entries_move(struct entries *entries, struct peer_entry from, struct peer_entry to);
/* entries_write: one number a bin that changed, and forgets them. */
void entries_write(struct entries *entries, const struct lane_writer *writer);

#endif
