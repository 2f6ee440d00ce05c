/* dead_letter: a record that cannot be used, untouched, with its whole story in headers beside its own. */
#include <inttypes.h>
#include <stdio.h>

#include "kafka_room.h"

#define OWN_HEADERS  9
#define MOST_HEADERS 64

enum err dead_letter_publish(struct publisher *publisher, int topic, const struct kafka_record *record, const struct dead_letter_story *story,
                             uint64_t ticket, struct err_info *info)
{
    struct kafka_header headers[MOST_HEADERS + OWN_HEADERS];
    char partition[16], offset[24], schema[16];
    size_t n = kafka_record_headers(record, headers, MOST_HEADERS);
    snprintf(partition, sizeof partition, "%" PRId32, record->partition);
    snprintf(offset, sizeof offset, "%" PRId64, record->offset);
    snprintf(schema, sizeof schema, "%" PRIu32, story->schema_id);
    const struct kafka_header own[OWN_HEADERS] = {
        {"microflux.error.topic", bytes_of(story->topic)},
        {"microflux.error.partition", bytes_of(partition)},
        {"microflux.error.offset", bytes_of(offset)},
        {"microflux.error.schema.id", bytes_of(schema)},
        {"microflux.error.stage", bytes_of(story->stage)},
        {"microflux.error.code", bytes_of(story->error->word)},
        {"microflux.error.message", bytes_of(story->error->sentence)},
        {"microflux.error.worker", bytes_of(story->worker)},
        {"microflux.error.version", bytes_of(MF_VERSION)},
    };
    for (size_t i = 0; i < OWN_HEADERS; i++)
        headers[n++] = own[i];
    return publish(publisher, topic, -1, record->key, record->value, record->timestamp > 0 ? record->timestamp : 0, headers, n, ticket, info);
}
