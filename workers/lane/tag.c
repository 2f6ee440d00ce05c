/* tag: which hash tag lane i uses and which lane a key belongs to. Both are part of the contract with data at
 * rest: never change them. Tags aim at the van der Corput sequence over the 16,384 cluster slots, so that any
 * number of lanes is spread evenly over any number of masters. */
#include <stdio.h>

#include "microflux/lane.h"

static int wanted_slot(uint32_t lane)
{
    int reversed = 0;
    for (int bit = 0; bit < 14; bit++)
        reversed |= (int)(lane >> bit & 1) << (13 - bit);
    return reversed;
}

void lane_tag(int32_t partition, char *tag, size_t size)
{
    int wanted = wanted_slot((uint32_t)partition);
    for (int try = 0; try < 100000; try++) {
        snprintf(tag, size, "p%d.%d", partition, try);
        int off = redis_slot(bytes_of(tag)) - wanted;
        if (off > -64 && off < 64)
            return;
    }
}

static uint32_t murmur2(struct bytes key) /* org.apache.kafka.common.utils.Utils.murmur2 */
{
    const uint32_t m = 0x5bd1e995;
    const unsigned char *p = (const unsigned char *)key.ptr;
    size_t len = key.len;
    uint32_t h = 0x9747b28cU ^ (uint32_t)len;
    for (; len >= 4; p += 4, len -= 4) {
        uint32_t k = (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
        k *= m;
        k ^= k >> 24;
        h = h * m ^ k * m;
    }
    if (len > 2)
        h ^= (uint32_t)p[2] << 16;
    if (len > 1)
        h ^= (uint32_t)p[1] << 8;
    if (len > 0)
        h = (h ^ p[0]) * m;
    h = (h ^ h >> 13) * m;
    return h ^ h >> 15;
}

int32_t lane_of(struct bytes key, int32_t partitions)
{
    return (int32_t)((murmur2(key) & 0x7fffffff) % (uint32_t)partitions);
}
