/* consumer: an eager (range) group member whose positions come from its owner, never from Kafka. A new
 * partition is assigned paused, so that nothing is fetched before the owner has read its fence; feed_seek()
 * then says where to start. Each partition has a queue of its own, so that the owner chooses what to read;
 * all of them wake one eventfd. consumer_poll() is where the group speaks: handlers are called from there and
 * from consumer_close() only. */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "kafka_room.h"
#include "microflux/clock.h"

#define LANES_GUESSED                                                                                        \
    8 /* librdkafka bounds each partition alone, before anybody knows how many there will be */
#define FEED_KIB_MIN 512
#define CLOSE_MS     6000 /* with what the owner needs to finish */
#define FEED_KIB_MAX 65536

/* ---- settings ---- */

static size_t feed_kib(const struct consumer_options *o)
{
    size_t kib = o->prefetch_bytes / 1024 / (o->n_topics * LANES_GUESSED);
    return kib < FEED_KIB_MIN ? FEED_KIB_MIN : kib > FEED_KIB_MAX ? FEED_KIB_MAX : kib;
}

/* Without these three this room does not work: records would be skipped, ends not told, inputs not dealt
 * alike. */
static enum err check_reserved(const struct consumer_options *o, struct err_info *info)
{
    static const struct kafka_pair reserved[] = {{"partition.assignment.strategy", "range"},
                                                 {"auto.offset.reset", "error"},
                                                 {"enable.partition.eof", "true"}};
    for (size_t i = 0; i < o->n_pairs; i++)
        for (size_t k = 0; k < sizeof reserved / sizeof *reserved; k++)
            if (strcmp(o->pairs[i].key, reserved[k].key) == 0 &&
                strcmp(o->pairs[i].value, reserved[k].value) != 0)
                return err_set(info, ERR_USAGE, "kafka_reserved", "kafka.%s=%s: must stay %s, leave it out",
                               o->pairs[i].key, o->pairs[i].value, reserved[k].value);
    return ERR_OK;
}

/* Each thread is a static member of its own; two of one id would throw each other out. */
static void name_member(rd_kafka_conf_t *conf, int member)
{
    char instance[200] = "", own[224];
    size_t size = sizeof instance;
    if (member == 0 || rd_kafka_conf_get(conf, "group.instance.id", instance, &size) != RD_KAFKA_CONF_OK ||
        !instance[0])
        return;
    snprintf(own, sizeof own, "%s-%d", instance, member);
    rd_kafka_conf_set(conf, "group.instance.id", own, NULL, 0);
}

static enum err make_conf(const struct consumer_options *o, rd_kafka_conf_t **conf, struct err_info *info)
{
    static atomic_int number;
    char host[64] = "", client[128], kib[24];
    gethostname(host, sizeof host - 1);
    snprintf(client, sizeof client, "%s-%d-%d", host, (int)getpid(), atomic_fetch_add(&number, 1));
    snprintf(kib, sizeof kib, "%zu", feed_kib(o));
    const struct kafka_pair ours[] = {
        {"client.id", client},
        {"group.id", (char *)(uintptr_t)o->group},
        {"enable.auto.commit", "false"},
        {"enable.auto.offset.store", "false"},
        {"auto.offset.reset", "error"}, /* an unexpected reset must never be silent */
        {"isolation.level", "read_committed"},
        {"partition.assignment.strategy", "range"},
        {"enable.partition.eof", "true"},
        {"check.crcs", "true"},
        {"queued.max.messages.kbytes", kib},
        {"queued.min.messages", "10000"},
        {"fetch.wait.max.ms",
         "50"}, /* a record ends the wait at once; an idle broker is asked 20 times a second */
        {"fetch.error.backoff.ms", "50"},
        {"fetch.queue.backoff.ms", "5"}, /* since 2.2; nudge() of feed.c does it before */
        {"session.timeout.ms", "10000"},
        {"heartbeat.interval.ms", "1000"},
        {"reconnect.backoff.max.ms", "2000"},
        /* with the next one a hung leader's partitions are read again (range only) */
        {"socket.timeout.ms", "6000"},
        {"topic.metadata.refresh.interval.ms", "5000"},
        {NULL, NULL}};
    enum err err = check_reserved(o, info);
    if (err == ERR_OK)
        err = conf_make(ours, o->pairs, o->n_pairs, conf, info);
    if (err == ERR_OK)
        name_member(*conf, o->member);
    return err;
}

/* ---- the group ---- */

static bool has(const int32_t *partitions, size_t n, int32_t partition)
{
    for (size_t i = 0; i < n; i++)
        if (partitions[i] == partition)
            return true;
    return false;
}

/* The partitions that every input got: range deals one member the same numbers of all of them. */
static size_t common_partitions(const struct consumer *c, const rd_kafka_topic_partition_list_t *list,
                                int32_t *partitions)
{
    size_t n = 0;
    for (int i = 0; i < list->cnt; i++) {
        size_t topics = 0;
        for (int k = 0; k < list->cnt; k++)
            topics += list->elems[k].partition == list->elems[i].partition;
        if (topics == c->n_topics && !has(partitions, n, list->elems[i].partition))
            partitions[n++] = list->elems[i].partition;
    }
    return n;
}

