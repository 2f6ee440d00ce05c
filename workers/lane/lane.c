/* lane: partition i of all inputs: the unit of ownership, order, state and exactness. lane_turn() is the
 * paragraph: the steps of a batch in order. Only this file knows the order; the steps do not know each other.
 * Any trouble found on the way is noted and settled here, once: a person's decision holds the lane,
 * everything else loses it. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "lane_room.h"

void lane_trouble(struct lane *lane, enum err code, const char *word, const char *format, ...)
{
    if (lane->trouble.code != ERR_OK)
        return; /* the first one is the cause */
    char sentence[256];
    va_list args;
    va_start(args, format);
    vsnprintf(sentence, sizeof sentence, format, args);
    va_end(args);
    (void)err_set(&lane->trouble, code, word, "%s", sentence);
}

void lane_lies_in(struct lane *lane, const char *data)
{
    char tag[24];
    lane_tag(lane->partition, tag, sizeof tag);
    lane->prefix_len =
        (size_t)snprintf(lane->prefix, sizeof lane->prefix,
                         "mf:%s:%s:{%s}:", *data ? data : lane->options->namespace_, lane->kind->name, tag);
}

struct lane *lane_open(struct worker *worker, int32_t partition)
{
    struct lane *lane = calloc(1, sizeof *lane);
    if (!lane)
        abort();
    lane->worker = worker;
    lane->options = &worker->options;
    lane->kind = worker->options.kind;
    lane->self = worker->self;
    lane->counters = &worker->counters;
    lane->partition = partition;
    lane->takeover = (uint32_t)rand();
    lane->visiting = -1;
    lane_lies_in(lane, "");
    snprintf(lane->fence_key, sizeof lane->fence_key, "%sfence", lane->prefix);
    lane->changed_end = &lane->changed;
    for (size_t i = 0; i < lane->kind->n_inputs; i++)
        lane->in[i].feed = consumer_feed(worker->consumer, (int)i, partition);
    return lane;
}

/* Back to nothing known: what the fence says is all that counts. */
static void forget(struct lane *lane)
{
    redis_close(lane->redis);
    lane->redis = NULL;
    cache_clear(&lane->cache, lane->kind);
    lane->changed = NULL;
    lane->changed_end = &lane->changed;
    lane->n_changed = lane->changed_bytes = 0;
    lane->loading_first = lane->n_loading = lane->loading_key = 0;
    lane->due_first = lane->n_due = 0;
    lane->n_outputs = lane->sent_outputs = lane->output_bytes.len = 0;
    lane->n_derived = lane->derived_bytes.len = lane->outbox.n = lane->outbox.first = 0;
    sources_clear(&lane->sources);
    lane->opened = 0;
    lane->outputs_free = lane->committing = lane->checking = lane->fence_watched = lane->swapping = false;
    lane->sweep_asked = 0;
    lane->sweep_ready = false;
    lane_forget_annex(lane);
    lane->oldest_change_ms = lane->batch_oldest_ms = 0;
    lane->stored = lane->records;
    lane->n_erased = lane->n_erasing = 0;
    lane->takeover++;
}

void lane_close(struct lane *lane)
{
    if (!lane)
        return;
    forget(lane);
    lane_close_annex(lane);
    ledger_free(&lane->ledger);
    free(lane->loading);
    free(lane->outputs);
    free(lane->due);
    free(lane->newcomers);
    free(lane->erased);
    buffer_free(&lane->fence_text);
    buffer_free(&lane->output_bytes);
    free(lane->derived);
    free(lane->outbox.marks);
    buffer_free(&lane->derived_bytes);
    buffer_free(&lane->position);
    buffer_free(&lane->scratch);
    for (size_t key = 0; key < LANE_KEYS; key++)
        hash_dump_free(&lane->dumps[key]);
    free(lane);
}

void lane_key(struct lane *lane, const char *word, struct bytes subject, struct buffer *out)
{
    buffer_add(out, lane->prefix, lane->prefix_len);
    buffer_add_text(out, word);
    buffer_add(out, ":", 1);
    buffer_add(out, subject.ptr, subject.len);
}

static struct bytes key_of(struct lane *lane, const char *prefix, size_t len, struct bytes word)
{
    lane->scratch.len = 0;
    buffer_add(&lane->scratch, prefix, len);
    buffer_add(&lane->scratch, word.ptr, word.len);
    return (struct bytes){lane->scratch.data, lane->scratch.len};
}

struct bytes lane_key_beside_data(struct lane *lane, const char *word)
{
    return key_of(lane, lane->prefix, lane->prefix_len, bytes_of(word));
}

