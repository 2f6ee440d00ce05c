/* measures: how scores and fits are spread over tiers, flags and gates, for metrics. No creator is told
 * apart. */
#include "score_room.h"

static const char *const reason_names[] = {"CHANGE", "SWEEP", "RECOVERY"};

void score_measures_init(struct score_measures *measures)
{
    histogram_init(&measures->authenticity, histogram_points);
    histogram_init(&measures->creator, histogram_points);
}

void score_measure(struct score_measures *measures, const struct score *score, enum lane_reason reason)
{
    tally_count(&measures->reasons, reason_names[reason]);
    tally_count(&measures->tiers, score->n_tiers && score->tiers[0].tier ? score->tiers[0].tier : "none");
    for (size_t i = 0; i < N_FLAGS; i++)
        if (score->flags[i].raised)
            tally_count(&measures->flags, flag_names[i]);
    if (score->authenticity.there)
        histogram_observe(&measures->authenticity, (int64_t)score->authenticity.score);
    if (score->creator.there)
        histogram_observe(&measures->creator, (int64_t)score->creator.score);
}

const void *score_measures(const void *self)
{
    return &((const struct score_worker *)self)->measures;
}
