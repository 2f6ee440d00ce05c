/* args: the command line of one sub-command, from a table. Refusals name the nearest right option. */
#include "microflux/args.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config_table.h"

extern char **environ;

#define MOST_SETS 64

struct parsing {
    const struct args *args;
    const char *file;
    const char *sets[MOST_SETS];
    char *bootstrap; /* "kafka.bootstrap.servers=…" */
    size_t n_sets;
};

/* What every command takes; the first three only when it is configured. */
static const struct arg common[] = {
    {"bootstrap", ARG_TEXT, "ADDRESS", "Kafka, as host:port,host:port", NULL},
    {"config", ARG_TEXT, "FILE", "configuration (microflux config sample)", NULL},
    {"set", ARG_TEXT, "KEY=VALUE", "one key of it; may be repeated", NULL},
    {"help", ARG_FLAG, NULL, "this text", NULL},
    {"version", ARG_FLAG, NULL, "the version", NULL},
};
#define N_CONFIGURING 3
#define N_COMMON      (sizeof common / sizeof *common)

static const struct arg *option_at(const struct args *args, size_t i)
{
    if (i < args->n_options)
        return &args->options[i];
    i += args->configured ? 0 : N_CONFIGURING;
    return i - args->n_options < N_COMMON ? &common[i - args->n_options] : NULL;
}

static void print_option(const struct arg *o)
{
    char left[64];
    snprintf(left, sizeof left, "--%s%s%s", o->name, o->value ? " " : "", o->value ? o->value : "");
    printf("  %-22s %s\n", left, o->sentence);
}

static void print_help(const struct args *args)
{
    printf("Usage: microflux %s [OPTION]...%s%s\n%s\n\nOptions:\n", args->command,
           args->positional ? " " : "", args->positional ? args->positional : "", args->summary);
    for (size_t i = 0; option_at(args, i); i++)
        print_option(option_at(args, i));
    printf("\nExample:\n  %s\n", args->example);
}

/* The verbs of "list|show|replay [ID]": NULL after the last. */
static const char *next_verb(const char *from, size_t *len)
{
    if (!from || *from < 'a' || *from > 'z')
        return NULL;
    *len = strcspn(from, "| ");
    return from;
}

static void list_options(const struct args *args)
{
    size_t len;
    for (const char *v = next_verb(args->positional, &len); v;
         v = v[len] == '|' ? next_verb(v + len + 1, &len) : NULL)
        printf("%s\t%.*s\t\t\n", args->command, (int)len, v);
    for (size_t i = 0; option_at(args, i); i++) {
        const struct arg *o = option_at(args, i);
        printf("%s\t--%s\t%s\t%s\n", args->command, o->name, o->value ? o->value : "", o->sentence);
    }
}

static bool print_and_end(const struct args *args, const char *word)
{
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)
        print_help(args);
    else if (strcmp(word, "--version") == 0)
        printf("microflux-%s " MF_VERSION "\n", args->command);
    else if (strcmp(word, "--list-options") == 0)
        list_options(args);
    else
        return false;
    return true;
}

static const char *option_name(const void *args, size_t i)
{
    return option_at(args, i)->name;
}

static bool refuse(const struct args *args, int *status, const char *format, const char *a, const char *b)
{
    fprintf(stderr, "microflux %s: ", args->command);
    fprintf(stderr, format, a, b);
    fprintf(stderr, "\n");
    *status = 64;
    return false;
}

static bool unknown(const struct args *args, const char *name, int *status)
{
    size_t n = 0;
    while (option_at(args, n))
        n++;
    return refuse(args, status, "there is no option --%s; did you mean --%s?", name,
                  nearest_name(name, option_name, args, n));
}

static bool choice_known(const char *choices, const char *value)
{
    size_t len = strlen(value);
    for (const char *p = choices; *p;) {
        size_t n = strcspn(p, "|");
        if (n == len && strncmp(p, value, n) == 0)
            return true;
        p += n + (p[n] == '|');
    }
    return false;
}

static bool set_option(const struct args *args, const struct arg *o, const char *value, int *status)
{
    char *end;
    switch (o->type) {
    case ARG_FLAG:
        *(bool *)o->target = true;
        return true;
    case ARG_CHOICE:
        if (!choice_known(o->value, value))
            return refuse(args, status, "\"%s\" is none of %s", value, o->value);
        /* fall through */
    case ARG_TEXT:
        *(const char **)o->target = value;
        return true;
    case ARG_REAL:
        *(double *)o->target = strtod(value, &end);
        if (!*value || *end || !(*(double *)o->target >= 0 && *(double *)o->target < HUGE_VAL))
            return refuse(args, status, "--%s wants a number such as 0.1, not \"%s\"", o->name, value);
        return true;
    case ARG_INT:
        errno = 0;
        *(int64_t *)o->target = strtoll(value, &end, 10);
        if (!*value || *end || errno || *(int64_t *)o->target < 0)
            return refuse(args, status, "--%s wants a whole number, not \"%s\"", o->name, value);
    }
    return true;
}

