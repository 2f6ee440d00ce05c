/* fuzz: what the targets share. fuzz_copy: the input in memory of its own that ends with it, so that a read
 * beyond is seen. fuzz_take: what stands before the next `end`. fuzz_file: the text as a file, always the
 * same. */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "microflux/bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* One byte before it: an empty one has an address, too. */
static inline struct bytes fuzz_copy(const void *data, size_t size)
{
    char *copy = malloc(size + 1);
    if (!copy)
        abort();
    if (size)
        memcpy(copy + 1, data, size);
    return (struct bytes){copy + 1, size};
}

static inline void fuzz_free(struct bytes copy)
{
    free((char *)copy.ptr - 1);
}

static inline struct bytes fuzz_take(struct bytes *rest, char end)
{
    const char *at = rest->len ? memchr(rest->ptr, end, rest->len) : NULL;
    struct bytes found = {rest->ptr, at ? (size_t)(at - rest->ptr) : rest->len};
    size_t taken = found.len + (at != NULL);
    *rest = (struct bytes){rest->ptr + taken, rest->len - taken};
    return found;
}

static inline uint8_t fuzz_byte(struct bytes *rest)
{
    if (rest->len == 0)
        return 0;
    *rest = (struct bytes){rest->ptr + 1, rest->len - 1};
    return (uint8_t)rest->ptr[-1];
}

/* A string that ends with a NUL; free(). */
static inline char *fuzz_text(struct bytes part)
{
    char *text = malloc(part.len + 1);
    if (!text)
        abort();
    if (part.len)
        memcpy(text, part.ptr, part.len);
    text[part.len] = 0;
    return text;
}

static inline const char *fuzz_file(struct bytes text)
{
    static char path[64];
    static int fd = -1;
    if (fd < 0)
        snprintf(path, sizeof path, "/proc/self/fd/%d", fd = memfd_create("fuzz", 0));
    if (ftruncate(fd, 0) != 0 || pwrite(fd, text.ptr, text.len, 0) != (ssize_t)text.len)
        abort();
    return path;
}

/* Reads every byte: a bad pointer is met here. */
static inline void fuzz_touch(struct bytes s)
{
    volatile unsigned char sum = 0;
    for (size_t i = 0; i < s.len; i++)
        sum += (unsigned char)s.ptr[i];
    (void)sum;
}

#endif
