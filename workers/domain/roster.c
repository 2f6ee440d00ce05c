/* roster: whom to choose under a budget, so that as many different people as possible are reached (scoring.md
 * §11): greedy, by lazy evaluation (CELF, Leskovec et al. 2007): an old figure of a candidate is turned into
 * a bound of what it newly reaches now, and only those whose bound is best are looked at again.
 *
 * An estimate E of united sketches is no exact count, so the old figure itself is no bound. But E = c/z, and
 * what a candidate takes off z only shrinks as registers rise (each term of Ertl's z is convex and falling in
 * the register). So with d = 1/E(then) - 1/E(then, with it), it reaches at most 1/(1/E(now) - d) - E(now). */
#include <math.h>
#include <stdlib.h>

#include "domain_room.h"
#include "microflux/fit.h"

struct choice {
    const struct candidate *candidate;
    double reached, gain; /* newly reached, and its worth a unit of price; of an earlier round: a bound */
    double shrinks;       /* d, when it was last looked at; INFINITY: nobody had been chosen */
    size_t round;
};

struct building {
    struct choice *choices;
    size_t n, round, evaluations;
    bool priced;
    uint8_t registers[HLL_REGISTERS];
    double reach;
};

static double united(const uint8_t *a, const uint8_t *b)
{
    uint8_t both[HLL_REGISTERS];
    for (size_t i = 0; i < HLL_REGISTERS; i++)
        both[i] = a[i] > b[i] ? a[i] : b[i];
    return hll_estimate(both);
}

static void weigh_up(const struct building *b, struct choice *c, double reached)
{
    double price = b->priced ? fmax((double)c->candidate->price, 1) : 1;
    c->reached = reached < 1e-6 ? 0 : reached; /* within rounding of the estimator: nobody new */
    c->gain = c->candidate->fit / 100 * c->reached / price;
}

static void look(struct building *b, struct choice *c)
{
    double with = united(b->registers, c->candidate->registers);
    c->shrinks = b->reach > 0 ? 1 / b->reach - 1 / with : INFINITY;
    c->round = b->round;
    b->evaluations++;
    weigh_up(b, c, with - b->reach);
}

static void bound(const struct building *b, struct choice *c)
{
    double left = b->reach > 0 ? 1 / b->reach - c->shrinks : -1;
    weigh_up(b, c, left > 0 ? (1 + 1e-9) / left - b->reach : INFINITY);
}

static bool smaller_id(const struct candidate *a, const struct candidate *b)
{
    size_t n = a->creator_id.len < b->creator_id.len ? a->creator_id.len : b->creator_id.len;
    int order = memcmp(a->creator_id.ptr, b->creator_id.ptr, n);
    return order ? order < 0 : a->creator_id.len < b->creator_id.len;
}

static bool better(const struct choice *a, const struct choice *b)
{
    return a->gain != b->gain ? a->gain > b->gain : smaller_id(a->candidate, b->candidate);
}

/* ---- a heap of choices, the best first ---- */

static void sink(struct building *b, size_t at)
{
    for (;;) {
        size_t best = at, left = 2 * at + 1;
        for (size_t child = left; child < left + 2 && child < b->n; child++)
            if (better(&b->choices[child], &b->choices[best]))
                best = child;
        if (best == at)
            return;
        struct choice moved = b->choices[at];
        b->choices[at] = b->choices[best];
        b->choices[best] = moved;
        at = best;
    }
}

static void order(struct building *b)
{
    for (size_t i = b->n / 2; i-- > 0;)
        sink(b, i);
}

static void drop_best(struct building *b)
{
    b->choices[0] = b->choices[--b->n];
    sink(b, 0);
}

/* The best of this round stands first; false: nobody is left who reaches anybody new. */
static bool find_best(struct building *b, bool lazy)
{
    b->round++;
    for (size_t i = 0; i < b->n; i++)
        (lazy ? bound(b, &b->choices[i]) : look(b, &b->choices[i]));
    order(b);
    while (b->n && b->choices[0].round != b->round) {
        look(b, &b->choices[0]);
        sink(b, 0);
    }
    return b->n && b->choices[0].gain > 0;
}

/* ---- */

static void take(struct building *b, struct roster *roster)
{
    const struct candidate *c = b->choices[0].candidate;
    roster->members[roster->n++] = (struct roster_member){.candidate = c, .marginal = b->choices[0].reached};
    for (size_t i = 0; i < HLL_REGISTERS; i++)
        if (c->registers[i] > b->registers[i])
            b->registers[i] = c->registers[i];
    b->reach = hll_estimate(b->registers);
    roster->cost += c->price > 0 ? c->price : 0;
    roster->total_reach += hll_estimate(c->registers);
    roster->engagements += c->engagements;
    drop_best(b);
}

/* Of each register the two largest ranks, and whose the largest is: the union without anybody follows. */
struct tops {
    uint8_t first[HLL_REGISTERS], second[HLL_REGISTERS];
    size_t whose[HLL_REGISTERS];
};

static void enter(struct tops *tops, const uint8_t *registers, size_t member)
{
    for (size_t i = 0; i < HLL_REGISTERS; i++)
        if (registers[i] > tops->first[i]) {
            tops->second[i] = tops->first[i];
            tops->first[i] = registers[i];
            tops->whose[i] = member;
        } else if (registers[i] > tops->second[i]) {
            tops->second[i] = registers[i];
        }
}

static double reach_without(const struct tops *tops, size_t left_out)
{
    uint8_t registers[HLL_REGISTERS];
    for (size_t i = 0; i < HLL_REGISTERS; i++)
        registers[i] = tops->whose[i] == left_out ? tops->second[i] : tops->first[i];
    return hll_estimate(registers);
}

static void sum_up(const struct building *b, struct roster *roster)
{
    struct tops tops = {{0}, {0}, {0}};
    for (size_t i = 0; i < roster->n; i++)
        enter(&tops, roster->members[i].candidate->registers, i);
    roster->unduplicated_reach = b->reach;
    roster->frequency = b->reach > 0 ? roster->total_reach / b->reach : 0;
    roster->evaluations = b->evaluations;
    for (size_t i = 0; i < roster->n; i++)
        roster->members[i].exclusive = fmax(b->reach - reach_without(&tops, i), 0);
}

void roster_build(const struct candidate *candidates, size_t n, int64_t budget, int32_t slots, bool lazy,
                  struct roster *roster)
{
    struct building b = {.choices = calloc(n + 1, sizeof *b.choices), .n = n, .priced = true};
    *roster = (struct roster){.members = calloc(n + 1, sizeof *roster->members)};
    if (!b.choices || !roster->members)
        abort();
    for (size_t i = 0; i < n; i++) {
        b.choices[i] = (struct choice){.candidate = &candidates[i], .shrinks = INFINITY};
        b.priced &= candidates[i].price >= 0;
    }
    while ((slots <= 0 || roster->n < (size_t)slots) && find_best(&b, lazy)) {
        if (b.priced && budget > 0 && b.choices[0].candidate->price > budget - roster->cost)
            drop_best(&b);
        else
            take(&b, roster);
    }
    sum_up(&b, roster);
    free(b.choices);
}

void roster_free(struct roster *roster)
{
    free(roster->members);
    *roster = (struct roster){0};
}

struct optional overlap(const uint8_t *a, const uint8_t *b)
{
    double one = hll_estimate(a), other = hll_estimate(b), both = united(a, b), least = fmin(one, other);
    double shared = fmax(one + other - both, 0);
    if (least <= 0 || (shared > 0 && shared < HLL_ERROR * both))
        return (struct optional){0};
    return (struct optional){fmin(shared / least, 1), true};
}
