/* map: an open-addressing table from 64-bit hash + key bytes to a pointer. The owner keeps the entries. */
#ifndef MICROFLUX_MAP_H
#define MICROFLUX_MAP_H

#include <stddef.h>
#include <stdint.h>

#include "microflux/bytes.h"

/* Entries begin with this head; the key bytes live as long as the entry. */
struct map_entry {
    uint64_t hash;
    struct bytes key;
};

struct map_slot { /* the hash beside the pointer: another entry's memory is not touched to tell it apart */
    uint64_t hash;
    struct map_entry *entry; /* NULL: free */
};

struct map {
    struct map_slot *slots; /* capacity is a power of two */
    size_t capacity, n;
};

/* A look-up that is coming: map_prefetch asks for the slot's memory; map_guess, a little later, says which
 * entry it will most likely find, without touching it. NULL: none, or not near its own slot. */
static inline void map_prefetch(const struct map *map, uint64_t hash)
{
    if (map->capacity)
        __builtin_prefetch(&map->slots[hash & (map->capacity - 1)]);
}

static inline struct map_entry *map_guess(const struct map *map, uint64_t hash)
{
    for (size_t i = 0; map->capacity && i < 8; i++) {
        const struct map_slot *slot = &map->slots[(hash + i) & (map->capacity - 1)];
        if (!slot->entry || slot->hash == hash)
            return slot->entry;
    }
    return NULL;
}

struct map_entry *map_find(const struct map *map, struct bytes key, uint64_t hash); /* NULL: not there */
void map_add(struct map *map, struct map_entry *entry);    /* must not be there yet */
void map_remove(struct map *map, struct map_entry *entry); /* must be there */
void map_free(struct map *map);                            /* the table only, not the entries */

#endif
