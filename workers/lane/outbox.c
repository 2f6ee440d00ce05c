/* outbox: events of change are a function of the state before, which is gone after EXEC. So they stand, as
 * they are sent, in the list <fence's prefix>outbox: put there by the EXEC of the change, sent after it,
 * removed from its head by the EXEC that raises `published` over them, and sent first, verbatim, by whoever
 * takes over. An entry is four netstrings: output, position, key, value; the last one is missing in a
 * tombstone. The list lies beside the fence, not beside the subjects: a lane that is swapped in goes on with
 * it. */
#include <stdlib.h>

#include "lane_room.h"

/* ---- what stands there, by mark ---- */

static void stands(struct outbox *outbox, uint64_t mark)
{
    struct outbox_mark *last = outbox->n ? &outbox->marks[outbox->first + outbox->n - 1] : NULL;
    if (last && last->mark == mark) {
        last->n++;
        return;
    }
    if (outbox->first + outbox->n == outbox->cap) {
        if (outbox->n)
            memmove(outbox->marks, outbox->marks + outbox->first, outbox->n * sizeof *outbox->marks);
        outbox->first = 0;
        if (2 * outbox->n >= outbox->cap) {
            outbox->cap = outbox->cap ? 2 * outbox->cap : 16;
            outbox->marks = realloc(outbox->marks, outbox->cap * sizeof *outbox->marks);
            if (!outbox->marks)
                abort();
        }
    }
    outbox->marks[outbox->first + outbox->n++] = (struct outbox_mark){mark, 1};
}

bool outbox_delivered(const struct outbox *outbox, const struct ledger *ledger)
{
    return outbox->n && outbox->marks[outbox->first].mark < ledger->base;
}

/* Those at the head whose marks are closed. */
static int64_t take_delivered(struct outbox *outbox, const struct ledger *ledger)
{
    int64_t n = 0;
    for (; outbox_delivered(outbox, ledger); outbox->first++, outbox->n--)
        n += outbox->marks[outbox->first].n;
    return n;
}

/* ---- in a commit ---- */

void lane_trim_outbox(struct lane *lane)
{
    int64_t delivered = take_delivered(&lane->outbox, &lane->ledger);
    if (delivered == 0)
        return;
    redis_begin(lane->redis, 4, NULL, NULL);
    redis_arg(lane->redis, BYTES("LTRIM"));
    redis_arg(lane->redis, lane_key_beside_fence(lane, BYTES("outbox")));
    redis_arg_int(lane->redis, delivered);
    redis_arg_int(lane->redis, -1);
}

void lane_keep_event(struct lane *lane, const struct output *o)
{
    const char *base = lane->output_bytes.data;
    redis_begin(lane->redis, 3, NULL, NULL);
    redis_arg(lane->redis, BYTES("RPUSH"));
    redis_arg(lane->redis, lane_key_beside_fence(lane, BYTES("outbox")));
    char output = (char)('0' + o->topic);
    lane->scratch.len = 0;
    lane_index_add(&lane->scratch, (struct bytes){&output, 1});
    lane_index_add(&lane->scratch, (struct bytes){base + o->value_at + o->value_len, o->position_len});
    lane_index_add(&lane->scratch, (struct bytes){base + o->key_at, o->key_len});
    if (!o->tombstone)
        lane_index_add(&lane->scratch, (struct bytes){base + o->value_at, o->value_len});
    redis_arg(lane->redis, (struct bytes){lane->scratch.data, lane->scratch.len});
    stands(&lane->outbox, o->mark);
}

/* ---- at a take-over ---- */

static bool send_again(struct lane *lane, struct bytes entry, uint64_t mark)
{
    struct bytes output, position, key, value = {0};
    if (!lane_index_next(&entry, &output) || !lane_index_next(&entry, &position) ||
        !lane_index_next(&entry, &key) || (entry.len && !lane_index_next(&entry, &value)) ||
        output.len != 1 || output.ptr[0] < '0' || (size_t)(output.ptr[0] - '0') >= lane->kind->n_outputs)
        return false;
    struct output *o = lane_add_output(lane, output.ptr[0] - '0', key, mark);
    lane_end_output(lane, o, value, position);
    stands(&lane->outbox, mark);
    return true;
}

/* The ledger starts when the take-over is agreed to; its first mark is theirs. */
static void on_outbox(void *arg, const struct redis_answer *answer)
{
    struct lane *lane = arg;
    struct err_info info;
    if (redis_fate(answer, &info) != ERR_OK) {
        lane_trouble(lane, info.code, info.word, "%s", info.sentence);
        return;
    }
    for (size_t i = 0; i < answer->n; i++)
        if (!send_again(lane, answer->items[i]->text, LEDGER_FIRST)) {
            lane_trouble(
                lane, ERR_REFUSED, "outbox_unreadable",
                "entry %zu of lane %d's outbox in Redis is not one of this version's: start the version "
                "that wrote it once, until its outbox is empty",
                i, lane->partition);
            return;
        }
}

bool lane_has_outbox(const struct lane *lane)
{
    for (size_t i = 0; i < lane->kind->n_outputs; i++)
        if (lane->kind->outputs[i].events)
            return !lane->options->silent;
    return false;
}

void lane_ask_outbox(struct lane *lane)
{
    if (lane_has_outbox(lane))
        redis_command(lane->redis,
                      (struct bytes[]){BYTES("LRANGE"), lane_key_beside_fence(lane, BYTES("outbox")),
                                       BYTES("0"), BYTES("-1")},
                      4, on_outbox, lane);
}

void lane_forget_outbox(struct lane *lane)
{
    if (lane_has_outbox(lane))
        redis_command(lane->redis,
                      (struct bytes[]){BYTES("DEL"), lane_key_beside_fence(lane, BYTES("outbox"))}, 2, NULL,
                      NULL);
}
