/* avro_room: what the files of this room share: the program, and the schema's names. */
#ifndef AVRO_ROOM_H
#define AVRO_ROOM_H

#include <jansson.h>

#include "microflux/avro.h"

#define MOST_NODES 20000
#define MOST_DEPTH 64
#define MOST_ITEMS 4096

/* Names of one schema: full name → definition. Borrowed from the schema's JSON. */
struct names {
    json_t *types; /* object: full name → definition (borrowed by an extra reference) */
};

enum err names_open(json_t *schema, struct names *names, struct err_info *info);
void names_close(struct names *names);
/* names_resolve: a reference ("Money", "a.b.Money") becomes its definition; anything else stays. NULL:
 * unknown name. */
json_t *names_resolve(const struct names *names, json_t *type, const char *namespace);
/* type_word: "record", "string", "union" … of a schema node. */
const char *type_word(json_t *type);
const char *type_namespace(json_t *type, const char *outer);
json_t *schema_parse(const char *text, struct err_info *info); /* gives */
bool schema_same_name(const char *one, const char *other);

enum op {
    OP_NULL,
    OP_BOOL,
    OP_INT,
    OP_LONG,
    OP_FLOAT,
    OP_DOUBLE,
    OP_BYTES,
    OP_FIXED,
    OP_ENUM,
    OP_RECORD,
    OP_ARRAY,
    OP_MAP,
    OP_UNION,
    OP_REJECT
};

#define SKIP (-1)

struct node {
    uint8_t op;
    int8_t target;     /* enum avro_type, or SKIP */
    bool utf8;         /* a string: must be valid */
    uint32_t first, n; /* children (indices in program->children), symbols, presets */
    uint32_t preset, n_presets;
    uint64_t size; /* fixed */
    size_t offset;
    size_t present;
};

struct preset { /* a field the writer lacks: our default */
    size_t offset, present;
    int8_t type;
    int64_t number;
    double real;
    char *text;
    size_t len;
};

struct avro_program {
    struct node *nodes;
    uint32_t *children;
    int32_t *symbols; /* writer's index → ours, -1 = reject */
    struct preset *presets;
    size_t n_nodes, cap_nodes, n_children, cap_children, n_symbols, cap_symbols, n_presets, cap_presets;
    uint32_t root;
    size_t struct_size;
};

/* ---- compile and missing ---- */

struct compiler {
    struct avro_program *p;
    struct names writer, reader;
    const struct avro_field *fields;
    size_t n_fields;
    json_t *open[MOST_DEPTH]; /* writer's named types being compiled: one met again is recursive */
    int depth;
    struct err_info *info;
};

struct side { /* a type with the namespace it stands in */
    json_t *type;
    const char *namespace;
};

#define GROW(array, n, cap)                                                                                  \
    do {                                                                                                     \
        if ((n) == (cap)) {                                                                                  \
            (cap) = (cap) ? 2 * (cap) : 32;                                                                  \
            (array) = realloc((array), (cap) * sizeof *(array));                                             \
            if (!(array))                                                                                    \
                abort();                                                                                     \
        }                                                                                                    \
    } while (0)

const struct avro_field *field_at(const struct compiler *c, const char *path); /* NULL: not read */
/* strip_null: our union is always null and one more: the one more, and whether null may be. */
struct side strip_null(const struct compiler *c, struct side r, bool *nullable);
int32_t symbol_index(json_t *symbols, const char *symbol); /* -1: none */
/* writer_field: the writer's field for our field `own`, by name or alias; NULL: it lacks it. */
json_t *writer_field(json_t *writer, json_t *own);
/* add_missing: presets for the fields of our record r that the writer's record w lacks. */
enum err add_missing(struct compiler *c, struct node *record, struct side w, struct side r, const char *path,
                     size_t base);

struct avro_scratch {
    struct bytes items[MOST_ITEMS];
    struct avro_entry entries[MOST_ITEMS];
    size_t n_items, n_entries;
};

/* A cursor over bytes; every read is checked. */
struct reader {
    const uint8_t *at, *end;
    const char *word; /* what went wrong */
};

bool read_long_whole(struct reader *r, int64_t *n);

static inline bool read_long(struct reader *r, int64_t *n)
{
    if (r->at == r->end || *r->at & 0x80)
        return read_long_whole(r, n);
    uint8_t byte = *r->at++; /* most are of one byte */
    *n = (int64_t)(byte >> 1) ^ -(int64_t)(byte & 1);
    return true;
}

bool utf8_valid(const char *text, size_t len);

#endif