static void forget_membership(struct consumer *c)
{
    if (c->membership)
        rd_kafka_consumer_group_metadata_destroy(c->membership);
    c->membership = NULL;
}

static void take(struct consumer *c, const rd_kafka_topic_partition_list_t *list)
{
    int32_t *partitions = calloc((size_t)list->cnt + 1, sizeof *partitions);
    if (!partitions)
        abort();
    size_t n = common_partitions(c, list, partitions);
    if (n * c->n_topics != (size_t)list->cnt) {
        log_error("not_copartitioned",
                  "assigned=%d in_all_inputs=%zu message=\"the inputs have different partition counts\"",
                  list->cnt, n);
        n = 0;
    }
    if (n * c->n_topics * c->feed_bytes > c->prefetch_bytes)
        log_info("prefetch_wide", "feeds=%zu bytes=%zu wanted=%zu", n * c->n_topics,
                 n * c->n_topics * c->feed_bytes, c->prefetch_bytes);
    forget_membership(c);
    c->membership = membership_of(c->rk);
    feeds_open(c, partitions, n);
    rd_kafka_resp_err_t code = feeds_assign(c);
    if (code)
        log_error("assign_failed", "error=%s", rd_kafka_err2name(code));
    c->handlers.assigned(c->handlers.owner, partitions, n);
    free(partitions);
}

static void give_back(struct consumer *c, bool lost)
{
    c->revoking = true;
    c->handlers.revoked(c->handlers.owner, lost);
    c->revoking = false;
    forget_membership(c);
    rd_kafka_assign(c->rk, NULL);
    feeds_close(c);
}

static void on_rebalance(rd_kafka_t *rk, rd_kafka_resp_err_t code, rd_kafka_topic_partition_list_t *list,
                         void *opaque)
{
    struct consumer *c = opaque;
    if (code != RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS)
        give_back(c, code != RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS || rd_kafka_assignment_lost(rk));
    else if (c->closing)
        rd_kafka_assign(rk, NULL);
    else
        take(c, list);
}

static void on_error(rd_kafka_t *rk, int code, const char *reason, void *opaque)
{
    struct consumer *c = opaque;
    if (c->taking &&
        (code == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART || code == RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION))
        c->taking->vanished = true;
    weather_error(&c->weather, rk, code, reason);
}

static enum err subscribe(struct consumer *c, struct err_info *info)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new((int)c->n_topics);
    for (size_t i = 0; i < c->n_topics; i++)
        rd_kafka_topic_partition_list_add(list, c->topics[i], RD_KAFKA_PARTITION_UA);
    rd_kafka_resp_err_t code = rd_kafka_subscribe(c->rk, list);
    rd_kafka_topic_partition_list_destroy(list);
    return code ? kafka_err(info, ERR_USAGE, code, "subscribe") : ERR_OK;
}

/* ---- life ---- */

static enum err start(struct consumer *c, struct err_info *info)
{
    c->feed_records = setting_of(c->rk, "queued.min.messages");
    c->feed_bytes = setting_of(c->rk, "queued.max.messages.kbytes") * 1024;
    rd_kafka_poll_set_consumer(c->rk);
    c->queue = rd_kafka_queue_get_consumer(c->rk);
    if (!c->queue)
        return err_set(info, ERR_USAGE, "no_group", "a consumer needs a group");
    rd_kafka_queue_io_event_enable(c->queue, c->fd, &(uint64_t){1}, sizeof(uint64_t));
    return subscribe(c, info);
}

enum err consumer_open(const struct consumer_options *options, struct consumer **result,
                       struct err_info *info)
{
    rd_kafka_conf_t *conf;
    enum err err = make_conf(options, &conf, info);
    if (err != ERR_OK)
        return err;
    struct consumer *c = calloc(1, sizeof *c);
    if (!c)
        abort();
    c->handlers = options->handlers;
    c->topics = names_copy(options->topics, options->n_topics);
    c->n_topics = options->n_topics;
    c->prefetch_bytes = options->prefetch_bytes;
    weather_begin(&c->weather, "consumer", options->pairs, options->n_pairs);
    c->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    rd_kafka_conf_set_opaque(conf, c);
    rd_kafka_conf_set_rebalance_cb(conf, on_rebalance);
    rd_kafka_conf_set_error_cb(conf, on_error);
    err = c->fd < 0 ? err_set(info, ERR_IO, "eventfd", "no eventfd: %m") : ERR_OK;
    if (err != ERR_OK)
        rd_kafka_conf_destroy(conf);
    else
        err = conf_client(RD_KAFKA_CONSUMER, conf, &c->rk, info);
    if (err == ERR_OK)
        err = start(c, info);
    if (err != ERR_OK) {
        consumer_close(c);
        return err;
    }
    *result = c;
    return ERR_OK;
}

