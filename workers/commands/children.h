/* children: the processes a command starts beside itself, and the folder they work in. All of them end with
 * it. */
#ifndef COMMANDS_CHILDREN_H
#define COMMANDS_CHILDREN_H

#include <stdbool.h>
#include <sys/types.h>

#include "microflux/err.h"

#define MOST_CHILDREN 16

struct children {
    char folder[64];
    pid_t pids[MOST_CHILDREN];
    int n;
};

enum err children_open(struct children *c, struct err_info *info) MF_MUST_CHECK; /* makes the folder */
/* children_start: runs argv (NULL-terminated; argv[0] "microflux" = this very program), output to FOLDER/log.
 * -1: it could not. */
pid_t children_start(struct children *c, const char *log, char *const argv[]);
/* children_run: the same, until it has ended. */
void children_run(struct children *c, const char *log, char *const argv[]);
bool children_alive(pid_t pid);          /* reaps it when it has ended */
void children_close(struct children *c); /* SIGTERM, up to 10 s, SIGKILL; removes the folder */

/* children_redis: a redis-server in the folder on a Unix socket, AOF everysec; *address ("unix:…") has room
 * for 96 bytes. */
enum err children_redis(struct children *c, char *address, struct err_info *info) MF_MUST_CHECK;

#endif
