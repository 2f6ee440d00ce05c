/* scan: a whole topic for tools: every partition assigned by hand, no group, no commits. With until_end each
 * partition stops at the end it had when the scan was opened, or where nothing more can be read now: control
 * records leave gaps before it and an open transaction hides what is behind. */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "kafka_room.h"
#include "microflux/clock.h"

#define OPEN_MS   10000
#define FOLLOW_MS 2000 /* whoever follows tries again */
#define AGAIN_MS  100

struct scan {
    rd_kafka_t *rk;
    rd_kafka_message_t *message;
    int64_t *ends; /* of each partition; -1: reached */
    int32_t n_partitions, n_ended;
    bool ends_known, follow; /* follow: what comes behind them, too */
    int open_ms;
    struct weather weather;
};

/* The library looks for the coordinator of a group that we never join: no right to it is wanted. */
static void complain(struct scan *scan, rd_kafka_resp_err_t code, const char *reason)
{
    if (code != RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED)
        weather_error(&scan->weather, scan->rk, code, reason);
}

static void on_error(rd_kafka_t *rk, int code, const char *reason, void *opaque)
{
    (void)rk;
    complain(opaque, code, reason);
}

static enum err open_client(struct scan *scan, const struct kafka_pair *pairs, size_t n_pairs,
                            struct err_info *info)
{
    static atomic_int number;
    char group[64];
    snprintf(group, sizeof group, "microflux-scan-%d-%d-%llx", (int)getpid(), atomic_fetch_add(&number, 1),
             (unsigned long long)clock_wall_ms());
    const struct kafka_pair ours[] = {{"enable.auto.commit", "false"},
                                      {"enable.auto.offset.store", "false"},
                                      {"isolation.level", "read_committed"},
                                      {"fetch.wait.max.ms", scan->follow ? "500" : "50"},
                                      {"queued.max.messages.kbytes", "32768"},
                                      {"socket.timeout.ms", "6000"},
                                      {NULL, NULL}};
    const struct kafka_pair fixed[] = {
        {"group.id", group}, {"enable.partition.eof", "true"}, {"auto.offset.reset", "earliest"}};
    rd_kafka_conf_t *conf;
    enum err err = conf_make(ours, pairs, n_pairs, &conf, info);
    if (err != ERR_OK)
        return err;
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
        rd_kafka_conf_set(conf, fixed[i].key, fixed[i].value, NULL, 0);
    rd_kafka_conf_set_opaque(conf, scan);
    rd_kafka_conf_set_error_cb(conf, on_error);
    err = conf_client(RD_KAFKA_CONSUMER, conf, &scan->rk, info);
    if (err == ERR_OK)
        rd_kafka_poll_set_consumer(scan->rk);
    return err;
}

static void reach(struct scan *scan, int32_t partition)
{
    if (partition < 0 || partition >= scan->n_partitions || scan->ends[partition] < 0)
        return;
    scan->ends[partition] = -1;
    scan->n_ended++;
}

/* A partition that changes its leader just now is asked again. */
static rd_kafka_resp_err_t edge_at_last(struct scan *scan, const char *topic, int32_t partition, int64_t edge,
                                        int64_t *offset)
{
    int64_t until = clock_mono_ms() + scan->open_ms;
    rd_kafka_resp_err_t code;
    while ((code = log_edge(scan->rk, topic, partition, edge, scan->open_ms, offset)) != 0 &&
           (code == RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION ||
            code == RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE) &&
           clock_mono_ms() < until)
        rd_kafka_poll(scan->rk, AGAIN_MS);
    return code;
}

static enum err read_ends(struct scan *scan, const char *topic, struct err_info *info)
{
    scan->ends = calloc((size_t)scan->n_partitions + 1, sizeof *scan->ends);
    if (!scan->ends)
        abort();
    for (int32_t i = 0; scan->ends_known && i < scan->n_partitions; i++) {
        int64_t low = 0;
        rd_kafka_resp_err_t code = edge_at_last(scan, topic, i, RD_KAFKA_OFFSET_END, &scan->ends[i]);
        if (!code)
            code = edge_at_last(scan, topic, i, RD_KAFKA_OFFSET_BEGINNING, &low);
        if (code)
            return weather_err(&scan->weather, code, topic, info);
        if (low >= scan->ends[i])
            reach(scan, i);
    }
    return ERR_OK;
}

