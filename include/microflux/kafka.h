/* kafka: the one door to librdkafka: a consumer with one feed a partition, a publisher, dead letters, topics.
 *
 * Threads: a consumer, its feeds and a publisher belong to the thread that polls them; several exist side by
 * side. Nothing here knows lanes or scores. The weather (brokers away) is logged once a change of state and
 * ridden out.
 */
#ifndef MICROFLUX_KAFKA_H
#define MICROFLUX_KAFKA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "microflux/bytes.h"
#include "microflux/err.h"
#include "microflux/metrics.h"

struct kafka_pair { /* one librdkafka property; the same shape as config_pair */
    char *key, *value;
};

struct kafka_header {
    const char *name;
    struct bytes value;
};

struct kafka_record {
    int input; /* index into consumer_options.topics */
    int32_t partition;
    int64_t offset;
    int64_t timestamp;  /* ms; -1 when the record has none */
    struct bytes key;   /* ptr NULL: no key */
    struct bytes value; /* ptr NULL: tombstone */
    const void *native; /* the library's message, for kafka_record_headers */
};

/* kafka_record_headers: gives up to `max` headers (borrowed, as long as the record); returns how many. */
size_t kafka_record_headers(const struct kafka_record *record, struct kafka_header *headers, size_t max);
/* kafka_record_header: the value of the first one of that name, borrowed; ptr NULL: there is none. */
struct bytes kafka_record_header(const struct kafka_record *record, const char *name);

/* What clients count for whoever watches them; several clients of one thread may share one. */
struct kafka_watch {
    struct tally errors;        /* by librdkafka's name of the error */
    struct histogram delivered; /* µs from publish to acknowledgement: the oldest of each poll's */
};

/* ---------- consumer: eager (range) group member; offsets come from the owner, never from Kafka ----------
 */
struct consumer;
struct feed; /* one partition of one input; valid from `assigned` to the end of `revoked` */

struct consumer_handlers {
    void *owner;
    /* Called inside consumer_poll. Every input has each of these partitions. */
    void (*assigned)(void *owner, const int32_t *partitions, size_t n);
    /* All partitions go. lost: they are somebody else's already. May block up to a few seconds to finish a
     * batch. */
    void (*revoked)(void *owner, bool lost);
};

struct consumer_options {
    const char *group;
    const struct kafka_pair *pairs; /* the user's kafka.*, applied last: their word wins */
    size_t n_pairs;
    const char *const *topics;
    size_t n_topics;
    size_t prefetch_bytes; /* bound of all unread records of this consumer */
    struct consumer_handlers handlers;
    int member; /* number in the process: a static member's id (group.instance.id) ends with it, 0: does not
                 */
};

/* consumer_open: settings of libraries.md (enable.auto.commit=false, enable.auto.offset.store=false,
 * auto.offset.reset=error, isolation.level=read_committed, partition.assignment.strategy=range,
 * enable.partition.eof=true, fetch.wait.max.ms=10, socket.timeout.ms=6000,
 * topic.metadata.refresh.interval.ms=5000 …). ERR_USAGE: a property was refused (named). Does not wait for a
 * broker. */
enum err consumer_open(const struct consumer_options *options, struct consumer **consumer,
                       struct err_info *info) MF_MUST_CHECK;
/* consumer_check: whether consumer_open would take these settings, without a client. */
enum err consumer_check(const struct consumer_options *options, struct err_info *info) MF_MUST_CHECK;
void consumer_close(struct consumer *consumer); /* leaves the group (calls revoked); takes NULL */

/* consumer_watch, publisher_watch: counts there from now on; borrowed as long as the client. */
void consumer_watch(struct consumer *consumer, struct kafka_watch *watch);
bool consumer_away(const struct consumer *consumer); /* no broker answers */

/* consumer_poll: serves rebalances, errors, statistics; never blocks. Must be called at least every few
 * seconds. */
void consumer_poll(struct consumer *consumer);
/* consumer_fd: an eventfd, readable when any feed or the group has something; consumer_drain_fd reads it
 * empty. */
