/* decode: runs a program over one record, in place. Every read is checked against the end; every item of an
 * array or map takes at least a byte, so the time is linear in the record's size. Depth is the schema's,
 * known when it was compiled. */
#include <stdlib.h>

#include "avro_room.h"

struct avro_scratch *avro_scratch_open(void)
{
    struct avro_scratch *scratch = calloc(1, sizeof *scratch);
    if (!scratch)
        abort();
    return scratch;
}

void avro_scratch_close(struct avro_scratch *scratch)
{
    free(scratch);
}

static bool fail(struct reader *r, const char *word)
{
    r->word = word;
    return false;
}

bool read_long_whole(struct reader *r, int64_t *n)
{
    uint64_t value = 0;
    for (int shift = 0; shift < 70; shift += 7) {
        if (r->at == r->end)
            return fail(r, "truncated");
        uint8_t byte = *r->at++;
        if (shift == 63 && byte > 1)
            return fail(r, "bad_varint");
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (!(byte & 0x80)) {
            *n = (int64_t)(value >> 1) ^ -(int64_t)(value & 1);
            return true;
        }
    }
    return fail(r, "bad_varint");
}

bool utf8_valid(const char *text, size_t len)
{
    const unsigned char *p = (const unsigned char *)text, *end = p + len;
    while (p < end) {
        uint64_t word;
        if (end - p >= 8 && (memcpy(&word, p, 8), !(word & 0x8080808080808080ULL))) {
            p += 8;
            continue;
        }
        unsigned char c = *p++;
        if (c < 0x80)
            continue;
        int more = c >= 0xc2 && c <= 0xdf ? 1 : (c & 0xf0) == 0xe0 ? 2 : c >= 0xf0 && c <= 0xf4 ? 3 : -1;
        if (more < 0 || end - p < more)
            return false;
        if ((c == 0xe0 && p[0] < 0xa0) || (c == 0xed && p[0] > 0x9f) || (c == 0xf0 && p[0] < 0x90) ||
            (c == 0xf4 && p[0] > 0x8f))
            return false;
        for (; more > 0; more--)
            if ((*p++ & 0xc0) != 0x80)
                return false;
    }
    return true;
}

static bool take(struct reader *r, uint64_t n, struct bytes *out)
{
    if (n > (uint64_t)(r->end - r->at))
        return fail(r, "truncated");
    *out = (struct bytes){(const char *)r->at, (size_t)n};
    r->at += n;
    return true;
}

static bool read_bytes(struct reader *r, struct bytes *out)
{
    int64_t len;
    if (!read_long(r, &len))
        return false;
    if (len < 0)
        return fail(r, "bad_length");
    return take(r, (uint64_t)len, out);
}

static void store_number(const struct node *node, char *base, int64_t n)
{
    if (node->target == SKIP) /* there is no base behind a skipped list */
        return;
    char *at = base + node->offset;
    switch (node->target) {
    case AVRO_BOOL:
        *(bool *)at = n != 0;
        break;
    case AVRO_I32:
        *(int32_t *)at = (int32_t)n;
        break;
    case AVRO_I64:
        *(int64_t *)at = n;
        break;
    case AVRO_F64:
        *(double *)at = (double)n;
        break;
    default:
        break;
    }
}

static bool decode_number(const struct avro_program *p, const struct node *node, struct reader *r, char *base)
{
    int64_t n;
    if (node->op == OP_BOOL) {
        if (r->at == r->end)
            return fail(r, "truncated");
        n = *r->at++;
        if (n > 1)
            return fail(r, "bad_bool");
    } else if (!read_long(r, &n)) {
        return false;
    }
    if (node->op == OP_INT && (n < INT32_MIN || n > INT32_MAX))
        return fail(r, "bad_varint");
    if (node->op == OP_ENUM) {
        if (n < 0 || n >= node->n)
            return fail(r, "bad_enum");
        n = p->symbols[node->first + n];
        if (n < 0)
            return fail(r, "bad_enum");
    }
    store_number(node, base, n);
    return true;
}

static bool decode_real(const struct node *node, struct reader *r, char *base)
{
    struct bytes raw;
    double x = 0;
    float f;
    if (!take(r, node->op == OP_FLOAT ? 4 : 8, &raw))
        return false;
    if (node->op == OP_FLOAT) {
        memcpy(&f, raw.ptr, 4);
        x = f;
    } else {
        memcpy(&x, raw.ptr, 8);
    }
    if (node->target == AVRO_F64)
        memcpy(base + node->offset, &x, sizeof x);
    return true;
}

static bool decode_text(const struct node *node, struct reader *r, char *base)
{
    struct bytes text;
    if (node->op == OP_FIXED ? !take(r, node->size, &text) : !read_bytes(r, &text))
        return false;
    if (node->target != AVRO_BYTES_T)
        return true;
    if (node->utf8 && !utf8_valid(text.ptr, text.len))
        return fail(r, "bad_utf8");
    memcpy(base + node->offset, &text, sizeof text);
    return true;
}

static bool decode(const struct avro_program *p, uint32_t index, struct avro_scratch *s, struct reader *r,
                   char *base);

