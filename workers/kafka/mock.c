/* mock: the broker inside librdkafka, for the demo and for tests of this room. It keeps a few MiB a partition in memory
 * and knows no real transactions: it proves nothing about exactness. */
#include "kafka_room.h"

#include <librdkafka/rdkafka_mock.h>
#include <stdlib.h>

struct mock {
    rd_kafka_t *rk;
    rd_kafka_mock_cluster_t *cluster;
};

enum err mock_open(int brokers, struct mock **result, struct err_info *info)
{
    char why[256];
    struct mock *mock = calloc(1, sizeof *mock);
    if (!mock)
        abort();
    mock->rk = rd_kafka_new(RD_KAFKA_PRODUCER, rd_kafka_conf_new(), why, sizeof why);
    if (mock->rk)
        mock->cluster = rd_kafka_mock_cluster_new(mock->rk, brokers);
    if (!mock->cluster) {
        mock_close(mock);
        return err_set(info, ERR_WEATHER, "mock", "no mock broker");
    }
    *result = mock;
    return ERR_OK;
}

const char *mock_bootstrap(const struct mock *mock) { return rd_kafka_mock_cluster_bootstraps(mock->cluster); }

enum err mock_topic(struct mock *mock, const char *name, int partitions, struct err_info *info)
{
    rd_kafka_resp_err_t code = rd_kafka_mock_topic_create(mock->cluster, name, partitions, 1);
    return code ? kafka_err(info, code, name) : ERR_OK;
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
