/* publisher: an idempotent producer that waits instead of dropping. A full queue is said and nothing else
 * happens; every record it took comes back once, acknowledged or failed. After a fatal error it takes nothing
 * more: the owner opens another one. */
#include <stdio.h>
#include <stdlib.h>

#include "kafka_room.h"

#define SOCKET_MS 6000
#define PURGE_MS  2000 /* for librdkafka's own threads; no network */

/* ---- errors ---- */

/* Retries are librdkafka's work (message.timeout.ms=0), so what comes out here is for good. */
static enum err fate_of(rd_kafka_resp_err_t code)
{
    switch (code) {
    case RD_KAFKA_RESP_ERR__QUEUE_FULL:
        return ERR_WEATHER;
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
    case RD_KAFKA_RESP_ERR_INVALID_MSG:
    case RD_KAFKA_RESP_ERR_INVALID_RECORD:
    case RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP:
        return ERR_REJECT;
    case RD_KAFKA_RESP_ERR__PURGE_QUEUE:
    case RD_KAFKA_RESP_ERR__PURGE_INFLIGHT:
    case RD_KAFKA_RESP_ERR__FATAL:
        return ERR_LOST;
    default:
        return ERR_REFUSED;
    }
}

static void note_fatal(struct publisher *p)
{
    char why[256] = "";
    rd_kafka_resp_err_t cause = rd_kafka_fatal_error(p->rk, why, sizeof why);
    if (cause && p->fatal.code == ERR_OK)
        (void)err_set(&p->fatal, ERR_LOST, rd_kafka_err2name(cause), "%s", why);
}

static void on_delivery(rd_kafka_t *rk, const rd_kafka_message_t *m, void *opaque)
{
    struct publisher *p = opaque;
    struct err_info info;
    (void)rk;
    if (m->err)
        (void)kafka_err(&info, fate_of(m->err), m->err, rd_kafka_topic_name(m->rkt));
    else
        weather_fair(&p->weather);
    if (m->err)
        weather_count(&p->weather, m->err);
    else if (p->latency && !p->timed)
        histogram_observe(p->latency, rd_kafka_message_latency(m));
    p->timed = true;
    if (p->delivered)
        p->delivered(p->owner, (uint64_t)(uintptr_t)m->_private, m->err ? &info : NULL);
}

static void on_error(rd_kafka_t *rk, int code, const char *reason, void *opaque)
{
    struct publisher *p = opaque;
    note_fatal(p);
    weather_error(&p->weather, rk, code, reason);
}

/* ---- life ---- */

static int32_t by_first_part(const rd_kafka_topic_t *topic, const void *key, size_t len, int32_t partitions,
                             void *opaque, void *message_opaque)
{
    const char *slash = len ? memchr(key, '/', len) : NULL;
    return rd_kafka_msg_partitioner_murmur2(topic, key, slash ? (size_t)(slash - (const char *)key) : len,
                                            partitions, opaque, message_opaque);
}

static rd_kafka_topic_t *open_topic(struct publisher *p, const char *name, bool first_part)
{
    rd_kafka_topic_conf_t *conf = first_part ? rd_kafka_default_topic_conf_dup(p->rk) : NULL;
    if (conf)
        rd_kafka_topic_conf_set_partitioner_cb(conf, by_first_part);
    return rd_kafka_topic_new(p->rk, name, conf); /* takes conf, also when it fails */
}

static enum err open_topics(struct publisher *p, const struct publisher_options *o, struct err_info *info)
{
    p->topics = calloc(o->n_topics + 1, sizeof *p->topics);
    if (!p->topics)
        abort();
    for (; p->n_topics < o->n_topics; p->n_topics++) {
        p->topics[p->n_topics] = open_topic(p, o->topics[p->n_topics], o->by_first_part >> p->n_topics & 1);
        if (!p->topics[p->n_topics])
            return kafka_err(info, ERR_USAGE, rd_kafka_last_error(), o->topics[p->n_topics]);
    }
    return ERR_OK;
}

