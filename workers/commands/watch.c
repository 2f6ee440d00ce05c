/* watch: see watch.h. */
#include "watch.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

int watch(bool again, int (*draw)(void *arg), void *arg)
{
    bool terminal = again && isatty(STDOUT_FILENO);
    int status;
    for (;;) {
        if (terminal)
            fputs("\033[H\033[2J", stdout);
        status = draw(arg);
        if (fflush(stdout) != 0 || !again)
            return status;
        nanosleep(&(struct timespec){.tv_sec = 1}, NULL);
    }
}
