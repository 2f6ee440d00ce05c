/* record_text: a Kafka record as text for people and programs. */
#ifndef COMMANDS_RECORD_TEXT_H
#define COMMANDS_RECORD_TEXT_H

#include <jansson.h>

#include "microflux/kafka.h"
#include "microflux/registry.h"

/* Where the schema of a value comes from; both may be NULL: then it is text. */
struct record_schema {
    const char *json;          /* of the topic */
    struct registry *registry; /* asked for the schema of framed values */
    uint64_t fingerprint;      /* met last, and whose it is; set by value_json */
    const char *written;
};

/* text_json: bytes as a JSON string, null for ptr NULL. */
void text_json(struct bytes text, struct buffer *out);
/* body_json: an unframed value of that schema: json_decref(); NULL: it cannot be read. */
json_t *body_json(const char *schema, struct bytes body);
/* value_json: the value decoded by its own schema, else by the topic's, else as text; null for a tombstone.
 * ERR_WEATHER, ERR_REFUSED: the registry is away or not willing; other errors: it could not be read, and is
 * there as text. */
enum err value_json(struct record_schema *schema, const struct kafka_record *record, struct buffer *out,
                    struct err_info *info) MF_MUST_CHECK;
/* record_json: partition, offset, timestamp, key, value, headers as one object, no newline. Errors as above.
 */
enum err record_json(struct record_schema *schema, const struct kafka_record *record, struct buffer *out,
                     struct err_info *info) MF_MUST_CHECK;

#endif
