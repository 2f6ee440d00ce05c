/* avro: a writer's schema becomes a flat program once; the program decodes records in place.
 *
 * Zero copy, bounds-checked, no allocation, linear in the record's size. All of Avro's resolution for the
 * fields we read: reordered, unknown skipped at any depth, missing → our default, int→long→float→double,
 * string↔bytes, enum by symbol (ours with its default for unknown ones), unions on either side. avro-c parses
 * the JSON and is the oracle in tests; the hot path is ours (its decoder leaks and copies, docs/decisions).
 */
#ifndef MICROFLUX_AVRO_H
#define MICROFLUX_AVRO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "microflux/bytes.h"
#include "microflux/err.h"
#include "microflux/registry.h"

/* What a field of ours becomes in the caller's struct. */
enum avro_type {
    AVRO_BOOL,    /* bool */
    AVRO_I32,     /* int32_t; an enum of ours: index of our symbol */
    AVRO_I64,     /* int64_t */
    AVRO_F64,     /* double */
    AVRO_BYTES_T, /* struct bytes into the record; a string must be valid UTF-8 (else reject) */
    AVRO_LIST,    /* struct avro_list of struct bytes */
    AVRO_MAP,     /* struct avro_map: bytes → double */
};

struct avro_list {
    const struct bytes *items;
    size_t n;
};

struct avro_entry {
    struct bytes key;
    double value;
};

struct avro_map {
    const struct avro_entry *entries;
    size_t n;
};

/* A field we read, by its path in our schema ("comment.words"). Optional values (null in a union with null):
 * `present` is the offset of a bool set to false for null, or AVRO_NO_PRESENT (then null leaves zero / NULL
 * ptr). For a nested nullable record list the record itself too: {"comment", AVRO_BOOL-typed presence only}
 * is written as {.path = "comment", .type = AVRO_BOOL, .presence = true}: the bool says whether the record is
 * there. */
#define AVRO_NO_PRESENT SIZE_MAX
struct avro_field {
    const char *path;
    enum avro_type type;
    size_t offset;
    size_t present;
    bool presence;
};

/* Rows of a table of fields: into a member; into a member and a bool that says whether it is there; only that
 * bool, of a nested record. */
#define AVRO_FIELD(type_, path_, avro_, member)                                                              \
    {                                                                                                        \
        path_, avro_, offsetof(type_, member), AVRO_NO_PRESENT, false                                        \
    }
#define AVRO_MAYBE(type_, path_, avro_, member, has)                                                         \
    {                                                                                                        \
        path_, avro_, offsetof(type_, member), offsetof(type_, has), false                                   \
    }
#define AVRO_THERE(type_, path_, has)                                                                        \
    {                                                                                                        \
        path_, AVRO_BOOL, offsetof(type_, has), AVRO_NO_PRESENT, true                                        \
    }

struct avro_program; /* immutable after compile: share between threads */

/* avro_compile: reader_json is our schema, writer_json the producer's. ERR_UNSUPPORTED: recursive writer
 * schema, array or map of zero-size items, a field of ours missing without default, types that do not
 * resolve; the sentence names the field. Gives *program. */
enum err avro_compile(const char *reader_json, const char *writer_json, const struct avro_field *fields,
                      size_t n_fields, size_t struct_size, struct avro_program **program,
                      struct err_info *info) MF_MUST_CHECK;
void avro_program_free(struct avro_program *program); /* takes NULL */

/* Per thread: room for the items of lists and maps of one record (at most 4,096 of them: more is a reject).
 */
struct avro_scratch;
struct avro_scratch *avro_scratch_open(void);
void avro_scratch_close(struct avro_scratch *scratch);

/* avro_decode: fills *out (struct_size bytes, zeroed first). Strings point into `value`, lists and maps into
 * scratch: valid until the next decode with it. ERR_REJECT words: truncated, trailing_bytes, bad_length,
 * bad_enum, bad_union, bad_utf8, bad_varint, bad_bool, too_many_items. Never blocks, never allocates. */
enum err avro_decode(const struct avro_program *program, struct avro_scratch *scratch, struct bytes value,
                     void *out, struct err_info *info) MF_MUST_CHECK;

