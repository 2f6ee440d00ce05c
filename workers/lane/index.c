/* index: the subjects of a lane, for the sweep and for tools: LANE_INDEX_SLOTS strings by hash of the name,
 * to which the names are appended as netstrings ("9:creator-7,") by the EXEC that writes a subject first. A
 * string, since an APPEND of many names costs Redis what one field of a hash costs. A name may stand there
 * twice (a lane that was rebuilt): it is then met twice. */
#include <stdlib.h>

#include "lane_room.h"

void lane_index_add(struct buffer *out, struct bytes name)
{
    buffer_add_int(out, (int64_t)name.len);
    buffer_add(out, ":", 1);
    buffer_add(out, name.ptr, name.len);
    buffer_add(out, ",", 1);
}

bool lane_index_next(struct bytes *text, struct bytes *name)
{
    int64_t len;
    struct bytes rest = *text;
    if (!bytes_int(&rest, &len) || len < 0 || rest.len < 2 || (size_t)len > rest.len - 2 ||
        rest.ptr[0] != ':' || rest.ptr[len + 1] != ',')
        return false;
    *name = (struct bytes){rest.ptr + 1, (size_t)len};
    *text = (struct bytes){rest.ptr + len + 2, rest.len - (size_t)len - 2};
    return true;
}

/* ---- the sweep's index: all newcomers of a commit, one APPEND a slot ---- */

void lane_newcomer(struct lane *lane, struct subject *s)
{
    if (lane->n_newcomers == lane->cap_newcomers) {
        lane->cap_newcomers = lane->cap_newcomers ? 2 * lane->cap_newcomers : 256;
        lane->newcomers = realloc(lane->newcomers, lane->cap_newcomers * sizeof(struct subject *));
        if (!lane->newcomers)
            abort();
    }
    lane->newcomers[lane->n_newcomers++] = s;
}

static unsigned slot_of(const struct subject *s)
{
    return (unsigned)(s->head.hash % LANE_INDEX_SLOTS);
}

static int by_slot(const void *a, const void *b)
{
    unsigned x = slot_of(*(struct subject *const *)a), y = slot_of(*(struct subject *const *)b);
    return x < y ? -1 : x > y;
}

static struct bytes index_key(struct lane *lane, unsigned slot)
{
    lane->scratch.len = 0;
    buffer_add(&lane->scratch, lane->prefix, lane->prefix_len);
    buffer_add(&lane->scratch, "i:", 2);
    buffer_add_int(&lane->scratch, slot);
    return (struct bytes){lane->scratch.data, lane->scratch.len};
}

void lane_write_index(struct lane *lane)
{
    struct subject **all = lane->newcomers;
    size_t n = lane->n_newcomers;
    if (n)
        qsort(all, n, sizeof *all, by_slot);
    for (size_t i = 0; i < n;) {
        unsigned slot = slot_of(all[i]);
        redis_begin(lane->redis, 3, NULL, NULL);
        redis_arg(lane->redis, BYTES("APPEND"));
        redis_arg(lane->redis, index_key(lane, slot));
        for (lane->scratch.len = 0; i < n && slot_of(all[i]) == slot; i++)
            lane_index_add(&lane->scratch, all[i]->head.key);
        redis_arg(lane->redis, (struct bytes){lane->scratch.data, lane->scratch.len});
    }
    lane->n_newcomers = 0;
}
