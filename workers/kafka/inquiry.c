/* inquiry: questions of tools: a consumer client under the group's name that never subscribes, so that the
 * group does not notice. What a user may not see is told apart from what is not there. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "inquiry.h"
#include "microflux/clock.h"

#define REACH_MS 300 /* between looks at the weather */

static void on_error(rd_kafka_t *rk, int code, const char *reason, void *opaque)
{
    struct inquiry *q = opaque;
    weather_error(&q->weather, rk, code, reason);
}

enum err inquiry_open(const struct kafka_pair *pairs, size_t n_pairs, const char *group, int timeout_ms,
                      struct inquiry **result, struct err_info *info)
{
    static const struct kafka_pair ours[] = {{"isolation.level", "read_committed"},
                                             {"socket.timeout.ms", "6000"},
                                             {"fetch.wait.max.ms", "10"},
                                             {"fetch.message.max.bytes", "65536"},
                                             {"queued.max.messages.kbytes", "1024"},
                                             {NULL, NULL}};
    const struct kafka_pair fixed[] = {{"group.id", (char *)(uintptr_t)group},
                                       {"enable.auto.commit", "false"},
                                       {"enable.partition.eof", "true"},
                                       {"auto.offset.reset", "error"}};
    rd_kafka_conf_t *conf;
    enum err err = conf_make(ours, pairs, n_pairs, &conf, info);
    if (err != ERR_OK)
        return err;
    struct inquiry *q = calloc(1, sizeof *q);
    if (!q)
        abort();
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
        rd_kafka_conf_set(conf, fixed[i].key, fixed[i].value, NULL, 0);
    q->weather.role = "inquiry";
    q->timeout_ms = timeout_ms;
    rd_kafka_conf_set_opaque(conf, q);
    rd_kafka_conf_set_error_cb(conf, on_error);
    err = conf_client(RD_KAFKA_CONSUMER, conf, &q->rk, info);
    if (err != ERR_OK) {
        inquiry_close(q);
        return err;
    }
    rd_kafka_poll_set_consumer(q->rk);
    *result = q;
    return ERR_OK;
}

void inquiry_close(struct inquiry *q)
{
    if (!q)
        return;
    if (q->rk)
        rd_kafka_destroy_flags(q->rk, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
    free(q);
}

static bool forbidden(rd_kafka_resp_err_t code)
{
    return code == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED ||
           code == RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED ||
           code == RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED;
}

void inquiry_note(struct inquiry *q, const rd_kafka_message_t *m)
{
    q->group_forbidden |= m->err == RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED;
    if (m->err && m->err != RD_KAFKA_RESP_ERR__PARTITION_EOF)
        weather_error(&q->weather, q->rk, m->err, rd_kafka_message_errstr(m));
}

static void hear(struct inquiry *q) /* its complaints wait to be heard */
{
    rd_kafka_message_t *m;
    while ((m = rd_kafka_consumer_poll(q->rk, 0)) != NULL) {
        inquiry_note(q, m);
        rd_kafka_message_destroy(m);
    }
}

enum err inquiry_err(struct inquiry *q, rd_kafka_resp_err_t code, const char *what, struct err_info *info)
{
    if (!code)
        return ERR_OK;
    if (forbidden(code))
        return kafka_err(info, ERR_REFUSED, code, what);
    hear(q);
    return weather_err(&q->weather, code, what, info);
}

enum err inquiry_reach(struct inquiry *q, struct err_info *info)
{
    int64_t until = clock_mono_ms() + q->timeout_ms;
    const struct rd_kafka_metadata *metadata;
    rd_kafka_resp_err_t code;
    while ((code = rd_kafka_metadata(q->rk, 0, NULL, &metadata, REACH_MS)) && clock_mono_ms() < until) {
        hear(q);
        if (q->weather.away && q->weather.cure)
            break;
    }
    if (!code)
        rd_kafka_metadata_destroy(metadata);
    return inquiry_err(q, code, "no answer from Kafka", info);
}

/* ---- topics ---- */

enum err inquiry_partitions(struct inquiry *q, const char *topic, int32_t *count, struct err_info *info)
{
    rd_kafka_resp_err_t code = topic_count(q->rk, topic, q->timeout_ms, count);
    if (code == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART)
        return err_set(info, ERR_NOT_FOUND, "no_topic", "topic %s does not exist", topic);
    return inquiry_err(q, code, topic, info);
}

static void take_settings(const rd_kafka_ConfigResource_t *resource, const char *const *names, size_t n,
                          struct kafka_setting *values)
{
    size_t n_entries;
    const rd_kafka_ConfigEntry_t **entries = rd_kafka_ConfigResource_configs(resource, &n_entries);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < n_entries; k++)
            if (strcmp(rd_kafka_ConfigEntry_name(entries[k]), names[i]) == 0 &&
                rd_kafka_ConfigEntry_value(entries[k]))
                snprintf(values[i].value, sizeof values[i].value, "%s",
                         rd_kafka_ConfigEntry_value(entries[k]));
}

