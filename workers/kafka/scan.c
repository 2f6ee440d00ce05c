/* scan: a whole topic for tools: every partition assigned by hand, no group, no commits. The end is where the library
 * says it is (control records leave gaps), as it stood when each partition was first read out. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kafka_room.h"

struct scan {
    rd_kafka_t *rk;
    rd_kafka_message_t *message;
    bool *ended;
    int32_t n_partitions, n_ended;
    bool until_end;
};

static enum err open_client(const struct kafka_pair *pairs, size_t n_pairs, struct scan *scan, struct err_info *info)
{
    char group[64], why[256];
    snprintf(group, sizeof group, "microflux-scan-%d", (int)getpid());
    const struct kafka_pair ours[] = {{"group.id", group},
                                      {"enable.auto.commit", "false"},
                                      {"enable.partition.eof", "true"},
                                      {"isolation.level", "read_committed"},
                                      {"auto.offset.reset", "earliest"},
                                      {"fetch.wait.max.ms", "50"},
                                      {"queued.max.messages.kbytes", "32768"},
                                      {NULL, NULL}};
    rd_kafka_conf_t *conf;
    enum err err = conf_make(ours, pairs, n_pairs, &conf, info);
    if (err != ERR_OK)
        return err;
    scan->rk = rd_kafka_new(RD_KAFKA_CONSUMER, conf, why, sizeof why);
    if (!scan->rk) {
        rd_kafka_conf_destroy(conf);
        return err_set(info, ERR_USAGE, "kafka", "no Kafka consumer: %s", why);
    }
    rd_kafka_poll_set_consumer(scan->rk);
    return ERR_OK;
}

static enum err assign_all(struct scan *scan, const char *topic, bool from_beginning, struct err_info *info)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(scan->n_partitions);
    for (int32_t i = 0; i < scan->n_partitions; i++)
        rd_kafka_topic_partition_list_add(list, topic, i)->offset = from_beginning ? RD_KAFKA_OFFSET_BEGINNING : RD_KAFKA_OFFSET_END;
    rd_kafka_resp_err_t code = rd_kafka_assign(scan->rk, list);
    rd_kafka_topic_partition_list_destroy(list);
    return code ? kafka_err(info, code, "assign") : ERR_OK;
}

enum err scan_open(const struct kafka_pair *pairs, size_t n_pairs, const char *topic, bool from_beginning, bool until_end, struct scan **result,
                   struct err_info *info)
{
    struct scan *scan = calloc(1, sizeof *scan);
    if (!scan)
        abort();
    scan->until_end = until_end;
    enum err err = topics_partitions(pairs, n_pairs, &topic, 1, 10000, &scan->n_partitions, info);
    if (err == ERR_OK && scan->n_partitions < 0)
        err = err_set(info, ERR_NOT_FOUND, "no_topic", "topic %s does not exist", topic);
    if (err == ERR_OK)
        err = open_client(pairs, n_pairs, scan, info);
    if (err == ERR_OK)
        err = assign_all(scan, topic, from_beginning, info);
    if (err != ERR_OK) {
        scan_close(scan);
        return err;
    }
    scan->ended = calloc((size_t)scan->n_partitions, sizeof *scan->ended);
    if (!scan->ended)
        abort();
    *result = scan;
    return ERR_OK;
}

static void note_end(struct scan *scan, int32_t partition)
{
    if (partition >= 0 && partition < scan->n_partitions && !scan->ended[partition]) {
        scan->ended[partition] = true;
        scan->n_ended++;
    }
}

enum err scan_next(struct scan *scan, int timeout_ms, struct kafka_record *record, bool *done, struct err_info *info)
{
    *done = false;
    for (;;) {
        if (scan->message)
            rd_kafka_message_destroy(scan->message);
        scan->message = NULL;
        *done = scan->until_end && scan->n_ended == scan->n_partitions;
        if (!*done)
            scan->message = rd_kafka_consumer_poll(scan->rk, timeout_ms);
        if (!scan->message)
            return err_set(info, ERR_NOT_FOUND, "nothing", "nothing more");
        if (!scan->message->err)
            break;
        if (scan->message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF)
            note_end(scan, scan->message->partition);
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
    free(scan->ended);
    free(scan);
}
