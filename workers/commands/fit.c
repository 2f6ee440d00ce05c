/* fit: one creator against one campaign, from the live state and the topic campaigns. Reads, never writes. */
#include <stdio.h>
#include <stdlib.h>

#include "campaigns.h"
#include "creators.h"
#include "explain.h"
#include "microflux/args.h"
#include "microflux/commands.h"
#include "microflux/fit_view.h"
#include "peer_topic.h"

struct fitting {
    const struct config *config;
    struct bytes name;
    const char *campaign_id;
    bool json;
    struct score_tables tables;
    struct redis *redis;
    struct fit_campaign campaign;
};

static json_t *maybe(struct optional value)
{
    return value.there ? json_real(value.value) : json_null();
}

static json_t *fit_json(const struct fitting *f, const struct fit *fit)
{
    json_t *object =
        json_pack("{s:s%, s:s, s:f, s:f, s:f, s:s, s:o, s:o}", "creator_id", f->name.ptr, f->name.len,
                  "campaign_id", f->campaign.id, "fit", fit->score, "confidence", fit->confidence, "affinity",
                  fit->affinity, "affinity_source", f->campaign.modelled ? "VECTORS" : "LEXICON", "target",
                  maybe(fit->target), "values", maybe(fit->values));
    json_object_set_new(object, "gate", fit->gate ? json_string(fit_gate_names[fit->gate]) : json_null());
    json_t *factors = json_object(), *quality = json_object();
    for (int i = 0; i < N_FACTORS; i++)
        json_object_set_new(factors, fit_factor_names[i],
                            json_pack("{s:f, s:f}", "factor", fit->factors[i], "step", fit->steps[i]));
    for (size_t i = 0; i < fit->quality.n; i++) {
        const struct contribution *c = &fit->quality.of[i];
        json_object_set_new(quality, c->signal,
                            c->there ? json_pack("{s:f, s:f, s:f}", "value", c->value, "weight", c->weight,
                                                 "contribution", c->contribution)
                                     : json_null());
    }
    json_object_set_new(object, "factors", factors);
    json_object_set_new(object, "quality", quality);
    return object;
}

static void print_json(json_t *object)
{
    json_dumpf(object, stdout, JSON_COMPACT);
    printf("\n");
    json_decref(object);
}

static const char *const gate_sentences[N_GATES] = {
    "passes every gate",
    "the campaign does not run now: its status, or its dates",
    "is on another platform than the campaign asks for",
    "is of another tier than the campaign asks for",
    "a kept post shows what the campaign excludes",
    "a paid post of the last 90 days names a competitor",
    "too much of its audience looks fake",
    "its authenticity is below what the campaign asks for",
    "its engagement rate is below what the campaign asks for"};

static void fit_text(const struct fitting *f, const struct fit *fit)
{
    static const char *const told[N_FACTORS] = {"audience where and in which language it is sought",
                                                "posts that share the campaign's values",
                                                "quality: engagement, authenticity, paid posts"};
    printf("%.*s for %s (%s)\n", (int)f->name.len, f->name.ptr, f->campaign.id, f->campaign.brand);
    printf("  fit %s of 100 (confidence %s)\n", say_number(fit->score, 1).text,
           say_number(fit->confidence, 2).text);
    printf("  %s%s%s%s\n", fit->gate ? "REJECTED (" : "", fit->gate ? fit_gate_names[fit->gate] : "",
           fit->gate ? "): " : "", gate_sentences[fit->gate]);
    printf("  %8s  %s\n", say_number(fit->affinity, 1).text,
           f->campaign.modelled ? "content and audience in common, by the model"
                                : "topics in common, by the lexicon");
    for (int i = 0; i < N_FACTORS; i++)
        printf("  %8s  %s (× %s)\n", say_number(fit->steps[i], 1).text, told[i],
               say_number(fit->factors[i], 3).text);
    for (size_t i = 0; i < fit->quality.n; i++)
        if (fit->quality.of[i].there)
            printf("    %-18s %s of 100, weight %s\n", fit->quality.of[i].signal,
                   say_number(fit->quality.of[i].value, 1).text,
                   say_number(fit->quality.of[i].weight, 2).text);
}

static enum err show(struct fitting *f, struct err_info *info)
{
    struct redis_options redis = redis_options_of(f->config, "microflux-fit");
    struct creator c;
    struct fit fit;
    struct fence fence;
    int32_t lane;
    creator_init(&c);
    enum err err = score_tables_open(f->config, &f->tables, info);
    if (err == ERR_OK)
        err = redis_open(&redis, &f->redis, info);
    if (err == ERR_OK)
        err = campaign_load(f->config, &f->tables, f->redis, f->campaign_id, &f->campaign, info);
    if (err == ERR_OK)
        err = creator_live(f->redis, f->config->namespace_, f->name, &c, &lane, &fence, info);
    if (err == ERR_OK) {
        struct peer_table peers;
        const struct market market = market_now(f->config, &f->tables, "fit", &peers);
        struct text_scratch *scratch = text_scratch_open(f->tables.text);
        struct score score;
        struct fit_view view;
        creator_score(&c, f->tables.methodology, &market, fence_now(&fence), &score);
        fit_view_of(&c, &score, f->tables.methodology, f->tables.embedding, scratch, &view);
        fit_of(&f->campaign, f->tables.methodology, &view, &fit);
        if (f->json)
            print_json(fit_json(f, &fit));
        else
            fit_text(f, &fit);
        text_scratch_close(scratch);
    }
    creator_clear(&c);
    redis_close(f->redis);
    score_tables_close(&f->tables);
    return err;
}

int command_fit(int argc, char **argv)
{
    struct config *config = NULL;
    struct err_info info;
    char **rest;
    size_t n;
    int status = 0;
    const char *format = "text";
    const struct arg options[] = {{"format", ARG_CHOICE, "text|json", "json: one object", &format}};
    const struct args args = {"fit",
                              "CREATOR CAMPAIGN",
                              "Says how well a creator fits a campaign now, and what makes it so.",
                              "microflux fit creator-42 spring",
                              options,
                              1,
                              true};
    if (!args_parse(&args, argc, argv, &rest, &n, &config, &status))
        return status;
    if (n != 2) {
        fprintf(stderr, "microflux fit: name a creator and a campaign\n");
        status = 64;
    } else {
        struct fitting f = {.config = config,
                            .name = bytes_of(rest[0]),
                            .campaign_id = rest[1],
                            .json = strcmp(format, "json") == 0};
        status = show(&f, &info) == ERR_OK ? 0 : complain("fit", &info);
    }
    config_free(config);
    return status;
}
