/* reader: what one input topic accepts: frames, and the writer schemas known for them: those given at the
 * start, and those that the registry gives while it runs. One thread's. */
#include <inttypes.h>
#include <stdlib.h>

#include "avro_room.h"
#include "microflux/schemas.h"

struct writer {
    uint32_t id;          /* Confluent; 0 = none */
    uint64_t fingerprint; /* single-object; 0 = none */
    struct avro_program *program;
    char *unusable; /* why there is no program */
};

struct avro_reader {
    struct avro_reader_options options;
    struct avro_program *bare;
    struct writer *writers; /* the first is our own */
    size_t n, last;
};

struct avro_frame avro_frame_read(struct bytes value)
{
    const unsigned char *p = (const unsigned char *)value.ptr;
    struct avro_frame frame = {.kind = AVRO_FRAME_BARE, .body = value};
    if (value.len >= 5 && p[0] == 0) {
        frame.kind = AVRO_FRAME_CONFLUENT;
        frame.id = (uint32_t)p[1] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 8 | p[4];
        frame.body = (struct bytes){value.ptr + 5, value.len - 5};
    } else if (value.len >= 10 && p[0] == 0xc3 && p[1] == 0x01) {
        frame.kind = AVRO_FRAME_SINGLE_OBJECT;
        for (int i = 7; i >= 0; i--)
            frame.fingerprint = frame.fingerprint << 8 | p[2 + i];
        frame.body = (struct bytes){value.ptr + 10, value.len - 10};
    }
    return frame;
}

static void add_writer(struct avro_reader *reader, const struct writer *writer)
{
    reader->writers = realloc(reader->writers, (reader->n + 1) * sizeof *writer);
    if (!reader->writers)
        abort();
    reader->writers[reader->n++] = *writer;
}

enum err avro_reader_add(struct avro_reader *reader, uint32_t id, const char *writer_json,
                         struct err_info *info)
{
    const struct avro_reader_options *o = &reader->options;
    struct writer writer = {.id = id, .fingerprint = avro_fingerprint(writer_json, info)};
    if (!writer.fingerprint)
        return ERR_UNSUPPORTED;
    enum err err = avro_compile(o->reader_json, writer_json, o->fields, o->n_fields, o->struct_size,
                                &writer.program, info);
    if (err == ERR_OK)
        add_writer(reader, &writer);
    return err;
}

/* What earlier versions wrote of the same name. A schema that did not change since is known already. */
static enum err add_released(struct avro_reader *reader, struct err_info *info)
{
    enum err err = ERR_OK;
    for (size_t i = 0; schemas_released[i] && err == ERR_OK; i++) {
        const char *json = schemas_released[i];
        if (schema_same_name(json, reader->options.reader_json) &&
            avro_fingerprint(json, info) != reader->writers[0].fingerprint)
            err = avro_reader_add(reader, 0, json, info);
    }
    return err;
}

enum err avro_reader_open(const struct avro_reader_options *options, struct avro_reader **result,
                          struct err_info *info)
{
    struct avro_reader *reader = calloc(1, sizeof *reader);
    if (!reader)
        abort();
    reader->options = *options;
    enum err err = avro_reader_add(reader, 0, options->reader_json, info);
    if (err == ERR_OK)
        err = add_released(reader, info);
    if (err == ERR_OK && options->bare_json)
        err = avro_compile(options->reader_json, options->bare_json, options->fields, options->n_fields,
                           options->struct_size, &reader->bare, info);
    if (err != ERR_OK) {
        avro_reader_close(reader);
        return err;
    }
    *result = reader;
    return ERR_OK;
}

void avro_reader_close(struct avro_reader *reader)
{
    if (!reader)
        return;
    for (size_t i = 0; i < reader->n; i++) {
        avro_program_free(reader->writers[i].program);
        free(reader->writers[i].unusable);
    }
    free(reader->writers);
    avro_program_free(reader->bare);
    free(reader);
}

