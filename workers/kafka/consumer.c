/* consumer: an eager (range) group member whose positions come from its owner. A new partition is assigned at the log's
 * end, so that nothing is fetched before the owner has read its fence; feed_seek() then says where to start. Each
 * partition has a queue of its own, so that the owner chooses which one to read; all of them wake one eventfd. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "kafka_room.h"

static bool has(const int32_t *partitions, size_t n, int32_t partition)
{
    for (size_t i = 0; i < n; i++)
        if (partitions[i] == partition)
            return true;
    return false;
}

/* The partitions that every input got: range gives one member the same indices of all of them. */
static size_t common_partitions(const struct consumer *c, const rd_kafka_topic_partition_list_t *list, int32_t *partitions)
{
    size_t n = 0;
    for (int i = 0; i < list->cnt; i++) {
        size_t topics = 0;
        for (int k = 0; k < list->cnt; k++)
            topics += list->elems[k].partition == list->elems[i].partition;
        if (topics == c->options.n_topics && !has(partitions, n, list->elems[i].partition))
            partitions[n++] = list->elems[i].partition;
    }
    return n;
}

static void assign(struct consumer *c, rd_kafka_topic_partition_list_t *list)
{
    int32_t *partitions = calloc((size_t)list->cnt + 1, sizeof *partitions);
    if (!partitions)
        abort();
    size_t n = common_partitions(c, list, partitions);
    if (n * c->options.n_topics != (size_t)list->cnt)
        log_error("not_copartitioned", "assigned=%d lanes=%zu message=\"the inputs have different partition counts\"", list->cnt, n);
    for (int i = 0; i < list->cnt; i++)
        list->elems[i].offset = RD_KAFKA_OFFSET_END;
    rd_kafka_resp_err_t code = rd_kafka_assign(c->rk, list);
    if (code)
        log_error("assign_failed", "error=%s", rd_kafka_err2name(code));
    feeds_open(c, partitions, n);
    c->options.handlers.assigned(c->options.handlers.owner, partitions, n);
    free(partitions);
}

static void on_rebalance(rd_kafka_t *rk, rd_kafka_resp_err_t code, rd_kafka_topic_partition_list_t *list, void *opaque)
{
    struct consumer *c = opaque;
    if (code == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
        assign(c, list);
        return;
    }
    bool lost = code != RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS || rd_kafka_assignment_lost(rk);
    c->options.handlers.revoked(c->options.handlers.owner, lost);
    feeds_close(c);
    rd_kafka_assign(rk, NULL);
}

static void on_error(rd_kafka_t *rk, int code, const char *reason, void *opaque)
{
    struct consumer *c = opaque;
    away_error(&c->away, rk, code, reason);
}

static enum err make_conf(const struct consumer_options *o, rd_kafka_conf_t **conf, struct err_info *info)
{
    static int number;
    char client[64], prefetch[32];
    size_t kbytes = o->prefetch_bytes / 1024;
    snprintf(client, sizeof client, "microflux-%d-%d", (int)getpid(), __atomic_fetch_add(&number, 1, __ATOMIC_RELAXED));
    snprintf(prefetch, sizeof prefetch, "%zu", kbytes < 1024 ? 1024 : kbytes > 2097151 ? 2097151 : kbytes);
    const struct kafka_pair ours[] = {
        {"client.id", client},
        {"enable.auto.commit", "false"},
        {"enable.auto.offset.store", "false"},
        {"auto.offset.reset", "error"}, /* an unexpected reset must never be silent */
        {"isolation.level", "read_committed"},
        {"partition.assignment.strategy", "range"},
        {"enable.partition.eof", "true"},
        {"queued.max.messages.kbytes", prefetch},
        {"queued.min.messages", "10000"},
        {"fetch.wait.max.ms", "10"},
        {"fetch.error.backoff.ms", "100"},
        {"socket.timeout.ms", "6000"}, /* with the next one: a hung leader's partitions are read again (range only) */
        {"topic.metadata.refresh.interval.ms", "5000"},
        {"session.timeout.ms", "10000"},
        {"heartbeat.interval.ms", "1000"},
        {"reconnect.backoff.max.ms", "2000"},
        {"check.crcs", "true"},
        {NULL, NULL}};
    enum err err = conf_make(ours, o->pairs, o->n_pairs, conf, info);
    char why[256];
    if (err == ERR_OK && rd_kafka_conf_set(*conf, "group.id", o->group, why, sizeof why) != RD_KAFKA_CONF_OK) {
        rd_kafka_conf_destroy(*conf);
        return err_set(info, ERR_USAGE, "group", "group: %s", why);
    }
    return err;
}

static enum err subscribe(struct consumer *c, struct err_info *info)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new((int)c->options.n_topics);
    for (size_t i = 0; i < c->options.n_topics; i++)
        rd_kafka_topic_partition_list_add(list, c->options.topics[i], RD_KAFKA_PARTITION_UA);
    rd_kafka_resp_err_t code = rd_kafka_subscribe(c->rk, list);
    rd_kafka_topic_partition_list_destroy(list);
    return code ? kafka_err(info, code, "subscribe") : ERR_OK;
}