/* The answer to an admin request, or the error of it. */
static rd_kafka_resp_err_t await(struct inquiry *q, rd_kafka_queue_t *queue, rd_kafka_event_t **event)
{
    *event = rd_kafka_queue_poll(queue, q->timeout_ms);
    return *event ? rd_kafka_event_error(*event) : RD_KAFKA_RESP_ERR__TIMED_OUT;
}

enum err inquiry_settings(struct inquiry *q, const char *topic, const char *const *names, size_t n,
                          struct kafka_setting *values, struct err_info *info)
{
    rd_kafka_ConfigResource_t *resource = rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic);
    rd_kafka_queue_t *queue = rd_kafka_queue_new(q->rk);
    rd_kafka_event_t *event;
    size_t n_resources = 0;
    memset(values, 0, n * sizeof *values);
    rd_kafka_DescribeConfigs(q->rk, &resource, 1, NULL, queue);
    rd_kafka_resp_err_t code = await(q, queue, &event);
    if (!code) {
        const rd_kafka_ConfigResource_t **resources = rd_kafka_DescribeConfigs_result_resources(
            rd_kafka_event_DescribeConfigs_result(event), &n_resources);
        code = n_resources ? rd_kafka_ConfigResource_error(resources[0]) : RD_KAFKA_RESP_ERR__FAIL;
        if (!code)
            take_settings(resources[0], names, n, values);
    }
    if (event)
        rd_kafka_event_destroy(event);
    rd_kafka_queue_destroy(queue);
    rd_kafka_ConfigResource_destroy(resource);
    return inquiry_err(q, code, topic, info);
}

static rd_kafka_topic_partition_list_t *all_of(const char *topic, int32_t n, int64_t offset)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(n);
    for (int32_t i = 0; i < n; i++)
        rd_kafka_topic_partition_list_add(list, topic, i)->offset = offset;
    return list;
}

static rd_kafka_resp_err_t first_error(const rd_kafka_topic_partition_list_t *list)
{
    for (int i = 0; i < list->cnt; i++)
        if (list->elems[i].err)
            return list->elems[i].err;
    return RD_KAFKA_RESP_ERR_NO_ERROR;
}

/* Offsets of all partitions at a time, or at an edge of the log. */
static rd_kafka_resp_err_t offsets_at(struct inquiry *q, const char *topic, int32_t n, int64_t time,
                                      int64_t *offsets)
{
    rd_kafka_topic_partition_list_t *list = all_of(topic, n, time);
    rd_kafka_resp_err_t code = rd_kafka_offsets_for_times(q->rk, list, q->timeout_ms);
    if (!code)
        code = first_error(list);
    for (int32_t i = 0; i < n; i++)
        offsets[i] = list->elems[i].offset;
    rd_kafka_topic_partition_list_destroy(list);
    return code;
}

enum err inquiry_edges(struct inquiry *q, const char *topic, int32_t n, int64_t *begin, int64_t *end,
                       struct err_info *info)
{
    rd_kafka_resp_err_t code = offsets_at(q, topic, n, RD_KAFKA_OFFSET_BEGINNING, begin);
    if (!code)
        code = offsets_at(q, topic, n, RD_KAFKA_OFFSET_END, end);
    return inquiry_err(q, code, topic, info);
}

enum err inquiry_since(struct inquiry *q, const char *topic, int32_t n, int64_t time, int64_t *offsets,
                       struct err_info *info)
{
    rd_kafka_resp_err_t code = offsets_at(q, topic, n, time, offsets);
    return inquiry_err(q, code, topic, info);
}

