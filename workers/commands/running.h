/* running: a worker and its thread. Signals must be blocked before the first is started; a worker that cannot
 * go on sends the process a SIGTERM. */
#ifndef COMMANDS_RUNNING_H
#define COMMANDS_RUNNING_H

#include <pthread.h>

#include "microflux/audience_worker.h"
#include "microflux/roster_worker.h"
#include "options.h"

struct running {
    pthread_t thread;
    struct worker_options options;
    struct worker *_Atomic *worker; /* this one's place among all */
    const atomic_bool *stop;
    const char *inputs[LANE_INPUTS], *outputs[LANE_OUTPUTS];
    struct lane_kind kind; /* of a score worker */
    struct audience_worker_options audience;
    struct roster_worker_options roster;
    enum err err;
    struct err_info info;
    char name[96];
};

/* running_prepare: a score worker: options from the configuration; they may be changed before running_start.
 * `setup` is borrowed as long as the worker. running_audience, running_roster: make it one of those. */
void running_prepare(struct running *r, const struct config *config, const struct score_setup *setup,
                     int index, struct worker *_Atomic *place, const atomic_bool *stop);
void running_audience(struct running *r, const struct config *config);
void running_roster(struct running *r, const struct config *config, const struct score_setup *setup);
void running_start(struct running *r);
/* running_join: after *stop: waits for the thread; the exit status, said on stderr when it is not 0. */
int running_join(struct running *r, const char *command);

#endif
