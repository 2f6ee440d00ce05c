/* swap: the last step of a lane that was built beside the live one, in another namespace. One MULTI makes the
 * live fence name this lane's data and positions, and this lane's own fence a note that nobody takes it over
 * any more. Both fences are WATCHed and compared whole: whoever writes either in between undoes the attempt.
 * The live owner notices as it notices any other owner: its next EXEC is refused or its idle look differs; it
 * drops its cache, takes over, and reads on from there. The sweep starts at its first slot, so that readers
 * are told of every subject once, whatever they were told before, and dated later. */
#include <inttypes.h>

#include "lane_room.h"

#define AGAIN_MS 20

static struct bytes live_key(struct lane *lane)
{
    char tag[24];
    lane_tag(lane->partition, tag, sizeof tag);
    lane->scratch.len = 0;
    buffer_printf(&lane->scratch, "mf:%s:%s:{%s}:fence", lane->options->swap_into, lane->kind->name, tag);
    return (struct bytes){lane->scratch.data, lane->scratch.len};
}

/* The live lane is ahead for a moment, or one of the fences was written meanwhile. */
static void again(struct lane *lane)
{
    lane->swapping = false;
    lane->swap_ms = clock_mono_ms() + AGAIN_MS;
    redis_command(lane->redis, (struct bytes[]){BYTES("UNWATCH")}, 1, NULL, NULL);
    lane_watch_behind_exec(lane);
}

static void on_swapped(void *arg, const struct redis_answer *answer)
{
    struct lane *lane = arg;
    struct err_info info;
    enum err err = redis_fate(answer, &info);
    if (answer->type == REDIS_NIL) {
        again(lane);
        return;
    }
    for (size_t i = 0; err == ERR_OK && i < answer->n; i++)
        err = redis_fate(answer->items[i], &info);
    if (err != ERR_OK)
        lane_trouble(lane, err, info.word, "%s", info.sentence);
    else
        lane_trouble(lane, ERR_REFUSED, "swapped", "the lane serves namespace %s", lane->options->swap_into);
}

/* ERR_WEATHER: not now, since the live lane would go back. */
static enum err judge(const struct lane *lane, const struct fence *live, struct err_info *info)
{
    const struct fence *own = &lane->fence;
    if (live->partitions != own->partitions || live->n != own->n || live->epoch > own->epoch)
        return err_set(info, ERR_REFUSED, "other_lane",
                       "namespace %s has %d partitions, %zu inputs, epoch %d, what was built has %d, %zu, %d",
                       lane->options->swap_into, live->partitions, live->n, live->epoch, own->partitions,
                       own->n, own->epoch);
    if (strcmp(live->data, lane->options->namespace_) == 0)
        return err_set(info, ERR_REFUSED, "data_in_use", "namespace %s already holds the live counters of %s",
                       lane->options->namespace_, lane->options->swap_into);
    for (size_t i = 0; i < own->n && live->epoch == own->epoch; i++)
        if (live->at[i].applied > own->at[i].applied)
            return ERR_WEATHER;
    return ERR_OK;
}

static struct fence joined(const struct lane *lane, const struct fence *live)
{
    struct fence fence = lane->fence;
    fence.token = lane_random();
    fence.sweep = 0;
    fence.told = fence_now(live) + 1;
    memcpy(fence.data, lane->options->namespace_, strlen(lane->options->namespace_) + 1);
    fence.events = live->events;
    for (size_t i = 0; i < fence.n; i++) {
        struct fence_position *at = &fence.at[i];
        at->published = at->applied; /* the sweep tells everything, but not what is derived of records */
        if (lane->kind->derive && live->epoch == fence.epoch && live->at[i].published < at->applied)
            at->published = live->at[i].published;
    }
    return fence;
}

static void exchange(struct lane *lane, const struct fence *live)
{
    struct buffer text = {0};
    struct fence fence = joined(lane, live);
    redis_command(lane->redis, (struct bytes[]){BYTES("MULTI")}, 1, NULL, NULL);
    fence_write(&fence, &text);
    redis_command(lane->redis, (struct bytes[]){BYTES("SET"), live_key(lane), {text.data, text.len}}, 3, NULL,
                  NULL);
    fence_write_swapped(lane->options->swap_into, live->data[0] ? live->data : lane->options->swap_into,
                        &text);
    redis_command(lane->redis,
                  (struct bytes[]){BYTES("SET"), bytes_of(lane->fence_key), {text.data, text.len}}, 3, NULL,
                  NULL);
    redis_command(lane->redis, (struct bytes[]){BYTES("EXEC")}, 1, on_swapped, lane);
    buffer_free(&text);
}

static void on_live(void *arg, const struct redis_answer *answer)
{
    struct lane *lane = arg;
    struct err_info info;
    struct fence live = {
        .partitions = lane->fence.partitions, .epoch = lane->fence.epoch, .n = lane->fence.n};
    enum err err = redis_fate(answer, &info);
    if (err == ERR_OK && answer->type == REDIS_TEXT) /* none: its Redis was lost */
        err = fence_read(answer->text, &live, &info);
    bool known = err == ERR_OK;
    if (known)
        err = judge(lane, &live, &info);
    if (err == ERR_OK)
        exchange(lane, &live);
    else if (known && err == ERR_WEATHER)
        again(lane);
    else
        lane_trouble(lane, err, info.word, "%s", info.sentence);
}

void lane_swap(struct lane *lane, int64_t now)
{
    if (now < lane->swap_ms || lane->draining || lane->n_changed || lane->oldest_change_ms ||
        !lane_at_end(lane))
        return;
    lane->swapping = true;
    redis_command(lane->redis, (struct bytes[]){BYTES("WATCH"), live_key(lane)}, 2, NULL, NULL);
    redis_command(lane->redis, (struct bytes[]){BYTES("GET"), live_key(lane)}, 2, on_live, lane);
}
