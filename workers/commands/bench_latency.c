/* bench_latency: events on a fixed schedule, each stamped when it was due (not when it was sent: a sender
 * that is held up counts against us, no "coordinated omission"), and for each the time until a score that
 * contains it was read from the topic. A score's lifetime totals say which events it contains. What no score
 * showed in the end counts with the time waited for it. */
#include <inttypes.h>
#include <stdlib.h>

#include "bench.h"
#include "microflux/clock.h"
#include "microflux/schemas.h"

struct queue { /* due times of a creator's events that no score has shown yet */
    int64_t *due_us;
    size_t first, n, cap;
    int64_t shown; /* lifetime count of the last score */
};

struct totals {
    int64_t counts[8];
};

struct measuring {
    struct bench *bench;
    struct publisher *publisher;
    struct scan *scan;
    struct avro_program *program;
    struct avro_scratch *scratch;
    struct queue *queues;
    struct latencies *latencies;
    struct buffer value;
    uint64_t fingerprint;
    int in, out;  /* topics */
    bool relayed; /* each event comes back as a record of its own */
};

static void push(struct queue *q, int64_t due_us)
{
    if (q->first + q->n == q->cap) {
        memmove(q->due_us, q->due_us + q->first, q->n * sizeof *q->due_us);
        q->first = 0;
        if (q->n == q->cap) {
            q->cap = q->cap ? 2 * q->cap : 4;
            q->due_us = realloc(q->due_us, q->cap * sizeof *q->due_us);
            if (!q->due_us)
                abort();
        }
    }
    q->due_us[q->first + q->n++] = due_us;
}

static enum err send(struct measuring *m, int64_t due_us, struct err_info *info)
{
    struct bench *b = m->bench;
    char key[24];
    int64_t creator = bench_creator(b);
    enum err err;
    size_t len = (size_t)snprintf(key, sizeof key, "c%07" PRId64, creator);
    bench_interaction(&m->value, creator, random_below(&b->random, BENCH_POSTS), KIND_LIKE, 1,
                      clock_wall_ms(), m->fingerprint);
    while ((err = publish(m->publisher, 0, -1, (struct bytes){key, len},
                          (struct bytes){m->value.data, m->value.len}, 0, NULL, 0, 0, info)) == ERR_WEATHER)
        publisher_poll(m->publisher, 1);
    push(&m->queues[creator], due_us);
    if (!m->relayed) {
        b->sent[creator]++;
        b->ends[m->in]++;
    }
    return err;
}

/* How many events of a creator have been shown with this record. */
static int64_t count_of(const struct measuring *m, const struct kafka_record *record, const struct queue *q)
{
    struct totals totals;
    struct err_info info;
    int64_t count = 0;
    if (m->relayed)
        return q->shown + 1;
    if (avro_decode(m->program, m->scratch, avro_frame_read(record->value).body, &totals, &info) != ERR_OK)
        return 0;
    for (int i = 0; i < 8; i++)
        count += totals.counts[i];
    return count;
}

static void show(struct measuring *m, const struct kafka_record *record, int64_t now_us)
{
    struct queue *q = &m->queues[strtoll(record->key.ptr + 1, NULL, 10)];
    int64_t count = count_of(m, record, q);
    for (; q->shown < count && q->n > 0; q->shown++, q->n--)
        latencies_add(m->latencies, now_us - q->due_us[q->first++]);
}

static void read_scores(struct measuring *m, int timeout_ms)
{
    struct kafka_record record;
    struct err_info info;
    bool done;
    while (scan_next(m->scan, timeout_ms, &record, &done, &info) == ERR_OK) {
        show(m, &record, clock_mono_us());
        timeout_ms = 0;
    }
}

static enum err run(struct measuring *m, struct err_info *info)
{
    const struct bench *b = m->bench;
    int64_t begun = clock_mono_us(), n = b->latency_rate * b->latency_seconds, sent = 0;
    enum err err = ERR_OK;
    while (sent < n && err == ERR_OK) {
        int64_t due = (clock_mono_us() - begun) * b->latency_rate / 1000000;
        for (; sent < due && sent < n && err == ERR_OK; sent++)
            err = send(m, begun + sent * 1000000 / b->latency_rate, info);
        publisher_poll(m->publisher, 0);
        read_scores(m, 1);
    }
    for (int i = 0; i < 100 && m->latencies->n < (uint64_t)n; i++)
        read_scores(m, 100);
    return err;
}

