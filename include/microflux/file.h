/* file: a whole file as text. */
#ifndef MICROFLUX_FILE_H
#define MICROFLUX_FILE_H

#include "microflux/err.h"

/* file_text: the whole file, NUL-terminated; gives, free(). ERR_IO names the path. Blocks while it reads. */
enum err file_text(const char *path, char **text, struct err_info *info) MF_MUST_CHECK;

#endif
