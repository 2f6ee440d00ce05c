/* compile: (writer's schema, our schema, the fields we read) → a program of nodes. Whatever needs a name, a
 * default or a decision is done here, once; decoding then only follows indices. A branch of a writer's union
 * that does not resolve becomes a reject at run time; a field that never can is refused now. What the writer
 * lacks is missing.c's. */
#include <stdlib.h>

#include "avro_room.h"

const struct avro_field *field_at(const struct compiler *c, const char *path)
{
    for (size_t i = 0; i < c->n_fields; i++)
        if (strcmp(c->fields[i].path, path) == 0)
            return &c->fields[i];
    return NULL;
}

static bool read_below(const struct compiler *c, const char *path)
{
    size_t len = strlen(path);
    for (size_t i = 0; i < c->n_fields; i++)
        if (strncmp(c->fields[i].path, path, len) == 0 &&
            (c->fields[i].path[len] == 0 || c->fields[i].path[len] == '.'))
            return true;
    return false;
}

static enum err new_node(struct compiler *c, struct node node, uint32_t *index)
{
    if (c->p->n_nodes >= MOST_NODES)
        return err_set(c->info, ERR_UNSUPPORTED, "too_large",
                       "the writer's schema unfolds to more than %d types", MOST_NODES);
    GROW(c->p->nodes, c->p->n_nodes, c->p->cap_nodes);
    *index = (uint32_t)c->p->n_nodes;
    c->p->nodes[c->p->n_nodes++] = node;
    return ERR_OK;
}

/* Children of one node lie side by side: reserved first, filled as they are compiled. */
static uint32_t reserve_children(struct compiler *c, size_t n)
{
    uint32_t first = (uint32_t)c->p->n_children;
    for (size_t i = 0; i < n; i++) {
        GROW(c->p->children, c->p->n_children, c->p->cap_children);
        c->p->children[c->p->n_children++] = 0;
    }
    return first;
}

static enum err compile(struct compiler *c, struct side w, struct side r, const char *path, size_t base,
                        uint32_t *index);

static struct side resolved(const struct names *names, struct side s)
{
    json_t *type = names_resolve(names, s.type, s.namespace);
    return (struct side){type, type_namespace(type, s.namespace)};
}

struct side strip_null(const struct compiler *c, struct side r, bool *nullable)
{
    size_t i;
    json_t *branch;
    *nullable = false;
    if (!r.type)
        return r;
    r = resolved(&c->reader, r);
    if (!json_is_array(r.type))
        return r;
    struct side found = r;
    json_array_foreach(r.type, i, branch)
    {
        if (strcmp(type_word(branch), "null") == 0)
            *nullable = true;
        else
            found = resolved(&c->reader, (struct side){branch, r.namespace});
    }
    return found;
}

static enum err mismatch(struct compiler *c, const char *path, const char *writer, const char *reader)
{
    return err_set(c->info, ERR_UNSUPPORTED, "no_resolution",
                   "field %s: the writer's %s cannot be read as %s", *path ? path : "(record)", writer,
                   reader);
}

int32_t symbol_index(json_t *symbols, const char *symbol)
{
    size_t i;
    json_t *own;
    json_array_foreach(symbols, i, own) if (strcmp(json_string_value(own), symbol) == 0) return (int32_t)i;
    return -1;
}

static enum err compile_enum(struct compiler *c, struct side w, struct side r, struct node *node)
{
    size_t i;
    json_t *symbol, *symbols = json_object_get(w.type, "symbols");
    json_t *own = r.type ? json_object_get(r.type, "symbols") : NULL;
    const char *fallback = r.type ? json_string_value(json_object_get(r.type, "default")) : NULL;
    node->first = (uint32_t)c->p->n_symbols;
    node->n = (uint32_t)json_array_size(symbols);
    json_array_foreach(symbols, i, symbol)
    {
        int32_t mine = own ? symbol_index(own, json_string_value(symbol)) : 0;
        if (mine < 0 && fallback)
            mine = symbol_index(own, fallback);
        GROW(c->p->symbols, c->p->n_symbols, c->p->cap_symbols);
        c->p->symbols[c->p->n_symbols++] = mine;
    }
    return ERR_OK;
}

static bool one_of(const char *word, const char *list)
{
    const char *found = strstr(list, word);
    size_t len = strlen(word);
    return found && (found == list || found[-1] == ' ') && (found[len] == 0 || found[len] == ' ');
}

/* Which of the writer's primitive types our type may be read from. */
static bool promotes(const char *writer, const char *reader)
{
    if (strcmp(reader, "long") == 0)
        return one_of(writer, "int long");
    if (strcmp(reader, "float") == 0)
        return one_of(writer, "int long float");
    if (strcmp(reader, "double") == 0)
        return one_of(writer, "int long float double");
    if (strcmp(reader, "string") == 0 || strcmp(reader, "bytes") == 0)
        return one_of(writer, "string bytes");
    return strcmp(writer, reader) == 0;
}

