/* methodology_each: a methodology as lines of text, each number in the fewest digits that read back the same.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "methodology_table.h"

typedef void take_constant(void *arg, const char *key, const char *value, const char *sentence);

static void add_number(char *text, size_t size, double x)
{
    size_t len = strlen(text);
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text + len, size - len, "%s%.*g", len ? " " : "", digits, x);
        if (strtod(text + len, NULL) == x)
            return;
    }
}

static double number_of(const struct methodology *m, const struct constant *c, size_t i)
{
    const char *at = (const char *)m + c->offset;
    if (c->type == CONSTANT_REAL)
        return ((const double *)(const void *)at)[i];
    if (c->type == CONSTANT_I32)
        return ((const int32_t *)(const void *)at)[i];
    return (double)(((const int64_t *)(const void *)at)[i] / c->unit);
}

static void each_scheme(const struct tier_scheme *scheme, take_constant *take, void *arg)
{
    char key[160], value[64];
    for (size_t i = 0; i < scheme->n_edges; i++) {
        const struct tier_edge *edge = &scheme->edges[i];
        bool own_band = strcmp(edge->tier, edge->band) != 0;
        snprintf(key, sizeof key, "scheme %s.%s%s%s", scheme->name, edge->tier, own_band ? "/" : "",
                 own_band ? edge->band : "");
        if (edge->edge == edge->from)
            snprintf(value, sizeof value, "%" PRId64, edge->from);
        else
            snprintf(value, sizeof value, "%" PRId64 " %" PRId64, edge->from, edge->edge);
        take(arg, key, value, "");
    }
}

void methodology_each(const struct methodology *m, take_constant *take, void *arg)
{
    struct buffer niches = {0};
    take(arg, "methodology.name", m->name, "");
    take(arg, "methodology.version", m->version, "");
    for (size_t i = 0; i < m->n_schemes; i++)
        each_scheme(m->schemes[i], take, arg);
    for (size_t i = 0; i < m->n_niches; i++)
        buffer_printf(&niches, "%s%s", i ? " " : "", m->niches[i]);
    buffer_add(&niches, "", 1);
    take(arg, "niche.names", niches.data, "classes of the lexicon, in the order of their bits");
    buffer_free(&niches);
    for (size_t i = 0; i < n_constants; i++) {
        char value[512] = "";
        for (size_t k = 0; k < constants[i].n; k++)
            add_number(value, sizeof value, number_of(m, &constants[i], k));
        take(arg, constants[i].name, value, constants[i].sentence);
    }
}
