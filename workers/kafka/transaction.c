/* transaction: a publisher's records and its consumer's positions become true together, or not at all.
 * Whatever librdkafka does not call retriable is ERR_LOST here: its owner throws the publisher away, and the
 * broker alone knows how the transaction ended. What must never happen is a commit by a member that the group
 * gave up: see membership_of(). */
#include <stdlib.h>

#include "kafka_room.h"
#include "microflux/clock.h"

static enum err fate_of(const rd_kafka_error_t *error)
{
    if (rd_kafka_error_is_retriable(error) && !rd_kafka_error_txn_requires_abort(error) &&
        !rd_kafka_error_is_fatal(error))
        return ERR_WEATHER;
    switch (rd_kafka_error_code(error)) {
    case RD_KAFKA_RESP_ERR_INVALID_TRANSACTION_TIMEOUT:
        return ERR_USAGE;
    case RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE:
        return ERR_REFUSED;
    default:
        return ERR_LOST;
    }
}

/* Takes the error. */
static enum err judge(rd_kafka_error_t *error, const char *what, struct err_info *info)
{
    if (!error)
        return ERR_OK;
    enum err err = err_set(info, fate_of(error), rd_kafka_error_name(error), "%s: %s", what,
                           rd_kafka_error_string(error));
    rd_kafka_error_destroy(error);
    return err;
}

enum err transaction_init(struct publisher *p, int timeout_ms, struct err_info *info)
{
    enum err err = judge(rd_kafka_init_transactions(p->rk, timeout_ms), "no transactions yet", info);
    if (err == ERR_USAGE)
        return err_set(info, err, "transaction_timeout",
                       "transaction.timeout.ms=%zu is above the broker's transaction.max.timeout.ms",
                       setting_of(p->rk, "transaction.timeout.ms"));
    return err;
}

enum err transaction_begin(struct publisher *p, struct err_info *info)
{
    p->positioned = false;
    return judge(rd_kafka_begin_transaction(p->rk), "transaction not begun", info);
}

static enum err send_positions(struct publisher *p, const struct consumer *c,
                               const struct kafka_position *positions, size_t n, int timeout_ms,
                               struct err_info *info)
{
    if (!c->membership)
        return err_set(info, ERR_LOST, "no_member", "the group has given these partitions to others");
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new((int)n);
    for (size_t i = 0; i < n; i++)
        rd_kafka_topic_partition_list_add(list, c->topics[positions[i].input], positions[i].partition)
            ->offset = positions[i].offset;
    enum err err = judge(rd_kafka_send_offsets_to_transaction(p->rk, list, c->membership, timeout_ms),
                         "positions not sent", info);
    rd_kafka_topic_partition_list_destroy(list);
    return err;
}

/* Flushed first: librdkafka 2.0.2 forgets the timeout of the positions when their broker goes away meanwhile,
 * and waits for as long as that is away, and longer. So it is asked when the brokers have just answered. */
enum err transaction_commit(struct publisher *p, const struct consumer *c,
                            const struct kafka_position *positions, size_t n, int timeout_ms,
                            struct err_info *info)
{
    int64_t until = clock_mono_ms() + timeout_ms;
    if (n && !p->positioned) {
        enum err err = publisher_flush(p, timeout_ms, info);
        if (err == ERR_OK)
            err = send_positions(p, c, positions, n, timeout_ms, info);
        if (err != ERR_OK)
            return err;
        p->positioned = true;
    }
    int64_t left = until - clock_mono_ms();
    return judge(rd_kafka_commit_transaction(p->rk, left > 1 ? (int)left : 1), "transaction not committed",
                 info);
}

enum err transaction_abort(struct publisher *p, int timeout_ms, struct err_info *info)
{
    return judge(rd_kafka_abort_transaction(p->rk, timeout_ms), "transaction not aborted", info);
}

/* ---- membership ---- */

/* Takes neither; metadata that cannot be written equals nothing. */
static bool equal(const rd_kafka_consumer_group_metadata_t *a, const rd_kafka_consumer_group_metadata_t *b)
{
    void *as = NULL, *bs = NULL;
    size_t a_len = 0, b_len = 0;
    rd_kafka_error_t *one = rd_kafka_consumer_group_metadata_write(a, &as, &a_len);
    rd_kafka_error_t *two = rd_kafka_consumer_group_metadata_write(b, &bs, &b_len);
    bool same = !one && !two && bytes_equal((struct bytes){as, a_len}, (struct bytes){bs, b_len});
    if (one)
        rd_kafka_error_destroy(one);
    if (two)
        rd_kafka_error_destroy(two);
    rd_kafka_mem_free(NULL, as);
    rd_kafka_mem_free(NULL, bs);
    return same;
}

static const char *text_setting(const rd_kafka_t *rk, const char *name, char *value, size_t size)
{
    *value = '\0';
    rd_kafka_conf_get(rd_kafka_conf((rd_kafka_t *)(uintptr_t)rk), name, value, &size);
    return value;
}

/* The member id is read last: one that is gone by then was void before, or will be refused by the broker. */
rd_kafka_consumer_group_metadata_t *membership_of(rd_kafka_t *rk)
{
    char group[512], instance[512];
    rd_kafka_consumer_group_metadata_t *now = rd_kafka_consumer_group_metadata(rk);
    char *member = rd_kafka_memberid(rk);
    text_setting(rk, "group.id", group, sizeof group);
    text_setting(rk, "group.instance.id", instance, sizeof instance);
    rd_kafka_consumer_group_metadata_t *none = rd_kafka_consumer_group_metadata_new_with_genid(
        group, -1, member ? member : "", *instance ? instance : NULL);
    if (now && (!member || !*member || equal(now, none))) {
        rd_kafka_consumer_group_metadata_destroy(now);
        now = NULL;
    }
    rd_kafka_consumer_group_metadata_destroy(none);
    rd_kafka_mem_free(rk, member);
    return now;
}
