/* audience: the worker kind that knows whom else an audience follows: per actor the last two creators met;
 * when the actor meets another one, each of the two learns what the other is about. What they learn are
 * events of change: the ring before is gone once the edge is in it. */
#include <stdlib.h>

#include "microflux/audience_worker.h"
#include "microflux/edge_record.h"
#include "microflux/schemas.h"

#define EXPIRE_S ((RING_DAYS + 1) * 86400) /* by Redis' clock: the ring's own is event time */

struct audience_worker {
    const struct audience_worker_options *options;
    struct avro_reader *reader;
    struct avro_scratch *scratch;
    uint64_t update_fingerprint;
    struct edge edge; /* the one decoded last */
    bool tombstone;   /* its actor asks to be forgotten */
    struct ring_room room;
    struct affinity_update updates[RING_UPDATES]; /* of the one applied last */
    size_t n_updates;
    struct buffer value;
    uint64_t counts[LANE_COUNTS];
};

static void audience_close(void *self)
{
    struct audience_worker *w = self;
    if (!w)
        return;
    avro_reader_close(w->reader);
    avro_scratch_close(w->scratch);
    buffer_free(&w->value);
    free(w);
}

static enum err audience_open(const void *options, void **self, struct err_info *info)
{
    struct audience_worker *w = calloc(1, sizeof *w);
    if (!w)
        return err_set(info, ERR_NO_MEMORY, "no_memory", "no memory for the audience worker");
    w->options = options;
    w->scratch = avro_scratch_open();
    w->update_fingerprint = avro_fingerprint(schema_affinity_update, info);
    enum err err = w->update_fingerprint ? ERR_OK : ERR_UNSUPPORTED;
    if (err == ERR_OK)
        err = edge_reader_open(w->options->max_record_bytes, &w->reader, info);
    if (err != ERR_OK) {
        audience_close(w);
        return err;
    }
    *self = w;
    return ERR_OK;
}

static enum err audience_decode(void *self, int input, const struct kafka_record *record, uint32_t *schema_id,
                                struct err_info *info)
{
    struct audience_worker *w = self;
    uint64_t actor;
    (void)input;
    *schema_id = 0;
    w->tombstone = !record->value.ptr;
    if (!record->key.ptr || !edge_actor(record->key, &actor))
        return err_set(info, ERR_REJECT, "wrong_key", "the key must be 16 hex digits: an actor's keyed hash");
    if (w->tombstone)
        return ERR_OK;
    enum err err = edge_decode(w->reader, w->scratch, record->value, &w->edge, schema_id, info);
    if (err == ERR_OK && w->edge.actor != actor)
        err = err_set(info, ERR_REJECT, "wrong_key", "the key is \"%.*s\" but actor is another",
                      (int)record->key.len, record->key.ptr);
    return err;
}

/* ---- an actor ---- */

static void audience_init(void *state)
{
    *(struct ring *)state = (struct ring){0};
}

static void audience_prefetch(const void *state)
{
    __builtin_prefetch(((const struct ring *)state)->met);
}

static void audience_clear(void *state)
{
    ring_clear(state);
}

static size_t audience_bytes(const void *state)
{
    const struct ring *ring = state;
    return sizeof *ring + (ring->met ? RING_CREATORS * sizeof *ring->met : 0);
}

static enum err audience_load(void *self, void *state, int key, const struct redis_answer *answer,
                              struct err_info *info)
{
    (void)self;
    (void)key;
    return ring_load(state, answer, info);
}

static void audience_loaded(void *self, void *state)
{
    (void)self;
    (void)state;
}

static void audience_changes(void *self, void *state, const struct lane_writer *writer)
{
    (void)self;
    ring_write(state, &(struct ring_writer){writer->arg, writer->set, writer->drop});
}

static int64_t audience_expire_s(const void *state)
{
    return ((const struct ring *)state)->n ? EXPIRE_S : -1;
}

/* ---- an edge ---- */

static enum lane_verdict audience_apply(void *self, void *state, int input, int32_t epoch,
                                        const struct kafka_record *record, int64_t *as_of,
                                        struct err_info *info)
{
    struct audience_worker *w = self;
    (void)input;
    (void)epoch;
    (void)record;
    (void)info;
    w->n_updates = 0;
    if (w->tombstone) {
        ring_clear(state);
        w->counts[AUDIENCE_FORGOT]++;
        return LANE_ERASED;
    }
    w->n_updates = ring_meet(state, &w->edge, &w->room, w->updates);
    w->counts[AUDIENCE_MET] += w->n_updates > 0;
    w->counts[AUDIENCE_LEARNT] += w->n_updates;
    *as_of = w->edge.occurred_at > *as_of ? w->edge.occurred_at : *as_of;
    return LANE_APPLIED;
}

static void audience_events(void *self, const void *state, const struct kafka_record *record,
                            const struct lane_emitter *emitter)
{
    struct audience_worker *w = self;
    (void)state;
    (void)record;
    for (size_t i = 0; i < w->n_updates; i++) {
        w->value.len = 0;
        avro_put_frame(&w->value, 0, w->update_fingerprint);
        affinity_update_encode(&w->updates[i], &w->value);
        emitter->put(emitter->arg, AUDIENCE_UPDATES, w->updates[i].creator_id,
                     (struct bytes){w->value.data, w->value.len});
    }
}

/* Nobody reads of actors. */
static uint64_t audience_evaluate(void *self, void *state, const struct lane_view *view)
{
    (void)self;
    (void)state;
    (void)view;
    return 0;
}

static void audience_counts(const void *self, uint64_t counts[LANE_COUNTS])
{
    const struct audience_worker *w = self;
    memcpy(counts, w->counts, sizeof w->counts);
}

static const struct lane_output outputs[AUDIENCE_OUTPUTS] = {[AUDIENCE_UPDATES] = {.events = true}};
static const char *const key_names[] = {"r"};

const struct lane_kind audience_kind = {
    .name = "audience",
    .n_inputs = AUDIENCE_INPUTS,
    .n_outputs = AUDIENCE_OUTPUTS,
    .outputs = outputs,
    .lane_inputs = 1u << AUDIENCE_EDGES,
    .unswept = true,
    .n_keys = sizeof key_names / sizeof key_names[0],
    .state_size = sizeof(struct ring),
    .key_names = key_names,
    .open = audience_open,
    .close = audience_close,
    .decode = audience_decode,
    .init = audience_init,
    .prefetch = audience_prefetch,
    .clear = audience_clear,
    .bytes = audience_bytes,
    .load = audience_load,
    .loaded = audience_loaded,
    .apply = audience_apply,
    .events = audience_events,
    .changes = audience_changes,
    .expire_s = audience_expire_s,
    .evaluate = audience_evaluate,
    .counts = audience_counts,
};
