/* children: fork, exec, wait; nothing is left behind, also after Ctrl-C. A child dies with its parent
 * (PDEATHSIG). */
#include "children.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void nap_ms(long ms)
{
    nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000}, NULL);
}

enum err children_open(struct children *c, struct err_info *info)
{
    *c = (struct children){.n = 0};
    strcpy(c->folder, "/tmp/microflux-XXXXXX");
    if (!mkdtemp(c->folder))
        return err_set(info, ERR_IO, "folder", "cannot make a folder in /tmp: %s", strerror(errno));
    return ERR_OK;
}

static void become(const struct children *c, const char *log, char *const argv[])
{
    char path[128];
    sigset_t none;
    snprintf(path, sizeof path, "%s/%s", c->folder, log);
    int out = open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    setpgid(0, 0); /* Ctrl-C is the parent's to hear */
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    if (out >= 0) {
        dup2(out, 1);
        dup2(out, 2);
    }
    if (strcmp(argv[0], "microflux") == 0)
        execv("/proc/self/exe", argv);
    else
        execvp(argv[0], argv);
    fprintf(stderr, "cannot run %s: %s\n", argv[0], strerror(errno));
    _exit(127);
}

pid_t children_start(struct children *c, const char *log, char *const argv[])
{
    if (c->n == MOST_CHILDREN)
        return -1;
    pid_t pid = fork();
    if (pid == 0)
        become(c, log, argv);
    if (pid > 0)
        c->pids[c->n++] = pid;
    return pid;
}

bool children_alive(pid_t pid)
{
    return pid > 0 && waitpid(pid, NULL, WNOHANG) == 0;
}

void children_run(struct children *c, const char *log, char *const argv[])
{
    pid_t pid = children_start(c, log, argv);
    if (pid < 0)
        return;
    while (children_alive(pid))
        nap_ms(5);
    c->n--; /* nobody's any more */
}

static int remove_one(const char *path, const struct stat *stat, int flag, struct FTW *ftw)
{
    (void)stat, (void)flag, (void)ftw;
    return remove(path);
}

void children_close(struct children *c)
{
    for (int i = c->n - 1; i >= 0; i--) {
        if (!children_alive(c->pids[i]))
            continue; /* its number may be somebody else's by now */
        kill(c->pids[i], SIGTERM);
        for (int tries = 0; tries < 200 && children_alive(c->pids[i]); tries++)
            nap_ms(50);
        kill(c->pids[i], SIGKILL);
        waitpid(c->pids[i], NULL, 0);
    }
    c->n = 0;
    if (c->folder[0])
        nftw(c->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    c->folder[0] = 0;
}

enum err children_redis(struct children *c, char *address, struct err_info *info)
{
    char socket_path[80];
    struct stat there;
    snprintf(socket_path, sizeof socket_path, "%s/redis.sock", c->folder);
    snprintf(address, 96, "unix:%s", socket_path);
    char *argv[] = {"redis-server",
                    "--port",
                    "0",
                    "--unixsocket",
                    socket_path,
                    "--dir",
                    c->folder,
                    "--appendonly",
                    "yes",
                    "--appendfsync",
                    "everysec",
                    "--save",
                    "",
                    NULL};
    pid_t pid = children_start(c, "redis.log", argv);
    for (int tries = 0; tries < 200; tries++, nap_ms(25)) {
        if (stat(socket_path, &there) == 0)
            return ERR_OK;
        if (!children_alive(pid))
            break;
    }
    return err_set(info, ERR_WEATHER, "redis",
                   "redis-server did not start: is the package redis-server installed?");
}
