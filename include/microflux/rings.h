/* rings: whom else an audience follows (scoring.md §7): an edge is a comment of an actor on a creator; per
 * actor the last creators met are kept, and when the actor meets another one, each of the two learns of the
 * other. Pure: no clock, no I/O.
 */
#ifndef MICROFLUX_RINGS_H
#define MICROFLUX_RINGS_H

#include "microflux/creator.h"
#include "microflux/vectors.h"

#define RING_CREATORS 2
#define RING_DAYS     90  /* of event time, between two comments that meet */
#define RING_LONGEST  256 /* bytes of a creator_id */
#define RING_UPDATES  (2 * RING_CREATORS)

struct edge {       /* strings are borrowed */
    uint64_t actor; /* keyed hash */
    struct bytes creator_id;
    int64_t occurred_at;
    uint64_t embedding;     /* digest of the one that u is of */
    struct packed_vector u; /* of the creator, as it was when the edge was sent */
};

struct affinity_update {
    struct bytes creator_id; /* who learns */
    uint64_t embedding;
    struct packed_vector u; /* of the other one */
};

struct met {
    int64_t at; /* of the newest comment there */
    uint64_t embedding;
    struct packed_vector u;
    uint16_t len;
    char id[RING_LONGEST];
};

struct ring {          /* the newest last */
    struct met *met;   /* n of them, room for RING_CREATORS; NULL: none */
    uint8_t n, stored; /* stored: so many lie in Redis */
    bool dirty;
};

/* ring_meet: the edge enters. updates: what both sides learn; their ids are borrowed from the edge and from
 * *room until the next call with it. Returns how many. */
struct ring_room {
    struct met others[RING_CREATORS];
};
size_t ring_meet(struct ring *ring, const struct edge *edge, struct ring_room *room,
                 struct affinity_update updates[RING_UPDATES]);
/* ring_put: one more, as loaded. */
void ring_put(struct ring *ring, const struct met *met);
void ring_clear(struct ring *ring);

/* creator_edge: is this interaction one: a comment of somebody else that counts, on a creator who is there?
 */
bool creator_edge(const struct creator *c, const struct creator_rules *rules,
                  const struct interaction_record *record, const struct provenance *at);
/* creator_learnt: an update is applied: Y += u, m += 1. Of another embedding than ours (NULL: none) it is
 * IGNORED_OTHER. */
enum applied creator_learnt(struct creator *c, const struct embedding *embedding,
                            const struct affinity_update *update, const struct provenance *at,
                            int64_t *as_of);

#endif
