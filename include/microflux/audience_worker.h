/* audience_worker: the ops table of the audience worker, and what it is told at start. */
#ifndef MICROFLUX_AUDIENCE_WORKER_H
#define MICROFLUX_AUDIENCE_WORKER_H

#include "microflux/lane.h"
#include "microflux/rings.h"

enum { AUDIENCE_EDGES, AUDIENCE_INPUTS };    /* its inputs */
enum { AUDIENCE_UPDATES, AUDIENCE_OUTPUTS }; /* its outputs */

/* Borrowed as long as any worker runs; immutable. Edges and updates are framed single-object, with a
 * registry, too: nobody else reads them. */
struct audience_worker_options {
    size_t max_record_bytes;
};

/* What it counts besides the engine: worker_counters.kind[…]. */
enum audience_count {
    AUDIENCE_MET,    /* edges of an actor with a creator not among its last two */
    AUDIENCE_LEARNT, /* updates told */
    AUDIENCE_FORGOT, /* actors that asked to be forgotten */
};

extern const struct lane_kind audience_kind; /* options: const struct audience_worker_options * */

/* ---- layout: an actor in Redis, one hash mf:<ns>:audience:{tag}:r:<16 hex digits> ---- */
struct ring_writer {
    void *arg;
    void (*set)(void *arg, int key, struct bytes field, struct bytes value);
    void (*drop)(void *arg, int key, struct bytes field);
};
void ring_write(struct ring *ring, const struct ring_writer *writer);
/* ring_load: ERR_REJECT word "state": a field cannot be read. */
enum err ring_load(struct ring *ring, const struct redis_answer *answer, struct err_info *info) MF_MUST_CHECK;

#endif
