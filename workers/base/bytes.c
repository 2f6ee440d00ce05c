/* bytes: the growable buffer, integers to and from text, the hash. */
#include "microflux/bytes.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

uint64_t bytes_hash(struct bytes b)
{
    return XXH3_64bits(b.ptr, b.len);
}

void buffer_grow(struct buffer *b, size_t more)
{
    size_t cap = b->cap ? b->cap : 256;
    while (cap < b->len + more)
        cap *= 2;
    b->data = realloc(b->data, cap);
    if (!b->data)
        abort();
    b->cap = cap;
}

#define KEPT_MOST 1048576 /* bytes; more is given back, for the next one who needs much */

void buffer_empty(struct buffer *b)
{
    if (b->cap > KEPT_MOST)
        buffer_free(b);
    b->len = 0;
}

void buffer_add_text(struct buffer *b, const char *text)
{
    buffer_add(b, text, strlen(text));
}

void buffer_printf(struct buffer *b, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (len > 0) {
        buffer_reserve(b, (size_t)len + 1);
        vsnprintf(b->data + b->len, (size_t)len + 1, format, again);
        b->len += (size_t)len;
    }
    va_end(again);
}

void buffer_add_le(struct buffer *b, uint64_t n, int bytes)
{
    for (; bytes > 0; bytes--, n >>= 8)
        buffer_add(b, &(char){(char)n}, 1);
}

bool bytes_take_le(struct bytes *text, int bytes, uint64_t *n)
{
    *n = 0;
    if (text->len < (size_t)bytes)
        return false;
    for (int i = bytes - 1; i >= 0; i--)
        *n = *n << 8 | (unsigned char)text->ptr[i];
    *text = (struct bytes){text->ptr + bytes, text->len - (size_t)bytes};
    return true;
}

bool bytes_take_varint(struct bytes *text, uint64_t *n)
{
    *n = 0;
    for (size_t i = 0; i < text->len && i < 10; i++) {
        *n |= (uint64_t)(text->ptr[i] & 0x7f) << 7 * i;
        if (text->ptr[i] & 0x80)
            continue;
        *text = (struct bytes){text->ptr + i + 1, text->len - i - 1};
        return true;
    }
    return false;
}

void buffer_add_int(struct buffer *b, int64_t n)
{
    char text[24], *p = text + sizeof text;
    uint64_t left = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
    do
        *--p = (char)('0' + left % 10);
    while (left /= 10);
    if (n < 0)
        *--p = '-';
    buffer_add(b, p, (size_t)(text + sizeof text - p));
}

void buffer_free(struct buffer *b)
{
    free(b->data);
    *b = (struct buffer){0};
}

bool bytes_int(struct bytes *cursor, int64_t *n)
{
    const char *p = cursor->ptr, *end = p + cursor->len;
    if (p < end && *p == ' ')
        p++;
    bool negative = p < end && *p == '-';
    p += negative;
    const char *digits = p;
    uint64_t value = 0;
    for (; p < end && *p >= '0' && *p <= '9' && p - digits < 19; p++)
        value = value * 10 + (uint64_t)(*p - '0');
    if (p == digits)
        return false;
    *n = negative ? (int64_t)(0 - value) : (int64_t)value;
    *cursor = (struct bytes){p, (size_t)(end - p)};
    return true;
}
