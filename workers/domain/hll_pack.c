/* hll_pack: a sketch as bytes: while it is sparse, a byte or two for each register in use; when it is dense,
 * half a byte for each register. What was written before, three bytes a pair and six bits a register, is
 * still read.
 */
#include "microflux/actors.h"

#define SPARSE    0x8000 /* and how many registers are in use */
#define DENSE     0xfffe
#define OLD_DENSE 0xffff /* below SPARSE: that many pairs */
#define RANK_BITS 6
#define NIBBLE    15 /* the rank stands behind all of them */

/* Of each register in use: how many are empty before it, and its rank in three bits; 0: it follows. */
static void put_used(const struct hll *hll, struct buffer *out)
{
    uint32_t next = 0;
    buffer_add_le(out, SPARSE | hll->n, 2);
    for (uint16_t i = 0; i < hll->n; i++) {
        uint32_t reg = hll->pairs[i] >> 8, rank = hll->pairs[i] & 0xff;
        buffer_add_varint(out, (uint64_t)(reg - next) << 3 | (rank < 8 ? rank : 0));
        if (rank >= 8)
            buffer_add_le(out, rank, 1);
        next = reg + 1;
    }
}

static bool take_used(struct hll *hll, struct bytes *text, uint64_t n)
{
    uint64_t word, reg = 0;
    for (uint64_t i = 0; i < n; i++, reg++) {
        if (!bytes_take_varint(text, &word))
            return false;
        uint64_t rank = word & 7;
        reg += word >> 3;
        if ((rank == 0 && !bytes_take_le(text, 1, &rank)) || reg >= HLL_REGISTERS || rank > HLL_RANKS)
            return false;
        hll_set(hll, (uint32_t)reg, (uint8_t)rank);
    }
    return true;
}

static uint8_t least_of(const uint8_t *ranks)
{
    uint8_t least = ranks[0];
    for (size_t i = 1; i < HLL_REGISTERS; i++)
        least = ranks[i] < least ? ranks[i] : least;
    return least;
}

/* The least rank, and how far each is above it: registers of one sketch lie close together. */
static void put_all(const uint8_t *ranks, struct buffer *out)
{
    uint8_t least = least_of(ranks);
    buffer_add_le(out, DENSE, 2);
    buffer_add_le(out, least, 1);
    buffer_reserve(out, 2 * HLL_REGISTERS);
    for (size_t i = 0; i < HLL_REGISTERS; i += 2) {
        int low = ranks[i] - least, high = ranks[i + 1] - least;
        out->data[out->len++] = (char)((low < NIBBLE ? low : NIBBLE) | (high < NIBBLE ? high : NIBBLE) << 4);
    }
    for (size_t i = 0; i < HLL_REGISTERS; i++)
        if (ranks[i] - least >= NIBBLE)
            out->data[out->len++] = (char)ranks[i];
}

static bool take_all(struct hll *hll, struct bytes *text)
{
    uint64_t least, rank;
    if (!bytes_take_le(text, 1, &least) || text->len < HLL_REGISTERS / 2)
        return false;
    const char *halves = text->ptr;
    *text = (struct bytes){text->ptr + HLL_REGISTERS / 2, text->len - HLL_REGISTERS / 2};
    for (uint32_t i = 0; i < HLL_REGISTERS; i++) {
        rank = (unsigned char)halves[i / 2] >> 4 * (i % 2) & 15;
        if (rank < NIBBLE)
            rank += least;
        else if (!bytes_take_le(text, 1, &rank))
            return false;
        if (rank > HLL_RANKS)
            return false;
        if (rank)
            hll_set(hll, i, (uint8_t)rank);
    }
    return true;
}

void hll_pack(const struct hll *hll, struct buffer *out)
{
    if (hll->n == HLL_DENSE)
        put_all(hll->dense, out);
    else
        put_used(hll, out);
}

/* ---- as it was written before ---- */

static bool take_pairs(struct hll *hll, struct bytes *text, uint64_t n)
{
    uint64_t pair;
    for (uint64_t i = 0; i < n; i++) {
        if (!bytes_take_le(text, 3, &pair) || pair >> 8 >= HLL_REGISTERS || (pair & 0xff) > HLL_RANKS)
            return false;
        hll_set(hll, (uint32_t)(pair >> 8), (uint8_t)pair);
    }
    return true;
}

static bool take_ranks(struct hll *hll, struct bytes *text)
{
    uint64_t four;
    for (uint32_t i = 0; i < HLL_REGISTERS; i += 4) {
        if (!bytes_take_le(text, 3, &four))
            return false;
        for (uint32_t k = 0; k < 4; k++, four >>= RANK_BITS)
            if (four & 63)
                hll_set(hll, i + k, four & 63);
    }
    return true;
}

bool hll_unpack(struct hll *hll, struct bytes *text)
{
    uint64_t n;
    if (!bytes_take_le(text, 2, &n))
        return false;
    if (n == DENSE)
        return take_all(hll, text);
    if (n == OLD_DENSE)
        return take_ranks(hll, text);
    uint64_t used = n & ~(uint64_t)SPARSE;
    return used <= HLL_SPARSE && (n & SPARSE ? take_used(hll, text, used) : take_pairs(hll, text, used));
}

void hll_of(const uint8_t *registers, struct hll *hll)
{
    for (uint32_t i = 0; i < HLL_REGISTERS; i++)
        if (registers[i])
            hll_set(hll, i, registers[i]);
}
