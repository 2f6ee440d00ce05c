/* kafka_bed: what the tests of the kafka room share: a mock cluster, a publisher that counts its tickets, and
 * a taker, the owner of a consumer, that checks on each record that nothing was skipped, repeated or
 * delivered from before a seek. */
#ifndef KAFKA_BED_H
#define KAFKA_BED_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "microflux/clock.h"
#include "microflux/kafka.h"

#define BED_INPUTS     2
#define BED_PARTITIONS 4
#define BED_WAIT_MS    30000

struct bed {
    struct mock *mock;
    char bootstrap[128];
    struct kafka_pair pairs[2];
    struct publisher *publisher;
    uint64_t tickets, failures, ticket_sum; /* that came back */
    struct err_info failure;
};

struct taker {
    struct consumer *consumer;
    int assigned, revoked, lost;
    size_t n_partitions;
    int64_t seek_to; /* in the assigned handler, -1: not; FEED_EARLIEST */
    int64_t next[BED_INPUTS][BED_PARTITIONS];
    int64_t end[BED_INPUTS][BED_PARTITIONS]; /* as told last, -1 */
    int64_t n[BED_INPUTS][BED_PARTITIONS];
    bool mine[BED_PARTITIONS];
    int64_t commit; /* on revoke, -1: not */
    int out_of_range;
    int64_t earliest, latest;
    int64_t budget; /* records until the handler says stop */
    int64_t later;  /* so many are put off first */
    int32_t reading;
    char last[64]; /* value of the last record */
};

static const char *const BED_TOPICS[] = {"left", "right"};

static struct err_info bed_info; /* OK() fills it: pass it as the last argument */

