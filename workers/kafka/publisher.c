/* publisher: an idempotent producer that waits instead of dropping: message.timeout.ms=0, a full queue is said, every
 * record comes back as delivered or failed, once. */
#include <stdlib.h>

#include "kafka_room.h"

struct publisher {
    rd_kafka_t *rk;
    struct publisher_options options;
    rd_kafka_topic_t **topics;
    struct err_info fatal;
    struct away away;
};

static void on_delivery(rd_kafka_t *rk, const rd_kafka_message_t *m, void *opaque)
{
    struct publisher *p = opaque;
    struct err_info info;
    (void)rk;
    if (!m->err)
        away_over(&p->away);
    else
        kafka_err(&info, m->err, rd_kafka_topic_name(m->rkt));
    p->options.delivered(p->options.owner, (uint64_t)(uintptr_t)m->_private, m->err ? &info : NULL);
}

static void on_error(rd_kafka_t *rk, int code, const char *reason, void *opaque)
{
    struct publisher *p = opaque;
    char why[256];
    if (code == RD_KAFKA_RESP_ERR__FATAL && p->fatal.code == ERR_OK) {
        rd_kafka_resp_err_t cause = rd_kafka_fatal_error(rk, why, sizeof why);
        (void)err_set(&p->fatal, ERR_LOST, rd_kafka_err2name(cause), "%s", why);
    }
    away_error(&p->away, rk, code, reason);
}

static enum err open_topics(struct publisher *p, struct err_info *info)
{
    p->topics = calloc(p->options.n_topics, sizeof *p->topics);
    if (!p->topics)
        abort();
    for (size_t i = 0; i < p->options.n_topics; i++) {
        p->topics[i] = rd_kafka_topic_new(p->rk, p->options.topics[i], NULL);
        if (!p->topics[i])
            return kafka_err(info, rd_kafka_last_error(), p->options.topics[i]);
    }
    return ERR_OK;
}

enum err publisher_open(const struct publisher_options *options, struct publisher **result, struct err_info *info)
{
    static const struct kafka_pair ours[] = {{"enable.idempotence", "true"},
                                             {"message.timeout.ms", "0"},
                                             {"partitioner", "murmur2_random"},
                                             {"linger.ms", "2"},
                                             {"compression.type", "lz4"},
                                             {"socket.timeout.ms", "6000"},
                                             {"topic.metadata.refresh.interval.ms", "5000"},
                                             {"reconnect.backoff.max.ms", "2000"},
                                             {"queue.buffering.max.messages", "500000"},
                                             {"queue.buffering.max.kbytes", "131072"},
                                             {NULL, NULL}};
    rd_kafka_conf_t *conf;
    char why[256];
    enum err err = conf_make(ours, options->pairs, options->n_pairs, &conf, info);
    if (err != ERR_OK)
        return err;
    struct publisher *p = calloc(1, sizeof *p);
    if (!p)
        abort();
    p->options = *options;
    rd_kafka_conf_set_opaque(conf, p);
    rd_kafka_conf_set_dr_msg_cb(conf, on_delivery);
    rd_kafka_conf_set_error_cb(conf, on_error);
    p->rk = rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, sizeof why);
    if (!p->rk) {
        rd_kafka_conf_destroy(conf);
        free(p);
        return err_set(info, ERR_USAGE, "kafka", "no Kafka producer: %s", why);
    }
    err = open_topics(p, info);
    if (err != ERR_OK) {
        publisher_close(p);
        return err;
    }
    *result = p;
    return ERR_OK;
}

static rd_kafka_headers_t *headers_of(const struct kafka_header *headers, size_t n)
{
    rd_kafka_headers_t *all = rd_kafka_headers_new(n);
    for (size_t i = 0; i < n; i++)
        rd_kafka_header_add(all, headers[i].name, -1, headers[i].value.ptr, (ssize_t)headers[i].value.len);
    return all;
}

