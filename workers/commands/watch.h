/* watch: a command's output, once or again and again. */
#ifndef COMMANDS_WATCH_H
#define COMMANDS_WATCH_H

#include <stdbool.h>

/* watch: draws once and returns draw's exit status; with `again` every second, in place on a terminal, until
 * a signal ends the process or nobody reads any more. */
int watch(bool again, int (*draw)(void *arg), void *arg);

#endif