int consumer_fd(const struct consumer *consumer);
void consumer_drain_fd(struct consumer *consumer);

/* consumer_partitions: how many partitions topic `input` has (blocks up to timeout_ms). ERR_WEATHER,
 * ERR_NOT_FOUND. */
enum err consumer_partitions(struct consumer *consumer, int input, int timeout_ms, int32_t *count,
                             struct err_info *info) MF_MUST_CHECK;
/* consumer_committed: the group's committed offset of each input at `partition`, -1 = none (blocks up to
 * timeout_ms). ERR_WEATHER also while a transaction that wants to move it is open. */
enum err consumer_committed(struct consumer *consumer, int32_t partition, int timeout_ms, int64_t *offsets,
                            struct err_info *info) MF_MUST_CHECK;
/* consumer_commit: asynchronous, best effort: for lag tools only. offsets[input]; -1 = leave. */
void consumer_commit(struct consumer *consumer, int32_t partition, const int64_t *offsets);

struct feed *consumer_feed(struct consumer *consumer, int input, int32_t partition); /* borrowed */

/* After `assigned` a feed is silent until feed_seek. feed_seek: to an absolute offset or
 * FEED_EARLIEST; whatever was prefetched before is never delivered. ERR_WEATHER: not possible yet, try again.
 */
#define FEED_EARLIEST (-2)
enum err feed_seek(struct feed *feed, int64_t offset, struct err_info *info) MF_MUST_CHECK;

enum feed_verdict {
    FEED_STOP, /* read, and no more now */
    FEED_MORE, /* read: the next */
    FEED_LATER /* not read, and no more now: the next feed_read begins with it again */
};

struct feed_handlers {
    void *owner;
    /* Borrows the record for the call. */
    enum feed_verdict (*record)(void *owner, const struct kafka_record *record);
    /* A record with this key comes a few records later: time to ask for its memory. A hint: not every record
     * is announced, and not every announced one comes. NULL: none wanted. */
    void (*coming)(void *owner, struct bytes key);
    /* The end of the log was reached: `offset` is the next to come (control records and compaction leave
     * gaps). */
    void (*end)(void *owner, int input, int64_t offset);
    /* The position asked for is not in the log; earliest/latest: what is there. -1: the brokers did not know
     * the partition for a while, so what is there may be another log. */
    void (*out_of_range)(void *owner, int input, int64_t earliest, int64_t latest);
};
/* feed_read: hands over what is there, without blocking; returns the number of records handed over. */
size_t feed_read(struct feed *feed, const struct feed_handlers *handlers);
/* feed_watermarks: as last heard of, no network; -1 unknown. */
void feed_watermarks(const struct feed *feed, int64_t *low, int64_t *high);
/* feed_at_end: asks the broker whether the log ends where reading stands (blocks up to a second). false: it
 * did not answer. */
bool feed_at_end(const struct feed *feed, bool *at_end);

/* ---------- publisher: idempotent, message.timeout.ms=0, partitioner=murmur2_random ---------- */
struct publisher;

struct publisher_options {
    const struct kafka_pair *pairs;
    size_t n_pairs;
    const char *const *topics; /* indexed by publish calls */
    size_t n_topics;
    void *owner;
    /* Once for each publish that returned ERR_OK, inside publisher_poll: failure NULL = acknowledged by the
     * broker, else purged or refused for good. NULL: nobody listens. */
    void (*delivered)(void *owner, uint64_t ticket, const struct err_info *failure);
    uint32_t
        by_first_part; /* bit = topic whose partition is chosen by what stands before the key's first '/' */
};

enum err publisher_open(const struct publisher_options *options, struct publisher **publisher,
                        struct err_info *info) MF_MUST_CHECK;
void publisher_watch(struct publisher *publisher, struct kafka_watch *watch);
/* publish: copies key, value and headers. value.ptr NULL = tombstone. partition -1 = by key. timestamp 0 =
 * now. ERR_WEATHER: the queue is full: poll and try again. Never blocks. */
enum err publish(struct publisher *publisher, int topic, int32_t partition, struct bytes key,
                 struct bytes value, int64_t timestamp, const struct kafka_header *headers, size_t n_headers,
                 uint64_t ticket, struct err_info *info) MF_MUST_CHECK;
