/* cache: the lane's subjects in memory. The lane is their only writer, so what is here is the truth while the
 * fence holds. Subjects that Redis does not know yet, wait for a load or owe an output stay; the rest leave
 * by the clock hand when the limit is passed. */
#include <stdlib.h>

#include "lane_room.h"

static char *subject_key_room(struct subject *s, const struct lane_kind *kind)
{
    return s->state + kind->state_size;
}

struct subject *cache_find(const struct cache *cache, struct bytes key, uint64_t hash)
{
    return (struct subject *)map_find(&cache->map, key, hash);
}

struct subject *cache_add(struct cache *cache, const struct lane_kind *kind, struct bytes key, uint64_t hash)
{
    struct subject *s = calloc(1, sizeof *s + kind->state_size + key.len);
    if (!s)
        abort();
    memcpy(subject_key_room(s, kind), key.ptr, key.len);
    s->head = (struct map_entry){hash, {subject_key_room(s, kind), key.len}};
    kind->init(s->state);
    if (cache->n == cache->cap) {
        cache->cap = cache->cap ? cache->cap * 2 : 1024;
        cache->all = realloc(cache->all, cache->cap * sizeof *cache->all);
        if (!cache->all)
            abort();
    }
    s->index = (uint32_t)cache->n;
    cache->all[cache->n++] = s;
    map_add(&cache->map, &s->head);
    cache_account(cache, kind, s);
    return s;
}

void cache_account(struct cache *cache, const struct lane_kind *kind, struct subject *s)
{
    size_t bytes = sizeof *s + s->head.key.len + kind->bytes(s->state);
    cache->bytes += bytes - s->bytes;
    s->bytes = bytes;
}

static void subject_free(const struct lane_kind *kind, struct subject *s)
{
    kind->clear(s->state);
    free(s->trace);
    for (struct waiting_record *w = s->first_waiting, *next; w; w = next) {
        next = w->next;
        free(w);
    }
    free(s);
}

static bool can_leave(const struct subject *s)
{
    return !s->changed && !s->queued && !s->loads_owed && !s->throttled && !s->first_waiting;
}

static void cache_remove(struct cache *cache, const struct lane_kind *kind, struct subject *s)
{
    map_remove(&cache->map, &s->head);
    cache->bytes -= s->bytes;
    cache->all[s->index] = cache->all[--cache->n];
    cache->all[s->index]->index = s->index;
    subject_free(kind, s);
}

size_t cache_evict(struct cache *cache, const struct lane_kind *kind, size_t limit)
{
    size_t gone = 0;
    for (size_t steps = 2 * cache->n; cache->bytes > limit && steps > 0 && cache->n > 0; steps--) {
        if (cache->hand >= cache->n)
            cache->hand = 0;
        struct subject *s = cache->all[cache->hand];
        if (!can_leave(s) || s->recent) {
            s->recent = false;
            cache->hand++;
        } else {
            cache_remove(cache, kind, s);
            gone++;
        }
    }
    return gone;
}

void cache_clear(struct cache *cache, const struct lane_kind *kind)
{
    for (size_t i = 0; i < cache->n; i++)
        subject_free(kind, cache->all[i]);
    free(cache->all);
    map_free(&cache->map);
    *cache = (struct cache){0};
}

/* Copies what is borrowed to *room; null stays null. */
static void keep(struct bytes *part, char **room)
{
    if (!part->ptr)
        return;
    memcpy(*room, part->ptr, part->len);
    part->ptr = *room;
    *room += part->len;
}

void subject_wait(struct subject *s, const struct kafka_record *record)
{
    struct waiting_record *w = malloc(sizeof *w + record->key.len + record->value.len);
    if (!w)
        abort();
    char *room = (char *)(w + 1);
    *w = (struct waiting_record){NULL, *record};
    w->record.native = NULL;
    keep(&w->record.key, &room);
    keep(&w->record.value, &room);
    if (s->last_waiting)
        s->last_waiting->next = w;
    else
        s->first_waiting = w;
    s->last_waiting = w;
}
