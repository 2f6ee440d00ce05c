/* json: a value of any schema to and from JSON, for tools. Unions are printed plainly (null or the value);
 * from JSON a union takes the first branch that fits, missing fields take the schema's default, unknown
 * fields are refused by name. */
#include <math.h>
#include <stdlib.h>

#include "avro_room.h"

struct walk {
    struct names names;
    struct err_info *info;
};

/* ---- Avro → JSON ---- */

static bool value_to_json(struct walk *w, json_t *type, const char *namespace, struct reader *r, json_t **out,
                          int depth);

static bool wrong(struct reader *r, const char *word)
{
    r->word = word;
    return false;
}

static bool text_to_json(struct reader *r, int64_t len, bool text, json_t **out)
{
    if (len < 0 || len > r->end - r->at)
        return wrong(r, len < 0 ? "bad_length" : "truncated");
    const char *at = (const char *)r->at;
    r->at += len;
    if (text) {
        *out = json_stringn(at, (size_t)len);
        return *out ? true : wrong(r, "bad_utf8");
    }
    struct buffer hex = {0};
    for (int64_t i = 0; i < len; i++)
        buffer_printf(&hex, "%02x", (unsigned char)at[i]);
    *out = json_stringn(hex.data ? hex.data : "", hex.len);
    buffer_free(&hex);
    return true;
}

static bool items_to_json(struct walk *w, json_t *inner, const char *namespace, struct reader *r, bool map,
                          json_t **out, int depth)
{
    int64_t count, size, len;
    *out = map ? json_object() : json_array();
    while (read_long(r, &count) && count != 0) {
        if (count < 0 && (count == INT64_MIN || !read_long(r, &size)))
            return wrong(r, "bad_length");
        for (count = count < 0 ? -count : count; count > 0; count--) {
            json_t *item = NULL;
            struct bytes key = {0};
            if (r->at == r->end)
                return wrong(r, "truncated");
            if (map) {
                if (!read_long(r, &len) || len < 0 || len > r->end - r->at)
                    return wrong(r, "bad_length");
                key = (struct bytes){(const char *)r->at, (size_t)len};
                r->at += len;
            }
            if (!value_to_json(w, inner, namespace, r, &item, depth + 1)) {
                json_decref(item);
                return false;
            }
            char *name = strndup(key.ptr ? key.ptr : "", key.len);
            if (map)
                json_object_set_new(*out, name, item);
            else
                json_array_append_new(*out, item);
            free(name);
        }
    }
    return r->word == NULL;
}

static bool record_to_json(struct walk *w, json_t *type, const char *namespace, struct reader *r,
                           json_t **out, int depth)
{
    size_t i;
    json_t *field;
    *out = json_object();
    json_array_foreach(json_object_get(type, "fields"), i, field)
    {
        json_t *value = NULL;
        if (!value_to_json(w, json_object_get(field, "type"), namespace, r, &value, depth + 1)) {
            json_decref(value);
            return false;
        }
        json_object_set_new(*out, json_string_value(json_object_get(field, "name")), value);
    }
    return true;
}

static bool number_to_json(const char *word, struct reader *r, json_t **out)
{
    int64_t n;
    double x = 0;
    float f;
    if (strcmp(word, "boolean") == 0) {
        if (r->at == r->end || *r->at > 1)
            return wrong(r, r->at == r->end ? "truncated" : "bad_bool");
        *out = json_boolean(*r->at++);
    } else if (strcmp(word, "int") == 0 || strcmp(word, "long") == 0) {
        if (!read_long(r, &n))
            return false;
        *out = json_integer(n);
    } else {
        size_t size = strcmp(word, "float") == 0 ? 4 : 8;
        if ((size_t)(r->end - r->at) < size)
            return wrong(r, "truncated");
        memcpy(size == 4 ? (void *)&f : (void *)&x, r->at, size);
        r->at += size;
        x = size == 4 ? f : x;
        *out = isfinite(x) ? json_real(x) : json_null();
    }
    return true;
}

