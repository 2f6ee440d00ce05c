/* encode: primitives of Avro's binary form; the caller is the program. */
#include "avro_room.h"

void avro_put_frame(struct buffer *b, uint32_t id, uint64_t fingerprint)
{
    unsigned char head[10] = {0xc3, 0x01};
    if (id) {
        const unsigned char confluent[5] = {0, (unsigned char)(id >> 24), (unsigned char)(id >> 16),
                                            (unsigned char)(id >> 8), (unsigned char)id};
        buffer_add(b, confluent, 5);
        return;
    }
    for (int i = 0; i < 8; i++)
        head[2 + i] = (unsigned char)(fingerprint >> 8 * i);
    buffer_add(b, head, 10);
}

void avro_put_long(struct buffer *b, int64_t n)
{
    buffer_add_varint(b, zigzag(n));
}

void avro_put_double(struct buffer *b, double x)
{
    buffer_add(b, &x, sizeof x);
}

void avro_put_bool(struct buffer *b, bool x)
{
    buffer_add(b, x ? "\1" : "\0", 1);
}

void avro_put_bytes(struct buffer *b, struct bytes s)
{
    avro_put_long(b, (int64_t)s.len);
    buffer_add(b, s.ptr, s.len);
}

void avro_put_there(struct buffer *b)
{
    avro_put_long(b, 1);
}

void avro_put_maybe_long(struct buffer *b, bool there, int64_t n)
{
    avro_put_long(b, there);
    if (there)
        avro_put_long(b, n);
}

void avro_put_maybe_double(struct buffer *b, bool there, double x)
{
    avro_put_long(b, there);
    if (there)
        avro_put_double(b, x);
}

void avro_put_maybe_bytes(struct buffer *b, struct bytes s)
{
    avro_put_long(b, s.len > 0);
    if (s.len > 0)
        avro_put_bytes(b, s);
}

void avro_put_block(struct buffer *b, size_t n)
{
    if (n)
        avro_put_long(b, (int64_t)n);
}

void avro_put_end(struct buffer *b)
{
    avro_put_long(b, 0);
}
