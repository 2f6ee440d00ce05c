/* state: what Redis holds of a creator, in words (with the models that are configured) or JSON. Reads the
 * same keys that redis-cli would; never writes. */
#include <inttypes.h>
#include <stdio.h>

#include "creators.h"
#include "explain.h"
#include "microflux/args.h"
#include "microflux/commands.h"
#include "options.h"
#include "watch.h"

struct looking {
    const struct config *config;
    const char *creator; /* NULL: all of them */
    bool json;
    struct redis *redis;
    int32_t partitions;
    struct score_tables tables; /* of text alone */
};

static void print_text(const struct creator *c, const struct score_tables *tables, struct bytes name,
                       int32_t lane, int64_t as_of)
{
    const struct market market = {.models = {tables->embedding, tables->niche}};
    const struct methodology *methodology = tables->methodology;
    struct buffer topics = {0};
    struct score score;
    static const char *const windows[4] = {"24 h", "7 d", "30 d", "90 d"};
    creator_score(c, methodology, &market, as_of, &score);
    printf("%.*s  lane %d\n", (int)name.len, name.ptr, lane);
    if (creator_gone(c))
        printf("  erased at %" PRId64 " (ms since 1970)\n", c->erasure.at);
    if (score.has_profile)
        printf("  %s, %" PRId64 " followers\n", score.platform, score.followers);
    for (size_t i = 0; i < score.n_tiers; i++)
        printf("  tier %-12s %s %s\n", score.tiers[i].scheme, score.tiers[i].tier, score.tiers[i].band);
    if (score.rate.there)
        printf("  engagement rate %.4f %% over %d posts\n", 100 * score.rate.value, score.rate_posts);
    if (score.has_estimate)
        printf("  estimate %.4f %% (%.4f .. %.4f), confidence %.2f\n", 100 * score.estimate,
               100 * score.estimate_low, 100 * score.estimate_high, score.estimate_confidence);
    if (c->peer.there && c->peer.band < methodology->schemes[0]->n_edges)
        printf("  counted among the peers of %s %s, bin %d of %d\n", platform_names[c->peer.platform],
               methodology->schemes[0]->edges[c->peer.band].band, c->peer.bin, PEER_BINS);
    printf("  %-8s", "");
    for (int k = KIND_VIEW; k < N_KINDS; k++)
        printf("%12s", kind_names[k]);
    for (int w = 0; w < 4; w++) {
        printf("\n  %-8s", windows[w]);
        for (int k = KIND_VIEW; k < N_KINDS; k++)
            printf("%12" PRId64, score.windows[w][k]);
    }
    printf("\n  %-8s", "ever");
    for (int k = KIND_VIEW; k < N_KINDS; k++)
        printf("%12" PRId64, score.totals[k]);
    explain_topics(&score.niche, &topics);
    printf("\n  %d posts kept\n%.*s", c->n_posts, (int)topics.len, topics.data);
    buffer_free(&topics);
}

static int64_t lane_as_of(struct looking *look, int32_t lane)
{
    struct fence fence;
    struct err_info info;
    return fence_of(look->redis, look->config->namespace_, lane, &fence, &info) == ERR_OK ? fence.as_of : 0;
}

static enum err show(struct looking *look, struct bytes name, bool json, struct err_info *info)
{
    struct creator c;
    struct buffer out = {0};
    int32_t lane = lane_of(name, look->partitions);
    creator_init(&c);
    enum err err = creator_known(look->redis, look->config->namespace_, lane, name, &c, info);
    if (err == ERR_OK && json) {
        layout_json(&c, name, lane, &out);
        printf("%.*s\n", (int)out.len, out.data);
    } else if (err == ERR_OK) {
        print_text(&c, &look->tables, name, lane, lane_as_of(look, lane));
    }
    buffer_free(&out);
    creator_clear(&c);
    return err;
}

static enum err show_one(void *arg, int32_t lane, struct bytes name, struct err_info *info)
{
    (void)lane;
    return show(arg, name, true, info);
}

/* --all: every creator, through the sweep's index of each lane. */
static enum err show_all(struct looking *look, struct err_info *info)
{
    enum err err = ERR_OK;
    for (int32_t lane = 0; lane < look->partitions && err == ERR_OK; lane++)
        err = creators_each(look->redis, look->config->namespace_, lane, show_one, look, info);
    return err;
}

static int draw(void *arg)
{
    struct looking *look = arg;
    struct err_info info;
    struct redis_options redis = redis_options_of(look->config, "microflux-state");
    enum err err = look->json ? ERR_OK : score_tables_open(look->config, &look->tables, &info);
    if (err == ERR_OK)
        err = redis_open(&redis, &look->redis, &info);
    if (err == ERR_OK)
        err = lanes_count(look->redis, look->config->namespace_, &look->partitions, &info);
    if (err == ERR_OK)
        err = look->creator ? show(look, bytes_of(look->creator), look->json, &info) : show_all(look, &info);
    redis_close(look->redis);
    look->redis = NULL;
    score_tables_close(&look->tables);
    return err == ERR_OK ? 0 : complain("state", &info);
}

int command_state(int argc, char **argv)
{
    struct config *config = NULL;
    char **rest;
    size_t n;
    int status = 0;
    const char *format = "text";
    bool all = false, again = false;
    const struct arg options[] = {
        {"format", ARG_CHOICE, "text|json", "json: raw counters, one object a line", &format},
        {"all", ARG_FLAG, NULL, "every creator, as json", &all},
        {"watch", ARG_FLAG, NULL, "again every second", &again},
    };
    const struct args args = {"state",
                              "CREATOR",
                              "Shows what Redis holds of a creator: counters, days, posts.",
                              "microflux state creator-42 --format json",
                              options,
                              3,
                              true};
    if (!args_parse(&args, argc, argv, &rest, &n, &config, &status))
        return status;
    struct looking look = {
        .config = config, .creator = all ? NULL : rest[0], .json = strcmp(format, "json") == 0};
    if (n != (all ? 0 : 1))
        status = (fprintf(stderr, "microflux state: name one creator, or say --all\n"), 64);
    else
        status = watch(again, draw, &look);
    config_free(config);
    return status;
}
