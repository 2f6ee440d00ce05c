/* commit: everything that changed, and the fence, in one MULTI/EXEC; scores are computed and encoded in the
 * same pass (outputs.c). One commit is under way at a time; the cache
 * goes on changing for the next. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "lane_room.h"

static struct bytes key_of(struct lane *lane, int key, struct bytes subject)
{
    lane->scratch.len = 0;
    lane_key(lane, lane->kind->key_names[key], subject, &lane->scratch);
    return (struct bytes){lane->scratch.data, lane->scratch.len};
}

/* ---- a subject's first write: each key in one piece, see store's hash_dump ---- */

static void begin_whole(struct lane *lane)
{
    lane->whole = true;
    for (size_t key = 0; key < lane->kind->n_keys; key++)
        hash_dump_begin(&lane->dumps[key]);
}

static void end_whole(struct lane *lane)
{
    lane->whole = false;
    for (size_t key = 0; key < lane->kind->n_keys; key++) {
        if (lane->dumps[key].elements == 0)
            continue;
        redis_begin(lane->redis, 5, NULL, NULL);
        redis_arg(lane->redis, BYTES("RESTORE"));
        redis_arg(lane->redis, key_of(lane, (int)key, lane->writing->head.key));
        redis_arg(lane->redis, BYTES("0")); /* expires never */
        redis_arg(lane->redis, hash_dump_end(&lane->dumps[key]));
        redis_arg(lane->redis, BYTES("REPLACE"));
    }
}

/* ---- changed fields: one HSET a key, or one HDEL, open as long as the next field is for it too ---- */

enum opened { OPEN_NOTHING, OPEN_HSET, OPEN_HDEL };

static void close_fields(struct lane *lane)
{
    if (lane->opened != OPEN_NOTHING)
        redis_end(lane->redis);
    lane->opened = OPEN_NOTHING;
}

static void open_fields(struct lane *lane, enum opened command, int key)
{
    if (lane->opened == (int)command && lane->opened_key == key)
        return;
    close_fields(lane);
    redis_begin_open(lane->redis, NULL, NULL);
    redis_arg(lane->redis, command == OPEN_HSET ? BYTES("HSET") : BYTES("HDEL"));
    redis_arg(lane->redis, key_of(lane, key, lane->writing->head.key));
    lane->opened = command;
    lane->opened_key = key;
}

static void set_field(void *arg, int key, struct bytes field, struct bytes value)
{
    struct lane *lane = arg;
    if (lane->whole) {
        hash_dump_add(&lane->dumps[key], field, value);
        return;
    }
    open_fields(lane, OPEN_HSET, key);
    redis_arg(lane->redis, field);
    redis_arg(lane->redis, value);
}

static void drop_field(void *arg, int key, struct bytes field)
{
    struct lane *lane = arg;
    if (lane->whole)
        return; /* nothing is there */
    open_fields(lane, OPEN_HDEL, key);
    redis_arg(lane->redis, field);
}

static void set_string(void *arg, int key, struct bytes value)
{
    struct lane *lane = arg;
    close_fields(lane);
    redis_begin(lane->redis, 3, NULL, NULL);
    redis_arg(lane->redis, BYTES("SET"));
    redis_arg(lane->redis, key_of(lane, key, lane->writing->head.key));
    redis_arg(lane->redis, value);
}

static void add_to_sum(void *arg, struct bytes field, int64_t n)
{
    struct lane *lane = arg;
    redis_begin(lane->redis, 4, NULL, NULL);
    redis_arg(lane->redis, BYTES("HINCRBY"));
    redis_arg(lane->redis, lane_key_beside_data(lane, lane->kind->sums_key));
    redis_arg(lane->redis, field);
    redis_arg_int(lane->redis, n);
}

static void put_hex(char *text, uint64_t n)
{
    for (int i = 15; i >= 0; i--, n >>= 4)
        text[i] = "0123456789abcdef"[n & 15];
}

/* The engine's own field of the first key: generation of the lane, digest last told ("-": nothing yet). */
static void write_own_field(struct lane *lane, const struct subject *s)
{
    char text[33];
    put_hex(text, lane->fence.generation);
    text[16] = ' ';
    text[17] = '-';
    if (s->told_known)
        put_hex(text + 17, s->told);
    set_field(lane, 0, BYTES("e"), (struct bytes){text, s->told_known ? 33 : 18});
}

/* What may lie there is from before the lane, or of before an erasure; the sweep must find the subject. True:
 * our own field is not there. */
