/* erase_actor: of the audience only keyed hashes are kept, in samples of creators' audiences that leave by
 * themselves. This says which creators' samples hold the hash of one actor; it changes nothing. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "creators.h"
#include "erase.h"
#include "fences.h"
#include "record_text.h"

struct searching {
    const struct config *config;
    struct redis *redis;
    uint64_t hash;
    char bytes[8]; /* as samples hold it, little-endian */
    int64_t creators, found;
    bool json;
    struct buffer list;
    char prefix[160]; /* of the lane being searched */
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
               ",\"found_in\":[%.*s],\"retention_ms\":{\"interactions\":\"%s\"}}\n",
               s->hash, s->creators, (int)s->list.len, s->list.data ? s->list.data : "", retention.value);
        return;
    }
    printf("keyed hash %016" PRIx64 "; the id itself is kept nowhere\n", s->hash);
    printf("  Redis: in the audience samples of %" PRId64 " of %" PRId64 " creators%s%.*s\n", s->found,
           s->creators, s->found ? ": " : "", (int)s->list.len, s->list.data ? s->list.data : "");
    printf("         a sample leaves 28 to 42 days after the interaction; a new secret makes all of them "
           "nobody's\n");
    printf("  Kafka: interactions of theirs in %s leave with retention.ms=%s\n",
           s->config->topic_interactions, retention.value);
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
        print_found(s);
    redis_close(s->redis);
    buffer_free(&s->list);
    return err;
}

enum err erase_actor(const struct config *config, const char *actor, bool json, struct err_info *info)
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
    return search(&s, info);
}
