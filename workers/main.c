/* main: argv to sub-command, nothing else. */
#include "microflux/commands.h"

/* jemalloc, where it is linked, reads this: a cache of hundreds of megabytes in pages of 2 MiB costs a tenth
 * less CPU; few arenas, since each clears pages of its own; what is freed is kept two minutes, since a
 * page given back is cleared again when it returns. Measured in docs/decisions/0010. */
const char *malloc_conf =
    "thp:always,metadata_thp:auto,narenas:2,dirty_decay_ms:120000,muzzy_decay_ms:120000";

int main(int argc, char **argv)
{
    return commands_main(argc, argv);
}
