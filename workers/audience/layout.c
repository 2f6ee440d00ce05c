/* layout: an actor's ring in Redis: per creator met, the oldest first, field i "<time> <embedding> <scale>
 * <creator_id>" and field ui with the 64 codes of its u, each short enough for a compact hash. A ring is few
 * bytes and changes as a whole, so it is written as a whole. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "microflux/audience_worker.h"

static struct bytes field_of(char name[2], bool vector, size_t i)
{
    name[0] = 'u';
    name[vector] = (char)('0' + i);
    return (struct bytes){name, 1 + (size_t)vector};
}

void ring_write(struct ring *ring, const struct ring_writer *w)
{
    char name[2], text[RING_LONGEST + 80];
    if (!ring->dirty)
        return;
    ring->dirty = false;
    for (size_t i = 0; i < ring->n; i++) {
        const struct met *met = &ring->met[i];
        int n = snprintf(text, sizeof text, "%" PRId64 " %016" PRIx64 " %.9g %.*s", met->at, met->embedding,
                         (double)met->u.scale, met->len, met->id);
        w->set(w->arg, 0, field_of(name, false, i), (struct bytes){text, (size_t)n});
        w->set(w->arg, 0, field_of(name, true, i), (struct bytes){(const char *)met->u.code, DIMS});
    }
    for (size_t i = ring->n; i < ring->stored; i++) {
        w->drop(w->arg, 0, field_of(name, false, i));
        w->drop(w->arg, 0, field_of(name, true, i));
    }
    ring->stored = ring->n;
}

static bool read_met(struct bytes value, struct met *met)
{
    char text[RING_LONGEST + 80];
    int used = 0;
    if (value.len >= sizeof text)
        return false;
    memcpy(text, value.ptr, value.len);
    text[value.len] = 0;
    if (sscanf(text, "%" SCNd64 " %16" SCNx64 " %g%n", &met->at, &met->embedding, &met->u.scale, &used) !=
            3 ||
        text[used] != ' ' || !isfinite(met->u.scale) || value.len <= (size_t)used + 1 ||
        value.len - (size_t)used - 1 > RING_LONGEST)
        return false;
    met->len = (uint16_t)(value.len - (size_t)used - 1);
    memcpy(met->id, text + used + 1, met->len);
    return true;
}

enum err ring_load(struct ring *ring, const struct redis_answer *answer, struct err_info *info)
{
    struct met mets[RING_CREATORS] = {0};
    bool told[RING_CREATORS] = {false}, shown[RING_CREATORS] = {false};
    for (size_t i = 0; i + 1 < answer->n; i += 2) {
        struct bytes field = answer->items[i]->text, value = answer->items[i + 1]->text;
        bool vector = field.len == 2 && field.ptr[0] == 'u';
        size_t slot = field.len == 1 || vector ? (size_t)(field.ptr[vector] - '0') : RING_CREATORS;
        if (slot >= RING_CREATORS)
            continue; /* not ours */
        bool good = vector ? value.len == DIMS : read_met(value, &mets[slot]);
        if (vector && good)
            memcpy(mets[slot].u.code, value.ptr, DIMS);
        *(vector ? &shown[slot] : &told[slot]) = good;
        if (!good)
            return err_set(info, ERR_REJECT, "state", "field %.*s cannot be read", (int)field.len, field.ptr);
    }
    for (size_t slot = 0; slot < RING_CREATORS && told[slot] && shown[slot]; slot++)
        ring_put(ring, &mets[slot]);
    ring->stored = ring->n;
    return ERR_OK;
}
