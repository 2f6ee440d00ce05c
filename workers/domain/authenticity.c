/* authenticity: the parts of §4 that are not growth: who the audience is, whether engagement looks earned,
 * and how much of what is posted is paid for. */
#include <math.h>

#include "domain_room.h"

const char *const authenticity_part_names[N_AUTHENTICITY_PARTS] = {"audience", "engagement", "growth",
                                                                   "content"};
const char *const term_names[N_TERMS] = {"spread",  "step",      "rate_high",  "rate_low",
                                         "generic", "duplicate", "early_burst"};

/* Wilson's interval of a share p of n. */
static void wilson(double p, double n, double z, struct optional *low, struct optional *high)
{
    double centre = p + z * z / (2 * n), half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n));
    *low = (struct optional){(centre - half) / (1 + z * z / n), true};
    *high = (struct optional){(centre + half) / (1 + z * z / n), true};
}

void audience_evaluate(const struct sample *sample, const struct methodology *m, struct audience_value *value)
{
    int32_t n = 0, suspicious = 0, sum = 0;
    for (uint8_t i = 0; i < sample->n; i++) {
        if (!(sample->actors[i].known & ACTOR_FAKE))
            continue;
        n++;
        sum += sample->actors[i].fake;
        suspicious += sample->actors[i].fake >= 255 * m->suspicious_from;
    }
    value->base_rate = m->fake_base_rate;
    value->part = part_of(n > 0, n ? 100 * (1 - sum / 255.0 / n) : 0, n, m->audience_k);
    if (n == 0)
        return;
    value->suspicious = (struct optional){(double)suspicious / n, true};
    wilson(value->suspicious.value, n, m->wilson_z, &value->suspicious_low, &value->suspicious_high);
}

void rate_terms(const struct peer_cell *peers, struct score *s)
{
    if (!s->has_estimate || !peers)
        return;
    double highest = peers->quantiles[PEER_QUANTILES - 1], lowest = peers->quantiles[0];
    s->terms[TERM_RATE_HIGH] =
        (struct term_value){.there = true, .n = s->mature_posts, .x = log(s->estimate / highest)};
    s->terms[TERM_RATE_LOW] =
        (struct term_value){.there = true, .n = s->mature_posts, .x = log(lowest / s->estimate)};
}

struct part engagement_part(const struct methodology *m, struct term_value *terms, int32_t n_posts)
{
    double score = 100, seen = 0, all = 0;
    for (int i = 0; i < N_TERMS; i++) {
        all += m->terms[i].cap;
        if (!terms[i].there)
            continue;
        seen += m->terms[i].cap;
        terms[i].penalty = penalty(terms[i].x, m->terms[i]);
        score -= terms[i].penalty;
    }
    struct part part = part_of(seen > 0 && n_posts > 0, score > 0 ? score : 0, n_posts, m->engagement_k);
    part.confidence *= seen / all;
    return part;
}

struct part content_part(const struct methodology *m, int64_t posts, double saturation, double undisclosed)
{
    double score = 100 - penalty(saturation, m->saturation) - penalty(undisclosed, m->undisclosed);
    return part_of(posts >= m->content_least, score, (int32_t)posts, m->content_k);
}

void content_evaluate(const struct creator *c, const struct methodology *m, int64_t as_of, struct score *s)
{
    struct content_value *value = &s->content;
    for (size_t i = 0; i < c->n_posts; i++) {
        const struct post *post = &c->posts[i];
        if (post->deleted || as_of - post->posted_at > m->mature_until_ms)
            continue;
        value->ring_posts++;
        value->likely_posts += post->likely && !post_sponsored(post);
        if (post_sponsored(post) && value->newest_sponsored.kind == EVIDENCE_NONE)
            value->newest_sponsored = (struct place){EVIDENCE_POST, post->slot};
    }
    if (s->posts_90d >= m->saturation_least)
        value->saturation = (struct optional){(double)s->sponsored_90d / (double)s->posts_90d, true};
    if (value->ring_posts)
        value->undisclosed = (struct optional){(double)value->likely_posts / value->ring_posts, true};
    value->part = content_part(m, s->posts_90d, value->saturation.value, value->undisclosed.value);
}
