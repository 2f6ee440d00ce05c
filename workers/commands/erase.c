/* erase: asks for the erasure of a creator: prints what it will do, then writes a tombstone to profiles. The
 * worker that owns the lane does the rest; --wait looks into Redis until it has. */
#include "erase.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "creators.h"
#include "dead_letters.h"
#include "fences.h"
#include "microflux/args.h"
#include "microflux/clock.h"
#include "microflux/commands.h"
#include "publish_once.h"
#include "record_text.h"

#define LOOK_MS  200
#define ASK_MS   10000
#define FLUSH_MS 30000

struct erasing {
    const struct config *config;
    const char *creator;
    bool json;
    struct redis *redis;
    int32_t lane;
    int64_t timestamp; /* of the tombstone */
};

void topic_retention(const struct config *config, const char *topic, struct kafka_setting *retention)
{
    static const char *const names[] = {"retention.ms"};
    struct inquiry *inquiry = NULL;
    struct err_info info;
    snprintf(retention->value, sizeof retention->value, "?");
    if (inquiry_open(kafka_pairs_of(config), config->n_kafka, config->group, ASK_MS, &inquiry, &info) !=
            ERR_OK ||
        inquiry_settings(inquiry, topic, names, 1, retention, &info) != ERR_OK)
        snprintf(retention->value, sizeof retention->value, "?");
    inquiry_close(inquiry);
}

/* ---- the plan ---- */

static enum err find_lane(struct erasing *e, struct err_info *info)
{
    int32_t partitions = -1;
    const struct config *c = e->config;
    enum err err =
        topics_partitions(kafka_pairs_of(c), c->n_kafka, &c->topic_profiles, 1, ASK_MS, &partitions, info);
    if (err == ERR_OK && partitions < 1)
        err = err_set(info, ERR_NOT_FOUND, "no_topic", "there is no topic %s", c->topic_profiles);
    if (err == ERR_OK)
        e->lane = lane_of(bytes_of(e->creator), partitions);
    return err;
}

/* Keys of the creator that are there, as a list. */
static enum err list_keys(struct erasing *e, struct buffer *out, struct err_info *info)
{
    char prefix[160], key[512];
    const struct redis_answer *answer;
    enum err err = creators_prefix(e->redis, e->config->namespace_, e->lane, prefix, sizeof prefix, info);
    for (int k = 0; k < N_CREATOR_KEYS && err == ERR_OK; k++) {
        snprintf(key, sizeof key, "%s%s:%s", prefix, creator_key_names[k], e->creator);
        err = redis_call(e->redis, (struct bytes[]){BYTES("EXISTS"), bytes_of(key)}, 2, &answer, info);
        if (err == ERR_OK)
            err = redis_fate(answer, info);
        if (err != ERR_OK || answer->number == 0)
            continue;
        buffer_add_text(out, out->len ? (e->json ? "," : " ") : "");
        if (e->json)
            text_json(bytes_of(key), out);
        else
            buffer_add_text(out, key);
    }
    return err;
}

static void print_plan(const struct erasing *e, const struct buffer *keys, int64_t letters, uint64_t hash)
{
    const struct config *c = e->config;
    struct kafka_setting posts, interactions;
    topic_retention(c, c->topic_posts, &posts);
    topic_retention(c, c->topic_interactions, &interactions);
    if (e->json) {
        struct buffer id = {0};
        text_json(bytes_of(e->creator), &id);
        printf("{\"creator\":%.*s,\"lane\":%" PRId32 ",\"subject\":\"%016" PRIx64
               "\",\"keys\":[%.*s],\"tombstones\":[\"%s\",\"%s\"],\"dead_letters\":%" PRId64
               ",\"retention_ms\":{\"posts\":\"%s\",\"interactions\":\"%s\"}}\n",
               (int)id.len, id.data, e->lane, hash, (int)keys->len, keys->data ? keys->data : "",
               c->topic_profiles, c->topic_creator_scores, letters, posts.value, interactions.value);
        buffer_free(&id);
        return;
    }
    printf("creator %s, lane %" PRId32 ", subject=%016" PRIx64 " in the log\n", e->creator, e->lane, hash);
    printf("  Redis: delete %.*s\n", keys->len ? (int)keys->len : 7, keys->len ? keys->data : "nothing");
    printf("         keep their version, so that no replay brings them back\n");
    printf("  Kafka: a tombstone to %s/%" PRId32 " from here, to %s by the worker\n", c->topic_profiles,
           e->lane, c->topic_creator_scores);
    printf("         records of theirs in %s and %s leave with retention.ms=%s and %s\n", c->topic_posts,
           c->topic_interactions, posts.value, interactions.value);
    printf("         %" PRId64
           " dead letters leave with theirs, or now: microflux dead-letters erase %s --yes\n",
           letters, e->creator);
}

