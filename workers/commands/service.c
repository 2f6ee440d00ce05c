/* service: signals are blocked before any thread starts; main alone waits for them. The first one drains, a
 * second one leaves at once. */
#include "service.h"

#include "options.h"

#include <pthread.h>
#include <signal.h>
#include <time.h>

#include "microflux/log.h"

#define MINUTE_S 60

static void signals(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGTERM);
    sigaddset(set, SIGINT);
    sigaddset(set, SIGHUP);
}

void service_begin(const struct config *config)
{
    sigset_t set;
    log_setup_of(config);
    signals(&set);
    sigaddset(&set, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    config_log_effective(config);
}

enum err service_open(enum err (*open)(void *arg, struct err_info *info), void *arg, const char *name,
                      const atomic_bool *stop, struct err_info *info)
{
    enum err err;
    bool said = false;
    while ((err = open(arg, info)) == ERR_WEATHER && !atomic_load(stop)) {
        if (!said)
            log_warn("start_waits", "worker=%s message=\"%s\"", name, info->sentence);
        said = true;
        nanosleep(&(struct timespec){.tv_nsec = 500000000}, NULL);
    }
    return err;
}

void service_wait(const struct service_watch *watch)
{
    sigset_t set;
    int signal;
    signals(&set);
    while ((signal = sigtimedwait(&set, NULL, &(struct timespec){.tv_sec = MINUTE_S})) < 0 ||
           signal == SIGHUP) {
        if (signal != SIGHUP)
            watch->every_minute(watch->arg);
        else if (watch->on_hangup)
            watch->on_hangup(watch->hangup_arg);
    }
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}