static bool write_first(struct lane *lane, struct subject *s)
{
    bool nothing = s->stale || !s->indexed;
    if (s->stale) {
        redis_begin(lane->redis, 1 + lane->kind->n_keys, NULL, NULL);
        redis_arg(lane->redis, BYTES("DEL"));
        for (size_t key = 0; key < lane->kind->n_keys; key++)
            redis_arg(lane->redis, key_of(lane, (int)key, s->head.key));
        s->stale = false;
    }
    if (!s->indexed && !lane->kind->unswept)
        lane_newcomer(lane, s);
    s->indexed = true;
    return nothing;
}

static void expire(struct lane *lane)
{
    for (size_t key = 0; key < lane->kind->n_keys; key++) {
        redis_begin(lane->redis, 3, NULL, NULL);
        redis_arg(lane->redis, BYTES("EXPIRE"));
        redis_arg(lane->redis, key_of(lane, (int)key, lane->writing->head.key));
        redis_arg_int(lane->redis, lane->kind->expire_s(lane->writing->state));
    }
}

static void write_subject(struct lane *lane, struct subject *s, bool tell)
{
    lane->writing = s;
    bool first = s->changed && write_first(lane, s);
    if (first && lane->options->restore)
        begin_whole(lane);
    if (first || tell || (s->changed && lane->kind->expire_s)) /* it may have expired */
        write_own_field(lane, s);
    bool expires = s->changed && lane->kind->expire_s;
    if (s->changed) {
        struct lane_writer writer = {lane, set_field, drop_field, set_string, NULL};
        lane->kind->changes(lane->self, s->state, &writer);
        s->changed = false;
    }
    close_fields(lane);
    if (lane->whole)
        end_whole(lane);
    if (expires)
        expire(lane);
    cache_account(&lane->cache, lane->kind, s);
}

/* ---- the transaction ---- */

/* Kafka's committed offsets follow the fence, for lag tools and autoscalers only. */
void lane_commit_offsets(struct lane *lane, int64_t now)
{
    bool moved = false;
    if (now < lane->offsets_ms || lane->committing)
        return;
    for (size_t i = 0; i < lane->kind->n_inputs; i++) {
        moved |= lane->offsets_told[i] != lane->fence.at[i].published;
        lane->offsets_told[i] = lane->fence.at[i].published;
    }
    if (!moved)
        return;
    lane->offsets_ms = now + 500;
    consumer_commit(lane->worker->consumer, lane->partition, lane->offsets_told);
}

static void on_exec(void *arg, const struct redis_answer *answer)
{
    struct lane *lane = arg;
    struct err_info info;
    lane->committing = false;
    histogram_observe(&lane->counters->exec, clock_mono_us() - lane->commit_us);
    if (answer->type == REDIS_NIL) {
        COUNT(lane->counters, refused);
        lane_trouble(lane, ERR_LOST, "commit_refused",
                     "the fence changed: the lane belongs to another worker now");
        return;
    }
    if (redis_fate(answer, &info) != ERR_OK) {
        lane_trouble(lane, info.code, info.word, "%s", info.sentence);
        return;
    }
    for (size_t i = 0; i < answer->n;
         i++) /* EXEC is not all-or-nothing on run-time errors: read every element */
        if (redis_fate(answer->items[i], &info) != ERR_OK) {
            lane_trouble(lane, ERR_REFUSED, info.word, "Redis refused a command of a commit: %s",
                         info.sentence);
            return;
        }
    COUNT(lane->counters, commits);
    COUNT_N(lane->counters, stored, lane->committing_records);
    lane->outputs_free = true;
    lane_log_erased(lane);
    size_t gone = cache_evict(&lane->cache, lane->kind, lane->options->cache_bytes / lane->worker->n_lanes);
    if (gone) {
        COUNT_N(lane->counters, evictions, gone);
        lane->fresh = false;
    }
}

/* Caught up: an input says so itself, or stands where its log was last known to end. A busy one never says
 * it. */
bool lane_at_end(const struct lane *lane)
{
    for (size_t i = 0; i < lane->kind->n_inputs; i++) {
        int64_t low, high;
        if (lane->in[i].ended)
            continue;
        feed_watermarks(lane->in[i].feed, &low, &high);
        if (high < 0 || lane->in[i].next < high)
            return false;
    }
    return true;
}

/* Something is known published that the fence, or the outbox, does not say yet. */
static bool published_moved(const struct lane *lane)
{
    const int64_t *published = ledger_published(&lane->ledger);
    if (outbox_delivered(&lane->outbox, &lane->ledger))
        return true;
    for (size_t i = 0; i < lane->kind->n_inputs; i++)
        if (published[i] > lane->fence.at[i].published)
            return true;
    return false;
}