/* publish_again: another topic's record, its value, headers and timestamp untouched, under this key. As
 * publish.
 */
enum err publish_again(struct publisher *publisher, int topic, struct bytes key,
                       const struct kafka_record *record, uint64_t ticket,
                       struct err_info *info) MF_MUST_CHECK;
void publisher_poll(struct publisher *publisher, int timeout_ms);
/* publisher_failed: a fatal producer error happened: close it and open a new one. */
bool publisher_failed(const struct publisher *publisher, struct err_info *info);
size_t publisher_waiting(const struct publisher *publisher); /* queued or in flight */
enum err publisher_flush(struct publisher *publisher, int timeout_ms, struct err_info *info) MF_MUST_CHECK;
void publisher_purge(
    struct publisher *publisher); /* every waiting record comes back as `delivered` with a failure */
void publisher_close(struct publisher *publisher); /* purges; takes NULL */

/* ---------- transactions: what a publisher writes and where its consumer stands are committed together, or
 * neither ----------
 * Each call blocks up to about timeout_ms. ERR_WEATHER: not done yet: the same call again goes on with it.
 * ERR_LOST: the outcome is not known, or another publisher has the id: abort if that works, close the
 * publisher, open and init another one, and only then ask for the committed positions. ERR_REFUSED: a right
 * is missing; as ERR_LOST. ERR_USAGE: the broker does not allow timeout_ms. */

struct transaction_options {
    const char *id; /* of one publisher at a time, the same after a restart */
    int timeout_ms; /* the broker aborts what is open for longer */
    bool alone;     /* each record in a batch of its own: a refusal is then meant for it */
};
/* transaction_publisher: publisher_open, for transactions; everything of a publisher holds for it. */
enum err transaction_publisher(const struct publisher_options *options,
                               const struct transaction_options *transactions, struct publisher **publisher,
                               struct err_info *info) MF_MUST_CHECK;
/* transaction_init: ends what the last publisher of this id left open, and shuts that one out. Once, before
 * the first begin. */
enum err transaction_init(struct publisher *publisher, int timeout_ms, struct err_info *info) MF_MUST_CHECK;
enum err transaction_begin(struct publisher *publisher, struct err_info *info) MF_MUST_CHECK;

struct kafka_position {
    int input;
    int32_t partition;
    int64_t offset; /* the next to be read */
};
/* transaction_commit: waits for every record, and commits them with the consumer's positions as the group
 * member that was given these partitions: refused once the group has given them to somebody else. */
enum err transaction_commit(struct publisher *publisher, const struct consumer *consumer,
                            const struct kafka_position *positions, size_t n, int timeout_ms,
                            struct err_info *info) MF_MUST_CHECK;
enum err transaction_abort(struct publisher *publisher, int timeout_ms, struct err_info *info) MF_MUST_CHECK;

/* ---------- dead letters ---------- */
/* Becomes the headers microflux.error.topic, .partition, .offset, .schema.id, .stage, .code, .message,
 * .worker and .version. */
struct dead_letter_story {
    const char *topic;
    uint32_t schema_id;
    const char *stage; /* decode | validate | apply */
    const struct err_info *error;
    const char *worker;
};
/* dead_letter_publish: original key, value, timestamp and headers untouched, the story in further headers. */
enum err dead_letter_publish(struct publisher *publisher, int topic, const struct kafka_record *record,
                             const struct dead_letter_story *story, uint64_t ticket,
                             struct err_info *info) MF_MUST_CHECK;

/* ---------- topics ---------- */
struct topic_spec {
    const char *name;
    int32_t partitions;
    int replication; /* -1 = the broker's default */
    bool compacted;
    const char *const *settings; /* "retention.ms=-1", n_settings more topic settings */
    size_t n_settings;
};
/* topics_create: makes those that are missing; created[i] says which. ERR_REFUSED: one exists with another
 * partition count (named with both counts). Blocks up to timeout_ms. */
