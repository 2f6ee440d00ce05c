/* conf: settings, errors and the weather of one librdkafka client. A property the library refuses ends the start. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>

#include "kafka_room.h"

static enum err set(rd_kafka_conf_t *conf, const char *key, const char *value, struct err_info *info)
{
    char why[256];
    if (rd_kafka_conf_set(conf, key, value, why, sizeof why) == RD_KAFKA_CONF_OK)
        return ERR_OK;
    return err_set(info, ERR_USAGE, "kafka_property", "kafka.%s: %s", key, why);
}

static void on_log(const rd_kafka_t *rk, int level, const char *facility, const char *text)
{
    (void)rk;
    if (level <= 3)
        log_debug("kafka_log", "facility=%s message=\"%s\"", facility, text);
}

enum err conf_make(const struct kafka_pair *ours, const struct kafka_pair *users, size_t n_users, rd_kafka_conf_t **result, struct err_info *info)
{
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    enum err err = ERR_OK;
    rd_kafka_conf_set_log_cb(conf, on_log);
    for (; err == ERR_OK && ours->key; ours++)
        err = set(conf, ours->key, ours->value, info);
    for (size_t i = 0; err == ERR_OK && i < n_users; i++)
        err = set(conf, users[i].key, users[i].value, info);
    if (err != ERR_OK) {
        rd_kafka_conf_destroy(conf);
        return err;
    }
    *result = conf;
    return ERR_OK;
}

enum err kafka_err(struct err_info *info, rd_kafka_resp_err_t code, const char *what)
{
    return err_set(info, ERR_WEATHER, rd_kafka_err2name(code), "%s: %s", what, rd_kafka_err2str(code));
}

void away_error(struct away *away, rd_kafka_t *rk, rd_kafka_resp_err_t code, const char *reason)
{
    if (code == RD_KAFKA_RESP_ERR__FATAL) {
        char why[256];
        rd_kafka_resp_err_t cause = rd_kafka_fatal_error(rk, why, sizeof why);
        log_error("kafka_fatal", "error=%s message=\"%s\"", rd_kafka_err2name(cause), why);
        return;
    }
    if (code != RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN || away->now)
        return;
    away->now = true;
    log_warn("kafka_away", "client=%s message=\"%s\"", rd_kafka_name(rk), reason);
}

void away_over(struct away *away)
{
    if (away->now)
        log_info("kafka_back", "message=\"a broker answers again\"");
    away->now = false;
}

void record_of(const rd_kafka_message_t *m, int input, struct kafka_record *record)
{
    *record = (struct kafka_record){.input = input, .partition = m->partition, .offset = m->offset, .native = m};
    record->timestamp = rd_kafka_message_timestamp(m, NULL);
    record->key = (struct bytes){m->key, m->key_len};
    record->value = (struct bytes){m->payload, m->len};
    if (!m->payload)
        record->value.len = 0;
}

size_t kafka_record_headers(const struct kafka_record *record, struct kafka_header *headers, size_t max)
{
    rd_kafka_headers_t *all;
    size_t n = 0;
    if (!record->native || rd_kafka_message_headers(record->native, &all) != RD_KAFKA_RESP_ERR_NO_ERROR)
        return 0;
    while (n < max && rd_kafka_header_get_all(all, n, &headers[n].name, (const void **)&headers[n].value.ptr, &headers[n].value.len) ==
                          RD_KAFKA_RESP_ERR_NO_ERROR)
        n++;
    return n;
}
