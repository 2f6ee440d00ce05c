/* hash_dump: a hash as one value, as DUMP would give it: the listpack that Redis keeps a small hash in, with
 * the version of its format and a checksum. RESTORE takes it in one piece, where HSET looks for each new
 * field among all that are there already. Every Redis from 7.0 on and every Valkey reads version 10; one
 * whose limits want a table instead of a listpack converts it. Sources: Redis 7.0 listpack.c, rdb.c
 * (rdbSaveObject), cluster.c (createDumpPayload), crc64.c. */
#include "microflux/redis.h"

#define HASH_LISTPACK 16 /* RDB_TYPE_HASH_LISTPACK */
#define RDB_VERSION   10
#define HEAD          12 /* type; length of 1 + 4 bytes; the listpack's own: bytes (4), elements (2) */
#define MANY          0xffff

static void put_little(char *at, uint64_t n, int bytes)
{
    for (int i = 0; i < bytes; i++, n >>= 8)
        at[i] = (char)(n & 0xff);
}

static void put_big(char *at, uint32_t n)
{
    for (int i = 3; i >= 0; i--, n >>= 8)
        at[i] = (char)(n & 0xff);
}

void hash_dump_begin(struct hash_dump *dump)
{
    dump->out.len = dump->elements = 0;
    buffer_reserve(&dump->out, HEAD);
    dump->out.len = HEAD;
}

/* A string's head: 6, 12 or 32 bits of length. */
static size_t put_string_head(char *at, size_t len)
{
    if (len < 64) {
        at[0] = (char)(0x80 | len);
        return 1;
    }
    if (len < 4096) {
        at[0] = (char)(0xe0 | len >> 8);
        at[1] = (char)(len & 0xff);
        return 2;
    }
    at[0] = (char)0xf0;
    put_little(at + 1, len, 4);
    return 5;
}

/* Behind each entry: its size, 7 bits a byte, so that Redis can walk backwards: the first byte read from
 * behind is the lowest, and 0x80 says that more come. */
static size_t put_size_behind(char *at, size_t size)
{
    size_t n = size < 128 ? 1 : size < 16383 ? 2 : size < 2097151 ? 3 : size < 268435455 ? 4 : 5;
    for (size_t i = n; i > 0; i--, size >>= 7)
        at[i - 1] = (char)((size & 0x7f) | (i > 1 ? 0x80 : 0));
    return n;
}

static void add_string(struct buffer *out, struct bytes text)
{
    buffer_reserve(out, 5 + text.len + 5);
    char *begin = out->data + out->len, *at = begin + put_string_head(begin, text.len);
    if (text.len)
        memcpy(at, text.ptr, text.len);
    at += text.len;
    at += put_size_behind(at, (size_t)(at - begin));
    out->len = (size_t)(at - out->data);
}

void hash_dump_add(struct hash_dump *dump, struct bytes field, struct bytes value)
{
    add_string(&dump->out, field);
    add_string(&dump->out, value);
    dump->elements += 2;
}

/* ---- CRC-64 "Jones", reflected, no inversion: eight tables, eight bytes a step ---- */

static uint64_t crc_table[8][256];

static void __attribute__((constructor)) crc_fill(void)
{
    for (int i = 0; i < 256; i++) {
        uint64_t crc = (uint64_t)i;
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0x95ac9329ac4bc9b5 : 0);
        crc_table[0][i] = crc;
    }
    for (int t = 1; t < 8; t++)
        for (int i = 0; i < 256; i++)
            crc_table[t][i] = crc_table[t - 1][i] >> 8 ^ crc_table[0][crc_table[t - 1][i] & 0xff];
}

static uint64_t crc64(const char *data, size_t len)
{
    uint64_t crc = 0;
    for (; len >= 8; len -= 8, data += 8) {
        uint64_t word;
        memcpy(&word, data, 8);
        crc ^= word; /* little-endian, as every machine we build for */
        uint64_t next = 0;
        for (int t = 7; t >= 0; t--, crc >>= 8)
            next ^= crc_table[t][crc & 0xff];
        crc = next;
    }
    for (; len > 0; len--)
        crc = crc_table[0][(crc ^ (uint8_t)*data++) & 0xff] ^ crc >> 8;
    return crc;
}

struct bytes hash_dump_end(struct hash_dump *dump)
{
    struct buffer *out = &dump->out;
    buffer_reserve(out, 1 + 2 + 8);
    out->data[out->len++] = (char)0xff; /* end of the listpack */
    uint32_t size = (uint32_t)(out->len - 6);
    out->data[0] = HASH_LISTPACK;
    out->data[1] = (char)0x80;
    put_big(out->data + 2, size);
    put_little(out->data + 6, size, 4);
    put_little(out->data + 10, dump->elements < MANY ? dump->elements : MANY, 2);
    put_little(out->data + out->len, RDB_VERSION, 2);
    out->len += 2;
    put_little(out->data + out->len, crc64(out->data, out->len), 8);
    out->len += 8;
    return (struct bytes){out->data, out->len};
}

void hash_dump_free(struct hash_dump *dump)
{
    buffer_free(&dump->out);
}
