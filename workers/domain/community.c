/* community: whether the same people come back, and whether they are answered (scoring.md §6). Who they are
 * is never known: actors are sampled by keyed hash. */
#include <math.h>

#include "domain_room.h"

void community_repeat(const struct sample *sample, struct community_value *value)
{
    int32_t more = 0;
    value->sampled = sample->n;
    for (uint8_t i = 0; i < sample->n; i++)
        more += (sample->actors[i].known & ACTOR_MORE) != 0;
    if (sample->n == 0)
        return;
    double share = (double)more / sample->n;
    value->repeat = (struct optional){share, true};
    value->repeat_error = (struct optional){sqrt(share * (1 - share) / sample->n), true};
}

struct part community_part(const struct methodology *m, struct optional repeat, struct optional reply,
                           int32_t sampled)
{
    double reply_weight = reply.there ? m->reply_weight : 0;
    double sum =
        m->repeat_weight * ramp(repeat.value, m->repeat) + reply_weight * ramp(reply.value, m->reply);
    return part_of(repeat.there, 100 * sum / (m->repeat_weight + reply_weight), sampled, m->community_k);
}

void community_evaluate(const struct creator *c, const struct sample *sample, const struct methodology *m,
                        struct community_value *value)
{
    community_repeat(sample, value);
    value->reply = comments_reply_share(c);
    value->part = community_part(m, value->repeat, value->reply, value->sampled);
}
