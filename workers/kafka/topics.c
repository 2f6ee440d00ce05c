/* topics: what is there, and making what is missing, through the admin client. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kafka_room.h"

static enum err open_client(const struct kafka_pair *pairs, size_t n_pairs, rd_kafka_t **rk, struct err_info *info)
{
    static const struct kafka_pair ours[] = {{"socket.timeout.ms", "6000"}, {NULL, NULL}};
    rd_kafka_conf_t *conf;
    char why[256];
    enum err err = conf_make(ours, pairs, n_pairs, &conf, info);
    if (err != ERR_OK)
        return err;
    *rk = rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, sizeof why);
    if (*rk)
        return ERR_OK;
    rd_kafka_conf_destroy(conf);
    return err_set(info, ERR_USAGE, "kafka", "no Kafka client: %s", why);
}

static enum err read_counts(rd_kafka_t *rk, const char *const *names, size_t n, int timeout_ms, int32_t *counts, struct err_info *info)
{
    const struct rd_kafka_metadata *metadata;
    rd_kafka_resp_err_t code = rd_kafka_metadata(rk, 1, NULL, &metadata, timeout_ms);
    if (code)
        return kafka_err(info, code, "no answer from the broker");
    for (size_t i = 0; i < n; i++) {
        counts[i] = -1;
        for (int t = 0; t < metadata->topic_cnt; t++)
            if (strcmp(metadata->topics[t].topic, names[i]) == 0 && !metadata->topics[t].err)
                counts[i] = metadata->topics[t].partition_cnt;
    }
    rd_kafka_metadata_destroy(metadata);
    return ERR_OK;
}

enum err topics_partitions(const struct kafka_pair *pairs, size_t n_pairs, const char *const *names, size_t n, int timeout_ms, int32_t *counts,
                           struct err_info *info)
{
    rd_kafka_t *rk = NULL;
    enum err err = open_client(pairs, n_pairs, &rk, info);
    if (err != ERR_OK)
        return err;
    err = read_counts(rk, names, n, timeout_ms, counts, info);
    rd_kafka_destroy(rk);
    return err;
}

static enum err describe(const struct topic_spec *spec, rd_kafka_NewTopic_t **topic, struct err_info *info)
{
    char why[256], name[128];
    *topic = rd_kafka_NewTopic_new(spec->name, spec->partitions, spec->replication, why, sizeof why);
    if (!*topic)
        return err_set(info, ERR_USAGE, "topic", "topic %s: %s", spec->name, why);
    if (spec->compacted)
        rd_kafka_NewTopic_set_config(*topic, "cleanup.policy", "compact");
    for (size_t i = 0; i < spec->n_settings; i++) {
        const char *equals = strchr(spec->settings[i], '=');
        if (!equals)
            return err_set(info, ERR_USAGE, "topic", "topic setting \"%s\" is not name=value", spec->settings[i]);
        snprintf(name, sizeof name, "%.*s", (int)(equals - spec->settings[i]), spec->settings[i]);
        rd_kafka_NewTopic_set_config(*topic, name, equals + 1);
    }
    return ERR_OK;
}

static enum err read_result(rd_kafka_event_t *event, struct err_info *info)
{
    size_t n = 0;
    if (!event)
        return err_set(info, ERR_WEATHER, "timeout", "the broker did not answer in time");
    if (rd_kafka_event_error(event))
        return err_set(info, ERR_WEATHER, "create_topics", "%s", rd_kafka_event_error_string(event));
    const rd_kafka_topic_result_t **results = rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event), &n);
    for (size_t i = 0; i < n; i++) {
        rd_kafka_resp_err_t code = rd_kafka_topic_result_error(results[i]);
        if (code && code != RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS)
            return err_set(info, ERR_REFUSED, rd_kafka_err2name(code), "topic %s: %s", rd_kafka_topic_result_name(results[i]),
                           rd_kafka_topic_result_error_string(results[i]));
    }
    return ERR_OK;
}

static enum err create_missing(rd_kafka_t *rk, const struct topic_spec *specs, size_t n, int timeout_ms, const bool *missing, struct err_info *info)
{
    rd_kafka_NewTopic_t **topics = calloc(n, sizeof *topics);
    rd_kafka_queue_t *queue = rd_kafka_queue_new(rk);
    rd_kafka_AdminOptions_t *options = rd_kafka_AdminOptions_new(rk, RD_KAFKA_ADMIN_OP_CREATETOPICS);
    size_t wanted = 0;
    enum err err = topics ? ERR_OK : err_set(info, ERR_NO_MEMORY, "no_memory", "no memory");
    for (size_t i = 0; i < n && err == ERR_OK; i++)
        if (missing[i])
            err = describe(&specs[i], &topics[wanted++], info);
    rd_kafka_AdminOptions_set_operation_timeout(options, timeout_ms, NULL, 0);
    if (err == ERR_OK && wanted) {
        rd_kafka_CreateTopics(rk, topics, wanted, options, queue);
        rd_kafka_event_t *event = rd_kafka_queue_poll(queue, timeout_ms + 1000);
        err = read_result(event, info);
        if (event)
            rd_kafka_event_destroy(event);
    }
    for (size_t i = 0; i < wanted; i++)
        if (topics[i])
            rd_kafka_NewTopic_destroy(topics[i]);
    free(topics);
    rd_kafka_AdminOptions_destroy(options);
    rd_kafka_queue_destroy(queue);
    return err;
}

enum err topics_create(const struct kafka_pair *pairs, size_t n_pairs, const struct topic_spec *specs, size_t n, int timeout_ms, bool *created,
                       struct err_info *info)
{
    rd_kafka_t *rk = NULL;
    const char *names[64] = {NULL};
    int32_t counts[64];
    if (n > 64)
        return err_set(info, ERR_USAGE, "topics", "%zu topics at once; at most 64", n);
    for (size_t i = 0; i < n; i++)
        names[i] = specs[i].name;
    enum err err = open_client(pairs, n_pairs, &rk, info);
    if (err != ERR_OK)
        return err;
    err = read_counts(rk, names, n, timeout_ms, counts, info);
    for (size_t i = 0; i < n && err == ERR_OK; i++) {
        created[i] = counts[i] < 0;
        if (!created[i] && counts[i] != specs[i].partitions)
            err = err_set(info, ERR_REFUSED, "partitions_differ", "topic %s exists with %d partitions, %d were asked for", names[i], counts[i],
                          specs[i].partitions);
    }
    if (err == ERR_OK)
        err = create_missing(rk, specs, n, timeout_ms, created, info);
    rd_kafka_destroy(rk);
    return err;
}