/* librdkafka copies, and takes what it copies from as void *. */
static void *unconst(const char *ptr)
{
    return (void *)(uintptr_t)ptr;
}

/* The list ends before what only a transaction needs. */
static enum err make_conf(const struct publisher_options *o, const struct transaction_options *t,
                          rd_kafka_conf_t **conf, struct err_info *info)
{
    char timeout[16], socket[16];
    snprintf(timeout, sizeof timeout, "%d", t ? t->timeout_ms : 0);
    snprintf(socket, sizeof socket, "%d", t && t->timeout_ms < SOCKET_MS ? t->timeout_ms : SOCKET_MS);
    const struct kafka_pair ours[] = {
        {"enable.idempotence", "true"},
        /* for ever; in a transaction as long as that may be open */
        {"message.timeout.ms", timeout},
        {"partitioner", "murmur2_random"}, /* as the Java clients do */
        /* a commit hands over its scores at once: there is nothing to wait for */
        {"linger.ms", unconst(t ? "5" : "0")},
        {"batch.num.messages", unconst(t && t->alone ? "1" : "10000")},
        {"compression.type", "lz4"},
        {"queue.buffering.max.messages", "500000"},
        {"queue.buffering.max.kbytes", "131072"},
        {"socket.timeout.ms", socket},
        {"topic.metadata.refresh.interval.ms", "5000"},
        {"reconnect.backoff.max.ms", "2000"},
        {t ? unconst("transactional.id") : NULL, unconst(t ? t->id : NULL)},
        {"transaction.timeout.ms", timeout},
        {NULL, NULL}};
    return conf_make(ours, o->pairs, o->n_pairs, conf, info);
}

enum err transaction_publisher(const struct publisher_options *options,
                               const struct transaction_options *transactions, struct publisher **result,
                               struct err_info *info)
{
    rd_kafka_conf_t *conf;
    enum err err = make_conf(options, transactions, &conf, info);
    if (err != ERR_OK)
        return err;
    struct publisher *p = calloc(1, sizeof *p);
    if (!p)
        abort();
    p->owner = options->owner;
    p->delivered = options->delivered;
    weather_begin(&p->weather, "publisher", options->pairs, options->n_pairs);
    rd_kafka_conf_set_opaque(conf, p);
    rd_kafka_conf_set_dr_msg_cb(conf, on_delivery);
    rd_kafka_conf_set_error_cb(conf, on_error);
    err = conf_client(RD_KAFKA_PRODUCER, conf, &p->rk, info);
    if (err == ERR_OK)
        err = open_topics(p, options, info);
    if (err != ERR_OK) {
        publisher_close(p);
        return err;
    }
    *result = p;
    return ERR_OK;
}

enum err publisher_open(const struct publisher_options *options, struct publisher **result,
                        struct err_info *info)
{
    return transaction_publisher(options, NULL, result, info);
}

void publisher_close(struct publisher *p)
{
    if (!p)
        return;
    if (p->rk)
        publisher_purge(p);
    for (size_t i = 0; i < p->n_topics; i++)
        rd_kafka_topic_destroy(p->topics[i]);
    free(p->topics);
    if (p->rk)
        rd_kafka_destroy(p->rk);
    free(p);
}

/* ---- publish ---- */

static rd_kafka_headers_t *headers_of(const struct kafka_header *headers, size_t n)
{
    rd_kafka_headers_t *all = rd_kafka_headers_new(n);
    for (size_t i = 0; i < n; i++)
        rd_kafka_header_add(all, headers[i].name, -1, headers[i].value.ptr, (ssize_t)headers[i].value.len);
    return all;
}

static rd_kafka_resp_err_t produce_with(struct publisher *p, rd_kafka_vu_t *vus, size_t n,
                                        const struct kafka_header *headers, size_t n_headers)
{
    rd_kafka_headers_t *all = n_headers ? headers_of(headers, n_headers) : NULL;
    if (all)
        vus[n++] = (rd_kafka_vu_t){.vtype = RD_KAFKA_VTYPE_HEADERS, .u.headers = all};
    rd_kafka_error_t *error = rd_kafka_produceva(p->rk, vus, n);
    rd_kafka_resp_err_t code = error ? rd_kafka_error_code(error) : RD_KAFKA_RESP_ERR_NO_ERROR;
    if (error)
        rd_kafka_error_destroy(error);
    if (code && all)
        rd_kafka_headers_destroy(all);
    return code;
}

