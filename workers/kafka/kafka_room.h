/* kafka_room: what the files of this room share: the only place that knows rdkafka.h. */
#ifndef KAFKA_ROOM_H
#define KAFKA_ROOM_H

#include <librdkafka/rdkafka.h>

#include "microflux/kafka.h"
#include "microflux/log.h"

/* conf_make: our settings first, the user's last (their word wins). ERR_USAGE names the refused one. Gives. */
enum err conf_make(const struct kafka_pair *ours, const struct kafka_pair *users, size_t n_users, rd_kafka_conf_t **conf,
                   struct err_info *info) MF_MUST_CHECK; /* ours ends with a NULL key */

enum err kafka_err(struct err_info *info, rd_kafka_resp_err_t code, const char *what);

void record_of(const rd_kafka_message_t *message, int input, struct kafka_record *record);

struct away { /* the weather of one client: said once a change */
    bool now;
};
void away_error(struct away *away, rd_kafka_t *rk, rd_kafka_resp_err_t code, const char *reason);
void away_over(struct away *away);

struct feed {
    struct consumer *consumer;
    rd_kafka_queue_t *queue;
    int input;
    int32_t partition;
    const struct feed_handlers *reading; /* during feed_read */
    size_t n_read;
    bool sought, stopped;
    int64_t least; /* offsets below are from before the seek */
};

struct consumer {
    rd_kafka_t *rk;
    rd_kafka_queue_t *queue; /* of the group: rebalances, errors */
    struct consumer_options options;
    struct feed *feeds; /* n_topics × n_partitions */
    int32_t *partitions;
    size_t n_partitions;
    int fd;
    struct away away;
    bool closing;
};

void feeds_open(struct consumer *consumer, const int32_t *partitions, size_t n);
void feeds_close(struct consumer *consumer);

#endif
