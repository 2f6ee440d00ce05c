/* compare: creators side by side, from the live state, and, with --campaign, how each fits it; then how much
 * of their audiences is the same. Reads, never writes. */
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

#define MOST 8 /* side by side on a screen */

struct compared {
    const char *name;
    struct creator creator;
    struct score score;
    struct fit_view view;
    struct fit fit;
    uint8_t registers[HLL_REGISTERS];
};

struct comparing {
    const struct config *config;
    const char *campaign_id; /* "": none */
    bool json;
    struct score_tables tables;
    struct fit_campaign campaign;
    struct redis *redis;
    struct compared *of;
    size_t n;
};

/* ---- what is compared: one line each ---- */

struct entry { /* what people read; what programs do, where it is a number */
    struct said said;
    struct optional number;
};

static struct entry number(bool there, double value, struct said said)
{
    return (struct entry){there ? said : (struct said){"-"}, {value, there}};
}

static struct entry word(const char *text)
{
    struct entry cell = {.said = {"-"}};
    if (text)
        snprintf(cell.said.text, sizeof cell.said.text, "%s", text);
    return cell;
}

static struct entry tier(const struct compared *c)
{
    return word(c->score.n_tiers ? c->score.tiers[0].tier : NULL);
}

static struct entry followers(const struct compared *c)
{
    const struct score *s = &c->score;
    return number(s->has_profile, (double)s->followers, say_count(s->followers));
}

static struct entry rate(const struct compared *c)
{
    const struct score *s = &c->score;
    return number(s->has_estimate, s->estimate, say_percent(s->estimate, 2));
}

static struct entry weighted(const struct weighted *w)
{
    return number(w->there, w->score, say_number(w->score, 1));
}

static struct entry authenticity(const struct compared *c)
{
    return weighted(&c->score.authenticity);
}

static struct entry whole(const struct compared *c)
{
    return weighted(&c->score.creator);
}

static struct entry niche(const struct compared *c)
{
    return word(c->score.niche.asserted);
}

static struct entry reach(const struct compared *c)
{
    double people = hll_estimate(c->registers);
    return number(true, people, say_count((int64_t)people));
}

static struct entry saturation(const struct compared *c)
{
    const struct optional *s = &c->score.content.saturation;
    return number(s->there, s->value, say_percent(s->value, 0));
}

static struct entry paid(const struct compared *c)
{
    const struct optional *p = &c->score.commercial.paid_performance;
    return number(p->there, p->value, say_number(p->value, 2));
}

static struct entry in_money(const struct compared *c, bool there, double minor_units)
{
    return number(there, minor_units, say_money(minor_units, c->creator.price_currency));
}

static struct entry price(const struct compared *c)
{
    return in_money(c, c->creator.price_currency[0] != 0, (double)c->creator.price);
}

static struct entry cost(const struct compared *c)
{
    const struct optional *cpe = &c->score.commercial.cost_per_engagement;
    return in_money(c, cpe->there, cpe->value);
}

static struct entry fit_now(const struct compared *c)
{
    return number(true, c->fit.score, say_number(c->fit.score, 1));
}

static struct entry affinity(const struct compared *c)
{
    return number(true, c->fit.affinity, say_number(c->fit.affinity, 1));
}

static struct entry gate(const struct compared *c)
{
    return word(fit_gate_names[c->fit.gate]);
}

static const struct line {
    const char *key, *title;
    struct entry (*of)(const struct compared *c);
    bool of_campaign;
} lines[] = {
    {"tier", "tier", tier, false},
    {"followers", "followers", followers, false},
    {"engagement_rate", "engagement rate", rate, false},
    {"authenticity", "authenticity", authenticity, false},
    {"creator_score", "creator score", whole, false},
    {"niche", "niche", niche, false},
    {"reach", "people reached", reach, false},
    {"saturation", "sponsored posts", saturation, false},
    {"paid_performance", "paid against organic", paid, false},
    {"price", "price of a post", price, false},
    {"cost_per_engagement", "cost of an engagement", cost, false},
    {"fit", "fit", fit_now, true},
    {"affinity", "affinity", affinity, true},
    {"gate", "rejected by", gate, true},
};
#define N_LINES (sizeof lines / sizeof lines[0])

static bool said_of(const struct comparing *c, const struct line *line)
{
    return !line->of_campaign || *c->campaign_id;
}

/* ---- telling ---- */

static void tell(const struct comparing *c)
{
    printf("%-22s", "");
    for (size_t i = 0; i < c->n; i++)
        printf(" %16.16s", c->of[i].name);
    printf("\n");
    for (size_t k = 0; k < N_LINES; k++) {
        if (!said_of(c, &lines[k]))
            continue;
        printf("%-22s", lines[k].title);
        for (size_t i = 0; i < c->n; i++)
            printf(" %16s", lines[k].of(&c->of[i]).said.text);
        printf("\n");
    }
    for (size_t i = 0; i < c->n; i++)
        for (size_t k = i + 1; k < c->n; k++) {
            struct optional shared = overlap(c->of[i].registers, c->of[k].registers);
            printf("%s and %s share %s\n", c->of[i].name, c->of[k].name,
                   shared.there ? say_percent(shared.value, 1).text : "less than the sketches can tell");
        }
}

