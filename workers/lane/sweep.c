/* sweep: every subject is published again at least once an interval, changed or not: windows slide when
 * nothing happens, and compaction may have kept a zombie's late record. The lane's subjects stand in the
 * index by hash of their name; the wall clock says which one is due, the fence says which one was
 * last, so that restarts do not starve it. */
#include "lane_room.h"

void lane_slot_swept(struct lane *lane)
{
    ledger_sweep(&lane->ledger, lane->sweep_asked);
    lane->sweep_last = lane->sweep_asked;
    lane->sweep_asked = 0;
    lane->sweep_ready = false;
}

static void on_slot(void *arg, const struct redis_answer *answer)
{
    struct lane *lane = arg;
    struct err_info info;
    if (answer->type != REDIS_TEXT && answer->type != REDIS_NIL) {
        lane_trouble(lane, redis_fate(answer, &info) == ERR_REFUSED ? ERR_REFUSED : ERR_WEATHER, "sweep",
                     "%s", info.sentence);
        return;
    }
    for (struct bytes names = answer->text, name; lane_index_next(&names, &name);) {
        struct subject *s = lane_subject(lane, name, bytes_hash(name));
        s->forced = true;
        s->reason = LANE_SWEEP;
        lane_queue(lane, s);
        COUNT(lane->counters, swept);
    }
    lane->sweep_ready = answer->text.len > 0;
    if (!lane->sweep_ready)
        lane_slot_swept(lane); /* nobody there: nothing to commit */
}

void lane_sweep(struct lane *lane)
{
    int64_t due = clock_wall_ms() * LANE_INDEX_SLOTS / lane->options->sweep_interval_ms;
    int64_t behind = due - lane->sweep_last;
    bool foreign = behind < -LANE_INDEX_SLOTS; /* of a shorter interval, or of a clock that went back since */
    if (lane->sweep_asked || lane->committing || (behind <= 0 && !foreign) || lane->draining ||
        lane->options->silent || lane->kind->unswept)
        return;
    lane->sweep_asked =
        foreign || behind > LANE_INDEX_SLOTS ? due - LANE_INDEX_SLOTS + 1 : lane->sweep_last + 1;
    lane->scratch.len = 0;
    buffer_add(&lane->scratch, lane->prefix, lane->prefix_len);
    buffer_printf(&lane->scratch, "i:%u", (unsigned)(lane->sweep_asked % LANE_INDEX_SLOTS));
    redis_command(lane->redis, (struct bytes[]){BYTES("GET"), {lane->scratch.data, lane->scratch.len}}, 2,
                  on_slot, lane);
}
