/* options: from the one configuration to what each room is told. The only place that knows both sides. */
#include "options.h"

#include <stdio.h>
#include <stdlib.h>

#include "microflux/file.h"
#include "microflux/log.h"

const char *const input_names[N_TOPICS] = {"profiles", "posts", "interactions"};

size_t score_topics(const struct config *config, const char *topics[N_INPUTS])
{
    topics[TOPIC_PROFILES] = config->topic_profiles;
    topics[TOPIC_POSTS] = config->topic_posts;
    topics[TOPIC_INTERACTIONS] = config->topic_interactions;
    topics[TOPIC_AFFINITY] = config->topic_affinity_updates;
    return *config->models_embedding ? N_INPUTS : N_TOPICS;
}

enum err secret_of(const struct config *config, struct keyed_secret *secret, struct err_info *info)
{
    char *text;
    struct err_info why;
    *secret = (struct keyed_secret){.there = false};
    if (!*config->privacy_secret_file)
        return ERR_OK;
    enum err err = file_text(config->privacy_secret_file, &text, info);
    if (err != ERR_OK)
        return err;
    if (keyed_secret_read(bytes_of(text), secret, &why) != ERR_OK)
        err = err_set(info, ERR_USAGE, why.word, "privacy.secret_file %s: %s", config->privacy_secret_file,
                      why.sentence);
    free(text);
    return err;
}

/* "profiles:7=/path/writer.avsc": the Confluent id 7 in the topic profiles was written with that schema. */
static enum err read_writer(const char *entry, struct score_writer_schema *writer, struct err_info *info)
{
    char input[32], path[512];
    unsigned id;
    if (sscanf(entry, "%31[a-z]:%u=%511s", input, &id, path) != 3 || id == 0)
        return err_set(
            info, ERR_USAGE, "schema_ids",
            "schema.ids: \"%s\" is not INPUT:ID=FILE, such as profiles:7=/etc/microflux/profile-v2.avsc",
            entry);
    for (int i = 0; i < N_TOPICS; i++)
        if (strcmp(input, input_names[i]) == 0) {
            char *text;
            enum err err = file_text(path, &text, info);
            *writer = (struct score_writer_schema){i, id, err == ERR_OK ? text : NULL};
            return err;
        }
    return err_set(info, ERR_USAGE, "schema_ids",
                   "schema.ids: \"%s\" is none of profiles, posts, interactions", input);
}

static enum err read_writers(const char *list, struct score_setup *setup, struct err_info *info)
{
    char *copy = strdup(list), *rest = copy;
    enum err err = ERR_OK;
    for (char *entry; err == ERR_OK && (entry = strsep(&rest, ", ")) != NULL;) {
        if (!*entry)
            continue;
        struct score_writer_schema *more =
            realloc(setup->writers, (setup->options.n_writers + 1) * sizeof *more);
        if (!more)
            abort();
        setup->writers = more;
        err = read_writer(entry, &more[setup->options.n_writers], info);
        setup->options.n_writers += err == ERR_OK;
    }
    free(copy);
    setup->options.writers = setup->writers;
    return err;
}

static int index_of(const char *const *names, int n, const char *name)
{
    for (int i = 0; i < n; i++)
        if (strcmp(names[i], name) == 0)
            return i;
    return -1;
}

static enum err read_kinds(char *kinds, uint16_t *bits, struct err_info *info)
{
    for (char *kind; (kind = strsep(&kinds, ",")) != NULL;) {
        int k = index_of(kind_names, N_KINDS, kind);
        if (k < KIND_VIEW || k > KIND_SAVE)
            return err_set(info, ERR_USAGE, "counting_totals",
                           "counting.totals: \"%s\" is none of VIEW, LIKE, COMMENT, SHARE, SAVE", kind);
        *bits |= (uint16_t)(1u << k);
    }
    return ERR_OK;
}

/* "INSTAGRAM:LIKE,COMMENT TIKTOK:VIEW": kinds whose totals in post.metrics count, by platform. */
static enum err read_totals(const char *text, struct creator_rules *rules, struct err_info *info)
{
    char *copy = strdup(text), *rest = copy;
    enum err err = ERR_OK;
    for (char *entry; err == ERR_OK && (entry = strsep(&rest, " ")) != NULL;) {
        char *kinds = entry;
        if (!*entry)
            continue;
        int platform = index_of(platform_names, N_PLATFORMS, strsep(&kinds, ":"));
        if (platform < 0 || !kinds)
            err = err_set(info, ERR_USAGE, "counting_totals",
                          "counting.totals: \"%s\" is not PLATFORM:KIND,KIND, such as INSTAGRAM:LIKE,COMMENT",
                          entry);
        else
            err = read_kinds(kinds, &rules->totals[platform], info);
    }
    free(copy);
    return err;
}

