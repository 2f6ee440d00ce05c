/* creators: see creators.h. */
#include "creators.h"

#include <stdio.h>

#include "fences.h"

#define FENCES_TRIED 64

enum err lanes_counted(struct redis *redis, const char *namespace_, int32_t *lanes, struct err_info *info)
{
    struct fence fence;
    enum err err = ERR_NOT_FOUND;
    for (int32_t lane = 0; lane < FENCES_TRIED && err == ERR_NOT_FOUND; lane++)
        err = fence_of(redis, namespace_, lane, &fence, info);
    if (err == ERR_NOT_FOUND)
        return err_set(
            info, ERR_NOT_FOUND, "no_fence",
            "namespace \"%s\" has no lanes in this Redis: is redis.address or namespace another one?",
            namespace_);
    *lanes = fence.partitions;
    return err;
}

enum err creator_read(struct redis *redis, const char *namespace_, int32_t lane, const char *id,
                      struct creator *c, bool *found, struct err_info *info)
{
    char prefix[160], key[512];
    const struct redis_answer *answer;
    *found = false;
    lane_prefix(namespace_, lane, prefix, sizeof prefix);
    for (int k = 0; k < N_CREATOR_KEYS; k++) {
        snprintf(key, sizeof key, "%s%s:%s", prefix, creator_key_names[k], id);
        struct bytes read = CREATOR_WHOLE_KEYS >> k & 1 ? BYTES("GET") : BYTES("HGETALL");
        enum err err = redis_call(redis, (struct bytes[]){read, bytes_of(key)}, 2, &answer, info);
        if (err == ERR_OK)
            err = redis_fate(answer, info);
        if (err == ERR_OK && (answer->n > 0 || answer->type == REDIS_TEXT)) {
            *found = true;
            err = layout_load(c, k, answer, info);
        }
        if (err != ERR_OK)
            return err;
    }
    layout_loaded(c);
    return ERR_OK;
}

/* The names of one slot of the index; copied, since the answer does not live through the next call. */
static enum err read_slot(struct redis *redis, const char *namespace_, int32_t lane, int slot,
                          struct buffer *names, struct err_info *info)
{
    char key[192];
    const struct redis_answer *answer;
    lane_prefix(namespace_, lane, key, sizeof key - 8);
    snprintf(key + strlen(key), 8, "i:%d", slot);
    enum err err = redis_call(redis, (struct bytes[]){BYTES("GET"), bytes_of(key)}, 2, &answer, info);
    if (err == ERR_OK)
        err = redis_fate(answer, info);
    names->len = 0;
    if (err == ERR_OK)
        buffer_add(names, answer->text.ptr, answer->text.len);
    return err;
}

enum err creators_each(struct redis *redis, const char *namespace_, int32_t lanes,
                       enum err (*take)(void *arg, int32_t lane, const char *id, struct err_info *info),
                       void *arg, struct err_info *info)
{
    struct buffer names = {0};
    enum err err = ERR_OK;
    for (int32_t lane = 0; lane < lanes && err == ERR_OK; lane++)
        for (int slot = 0; slot < LANE_INDEX_SLOTS && err == ERR_OK; slot++) {
            err = read_slot(redis, namespace_, lane, slot, &names, info);
            for (struct bytes rest = {names.data, names.len}, name;
                 err == ERR_OK && lane_index_next(&rest, &name);) {
                char id[512];
                snprintf(id, sizeof id, "%.*s", (int)name.len, name.ptr);
                err = take(arg, lane, id, info);
            }
        }
    buffer_free(&names);
    return err;
}