enum err topics_create(const struct kafka_pair *pairs, size_t n_pairs, const struct topic_spec *specs,
                       size_t n_specs, int timeout_ms, bool *created, struct err_info *info) MF_MUST_CHECK;
/* topics_partitions: partition count of each, -1 = not there. */
enum err topics_partitions(const struct kafka_pair *pairs, size_t n_pairs, const char *const *names, size_t n,
                           int timeout_ms, int32_t *counts, struct err_info *info) MF_MUST_CHECK;

/* topics_delete_records: everything of one partition before that offset goes, whoever's it is. ERR_REFUSED:
 * the user lacks the right, or the topic is compacted. */
enum err topics_delete_records(const struct kafka_pair *pairs, size_t n_pairs, const char *topic,
                               int32_t partition, int64_t before, int timeout_ms,
                               struct err_info *info) MF_MUST_CHECK;

/* ---------- inquiry: what tools ask of topics and groups; it joins no group and changes nothing ----------
 */
struct inquiry;
/* inquiry_open: a client under the group's name. Each question below waits up to timeout_ms for its answer;
 * ERR_WEATHER: there was none, and the sentence names the cure of a known mistake; ERR_REFUSED: the user
 * lacks the right to it. */
enum err inquiry_open(const struct kafka_pair *pairs, size_t n_pairs, const char *group, int timeout_ms,
                      struct inquiry **inquiry, struct err_info *info) MF_MUST_CHECK;
void inquiry_close(struct inquiry *inquiry); /* takes NULL */

/* inquiry_reach: until a broker answers; at once when none does for a reason that waiting does not cure. */
enum err inquiry_reach(struct inquiry *inquiry, struct err_info *info) MF_MUST_CHECK;
/* inquiry_partitions: ERR_NOT_FOUND: there is no such topic. */
enum err inquiry_partitions(struct inquiry *inquiry, const char *topic, int32_t *count,
                            struct err_info *info) MF_MUST_CHECK;
/* inquiry_setting: fills values[i] ("" = unknown to this broker) of the topic's names[i]. */
struct kafka_setting {
    char value[64];
};
enum err inquiry_settings(struct inquiry *inquiry, const char *topic, const char *const *names, size_t n,
                          struct kafka_setting *values, struct err_info *info) MF_MUST_CHECK;
/* inquiry_edges: where each of the n partitions begins and where its readable part ends (an open transaction
 * hides what is behind). */
enum err inquiry_edges(struct inquiry *inquiry, const char *topic, int32_t n, int64_t *begin, int64_t *end,
                       struct err_info *info) MF_MUST_CHECK;
/* inquiry_since: the first offset of each partition dated at or after that time, -1 = none. */
enum err inquiry_since(struct inquiry *inquiry, const char *topic, int32_t n, int64_t time, int64_t *offsets,
                       struct err_info *info) MF_MUST_CHECK;
/* inquiry_dated: whether any record of the topic is dated at or after that time. */
enum err inquiry_dated(struct inquiry *inquiry, const char *topic, int32_t n, int64_t time, bool *any,
                       struct err_info *info) MF_MUST_CHECK;
/* inquiry_committed: the group's offsets of each partition, -1 = none. */
enum err inquiry_committed(struct inquiry *inquiry, const char *topic, int32_t n, int64_t *offsets,
                           struct err_info *info) MF_MUST_CHECK;
/* inquiry_owners: the group member that has each partition; client "" = nobody. */
struct kafka_owner {
    char client[96], host[64];
};
enum err inquiry_owners(struct inquiry *inquiry, const char *topic, int32_t n, struct kafka_owner *owners,
                        struct err_info *info) MF_MUST_CHECK;

/* inquiry_peek: the first record at or after each offset, all at once. */
#define PEEK_END (-1)
enum peek_found { PEEK_NOTHING, PEEK_RECORD, PEEK_AT_END, PEEK_GONE, PEEK_FORBIDDEN };
struct kafka_peek {
    const char *topic;
    int32_t partition;
    int64_t offset;
    enum peek_found found; /* NOTHING: no answer in time; GONE: the offset is not in the log any more */
    int64_t timestamp;     /* of the record; -1 none */
};
enum err inquiry_peek(struct inquiry *inquiry, struct kafka_peek *peeks, size_t n,
                      struct err_info *info) MF_MUST_CHECK;

