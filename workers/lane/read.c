/* read: records become state. The inputs of a lane are read side by side in record time: one may run ahead of
 * the others by align_ms at most, so that a catch-up over years meets a post before the likes of the next
 * week. A record of a subject that is not cached waits for its load, in order; nothing else waits for it.
 *
 * Between `published` and `applied` records are met again after a take-over: they count no more, but their
 * subjects are published again, since nobody knows whether the reader got the score. */
#include <inttypes.h>
#include <stdlib.h>

#include "lane_room.h"

#define COMING        16
#define SUBJECT_AFTER 4
#define PARTS_AFTER   8

struct reading {
    struct lane *lane;
    int input;
    int64_t limit; /* record time to stop before */
    bool ahead;    /* stopped there */
    size_t budget;
    int64_t now;
    uint64_t coming[COMING]; /* hashes of the keys announced last, a ring */
    size_t n_coming;
};

/* The memory of a record that is announced comes in steps: the map's slot now, its subject half way, what the
 * subject's state points to shortly before. */
static void on_coming(void *owner, struct bytes key)
{
    struct reading *reading = owner;
    const struct lane *lane = reading->lane;
    const struct map *map = &lane->cache.map;
    uint64_t hash = bytes_hash(key);
    struct map_entry *entry;
    map_prefetch(map, hash);
    if ((entry = map_guess(map, reading->coming[(reading->n_coming + COMING - SUBJECT_AFTER) % COMING])))
        for (size_t at = 0; at < sizeof(struct subject) + lane->kind->state_size; at += 64)
            __builtin_prefetch((char *)entry + at);
    if ((entry = map_guess(map, reading->coming[(reading->n_coming + COMING - PARTS_AFTER) % COMING])))
        lane->kind->prefetch(((struct subject *)entry)->state);
    reading->coming[reading->n_coming++ % COMING] = hash;
}

void lane_queue(struct lane *lane, struct subject *s)
{
    if (s->queued)
        return;
    s->queued = true;
    s->next_changed = NULL;
    *lane->changed_end = s;
    lane->changed_end = &s->next_changed;
    lane->n_changed++;
    lane->changed_bytes += s->bytes;
    if (lane->oldest_change_ms == 0)
        lane->oldest_change_ms = clock_mono_ms();
}

void lane_queue_cached(struct lane *lane)
{
    for (size_t i = 0; lane->state == LANE_READING && i < lane->cache.n; i++)
        lane_queue(lane, lane->cache.all[i]);
}

struct subject *lane_subject(struct lane *lane, struct bytes key, uint64_t hash)
{
    struct subject *s = cache_find(&lane->cache, key, hash);
    count_up(s ? &lane->counters->hits : &lane->counters->misses, 1);
    if (!s) {
        s = cache_add(&lane->cache, lane->kind, key, hash);
        if (lane->fresh)
            s->stale = !lane->blank; /* DEL first: what lies there is from before Redis was lost */
        else
            lane_ask_load(lane, s);
    }
    s->recent = true;
    return s;
}

static bool derives(const struct lane *lane)
{
    return lane->kind->derive || lane->kind->events;
}

/* A record that was counted before gives readers once more what is derived of it. */
static void apply(struct lane *lane, struct subject *s, const struct kafka_record *record)
{
    struct err_info info;
    if (record->offset < lane->fence.at[record->input].applied) {
        lane_derive(lane, s, record, false);
        return;
    }
    enum lane_verdict verdict = lane->kind->apply(lane->self, s->state, record->input, lane->fence.epoch,
                                                  record, &lane->as_of, &info);
    if (verdict != LANE_REJECTED && derives(lane))
        lane_derive(lane, s, record, true);
    switch (verdict) {
    case LANE_ERASED:
        lane_erase(lane, s, record);
        __attribute__((fallthrough));
    case LANE_LATE:
    case LANE_APPLIED:
        COUNT(lane->counters, applied);
        s->changed = true;
        lane_queue(lane, s);
        return;
    case LANE_IGNORED:
        COUNT(lane->counters, ignored);
        return;
    case LANE_REJECTED:
        lane_reject(lane, record, "apply", 0, &info);
        return;
    }
}

/* ERR_OK: decoded. ERR_REJECT: it is a dead letter now. ERR_WEATHER: not now. */
static enum err decode(struct lane *lane, const struct kafka_record *record)
{
    struct err_info info;
    uint32_t schema_id = 0;
    enum err err = lane->kind->decode(lane->self, record->input, record, &schema_id, &info);
    if (err == ERR_WEATHER)
        lane_wait(lane, record, &info);
    else if (err != ERR_OK)
        lane_reject(lane, record, "decode", schema_id, &info);
    return err;
}

