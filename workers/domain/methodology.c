/* methodology: a methodology file becomes the struct that every formula reads. All of a file or nothing:
 * whatever it does not say, says twice or says wrong refuses it. */
#include "microflux/methodology.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "methodology_table.h"
#include "microflux/args.h"
#include "microflux/ini.h"

#define MOST_EDGES 8 /* entries of a scheme; their place in it lies in Redis */
#define MOST_TEXT  4096

_Static_assert(MOST_EDGES <= PEER_BANDS, "a peer table has a cell for each entry");

/* What a methodology owns beside itself. */
struct owned {
    struct methodology m; /* first: the handle that is given away */
    struct tier_scheme schemes[SCHEMES];
    struct tier_edge edges[SCHEMES][MOST_EDGES];
    size_t n_schemes, used;
    char text[MOST_TEXT]; /* all names, one behind the other */
};

struct loading {
    struct owned *o;
    const char *file;
    bool seen[MOST_CONSTANTS];
};

static const char *keep(struct owned *o, const char *text)
{
    size_t size = strlen(text) + 1;
    if (o->used + size > sizeof o->text)
        return NULL;
    o->used += size;
    return memcpy(o->text + o->used - size, text, size);
}

static enum err too_long(const struct loading *l, int line, struct err_info *info)
{
    return err_set(info, ERR_USAGE, "methodology", "%s, line %d: more names than a methodology has room for",
                   l->file, line);
}

/* ---- constants ---- */

static const char *constant_name(const void *all, size_t i)
{
    return ((const struct constant *)all)[i].name;
}

/* Whole numbers where the type asks for them; *rest moves on. */
static bool read_number(const struct constant *c, const char **rest, double *x)
{
    char *end;
    *x = strtod(*rest, &end);
    bool good = end != *rest && isfinite(*x) && *x >= c->least && *x <= c->most &&
                (c->type == CONSTANT_REAL || *x == floor(*x));
    *rest = end + strspn(end, " \t");
    return good;
}

static void put_number(struct methodology *m, const struct constant *c, size_t i, double x)
{
    char *at = (char *)m + c->offset;
    if (c->type == CONSTANT_REAL)
        ((double *)(void *)at)[i] = x;
    else if (c->type == CONSTANT_I32)
        ((int32_t *)(void *)at)[i] = (int32_t)x;
    else
        ((int64_t *)(void *)at)[i] = (int64_t)x * c->unit;
}

static enum err set_constant(struct loading *l, const struct constant *c, const char *value, int line,
                             struct err_info *info)
{
    const char *rest = value;
    double x = 0, before = 0;
    bool good = true;
    for (size_t i = 0; i < c->n && good; i++, before = x) {
        good = read_number(c, &rest, &x) && (i == 0 || i + c->rising <= c->n || x > before);
        if (good)
            put_number(&l->o->m, c, i, x);
    }
    if (good && !*rest)
        return ERR_OK;
    return err_set(info, ERR_USAGE, "methodology",
                   "%s, line %d: %s = \"%.80s\" is not %zu %s%s from %g to %g%s", l->file, line, c->name,
                   value, c->n, c->type == CONSTANT_REAL ? "number" : "whole number", c->n > 1 ? "s" : "",
                   c->least, c->most,
                   c->rising == 0     ? ""
                   : c->rising < c->n ? ", the last two rising"
                                      : ", rising");
}

/* ---- names ---- */

static enum err set_niches(struct loading *l, const char *value, int line, struct err_info *info)
{
    struct methodology *m = &l->o->m;
    char copy[512], *rest = copy;
    snprintf(copy, sizeof copy, "%s", value);
    for (char *name; (name = strsep(&rest, " ,")) != NULL;) {
        if (!*name)
            continue;
        if (m->n_niches == NICHES || !(m->niches[m->n_niches++] = keep(l->o, name)))
            return too_long(l, line, info);
    }
    if (m->n_niches < 2)
        return err_set(info, ERR_USAGE, "methodology", "%s, line %d: niche.names has fewer than two names",
                       l->file, line);
    return ERR_OK;
}

