/* conf: settings, errors and records of librdkafka in our words. Ours are set first and the user's last; what
 * the library refuses ends the start, with key, value and its own sentence. Secrets never leave this file. */
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "kafka_room.h"
#include "microflux/file.h"

static bool secret(const char *key)
{
    return strstr(key, "password") || strstr(key, "secret") || strstr(key, ".pem") || strstr(key, "jaas");
}

static enum err set(rd_kafka_conf_t *conf, const struct kafka_pair *pair, bool may_be_unknown,
                    struct err_info *info)
{
    char why[160];
    rd_kafka_conf_res_t result = rd_kafka_conf_set(conf, pair->key, pair->value, why, sizeof why);
    if (result == RD_KAFKA_CONF_OK || (result == RD_KAFKA_CONF_UNKNOWN && may_be_unknown))
        return ERR_OK;
    return err_set(info, ERR_USAGE, "kafka_property", "kafka.%s=%s: %s", pair->key,
                   secret(pair->key) ? "***" : pair->value, why);
}

static enum err set_from_file(rd_kafka_conf_t *conf, const char *path, struct err_info *info)
{
    char password[FILE_SECRET];
    struct err_info why;
    if (file_secret(path, password, &why) != ERR_OK)
        return err_set(info, ERR_USAGE, "kafka_property", "kafka." PASSWORD_FILE " = %s", why.sentence);
    enum err err =
        set(conf, &(struct kafka_pair){(char *)(uintptr_t) "sasl.password", password}, false, info);
    explicit_bzero(password, sizeof password);
    return err;
}

size_t setting_of(const rd_kafka_t *rk, const char *name)
{
    char value[32] = "0";
    size_t size = sizeof value;
    rd_kafka_conf_get(rd_kafka_conf((rd_kafka_t *)(uintptr_t)rk), name, value, &size);
    return strtoull(value, NULL, 10);
}

static void warn_of_scram(const struct kafka_pair *pair)
{
    static atomic_flag said = ATOMIC_FLAG_INIT;
    if (rd_kafka_version() >= SCRAM_MENDED || strncmp(pair->key, "sasl.mechanism", 14) != 0 ||
        strncasecmp(pair->value, "SCRAM", 5) != 0 || atomic_flag_test_and_set(&said))
        return;
    log_warn("kafka_scram",
             "librdkafka=%s message=\"Kafka 4 refuses SCRAM from librdkafka before 2.6.1: use PLAIN over TLS "
             "or mTLS\"",
             rd_kafka_version_str());
}

/* What is an error comes to the error callback as well and is told there. */
static void on_log(const rd_kafka_t *rk, int level, const char *facility, const char *text)
{
    log_debug("kafka_log", "client=%s level=%d facility=%s message=\"%s\"", rk ? rd_kafka_name(rk) : "-",
              level, facility, text);
}

enum err conf_make(const struct kafka_pair *ours, const struct kafka_pair *users, size_t n_users,
                   rd_kafka_conf_t **result, struct err_info *info)
{
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    enum err err = ERR_OK;
    rd_kafka_conf_set_log_cb(conf, on_log);
    for (; err == ERR_OK && ours->key; ours++)
        err = set(conf, ours, true, info);
    for (size_t i = 0; err == ERR_OK && i < n_users; i++) {
        err = strcmp(users[i].key, PASSWORD_FILE) == 0 ? set_from_file(conf, users[i].value, info)
                                                       : set(conf, &users[i], false, info);
        warn_of_scram(&users[i]);
    }
    if (err != ERR_OK) {
        rd_kafka_conf_destroy(conf);
        return err;
    }
    *result = conf;
    return ERR_OK;
}

enum err conf_client(rd_kafka_type_t type, rd_kafka_conf_t *conf, rd_kafka_t **rk, struct err_info *info)
{
    char why[200];
    *rk = rd_kafka_new(type, conf, why, sizeof why);
    if (*rk)
        return ERR_OK;
    rd_kafka_conf_destroy(conf);
    const char *cure = cure_of(why, &(struct cure_client){"", rd_kafka_version()});
    return err_set(info, ERR_USAGE, "kafka_client", "no Kafka client with these kafka.* settings: %s%s%s",
                   cure ? cure : "", cure ? ": " : "", why);
}

enum err kafka_err(struct err_info *info, enum err fate, rd_kafka_resp_err_t code, const char *what)
{
    return err_set(info, fate, rd_kafka_err2name(code), "%s: %s", what, rd_kafka_err2str(code));
}

/* rd_kafka_query_watermark_offsets() forgets its timeout while the leader is away; this asks the broker the
 * same thing. */
rd_kafka_resp_err_t log_edge(rd_kafka_t *rk, const char *topic, int32_t partition, int64_t edge,
                             int timeout_ms, int64_t *offset)
{
    rd_kafka_topic_partition_list_t *one = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_t *at = rd_kafka_topic_partition_list_add(one, topic, partition);
    at->offset = edge;
    rd_kafka_resp_err_t code = rd_kafka_offsets_for_times(rk, one, timeout_ms);
    if (!code)
        code = at->err;
    if (!code && at->offset < 0)
        code = RD_KAFKA_RESP_ERR__NO_OFFSET;
    *offset = at->offset;
    rd_kafka_topic_partition_list_destroy(one);
    return code;
}

char **names_copy(const char *const *names, size_t n)
{
    char **copy = calloc(n + 1, sizeof *copy);
    for (size_t i = 0; copy && i < n; i++)
        if (!(copy[i] = strdup(names[i])))
            abort();
    if (!copy)
        abort();
    return copy;
}

void names_free(char **names, size_t n)
{
    for (size_t i = 0; names && i < n; i++)
        free(names[i]);
    free(names);
}

void record_of(const rd_kafka_message_t *m, int input, struct kafka_record *record)
{
    record->input = input;
    record->partition = m->partition;
    record->offset = m->offset;
    record->timestamp = rd_kafka_message_timestamp(m, NULL);
    record->key = (struct bytes){m->key, m->key ? m->key_len : 0};
    record->value = (struct bytes){m->payload, m->payload ? m->len : 0};
    record->native = m;
}

size_t record_header_count(const struct kafka_record *record)
{
    rd_kafka_headers_t *all;
    if (!record->native || rd_kafka_message_headers(record->native, &all) != RD_KAFKA_RESP_ERR_NO_ERROR)
        return 0;
    return rd_kafka_header_cnt(all);
}

size_t kafka_record_headers(const struct kafka_record *record, struct kafka_header *headers, size_t max)
{
    rd_kafka_headers_t *all;
    size_t n = 0;
    if (!record->native || rd_kafka_message_headers(record->native, &all) != RD_KAFKA_RESP_ERR_NO_ERROR)
        return 0;
    for (; n < max; n++) {
        const void *value;
        size_t len;
        if (rd_kafka_header_get_all(all, n, &headers[n].name, &value, &len) != RD_KAFKA_RESP_ERR_NO_ERROR)
            break;
        headers[n].value = (struct bytes){value, len};
    }
    return n;
}

struct bytes kafka_record_header(const struct kafka_record *record, const char *name)
{
    rd_kafka_headers_t *all;
    const char *found;
    const void *value;
    size_t len;
    if (!record->native || rd_kafka_message_headers(record->native, &all) != RD_KAFKA_RESP_ERR_NO_ERROR)
        return (struct bytes){0};
    for (size_t i = 0; rd_kafka_header_get_all(all, i, &found, &value, &len) == RD_KAFKA_RESP_ERR_NO_ERROR;
         i++)
        if (strcmp(found, name) == 0)
            return (struct bytes){value, len};
    return (struct bytes){0};
}
