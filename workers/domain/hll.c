/* hll: HyperLogLog of 2^11 registers. Few distinct values are sorted pairs of register and rank; from 512 on
 * a byte a register, in the same memory. A register only rises, so the sketch is a function of the set of
 * hashes added. The estimate is Ertl's ("New cardinality estimation algorithms for HyperLogLog sketches",
 * 2017): one formula from 0 to the largest range, nothing to switch and no table. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "microflux/actors.h"

#define ONE             (1ULL << 52)
#define PAIR(reg, rank) ((uint32_t)(reg) << 8 | (rank))

static void make_dense(struct hll *h)
{
    uint8_t *dense = calloc(HLL_REGISTERS, 1);
    if (!dense)
        abort();
    for (uint16_t i = 0; i < h->n; i++)
        dense[h->pairs[i] >> 8] = (uint8_t)h->pairs[i];
    free(h->pairs);
    h->dense = dense;
    h->n = HLL_DENSE;
    h->cap = 0;
}

static void make_room(struct hll *h)
{
    if (h->n < h->cap)
        return;
    h->cap = h->cap ? (uint16_t)(h->cap + h->cap / 2) : 8;
    h->pairs = realloc(h->pairs, h->cap * sizeof *h->pairs);
    if (!h->pairs)
        abort();
}

/* Where the pair of this register stands or would stand. */
static uint16_t place_of(const struct hll *h, uint32_t reg)
{
    uint16_t low = 0, high = h->n;
    while (low < high) {
        uint16_t middle = (uint16_t)((low + high) / 2);
        if (h->pairs[middle] >> 8 < reg)
            low = (uint16_t)(middle + 1);
        else
            high = middle;
    }
    return low;
}

static bool set_sparse(struct hll *h, uint32_t reg, uint8_t rank)
{
    uint16_t at = place_of(h, reg);
    if (at < h->n && h->pairs[at] >> 8 == reg) {
        if ((uint8_t)h->pairs[at] >= rank)
            return false;
        h->pairs[at] = PAIR(reg, rank);
        return true;
    }
    if (h->n == HLL_SPARSE) {
        make_dense(h);
        h->dense[reg] = rank;
        return true;
    }
    make_room(h);
    memmove(h->pairs + at + 1, h->pairs + at, (size_t)(h->n - at) * sizeof *h->pairs);
    h->pairs[at] = PAIR(reg, rank);
    h->n++;
    return true;
}

bool hll_set(struct hll *h, uint32_t reg, uint8_t rank)
{
    if (h->n != HLL_DENSE)
        return set_sparse(h, reg, rank);
    if (h->dense[reg] >= rank)
        return false;
    h->dense[reg] = rank;
    return true;
}

/* The register is the top bits; the rank counts the zeros before the first one of the rest. */
bool hll_add(struct hll *h, uint64_t hash)
{
    uint64_t rest = hash << HLL_BITS | 1ULL << (HLL_BITS - 1);
    return hll_set(h, (uint32_t)(hash >> (64 - HLL_BITS)), (uint8_t)(__builtin_clzll(rest) + 1));
}

static void raise_all(uint8_t *restrict registers, const uint8_t *restrict dense)
{
    for (size_t i = 0; i < HLL_REGISTERS; i++)
        registers[i] = registers[i] > dense[i] ? registers[i] : dense[i];
}

void hll_union(const struct hll *h, uint8_t *registers)
{
    if (h->n == HLL_DENSE) {
        raise_all(registers, h->dense);
        return;
    }
    for (uint16_t i = 0; i < h->n; i++) {
        uint8_t *kept = &registers[h->pairs[i] >> 8], rank = (uint8_t)h->pairs[i];
        *kept = *kept > rank ? *kept : rank;
    }
}

/* What registers that are still 0 add. */
static double sigma(double x)
{
    double y = 1, z = x, before;
    if (x == 1)
        return INFINITY;
    do {
        x *= x;
        before = z;
        z += x * y;
        y += y;
    } while (z != before);
    return z;
}

/* Σ 2^-rank over the registers in use, as an integer: 2^52 is a whole one. (The term of the paper for
 * saturated registers is left out: they need 2^53 values.) */
double hll_estimate(const uint8_t *registers)
{
    uint64_t sum = 0, zeros = 0;
    const double m = HLL_REGISTERS;
    for (size_t i = 0; i < HLL_REGISTERS; i++) {
        sum += ONE >> registers[i];
        zeros += registers[i] == 0;
    }
    sum -= zeros * ONE;
    double z = (double)sum / (double)ONE + m * sigma((double)zeros / m);
    return isinf(z) ? 0 : m * m / (2 * log(2) * z);
}

void hll_free(struct hll *h)
{
    free(h->pairs);
    *h = (struct hll){0};
}
