/* rekey_room: what the files of this room share. copy.c knows records, settle.c transactions, rekey.c the
 * group and the order of a turn. */
#ifndef REKEY_ROOM_H
#define REKEY_ROOM_H

#include "microflux/avro.h"
#include "microflux/clock.h"
#include "microflux/log.h"
#include "microflux/rekey.h"

#define COUNT(r, field, n) count_up(&(r)->counters.field, (uint64_t)(n))
#define GAUGE(r, field, n) atomic_store_explicit(&(r)->counters.field, (n), memory_order_relaxed)

struct rekey;

enum part_state {
    PART_AWAY,    /* its position is to be asked of the group */
    PART_READING, /* next is right */
    PART_HELD     /* a person has to decide */
};

struct part { /* one partition of the source */
    struct rekey *rekey;
    struct feed *feed;
    int32_t partition;
    enum part_state state;
    int64_t next;     /* to be read; in an open transaction ahead of what is committed */
    bool moved;       /* by the open transaction */
    bool ended;       /* at the end of the log, as last heard */
    bool told;        /* that it waits for its position */
    int64_t frontier; /* youngest timestamp met: the next record is about as old */
    int64_t heard_ms, retry_ms;
};

static inline struct part part_of(struct rekey *rekey, struct feed *feed, int32_t partition)
{
    return (struct part){.rekey = rekey, .feed = feed, .partition = partition, .frontier = INT64_MIN};
}

struct transaction {
    bool open, ending;
    int64_t begun_ms, ending_us;
    size_t records, letters;
};

struct rekey {
    struct rekey_options options;
    struct rekey_counters counters;
    struct consumer *consumer;
    struct avro_reader *reader;
    struct avro_scratch *scratch;
    struct part *parts;
    size_t n_parts, turn;
    int64_t limit; /* younger records wait */
    bool busy;     /* there may be more to read at once */
    bool later;    /* a record waits for something */
    bool recreate; /* the consumer */
    int64_t measured_ms;
    struct transaction transaction;
    struct err_info doubt; /* a record was not delivered: the open transaction cannot be committed */
    /* the publisher: NULL, or open, or ready for transactions */
    struct publisher *publisher;
    bool ready, aborting;
    int64_t retry_ms, wait_ms;
    char told[32];       /* why the last transaction was given up, until one is committed */
    bool careful, alone; /* a batch was refused: send records one by one; and whether this publisher does */
    uint64_t *refused;   /* tickets of records that the brokers refuse */
    size_t n_refused;
};

/* ---- read.c ---- */

/* read_position: asks where one more partition is to be read from. */
void read_position(struct rekey *rekey, int64_t now);
/* read_parts: what is there, until the transaction is full. */
void read_parts(struct rekey *rekey);
bool read_full(const struct rekey *rekey);
/* read_watch: rekey->recreate, when a partition stands still though its log goes on: librdkafka forgot it. */
void read_watch(struct rekey *rekey, int64_t now);

/* ---- copy.c ---- */

enum { TO, DEAD_LETTERS }; /* the publisher's topics */

/* copy_record: its copy, or its dead letter, into the open transaction. ERR_WEATHER: not now. Else: the
 * transaction is lost. */
enum err copy_record(struct rekey *rekey, const struct kafka_record *record,
                     struct err_info *info) MF_MUST_CHECK;
/* copy_delivered: for the publisher. */
void copy_delivered(void *owner, uint64_t ticket, const struct err_info *failure);
/* copy_forget: refused records that are settled. */
void copy_forget(struct rekey *rekey);

/* ---- settle.c ---- */

/* settle_ready: opens the publisher and ends what an earlier one of its id left, a step a call. */
enum err settle_ready(struct rekey *rekey, int64_t now, struct err_info *info) MF_MUST_CHECK;
/* settle_begin: false: not possible now. */
bool settle_begin(struct rekey *rekey);
/* settle_end: commits the open transaction, or gives it up. False: not done within timeout_ms, call again;
 * until then nothing more is read. */
bool settle_end(struct rekey *rekey, int timeout_ms);
/* settle_within: until done, given up when the time is; false: given up for that. */
bool settle_within(struct rekey *rekey, int timeout_ms);
/* settle_abandon: nobody knows how the transaction ends: no publisher, and every position to be asked anew.
 */
void settle_abandon(struct rekey *rekey, const struct err_info *why);

#endif