/* Far behind, nobody waits for the score of the next second, and one large commit costs less than many: a
 * creator is written and scored once for all that was read of it. */
#define FAR_BEHIND 50000 /* records */
#define PATIENCE   10    /* times commit_ms */

static int64_t patience_ms(const struct lane *lane)
{
    int64_t behind = 0;
    for (size_t i = 0; i < lane->kind->n_inputs; i++) {
        int64_t low, high;
        feed_watermarks(lane->in[i].feed, &low, &high);
        behind += high > lane->in[i].next ? high - lane->in[i].next : 0;
    }
    return lane->options->commit_ms * (behind > FAR_BEHIND ? PATIENCE : 1);
}

bool lane_full(const struct lane *lane)
{
    return 2 * (lane->changed_bytes + lane->derived_bytes.len) >
           lane->options->cache_bytes / lane->worker->n_lanes;
}

bool lane_commit_due(const struct lane *lane, int64_t now)
{
    int64_t age = lane->oldest_change_ms ? now - lane->oldest_change_ms : -1;
    if (lane->draining)
        return age >= 0 || lane->n_changed || published_moved(lane);
    if ((age >= lane->options->commit_ms && age >= patience_ms(lane)) ||
        (age >= lane->options->flush_ms && lane_at_end(lane)))
        return true;
    if (lane->sweep_ready || lane_full(lane))
        return true;
    return now >= lane->offsets_ms && published_moved(lane);
}

static void fill_fence(struct lane *lane)
{
    const int64_t *published = ledger_published(&lane->ledger);
    for (size_t i = 0; i < lane->kind->n_inputs; i++) {
        struct fence_position *at = &lane->fence.at[i];
        if (lane->in[i].next > at->applied) {
            at->applied = lane->in[i].next;
            at->timestamp = lane->in[i].timestamp;
            at->hash = lane->in[i].hash;
        }
        int64_t known = published[i] < at->applied ? published[i] : at->applied;
        if (known > at->published) {
            COUNT_N(lane->counters, committed, (uint64_t)(known - at->published));
            at->published = known;
        }
    }
    lane->fence.as_of = lane->as_of;
    lane->fence.sweep = lane->ledger.swept;
    if (lane->sweep_ready)
        lane_slot_swept(lane);
}

static void write_changed(struct lane *lane, int64_t now)
{
    struct lane_view view;
    lane_view_of(lane, &view);
    if (lane->changed && view.as_of > lane->fence.as_of)
        lane->fence.told = view.as_of;
    struct subject *s = lane->changed;
    lane->changed = NULL;
    lane->changed_end = &lane->changed;
    lane->n_changed = lane->changed_bytes = 0;
    for (struct subject *next; s; s = next) {
        next = s->next_changed;
        s->queued = false;
        bool told = lane_tell(lane, s, &view, now);
        write_subject(lane, s, told);
    }
    lane_write_index(lane);
    lane_settle_annex(lane, &view);
    lane_send_derived(lane);
    lane_write_sources(lane);
    if (lane->kind->sums)
        lane->kind->sums(lane->self, &(struct lane_writer){.arg = lane, .add = add_to_sum});
}

static void write_fence(struct lane *lane)
{
    fence_write(&lane->fence, &lane->fence_text);
    redis_command(lane->redis,
                  (struct bytes[]){
                      BYTES("SET"), bytes_of(lane->fence_key), {lane->fence_text.data, lane->fence_text.len}},
                  3, NULL, NULL);
}

void lane_commit(struct lane *lane, int64_t now)
{
    int64_t before[LANE_INPUTS] = {0}, begun_us = clock_mono_us();
    lane_measure_batch(lane);
    redis_command(lane->redis, (struct bytes[]){BYTES("MULTI")}, 1, NULL, NULL);
    fill_fence(lane);
    lane_trim_outbox(lane);
    write_changed(lane, now);
    write_fence(lane);
    redis_command(lane->redis, (struct bytes[]){BYTES("EXEC")}, 1, on_exec, lane);
    lane_watch_behind_exec(lane);
    lane->committing = true;
    lane->outputs_free = false;
    lane->committed_ms = now;
    lane->oldest_change_ms = 0;
    for (size_t i = 0; i < lane->kind->n_inputs; i++)
        before[i] = lane->in[i].next;
    ledger_next(&lane->ledger, before);
    lane->n_erasing = lane->n_erased;
    lane->commit_us = clock_mono_us();
    histogram_observe(&lane->counters->build, lane->commit_us - begun_us);
}
