/* rekey: copies a topic, each record under its creator's id, so that it can be read as an input: exactly
 * once, in Kafka transactions that hold the copies, the dead letters and the positions read. It keeps nothing
 * elsewhere.
 *
 * A worker is one thread with a consumer, a transactional publisher and the partitions the group gives it.
 */
#ifndef MICROFLUX_REKEY_H
#define MICROFLUX_REKEY_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "microflux/kafka.h"
#include "microflux/metrics.h"
#include "microflux/registry.h"

struct rekey_writer { /* one more writer schema of the values, by its Confluent id */
    uint32_t id;
    const char *json;
};

/* Borrowed as long as the worker. */
struct rekey_options {
    const char *from, *to, *dead_letter_topic;
    const char *group;
    const char *transactional_id; /* of this worker alone, the same after a restart */
    const char *name;             /* host-pid-index, in dead letters */
    int index;                    /* of this worker in the process */
    const struct kafka_pair *pairs;
    size_t n_pairs, prefetch_bytes;
    const char *schema_json; /* ours, of the input; it has a creator_id */
    const char *bare_json;   /* writer schema of bare values; NULL = none */
    const struct rekey_writer *writers;
    size_t n_writers, max_record_bytes;
    struct registry *registry; /* NULL = none */
    bool tombstones_keyed;     /* the key of a tombstone is a creator's id: keep it; else dead letter */
    bool log_lost_skip;
    int64_t commit_ms, commit_records; /* a transaction ends at this age, or with so many records */
    int64_t timeout_ms;                /* the broker aborts one that is older */
    int64_t align_ms;    /* how far a partition may be read ahead of the others, in record time */
    int64_t watchdog_ms; /* silence of an unfinished partition after which the consumer is made anew */
};

/* As worker_counters: written by the worker's thread alone. */
struct rekey_counters {
    atomic_uint_fast64_t received; /* read, those of aborted transactions again */
    atomic_uint_fast64_t copied, dead_letters,
        commits;                     /* of committed transactions; commits: the transactions */
    atomic_uint_fast64_t aborts;     /* transactions given up */
    atomic_uint_fast64_t publishers; /* opened, the first one included */
    atomic_uint_fast64_t expired, rebalances;
    atomic_int_fast64_t lag, partitions, reading, held, ready, joined, kafka_away, polled_ms;
    struct histogram commit; /* µs, from the decision to the broker's word */
    struct histogram records;
    struct tally rejects;
    struct kafka_watch kafka;
};

struct rekey;
/* rekey_open: ERR_WEATHER: Kafka does not answer yet, try again; ERR_NOT_FOUND: a topic is missing;
 * ERR_USAGE: a setting was refused. */
enum err rekey_open(const struct rekey_options *options, struct rekey **rekey,
                    struct err_info *info) MF_MUST_CHECK;
/* rekey_run: until *stop, whatever is away; then ends the open transaction within drain_ms. ERR_WEATHER: it
 * did not end in time; whoever reads next copies its records again, and nobody sees them twice. ERR_USAGE:
 * the broker does not allow timeout_ms. */
enum err rekey_run(struct rekey *rekey, const atomic_bool *stop, int drain_ms,
                   struct err_info *info) MF_MUST_CHECK;
const struct rekey_counters *rekey_counters(const struct rekey *rekey); /* any thread */
void rekey_close(struct rekey *rekey);                                  /* takes NULL */

#endif
