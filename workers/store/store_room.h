/* store_room: what the files of this room share. */
#ifndef STORE_ROOM_H
#define STORE_ROOM_H

#include <hiredis/hiredis.h>

#include "microflux/redis.h"

/* The answers of one top-level reply live in an arena that is reset when the next one begins: +QUEUED costs
 * nothing. */
struct arena_block {
    struct arena_block *next;
    size_t used, size;
    char data[];
};

struct arena {
    struct arena_block *first, *now;
};

void *arena_take(struct arena *arena, size_t size);
void arena_reset(struct arena *arena);
void arena_free(struct arena *arena);

/* answer_reader: hiredis' parser making struct redis_answer in the arena. */
redisReader *answer_reader(struct arena *arena);

#endif
