/* reader: what one input topic accepts: frames, and the writer schemas known for them. Read-only once the
 * worker runs. */
#include <inttypes.h>
#include <stdlib.h>

#include "avro_room.h"

struct writer {
    uint32_t id;          /* Confluent; 0 = none */
    uint64_t fingerprint; /* single-object */
    struct avro_program *program;
};

struct avro_reader {
    struct avro_reader_options options;
    struct avro_program *bare;
    struct writer *writers;
    size_t n;
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

enum err avro_reader_add(struct avro_reader *reader, uint32_t id, const char *writer_json,
                         struct err_info *info)
{
    const struct avro_reader_options *o = &reader->options;
    struct writer writer = {.id = id, .fingerprint = avro_fingerprint(writer_json, info)};
    if (!writer.fingerprint)
        return ERR_UNSUPPORTED;
    enum err err = avro_compile(o->reader_json, writer_json, o->fields, o->n_fields, o->struct_size,
                                &writer.program, info);
    if (err != ERR_OK)
        return err;
    struct writer *more = realloc(reader->writers, (reader->n + 1) * sizeof *more);
    if (!more)
        abort();
    reader->writers = more;
    more[reader->n++] = writer;
    return ERR_OK;
}

enum err avro_reader_open(const struct avro_reader_options *options, struct avro_reader **result,
                          struct err_info *info)
{
    struct avro_reader *reader = calloc(1, sizeof *reader);
    if (!reader)
        abort();
    reader->options = *options;
    enum err err = avro_reader_add(reader, 0, options->reader_json, info);
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
    for (size_t i = 0; i < reader->n; i++)
        avro_program_free(reader->writers[i].program);
    free(reader->writers);
    avro_program_free(reader->bare);
    free(reader);
}

static const struct avro_program *find(const struct avro_reader *reader, const struct avro_frame *frame)
{
    if (frame->kind == AVRO_FRAME_BARE)
        return reader->bare;
    for (size_t i = 0; i < reader->n; i++)
        if (frame->kind == AVRO_FRAME_CONFLUENT ? reader->writers[i].id == frame->id && frame->id != 0
                                                : reader->writers[i].fingerprint == frame->fingerprint)
            return reader->writers[i].program;
    return NULL;
}

enum err avro_reader_decode(const struct avro_reader *reader, struct avro_scratch *scratch,
                            struct bytes value, void *out, uint32_t *schema_id, struct err_info *info)
{
    *schema_id = 0;
    if (!value.ptr)
        return err_set(info, ERR_REJECT, "null_value", "the record has no value");
    if (value.len > reader->options.max_record_bytes)
        return err_set(info, ERR_REJECT, "too_large", "%zu bytes are more than schema.max_record_bytes = %zu",
                       value.len, reader->options.max_record_bytes);
    struct avro_frame frame = avro_frame_read(value);
    const struct avro_program *program = find(reader, &frame);
    if (frame.kind == AVRO_FRAME_CONFLUENT)
        *schema_id = frame.id;
    if (reader->bare && (!program || frame.kind == AVRO_FRAME_CONFLUENT) && frame.kind != AVRO_FRAME_BARE &&
        !program) {
        frame.body = value; /* bare values are configured, and this one only looks framed */
        program = reader->bare;
        *schema_id = 0;
    }
    if (program)
        return avro_decode(program, scratch, frame.body, out, info);
    if (frame.kind == AVRO_FRAME_BARE)
        return err_set(info, ERR_REJECT, "wrong_frame",
                       "the value begins neither with 00 and a schema id nor with C3 01 and a fingerprint, "
                       "and no schema for bare values is configured");
    if (frame.kind == AVRO_FRAME_CONFLUENT)
        return err_set(info, ERR_REJECT, "schema_unknown",
                       "schema id %" PRIu32 " is not known: add it to schema.ids", frame.id);
    return err_set(info, ERR_REJECT, "schema_unknown",
                   "schema fingerprint %016" PRIx64 " is not known: add its schema to schema.ids",
                   frame.fingerprint);
}
