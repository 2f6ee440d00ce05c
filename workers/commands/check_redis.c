/* check_redis: is Redis there, may we do there what a worker does, and does it keep what it acknowledged? */
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "fences.h"
#include "microflux/clock.h"

#define CLOCK_MS 2000 /* more is told */

/* Every command a worker sends; %S and %H are keys of lane 0 that nobody uses. In this order they clean up.
 */
static const char *const commands[][6] = {{"GET", "%S"},
                                          {"SET", "%S", "1", "PX", "5000"},
                                          {"EXISTS", "%S"},
                                          {"HSET", "%H", "f", "1"},
                                          {"HGETALL", "%H"},
                                          {"APPEND", "%S", "1"},
                                          {"HDEL", "%H", "f"},
                                          {"HINCRBY", "%H", "f", "1"},
                                          {"DEL", "%H"},
                                          {"WATCH", "%S"},
                                          {"MULTI"},
                                          {"EXEC"},
                                          {"PING"},
                                          {"RESTORE", "%H", "0", "no dump", "REPLACE"}}; /* if configured */
#define N_COMMANDS (sizeof commands / sizeof *commands)
/* With an embedding, for events of change and the audience worker. */
static const char *const chain[][6] = {
    {"RPUSH", "%H", "1"}, {"LRANGE", "%H", "0", "-1"}, {"EXPIRE", "%H", "5"}, {"LTRIM", "%H", "1", "-1"}};
#define N_CHAIN (sizeof chain / sizeof *chain)

/* What finding the server needs, by redis.mode. */
static const char *const finding[][6] = {{"PING"}, {"ROLE"}, {"CLUSTER", "SLOTS"}};

static const char *user_of(const struct checking *c)
{
    const char *name = c->config->redis_username;
    return name && *name ? name : "default";
}

enum err redis_say(struct checking *c, const struct bytes *words, size_t n,
                   const struct redis_answer **answer, struct err_info *info)
{
    enum err err = redis_call(c->redis, words, n, answer, info);
    if (err != ERR_OK) { /* the connection is done for */
        redis_close(c->redis);
        c->redis = NULL;
        c->report.away |= err == ERR_WEATHER;
        report_add(
            &c->report, VERDICT_FAIL, "redis", info->sentence,
            strcmp(info->word, "NOPERM") == 0
                ? say(&c->report, "redis-cli ACL SETUSER %s +ping +select '+client|setname'", user_of(c))
                : NULL);
    }
    return err;
}

enum err redis_reach(struct checking *c, const struct redis_options *options, struct err_info *info)
{
    const struct redis_answer *answer;
    enum err err = redis_open(options, &c->redis, info);
    if (err != ERR_OK) {
        c->redis = NULL;
        c->report.away |= err == ERR_WEATHER;
        report_add(&c->report, VERDICT_FAIL, "redis", info->sentence, NULL);
        return err;
    }
    err = redis_say(c, (struct bytes[]){BYTES("PING")}, 1, &answer, info);
    if (err == ERR_OK)
        report_add(&c->report, VERDICT_OK, "redis",
                   say(&c->report, "answers at %s, database %d", redis_at(c->redis), options->database),
                   NULL);
    return err;
}

static const char *subject_of(struct checking *c, const char *what)
{
    return say(&c->report, "redis%s %s", c->node, what);
}

/* ---- settings ---- */

