/* methodology: microflux-1: the constants of scoring.md §0–§2 and the tier tables of §1, under one digest. */
#include "microflux/methodology.h"

#include <stdio.h>
#include <stdlib.h>

/* [brief] micro = 1,000 to 100,000, both ends included */
static const struct tier_edge default_edges[] = {
    {"NONE", "NONE", 0, 0},         {"MICRO", "1K", 1000, 1000},        {"MICRO", "10K", 10000, 10000},
    {"MICRO", "50K", 50000, 50000}, {"MACRO", "MACRO", 100001, 100000}, {"MEGA", "MEGA", 1000001, 1000000}};
/* [Mediakix] */
static const struct tier_edge stim_edges[] = {
    {"NONE", "NONE", 0, 0},       {"NANO", "NANO", 1000, 1000},       {"MICRO", "MICRO", 10000, 10000},
    {"MID", "MID", 50000, 50000}, {"MACRO", "MACRO", 500000, 500000}, {"MEGA", "MEGA", 1000000, 1000000}};
/* [Later × Fohr 2021] */
static const struct tier_edge later_edges[] = {{"NONE", "NONE", 0, 0},
                                               {"MICRO", "MICRO", 10000, 10000},
                                               {"MID", "MID", 100000, 100000},
                                               {"MACRO", "MACRO", 500000, 500000},
                                               {"MEGA", "MEGA", 1000000, 1000000}};
/* [HypeAuditor] */
static const struct tier_edge hypeauditor_edges[] = {{"NONE", "NONE", 0, 0},
                                                     {"1-5K", "1-5K", 1000, 1000},
                                                     {"5-20K", "5-20K", 5000, 5000},
                                                     {"20-100K", "20-100K", 20000, 20000},
                                                     {"100K-1M", "100K-1M", 100000, 100000},
                                                     {"1M+", "1M+", 1000000, 1000000}};

#define SCHEME(name)                                                                                         \
    {                                                                                                        \
#name, name##_edges, sizeof name##_edges / sizeof name##_edges[0]                                    \
    }
static const struct tier_scheme known[SCHEMES] = {SCHEME(default), SCHEME(stim), SCHEME(later),
                                                  SCHEME(hypeauditor)};

static enum err add_scheme(struct methodology *m, const char *name, struct err_info *info)
{
    for (size_t i = 0; i < SCHEMES; i++) {
        if (strcmp(known[i].name, name) != 0)
            continue;
        for (size_t k = 0; k < m->n_schemes; k++)
            if (m->schemes[k] == &known[i])
                return err_set(info, ERR_USAGE, "schemes", "score.schemes names \"%s\" twice", name);
        m->schemes[m->n_schemes++] = &known[i];
        return ERR_OK;
    }
    return err_set(info, ERR_USAGE, "schemes",
                   "score.schemes: \"%s\" is none of default, stim, later, hypeauditor", name);
}

static uint64_t digest(const struct methodology *m)
{
    struct buffer text = {0};
    buffer_printf(&text, "%s %s|%lld %lld|%lld %lld|%d %d|%.17g %.17g %.17g %.17g %.17g %.17g", m->name,
                  m->version, (long long)m->hysteresis_percent, (long long)m->hysteresis_days,
                  (long long)m->mature_ms, (long long)m->mature_until_ms, m->rate_posts, m->rate_least,
                  m->estimate_half, m->estimate_peer_weight, m->estimate_offset, m->interval_z,
                  m->interval_sigma, m->interval_floor);
    for (size_t i = 0; i < m->n_schemes; i++)
        for (size_t k = 0; k < m->schemes[i]->n_edges; k++)
            buffer_printf(&text, "|%s %s %s %lld", m->schemes[i]->name, m->schemes[i]->edges[k].tier,
                          m->schemes[i]->edges[k].band, (long long)m->schemes[i]->edges[k].from);
    uint64_t hash = bytes_hash((struct bytes){text.data, text.len});
    buffer_free(&text);
    return hash;
}

enum err methodology_open(const char *schemes, struct methodology **result, struct err_info *info)
{
    struct methodology *m = calloc(1, sizeof *m);
    if (!m)
        abort();
    *m = (struct methodology){.name = "microflux-1",
                              .version = "1",
                              .hysteresis_percent = 2,
                              .hysteresis_days = 7,
                              .mature_ms = MS_DAY,
                              .mature_until_ms = 90 * MS_DAY,
                              .rate_posts = 12,
                              .rate_least = 5,
                              .estimate_half = 0.5,
                              .estimate_peer_weight = 0.3,
                              .estimate_offset = 0.5,
                              .interval_z = 1.28,
                              .interval_sigma = 0.58,
                              .interval_floor = 0.15};
    char *copy = strdup(schemes), *rest = copy;
    enum err err = ERR_OK;
    for (char *name; err == ERR_OK && (name = strsep(&rest, ", ")) != NULL;)
        if (*name)
            err = add_scheme(m, name, info);
    free(copy);
    if (err == ERR_OK && (m->n_schemes == 0 || m->schemes[0] != &known[0]))
        err =
            err_set(info, ERR_USAGE, "schemes", "score.schemes must begin with default, not \"%s\"", schemes);
    if (err != ERR_OK) {
        free(m);
        return err;
    }
    m->digest = digest(m);
    *result = m;
    return ERR_OK;
}

void methodology_close(struct methodology *m)
{
    free(m);
}
