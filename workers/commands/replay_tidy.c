/* replay_tidy: removes the creators of a lane that nobody serves any more: after a swap those that were live
 * before, or those of a replay that was given up. Through the index, slot by slot: a removal that was
 * interrupted is done again. */
#include <inttypes.h>
#include <stdio.h>

#include "creators.h"
#include "replay.h"

/* One UNLINK for all keys of a name; nothing blocks. */
static enum err unlink_creator(struct redis *redis, const char *prefix, struct bytes name,
                               struct err_info *info)
{
    struct buffer keys[N_CREATOR_KEYS] = {0};
    struct bytes args[1 + N_CREATOR_KEYS] = {BYTES("UNLINK")};
    const struct redis_answer *answer;
    for (int k = 0; k < N_CREATOR_KEYS; k++) {
        buffer_printf(&keys[k], "%s%s:%.*s", prefix, creator_key_names[k], (int)name.len, name.ptr);
        args[1 + k] = (struct bytes){keys[k].data, keys[k].len};
    }
    enum err err = redis_call(redis, args, 1 + N_CREATOR_KEYS, &answer, info);
    for (int k = 0; k < N_CREATOR_KEYS; k++)
        buffer_free(&keys[k]);
    return err == ERR_OK ? redis_fate(answer, info) : err;
}

static enum err unlink_key(struct redis *redis, const char *prefix, const char *word, struct err_info *info)
{
    char key[192];
    const struct redis_answer *answer;
    snprintf(key, sizeof key, "%s%s", prefix, word);
    enum err err = redis_call(redis, (struct bytes[]){BYTES("UNLINK"), bytes_of(key)}, 2, &answer, info);
    return err == ERR_OK ? redis_fate(answer, info) : err;
}

static enum err remove_creators(struct redis *redis, const char *namespace_, int32_t lane, int64_t *creators,
                                struct err_info *info)
{
    char prefix[160], word[16];
    struct buffer names = {0};
    enum err err = ERR_OK;
    lane_prefix(namespace_, lane, prefix, sizeof prefix);
    for (int slot = 0; slot < LANE_INDEX_SLOTS && err == ERR_OK; slot++) {
        err = index_names(redis, prefix, slot, &names, info);
        for (struct bytes rest = {names.data, names.len}, name;
             err == ERR_OK && lane_index_next(&rest, &name);) {
            err = unlink_creator(redis, prefix, name, info);
            ++*creators;
        }
        snprintf(word, sizeof word, "i:%d", slot);
        if (err == ERR_OK && names.len)
            err = unlink_key(redis, prefix, word, info);
    }
    buffer_free(&names);
    return err == ERR_OK ? unlink_key(redis, prefix, PEERS_KEY, info) : err;
}

static enum err remove_fence(struct redis *redis, const char *namespace_, int32_t lane, struct err_info *info)
{
    char prefix[160];
    lane_prefix(namespace_, lane, prefix, sizeof prefix);
    return unlink_key(redis, prefix, "fence", info);
}

/* Where the live lane lay before, unless somebody builds there again. An earlier replay left its note there,
 * which goes last. */
static enum err tidy_lane(struct replay *r, int32_t lane, int64_t *creators, struct err_info *info)
{
    const char *was = r->lanes[lane].was;
    struct fence fence;
    bool own = strcmp(was, r->config->namespace_) == 0;
    enum err err = own ? ERR_REFUSED : fence_of(r->redis, was, lane, &fence, info);
    if (err == ERR_OK)
        return ERR_OK;
    if (err != ERR_NOT_FOUND && err != ERR_REFUSED)
        return err;
    err = remove_creators(r->redis, was, lane, creators, info);
    return err == ERR_OK && !own ? remove_fence(r->redis, was, lane, info) : err;
}

enum err replay_tidy(struct replay *r, int64_t *creators, struct err_info *info)
{
    enum err err = ERR_OK;
    for (int32_t lane = 0; lane < r->n_lanes && err == ERR_OK; lane++)
        if (r->lanes[lane].swapped)
            err = tidy_lane(r, lane, creators, info);
    return err;
}

enum err replay_abandon(struct replay *r, int64_t *creators, struct err_info *info)
{
    enum err err = ERR_OK;
    for (int32_t lane = 0; lane < r->n_lanes && err == ERR_OK; lane++) {
        const struct replay_lane *l = &r->lanes[lane];
        if (l->has_live && strcmp(l->live.data, r->into) == 0)
            continue;                                      /* it is the live one */
        err = remove_fence(r->redis, r->into, lane, info); /* first: whoever still builds is refused */
        if (err == ERR_OK)
            err = remove_creators(r->redis, r->into, lane, creators, info);
    }
    return err;
}
