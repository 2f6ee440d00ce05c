/* memory: a trainer without memory cannot go on. */
#include <stdlib.h>

#include "train_room.h"

void *memory(size_t n, size_t size)
{
    void *at = calloc(n ? n : 1, size);
    if (!at)
        abort();
    return at;
}

void *more_memory(void *at, size_t n, size_t *cap, size_t size)
{
    if (n < *cap)
        return at;
    *cap = *cap ? 2 * *cap : 64;
    at = realloc(at, *cap * size);
    if (!at)
        abort();
    return at;
}

void shuffle(uint32_t *x, size_t n, uint64_t *state)
{
    for (size_t i = n; i > 1; i--) {
        size_t j = random_below(state, i);
        uint32_t kept = x[i - 1];
        x[i - 1] = x[j];
        x[j] = kept;
    }
}
