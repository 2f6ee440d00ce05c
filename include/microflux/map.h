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

struct map {
    struct map_entry **slots; /* capacity is a power of two */
    size_t capacity, n;
};

struct map_entry *map_find(const struct map *map, struct bytes key, uint64_t hash); /* NULL: not there */
void map_add(struct map *map, struct map_entry *entry);    /* must not be there yet */
void map_remove(struct map *map, struct map_entry *entry); /* must be there */
void map_free(struct map *map);                            /* the table only, not the entries */

#endif
