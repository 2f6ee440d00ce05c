/* outputs: what readers get of a subject: its record, now or after the interval, or nothing. Records wait,
 * encoded, until the EXEC of their batch said yes; then they go to the producer. */
#include <stdlib.h>

#include "lane_room.h"

uint64_t lane_ticket(const struct lane *lane, uint64_t mark)
{
    return (uint64_t)(uint16_t)lane->partition << 48 | (uint64_t)(uint16_t)lane->takeover << 32 |
           (uint32_t)mark;
}

struct output *lane_add_output(struct lane *lane, int topic, struct bytes key, uint64_t mark)
{
    if (lane->n_outputs == lane->cap_outputs) {
        lane->cap_outputs = lane->cap_outputs ? 2 * lane->cap_outputs : 256;
        lane->outputs = realloc(lane->outputs, lane->cap_outputs * sizeof *lane->outputs);
        if (!lane->outputs)
            abort();
    }
    struct output *o = &lane->outputs[lane->n_outputs++];
    *o = (struct output){.topic = topic, .mark = mark, .key_at = lane->output_bytes.len};
    o->key_len = (uint32_t)key.len;
    buffer_add(&lane->output_bytes, key.ptr, key.len);
    o->value_at = lane->output_bytes.len;
    return o;
}

void lane_end_output(struct lane *lane, struct output *o, struct bytes value, struct bytes position)
{
    o->value_len = (uint32_t)value.len;
    o->position_len = (uint32_t)position.len;
    o->tombstone = !value.ptr;
    buffer_add(&lane->output_bytes, value.ptr, value.len);
    buffer_add(&lane->output_bytes, position.ptr, position.len);
}

void lane_output(struct lane *lane, int topic, struct bytes key, struct bytes value, struct bytes position,
                 uint64_t mark)
{
    struct output *o = lane_add_output(lane, topic, key, mark);
    lane_end_output(lane, o, value, position);
    ledger_open(&lane->ledger, mark);
    if (lane->kind->outputs[topic].events)
        lane_keep_event(lane, o);
}

/* ---- of a subject ---- */

static void put_more(void *arg, int output, struct bytes key, struct bytes value)
{
    const struct telling *telling = arg;
    struct lane *lane = telling->lane;
    struct bytes position = {0};
    if (lane->kind->outputs[output].events)
        position = lane_event_position(lane);
    lane_output(lane, output, key, value, position, telling->mark);
    if (telling->subject)
        lane_trace_output(lane, &lane->outputs[lane->n_outputs - 1], telling->subject);
}

struct lane_emitter lane_emitter_of(struct telling *telling)
{
    return (struct lane_emitter){telling, put_more};
}

/* Its record, or, of one that is erased, tombstones. */
static void add_outputs(struct lane *lane, struct subject *s, const struct lane_view *view,
                        enum lane_reason reason, uint64_t mark)
{
    struct output *o = lane_add_output(lane, 0, s->head.key, mark);
    lane->kind->encode(lane->self, s->state, s->head.key, view, reason, &lane->output_bytes);
    o->value_len = (uint32_t)(lane->output_bytes.len - o->value_at);
    o->tombstone = o->value_len == 0;
    lane_trace_output(lane, o, s);
    for (size_t i = 1; o->tombstone && i < lane->kind->n_outputs; i++)
        if (lane->kind->outputs[i].holds_subjects) {
            ledger_open(&lane->ledger, mark);
            o = lane_add_output(lane, (int)i, s->head.key, mark);
            o->tombstone = true;
        }
    const struct lane_emitter emitter = lane_emitter_of(&(struct telling){lane, s, mark});
    if (lane->kind->more)
        s->changed |= lane->kind->more(lane->self, s->state, s->head.key, view, reason, &emitter);
    lane_trace_told(s);
}

