/* topics: what is there, and making what is missing, through librdkafka's admin client. No topic is
 * ever changed or deleted: one with another partition count is told, since a person has to decide. Records
 * are deleted for who asks for exactly that. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kafka_room.h"
#include "microflux/clock.h"

#define LOOK_MS 50 /* between looks for a topic that was just made */

struct admin {
    rd_kafka_t *rk;
    struct weather weather;
};

static void on_error(rd_kafka_t *rk, int code, const char *reason, void *opaque)
{
    struct admin *admin = opaque;
    weather_error(&admin->weather, rk, code, reason);
}

static enum err open_admin(struct admin *admin, const struct kafka_pair *pairs, size_t n_pairs,
                           struct err_info *info)
{
    static const struct kafka_pair ours[] = {{"socket.timeout.ms", "6000"}, {NULL, NULL}};
    rd_kafka_conf_t *conf;
    *admin = (struct admin){.weather.role = "topics"};
    enum err err = conf_make(ours, pairs, n_pairs, &conf, info);
    if (err != ERR_OK)
        return err;
    rd_kafka_conf_set_opaque(conf, admin);
    rd_kafka_conf_set_error_cb(conf, on_error);
    return conf_client(RD_KAFKA_PRODUCER, conf, &admin->rk, info);
}

static void close_admin(struct admin *admin)
{
    if (admin->rk)
        rd_kafka_destroy(admin->rk);
}

static int left_ms(int64_t until)
{
    int64_t left = until - clock_mono_ms();
    return left > 0 ? (int)left : 0;
}

/* ---- what is there ---- */

static enum err read_counts(struct admin *admin, const char *const *names, size_t n, int timeout_ms,
                            int32_t *counts, struct err_info *info)
{
    const struct rd_kafka_metadata *metadata;
    rd_kafka_resp_err_t code = rd_kafka_metadata(admin->rk, 1, NULL, &metadata, timeout_ms);
    if (code) {
        rd_kafka_poll(admin->rk, 0);
        return weather_err(&admin->weather, code, "no answer from Kafka", info);
    }
    for (size_t i = 0; i < n; i++) {
        counts[i] = -1;
        for (int t = 0; t < metadata->topic_cnt; t++)
            if (strcmp(metadata->topics[t].topic, names[i]) == 0 && !metadata->topics[t].err)
                counts[i] = metadata->topics[t].partition_cnt;
    }
    rd_kafka_metadata_destroy(metadata);
    return ERR_OK;
}

enum err topics_partitions(const struct kafka_pair *pairs, size_t n_pairs, const char *const *names, size_t n,
                           int timeout_ms, int32_t *counts, struct err_info *info)
{
    struct admin admin;
    enum err err = open_admin(&admin, pairs, n_pairs, info);
    if (err == ERR_OK)
        err = read_counts(&admin, names, n, timeout_ms, counts, info);
    close_admin(&admin);
    return err;
}

rd_kafka_resp_err_t topic_count(rd_kafka_t *rk, const char *name, int timeout_ms, int32_t *count)
{
    const struct rd_kafka_metadata *metadata;
    rd_kafka_topic_t *topic = rd_kafka_topic_new(rk, name, NULL);
    rd_kafka_resp_err_t code = rd_kafka_metadata(rk, 0, topic, &metadata, timeout_ms);
    rd_kafka_topic_destroy(topic);
    if (code)
        return code;
    code = metadata->topic_cnt ? metadata->topics[0].err : RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART;
    *count = metadata->topic_cnt ? metadata->topics[0].partition_cnt : 0;
    rd_kafka_metadata_destroy(metadata);
    return !code && *count == 0 ? RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART : code;
}

/* ---- making what is missing ---- */

static enum err set_topic(rd_kafka_NewTopic_t *topic, const char *setting, struct err_info *info)
{
    char name[128];
    const char *equals = strchr(setting, '=');
    if (!equals || equals == setting || equals - setting >= (ptrdiff_t)sizeof name)
        return err_set(info, ERR_USAGE, "topic_setting", "topic setting \"%s\" is not name=value", setting);
    snprintf(name, sizeof name, "%.*s", (int)(equals - setting), setting);
    rd_kafka_NewTopic_set_config(topic, name, equals + 1);
    return ERR_OK;
}

