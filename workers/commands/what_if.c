/* what-if: every creator of the live state against one campaign, under another budget or number of slots: the
 * best of them, and the roster that reaches most different people for the money. Reads, never writes. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "campaigns.h"
#include "creators.h"
#include "explain.h"
#include "microflux/args.h"
#include "microflux/commands.h"
#include "microflux/fit_view.h"
#include "peer_topic.h"

#define KEPT 200 /* the best that are ranked, and may be chosen (scoring.md §11) */

struct ranked {
    char *name; /* owned */
    struct fit fit;
    int64_t price, followers;
    char currency[4];
    double engagements;
    uint8_t registers[HLL_REGISTERS];
};

struct trying {
    const struct config *config;
    const char *campaign_id;
    int64_t top, budget, slots; /* budget, slots: -1: the campaign's */
    bool json;
    struct score_tables tables;
    struct peer_table peers;
    struct market market;
    struct text_scratch *scratch;
    struct redis *redis;
    struct fit_campaign campaign;
    int64_t as_of;
    struct ranked *best; /* n, the best first */
    size_t n;
    int64_t seen, rejected[N_GATES];
};

/* ---- ranking ---- */

static bool ahead(const struct trying *s, size_t at, double fit, struct bytes name)
{
    const struct ranked *r = &s->best[at];
    if (r->fit.score != fit)
        return r->fit.score > fit;
    size_t len = strlen(r->name);
    int order = memcmp(r->name, name.ptr, len < name.len ? len : name.len);
    return order ? order < 0 : len <= name.len;
}

static bool ranked_already(const struct trying *s, struct bytes name)
{
    for (size_t i = 0; i < s->n; i++)
        if (bytes_equal(bytes_of(s->best[i].name), name))
            return true;
    return false;
}

static void rank(struct trying *s, struct bytes name, const struct creator *c, const struct fit_view *view,
                 const struct fit *fit)
{
    size_t at = s->n;
    while (at > 0 && !ahead(s, at - 1, fit->score, name))
        at--;
    if (at == KEPT || ranked_already(s, name))
        return;
    if (s->n == KEPT)
        free(s->best[--s->n].name);
    memmove(&s->best[at + 1], &s->best[at], (s->n - at) * sizeof *s->best);
    s->n++;
    struct ranked *r = &s->best[at];
    *r = (struct ranked){.name = strndup(name.ptr, name.len),
                         .fit = *fit,
                         .price = c->price_currency[0] ? c->price : -1,
                         .followers = view->score->followers,
                         .engagements = view->score->has_estimate
                                            ? view->score->estimate * (double)view->score->followers
                                            : 0};
    memcpy(r->currency, c->price_currency, sizeof r->currency);
    if (c->actors)
        actors_registers(c->actors, s->as_of, r->registers);
}

static enum err judge(void *arg, int32_t lane, struct bytes name, struct err_info *info)
{
    struct trying *s = arg;
    struct creator c;
    struct score score;
    struct fit_view view;
    struct fit fit;
    bool found;
    creator_init(&c);
    enum err err = creator_read(s->redis, s->config->namespace_, lane, name, &c, &found, info);
    if (err == ERR_OK && found && !creator_gone(&c)) {
        creator_score(&c, s->tables.methodology, &s->market, s->as_of, &score);
        fit_view_of(&c, &score, s->tables.methodology, s->tables.embedding, s->scratch, &view);
        fit_of(&s->campaign, s->tables.methodology, &view, &fit);
        s->seen++;
        s->rejected[fit.gate]++;
        if (fit.gate == GATE_NONE)
            rank(s, name, &c, &view, &fit);
    }
    creator_clear(&c);
    return err;
}

static enum err judge_all(struct trying *s, struct err_info *info)
{
    int32_t lanes;
    enum err err = lanes_count(s->redis, s->config->namespace_, &lanes, info);
    for (int32_t lane = 0; err == ERR_OK && lane < lanes; lane++) {
        struct fence fence;
        err = fence_of(s->redis, s->config->namespace_, lane, &fence, info);
        if (err == ERR_OK) {
            s->as_of = fence_now(&fence);
            err = creators_each(s->redis, s->config->namespace_, lane, judge, s, info);
        }
    }
    return err;
}

/* ---- roster ---- */

/* A price in another currency is none, and so is any where the campaign names none: they cannot be added. */
static void build(const struct trying *s, struct candidate *candidates, struct roster *roster)
{
    for (size_t i = 0; i < s->n; i++) {
        const struct ranked *r = &s->best[i];
        bool priced =
            r->price > 0 && s->campaign.currency[0] && strcmp(r->currency, s->campaign.currency) == 0;
        candidates[i] = (struct candidate){bytes_of(r->name), r->fit.score, priced ? r->price : -1,
                                           r->registers, r->engagements};
    }
    roster_build(candidates, s->n, s->budget >= 0 ? s->budget : s->campaign.budget,
                 (int32_t)(s->slots >= 0 ? s->slots : s->campaign.slots), true, roster);
}

/* ---- telling ---- */

