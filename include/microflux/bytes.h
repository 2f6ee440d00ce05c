/* bytes: a borrowed run of bytes, and a growable buffer that owns its own. */
#ifndef MICROFLUX_BYTES_H
#define MICROFLUX_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* A borrowed run: never freed through this, valid as long as its owner says. ptr == NULL means "null" in the
 * sense of Avro; an empty string has a non-NULL ptr and len 0. Not NUL-terminated. */
struct bytes {
    const char *ptr;
    size_t len;
};

#define BYTES(literal) ((struct bytes){(literal), sizeof(literal) - 1})

static inline struct bytes bytes_of(const char *text)
{
    return (struct bytes){text, text ? strlen(text) : 0};
}

static inline bool bytes_equal(struct bytes a, struct bytes b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

/* bytes_hash: XXH3, 64 bit, seed 0. */
uint64_t bytes_hash(struct bytes b);

/* A growable buffer. {0} is empty and valid. Memory running out aborts (a worker without memory cannot go
 * on). */
struct buffer {
    char *data;
    size_t len, cap;
};

void buffer_grow(struct buffer *b, size_t more);

/* given: an option that was set. */
static inline bool given(const char *text)
{
    return text && *text;
}

static inline void buffer_reserve(struct buffer *b, size_t more)
{
    if (b->len + more > b->cap)
        buffer_grow(b, more);
}

static inline void buffer_add(struct buffer *b, const void *data, size_t len)
{
    if (len == 0)
        return;
    buffer_reserve(b, len);
    memcpy(b->data + b->len, data, len);
    b->len += len;
}

void buffer_add_text(struct buffer *b, const char *text);
void buffer_printf(struct buffer *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* buffer_add_int: decimal text of n, fast (the hot path writes millions of them). */
void buffer_add_int(struct buffer *b, int64_t n);
/* buffer_add_le, bytes_take_le: n in so many bytes (1 to 8), the lowest first; take: off the front of *text,
 * false: it is shorter. */
void buffer_add_le(struct buffer *b, uint64_t n, int bytes);
bool bytes_take_le(struct bytes *text, int bytes, uint64_t *n);
/* buffer_add_varint, bytes_take_varint: n in as many bytes as it needs, 7 bits each, the lowest first; take:
 * false: there is none. */
static inline void buffer_add_varint(struct buffer *b, uint64_t n)
{
    buffer_reserve(b, 10);
    for (; n >= 0x80; n >>= 7)
        b->data[b->len++] = (char)(n | 0x80);
    b->data[b->len++] = (char)n;
}
bool bytes_take_varint(struct bytes *text, uint64_t *n);
/* zigzag, unzigzag: numbers near 0 as small ones, and back. */
static inline uint64_t zigzag(int64_t n)
{
    return (uint64_t)n << 1 ^ (uint64_t)(n >> 63);
}
static inline int64_t unzigzag(uint64_t n)
{
    return (int64_t)(n >> 1) ^ -(int64_t)(n & 1);
}
void buffer_empty(struct buffer *b); /* of len 0; its memory is kept, unless it is large */
void buffer_free(struct buffer *b);  /* gives the memory back and leaves {0} */

/* bytes_int: reads one decimal integer at *cursor, skipping one leading blank; advances. False when there is
 * none. */
bool bytes_int(struct bytes *cursor, int64_t *n);

#endif
