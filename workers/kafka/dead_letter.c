/* dead_letter: a record that cannot be used, untouched, with its whole story in headers beside its own. Two
 * things Kafka itself refuses, and a refused dead letter would come back for ever: a timestamp in the future
 * (then it is now) and a record too large for the topic (then the value stays behind). Each has a header that
 * says so. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "kafka_room.h"
#include "microflux/clock.h"

#define STORY_MAX 11               /* nine of the story, and the two below */
#define AHEAD_MS  (30 * 60 * 1000) /* Kafka 4 refuses an hour */

struct letter {
    struct kafka_header *headers;
    size_t n;
    int64_t timestamp;
    char partition[16], offset[24], schema[16], timestamp_text[24], size[24];
};

static void add(struct letter *letter, const char *name, const char *value)
{
    letter->headers[letter->n++] = (struct kafka_header){name, bytes_of(value)};
}

static void tell(struct letter *letter, const struct kafka_record *record,
                 const struct dead_letter_story *story)
{
    snprintf(letter->partition, sizeof letter->partition, "%" PRId32, record->partition);
    snprintf(letter->offset, sizeof letter->offset, "%" PRId64, record->offset);
    snprintf(letter->schema, sizeof letter->schema, "%" PRIu32, story->schema_id);
    add(letter, "microflux.error.topic", story->topic);
    add(letter, "microflux.error.partition", letter->partition);
    add(letter, "microflux.error.offset", letter->offset);
    add(letter, "microflux.error.schema.id", letter->schema);
    add(letter, "microflux.error.stage", story->stage);
    add(letter, "microflux.error.code", story->error->word);
    add(letter, "microflux.error.message", story->error->sentence);
    add(letter, "microflux.error.worker", story->worker);
    add(letter, "microflux.error.version", MF_VERSION);
}

static void date(struct letter *letter, const struct kafka_record *record)
{
    letter->timestamp = record->timestamp > 0 ? record->timestamp : 0;
    if (letter->timestamp <= clock_wall_ms() + AHEAD_MS)
        return;
    letter->timestamp = 0;
    snprintf(letter->timestamp_text, sizeof letter->timestamp_text, "%" PRId64, record->timestamp);
    add(letter, "microflux.error.timestamp", letter->timestamp_text);
}

enum err dead_letter_publish(struct publisher *publisher, int topic, const struct kafka_record *record,
                             const struct dead_letter_story *story, uint64_t ticket, struct err_info *info)
{
    size_t own = record_header_count(record);
    struct letter letter = {.headers = calloc(own + STORY_MAX, sizeof *letter.headers)};
    if (!letter.headers)
        abort();
    letter.n = kafka_record_headers(record, letter.headers, own);
    tell(&letter, record, story);
    date(&letter, record);
    enum err err = publish(publisher, topic, -1, record->key, record->value, letter.timestamp, letter.headers,
                           letter.n, ticket, info);
    if (err == ERR_REJECT) {
        snprintf(letter.size, sizeof letter.size, "%zu", record->value.len);
        add(&letter, "microflux.error.left.bytes", letter.size);
        err = publish(publisher, topic, -1, record->key, (struct bytes){NULL, 0}, letter.timestamp,
                      letter.headers, letter.n, ticket, info);
    }
    free(letter.headers);
    return err;
}
