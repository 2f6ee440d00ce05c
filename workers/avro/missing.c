/* missing: fields of ours that the writer lacks. Their defaults become presets of the record's node, stored
 * after its fields; without a default the pair is refused. */
#include <stdlib.h>

#include "avro_room.h"

static enum err add_preset(struct compiler *c, struct node *record, const struct avro_field *field,
                           json_t *value, struct side type, size_t base)
{
    struct preset preset = {.offset = field->offset - base,
                            .present =
                                field->present == AVRO_NO_PRESENT ? AVRO_NO_PRESENT : field->present - base,
                            .type = (int8_t)field->type};
    if (json_is_null(value) || field->presence)
        return ERR_OK; /* zeroed is null */
    if (json_is_string(value) && strcmp(type_word(type.type), "enum") == 0) {
        preset.number = symbol_index(json_object_get(type.type, "symbols"), json_string_value(value));
    } else if (json_is_string(value)) {
        preset.len = json_string_length(value);
        preset.text = malloc(preset.len + 1);
        if (!preset.text)
            abort();
        memcpy(preset.text, json_string_value(value), preset.len + 1);
    } else if (json_is_array(value) || json_is_object(value)) {
        if (json_array_size(value) + json_object_size(value) > 0)
            return err_set(c->info, ERR_UNSUPPORTED, "default", "field %s: a default that is not empty",
                           field->path);
    } else {
        preset.number = json_is_boolean(value) ? json_is_true(value) : json_integer_value(value);
        preset.real = json_number_value(value);
    }
    GROW(c->p->presets, c->p->n_presets, c->p->cap_presets);
    c->p->presets[c->p->n_presets++] = preset;
    record->n_presets++;
    return ERR_OK;
}

json_t *writer_field(json_t *writer, json_t *own)
{
    size_t i, k;
    json_t *field, *alias;
    const char *name = json_string_value(json_object_get(own, "name"));
    json_array_foreach(json_object_get(writer, "fields"), i, field)
    {
        const char *theirs = json_string_value(json_object_get(field, "name"));
        if (theirs && strcmp(theirs, name) == 0)
            return field;
        json_array_foreach(json_object_get(own, "aliases"), k,
                           alias) if (theirs && strcmp(theirs, json_string_value(alias)) == 0) return field;
    }
    return NULL;
}

enum err add_missing(struct compiler *c, struct node *record, struct side w, struct side r, const char *path,
                     size_t base)
{
    size_t i;
    json_t *own;
    char below[256];
    record->preset = (uint32_t)c->p->n_presets;
    json_array_foreach(json_object_get(r.type, "fields"), i, own)
    {
        bool nullable;
        if (writer_field(w.type, own))
            continue;
        snprintf(below, sizeof below, "%s%s%s", path, *path ? "." : "",
                 json_string_value(json_object_get(own, "name")));
        json_t *value = json_object_get(own, "default");
        if (!value)
            return err_set(c->info, ERR_UNSUPPORTED, "missing_field",
                           "the writer's schema lacks the field %s, which has no default", below);
        const struct avro_field *field = field_at(c, below);
        if (!field)
            continue;
        struct side type = strip_null(c, (struct side){json_object_get(own, "type"), r.namespace}, &nullable);
        enum err err = add_preset(c, record, field, value, type, base);
        if (err != ERR_OK)
            return err;
    }
    return ERR_OK;
}
