/* config_table: the one table of keys. Private to this room. */
#ifndef BASE_CONFIG_TABLE_H
#define BASE_CONFIG_TABLE_H

#include <stddef.h>

#include "microflux/config.h"

enum key_type { KEY_TEXT, KEY_INT, KEY_CHOICE };

struct key {
    const char *name;
    enum key_type type;
    size_t offset;        /* of const char *, int64_t or int in struct config */
    const char *unit;     /* "", "ms", "MiB" … */
    const char *standard; /* the default, as text */
    int64_t least, most;  /* KEY_INT */
    const char *choices;  /* KEY_CHOICE: "stop rebuild"; the index is the value */
    const char *sentence;
    bool secret;
};

extern const struct key config_keys[];
extern const size_t n_config_keys;

const struct key *config_key(const char *name);
const char *nearest_key(const char *wrong);
bool config_is_secret(const char *name); /* of kafka.* too */

#endif