enum err consumer_open(const struct consumer_options *options, struct consumer **result, struct err_info *info)
{
    rd_kafka_conf_t *conf;
    char why[256];
    enum err err = make_conf(options, &conf, info);
    if (err != ERR_OK)
        return err;
    struct consumer *c = calloc(1, sizeof *c);
    if (!c)
        abort();
    c->options = *options;
    c->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    rd_kafka_conf_set_opaque(conf, c);
    rd_kafka_conf_set_rebalance_cb(conf, on_rebalance);
    rd_kafka_conf_set_error_cb(conf, on_error);
    c->rk = rd_kafka_new(RD_KAFKA_CONSUMER, conf, why, sizeof why);
    if (!c->rk) {
        rd_kafka_conf_destroy(conf);
        close(c->fd);
        free(c);
        return err_set(info, ERR_USAGE, "kafka", "no Kafka consumer: %s", why);
    }
    rd_kafka_poll_set_consumer(c->rk);
    c->queue = rd_kafka_queue_get_consumer(c->rk);
    rd_kafka_queue_io_event_enable(c->queue, c->fd, &(uint64_t){1}, sizeof(uint64_t));
    err = subscribe(c, info);
    if (err != ERR_OK) {
        consumer_close(c);
        return err;
    }
    *result = c;
    return ERR_OK;
}

void consumer_close(struct consumer *c)
{
    if (!c)
        return;
    c->closing = true;
    rd_kafka_consumer_close(c->rk); /* revokes: the owner finishes or drops */
    feeds_close(c);
    rd_kafka_queue_destroy(c->queue);
    rd_kafka_destroy(c->rk);
    close(c->fd);
    free(c);
}

void consumer_poll(struct consumer *c)
{
    rd_kafka_message_t *m;
    while ((m = rd_kafka_consumer_poll(c->rk, 0)) != NULL)
        rd_kafka_message_destroy(m); /* from before a seek, or an error that on_error told */
}

int consumer_fd(const struct consumer *c) { return c->fd; }

void consumer_drain_fd(struct consumer *c)
{
    uint64_t n;
    while (read(c->fd, &n, sizeof n) == (ssize_t)sizeof n)
        ;
}

enum err consumer_partitions(struct consumer *c, int input, int timeout_ms, int32_t *count, struct err_info *info)
{
    const struct rd_kafka_metadata *metadata;
    const char *name = c->options.topics[input];
    rd_kafka_topic_t *topic = rd_kafka_topic_new(c->rk, name, NULL);
    rd_kafka_resp_err_t code = rd_kafka_metadata(c->rk, 0, topic, &metadata, timeout_ms);
    rd_kafka_topic_destroy(topic);
    if (code)
        return kafka_err(info, code, "no answer from the broker");
    enum err err = ERR_OK;
    code = metadata->topic_cnt ? metadata->topics[0].err : RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART;
    *count = metadata->topic_cnt ? metadata->topics[0].partition_cnt : 0;
    if (code == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART || (!code && *count == 0))
        err = err_set(info, ERR_NOT_FOUND, "no_topic", "topic %s does not exist: microflux topics create makes it", name);
    else if (code)
        err = kafka_err(info, code, name);
    rd_kafka_metadata_destroy(metadata);
    return err;
}

static rd_kafka_topic_partition_list_t *all_inputs(const struct consumer *c, int32_t partition)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new((int)c->options.n_topics);
    for (size_t i = 0; i < c->options.n_topics; i++)
        rd_kafka_topic_partition_list_add(list, c->options.topics[i], partition);
    return list;
}

enum err consumer_committed(struct consumer *c, int32_t partition, int timeout_ms, int64_t *offsets, struct err_info *info)
{
    rd_kafka_topic_partition_list_t *list = all_inputs(c, partition);
    rd_kafka_resp_err_t code = rd_kafka_committed(c->rk, list, timeout_ms);
    for (int i = 0; !code && i < list->cnt; i++)
        offsets[i] = list->elems[i].offset >= 0 ? list->elems[i].offset : -1;
    rd_kafka_topic_partition_list_destroy(list);
    return code ? kafka_err(info, code, "committed offsets of the group") : ERR_OK;
}

void consumer_commit(struct consumer *c, int32_t partition, const int64_t *offsets)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new((int)c->options.n_topics);
    for (size_t i = 0; i < c->options.n_topics; i++)
        if (offsets[i] >= 0)
            rd_kafka_topic_partition_list_add(list, c->options.topics[i], partition)->offset = offsets[i];
    if (list->cnt)
        rd_kafka_commit(c->rk, list, c->closing ? 0 : 1);
    rd_kafka_topic_partition_list_destroy(list);
}
