/* bench_relay: what of the latency is Kafka's and the machine's: a thread reads the events as they come and
 * sends a record of the size of a score for each, and nothing else. No Redis, no state, no batches: nobody
 * who reads from Kafka and writes to it can be faster on the same brokers. */
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "bench.h"

#define SCORE_BYTES 1000 /* of a score; docs/reference/scores.md */

struct relay {
    struct bench *bench;
    struct scan *scan;
    struct publisher *publisher;
    char value[SCORE_BYTES];
    pthread_t thread;
    atomic_bool stop;
};

static void *copy_all(void *arg)
{
    struct relay *r = arg;
    struct kafka_record record;
    struct err_info info;
    bool done;
    while (!atomic_load(&r->stop)) {
        if (scan_next(r->scan, 10, &record, &done, &info) == ERR_OK)
            while (publish(r->publisher, 0, -1, record.key, (struct bytes){r->value, sizeof r->value}, 0,
                           NULL, 0, 0, &info) == ERR_WEATHER)
                publisher_poll(r->publisher, 1);
        publisher_poll(r->publisher, 0);
    }
    return NULL;
}

static enum err open_both(struct relay *r, struct err_info *info)
{
    struct bench *b = r->bench;
    const char *out = b->topics[BENCH_RELAY_OUT];
    struct kafka_pair pairs[] = {{"bootstrap.servers", b->bootstrap}};
    struct publisher_options options = {pairs, 1, &out, 1, NULL, NULL, 0};
    enum err err = publisher_open(&options, &r->publisher, info);
    if (err == ERR_OK)
        err = scan_open(pairs, 1, b->topics[BENCH_RELAY_IN], false, false, &r->scan, info);
    return err;
}

enum err bench_relay(struct bench *b, struct bench_delays *delays, struct err_info *info)
{
    struct relay r = {.bench = b};
    struct random random = {.state = 7};
    for (size_t i = 0; i < sizeof r.value; i++) /* as hard to compress as a score */
        r.value[i] = (char)(i % 4 ? 0 : random_below(&random, 256));
    enum err err = open_both(&r, info);
    if (err == ERR_OK && pthread_create(&r.thread, NULL, copy_all, &r) != 0)
        err = err_set(info, ERR_NO_MEMORY, "thread", "no thread for the relay");
    for (int64_t i = 0; i < b->runs && err == ERR_OK; i++)
        err = bench_measure(b, BENCH_RELAY_IN, BENCH_RELAY_OUT, true, delays, info);
    atomic_store(&r.stop, true);
    if (r.thread)
        pthread_join(r.thread, NULL);
    scan_close(r.scan);
    publisher_close(r.publisher);
    return err;
}