static int op_of(const char *word)
{
    static const char *const words[] = {"null",  "boolean", "int",  "long",   "float", "double",
                                        "bytes", "fixed",   "enum", "record", "array", "map"};
    for (int i = 0; i < 12; i++)
        if (strcmp(word, words[i]) == 0)
            return i;
    return strcmp(word, "string") == 0 ? OP_BYTES : -1;
}

static json_t *own_field(json_t *reader, json_t *writers_field, json_t *writer)
{
    size_t i;
    json_t *own;
    json_array_foreach(json_object_get(reader, "fields"), i,
                       own) if (writer_field(writer, own) == writers_field) return own;
    return NULL;
}

static enum err compile_record(struct compiler *c, struct side w, struct side r, const char *path,
                               size_t base, uint32_t index)
{
    size_t i;
    json_t *field, *fields = json_object_get(w.type, "fields");
    char below[256];
    struct node node = c->p->nodes[index];
    node.n = (uint32_t)json_array_size(fields);
    node.first = reserve_children(c, node.n);
    json_array_foreach(fields, i, field)
    {
        const char *name = json_string_value(json_object_get(field, "name"));
        json_t *own = r.type ? own_field(r.type, field, w.type) : NULL;
        uint32_t child;
        if (!name)
            return err_set(c->info, ERR_UNSUPPORTED, "no_name",
                           "a field of the writer's record %s has no name", path);
        snprintf(below, sizeof below, "%s%s%s", path, *path ? "." : "",
                 own ? json_string_value(json_object_get(own, "name")) : name);
        struct side inner = {own && read_below(c, below) ? json_object_get(own, "type") : NULL, r.namespace};
        enum err err = compile(c, (struct side){json_object_get(field, "type"), w.namespace}, inner, below,
                               base, &child);
        if (err != ERR_OK)
            return err;
        c->p->children[node.first + i] = child;
    }
    if (r.type && add_missing(c, &node, w, r, path, base) != ERR_OK)
        return ERR_UNSUPPORTED;
    c->p->nodes[index] = node;
    return ERR_OK;
}

/* Smallest size of a value in bytes: items that may be empty are refused, their count would be free. */
static bool may_be_empty(const struct avro_program *p, uint32_t index)
{
    const struct node *node = &p->nodes[index];
    if (node->op == OP_NULL || (node->op == OP_FIXED && node->size == 0))
        return true;
    if (node->op != OP_RECORD)
        return false;
    for (uint32_t i = 0; i < node->n; i++)
        if (!may_be_empty(p, p->children[node->first + i]))
            return false;
    return true;
}

static enum err compile_items(struct compiler *c, struct side w, struct side r, const char *path,
                              uint32_t index, const char *word)
{
    uint32_t child;
    struct node node = c->p->nodes[index];
    struct side inner = {r.type ? json_object_get(r.type, word) : NULL, r.namespace};
    char below[256];
    snprintf(below, sizeof below, "%s[]", path);
    node.n = 1;
    node.first = reserve_children(c, 1);
    enum err err =
        compile(c, (struct side){json_object_get(w.type, word), w.namespace}, inner, below, 0, &child);
    if (err != ERR_OK)
        return err;
    if (may_be_empty(c->p, child))
        return err_set(c->info, ERR_UNSUPPORTED, "empty_items",
                       "field %s: an array or map of values without a byte is refused", path);
    c->p->children[node.first] = child;
    c->p->nodes[index] = node;
    if (!r.type)
        return ERR_OK;
    struct node *item = &c->p->nodes[child]; /* one item goes to the start of its slot in the scratch */
    for (uint32_t i = 0, n = item->op == OP_UNION ? item->n : 1; i < n; i++) {
        struct node *leaf = item->op == OP_UNION ? &c->p->nodes[c->p->children[item->first + i]] : item;
        if (leaf->op == OP_NULL)
            leaf->op = OP_REJECT;
        leaf->target = strcmp(word, "items") == 0 ? AVRO_BYTES_T : AVRO_F64;
        leaf->offset = strcmp(word, "items") == 0 ? 0 : offsetof(struct avro_entry, value);
        leaf->present = AVRO_NO_PRESENT;
    }
    return ERR_OK;
}

static enum err compile_union(struct compiler *c, struct side w, struct side r, const char *path, size_t base,
                              uint32_t index)
{
    size_t i;
    json_t *branch;
    struct node node = c->p->nodes[index];
    node.n = (uint32_t)json_array_size(w.type);
    node.first = reserve_children(c, node.n);
    json_array_foreach(w.type, i, branch)
    {
        uint32_t child;
        size_t nodes = c->p->n_nodes;
        enum err err = compile(c, (struct side){branch, w.namespace}, r, path, base, &child);
        if (err != ERR_OK && r.type && strcmp(c->info->word, "no_resolution") == 0) {
            c->p->n_nodes = nodes; /* this branch can never be ours: a value in it is a reject */
            err = new_node(c, (struct node){.op = OP_REJECT, .target = SKIP}, &child);
        }
        if (err != ERR_OK)
            return err;
        c->p->children[node.first + i] = child;
    }
    c->p->nodes[index] = node;
    return ERR_OK;
}