static bool value_to_json(struct walk *w, json_t *type, const char *namespace, struct reader *r, json_t **out,
                          int depth)
{
    int64_t n;
    type = names_resolve(&w->names, type, namespace);
    if (!type || depth > MOST_DEPTH)
        return wrong(r, "bad_schema");
    const char *word = type_word(type);
    namespace = type_namespace(type, namespace);
    if (strcmp(word, "union") == 0)
        return read_long(r, &n) &&
               (n >= 0 && (size_t)n < json_array_size(type)
                    ? value_to_json(w, json_array_get(type, (size_t)n), namespace, r, out, depth + 1)
                    : wrong(r, "bad_union"));
    if (strcmp(word, "null") == 0)
        return (*out = json_null()) != NULL;
    if (strcmp(word, "string") == 0 || strcmp(word, "bytes") == 0)
        return read_long(r, &n) && text_to_json(r, n, word[0] == 's', out);
    if (strcmp(word, "fixed") == 0)
        return text_to_json(r, json_integer_value(json_object_get(type, "size")), false, out);
    if (strcmp(word, "record") == 0)
        return record_to_json(w, type, namespace, r, out, depth);
    if (strcmp(word, "array") == 0)
        return items_to_json(w, json_object_get(type, "items"), namespace, r, false, out, depth);
    if (strcmp(word, "map") == 0)
        return items_to_json(w, json_object_get(type, "values"), namespace, r, true, out, depth);
    if (strcmp(word, "enum") == 0) {
        if (!read_long(r, &n) || n < 0 || (size_t)n >= json_array_size(json_object_get(type, "symbols")))
            return wrong(r, "bad_enum");
        *out = json_incref(json_array_get(json_object_get(type, "symbols"), (size_t)n));
        return true;
    }
    return number_to_json(word, r, out);
}

enum err avro_to_json(const char *schema_json, struct bytes body, struct buffer *out, struct err_info *info)
{
    struct walk w = {.info = info};
    struct reader r = {(const uint8_t *)body.ptr, (const uint8_t *)body.ptr + body.len, NULL};
    json_t *schema = schema_parse(schema_json, info), *value = NULL;
    if (!schema)
        return ERR_UNSUPPORTED;
    enum err err = names_open(schema, &w.names, info);
    if (err == ERR_OK && !value_to_json(&w, schema, NULL, &r, &value, 0))
        err = err_set(info, ERR_REJECT, r.word ? r.word : "truncated", "the Avro value cannot be read: %s",
                      r.word ? r.word : "truncated");
    if (err == ERR_OK && r.at != r.end)
        err = err_set(info, ERR_REJECT, "trailing_bytes", "%td bytes follow the Avro value", r.end - r.at);
    if (err == ERR_OK) {
        char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(17));
        buffer_add_text(out, text);
        free(text);
    }
    json_decref(value);
    names_close(&w.names);
    json_decref(schema);
    return err;
}

/* ---- JSON → Avro ---- */

static bool fits(struct walk *w, json_t *type, const char *namespace, json_t *value)
{
    type = names_resolve(&w->names, type, namespace);
    const char *word = type ? type_word(type) : "";
    switch (json_typeof(value)) {
    case JSON_NULL:
        return strcmp(word, "null") == 0;
    case JSON_TRUE:
    case JSON_FALSE:
        return strcmp(word, "boolean") == 0;
    case JSON_INTEGER:
        return strcmp(word, "int") == 0 || strcmp(word, "long") == 0 || strcmp(word, "float") == 0 ||
               strcmp(word, "double") == 0;
    case JSON_REAL:
        return strcmp(word, "float") == 0 || strcmp(word, "double") == 0;
    case JSON_STRING:
        return strcmp(word, "string") == 0 || strcmp(word, "bytes") == 0 || strcmp(word, "enum") == 0;
    case JSON_ARRAY:
        return strcmp(word, "array") == 0;
    case JSON_OBJECT:
        return strcmp(word, "record") == 0 || strcmp(word, "map") == 0;
    }
    return false;
}

static enum err value_from_json(struct walk *w, json_t *type, const char *namespace, json_t *value,
                                const char *path, struct buffer *out);

static enum err not_a(struct walk *w, const char *path, const char *word)
{
    return err_set(w->info, ERR_USAGE, "json_value", "field %s is not a value of type %s",
                   *path ? path : "(record)", word);
}

static enum err union_from_json(struct walk *w, json_t *type, const char *namespace, json_t *value,
                                const char *path, struct buffer *out)
{
    size_t i;
    json_t *branch;
    json_array_foreach(type, i, branch)
    {
        if (!fits(w, branch, namespace, value))
            continue;
        avro_put_long(out, (int64_t)i);
        return value_from_json(w, branch, namespace, value, path, out);
    }
    return not_a(w, path, "the union");
}

