/* actors: three slices of 14 days. A slot belongs to the newest slice seen for it, and values are taken over
 * the slices that as_of still covers, so that what is published is a function of the set of records. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "domain_room.h"

static void slice_clear(struct slice *slice)
{
    hll_free(&slice->hll);
    sample_free(&slice->sample);
}

struct slice *actors_slice(struct actors *a, int64_t occurred_at)
{
    int32_t number = (int32_t)(occurred_at / ACTOR_SLICE_MS);
    struct slice *slice = &a->slices[number % ACTOR_SLICES];
    if (slice->number > number)
        return NULL;
    if (slice->number < number) {
        slice_clear(slice);
        slice->number = number;
    }
    return slice;
}

/* The slice of as_of and the two before it. */
static bool covered(const struct slice *slice, int64_t as_of)
{
    int32_t now = (int32_t)(as_of / ACTOR_SLICE_MS);
    return slice->sample.n > 0 && slice->number > now - ACTOR_SLICES && slice->number <= now;
}

/* The smallest hash not yet taken of the slices that count; NULL: none is left. */
static const struct sampled *take_next(const struct slice *slices, const bool *counts, uint8_t *taken)
{
    size_t least = ACTOR_SLICES;
    for (size_t i = 0; i < ACTOR_SLICES; i++)
        if (counts[i] && taken[i] < slices[i].sample.n &&
            (least == ACTOR_SLICES ||
             slices[i].sample.actors[taken[i]].hash < slices[least].sample.actors[taken[least]].hash))
            least = i;
    return least == ACTOR_SLICES ? NULL : &slices[least].sample.actors[taken[least]++];
}

void actors_sample(const struct actors *a, int64_t as_of, struct sample *sample)
{
    bool counts[ACTOR_SLICES];
    uint8_t taken[ACTOR_SLICES] = {0};
    const struct sampled *next;
    for (size_t i = 0; i < ACTOR_SLICES; i++)
        counts[i] = covered(&a->slices[i], as_of);
    while ((next = take_next(a->slices, counts, taken)) != NULL && sample_admits(sample, next->hash))
        sample_add(sample, next);
}

void actors_registers(const struct actors *a, int64_t as_of, uint8_t registers[HLL_REGISTERS])
{
    memset(registers, 0, HLL_REGISTERS);
    for (size_t i = 0; i < ACTOR_SLICES; i++)
        if (covered(&a->slices[i], as_of))
            hll_union(&a->slices[i].hll, registers);
}

/* ---- what one interaction tells ---- */

double actor_fake(const struct methodology *m, const struct interaction_record *r)
{
    double following = (double)r->actor_following, followers = (double)r->actor_followers;
    double over = log((1 + following) / (1 + m->fake_following_from));
    double digits = r->actor_has_digits ? r->actor_name_digits : m->fake_digits_unknown;
    double no_picture = !r->actor_has_picture_known ? m->fake_picture_unknown : !r->actor_has_picture;
    double z = m->fake_intercept + m->fake_ratio * (log(1 + following) - log(1 + followers)) +
               m->fake_posts * log(1 + (double)r->actor_posts) + m->fake_following * (over > 0 ? over : 0) +
               m->fake_no_picture * no_picture +
               m->fake_digits * (digits < m->fake_digits_most ? digits : m->fake_digits_most);
    return 1 / (1 + exp(-z));
}

static bool numbers_can_be(const struct interaction_record *r)
{
    return r->actor_followers >= 0 && r->actor_following >= 0 && r->actor_posts >= 0;
}

static struct sampled sampled_of(const struct methodology *m, const struct interaction_record *r)
{
    struct sampled actor = {.hash = HASH48(r->actor_hash)};
    if (r->has_actor && numbers_can_be(r)) {
        actor.fake = (uint8_t)(255 * actor_fake(m, r) + 0.5);
        actor.known |= ACTOR_FAKE;
    }
    if (r->post_id.ptr) {
        actor.post = (uint16_t)bytes_hash(r->post_id);
        actor.known |= ACTOR_POST;
    }
    return actor;
}

void actors_note(struct creator *c, const struct methodology *m, const struct interaction_record *r)
{
    if (!r->actor_hash || r->own || r->count <= 0)
        return;
    if (!c->actors && !(c->actors = calloc(1, sizeof *c->actors)))
        abort();
    struct slice *slice = actors_slice(c->actors, r->occurred_at);
    if (!slice)
        return;
    bool changed = hll_add(&slice->hll, r->actor_hash);
    if (sample_admits(&slice->sample, HASH48(r->actor_hash))) {
        struct sampled actor = sampled_of(m, r);
        changed |= sample_add(&slice->sample, &actor);
    }
    c->dirty.actors |= changed;
}

size_t actors_bytes(const struct actors *a)
{
    size_t bytes = a ? sizeof *a : 0;
    for (size_t i = 0; a && i < ACTOR_SLICES; i++) {
        const struct hll *hll = &a->slices[i].hll;
        bytes += hll->n == HLL_DENSE ? HLL_REGISTERS : hll->cap * sizeof *hll->pairs;
        bytes += a->slices[i].sample.cap * sizeof(struct sampled);
    }
    return bytes;
}

void actors_free(struct actors *a)
{
    for (size_t i = 0; a && i < ACTOR_SLICES; i++)
        slice_clear(&a->slices[i]);
    free(a);
}
