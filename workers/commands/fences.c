/* fences: one GET a lane. */
#include "fences.h"

#include <stdio.h>

void lane_prefix(const char *namespace_, int32_t lane, char *prefix, size_t size)
{
    char tag[24];
    lane_tag(lane, tag, sizeof tag);
    snprintf(prefix, size, "mf:%s:score:{%s}:", namespace_, tag);
}

enum err fence_of(struct redis *redis, const char *namespace_, int32_t lane, struct fence *fence,
                  struct err_info *info)
{
    char key[192];
    const struct redis_answer *answer;
    lane_prefix(namespace_, lane, key, sizeof key - 8);
    strcat(key, "fence");
    enum err err = redis_call(redis, (struct bytes[]){BYTES("GET"), bytes_of(key)}, 2, &answer, info);
    if (err == ERR_OK)
        err = redis_fate(answer, info);
    if (err == ERR_OK && answer->type != REDIS_TEXT)
        err = err_set(info, ERR_NOT_FOUND, "no_fence", "lane %d has no fence in namespace \"%s\"", lane,
                      namespace_);
    return err == ERR_OK ? fence_read(answer->text, fence, info) : err;
}
