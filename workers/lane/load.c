/* load: a subject that is not cached is asked of Redis: one HGETALL or GET a key, pipelined; the answers come
 * back in the order asked. */
#include <stdlib.h>

#include "lane_room.h"

/* The engine's own field (write_own_field). Without it, or of another generation: from before Redis was lost.
 */
static void read_own_field(struct lane *lane, struct subject *s, const struct redis_answer *hash)
{
    char text[40] = "", *told;
    for (size_t i = 0; i + 1 < hash->n; i += 2) {
        struct bytes value = hash->items[i + 1]->text;
        if (bytes_equal(hash->items[i]->text, BYTES("e")))
            memcpy(text, value.ptr, value.len < sizeof text ? value.len : sizeof text - 1);
    }
    s->stale = strtoull(text, &told, 16) != lane->fence.generation;
    s->indexed = !s->stale;
    s->told_known &= !s->stale && *told == ' ' && told[1] != '-';
    if (s->told_known)
        s->told = strtoull(told, NULL, 16);
}

static void on_load(void *arg, const struct redis_answer *answer)
{
    struct lane *lane = arg;
    struct subject *s = lane->loading[lane->loading_first];
    size_t key = lane->loading_key++;
    struct err_info info;
    if (lane->loading_key == lane->kind->n_keys) {
        lane->loading_key = 0;
        lane->loading_first++;
        lane->n_loading--;
    }
    bool whole = lane->kind->whole_keys >> key & 1;
    bool read = whole ? answer->type == REDIS_TEXT || answer->type == REDIS_NIL : answer->type == REDIS_ARRAY;
    if (!read) {
        if (redis_fate(answer, &info) == ERR_OK)
            (void)err_set(&info, ERR_WEATHER, "load", "Redis answers a load with something else");
        lane_trouble(lane, info.code, info.word, "%s", info.sentence);
        return;
    }
    if (lane->trouble.code != ERR_OK)
        return;
    if (key == 0)
        read_own_field(lane, s, answer);
    if (!s->stale && lane->kind->load(lane->self, s->state, (int)key, answer, &info) != ERR_OK)
        lane_trouble(lane, ERR_REFUSED, info.word, "state of %.*s: %s", (int)s->head.key.len, s->head.key.ptr,
                     info.sentence);
    else if (--s->loads_owed == 0)
        lane_loaded(lane, s);
}

void lane_ask_load(struct lane *lane, struct subject *s)
{
    if (lane->loading_first + lane->n_loading == lane->cap_loading) {
        if (lane->loading_first > 0) {
            memmove(lane->loading, lane->loading + lane->loading_first,
                    lane->n_loading * sizeof(struct subject *));
            lane->loading_first = 0;
        }
        if (lane->n_loading == lane->cap_loading) {
            lane->cap_loading = lane->cap_loading ? 2 * lane->cap_loading : 256;
            lane->loading = realloc(lane->loading, lane->cap_loading * sizeof(struct subject *));
            if (!lane->loading)
                abort();
        }
    }
    lane->loading[lane->loading_first + lane->n_loading++] = s;
    s->loads_owed = (uint8_t)lane->kind->n_keys;
    for (size_t key = 0; key < lane->kind->n_keys; key++) {
        redis_begin(lane->redis, 2, on_load, lane);
        redis_arg(lane->redis, lane->kind->whole_keys >> key & 1 ? BYTES("GET") : BYTES("HGETALL"));
        lane->scratch.len = 0;
        lane_key(lane, lane->kind->key_names[key], s->head.key, &lane->scratch);
        redis_arg(lane->redis, (struct bytes){lane->scratch.data, lane->scratch.len});
    }
    s->told_known = true; /* once caught up: before, Redis may have gone back behind what readers were told */
    for (size_t i = 0; i < lane->kind->n_inputs; i++)
        s->told_known &= lane->in[i].caught_up;
}