static enum err describe(const struct topic_spec *spec, rd_kafka_NewTopic_t **topic, struct err_info *info)
{
    char why[160];
    *topic = rd_kafka_NewTopic_new(spec->name, spec->partitions, spec->replication, why, sizeof why);
    if (!*topic)
        return err_set(info, ERR_USAGE, "topic", "topic %s: %s", spec->name, why);
    if (spec->compacted)
        rd_kafka_NewTopic_set_config(*topic, "cleanup.policy", "compact");
    enum err err = ERR_OK;
    for (size_t i = 0; err == ERR_OK && i < spec->n_settings; i++)
        err = set_topic(*topic, spec->settings[i], info);
    return err;
}

static bool passes(rd_kafka_resp_err_t code)
{
    return code == RD_KAFKA_RESP_ERR__TIMED_OUT || code == RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT ||
           code == RD_KAFKA_RESP_ERR_NOT_CONTROLLER || code == RD_KAFKA_RESP_ERR__TRANSPORT;
}

static enum err read_result(const rd_kafka_event_t *event, struct err_info *info)
{
    size_t n = 0;
    if (!event)
        return err_set(info, ERR_WEATHER, "timeout", "Kafka did not answer in time");
    if (rd_kafka_event_error((rd_kafka_event_t *)(uintptr_t)event))
        return err_set(info, ERR_WEATHER, "create_topics", "%s",
                       rd_kafka_event_error_string((rd_kafka_event_t *)(uintptr_t)event));
    const rd_kafka_topic_result_t **results = rd_kafka_CreateTopics_result_topics(
        rd_kafka_event_CreateTopics_result((rd_kafka_event_t *)(uintptr_t)event), &n);
    for (size_t i = 0; i < n; i++) {
        rd_kafka_resp_err_t code = rd_kafka_topic_result_error(results[i]);
        if (code && code != RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS)
            return err_set(info, passes(code) ? ERR_WEATHER : ERR_REFUSED, rd_kafka_err2name(code),
                           "topic %s: %s", rd_kafka_topic_result_name(results[i]),
                           rd_kafka_topic_result_error_string(results[i]));
    }
    return ERR_OK;
}

static enum err create(rd_kafka_t *rk, rd_kafka_NewTopic_t **topics, size_t n, int timeout_ms,
                       struct err_info *info)
{
    rd_kafka_queue_t *queue = rd_kafka_queue_new(rk);
    rd_kafka_AdminOptions_t *options = rd_kafka_AdminOptions_new(rk, RD_KAFKA_ADMIN_OP_CREATETOPICS);
    char why[64];
    rd_kafka_AdminOptions_set_request_timeout(options, timeout_ms, why, sizeof why);
    rd_kafka_AdminOptions_set_operation_timeout(options, timeout_ms, why, sizeof why);
    rd_kafka_CreateTopics(rk, topics, n, options, queue);
    rd_kafka_event_t *event = rd_kafka_queue_poll(queue, timeout_ms);
    enum err err = read_result(event, info);
    if (event)
        rd_kafka_event_destroy(event);
    rd_kafka_AdminOptions_destroy(options);
    rd_kafka_queue_destroy(queue);
    return err;
}

static enum err create_missing(rd_kafka_t *rk, const struct topic_spec *specs, size_t n, int timeout_ms,
                               const bool *missing, struct err_info *info)
{
    rd_kafka_NewTopic_t **topics = calloc(n + 1, sizeof *topics);
    size_t wanted = 0;
    enum err err = ERR_OK;
    if (!topics)
        abort();
    for (size_t i = 0; i < n && err == ERR_OK; i++)
        if (missing[i])
            err = describe(&specs[i], &topics[wanted++], info);
    if (err == ERR_OK && wanted)
        err = create(rk, topics, wanted, timeout_ms, info);
    for (size_t i = 0; i < wanted; i++)
        if (topics[i])
            rd_kafka_NewTopic_destroy(topics[i]);
    free(topics);
    return err;
}

/* all: also one that is missing is a difference. */
static enum err compare(const struct topic_spec *specs, const int32_t *counts, size_t n, bool all,
                        struct err_info *info)
{
    for (size_t i = 0; i < n; i++)
        if (counts[i] >= 0 && counts[i] != specs[i].partitions)
            return err_set(info, ERR_REFUSED, "partitions_differ",
                           "topic %s exists with %d partitions, %d were asked for", specs[i].name, counts[i],
                           specs[i].partitions);
        else if (all && counts[i] < 0)
            return err_set(info, ERR_WEATHER, "topic_unseen", "topic %s was made but no broker shows it yet",
                           specs[i].name);
    return ERR_OK;
}