static struct tier_scheme *scheme_of(struct owned *o, const char *name, size_t len)
{
    char copy[64];
    for (size_t i = 0; i < o->n_schemes; i++)
        if (strlen(o->schemes[i].name) == len && strncmp(o->schemes[i].name, name, len) == 0)
            return &o->schemes[i];
    snprintf(copy, sizeof copy, "%.*s", (int)len, name);
    if (o->n_schemes == SCHEMES || !(o->schemes[o->n_schemes].name = keep(o, copy)))
        return NULL;
    o->schemes[o->n_schemes].edges = o->edges[o->n_schemes];
    return &o->schemes[o->n_schemes++];
}

/* "default.MICRO/1K" = "1000", or "100001 100000": one more entry of a scheme. */
static enum err add_edge(struct loading *l, const char *key, const char *value, int line,
                         struct err_info *info)
{
    size_t len = strcspn(key, ".");
    struct tier_scheme *scheme = scheme_of(l->o, key, len);
    if (!scheme || scheme->n_edges == MOST_EDGES)
        return err_set(info, ERR_USAGE, "methodology", "%s, line %d: more than %d schemes, or entries of one",
                       l->file, line, scheme ? MOST_EDGES : SCHEMES);
    struct tier_edge *edges = l->o->edges[scheme - l->o->schemes], *edge = &edges[scheme->n_edges];
    char tier[64];
    snprintf(tier, sizeof tier, "%s", key + len + 1);
    char *band = strchr(tier, '/');
    if (band)
        *band++ = 0;
    edge->tier = keep(l->o, tier);
    edge->band = band ? keep(l->o, band) : edge->tier;
    if (!edge->tier || !edge->band)
        return too_long(l, line, info);
    int used = 0, n = sscanf(value, "%" SCNd64 " %n%" SCNd64 "%n", &edge->from, &used, &edge->edge, &used);
    if (n == 1)
        edge->edge = edge->from;
    bool first = scheme->n_edges == 0;
    if (n < 1 || value[used] || edge->edge < 0 || (first ? edge->from != 0 : edge->from <= edge[-1].from))
        return err_set(info, ERR_USAGE, "methodology",
                       "%s, line %d: scheme %s = \"%s\": followers it begins at, %s, and perhaps an edge",
                       l->file, line, key, value, first ? "0 for the first" : "more than the one before");
    scheme->n_edges++;
    return ERR_OK;
}

/* ---- the file ---- */

static enum err set_name(struct loading *l, const char **name, const char *value, int line,
                         struct err_info *info)
{
    *name = keep(l->o, value);
    return *name && **name ? ERR_OK : too_long(l, line, info);
}

static enum err twice(const struct loading *l, const char *key, int line, struct err_info *info)
{
    return err_set(info, ERR_USAGE, "methodology", "%s, line %d: %s stands here a second time", l->file, line,
                   key);
}

static enum err take_pair(void *arg, const char *key, const char *value, int line, struct err_info *info)
{
    struct loading *l = arg;
    struct methodology *m = &l->o->m;
    bool name = strcmp(key, "methodology.name") == 0;
    if (name || strcmp(key, "methodology.version") == 0)
        return (name ? m->name : m->version) ? twice(l, key, line, info)
                                             : set_name(l, name ? &m->name : &m->version, value, line, info);
    if (strcmp(key, "niche.names") == 0)
        return m->n_niches ? twice(l, key, line, info) : set_niches(l, value, line, info);
    if (strncmp(key, "scheme ", 7) == 0 && strchr(key, '.'))
        return add_edge(l, key + 7, value, line, info);
    for (size_t i = 0; i < n_constants; i++)
        if (strcmp(constants[i].name, key) == 0) {
            if (l->seen[i])
                return twice(l, key, line, info);
            l->seen[i] = true;
            return set_constant(l, &constants[i], value, line, info);
        }
    return err_set(info, ERR_USAGE, "methodology", "%s, line %d: there is no constant %s; did you mean %s?",
                   l->file, line, key, nearest_name(key, constant_name, constants, n_constants));
}

/* ---- what a single line cannot say ---- */

