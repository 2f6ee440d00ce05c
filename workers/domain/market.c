/* market: two small tables, read as strictly as the methodology: what they do not say right refuses them. */
#include "microflux/market.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "methodology_table.h"
#include "microflux/args.h"
#include "microflux/ini.h"

static const char *name_at(const void *names, size_t i)
{
    return ((const char *const *)names)[i];
}

static int index_of(const char *const *names, int n, const char *name, size_t len)
{
    for (int i = 0; i < n; i++)
        if (strlen(names[i]) == len && strncmp(names[i], name, len) == 0)
            return i;
    return -1;
}

/* ---- benchmarks ---- */

struct benchmark {
    const char *file;
    const struct methodology *m;
    struct peer_table *table;
    struct buffer canonical;
};

/* "MICRO/1K", or "MACRO": the place in the scheme default; -1: none. */
static int entry_of(const struct methodology *m, const char *name)
{
    char entry[128];
    for (size_t i = 0; i < m->schemes[0]->n_edges; i++) {
        const struct tier_edge *edge = &m->schemes[0]->edges[i];
        bool own_band = strcmp(edge->tier, edge->band) != 0;
        snprintf(entry, sizeof entry, "%s%s%s", edge->tier, own_band ? "/" : "", own_band ? edge->band : "");
        if (strcmp(entry, name) == 0)
            return (int)i;
    }
    return -1;
}

/* Rates above 0 that rise, one for each quantile. */
static bool read_cell(struct peer_cell *cell, const char *value)
{
    for (size_t i = 0; i < PEER_QUANTILES; i++) {
        char *end;
        cell->quantiles[i] = strtod(value, &end);
        double before = i ? cell->quantiles[i - 1] : 0;
        if (end == value || !isfinite(cell->quantiles[i]) || cell->quantiles[i] <= before)
            return false;
        value = end + strspn(end, " \t");
    }
    cell->n = 1;
    return !*value;
}

static enum err take_benchmark(void *arg, const char *key, const char *value, int line, struct err_info *info)
{
    struct benchmark *b = arg;
    size_t len = strcspn(key, ".");
    if (strncmp(key, "benchmark.", 10) == 0)
        return ERR_OK; /* its name, version and date are for people */
    int platform = index_of(platform_names, N_PLATFORMS, key, len);
    char section[64];
    snprintf(section, sizeof section, "%.*s", (int)len, key);
    if (platform < 0)
        return err_set(info, ERR_USAGE, "benchmark", "%s, line %d: there is no platform %s; did you mean %s?",
                       b->file, line, section, nearest_name(section, name_at, platform_names, N_PLATFORMS));
    int entry = key[len] ? entry_of(b->m, key + len + 1) : -1;
    if (entry < 0)
        return err_set(info, ERR_USAGE, "benchmark", "%s, line %d: the scheme default has no entry %s",
                       b->file, line, key[len] ? key + len + 1 : "");
    struct peer_cell *cell = &b->table->cells[platform][entry];
    if (cell->n)
        return err_set(info, ERR_USAGE, "benchmark", "%s, line %d: %s stands here a second time", b->file,
                       line, key);
    if (!read_cell(cell, value))
        return err_set(info, ERR_USAGE, "benchmark", "%s, line %d: %s is not %d rising rates above 0",
                       b->file, line, key, PEER_QUANTILES);
    buffer_printf(&b->canonical, "%s", key);
    for (size_t i = 0; i < PEER_QUANTILES; i++)
        buffer_printf(&b->canonical, " %.17g", cell->quantiles[i]);
    return ERR_OK;
}

enum err benchmark_read(const char *file, const char *text, const struct methodology *methodology,
                        struct peer_table **table, struct err_info *info)
{
    struct benchmark b = {file, methodology, calloc(1, sizeof *b.table), {0}};
    if (!b.table)
        abort();
    enum err err = ini_read(file, text, take_benchmark, &b, info);
    b.table->digest = bytes_hash((struct bytes){b.canonical.data, b.canonical.len});
    for (size_t i = 0; i < PEER_PLATFORMS * PEER_BANDS; i++)
        b.table->cells[i / PEER_BANDS][i % PEER_BANDS].table = b.table->digest;
    buffer_free(&b.canonical);
    if (err != ERR_OK)
        free(b.table);
    else
        *table = b.table;
    return err;
}

enum err benchmark_open(const struct methodology *methodology, struct peer_table **table,
                        struct err_info *info)
{
    return benchmark_read("benchmarks-1.conf", benchmark_benchmarks_1, methodology, table, info);
}

/* ---- earned media value ---- */

struct units {
    const char *file;
    struct unit_values *values;
    bool seen[N_KINDS];
};

static bool is_date(const char *text)
{
    int year, month, day, used = 0;
    return sscanf(text, "%4d-%2d-%2d%n", &year, &month, &day, &used) == 3 && used == 10 && !text[10];
}

static bool is_currency(const char *text)
{
    return strlen(text) == 3 && strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 3;
}

static enum err take_unit(struct units *u, const char *name, const char *value, int line,
                          struct err_info *info)
{
    char *end;
    int kind = index_of(kind_names, N_KINDS, name, strlen(name));
    double worth = strtod(value, &end);
    if (kind <= KIND_OTHER)
        return err_set(info, ERR_USAGE, "emv", "%s, line %d: there is no kind %s; did you mean %s?", u->file,
                       line, name, nearest_name(name, name_at, kind_names + 1, N_KINDS - 1));
    if (u->seen[kind] || end == value || *end || !(worth >= 0 && worth <= 1e9))
        return err_set(info, ERR_USAGE, "emv",
                       "%s, line %d: unit.%s = \"%.80s\" is not a number from 0 to 1e9, once", u->file, line,
                       name, value);
    u->seen[kind] = true;
    u->values->minor_units[kind] = worth;
    return ERR_OK;
}

static enum err take_pair(void *arg, const char *key, const char *value, int line, struct err_info *info)
{
    struct units *u = arg;
    bool date = strcmp(key, "emv.date") == 0, currency = strcmp(key, "emv.currency") == 0;
    if (strncmp(key, "unit.", 5) == 0)
        return take_unit(u, key + 5, value, line, info);
    const char **text = date ? &u->values->date : &u->values->currency;
    if ((!date && !currency) || *text || !(date ? is_date(value) : is_currency(value)))
        return err_set(info, ERR_USAGE, "emv",
                       "%s, line %d: %s = \"%.80s\": emv.date = 2026-01-31 and emv.currency = EUR, each once",
                       u->file, line, key, value);
    *text = strdup(value);
    return ERR_OK;
}

enum err unit_values_read(const char *file, const char *text, struct unit_values **values,
                          struct err_info *info)
{
    struct units u = {.file = file, .values = calloc(1, sizeof *u.values)};
    if (!u.values)
        abort();
    enum err err = ini_read(file, text, take_pair, &u, info);
    if (err == ERR_OK && (!u.values->date || !u.values->currency))
        err = err_set(info, ERR_USAGE, "emv", "%s: emv.%s is missing", file,
                      u.values->date ? "currency" : "date");
    if (err != ERR_OK)
        unit_values_free(u.values);
    else
        *values = u.values;
    return err;
}

void unit_values_free(struct unit_values *values)
{
    if (!values)
        return;
    free((char *)(uintptr_t)values->date);
    free((char *)(uintptr_t)values->currency);
    free(values);
}
