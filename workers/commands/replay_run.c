/* replay_run: workers as `run` has them, in a group and a namespace of their own, that publish nothing; a
 * lane that has caught up is swapped by its own worker (workers/lane/swap.c). Progress is read from the
 * fences, so several processes may share the work and any of them may be killed. */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "progress.h"
#include "replay.h"
#include "running.h"

#define LOOK_MS 200

struct crew {
    struct replay *replay;
    struct running *all;
    struct worker *_Atomic *workers;
    size_t n;
    int64_t *start;
    char group[256];
    atomic_bool stop;
};

static void start_all(struct crew *crew, const struct score_setup *setup)
{
    const struct replay *r = crew->replay;
    for (int32_t i = 0; i < r->n_lanes * r->n_inputs; i++)
        crew->start[i] = r->from ? r->spans[i].from : 0;
    snprintf(crew->group, sizeof crew->group, "%s.%s", r->config->group, r->into);
    for (size_t i = 0; i < crew->n; i++) {
        struct worker_options *o = &crew->all[i].options;
        running_prepare(&crew->all[i], r->config, setup, (int)i, &crew->workers[i], &crew->stop);
        o->group = crew->group;
        o->namespace_ = r->into;
        o->silent = true;
        o->swap_into = r->no_swap ? NULL : r->config->namespace_;
        o->start = crew->start;
        running_start(&crew->all[i]);
    }
}

/* Lanes of this process that stand at the end of their log, with all of it counted. ERR_REFUSED: one is held.
 */
static enum err count_ready(const struct crew *crew, int32_t *ready, struct err_info *info)
{
    *ready = 0;
    for (size_t w = 0; w < crew->n; w++) {
        struct worker *worker = atomic_load(crew->workers + w);
        struct lane_status *lanes = NULL;
        size_t n = worker ? worker_lanes(worker, &lanes) : 0, i = 0;
        for (; i < n && lanes[i].state != LANE_HELD; i++) {
            bool at_end = lanes[i].state == LANE_READING;
            for (int k = 0; k < crew->replay->n_inputs; k++)
                at_end &= lanes[i].in[k].lag == 0;
            *ready += at_end;
        }
        enum err err = i < n ? err_set(info, ERR_REFUSED, "lane_held",
                                       "lane %d cannot go on (%s): its sentence is above", lanes[i].partition,
                                       lanes[i].why)
                             : ERR_OK;
        free(lanes);
        if (err != ERR_OK)
            return err;
    }
    return ERR_OK;
}

static enum err look(struct crew *crew, struct progress *progress, bool *done, struct err_info *info)
{
    struct replay *r = crew->replay;
    int64_t all, left;
    int32_t ready;
    enum err err = replay_look(r, info);
    if (err == ERR_WEATHER) { /* a connection is done for after an error */
        redis_close(r->redis);
        r->redis = NULL;
    }
    if (err == ERR_OK)
        err = count_ready(crew, &ready, info);
    if (err != ERR_OK)
        return err;
    left = replay_left(r, &all);
    *done = r->no_swap ? left == 0 || ready == r->n_lanes : replay_swapped(r);
    progress_show(progress, all ? 1 - (double)left / (double)all : 1, all - left, *done);
    return ERR_OK;
}

/* True: a signal came. */
static bool wait_a_little(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    return sigtimedwait(&set, NULL, &(struct timespec){.tv_nsec = LOOK_MS * 1000000L}) > 0;
}

/* Redis away is waited for, as the workers do. */
static enum err wait_until_done(struct crew *crew, struct err_info *info)
{
    struct progress progress = progress_start();
    bool done = false;
    while (!done) {
        if (wait_a_little())
            return err_set(
                info, ERR_WEATHER, "interrupted",
                "stopped before the end; the same command goes on where it stood, --abandon removes "
                "what was built");
        enum err err = look(crew, &progress, &done, info);
        if (err != ERR_OK && err != ERR_WEATHER)
            return err;
    }
    return ERR_OK;
}

static int run_all(struct crew *crew, const struct score_setup *setup)
{
    struct err_info info;
    start_all(crew, setup);
    enum err err = wait_until_done(crew, &info);
    int status = 0;
    atomic_store(&crew->stop, true);
    for (size_t i = crew->n; i-- > 0;) {
        int one = running_join(&crew->all[i], "replay");
        status = one ? one : status;
    }
    for (size_t i = crew->n; i-- > 0;)
        worker_close(atomic_load(&crew->workers[i]));
    return err != ERR_OK ? complain("replay", &info) : status;
}

int replay_run(struct replay *r)
{
    struct score_setup setup;
    struct err_info info;
    size_t n = (size_t)r->config->workers;
    struct crew crew = {.replay = r,
                        .n = n,
                        .all = calloc(n, sizeof *crew.all),
                        .workers = calloc(n, sizeof *crew.workers),
                        .start = calloc((size_t)(r->n_lanes * r->n_inputs), sizeof *crew.start)};
    int status;
    if (!crew.all || !crew.workers || !crew.start)
        abort();
    if (score_setup_open(r->config, &setup, &info) != ERR_OK) {
        status = complain("replay", &info);
    } else {
        status = run_all(&crew, &setup);
        score_setup_close(&setup);
    }
    free(crew.start);
    free(crew.workers);
    free(crew.all);
    return status;
}
