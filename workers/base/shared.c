/* shared: the values that somebody holds, and the newest one, each with its number of holders under one lock.
 */
#include "microflux/shared.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

struct holding {
    struct holding *next; /* older */
    void *value;
    size_t holders; /* the newest one is held by us, too */
};

struct shared {
    pthread_mutex_t lock; /* of the list */
    struct holding *newest;
    void (*free_value)(void *value);
    atomic_uint_fast64_t serial;
};

struct shared *shared_open(void (*free_value)(void *value))
{
    struct shared *shared = calloc(1, sizeof *shared);
    if (!shared)
        abort();
    shared->free_value = free_value;
    pthread_mutex_init(&shared->lock, NULL);
    return shared;
}

/* Under the lock. */
static void let_go(struct shared *shared, const void *value)
{
    struct holding **at = &shared->newest;
    while (*at && (*at)->value != value)
        at = &(*at)->next;
    struct holding *holding = *at;
    if (!holding || --holding->holders > 0)
        return;
    *at = holding->next;
    shared->free_value(holding->value);
    free(holding);
}

void shared_close(struct shared *shared)
{
    if (!shared)
        return;
    if (shared->newest)
        let_go(shared, shared->newest->value);
    pthread_mutex_destroy(&shared->lock);
    free(shared);
}

void shared_set(struct shared *shared, void *value)
{
    struct holding *holding = malloc(sizeof *holding);
    if (!holding)
        abort();
    pthread_mutex_lock(&shared->lock);
    struct holding *before = shared->newest;
    *holding = (struct holding){before, value, 1};
    shared->newest = holding;
    if (before)
        let_go(shared, before->value);
    atomic_fetch_add_explicit(&shared->serial, 1, memory_order_release);
    pthread_mutex_unlock(&shared->lock);
}

const void *shared_newest(struct shared *shared, uint64_t *seen, const void *held)
{
    if (atomic_load_explicit(&shared->serial, memory_order_acquire) == *seen)
        return held;
    pthread_mutex_lock(&shared->lock);
    *seen = atomic_load_explicit(&shared->serial, memory_order_relaxed);
    const void *value = shared->newest->value;
    shared->newest->holders++;
    if (held)
        let_go(shared, held);
    pthread_mutex_unlock(&shared->lock);
    return value;
}

void shared_release(struct shared *shared, const void *held)
{
    if (!held)
        return;
    pthread_mutex_lock(&shared->lock);
    let_go(shared, held);
    pthread_mutex_unlock(&shared->lock);
}