static rd_kafka_resp_err_t produce_with(struct publisher *p, int topic, int32_t partition, struct bytes key, struct bytes value, int64_t timestamp,
                                        rd_kafka_headers_t *headers, uint64_t ticket)
{
    rd_kafka_vu_t vus[8] = {
        {.vtype = RD_KAFKA_VTYPE_RKT, .u.rkt = p->topics[topic]},
        {.vtype = RD_KAFKA_VTYPE_PARTITION, .u.i32 = partition},
        {.vtype = RD_KAFKA_VTYPE_MSGFLAGS, .u.i = RD_KAFKA_MSG_F_COPY},
        {.vtype = RD_KAFKA_VTYPE_KEY, .u.mem = {(void *)(uintptr_t)key.ptr, key.len}},
        {.vtype = RD_KAFKA_VTYPE_VALUE, .u.mem = {(void *)(uintptr_t)value.ptr, value.len}},
        {.vtype = RD_KAFKA_VTYPE_OPAQUE, .u.ptr = (void *)(uintptr_t)ticket},
        {.vtype = RD_KAFKA_VTYPE_TIMESTAMP, .u.i64 = timestamp},
        {.vtype = RD_KAFKA_VTYPE_HEADERS, .u.headers = headers},
    };
    rd_kafka_error_t *error = rd_kafka_produceva(p->rk, vus, headers ? 8 : 7);
    rd_kafka_resp_err_t code = error ? rd_kafka_error_code(error) : RD_KAFKA_RESP_ERR_NO_ERROR;
    if (error)
        rd_kafka_error_destroy(error);
    if (code && headers)
        rd_kafka_headers_destroy(headers);
    return code;
}

enum err publish(struct publisher *p, int topic, int32_t partition, struct bytes key, struct bytes value, int64_t timestamp,
                 const struct kafka_header *headers, size_t n_headers, uint64_t ticket, struct err_info *info)
{
    rd_kafka_resp_err_t code = RD_KAFKA_RESP_ERR_NO_ERROR;
    if (n_headers || timestamp)
        code = produce_with(p, topic, partition, key, value, timestamp, n_headers ? headers_of(headers, n_headers) : NULL, ticket);
    else if (rd_kafka_produce(p->topics[topic], partition, RD_KAFKA_MSG_F_COPY, (void *)(uintptr_t)value.ptr, value.len, key.ptr, key.len,
                              (void *)(uintptr_t)ticket) != 0)
        code = rd_kafka_last_error();
    if (!code)
        return ERR_OK;
    if (code == RD_KAFKA_RESP_ERR__QUEUE_FULL)
        return kafka_err(info, code, p->options.topics[topic]);
    kafka_err(info, code, p->options.topics[topic]);
    return info->code = ERR_LOST;
}

void publisher_poll(struct publisher *p, int timeout_ms) { rd_kafka_poll(p->rk, timeout_ms); }

bool publisher_failed(const struct publisher *p, struct err_info *info)
{
    if (p->fatal.code != ERR_OK)
        *info = p->fatal;
    return p->fatal.code != ERR_OK;
}

size_t publisher_waiting(const struct publisher *p) { return (size_t)rd_kafka_outq_len(p->rk); }

enum err publisher_flush(struct publisher *p, int timeout_ms, struct err_info *info)
{
    rd_kafka_resp_err_t code = rd_kafka_flush(p->rk, timeout_ms);
    return code ? kafka_err(info, code, "records not yet acknowledged") : ERR_OK;
}

void publisher_purge(struct publisher *p)
{
    rd_kafka_purge(p->rk, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    rd_kafka_poll(p->rk, 0);
}

void publisher_close(struct publisher *p)
{
    if (!p)
        return;
    publisher_purge(p);
    for (size_t i = 0; p->topics && i < p->options.n_topics; i++)
        if (p->topics[i])
            rd_kafka_topic_destroy(p->topics[i]);
    free(p->topics);
    rd_kafka_destroy(p->rk);
    free(p);
}