static void check_topology(struct checking *c, const struct redis_settings *settings)
{
    bool primary = strcmp(settings->role, "master") == 0;
    if (c->config->redis_mode == REDIS_AT_ADDRESS && *settings->role && !primary)
        report_add(&c->report, VERDICT_FAIL, subject_of(c, "role"),
                   "this one is a replica and takes no writes",
                   "set redis.address to its master (redis-cli INFO replication names it)");
    if (c->config->redis_mode == REDIS_AT_ADDRESS && *settings->mode &&
        strcmp(settings->mode, "standalone") != 0)
        report_add(&c->report, VERDICT_FAIL, subject_of(c, "mode"),
                   say(&c->report, "this is a server in %s mode", settings->mode),
                   say(&c->report, "redis.mode = %s", settings->mode));
    if (c->config->redis_mode != REDIS_AT_ADDRESS && primary && settings->min_replicas_told &&
        settings->replicas == 0)
        report_add(&c->report, VERDICT_WARN, subject_of(c, "replicas"),
                   "it has none: nobody takes over when it is gone",
                   "redis-cli -h <another> REPLICAOF <it>, or CLUSTER REPLICATE");
}

static enum err check_settings(struct checking *c, struct err_info *info)
{
    const struct redis_answer *answer;
    struct redis_settings settings = {.policy = ""};
    const struct redis_doubt *doubt;
    size_t next = 0;
    enum err err = redis_say(c, (struct bytes[]){BYTES("INFO")}, 1, &answer, info);
    if (err == ERR_OK && answer->type == REDIS_ERROR)
        err = redis_say(c, (struct bytes[]){BYTES("CONFIG"), BYTES("GET"), BYTES(REDIS_SETTINGS)}, 3, &answer,
                        info);
    if (err != ERR_OK)
        return err;
    redis_settings_read(&settings, answer);
    if (redis_settings_judge(&settings, info) != ERR_OK)
        report_add(&c->report, VERDICT_FAIL, subject_of(c, "maxmemory-policy"), info->sentence,
                   "redis-cli CONFIG SET maxmemory-policy noeviction");
    else if (*settings.policy)
        report_add(&c->report, VERDICT_OK, subject_of(c, "maxmemory-policy"), settings.policy, NULL);
    check_topology(c, &settings);
    while ((doubt = redis_settings_doubt(&settings, &next)) != NULL)
        report_add(&c->report, VERDICT_WARN, subject_of(c, "safety"), doubt->sentence, doubt->cure);
    return ERR_OK;
}

/* ---- rights ---- */

struct trying {
    char string[192], hash[192], user[64];
    bool dry;
    char missing[256], adds[256]; /* " SET HSET", " +SET +HSET" */
    bool key_forbidden;
};

static void append(char *list, size_t size, const char *before, const char *word)
{
    size_t len = strlen(list);
    snprintf(list + len, size - len, "%s%s", before, word);
}

static enum err try(struct checking *c, struct trying *t, const char *const *words, struct err_info *info)
{
    struct bytes args[3 + 6];
    const struct redis_answer *answer;
    size_t n = 0;
    if (t->dry) {
        args[n++] = BYTES("ACL");
        args[n++] = BYTES("DRYRUN");
        args[n++] = bytes_of(t->user);
    }
    for (size_t i = 0; i < 6 && words[i]; i++)
        args[n++] = bytes_of(strcmp(words[i], "%S") == 0   ? t->string
                             : strcmp(words[i], "%H") == 0 ? t->hash
                                                           : words[i]);
    enum err err = redis_say(c, args, n, &answer, info);
    if (err != ERR_OK)
        return err;
    bool refused =
        t->dry ? !bytes_equal(answer->text, BYTES("OK"))
               : answer->type == REDIS_ERROR && strstr(answer->text.ptr, "NOPERM"); /* EXECABORT … too */
    bool of_key = refused && strstr(answer->text.ptr, " key");
    t->key_forbidden |= of_key;
    if (refused && !of_key) {
        append(t->missing, sizeof t->missing, " ", words[0]);
        append(t->adds, sizeof t->adds, " +", words[0]);
    }
    return ERR_OK;
}

/* ACL DRYRUN asks without doing; where it may not be asked, or is older than that, the thing is done. */
static enum err choose_way(struct checking *c, struct trying *t, struct err_info *info)
{
    const struct redis_answer *answer;
    enum err err =
        redis_say(c, (struct bytes[]){BYTES("ACL"), BYTES("DRYRUN"), bytes_of(t->user), BYTES("PING")}, 4,
                  &answer, info);
    t->dry = err == ERR_OK && answer->type != REDIS_ERROR;
    return err;
}

