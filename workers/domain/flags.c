/* flags: a reason to look, never a verdict: published values above their thresholds, each with where to look
 * (scoring.md §4, §6, §8). */
#include "domain_room.h"

const char *const flag_names[N_FLAGS] = {"spread",      "step",       "growth_spike", "generic_comments",
                                         "early_burst", "saturation", "pod_like"};

static void raise_flag(const struct methodology *m, struct score *s, enum flag flag, bool there, double value,
                       struct place place)
{
    s->flags[flag] = (struct flag_value){there && value > m->flags[flag], value, m->flags[flag], place};
}

static void raise_of_term(const struct methodology *m, struct score *s, enum flag flag, enum term term)
{
    raise_flag(m, s, flag, s->terms[term].there, s->terms[term].x, s->terms[term].place);
}

/* Repetition alone is loyalty. */
static bool like_a_pod(const struct methodology *m, const struct score *s)
{
    const struct term_value *early = &s->terms[TERM_EARLY], *generic = &s->terms[TERM_GENERIC];
    return s->community.repeat.there && early->there && early->x > m->pod_early && generic->there &&
           generic->x > m->pod_generic;
}

void flags_raise(const struct methodology *m, struct score *s)
{
    raise_of_term(m, s, FLAG_SPREAD, TERM_SPREAD);
    raise_of_term(m, s, FLAG_STEP, TERM_STEP);
    raise_flag(m, s, FLAG_GROWTH_SPIKE, s->growth.z.there && !s->growth.benign, s->growth.z.value,
               (struct place){EVIDENCE_DAY, s->growth.spike_day});
    raise_of_term(m, s, FLAG_GENERIC, TERM_GENERIC);
    raise_of_term(m, s, FLAG_EARLY, TERM_EARLY);
    raise_flag(m, s, FLAG_SATURATION, s->content.saturation.there, s->content.saturation.value,
               s->content.newest_sponsored);
    raise_flag(m, s, FLAG_POD_LIKE, like_a_pod(m, s), s->community.repeat.value, s->terms[TERM_EARLY].place);
}