enum err consumer_check(const struct consumer_options *options, struct err_info *info)
{
    rd_kafka_conf_t *conf;
    enum err err = make_conf(options, &conf, info);
    if (err == ERR_OK)
        rd_kafka_conf_destroy(conf);
    return err;
}

/* Leaves the group, which needs a broker: an outstanding commit would wait for one for ever. */
static bool leave(struct consumer *c)
{
    int64_t until = clock_mono_ms() + CLOSE_MS;
    rd_kafka_queue_t *queue = rd_kafka_queue_new(c->rk);
    rd_kafka_error_t *error = rd_kafka_consumer_close_queue(c->rk, queue);
    bool going = !error; /* else it has failed for good, and left already */
    while (going && !rd_kafka_consumer_closed(c->rk) && clock_mono_ms() < until)
        rd_kafka_queue_poll_callback(queue, 50);
    if (error)
        rd_kafka_error_destroy(error);
    rd_kafka_queue_destroy(queue);
    return !going || rd_kafka_consumer_closed(c->rk);
}

void consumer_close(struct consumer *c)
{
    if (!c)
        return;
    c->closing = true;
    if (c->rk) {
        bool left = leave(c); /* revokes: the owner finishes or drops */
        if (c->feeds)
            give_back(c, true);
        forget_membership(c);
        if (!left)
            log_warn("kafka_not_left", "client=%s message=\"no broker to leave the group at\"",
                     rd_kafka_name(c->rk));
        if (c->queue) {
            rd_kafka_queue_io_event_enable(c->queue, -1, NULL, 0);
            rd_kafka_queue_destroy(c->queue);
        }
        rd_kafka_destroy_flags(c->rk, left ? 0 : RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
    }
    if (c->fd >= 0)
        close(c->fd);
    names_free(c->topics, c->n_topics);
    free(c);
}

void consumer_poll(struct consumer *c)
{
    rd_kafka_message_t *m;
    while ((m = rd_kafka_consumer_poll(c->rk, 0)) != NULL) {
        if (m->err && m->err != RD_KAFKA_RESP_ERR__PARTITION_EOF)
            weather_error(&c->weather, c->rk, m->err, rd_kafka_message_errstr(m));
        rd_kafka_message_destroy(m);
    }
}

void consumer_watch(struct consumer *c, struct kafka_watch *watch)
{
    c->weather.errors = &watch->errors;
}

bool consumer_away(const struct consumer *c)
{
    return c->weather.away;
}

int consumer_fd(const struct consumer *c)
{
    return c->fd;
}

void consumer_drain_fd(struct consumer *c)
{
    uint64_t n;
    if (read(c->fd, &n, sizeof n) < 0)
        return; /* it was empty */
}

void consumer_wake(struct consumer *c)
{
    if (write(c->fd, &(uint64_t){1}, sizeof(uint64_t)) < 0)
        return; /* it is full: awake already */
}

/* ---- questions to the broker ---- */

enum err consumer_partitions(struct consumer *c, int input, int timeout_ms, int32_t *count,
                             struct err_info *info)
{
    const char *name = c->topics[input];
    rd_kafka_resp_err_t code = topic_count(c->rk, name, timeout_ms, count);
    if (code == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART)
        return err_set(info, ERR_NOT_FOUND, "no_topic",
                       "topic %s does not exist: microflux topics create makes it", name);
    return code ? weather_err(&c->weather, code, name, info) : ERR_OK;
}

enum err consumer_committed(struct consumer *c, int32_t partition, int timeout_ms, int64_t *offsets,
                            struct err_info *info)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new((int)c->n_topics);
    for (size_t i = 0; i < c->n_topics; i++)
        rd_kafka_topic_partition_list_add(list, c->topics[i], partition);
    rd_kafka_resp_err_t code = rd_kafka_committed(c->rk, list, timeout_ms);
    for (size_t i = 0; !code && i < c->n_topics; i++) {
        const rd_kafka_topic_partition_t *at =
            rd_kafka_topic_partition_list_find(list, c->topics[i], partition);
        code = at->err;
        offsets[i] = at->offset >= 0 ? at->offset : -1;
    }
    rd_kafka_topic_partition_list_destroy(list);
    return code ? kafka_err(info, ERR_WEATHER, code, "committed offsets of the group") : ERR_OK;
}

void consumer_commit(struct consumer *c, int32_t partition, const int64_t *offsets)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new((int)c->n_topics);
    for (size_t i = 0; i < c->n_topics; i++)
        if (offsets[i] >= 0)
            rd_kafka_topic_partition_list_add(list, c->topics[i], partition)->offset = offsets[i];
    if (list->cnt)
        rd_kafka_commit(c->rk, list, 1); /* consumer_close waits for it */
    rd_kafka_topic_partition_list_destroy(list);
}