static enum err check_rights(struct checking *c, struct err_info *info)
{
    struct trying t = {.dry = false};
    char prefix[160];
    snprintf(t.user, sizeof t.user, "%s", user_of(c));
    lane_prefix(c->config->namespace_, 0, prefix, sizeof prefix);
    snprintf(t.string, sizeof t.string, "%scheck:s", prefix);
    snprintf(t.hash, sizeof t.hash, "%scheck:h", prefix);
    enum err err = choose_way(c, &t, info);
    if (err == ERR_OK)
        err = try(c, &t, finding[c->config->redis_mode], info);
    size_t n = N_COMMANDS - (c->config->redis_restore == RESTORE_NO);
    for (size_t i = 0; i < n && err == ERR_OK; i++)
        err = try(c, &t, commands[i], info);
    for (size_t i = 0; i < N_CHAIN && *c->config->models_embedding && err == ERR_OK; i++)
        err = try(c, &t, chain[i], info);
    if (err != ERR_OK)
        return err;
    if (t.key_forbidden)
        report_add(
            &c->report, VERDICT_FAIL, subject_of(c, "rights"),
            say(&c->report, "user %s may not touch the keys of namespace %s", t.user, c->config->namespace_),
            say(&c->report, "redis-cli ACL SETUSER %s '~mf:%s:*'", t.user, c->config->namespace_));
    if (*t.missing)
        report_add(&c->report, VERDICT_FAIL, subject_of(c, "rights"),
                   say(&c->report, "user %s may not say%s", t.user, t.missing),
                   say(&c->report, "redis-cli ACL SETUSER %s%s", t.user, t.adds));
    if (!t.key_forbidden && !*t.missing)
        report_add(&c->report, VERDICT_OK, subject_of(c, "rights"),
                   say(&c->report, "user %s may do all that a worker does", t.user), NULL);
    return ERR_OK;
}

/* ---- clock ---- */

static void check_clock(struct checking *c)
{
    struct err_info info;
    const struct redis_answer *answer;
    struct bytes seconds;
    int64_t theirs;
    if (redis_say(c, (struct bytes[]){BYTES("TIME")}, 1, &answer, &info) != ERR_OK ||
        answer->type != REDIS_ARRAY || answer->n != 2)
        return; /* not allowed: nothing depends on it */
    seconds = answer->items[0]->text;
    if (!bytes_int(&seconds, &theirs))
        return;
    int64_t apart = theirs * 1000 - clock_wall_ms();
    if (apart > CLOCK_MS || apart < -CLOCK_MS)
        report_add(&c->report, VERDICT_WARN, subject_of(c, "clock"),
                   say(&c->report, "%lld s %s ours", (long long)(apart < 0 ? -apart : apart) / 1000,
                       apart < 0 ? "behind" : "ahead of"),
                   "chronyc tracking");
    else
        report_add(&c->report, VERDICT_OK, subject_of(c, "clock"), "agrees with ours", NULL);
}

/* What must be true of each server that holds counters. */
static void check_server(struct checking *c)
{
    struct err_info info;
    enum err err = check_settings(c, &info);
    if (err == ERR_OK)
        err = check_rights(c, &info);
    if (err == ERR_OK)
        check_clock(c);
}

void check_redis(struct checking *c)
{
    struct err_info info;
    struct redis_options options = redis_options_of(c->config, "microflux-check");
    options.learnt = &c->learnt;
    c->node = "";
    if (options.mode == REDIS_SENTINEL)
        check_sentinels(c);
    if (redis_reach(c, &options, &info) != ERR_OK)
        return;
    if (options.mode == REDIS_SINGLE)
        check_server(c);
    else
        check_nodes(c, check_server);
}
