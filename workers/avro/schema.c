/* schema: JSON of a schema, its names, and its Parsing Canonical Form with the CRC-64-AVRO fingerprint
 * (Avro 1.11 specification, "Schema Fingerprints"). jansson reads the JSON; avro-c drops the defaults we
 * need, so it is the oracle of the tests only. */
#include <stdlib.h>

#include "avro_room.h"
#include "microflux/schemas.h"

json_t *schema_parse(const char *text, struct err_info *info)
{
    json_error_t error;
    json_t *schema = json_loads(text, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, &error);
    if (!schema)
        (void)err_set(info, ERR_UNSUPPORTED, "schema_json", "the schema is not JSON: line %d, column %d: %s",
                      error.line, error.column, error.text);
    return schema;
}

const char *type_word(json_t *type)
{
    if (json_is_array(type))
        return "union";
    if (json_is_string(type))
        return json_string_value(type);
    json_t *inner = json_object_get(type, "type");
    if (json_is_string(inner))
        return json_string_value(inner);
    return inner ? type_word(inner) : "";
}

const char *type_namespace(json_t *type, const char *outer)
{
    const char *own = json_string_value(json_object_get(type, "namespace"));
    return own ? own : outer;
}

static bool is_named(const char *word)
{
    return strcmp(word, "record") == 0 || strcmp(word, "enum") == 0 || strcmp(word, "fixed") == 0;
}

static bool is_primitive(const char *word)
{
    static const char *const words[] = {"null",  "boolean", "int",   "long",
                                        "float", "double",  "bytes", "string"};
    for (size_t i = 0; i < 8; i++)
        if (strcmp(word, words[i]) == 0)
            return true;
    return false;
}

static void full_name(const char *name, const char *namespace, struct buffer *out)
{
    out->len = 0;
    if (namespace && *namespace && !strchr(name, '.')) {
        buffer_add_text(out, namespace);
        buffer_add(out, ".", 1);
    }
    buffer_add(out, name, strlen(name) + 1);
}

static enum err collect(json_t *type, const char *namespace, struct names *names, int depth,
                        struct err_info *info)
{
    size_t i;
    json_t *part;
    enum err err = ERR_OK;
    if (depth > MOST_DEPTH)
        return err_set(info, ERR_UNSUPPORTED, "too_deep", "the schema is nested deeper than %d", MOST_DEPTH);
    if (json_is_array(type)) {
        json_array_foreach(type, i, part) if (err == ERR_OK) err =
            collect(part, namespace, names, depth + 1, info);
        return err;
    }
    if (!json_is_object(type))
        return ERR_OK;
    json_t *inner = json_object_get(type, "type");
    if (!json_is_string(inner))
        return inner ? collect(inner, namespace, names, depth + 1, info) : ERR_OK;
    const char *word = json_string_value(inner), *name = json_string_value(json_object_get(type, "name"));
    if (is_named(word)) {
        struct buffer full = {0};
        if (!name)
            return err_set(info, ERR_UNSUPPORTED, "no_name", "a %s of the schema has no name", word);
        namespace = type_namespace(type, namespace);
        full_name(name, namespace, &full);
        json_object_set(names->types, full.data, type);
        buffer_free(&full);
    }
    json_array_foreach(json_object_get(type, "fields"), i, part)
    {
        if (err == ERR_OK)
            err = collect(json_object_get(part, "type"), namespace, names, depth + 1, info);
    }
    if (err == ERR_OK)
        err = collect(json_object_get(type, "items"), namespace, names, depth + 1, info);
    if (err == ERR_OK)
        err = collect(json_object_get(type, "values"), namespace, names, depth + 1, info);
    return err;
}

enum err names_open(json_t *schema, struct names *names, struct err_info *info)
{
    names->types = json_object();
    return collect(schema, NULL, names, 0, info);
}

void names_close(struct names *names)
{
    json_decref(names->types);
}

json_t *names_resolve(const struct names *names, json_t *type, const char *namespace)
{
    struct buffer full = {0};
    json_t *found = type;
    while (json_is_object(type) && !json_is_string(json_object_get(type, "type")))
        type = json_object_get(type, "type"); /* {"type": {…}} */
    const char *word = json_is_string(type) ? json_string_value(type) : type ? type_word(type) : "";
    if (!type)
        return NULL;
    if (is_primitive(word) || is_named(word) || strcmp(word, "array") == 0 || strcmp(word, "map") == 0 ||
        strcmp(word, "union") == 0)
        return type;
    full_name(word, namespace, &full);
    found = json_object_get(names->types, full.data);
    if (!found)
        found = json_object_get(names->types, word);
    buffer_free(&full);
    return found;
}

/* ---- Parsing Canonical Form ---- */

static void canonical(json_t *type, const char *namespace, struct buffer *out, json_t *seen);

static void put_quoted(struct buffer *out, const char *text)
{
    buffer_printf(out, "\"%s\"", text);
}

