/* rekey: the worker: partitions come and go with the group, a turn reads them one after the other into the
 * open transaction and ends it when it is large or old enough. A partition is given up with its transaction
 * settled, so that the next owner finds its position decided; that it cannot be taken from us in between is
 * the broker's to see (transaction_commit). */
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>

#include "rekey_room.h"

#define REVOKE_MS  3000 /* a transaction is ended within this, or given up */
#define SLICE_MS   500  /* of waiting for the brokers; then the consumer is polled */
#define RETRY_MS   200
#define MEASURE_MS 500

/* ---- the group ---- */

static void on_assigned(void *owner, const int32_t *partitions, size_t n)
{
    struct rekey *r = owner;
    free(r->parts);
    r->parts = calloc(n + 1, sizeof *r->parts);
    if (!r->parts)
        abort();
    for (size_t i = 0; i < n; i++)
        r->parts[i] = part_of(r, consumer_feed(r->consumer, 0, partitions[i]), partitions[i]);
    r->n_parts = n;
    r->measured_ms = 0;
    COUNT(r, rebalances, 1);
    GAUGE(r, joined, 1);
    log_info("partitions_assigned", "worker=%s partitions=%zu", r->options.name, n);
}

static void on_revoked(void *owner, bool lost)
{
    struct rekey *r = owner;
    struct err_info why;
    bool settled = true;
    if (r->transaction.open && lost) {
        settled = false;
        (void)err_set(&why, ERR_LOST, "lost", "the group gave the partitions to others");
        settle_abandon(r, &why);
    } else {
        settled = settle_within(r, REVOKE_MS);
    }
    log_info("partitions_revoked", "worker=%s partitions=%zu lost=%d settled=%d", r->options.name, r->n_parts,
             lost, settled);
    r->n_parts = 0;
    r->measured_ms = 0;
    GAUGE(r, joined, 0);
}

/* ---- what others see ---- */

static void measure(struct rekey *r, int64_t now)
{
    int64_t lag = 0, reading = 0, held = 0, low, high;
    if (now - r->measured_ms < MEASURE_MS)
        return;
    r->measured_ms = now;
    for (size_t i = 0; i < r->n_parts; i++) {
        const struct part *part = &r->parts[i];
        feed_watermarks(part->feed, &low, &high);
        lag += !part->ended && high > part->next && part->next >= 0 ? high - part->next : 0;
        reading += part->state == PART_READING;
        held += part->state == PART_HELD;
    }
    GAUGE(r, lag, lag);
    GAUGE(r, partitions, (int64_t)r->n_parts);
    GAUGE(r, reading, reading);
    GAUGE(r, held, held);
    GAUGE(r, kafka_away, consumer_away(r->consumer));
}

const struct rekey_counters *rekey_counters(const struct rekey *r)
{
    return &r->counters;
}

/* ---- life ---- */

static enum err open_reader(struct rekey *r, struct err_info *info)
{
    static const struct avro_field fields[] = {{"creator_id", AVRO_BYTES_T, 0, AVRO_NO_PRESENT, false}};
    const struct rekey_options *o = &r->options;
    const struct avro_reader_options options = {
        o->schema_json, fields, 1, sizeof(struct bytes), o->bare_json, o->max_record_bytes, o->registry};
    enum err err = avro_reader_open(&options, &r->reader, info);
    for (size_t i = 0; i < o->n_writers && err == ERR_OK; i++)
        err = avro_reader_add(r->reader, o->writers[i].id, o->writers[i].json, info);
    r->scratch = avro_scratch_open();
    return err;
}

static enum err open_consumer(struct rekey *r, struct err_info *info)
{
    const struct rekey_options *o = &r->options;
    const struct consumer_options options = {
        o->group, o->pairs, o->n_pairs, &o->from, 1, o->prefetch_bytes, {r, on_assigned, on_revoked},
        o->index};
    enum err err = consumer_open(&options, &r->consumer, info);
    if (err == ERR_OK)
        consumer_watch(r->consumer, &r->counters.kafka);
    return err;
}

/* Exactness hangs on these, and the place of a record on the partitioner. */
static enum err check_reserved(const struct rekey_options *o, struct err_info *info)
{
    static const char *const reserved[] = {"transactional.id",   "transaction.timeout.ms",
                                           "enable.idempotence", "isolation.level",
                                           "partitioner",        "batch.num.messages"};
    for (size_t i = 0; i < o->n_pairs; i++)
        for (size_t k = 0; k < sizeof reserved / sizeof *reserved; k++)
            if (strcmp(o->pairs[i].key, reserved[k]) == 0)
                return err_set(info, ERR_USAGE, "kafka_reserved",
                               "kafka.%s is not for rekey to choose: leave it out", reserved[k]);
    return ERR_OK;
}