static enum err read_bare(const struct config *config, struct score_setup *setup, struct err_info *info)
{
    const char *const files[N_TOPICS] = {config->schema_profiles, config->schema_posts,
                                         config->schema_interactions};
    enum err err = ERR_OK;
    for (int i = 0; i < N_TOPICS && err == ERR_OK; i++) {
        if (files[i] && *files[i])
            err = file_text(files[i], &setup->bare[i], info);
        setup->options.bare_json[i] = setup->bare[i];
    }
    return err;
}

enum err score_setup_open(const struct config *config, struct score_setup *setup, struct err_info *info)
{
    *setup = (struct score_setup){0};
    struct score_worker_options *o = &setup->options;
    o->max_record_bytes = (size_t)config->schema_max_record_bytes;
    o->output_id = (uint32_t)config->schema_output_id;
    o->rules.max_future = config->max_future_ms;
    o->rules.late = (enum late_policy)config->late_policy;
    o->rules.future = (enum late_policy)config->future_policy;
    enum err err = score_tables_open(config, &setup->tables, info);
    score_tables_use(&setup->tables, o);
    if (err == ERR_OK)
        err = read_bare(config, setup, info);
    if (err == ERR_OK)
        err = read_writers(config->schema_ids, setup, info);
    if (err == ERR_OK)
        err = read_totals(config->counting_totals, &o->rules, info);
    if (err == ERR_OK)
        err = alerts_muted(config->alerts_mute, &o->alerts_muted, info);
    if (err == ERR_OK)
        err = secret_of(config, &o->secret, info);
    if (err == ERR_OK)
        err = registry_of(config, &setup->registry, info);
    o->registry = setup->registry;
    if (err != ERR_OK)
        score_setup_close(setup);
    return err;
}

void score_setup_close(struct score_setup *setup)
{
    for (int i = 0; i < N_TOPICS; i++)
        free(setup->bare[i]);
    for (size_t i = 0; i < setup->options.n_writers; i++)
        free((char *)(uintptr_t)setup->writers[i].json);
    free(setup->writers);
    reloads_free(setup->reloads);
    score_tables_close(&setup->tables);
    registry_close(setup->registry);
    *setup = (struct score_setup){0};
}

struct redis_options redis_options_of(const struct config *config, const char *name)
{
    return (struct redis_options){.address = config->redis_address,
                                  .mode = (enum redis_mode)config->redis_mode,
                                  .primary = config->redis_primary_name,
                                  .sentinel_username = config->redis_sentinel_username,
                                  .sentinel_password = config->redis_sentinel_password,
                                  .username = config->redis_username,
                                  .password = config->redis_password,
                                  .password_file = config->redis_password_file,
                                  .sentinel_password_file = config->redis_sentinel_password_file,
                                  .tls = {.on = config->redis_tls == REDIS_OVER_TLS,
                                          .ca = config->redis_tls_ca_file,
                                          .cert = config->redis_tls_cert_file,
                                          .key = config->redis_tls_key_file,
                                          .server_name = config->redis_tls_server_name},
                                  .database = (int)config->redis_database,
                                  .connect_timeout_ms = (int)config->redis_connect_timeout_ms,
                                  .command_timeout_ms = (int)config->redis_command_timeout_ms,
                                  .name = name};
}

const struct kafka_pair *kafka_pairs_of(const struct config *config)
{
    _Static_assert(sizeof(struct kafka_pair) == sizeof(struct config_pair), "the two have one shape");
    return (const struct kafka_pair *)config->kafka;
}

void log_setup_of(const struct config *config)
{
    log_setup(LOG_LEVEL_INFO, strcmp(config->log_format, "json") == 0);
    log_level_is(config->log_level);
}

int complain(const char *command, const struct err_info *info)
{
    fprintf(stderr, "microflux %s: %s\n", command, info->sentence);
    switch (info->code) {
    case ERR_USAGE:
        return 64;
    case ERR_NOT_FOUND:
    case ERR_REJECT:
        return 1;
    case ERR_WEATHER:
    case ERR_LOST:
    case ERR_REFUSED:
        return 69;
    case ERR_IO:
        return 74;
    default:
        return 70;
    }
}
