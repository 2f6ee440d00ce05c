/* oracle_avro_c: the second opinion: avro-c, where it can resolve the pair: no defaults, no string from
 * bytes. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* avro-c has an AVRO_MAP of its own */
#define AVRO_MAP AVRO_C_MAP
#include <avro.h>
#undef AVRO_MAP

#include "oracle.h"

static avro_schema_t their_reader, their_writer;
static avro_value_iface_t *their_class, *resolver;

void forget_theirs(void)
{
    if (resolver)
        avro_value_iface_decref(resolver);
    if (their_class)
        avro_value_iface_decref(their_class);
    if (their_reader)
        avro_schema_decref(their_reader);
    if (their_writer)
        avro_schema_decref(their_writer);
    resolver = their_class = NULL;
    their_reader = their_writer = NULL;
}

static bool resolve_theirs(const char *reader, const char *writer)
{
    if (avro_schema_from_json_length(reader, strlen(reader), &their_reader) != 0 ||
        avro_schema_from_json_length(writer, strlen(writer), &their_writer) != 0)
        return false;
    their_class = avro_generic_class_from_schema(their_reader);
    resolver = their_class ? avro_resolved_writer_new(their_writer, their_reader) : NULL;
    return resolver != NULL;
}

/* avro-c frees twice what it cannot resolve: a child tries first. */
bool compile_theirs(const char *reader, const char *writer)
{
    int status;
    pid_t child = fork();
    if (child == 0) {
        if (!freopen("/dev/null", "w", stderr))
            _exit(1);
        _exit(resolve_theirs(reader, writer) ? 0 : 1);
    }
    return child > 0 && waitpid(child, &status, 0) == child && status == 0 && resolve_theirs(reader, writer);
}

static bool step_into(avro_value_t *at)
{
    while (avro_value_get_type(at) == AVRO_UNION) {
        avro_value_t branch;
        if (avro_value_get_current_branch(at, &branch) != 0)
            return false;
        *at = branch;
    }
    return avro_value_get_type(at) != AVRO_NULL;
}

static json_t *their_scalar(avro_value_t *at)
{
    int flag, index;
    int32_t n;
    int64_t wide;
    float f;
    double x;
    const void *raw;
    const char *text;
    size_t size;
    switch (avro_value_get_type(at)) {
    case AVRO_BOOLEAN:
        return avro_value_get_boolean(at, &flag) == 0 ? json_boolean(flag) : NULL;
    case AVRO_INT32:
        return avro_value_get_int(at, &n) == 0 ? json_integer(n) : NULL;
    case AVRO_INT64:
        return avro_value_get_long(at, &wide) == 0 ? json_integer(wide) : NULL;
    case AVRO_FLOAT:
        return avro_value_get_float(at, &f) == 0 ? bits_of(f) : NULL;
    case AVRO_DOUBLE:
        return avro_value_get_double(at, &x) == 0 ? bits_of(x) : NULL;
    case AVRO_ENUM:
        return avro_value_get_enum(at, &index) == 0 ? json_integer(index) : NULL;
    case AVRO_STRING:
        return avro_value_get_string(at, &text, &size) == 0 ? hex_of((struct bytes){text, size - 1}) : NULL;
    case AVRO_BYTES:
        return avro_value_get_bytes(at, &raw, &size) == 0 ? hex_of((struct bytes){raw, size}) : NULL;
    case AVRO_FIXED:
        return avro_value_get_fixed(at, &raw, &size) == 0 ? hex_of((struct bytes){raw, size}) : NULL;
    default:
        return NULL;
    }
}

static json_t *their_value(const struct avro_field *field, avro_value_t at)
{
    const char *path = field->path;
    char name[128];
    if (!step_into(&at))
        return json_null();
    while (*path) {
        size_t len = strcspn(path, ".");
        avro_value_t next;
        snprintf(name, sizeof name, "%.*s", (int)len, path);
        path += len + (path[len] == '.');
        if (avro_value_get_by_name(&at, name, &next, NULL) != 0)
            return NULL;
        at = next;
        if (!step_into(&at))
            return field->presence ? json_false() : json_null();
    }
    if (field->presence)
        return json_true();
    if (field->type != AVRO_LIST && field->type != AVRO_MAP)
        return their_scalar(&at);
    json_t *items = json_array();
    size_t n = 0;
    avro_value_get_size(&at, &n);
    for (size_t i = 0; i < n; i++) {
        avro_value_t item;
        const char *key = NULL;
        if (avro_value_get_by_index(&at, i, &item, &key) != 0)
            break;
        json_t *scalar = their_scalar(&item);
        if (json_is_integer(scalar)) { /* our maps give doubles */
            json_t *real = bits_of((double)json_integer_value(scalar));
            json_decref(scalar);
            scalar = real;
        }
        json_array_append_new(
            items, field->type == AVRO_LIST ? scalar : json_pack("[o,o]", hex_of(bytes_of(key)), scalar));
    }
    return items;
}

json_t *theirs(struct bytes value)
{
    avro_value_t dest, resolved;
    json_t *values = NULL;
    if (!resolver)
        return NULL;
    avro_generic_value_new(their_class, &dest);
    avro_resolved_writer_new_value(resolver, &resolved);
    avro_resolved_writer_set_dest(&resolved, &dest);
    avro_reader_t reader = avro_reader_memory(value.ptr, (int64_t)value.len);
    if (avro_value_read(reader, &resolved) == 0) {
        values = json_array();
        for (size_t i = 0; i < n_fields; i++) {
            json_t *one = their_value(&fields[i], dest);
            json_array_append_new(values, one ? one : json_string("not answered"));
        }
    }
    avro_reader_free(reader);
    avro_value_decref(&resolved);
    avro_value_decref(&dest);
    return values;
}
