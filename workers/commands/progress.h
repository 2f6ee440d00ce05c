/* progress: the bar on stderr of commands that go on for a while: share, records, time to go. Silent when
 * stderr is no terminal. */
#ifndef COMMANDS_PROGRESS_H
#define COMMANDS_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
    int64_t started_ms, shown_ms;
};

struct progress progress_start(void);
/* progress_show: at most five times a second, and always when it is the last one. done: 0..1. */
void progress_show(struct progress *progress, double done, int64_t records, bool last);

#endif
