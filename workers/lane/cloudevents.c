/* cloudevents: an output as a CloudEvent 1.0 in Kafka's binary mode: the attributes in headers, the value as
 * it is. The id is a hash of key and value, so that a record sent again is the same event. */
#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "lane_room.h"

static void rfc3339(int64_t ms, char *out, size_t size)
{
    time_t seconds = (time_t)(ms / 1000);
    struct tm utc;
    gmtime_r(&seconds, &utc);
    size_t n = strftime(out, size, "%Y-%m-%dT%H:%M:%S", &utc);
    snprintf(out + n, size - n, ".%03dZ", (int)(ms % 1000));
}

size_t cloudevent_headers(const struct lane *lane, const struct output *o, const char *bytes,
                          struct cloudevent *event, struct kafka_header *headers)
{
    struct bytes value = {bytes + o->value_at, o->value_len};
    uint64_t hash = bytes_hash((struct bytes){bytes + o->key_at, o->key_len}) * 31 + bytes_hash(value);
    snprintf(event->id, sizeof event->id, "%016" PRIx64, hash);
    snprintf(event->type, sizeof event->type, "microflux.%s", lane->options->outputs[o->topic]);
    snprintf(event->source, sizeof event->source, "/microflux/%s/%s/%d", lane->options->namespace_,
             lane->kind->name, lane->partition);
    rfc3339(clock_wall_ms(), event->time, sizeof event->time);
    const struct kafka_header all[CLOUDEVENT_HEADERS] = {
        {"ce_specversion", BYTES("1.0")},   {"ce_id", bytes_of(event->id)},
        {"ce_type", bytes_of(event->type)}, {"ce_source", bytes_of(event->source)},
        {"ce_time", bytes_of(event->time)}, {"content-type", BYTES("application/avro")},
    };
    memcpy(headers, all, sizeof all);
    return CLOUDEVENT_HEADERS;
}
