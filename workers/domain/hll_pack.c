/* hll_pack: a sketch as bytes: pairs of register and rank while it is sparse, every rank when it is dense. */
#include "microflux/actors.h"

#define ALL_DENSE 0xffff
#define RANK_BITS 6

void hll_pack(const struct hll *hll, struct buffer *out)
{
    buffer_add_le(out, hll->n == HLL_DENSE ? ALL_DENSE : hll->n, 2);
    for (uint16_t i = 0; hll->n != HLL_DENSE && i < hll->n; i++)
        buffer_add_le(out, hll->pairs[i], 3);
    for (size_t i = 0; hll->n == HLL_DENSE && i < HLL_REGISTERS; i += 4) {
        const uint8_t *four = &hll->dense[i];
        buffer_add_le(out, four[0] | four[1] << 6 | four[2] << 12 | (uint32_t)four[3] << 18, 3);
    }
}

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
    if (!bytes_take_le(text, 2, &n) || (n != ALL_DENSE && n > HLL_SPARSE))
        return false;
    return n == ALL_DENSE ? take_ranks(hll, text) : take_pairs(hll, text, n);
}

void hll_of(const uint8_t *registers, struct hll *hll)
{
    for (uint32_t i = 0; i < HLL_REGISTERS; i++)
        if (registers[i])
            hll_set(hll, i, registers[i]);
}
