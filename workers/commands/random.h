/* random: a small seeded generator (SplitMix64, Steele et al. 2014) and the few distributions the generators
 * draw from. */
#ifndef COMMANDS_RANDOM_H
#define COMMANDS_RANDOM_H

#include <math.h>
#include <stdint.h>

struct random {
    uint64_t state;
};

static inline uint64_t random_next(struct random *r)
{
    uint64_t z = r->state += 0x9e3779b97f4a7c15ULL;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
    return z ^ z >> 31;
}

/* A generator of its own for the n-th thing of whatever the seed stands for. */
static inline struct random random_of(uint64_t seed, uint64_t n)
{
    struct random r = {seed ^ n * 0xd1342543de82ef95ULL};
    r.state = random_next(&r);
    return r;
}

static inline double random_unit(struct random *r) /* [0, 1) */
{
    return (double)(random_next(r) >> 11) * 0x1p-53;
}

static inline int64_t random_below(struct random *r, int64_t n)
{
    return n > 0 ? (int64_t)(random_next(r) % (uint64_t)n) : 0;
}

static inline double random_between(struct random *r, double low, double high)
{
    return low + (high - low) * random_unit(r);
}

/* x rounded to one of its two neighbours so that the mean stays x. */
static inline int64_t random_round(struct random *r, double x)
{
    return (int64_t)(x + random_unit(r));
}

static inline double random_normal(struct random *r) /* Box–Muller */
{
    double u = random_unit(r) + 0x1p-54;
    return sqrt(-2 * log(u)) * cos(6.283185307179586 * random_unit(r));
}

static inline double random_lognormal(struct random *r, double median, double sigma)
{
    return median * exp(sigma * random_normal(r));
}

#endif
