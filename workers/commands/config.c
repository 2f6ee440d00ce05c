/* config: the faces of the configuration table. */
#include <stdio.h>
#include <string.h>

#include "microflux/args.h"
#include "microflux/commands.h"

int command_config(int argc, char **argv)
{
    struct config *config = NULL;
    char **rest;
    size_t n;
    int status = 0;
    const struct args args = {
        "config",
        "sample|reference|show|keys",
        "Prints a sample file, the reference page, or the values in force (secrets masked).",
        "microflux config sample > microflux.conf",
        NULL,
        0,
        true};
    if (!args_parse(&args, argc, argv, &rest, &n, &config, &status))
        return status;
    const char *what = n == 1 ? rest[0] : "";
    if (strcmp(what, "sample") == 0)
        config_print_sample(stdout);
    else if (strcmp(what, "reference") == 0)
        config_print_reference(stdout);
    else if (strcmp(what, "show") == 0)
        config_print_effective(config, stdout);
    else if (strcmp(what, "keys") == 0)
        config_print_help(stdout);
    else
        status = (fprintf(stderr, "microflux config: say sample, reference, show or keys\n"), 64);
    config_free(config);
    return status;
}
