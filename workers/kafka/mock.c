/* mock: the broker inside librdkafka, for the demo and for tests of this room. It keeps a few MiB a partition
 * in memory and knows no real transactions: it proves nothing about exactness. */
#include "kafka_room.h"

#include <librdkafka/rdkafka_mock.h>
#include <stdlib.h>

struct mock {
    rd_kafka_t *rk;
    rd_kafka_mock_cluster_t *cluster;
};

enum err mock_open(int brokers, struct mock **result, struct err_info *info)
{
    static const struct kafka_pair ours[] = {{NULL, NULL}};
    rd_kafka_conf_t *conf;
    enum err err = conf_make(ours, NULL, 0, &conf, info);
    if (err != ERR_OK)
        return err;
    struct mock *mock = calloc(1, sizeof *mock);
    if (!mock)
        abort();
    err = conf_client(RD_KAFKA_PRODUCER, conf, &mock->rk, info);
    if (err == ERR_OK && !(mock->cluster = rd_kafka_mock_cluster_new(mock->rk, brokers)))
        err = err_set(info, ERR_WEATHER, "mock", "the mock broker did not start");
    if (err != ERR_OK) {
        mock_close(mock);
        return err;
    }
    *result = mock;
    return ERR_OK;
}

const char *mock_bootstrap(const struct mock *mock)
{
    return rd_kafka_mock_cluster_bootstraps(mock->cluster);
}

enum err mock_topic(struct mock *mock, const char *name, int partitions, struct err_info *info)
{
    rd_kafka_resp_err_t code = rd_kafka_mock_topic_create(mock->cluster, name, partitions, 1);
    return code ? kafka_err(info, ERR_USAGE, code, name) : ERR_OK;
}

void mock_close(struct mock *mock)
{
    if (!mock)
        return;
    if (mock->cluster)
        rd_kafka_mock_cluster_destroy(mock->cluster);
    if (mock->rk)
        rd_kafka_destroy(mock->rk);
    free(mock);
}
