/* methodology: microflux-1: the constants of scoring.md and the tier tables of §1, under one digest. */
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

static const struct methodology microflux_1 = {
    .name = "microflux-1",
    .version = "1",
    .hysteresis_percent = 2,
    .hysteresis_days = 7,
    .confidence_least = 0.10,
    .mature_ms = MS_DAY,
    .mature_until_ms = 90 * MS_DAY,
    .rate_posts = 12,
    .rate_least = 5,
    .estimate_half = 0.5,
    .estimate_peer_weight = 0.3,
    .estimate_offset = 0.5,
    .interval_z = 1.28,
    .interval_sigma = 0.58,
    .interval_floor = 0.15,
    .estimate_k = 1,
    .peer_low = 1e-5,
    .peer_high = 1,
    .peer_quantiles = {0.01, 0.05, 0.10, 0.15, 0.20, 0.25, 0.30, 0.35, 0.40, 0.45, 0.50,
                       0.55, 0.60, 0.65, 0.70, 0.75, 0.80, 0.85, 0.90, 0.95, 0.99},
    .peer_least = 100,
    .peer_at_median = 75,
    .authenticity_weights = {0.40, 0.30, 0.20, 0.10},
    .fake_intercept = -2.3,
    .fake_ratio = 1.3,
    .fake_posts = -0.95,
    .fake_following = 1.2,
    .fake_following_from = 1000,
    .fake_no_picture = 1.7,
    .fake_digits = 0.35,
    .fake_digits_most = 4,
    .fake_picture_unknown = 0.07,
    .fake_digits_unknown = 0.5,
    .fake_base_rate = 0.17,
    .audience_k = 20,
    .suspicious_from = 0.5,
    .wilson_z = 1.96,
    .terms = {[TERM_SPREAD] = {40, {1.00, 1.40}},
              [TERM_STEP] = {25, {1.44, 2.20}},
              [TERM_RATE_HIGH] = {25, {0, 1.0986122886681098}}, /* ln 3 */
              [TERM_RATE_LOW] = {15, {0, 1.3862943611198906}},  /* ln 4 */
              [TERM_GENERIC] = {20, {0.25, 0.60}},
              [TERM_DUPLICATE] = {15, {0.15, 0.50}},
              [TERM_EARLY] = {15, {0.50, 0.90}}},
    .term_least =
        {[TERM_SPREAD] = 20, [TERM_STEP] = 20, [TERM_GENERIC] = 20, [TERM_DUPLICATE] = 20, [TERM_EARLY] = 3},
    .engagement_k = 10,
    .likes_reach = 6,
    .spread_comments = 0.25,
    .spread_high = 0.90,
    .spread_low = 0.50,
    .spread_likes = 0.08,
    .step_half = 8,
    .step_comments = 0.6,
    .generic_words = 2,
    .early_comments = 5,
    .early_minutes = 9,
    .growth_least = 8,
    .growth_k = 14,
    .spike = {60, {6, 20}},
    .following = {15, {0.5, 2}},
    .spike_mad = 1.4826,
    .spike_followers = 0.001,
    .spike_least = 1,
    .benign_factor = 1.5,
    .lost_cap = 25,
    .lost_share = 0.30,
    .lost_days = 14,
    .following_days = 30,
    .following_least = 100,
    .content_least = 5,
    .content_k = 5,
    .saturation = {60, {0.30, 0.70}},
    .undisclosed = {40, {0.10, 0.50}},
    .flags = {[FLAG_SPREAD] = 1.00,
              [FLAG_STEP] = 1.44,
              [FLAG_GROWTH_SPIKE] = 6,
              [FLAG_GENERIC] = 0.50,
              [FLAG_EARLY] = 0.70,
              [FLAG_SATURATION] = 0.30,
              [FLAG_POD_LIKE] = 0.40},
    .pod_early = 0.50,
    .pod_generic = 0.30,
    .change_days = {7, 30},
    .posts_days = 30,
    .repeat_weight = 0.6,
    .reply_weight = 0.4,
    .repeat = {0, 0.30},
    .reply = {0, 0.30},
    .community_k = 30,
    .n_niches = 8,
    .niches = {"FASHION", "BEAUTY", "FAMILY", "FITNESS", "FOOD", "INTERIOR", "PET", "TRAVEL"},
    .niche_prior = 0.5,
    .focus_k = 2,
    .saturation_least = 3,
    .healthy_low = 0.05,
    .healthy_high = 0.15,
    .paid_k = 2,
    .creator_weights = {0.35, 0.30, 0.20, 0.15},
};

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

/* Every constant as it lies in memory, then names and tables. */
static uint64_t digest(const struct methodology *m)
{
    const char *from = (const char *)&m->hysteresis_percent, *names = (const char *)&m->niches;
    struct buffer text = {0};
    buffer_printf(&text, "%s %s|", m->name, m->version);
    buffer_add(&text, from, (size_t)(names - from));
    buffer_add(&text, &m->niche_prior, (size_t)((const char *)(m + 1) - (const char *)&m->niche_prior));
    for (size_t i = 0; i < m->n_niches; i++)
        buffer_printf(&text, "|%s", m->niches[i]);
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
    struct methodology *m = malloc(sizeof *m);
    if (!m)
        abort();
    memcpy(m, &microflux_1, sizeof *m); /* padding too: it is in the digest */
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