enum err publish(struct publisher *p, int topic, int32_t partition, struct bytes key, struct bytes value,
                 int64_t timestamp, const struct kafka_header *headers, size_t n_headers, uint64_t ticket,
                 struct err_info *info)
{
    rd_kafka_resp_err_t code = RD_KAFKA_RESP_ERR_NO_ERROR;
    void *opaque = (void *)(uintptr_t)ticket;
    if (n_headers || timestamp) {
        rd_kafka_vu_t vus[8] = {
            {.vtype = RD_KAFKA_VTYPE_RKT, .u.rkt = p->topics[topic]},
            {.vtype = RD_KAFKA_VTYPE_PARTITION, .u.i32 = partition},
            {.vtype = RD_KAFKA_VTYPE_MSGFLAGS, .u.i = RD_KAFKA_MSG_F_COPY},
            {.vtype = RD_KAFKA_VTYPE_KEY, .u.mem = {unconst(key.ptr), key.len}},
            {.vtype = RD_KAFKA_VTYPE_VALUE, .u.mem = {unconst(value.ptr), value.len}},
            {.vtype = RD_KAFKA_VTYPE_OPAQUE, .u.ptr = opaque},
            {.vtype = RD_KAFKA_VTYPE_TIMESTAMP, .u.i64 = timestamp},
        };
        code = produce_with(p, vus, 7, headers, n_headers);
    } else if (rd_kafka_produce(p->topics[topic], partition, RD_KAFKA_MSG_F_COPY, unconst(value.ptr),
                                value.len, key.ptr, key.len, opaque) != 0) {
        code = rd_kafka_last_error();
    }
    if (code == RD_KAFKA_RESP_ERR__FATAL)
        note_fatal(p);
    return code ? kafka_err(info, fate_of(code), code, rd_kafka_topic_name(p->topics[topic])) : ERR_OK;
}

enum err publish_again(struct publisher *p, int topic, struct bytes key, const struct kafka_record *record,
                       uint64_t ticket, struct err_info *info)
{
    struct kafka_header some[16], *headers = some;
    size_t n = record_header_count(record);
    if (n > sizeof some / sizeof *some && !(headers = calloc(n, sizeof *headers)))
        abort();
    n = kafka_record_headers(record, headers, n);
    enum err err = publish(p, topic, -1, key, record->value, record->timestamp > 0 ? record->timestamp : 0,
                           headers, n, ticket, info);
    if (headers != some)
        free(headers);
    return err;
}

void publisher_watch(struct publisher *p, struct kafka_watch *watch)
{
    p->weather.errors = &watch->errors;
    p->latency = &watch->delivered;
}

void publisher_poll(struct publisher *p, int timeout_ms)
{
    p->timed = false;
    rd_kafka_poll(p->rk, timeout_ms);
}

bool publisher_failed(const struct publisher *p, struct err_info *info)
{
    if (p->fatal.code != ERR_OK && info)
        *info = p->fatal;
    return p->fatal.code != ERR_OK;
}

size_t publisher_waiting(const struct publisher *p)
{
    return (size_t)rd_kafka_outq_len(p->rk);
}

enum err publisher_flush(struct publisher *p, int timeout_ms, struct err_info *info)
{
    rd_kafka_resp_err_t code = rd_kafka_flush(p->rk, timeout_ms);
    return code ? err_set(info, ERR_WEATHER, rd_kafka_err2name(code), "%zu records not yet acknowledged %s",
                          publisher_waiting(p), p->weather.reason)
                : ERR_OK;
}

void publisher_purge(struct publisher *p)
{
    rd_kafka_purge(p->rk, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    for (int ms = 0; ms < PURGE_MS && publisher_waiting(p) > 0; ms += 10)
        rd_kafka_poll(p->rk, 10);
}
