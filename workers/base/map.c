/* map: linear probing, load at most 0.7, removal by moving back what follows: no tombstones, so look-ups stay
 * short. */
#include "microflux/map.h"

#include <assert.h>
#include <stdlib.h>

static size_t home(const struct map *map, uint64_t hash)
{
    return hash & (map->capacity - 1);
}

struct map_entry *map_find(const struct map *map, struct bytes key, uint64_t hash)
{
    if (map->capacity == 0)
        return NULL;
    for (size_t i = home(map, hash);; i = (i + 1) & (map->capacity - 1)) {
        const struct map_slot *slot = &map->slots[i];
        if (!slot->entry || (slot->hash == hash && bytes_equal(slot->entry->key, key)))
            return slot->entry;
    }
}

static void place(struct map *map, struct map_entry *entry)
{
    size_t i = home(map, entry->hash);
    while (map->slots[i].entry)
        i = (i + 1) & (map->capacity - 1);
    map->slots[i] = (struct map_slot){entry->hash, entry};
}

static void grow(struct map *map)
{
    struct map old = *map;
    map->capacity = old.capacity ? 2 * old.capacity : 64;
    map->slots = calloc(map->capacity, sizeof *map->slots);
    if (!map->slots)
        abort();
    for (size_t i = 0; i < old.capacity; i++)
        if (old.slots[i].entry)
            place(map, old.slots[i].entry);
    free(old.slots);
}

void map_add(struct map *map, struct map_entry *entry)
{
    if ((map->n + 1) * 10 > map->capacity * 7)
        grow(map);
    place(map, entry);
    map->n++;
}

void map_remove(struct map *map, struct map_entry *entry)
{
    size_t mask = map->capacity - 1, hole = home(map, entry->hash);
    while (map->slots[hole].entry != entry) {
        assert(map->slots[hole].entry);
        hole = (hole + 1) & mask;
    }
    for (size_t i = (hole + 1) & mask; map->slots[i].entry; i = (i + 1) & mask) {
        size_t wanted = home(map, map->slots[i].hash);
        if (((i - wanted) & mask) >=
            ((i - hole) & mask)) { /* it may stand in the hole: its home is not after it */
            map->slots[hole] = map->slots[i];
            hole = i;
        }
    }
    map->slots[hole] = (struct map_slot){0};
    map->n--;
}

void map_free(struct map *map)
{
    free(map->slots);
    *map = (struct map){0};
}