void lane_loaded(struct lane *lane, struct subject *s)
{
    lane->kind->loaded(lane->self, s->state);
    COUNT(lane->counters, loads);
    for (struct waiting_record *w = s->first_waiting, *next; w; w = next) {
        next = w->next;
        enum err err = decode(lane, &w->record);
        if (err == ERR_OK)
            apply(lane, s, &w->record);
        else if (err == ERR_WEATHER) /* against the kind's word: it was decoded once */
            lane_trouble(lane, ERR_LOST, "decode_later", "a record that was decoded cannot be decoded now");
        free(w);
    }
    s->first_waiting = s->last_waiting = NULL;
    cache_account(&lane->cache, lane->kind, s);
}

/* ---- one record ---- */

static uint64_t identity(const struct kafka_record *record, uint64_t key_hash)
{
    return key_hash * 31 + bytes_hash(record->value);
}

/* A record below `applied`: already counted. The one just below must be the one the fence remembers. */
static struct subject *subject_of(struct lane *lane, const struct kafka_record *record, uint64_t key_hash)
{
    if (!lane->kind->subject)
        return lane_subject(lane, record->key, key_hash);
    struct bytes name = lane->kind->subject(lane->self, record->input, record);
    return lane_subject(lane, name, bytes_hash(name));
}

static void apply_or_wait(struct lane *lane, struct subject *s, const struct kafka_record *record)
{
    lane_trace(s, record);
    if (s->loads_owed)
        subject_wait(s, record);
    else
        apply(lane, s, record);
}

static enum err met_again(struct lane *lane, const struct kafka_record *record, uint64_t key_hash)
{
    const struct fence_position *at = &lane->fence.at[record->input];
    if (record->offset == at->applied - 1 && at->timestamp != -1 &&
        (record->timestamp != at->timestamp || identity(record, key_hash) != at->hash)) {
        lane_trouble(
            lane, ERR_REFUSED, "other_log",
            "%s/%d offset %" PRId64
            " is not the record counted there before: the topic was recreated or lost records; set epoch "
            "to %d to read it as a new log, keeping the counters",
            lane->options->inputs[record->input], lane->partition, record->offset, lane->fence.epoch + 1);
        return ERR_REFUSED;
    }
    if (record->offset < at->published || !record->key.ptr)
        return ERR_OK;
    enum err err = decode(lane, record);
    if (err != ERR_OK)
        return err;
    struct subject *s = subject_of(lane, record, key_hash);
    s->forced = true;
    s->reason = LANE_RECOVERY;
    lane_queue(lane, s);
    if (lane->kind->derive)
        apply_or_wait(lane, s, record);
    if (!record->value.ptr && !lane->kind->subject) /* nobody knows whether the log was told either */
        lane_note_erased(lane, s, record);
    return ERR_OK;
}

/* Of an input written by lanes. */
static enum err meet(struct lane *lane, const struct kafka_record *record, bool *repeated)
{
    struct err_info info;
    enum err err =
        lane_meet(lane, record->input, kafka_record_header(record, LANE_POSITION), repeated, &info);
    if (err != ERR_OK)
        lane_reject(lane, record, "validate", 0, &info);
    return err;
}

static enum err met_first(struct lane *lane, const struct kafka_record *record, uint64_t key_hash)
{
    struct lane_input *in = &lane->in[record->input];
    bool repeated = false;
    enum err err = decode(lane, record);
    if (err == ERR_OK && lane->kind->lane_inputs >> record->input & 1 &&
        (record->value.ptr || kafka_record_header(record, LANE_POSITION).ptr))
        err = meet(lane, record, &repeated);
    if (err == ERR_WEATHER)
        return err;
    in->timestamp = record->timestamp;
    in->hash = identity(record, key_hash);
    COUNT(lane->counters, received);
    lane->records++;
    if (record->timestamp > 0 && (!lane->batch_oldest_ms || record->timestamp < lane->batch_oldest_ms))
        lane->batch_oldest_ms = record->timestamp;
    if (lane->oldest_change_ms == 0)
        lane->oldest_change_ms = clock_mono_ms();
    if (err != ERR_OK)
        return err;
    COUNT(lane->counters, decoded);
    if (repeated)
        COUNT(lane->counters, repeated);
    else
        apply_or_wait(lane, subject_of(lane, record, key_hash), record);
    return ERR_OK;
}

/* The first thing heard after a seek must be what was asked for. Compaction and control records leave gaps, a
 * seek that the library undid leaves one too: so ask once more, and believe the same gap the second time. */
static bool missed(struct lane *lane, struct lane_input *in, int64_t offset)
{
    bool gap = in->first && offset > in->next && in->gap != offset;
    in->first = false;
    if (!gap)
        return false;
    in->gap = offset;
    in->sought = false;
    lane->state = LANE_SEEKING;
    return true;
}

