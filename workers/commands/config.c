/* config: the faces of the configuration table. */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "microflux/args.h"
#include "microflux/commands.h"
#include "microflux/keyed_hash.h"

static void add_pair(void *object, const char *name, const char *value)
{
    json_object_set_new(object, name, json_string(value));
}

static void print_json(const struct config *config)
{
    json_t *object = json_object();
    config_each(config, add_pair, object);
    json_dumpf(object, stdout, JSON_COMPACT);
    json_decref(object);
    printf("\n");
}

static void print_secret(void)
{
    char text[KEYED_SECRET_DIGITS + 1];
    keyed_secret_make(text);
    printf("%s\n", text);
}

int command_config(int argc, char **argv)
{
    struct config *config = NULL;
    char **rest;
    size_t n;
    int status = 0;
    const char *format = "text";
    const struct arg options[] = {{"format", ARG_CHOICE, "text|json", "show: json: one object", &format}};
    const struct args args = {
        "config",
        "sample|reference|show|keys|secret",
        "Prints a sample file, the reference page, the values in force (secrets masked), or a new secret.",
        "microflux config sample > microflux.conf",
        options,
        1,
        true};
    if (!args_parse(&args, argc, argv, &rest, &n, &config, &status))
        return status;
    const char *what = rest[0];
    if (strcmp(what, "sample") == 0)
        config_print_sample(stdout);
    else if (strcmp(what, "reference") == 0)
        config_print_reference(stdout);
    else if (strcmp(what, "show") == 0 && strcmp(format, "json") == 0)
        print_json(config);
    else if (strcmp(what, "secret") == 0)
        print_secret();
    else if (strcmp(what, "show") == 0)
        config_print_effective(config, stdout);
    else
        config_print_help(stdout);
    config_free(config);
    return status;
}