static void wait_for_interval(struct lane *lane, struct subject *s)
{
    COUNT(lane->counters, throttled);
    if (s->throttled)
        return;
    s->throttled = true;
    if (!s->hold) {
        s->hold = ledger_now(&lane->ledger);
        ledger_open(&lane->ledger, s->hold);
    }
    if (lane->due_first + lane->n_due == lane->cap_due) {
        if (lane->due_first > lane->cap_due / 2) {
            memmove(lane->due, lane->due + lane->due_first, lane->n_due * sizeof *lane->due);
            lane->due_first = 0;
        } else {
            lane->cap_due = lane->cap_due ? 2 * lane->cap_due : 256;
            lane->due = realloc(lane->due, lane->cap_due * sizeof *lane->due);
            if (!lane->due)
                abort();
        }
    }
    lane->due[lane->due_first + lane->n_due++] = (struct due){s, s->sent_ms + lane->options->min_interval_ms};
}

void lane_due(struct lane *lane, int64_t now)
{
    while (lane->n_due > 0 && (lane->draining || lane->due[lane->due_first].at_ms <= now)) {
        struct subject *s = lane->due[lane->due_first++].subject;
        lane->n_due--;
        s->throttled = false;
        lane_queue(lane, s);
    }
}

bool lane_tell(struct lane *lane, struct subject *s, const struct lane_view *view, int64_t now)
{
    if (lane->options->silent)
        return false;
    bool early =
        !s->forced && s->sent_ms && now - s->sent_ms < lane->options->min_interval_ms && !lane->draining;
    if (early)
        wait_for_interval(lane, s); /* and is evaluated then: a busy subject once an interval */
    if (early && !s->visited)
        return false;
    uint64_t digest = lane->kind->evaluate(lane->self, s->state, view);
    if (lane->kind->tally)
        s->changed |= lane->kind->tally(lane->self, s->state);
    s->changed |= digest != 0 && lane_judge(lane, s, view);
    s->visited = false;
    if (early)
        return false;
    bool news = digest != 0 && (s->forced || !s->told_known || digest != s->told);
    uint64_t mark = s->throttled ? 0 : s->hold; /* still in the queue of due ones: it keeps its own mark */
    if (mark)
        s->hold = 0;
    if (!news) {
        COUNT(lane->counters, unchanged);
        if (mark)
            ledger_done(&lane->ledger, mark);
        return false;
    }
    if (!mark) {
        mark = ledger_now(&lane->ledger);
        ledger_open(&lane->ledger, mark);
    }
    add_outputs(lane, s, view, s->forced ? s->reason : LANE_CHANGE, mark);
    bool changed = !s->told_known || digest != s->told;
    s->told = digest;
    s->told_known = true;
    s->forced = false;
    s->sent_ms = now;
    return changed;
}

static size_t headers_of(const struct lane *lane, const struct output *o, struct cloudevent *event,
                         struct kafka_header *headers)
{
    const char *base = lane->output_bytes.data;
    size_t n = lane->options->cloudevents ? cloudevent_headers(lane, o, base, event, headers) : 0;
    if (o->position_len)
        headers[n++] =
            (struct kafka_header){LANE_POSITION, {base + o->value_at + o->value_len, o->position_len}};
    if (o->trace_len)
        headers[n++] = lane_trace_header(o, base);
    return n;
}

void lane_send(struct lane *lane)
{
    struct err_info info;
    while (lane->outputs_free && lane->sent_outputs < lane->n_outputs) {
        const struct output *o = &lane->outputs[lane->sent_outputs];
        const char *base = lane->output_bytes.data;
        struct bytes value = {o->tombstone ? NULL : base + o->value_at, o->value_len};
        struct kafka_header headers[2 + CLOUDEVENT_HEADERS];
        struct cloudevent event;
        size_t n = headers_of(lane, o, &event, headers);
        enum err err =
            publish(lane->worker->publisher, o->topic, -1, (struct bytes){base + o->key_at, o->key_len},
                    value, 0, headers, n, lane_ticket(lane, o->mark), &info);
        if (err == ERR_WEATHER)
            return;
        if (err != ERR_OK) {
            lane_trouble(lane, ERR_LOST, info.word, "%s", info.sentence);
            return;
        }
        if (o->topic == 0)
            COUNT(lane->counters, published);
        lane->sent_outputs++;
    }
    if (lane->outputs_free && lane->n_outputs) {
        lane->n_outputs = lane->sent_outputs = 0;
        buffer_empty(&lane->output_bytes);
        lane->outputs_free = false;
    }
}