static enum err check_complete(const struct loading *l, struct err_info *info)
{
    const struct methodology *m = &l->o->m;
    const char *missing = !m->name ? "methodology.name" : !m->version ? "methodology.version" : NULL;
    if (!missing && m->n_niches == 0)
        missing = "niche.names";
    for (size_t i = 0; i < n_constants && !missing; i++)
        if (!l->seen[i])
            missing = constants[i].name;
    return missing ? err_set(info, ERR_USAGE, "methodology",
                             "%s: %s is missing; microflux methodology show has it", l->file, missing)
                   : ERR_OK;
}

static enum err check_weights(const struct loading *l, const char *group, struct err_info *info)
{
    double sum = 0;
    for (size_t i = 0; i < n_constants; i++)
        if (strncmp(constants[i].name, group, strlen(group)) == 0)
            sum += *(const double *)(const void *)((const char *)&l->o->m + constants[i].offset);
    if (fabs(sum - 1) < 1e-9)
        return ERR_OK;
    return err_set(info, ERR_USAGE, "methodology", "%s: the weights %s… add up to %g, not 1", l->file, group,
                   sum);
}

static enum err choose_scheme(const struct loading *l, const char *name, struct err_info *info)
{
    struct methodology *m = &l->o->m;
    for (size_t i = 0; i < m->n_schemes; i++)
        if (strcmp(m->schemes[i]->name, name) == 0)
            return err_set(info, ERR_USAGE, "schemes", "score.schemes names \"%s\" twice", name);
    for (size_t i = 0; i < l->o->n_schemes; i++)
        if (strcmp(l->o->schemes[i].name, name) == 0) {
            m->schemes[m->n_schemes++] = &l->o->schemes[i];
            return ERR_OK;
        }
    char known[160] = "";
    for (size_t i = 0, len = 0; i < l->o->n_schemes && len < sizeof known; i++)
        len +=
            (size_t)snprintf(known + len, sizeof known - len, "%s%s", i ? ", " : "", l->o->schemes[i].name);
    return err_set(info, ERR_USAGE, "schemes", "score.schemes: \"%s\" is none of %s", name, known);
}

static enum err choose_schemes(const struct loading *l, const char *schemes, struct err_info *info)
{
    char *copy = strdup(schemes), *rest = copy;
    enum err err = ERR_OK;
    if (!copy)
        abort();
    for (char *name; err == ERR_OK && (name = strsep(&rest, ", ")) != NULL;)
        if (*name)
            err = choose_scheme(l, name, info);
    free(copy);
    if (err == ERR_OK && (l->o->m.n_schemes == 0 || strcmp(l->o->m.schemes[0]->name, "default") != 0))
        return err_set(info, ERR_USAGE, "schemes", "score.schemes must begin with default, not \"%s\"",
                       schemes);
    return err;
}

static enum err check(const struct loading *l, const char *schemes, struct err_info *info)
{
    static const char *const groups[] = {"authenticity.weight_", "community.weight_", "creator.weight_"};
    enum err err = check_complete(l, info);
    for (size_t i = 0; i < 3 && err == ERR_OK; i++)
        err = check_weights(l, groups[i], info);
    return err == ERR_OK ? choose_schemes(l, schemes, info) : err;
}

static void add_line(void *arg, const char *key, const char *value, const char *sentence)
{
    (void)sentence;
    buffer_printf(arg, "%s = %s\n", key, value);
}

enum err methodology_read(const char *file, const char *text, const char *schemes,
                          struct methodology **methodology, struct err_info *info)
{
    struct loading l = {.o = calloc(1, sizeof *l.o), .file = file};
    struct buffer canonical = {0};
    if (!l.o)
        abort();
    enum err err = ini_read(file, text, take_pair, &l, info);
    if (err == ERR_OK)
        err = check(&l, schemes, info);
    if (err != ERR_OK) {
        free(l.o);
        return err;
    }
    methodology_each(&l.o->m, add_line, &canonical);
    l.o->m.digest = bytes_hash((struct bytes){canonical.data, canonical.len});
    buffer_free(&canonical);
    *methodology = &l.o->m;
    return ERR_OK;
}

enum err methodology_open(const char *schemes, struct methodology **methodology, struct err_info *info)
{
    return methodology_read("microflux-1.conf", methodology_microflux_1, schemes, methodology, info);
}

void methodology_close(struct methodology *methodology)
{
    free(methodology); /* it is the beginning of what it owns */
}
