/* methodology: the constants of the scores: is a file one that can be used, what does it change, what is in
 * force. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "microflux/args.h"
#include "microflux/commands.h"
#include "options.h"

/* ---- show: the file itself, made from the struct ---- */

struct showing {
    char section[64];
    struct buffer *out;
};

static void show_line(void *arg, const char *key, const char *value, const char *sentence)
{
    struct showing *s = arg;
    size_t len = strcspn(key, ".");
    if (strlen(s->section) != len || strncmp(s->section, key, len) != 0) {
        buffer_printf(s->out, "%s[%.*s]\n", *s->section ? "\n" : "", (int)len, key);
        snprintf(s->section, sizeof s->section, "%.*s", (int)len, key);
    }
    if (*sentence)
        buffer_printf(s->out, "; %s\n", sentence);
    buffer_printf(s->out, "%s = %s\n", key + len + 1, value);
}

void methodology_text(const struct methodology *m, struct buffer *out)
{
    struct showing showing = {.out = out};
    methodology_each(m, show_line, &showing);
}

static void show(const struct methodology *m)
{
    struct buffer text = {0};
    methodology_text(m, &text);
    fwrite(text.data, 1, text.len, stdout);
    buffer_free(&text);
}

/* ---- diff ---- */

struct line {
    char *key, *value;
};
struct lines {
    struct line *of;
    size_t n;
};

static void keep_line(void *arg, const char *key, const char *value, const char *sentence)
{
    struct lines *lines = arg;
    (void)sentence;
    lines->of = realloc(lines->of, (lines->n + 1) * sizeof *lines->of);
    if (!lines->of)
        abort();
    lines->of[lines->n++] = (struct line){strdup(key), strdup(value)};
}

static void free_lines(struct lines *lines)
{
    for (size_t i = 0; i < lines->n; i++) {
        free(lines->of[i].key);
        free(lines->of[i].value);
    }
    free(lines->of);
}

static const char *value_of(const struct lines *lines, const char *key)
{
    for (size_t i = 0; i < lines->n; i++)
        if (strcmp(lines->of[i].key, key) == 0)
            return lines->of[i].value;
    return NULL;
}

/* What b says otherwise than a; 1 when anything. Only tier schemes can stand on one side alone. */
static int diff(const struct methodology *a, const struct methodology *b)
{
    struct lines in_a = {0}, in_b = {0};
    int different = 0;
    methodology_each(a, keep_line, &in_a);
    methodology_each(b, keep_line, &in_b);
    for (size_t i = 0; i < in_a.n; i++) {
        const char *other = value_of(&in_b, in_a.of[i].key);
        if (other && strcmp(other, in_a.of[i].value) == 0)
            continue;
        printf("%s = %s -> %s\n", in_a.of[i].key, in_a.of[i].value, other ? other : "(none)");
        different = 1;
    }
    for (size_t i = 0; i < in_b.n; i++)
        if (!value_of(&in_a, in_b.of[i].key)) {
            printf("%s = (none) -> %s\n", in_b.of[i].key, in_b.of[i].value);
            different = 1;
        }
    free_lines(&in_a);
    free_lines(&in_b);
    return different;
}

static void tell(const struct methodology *m)
{
    printf("%s version %s digest %016" PRIx64 "\n", m->name, m->version, m->digest);
}

/* files: none: the one in force. */
static int methodology(const struct config *config, const char *verb, char **files, size_t n)
{
    struct methodology *in_force = NULL, *one = NULL, *two = NULL;
    struct err_info info;
    int status = 0;
    enum err err = methodology_of(config, config->methodology_file, &in_force, &info);
    if (err == ERR_OK && n > 0)
        err = methodology_of(config, files[0], &one, &info);
    if (err == ERR_OK && n > 1)
        err = methodology_of(config, files[1], &two, &info);
    if (err != ERR_OK)
        status = complain("methodology", &info);
    else if (strcmp(verb, "show") == 0)
        show(one ? one : in_force);
    else if (strcmp(verb, "check") == 0)
        tell(one ? one : in_force);
    else
        status = two ? diff(one, two) : diff(in_force, one);
    methodology_close(two);
    methodology_close(one);
    methodology_close(in_force);
    return status;
}

int command_methodology(int argc, char **argv)
{
    struct config *config = NULL;
    char **rest;
    size_t n;
    int status = 0;
    const struct args args = {"methodology",
                              "check|diff|show [FILE]...",
                              "Checks a methodology file, says what it changes (from the one in force, or "
                              "from FILE to FILE), or prints one.",
                              "microflux methodology diff my.conf",
                              NULL,
                              0,
                              true};
    if (!args_parse(&args, argc, argv, &rest, &n, &config, &status))
        return status;
    bool is_diff = strcmp(rest[0], "diff") == 0;
    if (n > (is_diff ? 3 : 2) || (is_diff && n == 1)) {
        fprintf(stderr, "microflux methodology: %s\n",
                is_diff ? "diff takes one FILE, or two" : "check and show take one FILE at most");
        status = 64;
    } else {
        status = methodology(config, rest[0], rest + 1, n - 1);
    }
    config_free(config);
    return status;
}
