/* live_peers: one table and its serial number under a lock; who has the newest one already takes no lock. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "microflux/score_worker.h"

struct live_peers {
    pthread_mutex_t lock; /* of the table */
    struct peer_table table;
    atomic_uint_fast64_t serial;
};

struct live_peers *live_peers_open(void)
{
    struct live_peers *live = calloc(1, sizeof *live);
    if (!live)
        abort();
    pthread_mutex_init(&live->lock, NULL);
    return live;
}

void live_peers_close(struct live_peers *live)
{
    if (!live)
        return;
    pthread_mutex_destroy(&live->lock);
    free(live);
}

void live_peers_set(struct live_peers *live, const struct peer_table *table)
{
    pthread_mutex_lock(&live->lock);
    live->table = *table;
    atomic_fetch_add_explicit(&live->serial, 1, memory_order_release);
    pthread_mutex_unlock(&live->lock);
}

bool live_peers_newer(struct live_peers *live, uint64_t *seen, struct peer_table *table)
{
    if (atomic_load_explicit(&live->serial, memory_order_acquire) == *seen)
        return false;
    pthread_mutex_lock(&live->lock);
    *table = live->table;
    *seen = atomic_load_explicit(&live->serial, memory_order_relaxed);
    pthread_mutex_unlock(&live->lock);
    return true;
}
