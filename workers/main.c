/* main: argv to sub-command, nothing else. */
#include "microflux/commands.h"

/* jemalloc, where it is linked, reads this: a cache of hundreds of megabytes in pages of 2 MiB costs a tenth
 * less CPU; few arenas, since each clears pages of its own. Measured in docs/decisions/0010. */
const char *malloc_conf = "thp:always,metadata_thp:auto,narenas:2";

int main(int argc, char **argv)
{
    return commands_main(argc, argv);
}