static bool wrote(const struct writer *writer, const struct avro_frame *frame)
{
    return frame->kind == AVRO_FRAME_CONFLUENT
               ? writer->id == frame->id && frame->id != 0
               : writer->fingerprint == frame->fingerprint && frame->fingerprint != 0;
}

/* Records of one schema mostly follow each other. */
static const struct writer *find(struct avro_reader *reader, const struct avro_frame *frame)
{
    if (wrote(&reader->writers[reader->last], frame))
        return &reader->writers[reader->last];
    for (size_t i = 0; i < reader->n; i++)
        if (wrote(&reader->writers[i], frame)) {
            reader->last = i;
            return &reader->writers[i];
        }
    return NULL;
}

/* An id met for the first time. One that cannot be compiled to ours is remembered, too, or each of its
 * records would be a compilation. */
static enum err learn(struct avro_reader *reader, uint32_t id, const struct writer **writer,
                      struct err_info *info)
{
    struct err_info why;
    const char *schema;
    enum err err = registry_schema(reader->options.registry, id, &schema, info);
    if (err != ERR_OK)
        return err;
    if (avro_reader_add(reader, id, schema, &why) != ERR_OK) {
        struct writer unusable = {.id = id, .unusable = strdup(why.sentence)};
        if (!unusable.unusable)
            abort();
        add_writer(reader, &unusable);
    }
    *writer = &reader->writers[reader->n - 1];
    return ERR_OK;
}

static enum err unknown(const struct avro_reader *reader, const struct avro_frame *frame,
                        struct err_info *info)
{
    if (frame->kind == AVRO_FRAME_BARE)
        return err_set(info, ERR_REJECT, "wrong_frame",
                       "the value begins neither with 00 and a schema id nor with C3 01 and a fingerprint, "
                       "and no schema for bare values is configured");
    if (frame->kind == AVRO_FRAME_SINGLE_OBJECT)
        return err_set(info, ERR_REJECT, "schema_unknown",
                       "schema fingerprint %016" PRIx64 " is not known: add its schema to schema.ids",
                       frame->fingerprint);
    if (reader->options.registry)
        return err_set(info, ERR_REJECT, "schema_unknown",
                       "schema id %" PRIu32 " is not in the registry: register it, or add it to schema.ids",
                       frame->id);
    return err_set(info, ERR_REJECT, "schema_unknown",
                   "schema id %" PRIu32 " is not known: add it to schema.ids, or set registry.url",
                   frame->id);
}

enum err avro_reader_decode(struct avro_reader *reader, struct avro_scratch *scratch, struct bytes value,
                            void *out, uint32_t *schema_id, struct err_info *info)
{
    *schema_id = 0;
    if (!value.ptr)
        return err_set(info, ERR_REJECT, "null_value", "the record has no value");
    if (value.len > reader->options.max_record_bytes)
        return err_set(info, ERR_REJECT, "too_large", "%zu bytes are more than schema.max_record_bytes = %zu",
                       value.len, reader->options.max_record_bytes);
    struct avro_frame frame = avro_frame_read(value);
    const struct writer *writer = frame.kind == AVRO_FRAME_BARE ? NULL : find(reader, &frame);
    enum err err = ERR_OK;
    if (!writer && frame.kind == AVRO_FRAME_CONFLUENT && reader->options.registry)
        err = learn(reader, frame.id, &writer, info);
    if (err == ERR_WEATHER)
        return err;
    if (!writer && reader->bare) /* if it looks framed, it only looks so */
        return avro_decode(reader->bare, scratch, value, out, info);
    if (frame.kind == AVRO_FRAME_CONFLUENT)
        *schema_id = frame.id;
    if (!writer)
        return unknown(reader, &frame, info);
    if (writer->unusable)
        return err_set(info, ERR_REJECT, "schema_unusable", "schema id %" PRIu32 ": %.200s", frame.id,
                       writer->unusable);
    return avro_decode(writer->program, scratch, frame.body, out, info);
}