struct bytes lane_key_beside_fence(struct lane *lane, struct bytes word)
{
    return key_of(lane, lane->fence_key, strlen(lane->fence_key) - strlen("fence"), word);
}

/* as_of follows the wall clock while the lane is idle at the end of a live log: 5 minutes (scoring.md §0.1).
 * It never goes back behind what scores were dated with. */
void lane_view_of(const struct lane *lane, struct lane_view *view)
{
    int64_t idle_ms = lane->read_mono_ms ? clock_mono_ms() - lane->read_mono_ms : 0;
    *view = (struct lane_view){.partition = lane->partition, .epoch = lane->fence.epoch};
    view->idle = lane->live && idle_ms >= 5 * 60 * 1000;
    view->as_of = lane->as_of + (view->idle ? idle_ms : 0);
    if (view->as_of < lane->fence.told) {
        view->as_of = lane->fence.told;
        view->idle = true;
    }
    for (size_t i = 0; i < lane->kind->n_inputs; i++)
        view->applied[i] = lane->fence.at[i].applied;
}

void lane_lost(struct lane *lane, int64_t now)
{
    forget(lane);
    lane->state = LANE_AWAY;
    lane->backoff_ms = lane->backoff_ms ? lane->backoff_ms * 2 : 50;
    if (lane->backoff_ms > 2000)
        lane->backoff_ms = 2000;
    lane->retry_ms = now + lane->backoff_ms / 2 + rand() % (lane->backoff_ms / 2 + 1);
}

#define ASK_MS 100

static void settle_trouble(struct lane *lane, int64_t now)
{
    struct err_info why = lane->trouble;
    lane->trouble = (struct err_info){0};
    memcpy(lane->why, why.word, sizeof lane->why);
    if (why.code == ERR_REFUSED && lane->options->swap_into && strcmp(why.word, "swapped") == 0) {
        log_info("lane_swapped", "lane=%d into=%s", lane->partition, lane->options->swap_into);
        forget(lane);
        lane->state = LANE_SWAPPED;
        return;
    }
    if (why.code == ERR_REFUSED) {
        log_error("lane_held", "lane=%d reason=%s message=\"%s\"", lane->partition, why.word, why.sentence);
        forget(lane);
        lane->state = LANE_HELD;
        return;
    }
    if (why.code == ERR_WEATHER) {
        tally_count(&lane->counters->redis_errors, why.word);
        if (!lane->worker->redis_away)
            log_warn("redis_away", "lane=%d reason=%s message=\"%s\"", lane->partition, why.word,
                     why.sentence);
        lane->worker->redis_away = true;
    } else {
        log_warn("lane_lost", "lane=%d reason=%s message=\"%s\"", lane->partition, why.word, why.sentence);
    }
    lane_lost(lane, now);
}

/* A feed that stood at its end and says nothing any more: is that still the end? librdkafka may have let go
 * of the partition (its topic was recreated, its leader hangs). One question at a time, since it may block,
 * and who does not answer is left alone for a while. */
static void ask_about_end(struct lane *lane, struct lane_input *in, int64_t now)
{
    struct worker *worker = lane->worker;
    if (now < worker->ask_ms)
        return;
    bool answered = feed_at_end(in->feed, &in->ended);
    worker->ask_ms = clock_mono_ms() + (answered ? ASK_MS : lane->options->watchdog_ms);
    in->heard_ms = now; /* not the end: it has as long again to say something */
}

static void watch_feeds(struct lane *lane, int64_t now)
{
    bool waits = lane_waits(lane); /* an input that stands still holds the others */
    for (size_t i = 0; i < lane->kind->n_inputs; i++) {
        struct lane_input *in = &lane->in[i];
        if (waits)
            in->heard_ms = now;
        if (now - in->heard_ms < lane->options->watchdog_ms || lane->n_changed || lane->committing)
            continue;
        if (in->ended) {
            ask_about_end(lane, in, now);
            continue;
        }
        log_error("feed_silent", "topic=%s partition=%d position=%lld seconds=%lld action=new_consumer",
                  lane->options->inputs[i], lane->partition, (long long)in->next,
                  (long long)(now - in->heard_ms) / 1000);
        lane->worker->recreate = true;
        in->heard_ms = now;
    }
}

#define LARGE_COMMIT 500 /* changed subjects */
#define TURN_MS      500

static bool may_commit(const struct lane *lane)
{
    return !lane->committing && lane->fence_watched && lane->n_loading == 0 && lane->n_outputs == 0 &&
           !lane->checking && lane->trouble.code == ERR_OK;
}

