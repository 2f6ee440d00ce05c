/* slot: which of a cluster's 16,384 slots a key belongs to. */
#include "store_room.h"

static uint16_t crc16(struct bytes text) /* CRC-16/XMODEM */
{
    uint16_t crc = 0;
    for (size_t i = 0; i < text.len; i++) {
        crc ^= (uint16_t)((unsigned char)text.ptr[i] << 8);
        for (int bit = 0; bit < 8; bit++)
            crc = crc & 0x8000 ? (uint16_t)(crc << 1 ^ 0x1021) : (uint16_t)(crc << 1);
    }
    return crc;
}

int redis_slot(struct bytes key)
{
    const char *open = memchr(key.ptr, '{', key.len), *end = key.ptr + key.len;
    const char *close = open ? memchr(open, '}', (size_t)(end - open)) : NULL;
    if (close && close > open + 1)
        key = (struct bytes){open + 1, (size_t)(close - open - 1)};
    return crc16(key) & 16383;
}
