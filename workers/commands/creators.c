/* creators: see creators.h. */
#include "creators.h"

#include <stdio.h>

enum err lanes_count(struct redis *redis, const char *namespace_, int32_t *lanes, struct err_info *info)
{
    struct fence fence;
    enum err err = ERR_NOT_FOUND;
    for (int32_t lane = 0; lane < 64 && err == ERR_NOT_FOUND; lane++)
        err = fence_of(redis, namespace_, lane, &fence, info);
    if (err == ERR_NOT_FOUND)
        return err_set(
            info, ERR_NOT_FOUND, "no_fence",
            "namespace \"%s\" has no lanes in this Redis: is redis.address or namespace another one?",
            namespace_);
    *lanes = fence.partitions;
    return err;
}

enum err creators_prefix(struct redis *redis, const char *namespace_, int32_t lane, char *prefix, size_t size,
                         struct err_info *info)
{
    struct fence fence = {.data = ""};
    enum err err = fence_of(redis, namespace_, lane, &fence, info);
    lane_prefix(err == ERR_OK && fence.data[0] ? fence.data : namespace_, lane, prefix, size);
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static enum err ask(struct redis *redis, const struct bytes *args, size_t n,
                    const struct redis_answer **answer, struct err_info *info)
{
    enum err err = redis_call(redis, args, n, answer, info);
    return err == ERR_OK ? redis_fate(*answer, info) : err;
}

/* One MULTI: a commit writes all keys in one EXEC, so they must be read in one; sent together. */
static enum err read_keys(struct redis *redis, const char *prefix, struct bytes name,
                          const struct redis_answer **answer, struct err_info *info)
{
    struct buffer key = {0};
    redis_command(redis, (struct bytes[]){BYTES("MULTI")}, 1, NULL, NULL);
    for (int k = 0; k < N_CREATOR_KEYS; k++) {
        key.len = 0;
        buffer_printf(&key, "%s%s:%.*s", prefix, creator_key_names[k], (int)name.len, name.ptr);
        struct bytes read = CREATOR_WHOLE_KEYS >> k & 1 ? BYTES("GET") : BYTES("HGETALL");
        redis_command(redis, (struct bytes[]){read, {key.data, key.len}}, 2, NULL, NULL);
    }
    enum err err = ask(redis, (struct bytes[]){BYTES("EXEC")}, 1, answer, info);
    buffer_free(&key);
    return err;
}

enum err creator_read(struct redis *redis, const char *namespace_, int32_t lane, struct bytes name,
                      struct creator *c, bool *found, struct err_info *info)
{
    char prefix[160];
    const struct redis_answer *answer;
    *found = false;
    enum err err = creators_prefix(redis, namespace_, lane, prefix, sizeof prefix, info);
    if (err == ERR_OK)
        err = read_keys(redis, prefix, name, &answer, info);
    for (size_t k = 0; err == ERR_OK && k < answer->n; k++) {
        err = redis_fate(answer->items[k], info);
        if (err == ERR_OK && (answer->items[k]->n > 0 || answer->items[k]->type == REDIS_TEXT)) {
            *found = true;
            err = layout_load(c, (int)k, answer->items[k], info);
        }
    }
    if (err == ERR_OK)
        layout_loaded(c);
    return err;
}

enum err creator_known(struct redis *redis, const char *namespace_, int32_t lane, struct bytes name,
                       struct creator *c, struct err_info *info)
{
    bool found = false;
    enum err err = creator_read(redis, namespace_, lane, name, c, &found, info);
    if (err != ERR_OK || found)
        return err;
    return err_set(info, ERR_NOT_FOUND, "no_creator",
                   "nothing is known of creator \"%.*s\" in namespace \"%s\"", (int)name.len, name.ptr,
                   namespace_);
}

enum err index_names(struct redis *redis, const char *prefix, int slot, struct buffer *names,
                     struct err_info *info)
{
    char key[192];
    const struct redis_answer *answer;
    snprintf(key, sizeof key, "%si:%d", prefix, slot);
    enum err err = ask(redis, (struct bytes[]){BYTES("GET"), bytes_of(key)}, 2, &answer, info);
    names->len = 0;
    if (err == ERR_OK && answer->type == REDIS_TEXT)
        buffer_add(names, answer->text.ptr, answer->text.len);
    return err;
}

enum err creators_each(struct redis *redis, const char *namespace_, int32_t lane, creator_taker *take,
                       void *arg, struct err_info *info)
{
    char prefix[160];
    struct buffer names = {0};
    enum err err = creators_prefix(redis, namespace_, lane, prefix, sizeof prefix, info);
    for (int slot = 0; slot < LANE_INDEX_SLOTS && err == ERR_OK; slot++) {
        err = index_names(redis, prefix, slot, &names, info);
        for (struct bytes rest = {names.data, names.len}, name;
             err == ERR_OK && lane_index_next(&rest, &name);)
            err = take(arg, lane, name, info);
    }
    buffer_free(&names);
    return err;
}

enum err creator_live(struct redis *redis, const char *namespace_, struct bytes name, struct creator *c,
                      int32_t *lane, struct fence *fence, struct err_info *info)
{
    int32_t lanes;
    enum err err = lanes_count(redis, namespace_, &lanes, info);
    if (err != ERR_OK)
        return err;
    *lane = lane_of(name, lanes);
    err = fence_of(redis, namespace_, *lane, fence, info);
    if (err == ERR_OK)
        err = creator_known(redis, namespace_, *lane, name, c, info);
    if (err == ERR_OK && creator_gone(c))
        err = err_set(info, ERR_NOT_FOUND, "erased", "creator \"%.*s\" was erased", (int)name.len, name.ptr);
    return err;
}
