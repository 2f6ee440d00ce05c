#include "microflux/commands.h"
int command_top(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    return 0;
}
