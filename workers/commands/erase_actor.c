/* erase_actor: of the audience only keyed hashes are kept: in samples of creators' audiences, which leave by
 * themselves, and as names of the rings of the audience worker, which a tombstone to audience-edges removes.
 * This says where the hash of one actor is, and asks for that. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "creators.h"
#include "erase.h"
#include "fences.h"
#include "microflux/edge_record.h"
#include "publish_once.h"
#include "record_text.h"

#define ASK_MS   10000
#define FLUSH_MS 30000

struct searching {
    const struct config *config;
    struct redis *redis;
    uint64_t hash;
    char bytes[8]; /* as samples hold it, little-endian */
    int64_t creators, found;
    bool json;
    struct buffer list;
    char prefix[160]; /* of the lane being searched */
    char ring[192];   /* key of the audience worker's; "" = there is no audience worker */
    bool has_ring;
};

static bool holds(const struct redis_answer *answer, struct bytes hash)
{
    if (answer->text.ptr && memmem(answer->text.ptr, answer->text.len, hash.ptr, hash.len))
        return true;
    for (size_t i = 0; i < answer->n; i++)
        if (holds(answer->items[i], hash))
            return true;
    return false;
}

/* The sample is one string; a hash in another version of the layout is read too. */
static enum err read_sample(struct searching *s, const char *key, const struct redis_answer **answer,
                            struct err_info *info)
{
    static const char *const verbs[] = {"GET", "HGETALL"};
    enum err err = ERR_OK;
    for (int i = 0; i < 2; i++) {
        err = redis_call(s->redis, (struct bytes[]){bytes_of(verbs[i]), bytes_of(key)}, 2, answer, info);
        if (err == ERR_OK)
            err = redis_fate(*answer, info);
        if (err != ERR_REFUSED)
            break;
    }
    return err;
}

static enum err search_one(void *arg, int32_t lane, struct bytes creator, struct err_info *info)
{
    struct searching *s = arg;
    char key[768];
    const struct redis_answer *answer;
    (void)lane;
    snprintf(key, sizeof key, "%sa:%.*s", s->prefix, (int)creator.len, creator.ptr);
    enum err err = read_sample(s, key, &answer, info);
    if (err != ERR_OK)
        return err;
    s->creators++;
    if (!holds(answer, (struct bytes){s->bytes, sizeof s->bytes}))
        return ERR_OK;
    buffer_add_text(&s->list, s->found++ ? (s->json ? "," : " ") : "");
    text_json(creator, &s->list);
    return ERR_OK;
}

static void print_found(const struct searching *s)
{
    struct kafka_setting retention;
    topic_retention(s->config, s->config->topic_interactions, &retention);
    if (s->json) {
        printf("{\"actor_hash\":\"%016" PRIx64 "\",\"creators_searched\":%" PRId64
               ",\"found_in\":[%.*s],\"ring\":%s,\"retention_ms\":{\"interactions\":\"%s\"}}\n",
               s->hash, s->creators, (int)s->list.len, s->list.data ? s->list.data : "",
               s->has_ring ? "true" : "false", retention.value);
        return;
    }
    printf("keyed hash %016" PRIx64 "; the id itself is kept nowhere\n", s->hash);
    printf("  Redis: in the audience samples of %" PRId64 " of %" PRId64 " creators%s%.*s\n", s->found,
           s->creators, s->found ? ": " : "", (int)s->list.len, s->list.data ? s->list.data : "");
    printf("         a sample leaves 28 to 42 days after the interaction; a new secret makes all of them "
           "nobody's\n");
    if (*s->ring)
        printf("         the last creators they met: %s%s\n", s->has_ring ? "delete " : "nothing of them",
               s->has_ring ? s->ring : "");
    printf("  Kafka: interactions of theirs in %s leave with retention.ms=%s\n",
           s->config->topic_interactions, retention.value);
}

/* The lane is that of the key in audience-edges. */
static enum err search_ring(struct searching *s, struct err_info *info)
{
    const struct config *c = s->config;
    char key[EDGE_KEY + 1], tag[24];
    int32_t partitions = 0;
    const struct redis_answer *answer;
    if (!*c->models_embedding)
        return ERR_OK;
    enum err err = topics_partitions(kafka_pairs_of(c), c->n_kafka, &c->topic_audience_edges, 1, ASK_MS,
                                     &partitions, info);
    if (err != ERR_OK || partitions < 1)
        return err;
    edge_key(s->hash, key);
    lane_tag(lane_of(bytes_of(key), partitions), tag, sizeof tag);
    snprintf(s->ring, sizeof s->ring, "mf:%s:audience:{%s}:r:%s", c->namespace_, tag, key);
    err = redis_call(s->redis, (struct bytes[]){BYTES("EXISTS"), bytes_of(s->ring)}, 2, &answer, info);
    if (err == ERR_OK)
        err = redis_fate(answer, info);
    s->has_ring = err == ERR_OK && answer->number > 0;
    return err;
}

static enum err ask_to_forget(const struct searching *s, struct err_info *info)
{
    char key[EDGE_KEY + 1];
    if (!*s->config->models_embedding)
        return err_set(
            info, ERR_USAGE, "no_rings",
            "there is nothing to ask for: without models.embedding only samples hold the hash, and "
            "they leave by themselves (--dry-run says where it is)");
    edge_key(s->hash, key);
    return publish_once(s->config, s->config->topic_audience_edges, bytes_of(key), (struct bytes){NULL, 0}, 0,
                        FLUSH_MS, info);
}

static enum err search(struct searching *s, struct err_info *info)
{
    int32_t lanes = 0;
    struct redis_options redis = redis_options_of(s->config, "microflux-erase");
    enum err err = redis_open(&redis, &s->redis, info);
    if (err == ERR_OK)
        err = lanes_count(s->redis, s->config->namespace_, &lanes, info);
    for (int32_t lane = 0; err == ERR_OK && lane < lanes; lane++) {
        err = creators_prefix(s->redis, s->config->namespace_, lane, s->prefix, sizeof s->prefix, info);
        if (err == ERR_OK)
            err = creators_each(s->redis, s->config->namespace_, lane, search_one, s, info);
    }
    if (err == ERR_OK)
        err = search_ring(s, info);
    if (err == ERR_OK)
        print_found(s);
    redis_close(s->redis);
    buffer_free(&s->list);
    return err;
}

enum err erase_actor(const struct config *config, const char *actor, bool dry, bool json,
                     struct err_info *info)
{
    struct searching s = {.config = config, .json = json};
    struct keyed_secret secret;
    enum err err = secret_of(config, &secret, info);
    if (err == ERR_OK && !secret.there)
        err = err_set(info, ERR_USAGE, "no_secret",
                      "no privacy.secret_file is configured: without it workers keep nothing of actors");
    if (err != ERR_OK)
        return err;
    s.hash = keyed_hash(&secret, bytes_of(actor));
    for (int i = 0; i < 8; i++)
        s.bytes[i] = (char)(s.hash >> 8 * i);
    err = search(&s, info);
    return err == ERR_OK && !dry ? ask_to_forget(&s, info) : err;
}