static enum err record_from_json(struct walk *w, json_t *type, const char *namespace, json_t *value,
                                 const char *path, struct buffer *out)
{
    size_t i, known = 0;
    json_t *field;
    char below[256];
    json_array_foreach(json_object_get(type, "fields"), i, field)
    {
        const char *name = json_string_value(json_object_get(field, "name"));
        json_t *given = json_object_get(value, name), *inner = json_object_get(field, "type");
        snprintf(below, sizeof below, "%s%s%s", path, *path ? "." : "", name);
        known += given != NULL;
        if (!given)
            given = json_object_get(field, "default");
        if (!given)
            return err_set(w->info, ERR_USAGE, "missing_field", "field %s is missing and has no default",
                           below);
        enum err err = value_from_json(w, inner, namespace, given, below, out);
        if (err != ERR_OK)
            return err;
    }
    if (known == json_object_size(value))
        return ERR_OK;
    const char *name;
    json_t *other;
    json_object_foreach(value, name, other)
    {
        bool found = false;
        json_array_foreach(json_object_get(type, "fields"), i, field) found |=
            strcmp(name, json_string_value(json_object_get(field, "name"))) == 0;
        if (!found)
            return err_set(w->info, ERR_USAGE, "unknown_field", "field %s%s%s is not in the schema", path,
                           *path ? "." : "", name);
    }
    return ERR_OK;
}

static enum err items_from_json(struct walk *w, json_t *type, const char *namespace, json_t *value,
                                const char *path, struct buffer *out)
{
    bool map = json_is_object(value);
    size_t i, n = map ? json_object_size(value) : json_array_size(value);
    json_t *inner = json_object_get(type, map ? "values" : "items"), *item;
    const char *name;
    enum err err = ERR_OK;
    if (n)
        avro_put_long(out, (int64_t)n);
    if (map) {
        json_object_foreach(value, name, item)
        {
            if (err != ERR_OK)
                break;
            avro_put_bytes(out, bytes_of(name));
            err = value_from_json(w, inner, namespace, item, path, out);
        }
    } else {
        json_array_foreach(value, i, item) if (err == ERR_OK) err =
            value_from_json(w, inner, namespace, item, path, out);
    }
    avro_put_long(out, 0);
    return err;
}

static enum err enum_from_json(struct walk *w, json_t *type, json_t *value, const char *path,
                               struct buffer *out)
{
    size_t i;
    json_t *symbol;
    json_array_foreach(json_object_get(type, "symbols"), i, symbol)
    {
        if (strcmp(json_string_value(symbol), json_string_value(value)) == 0) {
            avro_put_long(out, (int64_t)i);
            return ERR_OK;
        }
    }
    return err_set(w->info, ERR_USAGE, "bad_enum", "field %s: \"%s\" is no symbol of %s", path,
                   json_string_value(value), json_string_value(json_object_get(type, "name")));
}

static enum err value_from_json(struct walk *w, json_t *type, const char *namespace, json_t *value,
                                const char *path, struct buffer *out)
{
    type = names_resolve(&w->names, type, namespace);
    if (!type)
        return not_a(w, path, "an unknown name");
    const char *word = type_word(type);
    namespace = type_namespace(type, namespace);
    if (json_is_array(type))
        return union_from_json(w, type, namespace, value, path, out);
    if (!fits(w, type, namespace, value))
        return not_a(w, path, word);
    float f = (float)json_number_value(value);
    switch (word[0] == 'b' && word[1] == 'o' ? 'B' : word[0]) {
    case 'n':
        break;
    case 'B':
        avro_put_bool(out, json_is_true(value));
        break;
    case 'i':
    case 'l':
        avro_put_long(out, json_integer_value(value));
        break;
    case 'f':
        buffer_add(out, &f, sizeof f);
        break;
    case 'd':
        avro_put_double(out, json_number_value(value));
        break;
    case 'e':
        return enum_from_json(w, type, value, path, out);
    case 'r':
        return record_from_json(w, type, namespace, value, path, out);
    case 'a':
    case 'm':
        return items_from_json(w, type, namespace, value, path, out);
    default:
        avro_put_bytes(out, (struct bytes){json_string_value(value), json_string_length(value)});
    }
    return ERR_OK;
}

enum err avro_from_json(const char *schema_json, struct bytes json, struct buffer *out, struct err_info *info)
{
    /* Tools send many values of few schemas: the parsed one is kept, one a thread. */
    static _Thread_local const char *kept_text;
    static _Thread_local json_t *kept;
    static _Thread_local struct names kept_names;
    json_error_t error;
    if (kept_text != schema_json) {
        if (kept) {
            names_close(&kept_names);
            json_decref(kept);
        }
        kept_text = NULL;
        kept = schema_parse(schema_json, info);
        if (!kept || names_open(kept, &kept_names, info) != ERR_OK)
            return ERR_UNSUPPORTED;
        kept_text = schema_json;
    }
    struct walk w = {kept_names, info};
    json_t *value = json_loadb(json.ptr, json.len, JSON_DECODE_ANY, &error);
    if (!value)
        return err_set(info, ERR_USAGE, "json", "not JSON: column %d: %s", error.column, error.text);
    enum err err = value_from_json(&w, kept, NULL, value, "", out);
    json_decref(value);
    return err;
}