#define OK(call)                                                                                             \
    do {                                                                                                     \
        if ((call) != ERR_OK)                                                                                \
            fail_msg("%s: %s: %s", #call, bed_info.word, bed_info.sentence);                                 \
    } while (0)

static inline void bed_delivered(void *owner, uint64_t ticket, const struct err_info *failure)
{
    struct bed *bed = owner;
    bed->tickets++;
    bed->ticket_sum += ticket;
    bed->failures += failure != NULL;
    if (failure)
        bed->failure = *failure;
}

static inline void bed_open(struct bed *bed, const char *const *topics, size_t n, int partitions)
{
    memset(bed, 0, sizeof *bed);
    OK(mock_open(1, &bed->mock, &bed_info));
    for (size_t i = 0; i < n; i++)
        OK(mock_topic(bed->mock, topics[i], partitions, &bed_info));
    snprintf(bed->bootstrap, sizeof bed->bootstrap, "%s", mock_bootstrap(bed->mock));
    static char key[] = "bootstrap.servers", session[] = "session.timeout.ms", six[] = "6000";
    bed->pairs[0] = (struct kafka_pair){key, bed->bootstrap};
    bed->pairs[1] = (struct kafka_pair){session, six};
    struct publisher_options options = {bed->pairs, 2, topics, n, bed, bed_delivered, 0};
    OK(publisher_open(&options, &bed->publisher, &bed_info));
}

static inline void bed_close(struct bed *bed)
{
    publisher_close(bed->publisher);
    mock_close(bed->mock);
}

/* bed_fill: n records more in one partition; the value is the offset in text. */
static inline void bed_fill(struct bed *bed, int topic, int32_t partition, int64_t from, int64_t n)
{
    for (int64_t i = from; i < from + n; i++) {
        char value[64];
        int len = snprintf(value, sizeof value, "%lld", (long long)i);
        OK(publish(bed->publisher, topic, partition, BYTES("key"), (struct bytes){value, (size_t)len}, 0,
                   NULL, 0, (uint64_t)i, &bed_info));
    }
    OK(publisher_flush(bed->publisher, BED_WAIT_MS, &bed_info));
    assert_int_equal(bed->failures, 0);
}

static inline enum feed_verdict taker_record(void *owner, const struct kafka_record *record)
{
    struct taker *t = owner;
    int64_t *next = &t->next[record->input][record->partition];
    char text[64];
    snprintf(text, sizeof text, "%lld", (long long)record->offset);
    if (record->offset != *next || record->partition != t->reading)
        fail_msg("input %d partition %d: offset %lld, expected %lld", record->input, record->partition,
                 (long long)record->offset, (long long)*next);
    assert_true(bytes_equal(record->value, bytes_of(text)));
    if (t->later-- > 0)
        return FEED_LATER;
    *next = record->offset + 1;
    t->n[record->input][record->partition]++;
    return --t->budget > 0 ? FEED_MORE : FEED_STOP;
}

static inline void taker_end(void *owner, int input, int64_t offset)
{
    struct taker *t = owner;
    assert_int_equal(offset, t->next[input][t->reading]);
    t->end[input][t->reading] = offset;
}

static inline void taker_out_of_range(void *owner, int input, int64_t earliest, int64_t latest)
{
    struct taker *t = owner;
    (void)input;
    t->out_of_range++;
    t->earliest = earliest;
    t->latest = latest;
}

static inline size_t taker_read(struct taker *t, int input, int32_t partition, int64_t budget)
{
    const struct feed_handlers handlers = {t, taker_record, NULL, taker_end, taker_out_of_range};
    t->reading = partition;
    t->budget = budget;
    return feed_read(consumer_feed(t->consumer, input, partition), &handlers);
}

static inline void taker_seek(struct taker *t, int input, int32_t partition, int64_t offset)
{
    struct err_info info = {0};
    int64_t until = clock_mono_ms() + BED_WAIT_MS;
    t->next[input][partition] = offset == FEED_EARLIEST ? 0 : offset;
    t->end[input][partition] = -1;
    while (feed_seek(consumer_feed(t->consumer, input, partition), offset, &info) != ERR_OK) {
        assert_int_equal(info.code, ERR_WEATHER);
        assert_true(clock_mono_ms() < until);
        consumer_poll(t->consumer);
    }
}

static inline void taker_assigned(void *owner, const int32_t *partitions, size_t n)
{
    struct taker *t = owner;
    t->assigned++;
    t->n_partitions = n;
    memset(t->mine, 0, sizeof t->mine);
    for (size_t p = 0; p < n; p++) {
        t->mine[partitions[p]] = true;
        for (int input = 0; t->seek_to != -1 && input < BED_INPUTS; input++)
            taker_seek(t, input, partitions[p], t->seek_to);
    }
}

static inline void taker_revoked(void *owner, bool lost)
{
    struct taker *t = owner;
    const int64_t offsets[BED_INPUTS] = {t->commit, -1};
    t->revoked++;
    t->lost += lost;
    for (int32_t p = 0; t->commit >= 0 && p < BED_PARTITIONS; p++)
        if (t->mine[p])
            consumer_commit(t->consumer, p, offsets);
    memset(t->mine, 0, sizeof t->mine);
    t->n_partitions = 0;
}

static inline void taker_open(struct taker *t, struct bed *bed, const char *group, int64_t seek_to)
{
    *t = (struct taker){.seek_to = seek_to, .commit = -1};
    memset(t->end, 0xff, sizeof t->end);
    struct consumer_options options = {
        group, bed->pairs, 2, BED_TOPICS, BED_INPUTS, 64 << 20, {t, taker_assigned, taker_revoked}, 0};
    OK(consumer_open(&options, &t->consumer, &bed_info));
}

static inline void taker_join(struct taker *t, size_t partitions)
{
    int64_t until = clock_mono_ms() + BED_WAIT_MS;
    while (t->n_partitions != partitions && clock_mono_ms() < until)
        consumer_poll(t->consumer);
    assert_int_equal(t->n_partitions, partitions);
}

/* taker_read_to: until the feed told its end at `offset`. */
static inline void taker_read_to(struct taker *t, int input, int32_t partition, int64_t offset)
{
    int64_t until = clock_mono_ms() + BED_WAIT_MS;
    while (t->end[input][partition] != offset && clock_mono_ms() < until) {
        consumer_poll(t->consumer);
        taker_read(t, input, partition, INT64_MAX);
    }
    assert_int_equal(t->end[input][partition], offset);
}

#endif
