/* rings: the last creators an actor met, by the time of events, and what creators learn of each other through
 * it. Edges that come late change that little, but they do (docs/decisions/0017). */
#include "microflux/rings.h"

#include <stdlib.h>

#include "domain_room.h"

static bool same(const struct met *met, const struct edge *edge)
{
    return bytes_equal((struct bytes){met->id, met->len}, edge->creator_id);
}

static void update(struct affinity_update *to, struct bytes creator_id, uint64_t embedding,
                   const struct packed_vector *u)
{
    *to = (struct affinity_update){creator_id, embedding, *u};
}

void ring_put(struct ring *ring, const struct met *met)
{
    if (!ring->met && !(ring->met = malloc(RING_CREATORS * sizeof *ring->met)))
        abort();
    if (ring->n == RING_CREATORS)
        memmove(ring->met, ring->met + 1, --ring->n * sizeof *ring->met);
    ring->met[ring->n++] = *met;
}

/* Those the actor still remembers but the edge's own creator; true: that one, too, and then *met is the newer
 * of both. */
static bool others_of(const struct ring *ring, const struct edge *edge, struct ring_room *room, size_t *n,
                      struct met *met)
{
    bool again = false;
    *n = 0;
    for (size_t i = 0; i < ring->n; i++) {
        const struct met *old = &ring->met[i];
        if (old->at < edge->occurred_at - RING_DAYS * MS_DAY)
            continue;
        if (!same(old, edge)) {
            room->others[(*n)++] = *old;
            continue;
        }
        again = true;
        if (old->at > met->at)
            *met = *old;
    }
    return again;
}

/* The newest stay, whenever they came. */
static void remember(struct ring *ring, const struct met *met, const struct met *others, size_t n)
{
    size_t place = n;
    while (place > 0 && others[place - 1].at > met->at)
        place--;
    ring->n = 0;
    ring->dirty = true;
    for (size_t i = 0; i <= n; i++)
        ring_put(ring, i == place ? met : &others[i - (i > place)]);
}

/* A creator met again tells nobody. */
size_t ring_meet(struct ring *ring, const struct edge *edge, struct ring_room *room,
                 struct affinity_update updates[RING_UPDATES])
{
    struct met met = {edge->occurred_at, edge->embedding, edge->u, (uint16_t)edge->creator_id.len, ""};
    size_t n, n_updates = 0;
    memcpy(met.id, edge->creator_id.ptr, edge->creator_id.len);
    bool again = others_of(ring, edge, room, &n, &met);
    for (size_t i = 0; i < n && !again; i++) {
        const struct met *other = &room->others[i];
        if (other->embedding != edge->embedding || other->at > edge->occurred_at + RING_DAYS * MS_DAY)
            continue;
        update(&updates[n_updates++], edge->creator_id, edge->embedding, &other->u);
        update(&updates[n_updates++], (struct bytes){other->id, other->len}, edge->embedding, &edge->u);
    }
    remember(ring, &met, room->others, n);
    return n_updates;
}

void ring_clear(struct ring *ring)
{
    free(ring->met);
    *ring = (struct ring){.stored = ring->stored, .dirty = true};
}

/* ---- the creator's side ---- */

bool creator_edge(const struct creator *c, const struct creator_rules *rules,
                  const struct interaction_record *r, const struct provenance *at)
{
    return r->kind == KIND_COMMENT && r->count > 0 && !r->own && r->actor_hash &&
           !is_late(r->occurred_at, at) && !is_future(rules, r->occurred_at, at) && !record_erased(c, at);
}

enum applied creator_learnt(struct creator *c, const struct embedding *embedding,
                            const struct affinity_update *learnt, const struct provenance *at, int64_t *as_of)
{
    if (!embedding || embedding->digest != learnt->embedding)
        return IGNORED_OTHER;
    moved(c, TOPIC_AFFINITY, at, 0, as_of); /* it says nothing of the time of events */
    if (record_erased(c, at))
        return APPLIED_ERASED;
    creator_met(c, embedding, &learnt->u);
    return APPLIED;
}