/* inquiry_may_commit: whether the user may work in the group: commits to a partition that is not there, which
 * only a user with the right is told. inquiry_may_write: asks for an acknowledgement that does not exist,
 * which is refused after the right was looked at and before anything is written. */
enum err inquiry_may_commit(struct inquiry *inquiry, const char *topic, struct err_info *info) MF_MUST_CHECK;
enum err inquiry_may_write(const struct kafka_pair *pairs, size_t n_pairs, const char *topic, int timeout_ms,
                           struct err_info *info) MF_MUST_CHECK;
/* inquiry_tls: says what is wrong with the certificate of the first bootstrap server: ERR_REFUSED names the
 * authority, the host name or the date; ERR_OK: nothing; ERR_WEATHER: no TLS there. */
enum err inquiry_tls(const struct kafka_pair *pairs, size_t n_pairs, int timeout_ms,
                     struct err_info *info) MF_MUST_CHECK;

/* ---------- scan: reads one topic for tools, without a group ---------- */
struct scan;
/* scan_open: all partitions, from the beginning (or from the end on). until_end: stops at the end as it was
 * at the start. */
enum err scan_open(const struct kafka_pair *pairs, size_t n_pairs, const char *topic, bool from_beginning,
                   bool until_end, struct scan **scan, struct err_info *info) MF_MUST_CHECK;
/* scan_open_since: from the first record of each partition whose timestamp is since_ms or later, without end.
 */
enum err scan_open_since(const struct kafka_pair *pairs, size_t n_pairs, const char *topic, int64_t since_ms,
                         struct scan **scan, struct err_info *info) MF_MUST_CHECK;
/* scan_follow: all partitions, from the beginning and on. */
enum err scan_follow(const struct kafka_pair *pairs, size_t n_pairs, const char *topic, struct scan **scan,
                     struct err_info *info) MF_MUST_CHECK;
/* scan_next: the next record (borrowed until the next call). ERR_NOT_FOUND: nothing within timeout_ms, or,
 * with until_end, all done (*done true). Of scan_follow *done says that everything was handed over that was
 * there when it was opened. */
enum err scan_next(struct scan *scan, int timeout_ms, struct kafka_record *record, bool *done,
                   struct err_info *info) MF_MUST_CHECK;
void scan_close(struct scan *scan); /* takes NULL */

/* ---------- broadcast: a small compacted topic that every process reads whole and goes on reading, without a
 * group ---------- */
struct broadcast;
struct broadcast_options {
    const struct kafka_pair *pairs; /* borrowed, as the topic */
    size_t n_pairs;
    const char *topic;
    void *owner;
    /* Each record, in the order of its partition; of a key the last one is in force. Borrowed for the call.
     */
    void (*take)(void *owner, const struct kafka_record *record);
};
struct broadcast *broadcast_open(const struct broadcast_options *options); /* asks nobody yet */
/* broadcast_turn: hands over what there is within timeout_ms. ERR_NOT_FOUND: there is no such topic;
 * ERR_WEATHER: no broker (after 2 s): call again later. Its partitions are those it had when it was reached.
 */
enum err broadcast_turn(struct broadcast *broadcast, int timeout_ms, struct err_info *info) MF_MUST_CHECK;
/* broadcast_whole: all was handed over that was there when it was reached. */
bool broadcast_whole(const struct broadcast *broadcast);
void broadcast_close(struct broadcast *broadcast); /* takes NULL */

/* ---------- mock: the broker inside the library, for demo and tests; proves nothing about exactness
 * ---------- */
struct mock;
enum err mock_open(int brokers, struct mock **mock, struct err_info *info) MF_MUST_CHECK;
const char *mock_bootstrap(const struct mock *mock);
enum err mock_topic(struct mock *mock, const char *name, int partitions, struct err_info *info) MF_MUST_CHECK;
void mock_close(struct mock *mock);

#endif
