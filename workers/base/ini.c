/* ini: inih's reader over a text, its lines handed out by us: it would itself cut a long one, and take an
 * indented one for more of the value above. */
#include "microflux/ini.h"

#include <ini.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

struct reading {
    const char *name, *rest;
    ini_take *take;
    void *arg;
    int line, failed_at; /* failed_at: line of err */
    struct err_info *info;
    enum err err;
};

static char *next_line(char *out, int size, void *user)
{
    struct reading *r = user;
    if (r->err != ERR_OK || !*r->rest)
        return NULL;
    r->line++;
    size_t len = strcspn(r->rest, "\n"), blank = strspn(r->rest, " \t");
    if (len + 2 > (size_t)size) {
        r->err = err_set(r->info, ERR_USAGE, "config", "%s, line %d: longer than %d bytes", r->name, r->line,
                         size - 2);
        return NULL;
    }
    blank = blank < len ? blank : len;
    snprintf(out, (size_t)size, "%.*s\n", (int)(len - blank), r->rest + blank);
    r->rest += len + (r->rest[len] == '\n');
    return out;
}

static int on_pair(void *user, const char *section, const char *name, const char *value)
{
    struct reading *r = user;
    char key[160];
    if (r->err != ERR_OK)
        return 0;
    snprintf(key, sizeof key, "%s%s%s", section, *section ? "." : "", name);
    r->failed_at = r->line;
    r->err = r->take(r->arg, key, value, r->line, r->info);
    return r->err == ERR_OK;
}

enum err ini_read(const char *name, const char *text, ini_take *take, void *arg, struct err_info *info)
{
    struct reading r = {.name = name, .rest = text, .take = take, .arg = arg, .info = info};
    int line = ini_parse_stream(next_line, &r, on_pair, &r);
    if (line > 0 && (r.err == ERR_OK || line < r.failed_at))
        return err_set(info, ERR_USAGE, "config", "%s, line %d: neither [section] nor key = value", name,
                       line);
    return r.err;
}
