/* take_over: how a lane becomes ours. WATCH and read the fence; judge it; write it back with a new random
 * token in a MULTI; only when EXEC agrees (nobody wrote it meanwhile) the positions in it are ours to read
 * from. Behind every EXEC rides the next WATCH + GET, so that each commit costs one round trip. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

#include "lane_room.h"

uint64_t lane_random(void)
{
    uint64_t n = 0;
    while (n == 0)
        if (getrandom(&n, sizeof n, 0) != sizeof n)
            n = 0;
    return n;
}

static struct bytes fence_key(const struct lane *lane)
{
    return bytes_of(lane->fence_key);
}

static int64_t sweep_number(const struct lane *lane)
{
    return clock_wall_ms() * LANE_INDEX_SLOTS / lane->options->sweep_interval_ms;
}

static void on_fence_behind(void *arg, const struct redis_answer *answer)
{
    struct lane *lane = arg;
    struct err_info info;
    lane->checking = false;
    if (redis_fate(answer, &info) != ERR_OK)
        lane_trouble(lane, info.code, info.word, "%s", info.sentence);
    else if (answer->type != REDIS_TEXT ||
             !bytes_equal(answer->text, (struct bytes){lane->fence_text.data, lane->fence_text.len}))
        lane_trouble(
            lane, ERR_LOST, "fence_differs",
            "the fence in Redis is not the one written: another worker took over, or Redis went back");
    else
        lane->fence_watched = true;
}

void lane_watch_behind_exec(struct lane *lane)
{
    lane->fence_watched = false;
    lane->checking = true;
    redis_command(lane->redis, (struct bytes[]){BYTES("WATCH"), fence_key(lane)}, 2, NULL, NULL);
    redis_command(lane->redis, (struct bytes[]){BYTES("GET"), fence_key(lane)}, 2, on_fence_behind, lane);
}

void lane_check_fence(struct lane *lane, int64_t now)
{
    if (lane->checking || lane->committing || lane->swapping || now < lane->idle_check_ms)
        return;
    lane->idle_check_ms = now + 1000;
    lane->checking = true;
    redis_command(lane->redis, (struct bytes[]){BYTES("GET"), fence_key(lane)}, 2, on_fence_behind, lane);
}

/* ---- the judgement ---- */

static void begin_anew(struct lane *lane)
{
    lane->fence = (struct fence){
        .partitions = lane->worker->partitions, .epoch = lane->options->epoch, .n = lane->kind->n_inputs};
    lane->fence.generation = lane_random();
    lane->fence.sweep = sweep_number(lane);
    for (size_t i = 0; i < lane->fence.n; i++) {
        struct fence_position *at = &lane->fence.at[i];
        at->timestamp = -1;
        if (lane->options->start)
            at->applied = at->published =
                lane->options->start[(size_t)lane->partition * lane->kind->n_inputs + i];
    }
    lane->fresh = true;
}

enum err partitions_changed(int32_t before, int32_t now, struct err_info *info)
{
    return err_set(
        info, ERR_REFUSED, "partitions_changed",
        "the counters were made with %d partitions but the topics now have %d, so creators moved to "
        "other lanes; make new topics "
        "and another namespace, or bring the old count back",
        before, now);
}

/* Partitions that were added while no worker ran have no fence, but the first one's names the old count. It
 * is asked on a connection of its own: its slot may be another node's. */
static enum err judge_first_lane(const struct lane *lane, struct err_info *info)
{
    char tag[24], key[sizeof lane->fence_key];
    struct redis *redis = NULL;
    const struct redis_answer *answer;
    struct fence fence;
    struct err_info unread;
    struct redis_options options = lane->options->redis;
    lane_tag(0, tag, sizeof tag);
    snprintf(key, sizeof key, "mf:%s:%s:{%s}:fence", lane->options->namespace_, lane->kind->name, tag);
    options.slot = redis_slot(bytes_of(key));
    enum err err = redis_open(&options, &redis, info);
    if (err == ERR_OK)
        err = redis_call(redis, (struct bytes[]){BYTES("GET"), bytes_of(key)}, 2, &answer, info);
    if (err == ERR_OK && answer->type == REDIS_TEXT && fence_read(answer->text, &fence, &unread) == ERR_OK &&
        fence.partitions != lane->worker->partitions)
        err = partitions_changed(fence.partitions, lane->worker->partitions, info);
    redis_close(redis);
    return err;
}

static enum err judge_missing(struct lane *lane, struct err_info *info)
{
    int64_t committed[LANE_INPUTS] = {0};
    enum err err = judge_first_lane(lane, info);
    if (err == ERR_OK && !lane->options->silent) /* what it lost can only be what was given up */
        err = consumer_committed(lane->worker->consumer, lane->partition, 2000, committed, info);
    if (err != ERR_OK)
        return err;
    bool known = false;
    for (size_t i = 0; i < lane->kind->n_inputs; i++)
        known |= committed[i] > 0;
    if (known && !lane->options->redis_lost_rebuild)
        return err_set(
            info, ERR_REFUSED, "redis_lost",
            "lane %d has no fence in Redis but group %s has committed offsets: its counters were lost "
            "(flush, eviction, empty "
            "restore); restore Redis, or set redis.lost=rebuild to count again from the earliest record",
            lane->partition, lane->options->group);
    if (known)
        log_warn("redis_lost", "lane=%d action=rebuild", lane->partition);
    begin_anew(lane);
    return ERR_OK;
}