static bool set_common(struct parsing *p, const char *name, const char *value, int *status)
{
    if (strcmp(name, "config") == 0) {
        p->file = value;
    } else if (p->n_sets == MOST_SETS) {
        return refuse(p->args, status, "more than 64 --set: use --config %s%s", "FILE", "");
    } else if (strcmp(name, "set") == 0) {
        p->sets[p->n_sets++] = value;
    } else {
        size_t i = 0; /* the last --bootstrap counts */
        while (i < p->n_sets && p->sets[i] != p->bootstrap)
            i++;
        free(p->bootstrap);
        if (asprintf(&p->bootstrap, "kafka.bootstrap.servers=%s", value) < 0)
            abort();
        p->n_sets += i == p->n_sets;
        p->sets[i] = p->bootstrap;
    }
    return true;
}

static const struct arg *find(const struct args *args, const char *name)
{
    for (size_t i = 0; i < args->n_options; i++)
        if (strcmp(args->options[i].name, name) == 0)
            return &args->options[i];
    return NULL;
}

static bool is_common(const struct args *args, const char *name)
{
    return args->configured &&
           (strcmp(name, "config") == 0 || strcmp(name, "set") == 0 || strcmp(name, "bootstrap") == 0);
}

/* One "--name value", "--name=value" or "--flag" at argv[*i]. */
static bool take_option(struct parsing *p, int argc, char **argv, int *i, int *status)
{
    char name[64];
    const char *text = argv[*i] + 2, *equals = strchr(text, '=');
    snprintf(name, sizeof name, "%.*s", (int)(equals ? (size_t)(equals - text) : strlen(text)), text);
    const struct arg *o = find(p->args, name);
    if (!o && !is_common(p->args, name))
        return unknown(p->args, name, status);
    const char *value = equals ? equals + 1 : NULL;
    if (o && o->type == ARG_FLAG)
        return value ? refuse(p->args, status, "--%s takes no value, not \"%s\"", name, value)
                     : set_option(p->args, o, NULL, status);
    if (!value && *i + 1 >= argc)
        return refuse(p->args, status, "--%s wants a value%s", name, "");
    if (!value)
        value = argv[++*i];
    return o ? set_option(p->args, o, value, status) : set_common(p, name, value, status);
}

static const char *verb_name(const void *names, size_t i)
{
    return ((const char *const *)names)[i];
}

static bool check_verb(const struct args *args, const char *word, int *status)
{
    const char *names[16];
    char copy[128];
    size_t n = 0;
    snprintf(copy, sizeof copy, "%.*s", (int)strcspn(args->positional, " "), args->positional);
    char *rest = copy;
    while (n < 16 && (names[n] = strsep(&rest, "|")) != NULL)
        if (strcmp(names[n++], word ? word : "") == 0)
            return true;
    if (!word)
        return refuse(args, status, "say which: %s%s", args->positional, "");
    return refuse(args, status, "there is no \"%s\"; did you mean %s?", word,
                  nearest_name(word, verb_name, names, n));
}

/* Where there are verbs the first word is one of them; where nothing is expected there is nothing. */
static bool check_words(const struct args *args, char **words, size_t n, int *status)
{
    size_t len;
    bool verbs = next_verb(args->positional, &len) != NULL;
    size_t most = !args->positional ? 0 : verbs && !strchr(args->positional, ' ') ? 1 : SIZE_MAX;
    if (n > most)
        return refuse(args, status, "\"%s\" is not expected%s", words[most], "");
    return !verbs || check_verb(args, n > 0 ? words[0] : NULL, status);
}

static bool load(struct parsing *p, struct config **config, int *status)
{
    struct err_info info;
    struct config_sources sources = {p->file, environ, p->sets, p->n_sets};
    if (!p->args->configured || config_load(&sources, config, &info) == ERR_OK)
        return true;
    return refuse(p->args, status, "%s%s", info.sentence, "");
}

bool args_parse(const struct args *args, int argc, char **argv, char ***positionals, size_t *n_positionals,
                struct config **config, int *status)
{
    struct parsing p = {.args = args};
    bool ok = true, ended = false; /* "--" ends the options */
    size_t n = 0;
    *status = 0;
    for (int i = 1; i < argc && ok; i++) {
        if (ended) {
            argv[++n] = argv[i];
            continue;
        }
        if (print_and_end(args, argv[i])) {
            free(p.bootstrap);
            return false;
        }
        if (strcmp(argv[i], "--") == 0)
            ended = true;
        else if (strncmp(argv[i], "--", 2) == 0)
            ok = take_option(&p, argc, argv, &i, status);
        else if (argv[i][0] == '-' && argv[i][1])
            ok = unknown(args, argv[i] + 1, status);
        else
            argv[++n] = argv[i];
    }
    if (ok)
        ok = check_words(args, argv + 1, n, status);
    if (ok)
        ok = load(&p, config, status);
    free(p.bootstrap);
    *positionals = argv + 1;
    *n_positionals = n;
    return ok;
}
