/* writers: under which schemas and frames `produce` sends: our own schemas in single-object framing, or what
 * the configuration says others write with (schema.ids, schema.profiles …), so that sender and reader are
 * told by the same keys. */
#ifndef COMMANDS_WRITERS_H
#define COMMANDS_WRITERS_H

#include <jansson.h>

#include "microflux/avro.h"
#include "options.h"

struct writer {
    const char *json; /* borrowed from writers */
    json_t *schema;   /* parsed; NULL: our own, which lacks nothing */
    enum avro_frame_kind frame;
    uint32_t id;
    uint64_t fingerprint;
};

struct writers {
    struct writer *of[N_TOPICS];
    size_t n[N_TOPICS];
    json_t *ours[N_TOPICS];
    struct score_setup setup;
};

/* writers_open: frames is single, confluent, bare or mixed (all of them in turn, 16 records each).
 * ERR_USAGE: the configuration names no schema for such a frame; the sentence names the key. */
enum err writers_open(const struct config *config, const char *frames, struct writers *writers,
                      struct err_info *info) MF_MUST_CHECK;
void writers_close(struct writers *writers);

/* writers_turn: whose turn it is for the nth record of an input. */
const struct writer *writers_turn(const struct writers *writers, int input, int64_t nth);
/* writers_fit: takes out of the value what our schema has and the writer's lacks; it cannot be said there. */
void writers_fit(const struct writers *writers, const struct writer *writer, int input, json_t *value);

#endif
