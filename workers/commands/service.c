/* service: signals are blocked before any thread starts; main alone waits for them. The first one drains, a
 * second one leaves at once. */
#include "service.h"

#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <time.h>

#include "microflux/log.h"

#define MINUTE_S 60

static void signals(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGTERM);
    sigaddset(set, SIGINT);
}

void service_begin(const struct config *config)
{
    sigset_t set;
    log_setup(strcmp(config->log_level, "debug") == 0   ? LOG_LEVEL_DEBUG
              : strcmp(config->log_level, "warn") == 0  ? LOG_LEVEL_WARN
              : strcmp(config->log_level, "error") == 0 ? LOG_LEVEL_ERROR
                                                        : LOG_LEVEL_INFO,
              strcmp(config->log_format, "json") == 0);
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

void service_wait(void (*every_minute)(const void *arg), const void *arg)
{
    sigset_t set;
    signals(&set);
    while (sigtimedwait(&set, NULL, &(struct timespec){.tv_sec = MINUTE_S}) < 0)
        every_minute(arg);
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}
