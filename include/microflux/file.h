/* file: a whole file as text, or the secret in its first line. */
#ifndef MICROFLUX_FILE_H
#define MICROFLUX_FILE_H

#include "microflux/err.h"

/* file_text: the whole file, NUL-terminated; gives, free(). ERR_IO names the path. Blocks while it reads. */
enum err file_text(const char *path, char **text, struct err_info *info) MF_MUST_CHECK;

#define FILE_SECRET 1024 /* bytes of the longest one, NUL too */
/* file_secret: the first line of the file. ERR_IO names the path. */
enum err file_secret(const char *path, char secret[FILE_SECRET], struct err_info *info) MF_MUST_CHECK;

#endif