static enum feed_verdict on_record(void *owner, const struct kafka_record *record)
{
    struct reading *reading = owner;
    struct lane *lane = reading->lane;
    struct lane_input *in = &lane->in[record->input];
    in->heard_ms = reading->now;
    if (missed(lane, in, record->offset))
        return FEED_STOP;
    if (record->offset < in->next)
        return FEED_MORE; /* delivered twice in consecutive polls: seen with this library */
    in->ended = false;
    if (record->timestamp >
        reading->limit) { /* the others first: it is met again when they have come so far */
        in->frontier = record->timestamp > in->frontier ? record->timestamp : in->frontier;
        reading->ahead = true;
        return FEED_LATER;
    }
    bool again = record->offset < lane->fence.at[record->input].applied;
    uint64_t key_hash = bytes_hash(record->key);
    if ((again ? met_again(lane, record, key_hash) : met_first(lane, record, key_hash)) == ERR_WEATHER)
        return FEED_LATER;
    if (in->waits_since_ms)
        lane_wait_over(lane, record);
    in->next = record->offset + 1;
    if (record->timestamp > in->frontier)
        in->frontier = record->timestamp;
    return lane->trouble.code == ERR_OK && --reading->budget > 0 ? FEED_MORE : FEED_STOP;
}

static void on_end(void *owner, int input, int64_t offset)
{
    struct reading *reading = owner;
    struct lane *lane = reading->lane;
    lane->in[input].heard_ms = reading->now;
    if (missed(lane, &lane->in[input], offset))
        return;
    lane->in[input].ended = lane->in[input].caught_up = true;
    lane->in[input].ended_ms = reading->now;
    if (offset < lane->fence.at[input].applied)
        lane_trouble(lane, ERR_REFUSED, "other_log",
                     "%s/%d ends at offset %" PRId64 " but %" PRId64
                     " records of it were counted: the topic was recreated; set epoch to %d to "
                     "read it as a new log, keeping the counters",
                     lane->options->inputs[input], lane->partition, offset, lane->fence.at[input].applied,
                     lane->fence.epoch + 1);
}

static void on_out_of_range(void *owner, int input, int64_t earliest, int64_t latest)
{
    struct reading *reading = owner;
    struct lane *lane = reading->lane;
    struct lane_input *in = &lane->in[input];
    int64_t applied = lane->fence.at[input].applied;
    if (earliest < 0) {
        lane_trouble(lane, ERR_LOST, "log_gone", "%s/%d was gone: is what is there now the same log?",
                     lane->options->inputs[input], lane->partition);
        return;
    }
    if (latest < applied) {
        lane_trouble(lane, ERR_REFUSED, "other_log",
                     "%s/%d holds offsets %" PRId64 " to %" PRId64 " but %" PRId64
                     " records of it were counted: set epoch to %d to read it as a "
                     "new log",
                     lane->options->inputs[input], lane->partition, earliest, latest, applied,
                     lane->fence.epoch + 1);
        return;
    }
    if (earliest > applied && !lane->options->log_lost_skip) {
        lane_trouble(lane, ERR_REFUSED, "log_lost",
                     "%s/%d: offsets %" PRId64 " to %" PRId64
                     " expired before they were read; set retention.lost=skip to go on without them",
                     lane->options->inputs[input], lane->partition, applied, earliest - 1);
        return;
    }
    if (earliest > applied) {
        log_error("log_lost", "topic=%s partition=%d from=%" PRId64 " to=%" PRId64,
                  lane->options->inputs[input], lane->partition, applied, earliest - 1);
        COUNT_N(lane->counters, skipped_lost, (uint64_t)(earliest - applied));
    }
    in->next = earliest;
    in->sought = false;
    lane->state = LANE_SEEKING;
}

void lane_read(struct lane *lane, int64_t now)
{
    struct reading reading = {.lane = lane, .budget = TURN_RECORDS, .now = now};
    bool dry[LANE_INPUTS] = {false};
    size_t got = 0;
    int64_t begun_us = clock_mono_us();
    while (reading.budget > 0 && lane->trouble.code == ERR_OK && lane->state == LANE_READING) {
        reading.input = lane_next_input(lane, dry, &reading.limit);
        if (reading.input < 0)
            break;
        struct feed_handlers handlers = {&reading, on_record, on_coming, on_end, on_out_of_range};
        reading.ahead = false;
        size_t n = feed_read(lane->in[reading.input].feed, &handlers);
        got += n;
        if (n == 0 && !reading.ahead) {
            dry[reading.input] = true;
            if (lane->state != LANE_READING || !lane->in[reading.input].ended)
                break; /* the oldest input has nothing here yet: the others must not run ahead */
        }
    }
    if (got > 0) {
        histogram_observe(&lane->counters->read, clock_mono_us() - begun_us);
        lane->read_mono_ms = now;
        int64_t newest = INT64_MIN;
        for (size_t i = 0; i < lane->kind->n_inputs; i++)
            newest = lane->in[i].frontier > newest ? lane->in[i].frontier : newest;
        lane->live = clock_wall_ms() - newest < 3600 * 1000;
    } else if (lane_waits(lane)) {
        lane->read_mono_ms = now; /* not idle: as_of must not follow the clock past what is unread */
    }
}