static void tell(const struct trying *s, const struct roster *roster)
{
    printf("%s (%s): %" PRId64 " creators, %" PRId64 " pass the gates\n", s->campaign.id, s->campaign.brand,
           s->seen, s->rejected[GATE_NONE]);
    for (int gate = 1; gate < N_GATES; gate++)
        if (s->rejected[gate])
            printf("  %8" PRId64 " rejected by %s\n", s->rejected[gate], fit_gate_names[gate]);
    printf("\n  rank  %-24s %6s %6s %10s\n", "creator", "fit", "conf.", "followers");
    for (size_t i = 0; i < s->n && (int64_t)i < s->top; i++)
        printf("  %4zu  %-24s %6s %6s %10" PRId64 "\n", i + 1, s->best[i].name,
               say_number(s->best[i].fit.score, 1).text, say_number(s->best[i].fit.confidence, 2).text,
               s->best[i].followers);
    printf("\n  roster of %zu: %.0f different people (± 2.3 %%), seen %s times each, %.0f engagements a "
           "post of each",
           roster->n, roster->unduplicated_reach, say_number(roster->frequency, 2).text, roster->engagements);
    if (roster->cost)
        printf(", cost %s", say_money((double)roster->cost, s->campaign.currency).text);
    printf("\n");
    for (size_t i = 0; i < roster->n && (int64_t)i < s->top; i++)
        printf("  %4zu  %-24.*s adds %8.0f people, alone reaches %8.0f\n", i + 1,
               (int)roster->members[i].candidate->creator_id.len,
               roster->members[i].candidate->creator_id.ptr, roster->members[i].marginal,
               roster->members[i].exclusive);
}

static json_t *ranking_json(const struct trying *s)
{
    json_t *ranking = json_array();
    for (size_t i = 0; i < s->n && (int64_t)i < s->top; i++)
        json_array_append_new(ranking,
                              json_pack("{s:s, s:f, s:f}", "creator_id", s->best[i].name, "fit",
                                        s->best[i].fit.score, "confidence", s->best[i].fit.confidence));
    return ranking;
}

static json_t *roster_json(const struct roster *roster)
{
    json_t *members = json_array();
    for (size_t i = 0; i < roster->n; i++) {
        const struct roster_member *m = &roster->members[i];
        json_array_append_new(members, json_pack("{s:s%, s:f, s:f}", "creator_id",
                                                 m->candidate->creator_id.ptr, m->candidate->creator_id.len,
                                                 "marginal", m->marginal, "exclusive", m->exclusive));
    }
    return json_pack("{s:o, s:f, s:f, s:f, s:f, s:I}", "members", members, "total_reach", roster->total_reach,
                     "unduplicated_reach", roster->unduplicated_reach, "expected_frequency",
                     roster->frequency, "expected_engagements", roster->engagements, "cost",
                     (json_int_t)roster->cost);
}

static void tell_json(const struct trying *s, const struct roster *roster)
{
    json_t *rejected = json_object();
    for (int gate = 1; gate < N_GATES; gate++)
        json_object_set_new(rejected, fit_gate_names[gate], json_integer(s->rejected[gate]));
    json_t *all =
        json_pack("{s:s, s:I, s:o, s:o, s:o}", "campaign_id", s->campaign.id, "creators", (json_int_t)s->seen,
                  "rejected", rejected, "ranking", ranking_json(s), "roster", roster_json(roster));
    json_dumpf(all, stdout, JSON_COMPACT);
    printf("\n");
    json_decref(all);
}

/* ---- */

static enum err show(struct trying *s, struct err_info *info)
{
    struct redis_options redis = redis_options_of(s->config, "microflux-what-if");
    enum err err = score_tables_open(s->config, &s->tables, info);
    if (err == ERR_OK)
        err = redis_open(&redis, &s->redis, info);
    if (err == ERR_OK)
        err = campaign_load(s->config, &s->tables, s->redis, s->campaign_id, &s->campaign, info);
    if (err == ERR_OK) {
        s->market = market_now(s->config, &s->tables, "what-if", &s->peers);
        s->scratch = text_scratch_open(s->tables.text);
        s->best = calloc(KEPT + 1, sizeof *s->best);
        err = s->best ? judge_all(s, info) : err_set(info, ERR_IO, "memory", "no memory for the ranking");
    }
    if (err == ERR_OK) {
        struct candidate candidates[KEPT];
        struct roster roster;
        build(s, candidates, &roster);
        (s->json ? tell_json : tell)(s, &roster);
        roster_free(&roster);
    }
    for (size_t i = 0; i < s->n; i++)
        free(s->best[i].name);
    free(s->best);
    text_scratch_close(s->scratch);
    redis_close(s->redis);
    score_tables_close(&s->tables);
    return err;
}

int command_what_if(int argc, char **argv)
{
    struct config *config = NULL;
    struct err_info info;
    char **rest;
    size_t n;
    int status = 0;
    const char *format = "text";
    struct trying s = {.top = 20, .budget = -1, .slots = -1};
    const struct arg options[] = {
        {"top", ARG_INT, "N", "how many are shown (default 20)", &s.top},
        {"budget", ARG_INT, "N", "minor units, instead of the campaign's (0: none)", &s.budget},
        {"slots", ARG_INT, "N", "creators at most, instead of the campaign's (0: any)", &s.slots},
        {"format", ARG_CHOICE, "text|json", "json: one object", &format},
    };
    const struct args args = {
        "what-if",
        "CAMPAIGN",
        "Ranks every creator for a campaign now and chooses a roster under another budget or other slots.",
        "microflux what-if spring --budget 500000 --slots 5",
        options,
        4,
        true};
    if (!args_parse(&args, argc, argv, &rest, &n, &config, &status))
        return status;
    s.config = config;
    s.campaign_id = rest[0];
    s.json = strcmp(format, "json") == 0;
    if (n != 1) {
        fprintf(stderr, "microflux what-if: name one campaign\n");
        status = 64;
    } else {
        status = show(&s, &info) == ERR_OK ? 0 : complain("what-if", &info);
    }
    config_free(config);
    return status;
}