static enum err make(struct admin *admin, const struct topic_spec *specs, const char *const *names, size_t n,
                     int timeout_ms, int32_t *counts, bool *created, struct err_info *info)
{
    int64_t until = clock_mono_ms() + timeout_ms;
    enum err err = read_counts(admin, names, n, timeout_ms, counts, info);
    if (err == ERR_OK)
        err = compare(specs, counts, n, false, info);
    for (size_t i = 0; i < n && err == ERR_OK; i++)
        created[i] = counts[i] < 0;
    if (err == ERR_OK)
        err = create_missing(admin->rk, specs, n, left_ms(until), created, info);
    while (err == ERR_OK) { /* until every one is seen, or somebody else's differs */
        err = read_counts(admin, names, n, left_ms(until), counts, info);
        if (err != ERR_OK || (err = compare(specs, counts, n, true, info)) != ERR_WEATHER ||
            left_ms(until) <= LOOK_MS)
            break;
        rd_kafka_poll(admin->rk, LOOK_MS);
        err = ERR_OK;
    }
    return err;
}

enum err topics_create(const struct kafka_pair *pairs, size_t n_pairs, const struct topic_spec *specs,
                       size_t n, int timeout_ms, bool *created, struct err_info *info)
{
    struct admin admin;
    const char **names = calloc(n + 1, sizeof *names);
    int32_t *counts = calloc(n + 1, sizeof *counts);
    if (!names || !counts)
        abort();
    for (size_t i = 0; i < n; i++)
        names[i] = specs[i].name;
    enum err err = open_admin(&admin, pairs, n_pairs, info);
    if (err == ERR_OK)
        err = make(&admin, specs, names, n, timeout_ms, counts, created, info);
    close_admin(&admin);
    free(names);
    free(counts);
    return err;
}

/* ---- deleting records ---- */

static enum err read_deleted(const rd_kafka_event_t *event, struct err_info *info)
{
    if (!event)
        return err_set(info, ERR_WEATHER, "timeout", "Kafka did not answer in time");
    rd_kafka_resp_err_t code = rd_kafka_event_error((rd_kafka_event_t *)(uintptr_t)event);
    const rd_kafka_DeleteRecords_result_t *result =
        rd_kafka_event_DeleteRecords_result((rd_kafka_event_t *)(uintptr_t)event);
    if (!code && result)
        code = rd_kafka_DeleteRecords_result_offsets(result)->elems[0].err;
    return code ? err_set(info, passes(code) ? ERR_WEATHER : ERR_REFUSED, rd_kafka_err2name(code), "%s",
                          rd_kafka_err2str(code))
                : ERR_OK;
}

static enum err delete_records(rd_kafka_t *rk, const char *topic, int32_t partition, int64_t before,
                               int timeout_ms, struct err_info *info)
{
    char why[64];
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(list, topic, partition)->offset = before;
    rd_kafka_DeleteRecords_t *request = rd_kafka_DeleteRecords_new(list);
    rd_kafka_queue_t *queue = rd_kafka_queue_new(rk);
    rd_kafka_AdminOptions_t *options = rd_kafka_AdminOptions_new(rk, RD_KAFKA_ADMIN_OP_DELETERECORDS);
    rd_kafka_AdminOptions_set_request_timeout(options, timeout_ms, why, sizeof why);
    rd_kafka_DeleteRecords(rk, &request, 1, options, queue);
    rd_kafka_event_t *event = rd_kafka_queue_poll(queue, timeout_ms);
    enum err err = read_deleted(event, info);
    if (event)
        rd_kafka_event_destroy(event);
    rd_kafka_AdminOptions_destroy(options);
    rd_kafka_queue_destroy(queue);
    rd_kafka_DeleteRecords_destroy(request);
    rd_kafka_topic_partition_list_destroy(list);
    return err;
}

enum err topics_delete_records(const struct kafka_pair *pairs, size_t n_pairs, const char *topic,
                               int32_t partition, int64_t before, int timeout_ms, struct err_info *info)
{
    struct admin admin;
    enum err err = open_admin(&admin, pairs, n_pairs, info);
    if (err == ERR_OK)
        err = delete_records(admin.rk, topic, partition, before, timeout_ms, info);
    close_admin(&admin);
    return err;
}
