/* explain: a creator's scores in words, computed from the live counters by the same code as the worker's; or,
 * as JSON, the record that a worker would publish now. Reads Redis, never writes. */
#include "explain.h"

#include <stdio.h>

#include "creators.h"
#include "microflux/args.h"
#include "microflux/commands.h"
#include "microflux/schemas.h"
#include "options.h"
#include "peer_topic.h"

struct explaining {
    const struct config *config;
    struct bytes name;
    bool json;
    struct redis *redis;
    struct score_tables tables;
    struct peer_table peers;
    struct market market;
};

static enum err as_json(const struct explaining *x, const struct explained *e, const struct fence *fence,
                        int32_t lane, struct buffer *out, struct err_info *info)
{
    const struct score_makers makers = score_makers_of(x->tables.methodology, x->tables.benchmark,
                                                       text_digest(x->tables.text), &x->market.models);
    struct score_origin origin = {
        .creator_id = e->name, .partition = lane, .epoch = (int32_t)e->creator->epoch};
    struct buffer body = {0};
    for (int i = 0; i < N_TOPICS; i++) {
        origin.offsets += e->creator->offsets[i];
        origin.applied[i] = fence->at[i].applied;
    }
    origin.idle = fence->told > fence->as_of;
    score_encode(e->score, e->creator, &makers, &origin, &body);
    enum err err = avro_to_json(schema_creator_score, (struct bytes){body.data, body.len}, out, info);
    buffer_add_text(out, "\n");
    buffer_free(&body);
    return err;
}

static enum err explain(struct explaining *x, struct creator *c, struct buffer *out, struct err_info *info)
{
    struct fence fence;
    struct score score;
    int32_t lane;
    enum err err = creator_live(x->redis, x->config->namespace_, x->name, c, &lane, &fence, info);
    if (err != ERR_OK)
        return err;
    creator_score(c, x->tables.methodology, &x->market, fence_now(&fence), &score);
    const struct explained e = {x->name, c, &score, x->market.peers};
    if (x->json)
        return as_json(x, &e, &fence, lane, out, info);
    explain_text(&e, out);
    return ERR_OK;
}

static int print(struct explaining *x)
{
    struct err_info info;
    struct creator c;
    struct buffer out = {0};
    struct redis_options redis = redis_options_of(x->config, "microflux-explain");
    creator_init(&c);
    enum err err = score_tables_open(x->config, &x->tables, &info);
    if (err == ERR_OK)
        x->market = market_now(x->config, &x->tables, "explain", &x->peers);
    if (err == ERR_OK)
        err = redis_open(&redis, &x->redis, &info);
    if (err == ERR_OK)
        err = explain(x, &c, &out, &info);
    if (err == ERR_OK)
        fwrite(out.data, 1, out.len, stdout);
    redis_close(x->redis);
    score_tables_close(&x->tables);
    buffer_free(&out);
    creator_clear(&c);
    return err == ERR_OK ? 0 : complain("explain", &info);
}

int command_explain(int argc, char **argv)
{
    struct config *config = NULL;
    char **rest;
    size_t n;
    int status = 0;
    const char *format = "text", *language = NULL;
    const struct arg options[] = {
        {"format", ARG_CHOICE, "text|json", "json: the record that would be published now", &format},
        {"language", ARG_TEXT, "LANGUAGE", "en or fr (default: LANG's)", &language},
    };
    const struct args args = {"explain",
                              "CREATOR",
                              "Says a creator's scores as a person would, with what they are made of.",
                              "microflux explain creator-42 --language fr",
                              options,
                              2,
                              true};
    if (!args_parse(&args, argc, argv, &rest, &n, &config, &status))
        return status;
    explain_language(language);
    struct explaining x = {.config = config, .name = bytes_of(rest[0]), .json = strcmp(format, "json") == 0};
    if (n != 1)
        status = (fprintf(stderr, "microflux explain: name one creator\n"), 64);
    else
        status = print(&x);
    config_free(config);
    return status;
}