enum err inquiry_dated(struct inquiry *q, const char *topic, int32_t n, int64_t time, bool *any,
                       struct err_info *info)
{
    int64_t *offsets = calloc((size_t)n + 1, sizeof *offsets);
    if (!offsets)
        abort();
    enum err err = inquiry_since(q, topic, n, time, offsets, info);
    *any = false;
    for (int32_t i = 0; err == ERR_OK && i < n; i++)
        *any |= offsets[i] >= 0;
    free(offsets);
    return err;
}

/* ---- the group ---- */

enum err inquiry_committed(struct inquiry *q, const char *topic, int32_t n, int64_t *offsets,
                           struct err_info *info)
{
    rd_kafka_topic_partition_list_t *list = all_of(topic, n, RD_KAFKA_OFFSET_INVALID);
    rd_kafka_resp_err_t code = RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED;
    hear(q);
    if (!q->group_forbidden)
        code = rd_kafka_committed(q->rk, list, q->timeout_ms);
    hear(q); /* who may not ask for the coordinator is told on the side, and the question times out */
    if (q->group_forbidden)
        code = RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED;
    if (!code)
        code = first_error(list);
    for (int32_t i = 0; i < n; i++)
        offsets[i] = list->elems[i].offset >= 0 ? list->elems[i].offset : -1;
    rd_kafka_topic_partition_list_destroy(list);
    return inquiry_err(q, code, "committed offsets of the group", info);
}

static void take_member(const rd_kafka_MemberDescription_t *member, const char *topic, int32_t n,
                        struct kafka_owner *owners)
{
    const rd_kafka_topic_partition_list_t *list =
        rd_kafka_MemberAssignment_partitions(rd_kafka_MemberDescription_assignment(member));
    for (int i = 0; list && i < list->cnt; i++) {
        const rd_kafka_topic_partition_t *at = &list->elems[i];
        if (strcmp(at->topic, topic) != 0 || at->partition < 0 || at->partition >= n)
            continue;
        struct kafka_owner *owner = &owners[at->partition];
        snprintf(owner->client, sizeof owner->client, "%s", rd_kafka_MemberDescription_client_id(member));
        snprintf(owner->host, sizeof owner->host, "%s", rd_kafka_MemberDescription_host(member));
    }
}

static rd_kafka_resp_err_t take_group(const rd_kafka_event_t *event, const char *topic, int32_t n,
                                      struct kafka_owner *owners)
{
    size_t n_groups = 0;
    const rd_kafka_ConsumerGroupDescription_t **groups = rd_kafka_DescribeConsumerGroups_result_groups(
        rd_kafka_event_DescribeConsumerGroups_result((rd_kafka_event_t *)(uintptr_t)event), &n_groups);
    if (n_groups == 0)
        return RD_KAFKA_RESP_ERR__FAIL;
    const rd_kafka_error_t *error = rd_kafka_ConsumerGroupDescription_error(groups[0]);
    if (error)
        return rd_kafka_error_code(error);
    for (size_t i = 0; i < rd_kafka_ConsumerGroupDescription_member_count(groups[0]); i++)
        take_member(rd_kafka_ConsumerGroupDescription_member(groups[0], i), topic, n, owners);
    return RD_KAFKA_RESP_ERR_NO_ERROR;
}

enum err inquiry_owners(struct inquiry *q, const char *topic, int32_t n, struct kafka_owner *owners,
                        struct err_info *info)
{
    char group[256] = "";
    const char *groups[] = {group};
    size_t size = sizeof group;
    rd_kafka_event_t *event;
    rd_kafka_queue_t *queue = rd_kafka_queue_new(q->rk);
    rd_kafka_conf_get(rd_kafka_conf(q->rk), "group.id", group, &size);
    memset(owners, 0, (size_t)n * sizeof *owners);
    rd_kafka_DescribeConsumerGroups(q->rk, groups, 1, NULL, queue);
    rd_kafka_resp_err_t code = await(q, queue, &event);
    if (!code)
        code = take_group(event, topic, n, owners);
    if (event)
        rd_kafka_event_destroy(event);
    rd_kafka_queue_destroy(queue);
    if (code == RD_KAFKA_RESP_ERR_GROUP_ID_NOT_FOUND) /* nobody was ever in it */
        code = RD_KAFKA_RESP_ERR_NO_ERROR;
    return inquiry_err(q, code, "members of the group", info);
}
