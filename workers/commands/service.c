/* service: signals are blocked before any thread starts; main alone waits for them. The first one drains, a
 * second one leaves at once. */
#include "service.h"

#include "options.h"

#include <pthread.h>
#include <signal.h>
#include <time.h>

#include "microflux/clock.h"
#include "microflux/log.h"
#include "microflux/notify.h"

#define MINUTE_MS 60000

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

/* Waits for a signal until then, at most. */
static int signal_until(const sigset_t *set, int64_t until_ms)
{
    int64_t left = until_ms - clock_mono_ms();
    left = left > 0 ? left : 0;
    return sigtimedwait(set, NULL, &(struct timespec){left / 1000, left % 1000 * 1000000});
}

void service_wait(const struct service_watch *watch)
{
    sigset_t set;
    int signal;
    int64_t now = clock_mono_ms(), beat_ms = notify_watchdog_ms() / 2;
    int64_t minute = now + MINUTE_MS, beat = beat_ms ? now : INT64_MAX;
    signals(&set);
    notify("READY=1");
    while ((signal = signal_until(&set, beat < minute ? beat : minute)) < 0 || signal == SIGHUP) {
        now = clock_mono_ms();
        if (signal == SIGHUP && watch->on_hangup)
            watch->on_hangup(watch->hangup_arg);
        if (now >= minute) {
            watch->every_minute(watch->arg);
            minute = now + MINUTE_MS;
        }
        if (now >= beat) {
            if (!watch->alive || watch->alive(watch->alive_arg))
                notify("WATCHDOG=1");
            beat = now + beat_ms;
        }
    }
    notify("STOPPING=1");
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}