static enum err judge_present(struct lane *lane, struct bytes text, struct err_info *info)
{
    enum err err = fence_read(text, &lane->fence, info);
    if (err != ERR_OK)
        return err;
    struct fence *fence = &lane->fence;
    if (fence->partitions != lane->worker->partitions)
        return partitions_changed(fence->partitions, lane->worker->partitions, info);
    for (; fence->n < lane->kind->n_inputs; fence->n++) /* a new one, from its beginning */
        fence->at[fence->n] = (struct fence_position){.timestamp = -1};
    if (fence->epoch > lane->options->epoch)
        return err_set(info, ERR_REFUSED, "epoch_old",
                       "the fence says epoch %d, the configuration %d: set epoch to %d", fence->epoch,
                       lane->options->epoch, fence->epoch);
    lane->fresh = false;
    if (fence->epoch < lane->options->epoch) { /* a new log: read it from its beginning, keep the counters */
        fence->epoch = lane->options->epoch;
        for (size_t i = 0; i < fence->n; i++)
            fence->at[i] = (struct fence_position){.timestamp = -1};
    }
    return ERR_OK;
}

/* Reading starts at the lowest of published and the record before applied (its identity is compared). */
static void start_positions(struct lane *lane)
{
    int64_t before[LANE_INPUTS] = {0};
    for (size_t i = 0; i < lane->kind->n_inputs; i++) {
        const struct fence_position *at = &lane->fence.at[i];
        struct lane_input *in = &lane->in[i];
        in->next = at->applied > 0 && at->applied - 1 < at->published ? at->applied - 1 : at->published;
        in->timestamp = at->timestamp;
        in->hash = at->hash;
        in->frontier = INT64_MIN;
        in->gap = -1;
        in->ended = in->caught_up = in->sought = in->wait_said = false;
        in->waits_since_ms = 0;
        before[i] = at->published;
    }
    lane->as_of = lane->fence.as_of;
    ledger_start(&lane->ledger, before);
    for (size_t i = 0; i < lane->n_outputs; i++) /* the outbox's */
        ledger_open(&lane->ledger, lane->outputs[i].mark);
    lane->outputs_free = lane->n_outputs > 0;
    lane->ledger.swept = lane->sweep_last = lane->fence.sweep;
}

static void on_taken(void *arg, const struct redis_answer *answer)
{
    struct lane *lane = arg;
    struct err_info info;
    if (answer->type == REDIS_NIL) {
        lane_trouble(lane, ERR_LOST, "take_over_refused", "another worker wrote the fence at the same time");
    } else if (redis_fate(answer, &info) != ERR_OK) {
        lane_trouble(lane, info.code, info.word, "%s", info.sentence);
    } else {
        start_positions(lane);
        lane_ask_annex(lane);
        lane->state = LANE_SEEKING;
        COUNT(lane->counters, takeovers);
    }
}

static void on_leftovers(void *arg, const struct redis_answer *answer)
{
    struct lane *lane = arg;
    lane->blank = answer->type == REDIS_INT && answer->number == 0;
}

/* A lane that begins without a fence: does anything of an earlier life lie there? Each subject's first write
 * puts it into the sweep's index in the same EXEC, so no index means no subject, and their first writes need
 * no DEL. */
static void look_for_leftovers(struct lane *lane)
{
    struct buffer key = {0};
    lane->blank = false;
    if (lane->kind->unswept)
        return; /* it has no index */
    redis_begin(lane->redis, 1 + LANE_INDEX_SLOTS, on_leftovers, lane);
    redis_arg(lane->redis, BYTES("EXISTS"));
    for (int slot = 0; slot < LANE_INDEX_SLOTS; slot++) {
        key.len = 0;
        buffer_add(&key, lane->prefix, lane->prefix_len);
        buffer_printf(&key, "i:%d", slot);
        redis_arg(lane->redis, (struct bytes){key.data, key.len});
    }
    buffer_free(&key);
}

/* What was added up, owed and met by a lane that is no more. */
static void forget_leftovers(struct lane *lane)
{
    if (lane->kind->sums_key)
        redis_command(lane->redis,
                      (struct bytes[]){BYTES("DEL"), lane_key_beside_data(lane, lane->kind->sums_key)}, 2,
                      NULL, NULL);
    lane_forget_outbox(lane);
    lane_forget_sources(lane);
}

