/* inquiry_try: rights and positions found out by trying, in ways that leave nothing behind. */
#include <stdlib.h>
#include <string.h>

#include "inquiry.h"
#include "microflux/clock.h"

/* ---- the first record at each offset ---- */

static struct kafka_peek *peek_of(struct kafka_peek *peeks, size_t n, const rd_kafka_message_t *m)
{
    for (size_t i = 0; m->rkt && i < n; i++)
        if (peeks[i].partition == m->partition && peeks[i].found == PEEK_NOTHING &&
            strcmp(peeks[i].topic, rd_kafka_topic_name(m->rkt)) == 0)
            return &peeks[i];
    return NULL;
}

static bool settle(struct kafka_peek *peek, const rd_kafka_message_t *m)
{
    switch (m->err) {
    case RD_KAFKA_RESP_ERR_NO_ERROR:
        peek->found = PEEK_RECORD;
        peek->timestamp = rd_kafka_message_timestamp(m, NULL);
        return true;
    case RD_KAFKA_RESP_ERR__PARTITION_EOF:
        peek->found = PEEK_AT_END;
        return true;
    case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
    case RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE:
        peek->found = PEEK_GONE;
        return true;
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
        peek->found = PEEK_FORBIDDEN;
        return true;
    default:
        return false;
    }
}

static void read_peeks(struct inquiry *q, struct kafka_peek *peeks, size_t n)
{
    int64_t until = clock_mono_ms() + q->timeout_ms;
    for (size_t settled = 0; settled < n;) {
        int64_t left = until - clock_mono_ms();
        rd_kafka_message_t *m = left > 0 ? rd_kafka_consumer_poll(q->rk, (int)left) : NULL;
        if (!m)
            return;
        struct kafka_peek *peek = peek_of(peeks, n, m);
        if (peek && settle(peek, m))
            settled++;
        else
            inquiry_note(q, m);
        rd_kafka_message_destroy(m);
    }
}

enum err inquiry_peek(struct inquiry *q, struct kafka_peek *peeks, size_t n, struct err_info *info)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new((int)n + 1);
    for (size_t i = 0; i < n; i++) {
        peeks[i].found = PEEK_NOTHING;
        peeks[i].timestamp = -1;
        rd_kafka_topic_partition_list_add(list, peeks[i].topic, peeks[i].partition)->offset =
            peeks[i].offset == PEEK_END ? RD_KAFKA_OFFSET_END : peeks[i].offset;
    }
    rd_kafka_resp_err_t code = n ? rd_kafka_assign(q->rk, list) : RD_KAFKA_RESP_ERR_NO_ERROR;
    rd_kafka_topic_partition_list_destroy(list);
    if (!code)
        read_peeks(q, peeks, n);
    rd_kafka_assign(q->rk, NULL);
    return inquiry_err(q, code, "reading", info);
}

/* ---- rights ---- */

enum err inquiry_may_commit(struct inquiry *q, const char *topic, struct err_info *info)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
    rd_kafka_queue_t *queue = rd_kafka_queue_new(q->rk);
    rd_kafka_topic_partition_list_add(list, topic, INT32_MAX)->offset = 0;
    rd_kafka_resp_err_t code = rd_kafka_commit_queue(q->rk, list, queue, NULL, NULL);
    rd_kafka_event_t *event = code ? NULL : rd_kafka_queue_poll(queue, q->timeout_ms);
    if (!code)
        code = event ? rd_kafka_event_error(event) : RD_KAFKA_RESP_ERR__TIMED_OUT;
    if (event)
        rd_kafka_event_destroy(event);
    rd_kafka_queue_destroy(queue);
    rd_kafka_topic_partition_list_destroy(list);
    if (code == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART || /* the answer to one who may */
        code == RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID || code == RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION)
        code = RD_KAFKA_RESP_ERR_NO_ERROR;
    return inquiry_err(q, code, "committing to the group", info);
}

struct trial {
    rd_kafka_t *rk;
    struct weather weather;
    rd_kafka_resp_err_t code;
    bool answered;
};

static void on_trial(rd_kafka_t *rk, const rd_kafka_message_t *m, void *opaque)
{
    struct trial *trial = opaque;
    (void)rk;
    trial->code = m->err;
    trial->answered = true;
}

static void on_error(rd_kafka_t *rk, int code, const char *reason, void *opaque)
{
    struct trial *trial = opaque;
    weather_error(&trial->weather, rk, code, reason);
}

static enum err open_trial(struct trial *trial, const struct kafka_pair *pairs, size_t n_pairs,
                           struct err_info *info)
{
    static const struct kafka_pair ours[] = {{NULL, NULL}};
    static const struct kafka_pair fixed[] = {{"enable.idempotence", "false"},
                                              {"request.required.acks", "2"}, /* -1, 0 and 1 exist */
                                              {"linger.ms", "0"},
                                              {"retries", "0"}};
    rd_kafka_conf_t *conf;
    enum err err = conf_make(ours, pairs, n_pairs, &conf, info);
    if (err != ERR_OK)
        return err;
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
        rd_kafka_conf_set(conf, fixed[i].key, fixed[i].value, NULL, 0);
    rd_kafka_conf_set_opaque(conf, trial);
    rd_kafka_conf_set_error_cb(conf, on_error);
    rd_kafka_conf_set_dr_msg_cb(conf, on_trial);
    return conf_client(RD_KAFKA_PRODUCER, conf, &trial->rk, info);
}

enum err inquiry_may_write(const struct kafka_pair *pairs, size_t n_pairs, const char *topic, int timeout_ms,
                           struct err_info *info)
{
    struct trial trial = {.weather.role = "inquiry"};
    int64_t until = clock_mono_ms() + timeout_ms;
    enum err err = open_trial(&trial, pairs, n_pairs, info);
    if (err != ERR_OK)
        return err;
    trial.code = rd_kafka_producev(trial.rk, RD_KAFKA_V_TOPIC(topic), RD_KAFKA_V_PARTITION(0),
                                   RD_KAFKA_V_VALUE("", 0), RD_KAFKA_V_END);
    while (!trial.code && !trial.answered && clock_mono_ms() < until)
        rd_kafka_poll(trial.rk, 50);
    if (!trial.code)
        err = trial.answered ? err_set(info, ERR_WEATHER, "no_refusal", "the broker took what it must refuse")
                             : weather_err(&trial.weather, RD_KAFKA_RESP_ERR__TIMED_OUT, topic, info);
    else if (trial.code == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED)
        err = kafka_err(info, ERR_REFUSED, trial.code, topic);
    else if (trial.code != RD_KAFKA_RESP_ERR_INVALID_REQUIRED_ACKS)
        err = weather_err(&trial.weather, trial.code, topic, info);
    rd_kafka_purge(trial.rk, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    rd_kafka_destroy(trial.rk);
    return err;
}
