/* main: argv to sub-command, nothing else. */
#include "microflux/commands.h"

int main(int argc, char **argv)
{
    return commands_main(argc, argv);
}