/* from: RD_KAFKA_OFFSET_BEGINNING or _END, or a time in ms. */
static enum err assign_all(struct scan *scan, const char *topic, int64_t from, struct err_info *info)
{
    rd_kafka_resp_err_t code = RD_KAFKA_RESP_ERR_NO_ERROR;
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(scan->n_partitions);
    for (int32_t i = 0; i < scan->n_partitions; i++)
        rd_kafka_topic_partition_list_add(list, topic, i)->offset = from;
    if (from >= 0) /* times become offsets; nothing that young: the end */
        code = rd_kafka_offsets_for_times(scan->rk, list, scan->open_ms);
    if (!code)
        code = rd_kafka_assign(scan->rk, list);
    rd_kafka_topic_partition_list_destroy(list);
    return code ? kafka_err(info, ERR_WEATHER, code, "assign") : ERR_OK;
}

enum until { UNTIL_STOPPED, UNTIL_END, UNTIL_END_AND_ON };

static enum err open_from(const struct kafka_pair *pairs, size_t n_pairs, const char *topic, int64_t from,
                          enum until until, struct scan **result, struct err_info *info)
{
    struct scan *scan = calloc(1, sizeof *scan);
    if (!scan)
        abort();
    scan->ends_known = until != UNTIL_STOPPED;
    scan->follow = until == UNTIL_END_AND_ON;
    scan->open_ms = scan->follow ? FOLLOW_MS : OPEN_MS;
    weather_begin(&scan->weather, "scan", pairs, n_pairs);
    enum err err = topics_partitions(pairs, n_pairs, &topic, 1, scan->open_ms, &scan->n_partitions, info);
    if (err == ERR_OK && scan->n_partitions < 0)
        err = err_set(info, ERR_NOT_FOUND, "no_topic", "topic %s does not exist", topic);
    if (err == ERR_OK)
        err = open_client(scan, pairs, n_pairs, info);
    if (err == ERR_OK)
        err = read_ends(scan, topic, info);
    if (err == ERR_OK)
        err = assign_all(scan, topic, from, info);
    if (err != ERR_OK) {
        scan_close(scan);
        return err;
    }
    *result = scan;
    return ERR_OK;
}

enum err scan_open(const struct kafka_pair *pairs, size_t n_pairs, const char *topic, bool from_beginning,
                   bool until_end, struct scan **result, struct err_info *info)
{
    enum err err =
        open_from(pairs, n_pairs, topic, from_beginning ? RD_KAFKA_OFFSET_BEGINNING : RD_KAFKA_OFFSET_END,
                  until_end ? UNTIL_END : UNTIL_STOPPED, result, info);
    if (err == ERR_OK && until_end && !from_beginning)
        (*result)->n_ended = (*result)->n_partitions;
    return err;
}

enum err scan_open_since(const struct kafka_pair *pairs, size_t n_pairs, const char *topic, int64_t since_ms,
                         struct scan **result, struct err_info *info)
{
    return open_from(pairs, n_pairs, topic, since_ms > 0 ? since_ms : 0, UNTIL_STOPPED, result, info);
}

enum err scan_follow(const struct kafka_pair *pairs, size_t n_pairs, const char *topic, struct scan **result,
                     struct err_info *info)
{
    return open_from(pairs, n_pairs, topic, RD_KAFKA_OFFSET_BEGINNING, UNTIL_END_AND_ON, result, info);
}

/* Whether the message is a record that the owner asked for. */
static bool wanted(struct scan *scan, const rd_kafka_message_t *m)
{
    if (m->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
        reach(scan, m->partition);
        return false;
    }
    if (m->err) {
        complain(scan, m->err, rd_kafka_message_errstr(m));
        return false;
    }
    weather_fair(&scan->weather);
    if (!scan->ends_known)
        return true;
    int64_t end = scan->ends[m->partition];
    if (m->offset >= end - 1)
        reach(scan, m->partition);
    return scan->follow || m->offset < end;
}

enum err scan_next(struct scan *scan, int timeout_ms, struct kafka_record *record, bool *done,
                   struct err_info *info)
{
    int64_t until = clock_mono_ms() + timeout_ms;
    *done = false;
    for (;;) {
        if (scan->message)
            rd_kafka_message_destroy(scan->message);
        scan->message = NULL;
        *done = scan->ends_known && scan->n_ended == scan->n_partitions;
        int64_t left = until - clock_mono_ms();
        if (!*done || scan->follow)
            scan->message = rd_kafka_consumer_poll(scan->rk, left > 0 ? (int)left : 0);
        if (!scan->message)
            return err_set(info, ERR_NOT_FOUND, "nothing", "nothing more %s", scan->weather.reason);
        if (wanted(scan, scan->message))
            break;
    }
    record_of(scan->message, 0, record);
    return ERR_OK;
}

void scan_close(struct scan *scan)
{
    if (!scan)
        return;
    if (scan->message)
        rd_kafka_message_destroy(scan->message);
    if (scan->rk) {
        rd_kafka_consumer_close(scan->rk);
        rd_kafka_destroy(scan->rk);
    }
    free(scan->ends);
    free(scan);
}