static enum err check_topics(const struct rekey_options *o, struct err_info *info)
{
    const char *const names[] = {o->from, o->to, o->dead_letter_topic};
    int32_t counts[3];
    enum err err = topics_partitions(o->pairs, o->n_pairs, names, 3, 5000, counts, info);
    for (size_t i = 0; i < 3 && err == ERR_OK; i++)
        if (counts[i] < 0)
            err = err_set(info, ERR_NOT_FOUND, "no_topic", "topic %s does not exist", names[i]);
    if (err == ERR_OK)
        log_info("rekey", "worker=%s from=%s partitions=%" PRId32 " to=%s partitions.to=%" PRId32 " group=%s",
                 o->name, o->from, counts[0], o->to, counts[1], o->group);
    return err;
}

enum err rekey_open(const struct rekey_options *options, struct rekey **result, struct err_info *info)
{
    struct rekey *r = calloc(1, sizeof *r);
    if (!r)
        abort();
    r->options = *options;
    histogram_init(&r->counters.commit, histogram_us);
    histogram_init(&r->counters.records, histogram_sizes);
    histogram_init(&r->counters.kafka.delivered, histogram_us);
    srand((unsigned)clock_mono_us());
    enum err err = check_reserved(options, info);
    if (err == ERR_OK)
        err = check_topics(options, info);
    if (err == ERR_OK)
        err = open_reader(r, info);
    if (err == ERR_OK)
        err = open_consumer(r, info);
    if (err != ERR_OK) {
        rekey_close(r);
        return err;
    }
    *result = r;
    return ERR_OK;
}

void rekey_close(struct rekey *r)
{
    if (!r)
        return;
    consumer_close(r->consumer); /* ends the transaction */
    publisher_close(r->publisher);
    avro_reader_close(r->reader);
    avro_scratch_close(r->scratch);
    free(r->parts);
    free(r->refused);
    free(r);
}

/* ---- the loop ---- */

static enum err turn(struct rekey *r, int64_t now, struct err_info *info)
{
    struct transaction *t = &r->transaction;
    consumer_poll(r->consumer);
    if (r->publisher)
        publisher_poll(r->publisher, 0);
    r->busy = r->later = false;
    if (r->doubt.code != ERR_OK)
        settle_abandon(r, &r->doubt);
    enum err err = settle_ready(r, now, info);
    if (err == ERR_OK && r->ready && !t->ending) {
        read_position(r, now);
        read_parts(r);
        read_watch(r, now);
    }
    if (t->open && (t->ending || read_full(r) || now - t->begun_ms >= r->options.commit_ms))
        settle_end(r, SLICE_MS);
    measure(r, now);
    if (err == ERR_OK && r->recreate) {
        r->recreate = false;
        consumer_close(r->consumer);
        r->consumer = NULL;
        err = open_consumer(r, info);
    }
    return err;
}

static void sleep_until_something(struct rekey *r, int64_t now)
{
    int64_t wait = RETRY_MS;
    if (r->transaction.open && r->transaction.begun_ms + r->options.commit_ms - now < wait)
        wait = r->transaction.begun_ms + r->options.commit_ms - now;
    if (!r->ready && r->retry_ms - now < wait)
        wait = r->retry_ms - now;
    if ((r->later || r->transaction.ending) && wait > 5)
        wait = 5;
    if (r->busy || wait < 0)
        wait = r->transaction.ending ? 5 : 0;
    struct pollfd fd = {consumer_fd(r->consumer), POLLIN, 0};
    if (poll(&fd, 1, (int)wait) > 0)
        consumer_drain_fd(r->consumer);
}

enum err rekey_run(struct rekey *r, const atomic_bool *stop, int drain_ms, struct err_info *info)
{
    enum err err = ERR_OK;
    while (err == ERR_OK && !atomic_load_explicit(stop, memory_order_relaxed)) {
        int64_t now = clock_mono_ms();
        GAUGE(r, polled_ms, now);
        err = turn(r, now, info);
        if (err == ERR_OK)
            sleep_until_something(r, now);
    }
    if (err == ERR_OK && !settle_within(r, drain_ms))
        return err_set(
            info, ERR_WEATHER, "not_drained",
            "stopped before the transaction ended; its records are copied again by the next owner");
    return err;
}