/* A large commit keeps Redis busy: lanes make theirs one after the other, the one that waited longest first,
 * and read on meanwhile, so that Redis and the worker work side by side. A Redis that is slow to answer holds
 * up nobody else. */
static bool its_turn(const struct lane *lane, int64_t now)
{
    if (lane->n_changed < LARGE_COMMIT)
        return true;
    for (size_t i = 0; i < lane->worker->n_lanes; i++) {
        const struct lane *other = lane->worker->lanes[i];
        if (other->committing ? now - other->committed_ms < TURN_MS
                              : other->state == LANE_READING && other->n_changed >= LARGE_COMMIT &&
                                    other->oldest_change_ms < lane->oldest_change_ms)
            return false;
    }
    return true;
}

static void read_and_commit(struct lane *lane, int64_t now)
{
    if (lane->swapping)
        return; /* nothing may change before the answer */
    lane_send(lane);
    lane_due(lane, now);
    /* A commit that is due but waits (for loads, for EXEC, for the producer) stops the reading, or it would
     * wait for ever. */
    bool due = lane_commit_due(lane, now) && (lane_full(lane) || its_turn(lane, now));
    if (!lane->draining && !due)
        lane_read(lane, now);
    if (lane->state != LANE_READING)
        return;
    lane_sweep(lane);
    lane_visit(lane);
    if (may_commit(lane) && lane_commit_due(lane, now) && its_turn(lane, now))
        lane_commit(lane, now);
    if (lane->options->swap_into && may_commit(lane))
        lane_swap(lane, now);
    lane_check_fence(lane, now);
    lane_commit_offsets(lane, now);
    watch_feeds(lane, now);
}

static void talk_to_redis(struct lane *lane)
{
    struct err_info info;
    enum err err = redis_turn(lane->redis, &info);
    if (err != ERR_OK)
        lane_trouble(lane, err, info.word, "%s", info.sentence);
}

void lane_turn(struct lane *lane, int64_t now)
{
    if (lane->state == LANE_AWAY && now >= lane->retry_ms && lane->trouble.code == ERR_OK)
        lane_connect(lane, now);
    if (lane->redis)
        talk_to_redis(lane);
    if (lane->state == LANE_SEEKING && lane->trouble.code == ERR_OK)
        lane_seek(lane);
    if (lane->state == LANE_READING && lane->trouble.code == ERR_OK)
        read_and_commit(lane, now);
    if (lane->redis && lane->trouble.code == ERR_OK && redis_unsent(lane->redis))
        talk_to_redis(lane);
    if (lane->trouble.code != ERR_OK)
        settle_trouble(lane, now);
}

void lane_delivered(struct lane *lane, uint32_t takeover, uint32_t mark, const struct err_info *failure)
{
    if ((uint16_t)lane->takeover != takeover || lane->state != LANE_READING)
        return; /* of an earlier take-over: nobody waits for it */
    if (failure) {
        lane_trouble(lane, ERR_LOST, failure->word, "a score was not delivered: %s", failure->sentence);
        return;
    }
    uint64_t number = (ledger_now(&lane->ledger) & ~(uint64_t)UINT32_MAX) | mark;
    int64_t oldest = ledger_dated(&lane->ledger, number);
    if (ledger_done(&lane->ledger, number) && oldest > 0)
        histogram_observe(&lane->counters->end_to_end, 1000 * (clock_wall_ms() - oldest));
}

bool lane_settled(const struct lane *lane)
{
    if (lane->state != LANE_READING)
        return true;
    return !lane->committing && lane->n_changed == 0 && lane->oldest_change_ms == 0 && lane->n_outputs == 0 &&
           lane->ledger.n == 1 && !lane_commit_due(lane, 0);
}

int64_t lane_wants_ms(const struct lane *lane, int64_t now)
{
    if (lane->state == LANE_AWAY)
        return lane->retry_ms > now ? lane->retry_ms - now : 0;
    if (lane->state == LANE_SEEKING)
        return 5;
    if (lane->state != LANE_READING || lane->committing)
        return 50;
    int64_t wait = 200;
    if (lane->oldest_change_ms) {
        int64_t left = lane->oldest_change_ms + lane->options->flush_ms - now;
        wait = left < 1 ? 1 : left;
    }
    if (lane->n_due && lane->due[lane->due_first].at_ms - now < wait)
        wait = lane->due[lane->due_first].at_ms - now;
    if (lane_patience_ms(lane, now) < wait)
        wait = lane_patience_ms(lane, now);
    return wait < 0 ? 0 : wait;
}