/* --- frames: what stands before the Avro body --- */
enum avro_frame_kind { AVRO_FRAME_BARE, AVRO_FRAME_CONFLUENT, AVRO_FRAME_SINGLE_OBJECT };

struct avro_frame {
    enum avro_frame_kind kind;
    uint32_t id;          /* Confluent schema id */
    uint64_t fingerprint; /* CRC-64-AVRO */
    struct bytes body;
};

/* avro_frame_read: never fails: what is neither Confluent (00 + id) nor single-object (C3 01) is BARE. */
struct avro_frame avro_frame_read(struct bytes value);
uint64_t avro_fingerprint(const char *schema_json,
                          struct err_info *info); /* of the Parsing Canonical Form; 0 on error */
/* avro_schema_of: which has that fingerprint: ours, or one that an earlier version wrote (schemas/released/);
 * NULL: neither. Parses them all. */
const char *avro_schema_of(const char *our_json, uint64_t fingerprint);

/* --- the set of writer schemas one input topic accepts --- */
struct avro_reader; /* belongs to one thread: with a registry it learns while it decodes */

struct avro_reader_options {
    const char *reader_json; /* our schema: also accepted as single-object, and what earlier versions wrote */
    const struct avro_field *fields;
    size_t n_fields, struct_size;
    const char *bare_json; /* writer schema of bare values; NULL = bare values are rejects ("wrong_frame") */
    size_t max_record_bytes;   /* larger = reject "too_large" */
    struct registry *registry; /* asked for Confluent ids not added; NULL = they are rejects. Borrowed */
};

enum err avro_reader_open(const struct avro_reader_options *options, struct avro_reader **reader,
                          struct err_info *info) MF_MUST_CHECK;
/* avro_reader_add: one more writer schema, for a Confluent id (and, by its fingerprint, as single-object). */
enum err avro_reader_add(struct avro_reader *reader, uint32_t id, const char *writer_json,
                         struct err_info *info) MF_MUST_CHECK;
/* Words besides those of avro_decode: null_value, too_large, wrong_frame, schema_unknown (names id or
 * fingerprint), schema_unusable (cannot be read as ours: names why). *schema_id is the Confluent id or 0,
 * also on error. ERR_WEATHER: the registry is being asked for the id: the same value again, later. An id that
 * was decoded once is known from then on. */
enum err avro_reader_decode(struct avro_reader *reader, struct avro_scratch *scratch, struct bytes value,
                            void *out, uint32_t *schema_id, struct err_info *info) MF_MUST_CHECK;
void avro_reader_close(struct avro_reader *reader);

/* --- encode: primitives appended to a buffer, in schema order; the caller is the program --- */
void avro_put_frame(struct buffer *b, uint32_t id,
                    uint64_t fingerprint);       /* id != 0: Confluent, else single-object */
void avro_put_long(struct buffer *b, int64_t n); /* int, long, enum index, union branch, block count */
void avro_put_double(struct buffer *b, double x);
void avro_put_bool(struct buffer *b, bool x);
void avro_put_bytes(struct buffer *b, struct bytes s); /* string, bytes */
/* avro_put_maybe_*: a union of null and it; bytes are there when they are not empty. avro_put_block: so
 * many items of an array or map follow (none: nothing); avro_put_end: no more do. */
void avro_put_there(struct buffer *b); /* the branch beside null of what is always there */
void avro_put_maybe_long(struct buffer *b, bool there, int64_t n);
void avro_put_maybe_double(struct buffer *b, bool there, double x);
void avro_put_maybe_bytes(struct buffer *b, struct bytes s);
void avro_put_block(struct buffer *b, size_t n);
void avro_put_end(struct buffer *b);

/* --- generic, for tools (tail, produce, state): slow, any schema, through avro-c and jansson --- */
/* avro_to_json: body (unframed) as one line of JSON (unions printed plainly: null or the value). Appends to
 * out. */
enum err avro_to_json(const char *schema_json, struct bytes body, struct buffer *out,
                      struct err_info *info) MF_MUST_CHECK;
/* avro_from_json: the contract's JSON form (plain unions, missing fields take the schema default, unknown
 * fields are refused by name) → body appended to out. */
enum err avro_from_json(const char *schema_json, struct bytes json, struct buffer *out,
                        struct err_info *info) MF_MUST_CHECK;

#endif
