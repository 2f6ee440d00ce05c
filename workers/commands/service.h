/* service: what commands that run until they are told to stop have in common. */
#ifndef COMMANDS_SERVICE_H
#define COMMANDS_SERVICE_H

#include <stdatomic.h>

#include "microflux/config.h"

/* service_begin: log, signals blocked, effective configuration said. Before any thread starts. */
void service_begin(const struct config *config);
/* service_open: open(), again and again while it says ERR_WEATHER (said once, under the worker's name) and
 * not *stop. */
enum err service_open(enum err (*open)(void *arg, struct err_info *info), void *arg, const char *name,
                      const atomic_bool *stop, struct err_info *info) MF_MUST_CHECK;
/* service_wait: tells systemd READY=1 and, in time for its watchdog, that we live; until SIGTERM or SIGINT;
 * every_minute, and on_hangup at each SIGHUP, meanwhile. A second signal ends the process at once. */
struct service_watch {
    void (*every_minute)(const void *arg);
    const void *arg;
    void (*on_hangup)(const void *arg); /* NULL: SIGHUP changes nothing */
    const void *hangup_arg;
    bool (*alive)(const void *arg); /* NULL: always; false: systemd's watchdog is not told WATCHDOG=1 */
    const void *alive_arg;
};
void service_wait(const struct service_watch *watch);

#endif
