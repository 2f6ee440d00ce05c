/* answer: hiredis' parser with object functions of our own, so that a reply becomes struct redis_answer in an
 * arena and nothing is allocated or freed one by one. */
#include <stdlib.h>
#include <string.h>

#include "store_room.h"

#define BLOCK      (256 * 1024)
#define MOST_ITEMS (1 << 20) /* of one array: a server that announces more is none */

void *arena_take(struct arena *arena, size_t size)
{
    size = (size + 15) & ~(size_t)15;
    while (arena->now && arena->now->size - arena->now->used < size && arena->now->next) {
        arena->now = arena->now->next;
        arena->now->used = 0;
    }
    if (!arena->now || arena->now->size - arena->now->used < size) {
        size_t room = size > BLOCK ? size : BLOCK;
        struct arena_block *block = malloc(sizeof *block + room);
        if (!block)
            abort();
        *block = (struct arena_block){NULL, 0, room};
        if (arena->now)
            arena->now->next = block;
        else
            arena->first = block;
        arena->now = block;
    }
    void *p = arena->now->data + arena->now->used;
    arena->now->used += size;
    return p;
}

void arena_reset(struct arena *arena)
{
    arena->now = arena->first;
    if (arena->now)
        arena->now->used = 0;
}

void arena_free(struct arena *arena)
{
    for (struct arena_block *b = arena->first, *next; b; b = next) {
        next = b->next;
        free(b);
    }
    *arena = (struct arena){0};
}

static struct redis_answer *make(const redisReadTask *task, enum redis_type type)
{
    struct redis_answer *answer = arena_take(task->privdata, sizeof *answer);
    memset(answer, 0, sizeof *answer);
    answer->type = type;
    if (task->parent)
        ((struct redis_answer *)task->parent->obj)->items[task->idx] = answer;
    return answer;
}

static void *make_text(const redisReadTask *task, char *text, size_t len)
{
    enum redis_type type = task->type == REDIS_REPLY_ERROR    ? REDIS_ERROR
                           : task->type == REDIS_REPLY_STATUS ? REDIS_STATUS
                                                              : REDIS_TEXT;
    struct redis_answer *answer = make(task, type);
    char *copy = arena_take(task->privdata, len + 1);
    memcpy(copy, text, len);
    copy[len] = 0;
    answer->text = (struct bytes){copy, len};
    return answer;
}

static void *make_array(const redisReadTask *task, array_length n)
{
    if (n > MOST_ITEMS)
        return NULL; /* a protocol error to the parser */
    struct redis_answer *answer = make(task, REDIS_ARRAY);
    answer->n = n > 0 ? (size_t)n : 0;
    answer->items = arena_take(task->privdata, answer->n * sizeof *answer->items);
    memset(answer->items, 0, answer->n * sizeof *answer->items);
    return answer;
}

static void *make_integer(const redisReadTask *task, long long n)
{
    struct redis_answer *answer = make(task, REDIS_INT);
    answer->number = n;
    return answer;
}

static void *make_nil(const redisReadTask *task)
{
    return make(task, REDIS_NIL);
}

static void free_nothing(void *answer)
{
    (void)answer;
}

redisReader *answer_reader(struct arena *arena)
{
    static redisReplyObjectFunctions functions = {.createString = make_text,
                                                  .createArray = make_array,
                                                  .createInteger = make_integer,
                                                  .createNil = make_nil,
                                                  .freeObject = free_nothing};
    redisReader *reader = redisReaderCreateWithFunctions(&functions);
    if (!reader)
        abort();
    reader->privdata = arena;
    reader->maxbuf = 0; /* keep the buffer: it is used again and again */
    return reader;
}