static void canonical_fields(json_t *type, const char *namespace, struct buffer *out, json_t *seen)
{
    size_t i;
    json_t *field;
    buffer_add_text(out, ",\"fields\":[");
    json_array_foreach(json_object_get(type, "fields"), i, field)
    {
        buffer_add_text(out, i ? ",{\"name\":" : "{\"name\":");
        put_quoted(out, json_string_value(json_object_get(field, "name")));
        buffer_add_text(out, ",\"type\":");
        canonical(json_object_get(field, "type"), namespace, out, seen);
        buffer_add_text(out, "}");
    }
    buffer_add_text(out, "]");
}

static void canonical_named(json_t *type, const char *word, const char *namespace, struct buffer *out,
                            json_t *seen)
{
    struct buffer full = {0};
    size_t i;
    json_t *symbol;
    namespace = type_namespace(type, namespace);
    full_name(json_string_value(json_object_get(type, "name")), namespace, &full);
    if (json_object_set_new(seen, full.data, json_true()) != 0)
        abort(); /* else the fingerprint is another schema's */
    buffer_printf(out, "{\"name\":\"%s\",\"type\":\"%s\"", full.data, word);
    if (strcmp(word, "record") == 0)
        canonical_fields(type, namespace, out, seen);
    if (strcmp(word, "enum") == 0) {
        buffer_add_text(out, ",\"symbols\":[");
        json_array_foreach(json_object_get(type, "symbols"), i, symbol)
        {
            buffer_add_text(out, i ? "," : "");
            put_quoted(out, json_string_value(symbol));
        }
        buffer_add_text(out, "]");
    }
    if (strcmp(word, "fixed") == 0)
        buffer_printf(out, ",\"size\":%lld", (long long)json_integer_value(json_object_get(type, "size")));
    buffer_add_text(out, "}");
    buffer_free(&full);
}

static void canonical(json_t *type, const char *namespace, struct buffer *out, json_t *seen)
{
    size_t i;
    json_t *branch;
    if (json_is_array(type)) {
        buffer_add_text(out, "[");
        json_array_foreach(type, i, branch)
        {
            buffer_add_text(out, i ? "," : "");
            canonical(branch, namespace, out, seen);
        }
        buffer_add_text(out, "]");
        return;
    }
    if (json_is_object(type) && !json_is_string(json_object_get(type, "type"))) {
        canonical(json_object_get(type, "type"), namespace, out, seen);
        return;
    }
    const char *word = type_word(type);
    if (json_is_object(type) && is_named(word)) {
        canonical_named(type, word, namespace, out, seen);
    } else if (json_is_object(type) && strcmp(word, "array") == 0) {
        buffer_add_text(out, "{\"type\":\"array\",\"items\":");
        canonical(json_object_get(type, "items"), namespace, out, seen);
        buffer_add_text(out, "}");
    } else if (json_is_object(type) && strcmp(word, "map") == 0) {
        buffer_add_text(out, "{\"type\":\"map\",\"values\":");
        canonical(json_object_get(type, "values"), namespace, out, seen);
        buffer_add_text(out, "}");
    } else if (is_primitive(word)) {
        put_quoted(out, word);
    } else {
        struct buffer full = {0};
        full_name(word, namespace, &full);
        put_quoted(out, json_object_get(seen, full.data) ? full.data : word);
        buffer_free(&full);
    }
}

static uint64_t crc64_avro(const char *data, size_t len)
{
    const uint64_t empty = 0xc15d213aa4d7a795ULL;
    uint64_t crc = empty;
    for (size_t i = 0; i < len; i++) {
        uint64_t entry = (crc ^ (unsigned char)data[i]) & 0xff;
        for (int bit = 0; bit < 8; bit++)
            entry = entry >> 1 ^ (empty & -(entry & 1));
        crc = crc >> 8 ^ entry;
    }
    return crc;
}

uint64_t avro_fingerprint(const char *schema_json, struct err_info *info)
{
    struct buffer text = {0};
    struct names names = {0};
    json_t *schema = schema_parse(schema_json, info), *seen = json_object();
    uint64_t crc = 0;
    if (schema && names_open(schema, &names, info) == ERR_OK) { /* checks depth and names */
        canonical(schema, NULL, &text, seen);
        crc = crc64_avro(text.data, text.len);
    }
    if (names.types)
        names_close(&names);
    buffer_free(&text);
    json_decref(seen);
    json_decref(schema);
    return crc;
}

bool schema_same_name(const char *one, const char *other)
{
    json_t *a = schema_parse(one, NULL), *b = schema_parse(other, NULL);
    bool same = json_is_object(a) && json_is_object(b) &&
                json_equal(json_object_get(a, "name"), json_object_get(b, "name"));
    json_decref(a);
    json_decref(b);
    return same;
}

const char *avro_schema_of(const char *our_json, uint64_t fingerprint)
{
    if (avro_fingerprint(our_json, NULL) == fingerprint)
        return our_json;
    for (size_t i = 0; schemas_released[i]; i++)
        if (avro_fingerprint(schemas_released[i], NULL) == fingerprint)
            return schemas_released[i];
    return NULL;
}
