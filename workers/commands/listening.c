/* listening: one thread a process, one broadcast a listener, read in turn. Nothing here is in a record's way:
 * what fails is said once and tried again. */
#include "listening.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "microflux/clock.h"
#include "microflux/log.h"

#define TURN_MS    500
#define FIRST_MS   3000  /* that the workers wait at the start */
#define MISSING_MS 10000 /* without the topic */
#define AWAY_MS    1000

struct ear {
    const struct listener *listener;
    struct broadcast *broadcast;
    int64_t look_ms; /* monotonic: not tried again before */
    char away[32];   /* word of what was said last; "": all is well */
    bool has_looked;
};

struct listening {
    struct ear *ears;
    size_t n;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t looked; /* all_looked */
    bool all_looked;
    atomic_bool stop;
};

void say_once(char trouble[32], const char *event, const struct err_info *why)
{
    if (strcmp(trouble, why->word) != 0)
        log_warn(event, "reason=%s message=\"%s\"", why->word, why->sentence);
    snprintf(trouble, 32, "%s", why->word);
}

static void look(struct ear *ear, int turn_ms)
{
    struct err_info info;
    int64_t now = clock_mono_ms();
    if (now < ear->look_ms) {
        nanosleep(&(struct timespec){.tv_nsec = turn_ms * 1000000L}, NULL);
        return;
    }
    enum err err = broadcast_turn(ear->broadcast, ear->has_looked ? turn_ms : 50, &info);
    if (err != ERR_OK) {
        ear->look_ms = now + (err == ERR_NOT_FOUND ? MISSING_MS : AWAY_MS);
        say_once(ear->away, ear->listener->away, &info);
        ear->has_looked = true;
    } else if (broadcast_whole(ear->broadcast)) {
        ear->away[0] = 0;
        ear->has_looked = true;
    }
}

static void *run(void *arg)
{
    struct listening *l = arg;
    while (!atomic_load(&l->stop)) {
        bool all = true;
        for (size_t i = 0; i < l->n; i++) {
            struct ear *ear = &l->ears[i];
            look(ear, TURN_MS / (int)l->n);
            ear->listener->turn(ear->listener->owner, broadcast_whole(ear->broadcast));
            all &= ear->has_looked;
        }
        pthread_mutex_lock(&l->lock);
        l->all_looked = all;
        pthread_cond_signal(&l->looked);
        pthread_mutex_unlock(&l->lock);
    }
    return NULL;
}

static void wait_for_first_look(struct listening *l)
{
    struct timespec until;
    int err = 0;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += FIRST_MS / 1000;
    pthread_mutex_lock(&l->lock);
    while (!l->all_looked && err == 0)
        err = pthread_cond_timedwait(&l->looked, &l->lock, &until);
    pthread_mutex_unlock(&l->lock);
}

struct listening *listening_start(const struct config *config, const struct listener *listeners, size_t n)
{
    struct listening *l = calloc(1, sizeof *l);
    if (l)
        l->ears = calloc(n, sizeof *l->ears);
    if (!l || !l->ears)
        abort();
    for (; l->n < n; l->n++) {
        const struct listener *listener = &listeners[l->n];
        l->ears[l->n].listener = listener;
        l->ears[l->n].broadcast = broadcast_open(&(struct broadcast_options){
            kafka_pairs_of(config), config->n_kafka, listener->topic, listener->owner, listener->take});
    }
    pthread_mutex_init(&l->lock, NULL);
    pthread_cond_init(&l->looked, NULL);
    if (pthread_create(&l->thread, NULL, run, l) != 0)
        abort();
    wait_for_first_look(l);
    return l;
}

void listening_stop(struct listening *l)
{
    if (!l)
        return;
    atomic_store(&l->stop, true);
    pthread_join(l->thread, NULL);
    for (size_t i = 0; i < l->n; i++)
        broadcast_close(l->ears[i].broadcast);
    pthread_cond_destroy(&l->looked);
    pthread_mutex_destroy(&l->lock);
    free(l->ears);
    free(l);
}
