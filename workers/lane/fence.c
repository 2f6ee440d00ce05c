/* fence: the lane's one key as text. The text is canonical: equal fences have equal text, so that comparing
 * the bytes in Redis with the bytes last written compares everything. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "microflux/lane.h"

void fence_write(const struct fence *fence, struct buffer *out)
{
    out->len = 0;
    buffer_printf(out,
                  "1 P=%" PRId32 " epoch=%" PRId32 " token=%016" PRIx64 " gen=%016" PRIx64 " as_of=%" PRId64
                  " sweep=%" PRId64,
                  fence->partitions, fence->epoch, fence->token, fence->generation, fence->as_of,
                  fence->sweep);
    for (size_t i = 0; i < fence->n; i++)
        buffer_printf(out, " %zu=%" PRId64 ",%" PRId64 ",%" PRId64 ",%016" PRIx64, i, fence->at[i].applied,
                      fence->at[i].published, fence->at[i].timestamp, fence->at[i].hash);
}

enum err fence_read(struct bytes text, struct fence *fence, struct err_info *info)
{
    char copy[1024];
    *fence = (struct fence){0};
    if (text.len >= sizeof copy)
        goto unreadable;
    memcpy(copy, text.ptr, text.len);
    copy[text.len] = 0;
    int used = 0;
    if (sscanf(copy,
               "1 P=%" SCNd32 " epoch=%" SCNd32 " token=%" SCNx64 " gen=%" SCNx64 " as_of=%" SCNd64
               " sweep=%" SCNd64 "%n",
               &fence->partitions, &fence->epoch, &fence->token, &fence->generation, &fence->as_of,
               &fence->sweep, &used) != 6)
        goto unreadable;
    for (const char *p = copy + used; *p; p += used) {
        struct fence_position at;
        size_t input;
        used = 0;
        if (sscanf(p, " %zu=%" SCNd64 ",%" SCNd64 ",%" SCNd64 ",%" SCNx64 "%n", &input, &at.applied,
                   &at.published, &at.timestamp, &at.hash, &used) != 5 ||
            used == 0 || input != fence->n || input >= LANE_INPUTS)
            goto unreadable;
        fence->at[fence->n++] = at;
    }
    return ERR_OK;
unreadable:
    return err_set(
        info, ERR_REFUSED, "fence_unreadable",
        "the fence in Redis is not one of this version: \"%.*s\"; another program may use the same namespace",
        (int)text.len, text.ptr);
}
