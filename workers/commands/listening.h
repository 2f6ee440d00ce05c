/* listening: the thread of a process that reads the small compacted topics which every process reads whole:
 * peer tables, campaigns. Who listens gets each record, and a turn of the thread to make something of them.
 */
#ifndef COMMANDS_LISTENING_H
#define COMMANDS_LISTENING_H

#include "microflux/kafka.h"
#include "options.h"

struct listener {             /* borrowed as long as the listening */
    const char *topic, *away; /* away: the event word of the log while it cannot be read */
    void *owner;
    void (*take)(void *owner, const struct kafka_record *record); /* of a key the last one is in force */
    void (*turn)(void *owner, bool whole); /* whole: all was taken that was there at first */
};

struct listening;
/* listening_start: waits until every topic was read, or for 3 s: the workers' first scores then know them. */
struct listening *listening_start(const struct config *config, const struct listener *listeners, size_t n);
void listening_stop(struct listening *listening); /* takes NULL */

/* say_once: a change of state is said once: *trouble is its word, "" while all is well. */
void say_once(char trouble[32], const char *event, const struct err_info *why);

#endif