static enum err plan(struct erasing *e, struct err_info *info)
{
    struct buffer keys = {0};
    struct keyed_secret secret;
    int64_t letters = 0;
    enum err err = secret_of(e->config, &secret, info);
    if (err == ERR_OK)
        err = find_lane(e, info);
    if (err == ERR_OK)
        err = list_keys(e, &keys, info);
    if (err == ERR_OK)
        err = letters_of(e->config, e->creator, &letters, info);
    if (err == ERR_OK)
        print_plan(e, &keys, letters, keyed_hash(&secret, bytes_of(e->creator)));
    fflush(stdout);
    buffer_free(&keys);
    return err;
}

/* ---- the tombstone ---- */

static enum err ask(struct erasing *e, struct err_info *info)
{
    e->timestamp = clock_wall_ms();
    return publish_once(e->config, e->config->topic_profiles, bytes_of(e->creator), (struct bytes){NULL, 0},
                        e->timestamp, FLUSH_MS, info);
}

/* Done: Redis holds an erasure as young as ours, and all that readers were owed for it was acknowledged. */
static enum err look(struct erasing *e, bool *done, struct err_info *info)
{
    struct creator c;
    struct fence fence;
    bool found;
    creator_init(&c);
    enum err err =
        creator_read(e->redis, e->config->namespace_, e->lane, bytes_of(e->creator), &c, &found, info);
    if (err == ERR_OK)
        err = fence_of(e->redis, e->config->namespace_, e->lane, &fence, info);
    *done = err == ERR_OK && c.erasure.there && c.erasure.timestamp >= e->timestamp &&
            fence.at[TOPIC_PROFILES].published >= c.offsets[TOPIC_PROFILES];
    creator_clear(&c);
    return err == ERR_NOT_FOUND ? ERR_OK : err; /* no worker has begun this lane yet */
}

static enum err wait_for_it(struct erasing *e, int64_t seconds, struct err_info *info)
{
    int64_t until = clock_mono_ms() + seconds * 1000;
    bool done = false;
    enum err err;
    while ((err = look(e, &done, info)) == ERR_OK && !done && clock_mono_ms() < until)
        nanosleep(&(struct timespec){.tv_nsec = LOOK_MS * 1000000L}, NULL);
    if (err == ERR_OK && !done)
        err = err_set(info, ERR_WEATHER, "not_erased",
                      "the tombstone is in %s but no worker carried it out in %" PRId64
                      " s; microflux lag says how far lane %" PRId32 " is",
                      e->config->topic_profiles, seconds, e->lane);
    return err;
}

static enum err erase(struct erasing *e, bool dry, int64_t seconds, struct err_info *info)
{
    struct redis_options redis = redis_options_of(e->config, "microflux-erase");
    enum err err = redis_open(&redis, &e->redis, info);
    if (err == ERR_OK)
        err = plan(e, info);
    if (err == ERR_OK && !dry)
        err = ask(e, info);
    if (err == ERR_OK && !dry && seconds > 0)
        err = wait_for_it(e, seconds, info);
    if (err == ERR_OK)
        fprintf(stderr, dry           ? "nothing was changed\n"
                        : seconds > 0 ? "erased\n"
                                      : "asked for; --wait would say when it is done\n");
    redis_close(e->redis);
    return err;
}

int command_erase(int argc, char **argv)
{
    struct config *config = NULL;
    struct err_info info;
    char **rest;
    size_t n;
    int status = 0;
    const char *format = "text", *actor = NULL;
    bool dry = false, wait = false;
    int64_t seconds = 60;
    const struct arg options[] = {
        {"dry-run", ARG_FLAG, NULL, "only print the plan", &dry},
        {"wait", ARG_FLAG, NULL, "until a worker has carried it out", &wait},
        {"timeout", ARG_INT, "SECONDS", "longest wait (default 60)", &seconds},
        {"actor", ARG_TEXT, "ACTOR", "what is kept of one of the audience, and that it be forgotten", &actor},
        {"format", ARG_CHOICE, "text|json", "json: one object", &format},
    };
    const struct args args = {"erase",
                              "CREATOR",
                              "Erases a creator: a tombstone to profiles, which the workers carry out.",
                              "microflux erase creator-42 --dry-run",
                              options,
                              5,
                              true};
    if (!args_parse(&args, argc, argv, &rest, &n, &config, &status))
        return status;
    struct erasing e = {.config = config, .creator = n ? rest[0] : NULL, .json = strcmp(format, "json") == 0};
    enum err err = ERR_OK;
    if (n != (actor ? 0 : 1))
        status = (fprintf(stderr, "microflux erase: name one creator, or say --actor ACTOR\n"), 64);
    else
        err = actor ? erase_actor(config, actor, dry, e.json, &info)
                    : erase(&e, dry, wait ? seconds : 0, &info);
    if (err != ERR_OK)
        status = complain("erase", &info);
    config_free(config);
    return status;
}
