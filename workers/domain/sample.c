/* sample: the 64 distinct actors with the smallest hashes, which is a fair sample of all of them and a
 * function of the set. What is known of one merges the same in any order: the larger P(fake), the smallest
 * hash of the posts acted on, and whether there was another. */
#include <stdlib.h>
#include <string.h>

#include "microflux/actors.h"

bool sample_admits(const struct sample *s, uint64_t hash48)
{
    return s->n < SAMPLE || hash48 <= s->actors[SAMPLE - 1].hash;
}

static void make_room(struct sample *s)
{
    if (s->n < s->cap)
        return;
    s->cap = s->cap ? (uint8_t)(s->cap * 2) : 4;
    s->actors = realloc(s->actors, s->cap * sizeof *s->actors);
    if (!s->actors)
        abort();
}

static bool same(const struct sampled *a, const struct sampled *b)
{
    return a->hash == b->hash && a->post == b->post && a->fake == b->fake && a->known == b->known;
}

static bool merge(struct sampled *kept, const struct sampled *more)
{
    struct sampled before = *kept;
    if (more->known & ACTOR_FAKE && more->fake > kept->fake)
        kept->fake = more->fake;
    if (kept->known & more->known & ACTOR_POST && kept->post != more->post)
        kept->known |= ACTOR_MORE;
    if (more->known & ACTOR_POST && (!(kept->known & ACTOR_POST) || more->post < kept->post))
        kept->post = more->post;
    kept->known |= more->known;
    return !same(kept, &before);
}

bool sample_add(struct sample *s, const struct sampled *actor)
{
    uint8_t at = s->n;
    if (!sample_admits(s, actor->hash))
        return false;
    while (at > 0 && s->actors[at - 1].hash >= actor->hash)
        at--;
    if (at < s->n && s->actors[at].hash == actor->hash)
        return merge(&s->actors[at], actor);
    if (s->n == SAMPLE)
        s->n--; /* the largest hash leaves for good */
    make_room(s);
    memmove(s->actors + at + 1, s->actors + at, (size_t)(s->n - at) * sizeof *s->actors);
    s->actors[at] = *actor;
    s->n++;
    return true;
}

void sample_free(struct sample *s)
{
    free(s->actors);
    *s = (struct sample){0};
}