static bool is_open(const struct compiler *c, json_t *type)
{
    for (int i = 0; i < c->depth; i++)
        if (c->open[i] == type)
            return true;
    return false;
}

static enum err compile_inside(struct compiler *c, struct side w, struct side r, const char *path,
                               size_t base, uint32_t index)
{
    switch (c->p->nodes[index].op) {
    case OP_RECORD:
        return compile_record(c, w, r, path, base, index);
    case OP_ARRAY:
        return compile_items(c, w, r, path, index, "items");
    case OP_MAP:
        return compile_items(c, w, r, path, index, "values");
    default: {
        struct node node = c->p->nodes[index];
        enum err err = compile_enum(c, w, r, &node);
        c->p->nodes[index] = node;
        return err;
    }
    }
}

static enum err compile_plain(struct compiler *c, struct side w, struct side r, const char *path, size_t base,
                              uint32_t *index)
{
    const char *word = type_word(w.type), *own = r.type ? type_word(r.type) : "";
    int op = op_of(word);
    const struct avro_field *field = r.type ? field_at(c, path) : NULL;
    struct node node = {.op = (uint8_t)op, .target = SKIP, .present = AVRO_NO_PRESENT};
    if (op < 0)
        return err_set(c->info, ERR_UNSUPPORTED, "unknown_type", "field %s: \"%s\" is no Avro type", path,
                       word);
    if (r.type && !promotes(word, own))
        return mismatch(c, path, word, own);
    if (field && !field->presence)
        node.target = (int8_t)field->type;
    if (field) {
        node.offset = field->offset - base;
        node.present = field->presence ? field->offset - base : field->present;
    }
    node.utf8 = strcmp(own, "string") == 0;
    node.size = op == OP_FIXED ? (uint64_t)json_integer_value(json_object_get(w.type, "size")) : 0;
    enum err err = new_node(c, node, index);
    if (err != ERR_OK || (op != OP_RECORD && op != OP_ARRAY && op != OP_MAP && op != OP_ENUM))
        return err;
    if (is_open(c, w.type))
        return err_set(c->info, ERR_UNSUPPORTED, "recursive", "the writer's schema contains itself at %s",
                       path);
    if (c->depth == MOST_DEPTH)
        return err_set(c->info, ERR_UNSUPPORTED, "too_deep", "the writer's schema is nested deeper than %d",
                       MOST_DEPTH);
    c->open[c->depth++] = w.type;
    err = compile_inside(c, w, r, path, base, *index);
    c->depth--;
    return err;
}

static enum err compile(struct compiler *c, struct side w, struct side r, const char *path, size_t base,
                        uint32_t *index)
{
    bool nullable;
    w = resolved(&c->writer, w);
    if (!w.type)
        return err_set(c->info, ERR_UNSUPPORTED, "unknown_type",
                       "field %s: the writer's schema names a type it does not define", path);
    if (json_is_array(w.type)) {
        enum err err = new_node(c, (struct node){.op = OP_UNION, .target = SKIP}, index);
        return err != ERR_OK ? err : compile_union(c, w, r, path, base, *index);
    }
    struct side own = strip_null(c, r, &nullable);
    if (r.type && strcmp(type_word(w.type), "null") == 0)
        return nullable
                   ? new_node(c, (struct node){.op = OP_NULL, .target = SKIP, .present = AVRO_NO_PRESENT},
                              index)
                   : mismatch(c, path, "null", type_word(own.type));
    return compile_plain(c, w, own, path, base, index);
}

enum err avro_compile(const char *reader_json, const char *writer_json, const struct avro_field *fields,
                      size_t n_fields, size_t struct_size, struct avro_program **program,
                      struct err_info *info)
{
    struct err_info local;
    struct compiler c = {.fields = fields, .n_fields = n_fields, .info = info ? info : &local};
    json_t *reader = schema_parse(reader_json, c.info), *writer = schema_parse(writer_json, c.info);
    enum err err = reader && writer ? ERR_OK : ERR_UNSUPPORTED;
    c.p = calloc(1, sizeof *c.p);
    if (!c.p)
        abort();
    c.p->struct_size = struct_size;
    if (err == ERR_OK)
        err = names_open(reader, &c.reader, c.info);
    if (err == ERR_OK)
        err = names_open(writer, &c.writer, c.info);
    if (err == ERR_OK)
        err = compile(&c, (struct side){writer, NULL}, (struct side){reader, NULL}, "", 0, &c.p->root);
    if (c.reader.types)
        names_close(&c.reader);
    if (c.writer.types)
        names_close(&c.writer);
    json_decref(reader);
    json_decref(writer);
    if (err != ERR_OK) {
        avro_program_free(c.p);
        return err;
    }
    *program = c.p;
    return ERR_OK;
}

void avro_program_free(struct avro_program *p)
{
    if (!p)
        return;
    for (size_t i = 0; i < p->n_presets; i++)
        free(p->presets[i].text);
    free(p->presets);
    free(p->nodes);
    free(p->children);
    free(p->symbols);
    free(p);
}
