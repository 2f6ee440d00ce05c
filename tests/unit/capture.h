/* capture: what a piece of code writes to stdout or stderr. Nothing is asserted in between: cmocka writes
 * there too. */
#ifndef CAPTURE_H
#define CAPTURE_H

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cmocka_all.h"

struct capture {
    int fd, saved, into;
};

static inline struct capture capture_begin(int fd)
{
    struct capture capture = {fd, dup(fd), memfd_create("capture", 0)};
    assert_true(capture.saved >= 0 && capture.into >= 0);
    fcntl(capture.into, F_SETFL, O_APPEND); /* or lines of two threads may land on each other */
    fflush(NULL);
    dup2(capture.into, fd);
    return capture;
}

/* Gives what was written, with a NUL at its end: free it. */
static inline char *capture_end(struct capture *capture)
{
    fflush(NULL);
    dup2(capture->saved, capture->fd);
    close(capture->saved);
    off_t len = lseek(capture->into, 0, SEEK_END);
    char *text = calloc(1, (size_t)len + 1);
    assert_non_null(text);
    assert_int_equal(pread(capture->into, text, (size_t)len, 0), len);
    close(capture->into);
    return text;
}

#endif
