/* metrics: the reference page, from the table of metrics. */
#include <string.h>

#include "metrics_table.h"
#include "microflux/args.h"
#include "microflux/commands.h"
#include "rekey_status.h"

int command_metrics(int argc, char **argv)
{
    char **rest;
    size_t n;
    int status = 0;
    const struct args args = {
        "metrics",
        "reference",
        "Prints the reference page of every metric that `microflux run` and `rekey` show.",
        "microflux metrics reference > docs/reference/metrics.md",
        NULL,
        0,
        false};
    if (!args_parse(&args, argc, argv, &rest, &n, NULL, &status))
        return status;
    if (n != 1 || strcmp(rest[0], "reference") != 0) {
        fprintf(stderr, "microflux metrics: say `microflux metrics reference`\n");
        return 64;
    }
    metrics_print_reference(stdout);
    rekey_metrics_print_reference(stdout);
    return 0;
}
