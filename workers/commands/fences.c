/* fences: one GET a lane. */
#include "fences.h"

#include <stdio.h>

void lane_prefix(const char *namespace_, int32_t lane, char *prefix, size_t size)
{
    char tag[24];
    lane_tag(lane, tag, sizeof tag);
    snprintf(prefix, size, "mf:%s:score:{%s}:", namespace_, tag);
}

enum err fence_text(struct redis *redis, const char *namespace_, int32_t lane, struct buffer *text,
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
    text->len = 0;
    if (err == ERR_OK)
        buffer_add(text, answer->text.ptr, answer->text.len);
    return err;
}

enum err fence_of(struct redis *redis, const char *namespace_, int32_t lane, struct fence *fence,
                  struct err_info *info)
{
    struct buffer text = {0};
    enum err err = fence_text(redis, namespace_, lane, &text, info);
    if (err == ERR_OK)
        err = fence_read((struct bytes){text.data, text.len}, fence, info);
    buffer_free(&text);
    return err;
}
