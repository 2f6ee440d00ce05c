/* actors: who acted in the last 28 to 42 days, without knowing any of them: three slices of 14 days, each a
 * HyperLogLog of 2^11 registers and the 64 actors with the smallest hashes (scoring.md §0.1, §6). Hashes are
 * keyed and come with the record; ids are never seen here.
 */
#ifndef MICROFLUX_ACTORS_H
#define MICROFLUX_ACTORS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "microflux/bytes.h"

/* ---- hll: sorted (register << 8 | rank) words while few, then a byte a register ---- */
#define HLL_BITS      11
#define HLL_REGISTERS (1u << HLL_BITS)
#define HLL_SPARSE    512                 /* most pairs before it is dense: the same memory */
#define HLL_ERROR     0.023               /* of an estimate: 1.04 / sqrt(HLL_REGISTERS) */
#define HLL_RANKS     (64 - HLL_BITS + 1) /* the largest rank */

struct hll {
    union {
        uint32_t *pairs;
        uint8_t *dense;
    };
    uint16_t n, cap; /* pairs; n == HLL_DENSE: dense */
};
#define HLL_DENSE 0xffff

/* hll_add: true: it changed. hll_set: a register as it was stored. */
bool hll_add(struct hll *hll, uint64_t hash);
bool hll_set(struct hll *hll, uint32_t reg, uint8_t rank);
/* hll_union: raises registers (HLL_REGISTERS bytes) to at least those of hll. */
void hll_union(const struct hll *hll, uint8_t *registers);
/* hll_estimate: distinct values behind the registers, ±2.3 % (Ertl's estimator: no small-range switch). */
double hll_estimate(const uint8_t *registers);
/* hll_pack: as it is stored and sent (docs/reference/redis-layout.md). hll_unpack: takes one off the front of
 * *text and adds it, also one as it was written before; false: it is none.
 * hll_of: the sketch that these registers are of. */
void hll_pack(const struct hll *hll, struct buffer *out);
bool hll_unpack(struct hll *hll, struct bytes *text);
void hll_of(const uint8_t *registers, struct hll *hll);
void hll_free(struct hll *hll);

/* ---- sample: the distinct actors with the smallest hashes ---- */
#define SAMPLE     64
#define HASH48(h)  ((h) >> 16) /* what is kept of a hash: enough to tell 64 actors apart, two bytes less */
#define ACTOR_FAKE 1           /* fake is known */
#define ACTOR_POST 2           /* post is known */
#define ACTOR_MORE 4           /* and there was another */

struct sampled {
    uint64_t hash; /* HASH48 */
    uint16_t post; /* the smallest hash of the posts acted on */
    uint8_t fake;  /* P(fake) in 1/255, the largest met */
    uint8_t known; /* ACTOR_FAKE | ACTOR_POST | ACTOR_MORE */
};

struct sample {
    struct sampled *actors; /* ascending by hash */
    uint8_t n, cap;
};

/* sample_admits: whether this hash would be among the 64. sample_add: adds or merges. True: it changed. */
bool sample_admits(const struct sample *sample, uint64_t hash48);
bool sample_add(struct sample *sample, const struct sampled *actor);
void sample_free(struct sample *sample);

/* ---- slices ---- */
#define ACTOR_SLICES   3
#define ACTOR_SLICE_MS (14 * 86400000LL)

struct slice {
    int32_t number; /* floor(occurred_at / 14 d) */
    struct hll hll;
    struct sample sample;
};

struct actors { /* slot = number mod 3 belongs to the newest slice seen for it */
    struct slice slices[ACTOR_SLICES];
};

/* actors_slice: the slice of that time, made or taken over; NULL: a newer one holds its place. */
struct slice *actors_slice(struct actors *actors, int64_t occurred_at);
/* actors_sample: the 64 with the smallest hashes over the slices that as_of still covers; actors_registers:
 * their united registers. */
void actors_sample(const struct actors *actors, int64_t as_of, struct sample *sample);
void actors_registers(const struct actors *actors, int64_t as_of, uint8_t registers[HLL_REGISTERS]);
size_t actors_bytes(const struct actors *actors);
void actors_free(struct actors *actors); /* takes NULL */

#endif
