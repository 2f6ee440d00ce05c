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
    if (fence->told > fence->as_of)
        buffer_printf(out, " told=%" PRId64, fence->told);
    if (fence->events)
        buffer_printf(out, " events=%" PRId64, fence->events);
    if (fence->data[0])
        buffer_printf(out, " data=%s", fence->data);
}

int64_t fence_now(const struct fence *fence)
{
    return fence->told > fence->as_of ? fence->told : fence->as_of;
}

void fence_write_swapped(const char *into, const char *was, struct buffer *out)
{
    out->len = 0;
    buffer_printf(out, "1 swapped into=%s was=%s", into, was);
}

static bool copy_of(struct bytes text, char copy[1024])
{
    if (text.len >= 1024)
        return false;
    memcpy(copy, text.ptr, text.len);
    copy[text.len] = 0;
    return true;
}

bool fence_swapped(struct bytes text, char *into, char *was)
{
    char copy[1024];
    return copy_of(text, copy) && sscanf(copy, "1 swapped into=%63s was=%63s", into, was) == 2;
}

/* What stands behind the positions, each only when there is something to say. */
static bool read_rest(const char *p, struct fence *fence)
{
    int used = 0;
    if (sscanf(p, " told=%" SCNd64 "%n", &fence->told, &used) == 1 && used)
        p += used;
    used = 0;
    if (sscanf(p, " events=%" SCNd64 "%n", &fence->events, &used) == 1 && used)
        p += used;
    used = 0;
    if (sscanf(p, " data=%63s%n", fence->data, &used) == 1 && used)
        p += used;
    return *p == 0;
}

enum err fence_read(struct bytes text, struct fence *fence, struct err_info *info)
{
    char copy[1024], into[LANE_NAMESPACE], was[LANE_NAMESPACE];
    *fence = (struct fence){0};
    if (fence_swapped(text, into, was))
        return err_set(info, ERR_REFUSED, "swapped",
                       "the counters of this namespace became those of namespace \"%s\": work there", into);
    int used = 0;
    if (!copy_of(text, copy))
        goto unreadable;
    if (sscanf(copy,
               "1 P=%" SCNd32 " epoch=%" SCNd32 " token=%" SCNx64 " gen=%" SCNx64 " as_of=%" SCNd64
               " sweep=%" SCNd64 "%n",
               &fence->partitions, &fence->epoch, &fence->token, &fence->generation, &fence->as_of,
               &fence->sweep, &used) != 6)
        goto unreadable;
    const char *p = copy + used;
    for (; p[0] == ' ' && p[1] >= '0' && p[1] <= '9'; p += used) {
        struct fence_position at;
        size_t input;
        used = 0;
        if (sscanf(p, " %zu=%" SCNd64 ",%" SCNd64 ",%" SCNd64 ",%" SCNx64 "%n", &input, &at.applied,
                   &at.published, &at.timestamp, &at.hash, &used) != 5 ||
            used == 0 || input != fence->n || input >= LANE_INPUTS)
            goto unreadable;
        fence->at[fence->n++] = at;
    }
    if (read_rest(p, fence))
        return ERR_OK;
unreadable:
    return err_set(
        info, ERR_REFUSED, "fence_unreadable",
        "the fence in Redis is not one of this version: \"%.*s\"; another program may use the same namespace",
        (int)text.len, text.ptr);
}
