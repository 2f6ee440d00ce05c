/* connect: a non-blocking socket on its way to Redis. */
#ifndef STORE_CONNECT_H
#define STORE_CONNECT_H

#include "microflux/err.h"

/* store_connect: gives *fd. Resolving a name may block shortly. ERR_USAGE: the address cannot be read. */
enum err store_connect(const char *address, int *fd, struct err_info *info) MF_MUST_CHECK;
/* store_check: whether the address can be read. */
enum err store_check(const char *address, struct err_info *info) MF_MUST_CHECK;

#endif
