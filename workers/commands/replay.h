/* replay: what the files of this command share: what is known of each lane, read by replay_plan.c. */
#ifndef COMMANDS_REPLAY_H
#define COMMANDS_REPLAY_H

#include "fences.h"
#include "log_span.h"
#include "options.h"

struct replay_lane {
    struct fence live, built;
    bool has_live, has_built;
    bool swapped;             /* what was built is the live lane */
    char was[LANE_NAMESPACE]; /* where the live one lay before */
};

struct replay {
    const struct config *config;
    const char *topics[N_INPUTS];
    int n_inputs;
    const char *into, *from;
    bool json, no_swap;
    struct redis *redis;
    int32_t n_lanes;
    struct log_span *spans; /* n_inputs a lane */
    struct replay_lane *lanes;
};

/* replay_look: reads the fences of both namespaces again. */
enum err replay_look(struct replay *r, struct err_info *info) MF_MUST_CHECK;
/* replay_judge: ERR_REFUSED: it must not be done. */
enum err replay_judge(const struct replay *r, struct err_info *info) MF_MUST_CHECK;
void replay_print_plan(const struct replay *r);
/* replay_left: records still to be read, of *all. */
int64_t replay_left(const struct replay *r, int64_t *all);
bool replay_swapped(const struct replay *r); /* every lane */

/* replay_run: reads and swaps until all is done or a signal comes; the exit status. */
int replay_run(struct replay *r);

/* replay_tidy: removes what lay where the swapped lanes lay before; counts the creators. */
enum err replay_tidy(struct replay *r, int64_t *creators, struct err_info *info) MF_MUST_CHECK;
/* replay_abandon: removes what was built and not swapped. */
enum err replay_abandon(struct replay *r, int64_t *creators, struct err_info *info) MF_MUST_CHECK;

#endif
