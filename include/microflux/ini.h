/* ini: a text of [section] and key = value, pair by pair. */
#ifndef MICROFLUX_INI_H
#define MICROFLUX_INI_H

#include "microflux/err.h"

/* Takes one pair; key is "section.key", or "key" before the first section. An error ends the reading. */
typedef enum err ini_take(void *arg, const char *key, const char *value, int line, struct err_info *info);

/* ini_read: every pair in order. name: how sentences call the text. ERR_USAGE: a line that is neither, or too
 * long; the sentence names it. An indented line is a line of its own. Blocks for nothing. */
enum err ini_read(const char *name, const char *text, ini_take *take, void *arg,
                  struct err_info *info) MF_MUST_CHECK;

#endif