static json_t *cell_json(struct entry cell)
{
    if (cell.number.there)
        return json_real(cell.number.value);
    return strcmp(cell.said.text, "-") ? json_string(cell.said.text) : json_null();
}

static void tell_json(const struct comparing *c)
{
    for (size_t i = 0; i < c->n; i++) {
        json_t *one = json_pack("{s:s}", "creator_id", c->of[i].name), *shares = json_object();
        for (size_t k = 0; k < N_LINES; k++)
            if (said_of(c, &lines[k]))
                json_object_set_new(one, lines[k].key, cell_json(lines[k].of(&c->of[i])));
        for (size_t k = 0; k < c->n; k++) {
            struct optional shared = overlap(c->of[i].registers, c->of[k].registers);
            if (k != i)
                json_object_set_new(shares, c->of[k].name,
                                    shared.there ? json_real(shared.value) : json_null());
        }
        json_object_set_new(one, "overlap", shares);
        json_dumpf(one, stdout, JSON_COMPACT);
        printf("\n");
        json_decref(one);
    }
}

/* ---- */

static enum err look(struct comparing *c, const struct market *market, struct text_scratch *scratch,
                     struct compared *one, struct err_info *info)
{
    struct fence fence;
    int32_t lane;
    enum err err = creator_live(c->redis, c->config->namespace_, bytes_of(one->name), &one->creator, &lane,
                                &fence, info);
    if (err != ERR_OK)
        return err;
    int64_t as_of = fence_now(&fence);
    creator_score(&one->creator, c->tables.methodology, market, as_of, &one->score);
    fit_view_of(&one->creator, &one->score, c->tables.methodology, c->tables.embedding, scratch, &one->view);
    if (*c->campaign_id)
        fit_of(&c->campaign, c->tables.methodology, &one->view, &one->fit);
    if (one->creator.actors)
        actors_registers(one->creator.actors, as_of, one->registers);
    return ERR_OK;
}

static enum err look_at_all(struct comparing *c, struct err_info *info)
{
    struct redis_options redis = redis_options_of(c->config, "microflux-compare");
    struct peer_table peers;
    const struct market market = market_now(c->config, &c->tables, "compare", &peers);
    struct text_scratch *scratch = text_scratch_open(c->tables.text);
    enum err err = redis_open(&redis, &c->redis, info);
    for (size_t i = 0; i < c->n && err == ERR_OK; i++)
        err = look(c, &market, scratch, &c->of[i], info);
    text_scratch_close(scratch);
    return err;
}

static enum err show(struct comparing *c, char **names, struct err_info *info)
{
    enum err err = score_tables_open(c->config, &c->tables, info);
    c->of = calloc(c->n, sizeof *c->of);
    if (!c->of)
        abort();
    for (size_t i = 0; i < c->n; i++) {
        creator_init(&c->of[i].creator);
        c->of[i].name = names[i];
    }
    if (err == ERR_OK && *c->campaign_id)
        err = campaign_load(c->config, &c->tables, c->redis, c->campaign_id, &c->campaign, info);
    if (err == ERR_OK)
        err = look_at_all(c, info);
    if (err == ERR_OK)
        (c->json ? tell_json : tell)(c);
    for (size_t i = 0; i < c->n; i++)
        creator_clear(&c->of[i].creator);
    free(c->of);
    redis_close(c->redis);
    score_tables_close(&c->tables);
    return err;
}

int command_compare(int argc, char **argv)
{
    struct config *config = NULL;
    struct err_info info;
    char **rest;
    size_t n;
    int status = 0;
    const char *format = "text", *campaign = "";
    const struct arg options[] = {
        {"campaign", ARG_TEXT, "ID", "and how each fits this campaign", &campaign},
        {"format", ARG_CHOICE, "text|json", "json: one creator a line", &format},
    };
    const struct args args = {"compare",
                              "CREATOR...",
                              "Shows creators side by side, as they are now.",
                              "microflux compare creator-42 creator-7 --campaign spring",
                              options,
                              2,
                              true};
    if (!args_parse(&args, argc, argv, &rest, &n, &config, &status))
        return status;
    struct comparing c = {
        .config = config, .campaign_id = campaign, .json = strcmp(format, "json") == 0, .n = n};
    if (n < 2 || n > MOST) {
        fprintf(stderr, "microflux compare: name 2 to %d creators\n", MOST);
        status = 64;
    } else {
        status = show(&c, rest, &info) == ERR_OK ? 0 : complain("compare", &info);
    }
    config_free(config);
    return status;
}
