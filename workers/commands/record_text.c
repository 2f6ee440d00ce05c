/* record_text: see record_text.h. */
#include "record_text.h"

#include <inttypes.h>

#include "microflux/avro.h"

void text_json(struct bytes text, struct buffer *out)
{
    if (!text.ptr) {
        buffer_add_text(out, "null");
        return;
    }
    buffer_add(out, "\"", 1);
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c == '"' || c == '\\')
            buffer_printf(out, "\\%c", c);
        else if (c < 0x20 || c >= 0x7f)
            buffer_printf(out, "\\u%04x", c);
        else
            buffer_add(out, (const char *)&c, 1);
    }
    buffer_add(out, "\"", 1);
}

json_t *body_json(const char *schema, struct bytes body)
{
    struct buffer text = {0};
    json_t *record = NULL;
    if (avro_to_json(schema, body, &text, NULL) == ERR_OK)
        record = json_loadb(text.data, text.len, 0, NULL);
    buffer_free(&text);
    return record;
}

/* The schema that a value was written with; NULL: the topic has none. */
static enum err schema_of_frame(struct record_schema *schema, const struct avro_frame *frame,
                                const char **json, struct err_info *info)
{
    *json = schema->json;
    if (schema->registry && frame->kind == AVRO_FRAME_CONFLUENT)
        return registry_fetch(schema->registry, frame->id, json, info);
    if (!schema->json || frame->kind != AVRO_FRAME_SINGLE_OBJECT)
        return ERR_OK;
    if (!schema->written || schema->fingerprint != frame->fingerprint)
        schema->written = avro_schema_of(schema->json, schema->fingerprint = frame->fingerprint);
    *json = schema->written;
    return *json ? ERR_OK
                 : err_set(info, ERR_REJECT, "schema_unknown",
                           "schema fingerprint %016" PRIx64
                           " is of no version up to this one: a newer microflux reads it",
                           frame->fingerprint);
}

enum err value_json(struct record_schema *schema, const struct kafka_record *record, struct buffer *out,
                    struct err_info *info)
{
    if (!record->value.ptr) {
        buffer_add_text(out, "null");
        return ERR_OK;
    }
    const char *json;
    size_t before = out->len;
    struct avro_frame frame = avro_frame_read(record->value);
    enum err err = schema_of_frame(schema, &frame, &json, info);
    if (err == ERR_OK && json)
        err = avro_to_json(json, frame.body, out, info);
    if (err == ERR_OK && json)
        return ERR_OK;
    out->len = before;
    text_json(record->value, out);
    return err;
}

static void add_headers(const struct kafka_record *record, struct buffer *out)
{
    struct kafka_header headers[32];
    size_t n = kafka_record_headers(record, headers, 32);
    if (n == 0)
        return;
    buffer_add_text(out, ",\"headers\":{");
    for (size_t i = 0; i < n; i++) {
        buffer_add_text(out, i ? "," : "");
        text_json(bytes_of(headers[i].name), out);
        buffer_add_text(out, ":");
        text_json(headers[i].value, out);
    }
    buffer_add_text(out, "}");
}

enum err record_json(struct record_schema *schema, const struct kafka_record *record, struct buffer *out,
                     struct err_info *info)
{
    buffer_printf(out, "{\"partition\":%" PRId32 ",\"offset\":%" PRId64 ",\"timestamp\":%" PRId64 ",\"key\":",
                  record->partition, record->offset, record->timestamp);
    text_json(record->key, out);
    buffer_add_text(out, ",\"value\":");
    enum err err = value_json(schema, record, out, info);
    add_headers(record, out);
    if (err != ERR_OK) {
        buffer_add_text(out, ",\"reject\":true,\"error\":");
        text_json(bytes_of(info->sentence), out);
    }
    buffer_add_text(out, "}");
    return err;
}
