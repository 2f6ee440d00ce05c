/* transact: writes into every partition of a topic, in transactions: one record that is committed, then one
 * that is aborted, so that control records end each log. usage: transact BOOTSTRAP TOPIC PARTITIONS KEY
 * VALUE-FILE */
#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void must(rd_kafka_error_t *error)
{
    if (!error)
        return;
    fprintf(stderr, "transact: %s\n", rd_kafka_error_string(error));
    exit(1);
}

static void write_all(rd_kafka_t *rk, char **argv, const void *value, size_t len)
{
    for (int32_t p = 0; p < atoi(argv[3]); p++)
        if (rd_kafka_producev(rk, RD_KAFKA_V_TOPIC(argv[2]), RD_KAFKA_V_PARTITION(p),
                              RD_KAFKA_V_KEY(argv[4], strlen(argv[4])),
                              RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_VALUE((void *)value, len),
                              RD_KAFKA_V_END) != RD_KAFKA_RESP_ERR_NO_ERROR)
            exit(1);
}

int main(int argc, char **argv)
{
    char value[4096], why[256];
    FILE *file = argc == 6 ? fopen(argv[5], "rb") : NULL;
    if (!file)
        return 64;
    size_t len = fread(value, 1, sizeof value, file);
    fclose(file);
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    rd_kafka_conf_set(conf, "bootstrap.servers", argv[1], why, sizeof why);
    rd_kafka_conf_set(conf, "transactional.id", "transact", why, sizeof why);
    rd_kafka_t *rk = rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, sizeof why);
    must(rd_kafka_init_transactions(rk, 20000));
    must(rd_kafka_begin_transaction(rk));
    write_all(rk, argv, value, len);
    must(rd_kafka_commit_transaction(rk, 20000));
    must(rd_kafka_begin_transaction(rk));
    write_all(rk, argv, value, len);
    rd_kafka_flush(rk, 20000);
    must(rd_kafka_abort_transaction(rk, 20000));
    rd_kafka_destroy(rk);
    return 0;
}
