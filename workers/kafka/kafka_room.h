/* kafka_room: what the files of this room share. rdkafka.h is included here and in mock.c, nowhere else. */
#ifndef KAFKA_ROOM_H
#define KAFKA_ROOM_H

#include <librdkafka/rdkafka.h>

#include "microflux/kafka.h"
#include "microflux/log.h"

/* ---- conf.c: settings, errors, names ---- */

/* conf_make: our settings first (they end with a NULL key; one that this library is too old for is left out),
 * the user's last. Gives. ERR_USAGE names what was refused. */
enum err conf_make(const struct kafka_pair *ours, const struct kafka_pair *users, size_t n_users,
                   rd_kafka_conf_t **conf, struct err_info *info) MF_MUST_CHECK;
/* conf_client: takes conf, also on failure. ERR_USAGE: settings that do not go together, a file that is
 * missing. */
enum err conf_client(rd_kafka_type_t type, rd_kafka_conf_t *conf, rd_kafka_t **rk,
                     struct err_info *info) MF_MUST_CHECK;
/* kafka_err: word and sentence of a librdkafka code, under the fate the caller knows. */
enum err kafka_err(struct err_info *info, enum err fate, rd_kafka_resp_err_t code, const char *what);
/* log_edge: where the log begins (RD_KAFKA_OFFSET_BEGINNING) or ends (_END, for read_committed). Blocks up to
 * timeout_ms for the leader and as long for its answer. */
rd_kafka_resp_err_t log_edge(rd_kafka_t *rk, const char *topic, int32_t partition, int64_t edge,
                             int timeout_ms, int64_t *offset);
/* PASSWORD_FILE: a property of ours beside librdkafka's: the first line of that file is sasl.password. */
#define PASSWORD_FILE "sasl.password.file"
/* setting_of: the value in force, a number. */
size_t setting_of(const rd_kafka_t *rk, const char *name);
char **names_copy(const char *const *names, size_t n); /* gives */
void names_free(char **names, size_t n);               /* takes NULL */
void record_of(const rd_kafka_message_t *message, int input, struct kafka_record *record);
size_t record_header_count(const struct kafka_record *record);

/* topic_count: partitions of one topic, asked of a broker. UNKNOWN_TOPIC_OR_PART: not there;
 * TOPIC_AUTHORIZATION_FAILED: not shown to us. */
rd_kafka_resp_err_t topic_count(rd_kafka_t *rk, const char *name, int timeout_ms, int32_t *count);

/* ---- cure.c: which of the usual mistakes an error text of librdkafka is ---- */

#define SCRAM_MENDED 0x020601ff /* librdkafka before it doubles the nonce, which Kafka 4 refuses */

struct cure_client {      /* what matters of the client's configuration */
    const char *protocol; /* security.protocol */
    int version;          /* rd_kafka_version() */
};
/* cure_of: one sentence that names the setting to change, static text; NULL: not a known mistake. Pure. */
const char *cure_of(const char *reason, const struct cure_client *client);
/* cure_for: the same, with the configuration of a living client. */
const char *cure_for(rd_kafka_t *rk, const char *reason);

/* ---- weather.c: what one client says about its brokers, once a change ---- */

struct weather {
    const char *role;        /* static text */
    char password_file[256]; /* kafka.sasl.password.file; "": none */
    bool away;
    rd_kafka_resp_err_t told;
    char reason[256];     /* of the last error that names one; "" when there was none */
    const char *cure;     /* of that error; NULL: none is known. Static text */
    struct tally *errors; /* NULL: nobody counts */
};

/* weather_begin: of a client with these properties; role is static text. */
void weather_begin(struct weather *weather, const char *role, const struct kafka_pair *pairs, size_t n_pairs);
/* weather_error: counts and tells it; a refused login takes the password from its file for the next try. */
void weather_error(struct weather *weather, rd_kafka_t *rk, rd_kafka_resp_err_t code, const char *reason);
/* weather_err: what could not be had, with the cure when the last complaint is one of the known mistakes. */
enum err weather_err(const struct weather *weather, rd_kafka_resp_err_t code, const char *what,
                     struct err_info *info);
void weather_clears(struct weather *weather);
void weather_count(struct weather *weather, rd_kafka_resp_err_t code);
static inline void weather_fair(struct weather *weather) /* something came: cheap, for the hot path */
{
    if (weather->away || weather->told)
        weather_clears(weather);
}

/* ---- consumer.c and feed.c ---- */

enum feed_trouble {
    FEED_WELL,
    FEED_CORRUPT, /* a batch failed its checksum and would be skipped: read it again */
    FEED_OUTSIDE, /* the broker does not have our position, and librdkafka gave the partition up */
};

#define FEED_BATCH 256

struct feed {
    struct consumer *consumer;
    rd_kafka_queue_t *queue;
    int input;
    int32_t partition;
    bool sought;      /* else it is paused, and what still comes is from before */
    bool paused;      /* as far as librdkafka is told */
    bool given_up;    /* librdkafka stopped it: a seek is refused until it is assigned anew */
    bool vanished;    /* the brokers did not know the partition: what is there now may be another log */
    int64_t next;     /* position: where it was sought to, then behind the last record or end handed over */
    int64_t retry_ms; /* trouble is looked into at this time again */
    enum feed_trouble trouble;
    rd_kafka_resp_err_t told;
    const struct feed_handlers *reading;  /* during feed_read */
    rd_kafka_message_t *held[FEED_BATCH]; /* taken from the queue, not handed over yet: from..to */
    size_t held_from, held_to;
    size_t eaten, eaten_bytes; /* since the last nudge */
};

struct consumer {
    rd_kafka_t *rk;
    rd_kafka_queue_t *queue; /* of the group: rebalances, errors */
    struct consumer_handlers handlers;
    char **topics;
    size_t n_topics;
    struct feed *feeds; /* n_partitions × n_topics */
    int32_t *partitions;
    size_t n_partitions;
    size_t feed_records, feed_bytes; /* librdkafka stops fetching a partition above either */
    size_t prefetch_bytes;
    int fd;
    struct weather weather;
    bool revoking, closing;
    rd_kafka_consumer_group_metadata_t *membership; /* of this assignment; NULL: none, or void already */
    struct feed *taking; /* whose queue is being served: what the error callback hears is about it */
};

/* feeds_open: the queues of these partitions, each served alone, and every partition paused. */
void feeds_open(struct consumer *consumer, const int32_t *partitions, size_t n);
/* feeds_assign: hands all feeds to librdkafka, each at its position: at first, and again when one was given
 * up. */
rd_kafka_resp_err_t feeds_assign(struct consumer *consumer);
void feeds_close(struct consumer *consumer);
void consumer_wake(struct consumer *consumer);

/* ---- publisher.c and transaction.c ---- */

struct publisher {
    rd_kafka_t *rk;
    rd_kafka_topic_t **topics;
    size_t n_topics;
    void *owner;
    void (*delivered)(void *owner, uint64_t ticket, const struct err_info *failure);
    struct err_info fatal;
    struct weather weather;
    struct histogram *latency; /* NULL: nobody watches */
    bool timed;                /* one delivery of this poll was */
    bool positioned;           /* the open transaction holds its positions */
};

/* ---- transaction.c ---- */

/* membership_of: the member of the group that was just given partitions, for transactions. The member id and
 * generation of a client change behind its owner's back: a commit without either is accepted from anybody, so
 * they are kept as they were. NULL: they are void already. Gives. */
rd_kafka_consumer_group_metadata_t *membership_of(rd_kafka_t *rk);

#endif