static void take(struct lane *lane)
{
    lane_lies_in(lane, lane->fence.data);
    if (lane->fresh) {
        look_for_leftovers(lane);
    } else {
        lane_ask_outbox(lane);
        lane_ask_sources(lane);
    }
    lane->fence.token = lane_random();
    fence_write(&lane->fence, &lane->fence_text);
    redis_command(lane->redis, (struct bytes[]){BYTES("MULTI")}, 1, NULL, NULL);
    if (lane->fresh)
        forget_leftovers(lane);
    redis_command(
        lane->redis,
        (struct bytes[]){BYTES("SET"), fence_key(lane), {lane->fence_text.data, lane->fence_text.len}}, 3,
        NULL, NULL);
    redis_command(lane->redis, (struct bytes[]){BYTES("EXEC")}, 1, on_taken, lane);
    lane_watch_behind_exec(lane);
}

static void on_fence(void *arg, const struct redis_answer *answer)
{
    struct lane *lane = arg;
    struct err_info info;
    enum err err = redis_fate(answer, &info);
    if (err == ERR_OK)
        err =
            answer->type == REDIS_NIL ? judge_missing(lane, &info) : judge_present(lane, answer->text, &info);
    if (err != ERR_OK)
        lane_trouble(lane, err, info.word, "%s", info.sentence);
    else
        take(lane);
}

/* ---- how the server is set up ---- */

static void warn_of_doubts(struct lane *lane, const struct redis_settings *settings)
{
    const struct redis_doubt *doubt;
    bool known =
        lane->worker->settings_told && memcmp(&lane->worker->settings, settings, sizeof *settings) == 0;
    for (size_t next = 0; !known && (doubt = redis_settings_doubt(settings, &next)) != NULL;)
        log_warn("redis_doubtful", "message=\"%s\" cure=\"%s\"", doubt->sentence, doubt->cure);
    lane->worker->settings = *settings;
    lane->worker->settings_told = true;
}

static void on_settings(void *arg, const struct redis_answer *answer)
{
    struct lane *lane = arg;
    struct redis_settings settings;
    struct err_info info;
    memset(&settings, 0, sizeof settings); /* compared whole */
    redis_settings_read(&settings, answer);
    enum err err = redis_fate(answer, &info);
    if (err != ERR_WEATHER) /* who may ask neither is warned only */
        err = redis_settings_judge(&settings, &info);
    if (err != ERR_OK)
        lane_trouble(lane, err, info.word, "%s", info.sentence);
    else
        warn_of_doubts(lane, &settings);
}

/* INFO says it all; a user who may not ask it may be allowed CONFIG GET. */
static void on_info(void *arg, const struct redis_answer *answer)
{
    struct lane *lane = arg;
    struct err_info info;
    if (redis_fate(answer, &info) == ERR_REFUSED)
        redis_command(lane->redis, (struct bytes[]){BYTES("CONFIG"), BYTES("GET"), BYTES(REDIS_SETTINGS)}, 3,
                      on_settings, lane);
    else
        on_settings(arg, answer);
}

void lane_connect(struct lane *lane, int64_t now)
{
    struct err_info info;
    struct redis_options options = lane->options->redis;
    options.slot = redis_slot((struct bytes){lane->prefix, lane->prefix_len});
    options.learnt = &lane->learnt;
    if (redis_open(&options, &lane->redis, &info) != ERR_OK) {
        lane->redis = NULL;
        lane_trouble(lane, ERR_WEATHER, info.word, "%s", info.sentence);
        return;
    }
    COUNT(lane->counters, redis_connects);
    lane->takeover++;
    lane->state = LANE_TAKING;
    lane->idle_check_ms = now + 1000;
    redis_command(lane->redis, (struct bytes[]){BYTES("INFO")}, 1, on_info, lane);
    redis_command(lane->redis, (struct bytes[]){BYTES("WATCH"), fence_key(lane)}, 2, NULL, NULL);
    redis_command(lane->redis, (struct bytes[]){BYTES("GET"), fence_key(lane)}, 2, on_fence, lane);
}

void lane_seek(struct lane *lane)
{
    struct err_info info;
    if (lane->annex_owed)
        return;
    for (size_t i = 0; i < lane->kind->n_inputs; i++) {
        struct lane_input *in = &lane->in[i];
        bool anew = lane->fence.at[i].applied == 0 && in->next == 0;
        if (in->sought)
            continue;
        if (feed_seek(in->feed, anew ? FEED_EARLIEST : in->next, &info) != ERR_OK)
            return; /* the leader is not known yet: next turn */
        in->sought = in->first = true;
        in->ended = false;
        in->heard_ms = clock_mono_ms();
    }
    lane->state = LANE_READING;
    lane->backoff_ms = 0;
    lane->why[0] = 0;
    if (lane->announced == lane->takeover)
        return; /* only a seek was repeated */
    lane->announced = lane->takeover;
    log_info("lane_taken",
             "kind=%s lane=%d epoch=%d applied=%" PRId64 ",%" PRId64 ",%" PRId64 " fresh=%d redis=%s",
             lane->kind->name, lane->partition, lane->fence.epoch, lane->fence.at[0].applied,
             lane->fence.at[1].applied, lane->fence.at[2].applied, lane->fresh, redis_at(lane->redis));
}
