/* trace: an input record may be part of somebody's trace (W3C Trace Context): the outputs it causes carry its
 * traceparent. Of several records between two outputs the last one's. It lives in memory only: a score that
 * is published again after a crash comes without. */
#include <stdlib.h>

#include "lane_room.h"

#define TRACEPARENT     "traceparent"
#define TRACEPARENT_LEN 55 /* "00-" 32 hex digits "-" 16 hex digits "-" 2 hex digits */

void lane_trace(struct subject *s, const struct kafka_record *record)
{
    struct bytes parent = kafka_record_header(record, TRACEPARENT);
    if (parent.len != TRACEPARENT_LEN)
        return;
    if (!s->trace && !(s->trace = malloc(TRACEPARENT_LEN)))
        abort();
    memcpy(s->trace, parent.ptr, TRACEPARENT_LEN);
}

void lane_trace_output(struct lane *lane, struct output *o, const struct subject *s)
{
    if (!s->trace)
        return;
    o->trace_len = TRACEPARENT_LEN;
    buffer_add(&lane->output_bytes, s->trace, TRACEPARENT_LEN);
}

void lane_trace_told(struct subject *s)
{
    free(s->trace);
    s->trace = NULL;
}

struct kafka_header lane_trace_header(const struct output *o, const char *bytes)
{
    return (struct kafka_header){TRACEPARENT,
                                 {bytes + o->value_at + o->value_len + o->position_len, o->trace_len}};
}
