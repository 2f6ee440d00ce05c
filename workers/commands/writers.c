/* writers: the frames and schemas `produce` takes turns with. */
#include "writers.h"

#include <stdlib.h>

#include "microflux/schemas.h"

#define TURN 16 /* records in a row under one schema */

static const char *const own[N_TOPICS] = {schema_profile, schema_post, schema_interaction};

static enum err add(struct writers *w, int input, const char *json, enum avro_frame_kind frame, uint32_t id,
                    struct err_info *info)
{
    struct writer writer = {.json = json, .frame = frame, .id = id};
    if (frame == AVRO_FRAME_SINGLE_OBJECT && !(writer.fingerprint = avro_fingerprint(json, info)))
        return ERR_USAGE;
    if (json != own[input] && !(writer.schema = json_loads(json, 0, NULL)))
        return err_set(info, ERR_USAGE, "schema", "a writer schema of %s is not JSON", input_names[input]);
    w->of[input] = realloc(w->of[input], (w->n[input] + 1) * sizeof *w->of[input]);
    if (!w->of[input])
        abort();
    w->of[input][w->n[input]++] = writer;
    return ERR_OK;
}

static enum err add_confluent(struct writers *w, int input, bool also_single, struct err_info *info)
{
    const struct score_worker_options *o = &w->setup.options;
    enum err err = ERR_OK;
    for (size_t i = 0; i < o->n_writers && err == ERR_OK; i++) {
        const struct score_writer_schema *s = &o->writers[i];
        if (s->input == input)
            err = add(w, input, s->json, AVRO_FRAME_CONFLUENT, s->id, info);
        if (s->input == input && also_single && err == ERR_OK)
            err = add(w, input, s->json, AVRO_FRAME_SINGLE_OBJECT, 0, info);
    }
    return err;
}

static enum err add_input(struct writers *w, int input, const char *frames, struct err_info *info)
{
    const char *bare = w->setup.options.bare_json[input];
    bool mixed = strcmp(frames, "mixed") == 0;
    enum err err = ERR_OK;
    if (mixed || strcmp(frames, "single") == 0)
        err = add(w, input, own[input], AVRO_FRAME_SINGLE_OBJECT, 0, info);
    if (err == ERR_OK && (mixed || strcmp(frames, "confluent") == 0))
        err = add_confluent(w, input, mixed, info);
    if (err == ERR_OK && bare && (mixed || strcmp(frames, "bare") == 0))
        err = add(w, input, bare, AVRO_FRAME_BARE, 0, info);
    if (err == ERR_OK && w->n[input] == 0)
        return err_set(info, ERR_USAGE, "schema", "--frames %s wants a schema of %s in %s%s", frames,
                       input_names[input], *frames == 'b' ? "schema." : "schema.ids",
                       *frames == 'b' ? input_names[input] : "");
    return err;
}

enum err writers_open(const struct config *config, const char *frames, struct writers *w,
                      struct err_info *info)
{
    *w = (struct writers){0};
    enum err err = score_setup_open(config, &w->setup, info);
    for (int input = 0; input < N_TOPICS && err == ERR_OK; input++) {
        w->ours[input] = json_loads(own[input], 0, NULL);
        err = add_input(w, input, frames, info);
    }
    if (err != ERR_OK)
        writers_close(w);
    return err;
}

void writers_close(struct writers *w)
{
    for (int input = 0; input < N_TOPICS; input++) {
        for (size_t i = 0; i < w->n[input]; i++)
            json_decref(w->of[input][i].schema);
        free(w->of[input]);
        json_decref(w->ours[input]);
    }
    score_setup_close(&w->setup);
    *w = (struct writers){0};
}

const struct writer *writers_turn(const struct writers *w, int input, int64_t nth)
{
    return &w->of[input][(size_t)(nth / TURN) % w->n[input]];
}

/* The record type in a type: itself, or the branch of a union. NULL: none, or only its name. */
static const json_t *record_in(const json_t *type)
{
    size_t i;
    const json_t *branch, *found = NULL;
    if (json_is_array(type))
        json_array_foreach(type, i, branch) found = found ? found : record_in(branch);
    const char *word = json_string_value(json_object_get(type, "type"));
    return word && strcmp(word, "record") == 0 ? type : found;
}

static const json_t *field_of(const json_t *record, const char *name)
{
    size_t i;
    const json_t *field;
    json_array_foreach(json_object_get(record, "fields"), i,
                       field) if (strcmp(json_string_value(json_object_get(field, "name")), name) ==
                                  0) return json_object_get(field, "type");
    return NULL;
}

static void fit(const json_t *theirs, const json_t *ours, json_t *value)
{
    const char *name;
    void *next;
    json_t *inner;
    if (!theirs || !ours || !json_is_object(value))
        return;
    json_object_foreach_safe(value, next, name, inner)
    {
        const json_t *their_type = field_of(theirs, name), *our_type = field_of(ours, name);
        if (!their_type && our_type)
            json_object_del(value, name);
        else
            fit(record_in(their_type), record_in(our_type), inner);
    }
}

void writers_fit(const struct writers *w, const struct writer *writer, int input, json_t *value)
{
    if (writer->schema)
        fit(record_in(writer->schema), record_in(w->ours[input]), value);
}
