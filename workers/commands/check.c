/* check: is everything there that a worker needs? Offline it reads the configuration as the worker would;
 * with --connect it asks every dependency, changes nothing, and names the command that makes what is missing.
 */
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "microflux/args.h"
#include "microflux/commands.h"
#include "microflux/log.h"

static enum err check_names(const struct checking *c, struct err_info *info)
{
    static const char *const keys[CHECK_TOPICS] = {
        "topics.profiles",       "topics.posts",           "topics.interactions", "topics.creator_scores",
        "topics.dead_letters",   "topics.peer_tables",     "topics.fit_scores",   "topics.alerts",
        "topics.audience_edges", "topics.affinity_updates"};
    for (int i = 0; i < CHECK_TOPICS; i++)
        for (int k = 0; k < i; k++)
            if (strcmp(c->topics[i], c->topics[k]) == 0)
                return err_set(info, ERR_USAGE, "topics",
                               "%s and %s are both \"%s\": each needs a topic of its own", keys[k], keys[i],
                               c->topics[i]);
    return ERR_OK;
}

static enum err check_bootstrap(const struct config *config, struct err_info *info)
{
    for (size_t i = 0; i < config->n_kafka; i++)
        if ((strcmp(config->kafka[i].key, "bootstrap.servers") == 0 ||
             strcmp(config->kafka[i].key, "metadata.broker.list") == 0) &&
            *config->kafka[i].value)
            return ERR_OK;
    return err_set(
        info, ERR_USAGE, "bootstrap",
        "kafka.bootstrap.servers is not set: --bootstrap host:port, or bootstrap.servers under [kafka]");
}

/* As the worker reads it at its start: the sentences are the same. */
static enum err check_offline(struct checking *c, struct err_info *info)
{
    struct score_setup setup;
    struct consumer_options consumer = {.group = c->config->group,
                                        .pairs = kafka_pairs_of(c->config),
                                        .n_pairs = c->config->n_kafka,
                                        .topics = c->topics,
                                        .n_topics = N_TOPICS};
    struct redis_options redis = redis_options_of(c->config, "microflux-check");
    enum err err = score_setup_open(c->config, &setup, info);
    score_setup_close(&setup);
    if (err == ERR_OK)
        err = check_names(c, info);
    if (err == ERR_OK)
        err = check_bootstrap(c->config, info);
    if (err == ERR_OK)
        err = consumer_check(&consumer, info);
    if (err == ERR_OK)
        err = redis_check(&redis, info);
    if (err == ERR_OK) /* files of TLS, settings that do not go together */
        err = inquiry_open(kafka_pairs_of(c->config), c->config->n_kafka, c->config->group, c->timeout_ms,
                           &c->inquiry, info);
    return err;
}

static int check(struct checking *c, bool connect)
{
    struct err_info info;
    if (check_offline(c, &info) != ERR_OK) {
        report_add(&c->report, VERDICT_FAIL, "configuration", info.sentence, NULL);
        return 64;
    }
    report_add(&c->report, VERDICT_OK, "configuration", "every key is known and in its range", NULL);
    if (connect) {
        check_kafka(c);
        check_redis(c);
        check_registry(c);
        if (c->inquiry && c->redis && c->partitions > 0)
            check_lanes(c);
    }
    return report_end(&c->report);
}

int command_check(int argc, char **argv)
{
    struct config *config = NULL;
    char **rest;
    size_t n;
    int status = 0;
    const char *format = "text";
    bool connect = false;
    int64_t seconds = 5, survive_h = 24;
    const struct arg options[] = {
        {"connect", ARG_FLAG, NULL, "ask Kafka and Redis too; changes nothing", &connect},
        {"survive", ARG_INT, "HOURS",
         "longest time the workers may stand still and lose nothing (default 24)", &survive_h},
        {"timeout", ARG_INT, "SECONDS", "for each answer (default 5)", &seconds},
        {"format", ARG_CHOICE, "text|json", "json: one object a line", &format},
    };
    const struct args args = {
        "check",
        NULL,
        "Says whether everything is there that a worker needs, and what makes it: exit 0 "
        "all well, 1 something is missing, 64 the configuration is wrong, 69 a dependency "
        "is away.",
        "microflux check --connect --config microflux.conf",
        options,
        4,
        true};
    if (!args_parse(&args, argc, argv, &rest, &n, &config, &status))
        return status;
    log_setup(LOG_LEVEL_ERROR, false); /* what the clients complain of is in the findings */
    struct checking c = {.report.json = strcmp(format, "json") == 0,
                         .config = config,
                         .timeout_ms = (int)seconds * 1000,
                         .survive_ms = survive_h * MS_HOUR,
                         .topics = {config->topic_profiles, config->topic_posts, config->topic_interactions,
                                    config->topic_creator_scores, config->topic_dead_letters,
                                    config->topic_peer_tables, config->topic_fit_scores, config->topic_alerts,
                                    config->topic_audience_edges, config->topic_affinity_updates},
                         .n_topics = *config->models_embedding ? CHECK_TOPICS : CHECK_EDGES};
    status = check(&c, connect);
    inquiry_close(c.inquiry);
    redis_close(c.redis);
    config_free(config);
    return status;
}
