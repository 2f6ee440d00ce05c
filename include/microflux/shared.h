/* shared: one immutable value that is replaced whole while other threads go on using the one they hold. The
 * last who holds a value that was replaced frees it.
 */
#ifndef MICROFLUX_SHARED_H
#define MICROFLUX_SHARED_H

#include <stdint.h>

struct shared;
/* shared_open: there is no value yet. free_value: how one is freed, from any thread. */
struct shared *shared_open(void (*free_value)(void *value));
void shared_close(struct shared *shared); /* when nobody holds a value any more; takes NULL */

/* shared_set: takes the value; it is the newest now. */
void shared_set(struct shared *shared, void *value);
/* shared_newest: gives the newest value (NULL: there is none) and lets go of `held`, the caller's from last
 * time (NULL: none). Who holds the newest one already takes no lock. *seen: 0 at first. */
const void *shared_newest(struct shared *shared, uint64_t *seen, const void *held);
void shared_release(struct shared *shared, const void *held); /* takes NULL */

#endif
