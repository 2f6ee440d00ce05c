/* sources: an input written by lanes says of each record which lane it came from and where that stood. The
 * last position met of each source lane and topic is kept in the hash <prefix>sources, written by the EXEC
 * that counts the record; what is at or below it is dropped: exactly once, whoever sent it twice. The hash
 * lies beside the subjects that were counted with it. Field: "<input> <lane> <topic>"; value: "<epoch>
 * <offset> <ordinal>". */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "lane_room.h"

struct source {
    struct map_entry head;
    int64_t position[3]; /* epoch, offset, ordinal: compared in this order */
    bool changed;
    char name[];
};

static struct source *source_of(struct lane *lane, struct bytes name)
{
    struct sources *sources = &lane->sources;
    uint64_t hash = bytes_hash(name);
    struct source *source = (struct source *)map_find(&sources->map, name, hash);
    if (source)
        return source;
    source = malloc(sizeof *source + name.len);
    if (!source)
        abort();
    *source = (struct source){.head = {hash, {source->name, name.len}}, .position = {-1, -1, -1}};
    memcpy(source->name, name.ptr, name.len);
    map_add(&sources->map, &source->head);
    sources->all = realloc(sources->all, (sources->n + 1) * sizeof(struct source *));
    if (!sources->all)
        abort();
    sources->all[sources->n++] = source;
    return source;
}

void sources_clear(struct sources *sources)
{
    for (size_t i = 0; i < sources->n; i++)
        free(sources->all[i]);
    free(sources->all);
    map_free(&sources->map);
    *sources = (struct sources){0};
}

static bool read_position(struct bytes text, int64_t position[3])
{
    for (int i = 0; i < 3; i++)
        if (!bytes_int(&text, &position[i]))
            return false;
    return text.len == 0;
}

static bool later(const int64_t a[3], const int64_t b[3])
{
    for (int i = 0; i < 3; i++)
        if (a[i] != b[i])
            return a[i] > b[i];
    return false;
}

/* ---- a record ---- */

/* "<lane> <topic> <epoch> …": the name ends before the second blank. */
static bool split(struct bytes header, size_t *name_len)
{
    const char *blank = header.ptr ? memchr(header.ptr, ' ', header.len) : NULL;
    size_t at = blank ? (size_t)(blank + 1 - header.ptr) : 0;
    blank = blank ? memchr(header.ptr + at, ' ', header.len - at) : NULL;
    *name_len = blank ? (size_t)(blank - header.ptr) : 0;
    return blank != NULL;
}

enum err lane_meet(struct lane *lane, int input, struct bytes header, bool *repeated, struct err_info *info)
{
    int64_t position[3];
    size_t name_len;
    char name[320];
    if (!split(header, &name_len) ||
        !read_position((struct bytes){header.ptr + name_len, header.len - name_len}, position) ||
        name_len > sizeof name - 16)
        return err_set(info, ERR_REJECT, "no_position",
                       "the record has no header " LANE_POSITION
                       " \"<lane> <topic> <epoch> <offset> <ordinal>\"; only microflux writes to this topic");
    int n = snprintf(name, sizeof name, "%d %.*s", input, (int)name_len, header.ptr);
    struct source *source = source_of(lane, (struct bytes){name, (size_t)n});
    *repeated = !later(position, source->position);
    if (*repeated)
        return ERR_OK;
    memcpy(source->position, position, sizeof position);
    lane->sources.changed |= !source->changed;
    source->changed = true;
    return ERR_OK;
}

/* ---- Redis ---- */

void lane_write_sources(struct lane *lane)
{
    char text[72];
    if (!lane->sources.changed)
        return;
    redis_begin_open(lane->redis, NULL, NULL);
    redis_arg(lane->redis, BYTES("HSET"));
    redis_arg(lane->redis, lane_key_beside_data(lane, "sources"));
    for (size_t i = 0; i < lane->sources.n; i++) {
        struct source *source = lane->sources.all[i];
        const int64_t *at = source->position;
        if (!source->changed)
            continue;
        source->changed = false;
        snprintf(text, sizeof text, "%" PRId64 " %" PRId64 " %" PRId64, at[0], at[1], at[2]);
        redis_arg(lane->redis, source->head.key);
        redis_arg(lane->redis, bytes_of(text));
    }
    redis_end(lane->redis);
    lane->sources.changed = false;
}

static void on_sources(void *arg, const struct redis_answer *answer)
{
    struct lane *lane = arg;
    struct err_info info;
    if (redis_fate(answer, &info) != ERR_OK) {
        lane_trouble(lane, info.code, info.word, "%s", info.sentence);
        return;
    }
    for (size_t i = 0; i + 1 < answer->n; i += 2) {
        struct source *source = source_of(lane, answer->items[i]->text);
        if (!read_position(answer->items[i + 1]->text, source->position))
            lane_trouble(lane, ERR_REFUSED, "sources_unreadable",
                         "lane %d: its sources in Redis cannot be read", lane->partition);
    }
}

void lane_ask_sources(struct lane *lane)
{
    if (lane->kind->lane_inputs)
        redis_command(lane->redis, (struct bytes[]){BYTES("HGETALL"), lane_key_beside_data(lane, "sources")},
                      2, on_sources, lane);
}

void lane_forget_sources(struct lane *lane)
{
    if (lane->kind->lane_inputs)
        redis_command(lane->redis, (struct bytes[]){BYTES("DEL"), lane_key_beside_data(lane, "sources")}, 2,
                      NULL, NULL);
}
