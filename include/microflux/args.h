/* args: the command line of one sub-command: a table of options, --help that fits a screen, and refusals that
 * name the nearest right option. */
#ifndef MICROFLUX_ARGS_H
#define MICROFLUX_ARGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "microflux/config.h"

enum arg_type { ARG_FLAG, ARG_TEXT, ARG_INT, ARG_REAL, ARG_CHOICE };

struct arg {
    const char *name; /* "format": written --format */
    enum arg_type type;
    const char *value; /* shown in help: "text|json", "N", "FILE"; for ARG_CHOICE also the choices */
    const char *sentence;
    void *target; /* bool *, const char **, int64_t *, double *, const char ** */
};

struct args {
    const char *command; /* "tail" */
    const char
        *positional;     /* "TOPIC", or verbs "list|show [ID]" of which the first word must be one; or NULL */
    const char *summary; /* one sentence */
    const char *example; /* a line that works */
    const struct arg *options;
    size_t n_options;
    bool configured; /* also takes --config FILE, --set key=value and --bootstrap ADDRESS (= --set
                        kafka.bootstrap.servers=…) */
};

/* args_parse: fills the targets; *positionals points into argv (n_positionals of them). --help, --version and
 * --list-options (for completion: lines of command, option or verb, its value, its sentence, with tabs) print
 * and return false with *status 0; a refused option prints why on stderr and returns false with *status 64.
 * With args->configured, *config is loaded (gives; config_free). */
bool args_parse(const struct args *args, int argc, char **argv, char ***positionals, size_t *n_positionals,
                struct config **config, int *status);

/* nearest_name: the name with the smallest edit distance, of n that name_at tells; NULL when n is 0. */
const char *nearest_name(const char *wrong, const char *(*name_at)(const void *names, size_t i),
                         const void *names, size_t n);

#endif