static bool decode_item(const struct avro_program *p, const struct node *node, struct avro_scratch *s,
                        struct reader *r)
{
    uint32_t child = p->children[node->first];
    struct bytes key;
    if (node->op == OP_MAP && !read_bytes(r, &key))
        return false;
    if (node->target == AVRO_LIST) {
        if (s->n_items == MOST_ITEMS)
            return fail(r, "too_many_items");
        return decode(p, child, s, r, (char *)&s->items[s->n_items++]);
    }
    if (node->target == AVRO_MAP) {
        if (s->n_entries == MOST_ITEMS)
            return fail(r, "too_many_items");
        s->entries[s->n_entries].key = key;
        return decode(p, child, s, r, (char *)&s->entries[s->n_entries++]);
    }
    return decode(p, child, s, r, NULL);
}

static bool decode_items(const struct avro_program *p, const struct node *node, struct avro_scratch *s,
                         struct reader *r, char *base)
{
    size_t first_item = s->n_items, first_entry = s->n_entries;
    for (;;) {
        int64_t count, size;
        if (!read_long(r, &count))
            return false;
        if (count == 0)
            break;
        if (count < 0) {
            if (count == INT64_MIN || !read_long(r, &size))
                return fail(r, r->word ? r->word : "bad_length");
            if (size < 0 || size > r->end - r->at)
                return fail(r, "bad_length");
            count = -count;
        }
        if (count > r->end - r->at)
            return fail(r, "bad_length"); /* each takes at least a byte */
        for (; count > 0; count--)
            if (!decode_item(p, node, s, r))
                return false;
    }
    if (node->target == AVRO_LIST)
        *(struct avro_list *)(base + node->offset) =
            (struct avro_list){s->items + first_item, s->n_items - first_item};
    if (node->target == AVRO_MAP)
        *(struct avro_map *)(base + node->offset) =
            (struct avro_map){s->entries + first_entry, s->n_entries - first_entry};
    return true;
}

static void apply_preset(const struct preset *preset, char *base)
{
    const struct node node = {.target = preset->type, .offset = preset->offset};
    if (preset->type == AVRO_BYTES_T)
        *(struct bytes *)(base + preset->offset) = (struct bytes){preset->text, preset->len};
    else if (preset->type == AVRO_F64)
        *(double *)(base + preset->offset) = preset->real;
    else
        store_number(&node, base, preset->number);
    if (preset->present != AVRO_NO_PRESENT)
        *(bool *)(base + preset->present) = true;
}

static bool decode_record(const struct avro_program *p, const struct node *node, struct avro_scratch *s,
                          struct reader *r, char *base)
{
    for (uint32_t i = 0; i < node->n; i++)
        if (!decode(p, p->children[node->first + i], s, r, base))
            return false;
    for (uint32_t i = 0; i < node->n_presets; i++)
        apply_preset(&p->presets[node->preset + i], base);
    return true;
}

static bool decode_union(const struct avro_program *p, const struct node *node, struct avro_scratch *s,
                         struct reader *r, char *base)
{
    int64_t branch;
    if (!read_long(r, &branch))
        return false;
    if (branch < 0 || branch >= node->n)
        return fail(r, "bad_union");
    return decode(p, p->children[node->first + branch], s, r, base);
}

static bool decode_value(const struct avro_program *p, const struct node *node, struct avro_scratch *s,
                         struct reader *r, char *base)
{
    switch ((enum op)node->op) {
    case OP_NULL:
        return true;
    case OP_BOOL:
    case OP_INT:
    case OP_LONG:
    case OP_ENUM:
        return decode_number(p, node, r, base);
    case OP_FLOAT:
    case OP_DOUBLE:
        return decode_real(node, r, base);
    case OP_BYTES:
    case OP_FIXED:
        return decode_text(node, r, base);
    case OP_RECORD:
        return decode_record(p, node, s, r, base);
    case OP_ARRAY:
    case OP_MAP:
        return decode_items(p, node, s, r, base);
    case OP_UNION:
        return decode_union(p, node, s, r, base);
    case OP_REJECT:
        break;
    }
    return fail(r, "bad_union");
}

static bool decode(const struct avro_program *p, uint32_t index, struct avro_scratch *s, struct reader *r,
                   char *base)
{
    const struct node *node = &p->nodes[index];
    if (!decode_value(p, node, s, r, base))
        return false;
    if (base && node->op != OP_NULL && node->op != OP_UNION && node->present != AVRO_NO_PRESENT)
        *(bool *)(base + node->present) = true;
    return true;
}

enum err avro_decode(const struct avro_program *program, struct avro_scratch *scratch, struct bytes value,
                     void *out, struct err_info *info)
{
    struct reader r = {(const uint8_t *)value.ptr, (const uint8_t *)value.ptr + value.len, NULL};
    scratch->n_items = scratch->n_entries = 0;
    memset(out, 0, program->struct_size);
    if (!decode(program, program->root, scratch, &r, out))
        return err_set(info, ERR_REJECT, r.word, "the Avro value cannot be read: %s at byte %td of %zu",
                       r.word, r.at - (const uint8_t *)value.ptr, value.len);
    if (r.at != r.end)
        return err_set(info, ERR_REJECT, "trailing_bytes", "%td bytes follow the Avro value", r.end - r.at);
    return ERR_OK;
}