/* What was sent and never seen: slower than all that was waited for. */
static int64_t count_unanswered(struct measuring *m)
{
    int64_t now = clock_mono_us(), n = 0;
    for (int64_t i = 0; i < m->bench->n_creators; i++) {
        const struct queue *q = &m->queues[i];
        for (size_t k = 0; k < q->n; k++, n++)
            latencies_add(m->latencies, now - q->due_us[q->first + k]);
    }
    return n;
}

static enum err open_all(struct measuring *m, struct err_info *info)
{
    static const char *const names[8] = {"totals.views",     "totals.likes",  "totals.comments",
                                         "totals.shares",    "totals.saves",  "totals.clicks",
                                         "totals.purchases", "totals.follows"};
    struct bench *b = m->bench;
    struct avro_field fields[8];
    const char *topic = b->topics[m->in];
    struct kafka_pair pairs[2] = {{"bootstrap.servers", b->bootstrap}, {"linger.ms", "2"}};
    struct publisher_options options = {pairs, 2, &topic, 1, NULL, NULL, 0};
    for (int i = 0; i < 8; i++)
        fields[i] =
            (struct avro_field){names[i], AVRO_I64, (size_t)i * sizeof(int64_t), AVRO_NO_PRESENT, false};
    m->scratch = avro_scratch_open();
    m->fingerprint = avro_fingerprint(schema_interaction, info);
    m->queues = calloc((size_t)b->n_creators, sizeof *m->queues);
    m->latencies = calloc(1, sizeof *m->latencies);
    if (!m->queues || !m->latencies)
        abort();
    for (int64_t i = 0; i < b->n_creators && !m->relayed; i++)
        m->queues[i].shown = b->sent[i];
    enum err err = avro_compile(schema_creator_score, schema_creator_score, fields, 8, sizeof(struct totals),
                                &m->program, info);
    if (err == ERR_OK)
        err = publisher_open(&options, &m->publisher, info);
    if (err == ERR_OK)
        err = scan_open(pairs, 1, b->topics[m->out], false, false, &m->scan, info);
    return err;
}

static void close_all(struct measuring *m)
{
    for (int64_t i = 0; m->queues && i < m->bench->n_creators; i++)
        free(m->queues[i].due_us);
    free(m->queues);
    free(m->latencies);
    publisher_close(m->publisher);
    scan_close(m->scan);
    avro_program_free(m->program);
    avro_scratch_close(m->scratch);
    buffer_free(&m->value);
}

void bench_delays_take(struct bench_delays *d, const struct latencies *latencies)
{
    d->events += (int64_t)latencies->n;
    figure_add(&d->p50, (double)latencies_at(latencies, .5) / 1000);
    figure_add(&d->p90, (double)latencies_at(latencies, .9) / 1000);
    figure_add(&d->p99, (double)latencies_at(latencies, .99) / 1000);
    figure_add(&d->p999, (double)latencies_at(latencies, .999) / 1000);
    figure_add(&d->max, (double)latencies->max_us / 1000);
}

enum err bench_measure(struct bench *b, int in, int out, bool relayed, struct bench_delays *delays,
                       struct err_info *info)
{
    struct measuring m = {.bench = b, .in = in, .out = out, .relayed = relayed};
    enum err err = open_all(&m, info);
    if (err == ERR_OK) {
        read_scores(&m, 1000); /* the scan stands at the end of its topic before the first event */
        err = run(&m, info);
    }
    if (err == ERR_OK) {
        delays->unanswered += count_unanswered(&m);
        bench_delays_take(delays, m.latencies);
    }
    close_all(&m);
    return err;
}

enum err bench_latency(struct bench *b, struct bench_delays *delays, struct err_info *info)
{
    return bench_measure(b, BENCH_INTERACTIONS, BENCH_SCORES, false, delays, info);
}
