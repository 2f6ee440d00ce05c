/* derived: what one record gives readers beside the subject's own: derived outputs and events of change.
 * Their reader keeps the last position met of each source lane and topic and drops what is at or below it, so
 * within a commit they go out in the order of their records, whichever of those waited for a load. A position
 * is told in a header, as text: "<lane> <topic> <epoch> <offset> <ordinal>". */
#include <inttypes.h>
#include <stdlib.h>

#include "lane_room.h"

static void put(void *arg, int output, struct bytes key, struct bytes value)
{
    struct lane *lane = arg;
    if (lane->n_derived == lane->cap_derived) {
        lane->cap_derived = lane->cap_derived ? 2 * lane->cap_derived : 256;
        lane->derived = realloc(lane->derived, lane->cap_derived * sizeof *lane->derived);
        if (!lane->derived)
            abort();
    }
    struct derived *d = &lane->derived[lane->n_derived++];
    *d = lane->deriving;
    d->output = output;
    d->at = lane->derived_bytes.len;
    d->key_len = (uint32_t)key.len;
    d->value_len = (uint32_t)value.len;
    d->tombstone = !value.ptr;
    buffer_add(&lane->derived_bytes, key.ptr, key.len);
    buffer_add(&lane->derived_bytes, value.ptr, value.len);
    lane->deriving.ordinal++;
}

void lane_derive(struct lane *lane, struct subject *s, const struct kafka_record *record, bool first)
{
    const struct lane_kind *kind = lane->kind;
    const struct lane_emitter emitter = {lane, put};
    if (lane->options->silent)
        return;
    lane->deriving = (struct derived){.input = record->input, .offset = record->offset};
    if (kind->derive)
        kind->derive(lane->self, s->state, record, &emitter);
    if (kind->events && first)
        kind->events(lane->self, s->state, record, &emitter);
}

/* ---- into the commit ---- */

static int by_record(const void *a, const void *b)
{
    const struct derived *x = a, *y = b;
    if (x->input != y->input)
        return x->input < y->input ? -1 : 1;
    if (x->offset != y->offset)
        return x->offset < y->offset ? -1 : 1;
    return x->ordinal < y->ordinal ? -1 : x->ordinal > y->ordinal;
}

struct bytes lane_position(struct lane *lane, const char *topic, int64_t offset, uint32_t ordinal)
{
    lane->position.len = 0;
    buffer_printf(&lane->position, "%" PRId32 " %s %" PRId32 " %" PRId64 " %" PRIu32, lane->partition, topic,
                  lane->fence.epoch, offset, ordinal);
    return (struct bytes){lane->position.data, lane->position.len};
}

void lane_send_derived(struct lane *lane)
{
    uint64_t mark = ledger_now(&lane->ledger);
    if (lane->n_derived == 0)
        return;
    qsort(lane->derived, lane->n_derived, sizeof *lane->derived, by_record);
    for (size_t i = 0; i < lane->n_derived; i++) {
        const struct derived *d = &lane->derived[i];
        const char *key = lane->derived_bytes.data + d->at;
        lane_output(lane, d->output, (struct bytes){key, d->key_len},
                    (struct bytes){d->tombstone ? NULL : key + d->key_len, d->value_len},
                    lane_position(lane, lane->options->inputs[d->input], d->offset, d->ordinal), mark);
    }
    lane->n_derived = 0;
    buffer_empty(&lane->derived_bytes);
}

/* ---- events of a commit, not of a record: of `more` ---- */

/* Their numbers rise, also when Redis went back and the commits are made again with other borders: then they
 * are other events, and a reader must not take them for the old ones. */
struct bytes lane_event_position(struct lane *lane)
{
    int64_t now = clock_wall_ms(), next = lane->fence.events + 1;
    lane->fence.events = now > next ? now : next;
    return lane_position(lane, "-", lane->fence.events, 0);
}
