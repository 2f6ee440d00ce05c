/* bench_shortlists: posts that make their creators speak of something else, among J1's interactions, and for
 * each the time until a fit of that creator was told (or taken back) and until the campaign's shortlist shows
 * it. A shortlist's version says which fits it contains. A creator without a place moves no fit: its post
 * counts nowhere. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "bench.h"
#include "microflux/clock.h"
#include "microflux/fit_record.h"
#include "microflux/schemas.h"

#define PROBES_A_SECOND 20
#define QUIET_MS        2000
#define MOST_QUIET_MS   120000

struct awaited { /* a campaign's shortlist with this fit */
    int64_t due_us, offsets;
};

struct probing {
    struct bench *bench;
    struct bench_fits *fits;
    struct publisher *publisher; /* posts, interactions */
    struct scan *told, *lists;
    struct avro_program *version;
    struct avro_scratch *scratch;
    struct buffer value;
    uint64_t fingerprints[2];
    int64_t *due_us; /* of each creator's post; 0: none */
    struct awaited *awaited;
    struct latencies *fit, *shortlist;
    int64_t sent, lists_read;
};

static enum err send(struct probing *p, int topic, int64_t creator, struct err_info *info)
{
    char key[24];
    struct bytes name = {key, bench_key(key, sizeof key, creator)};
    enum err err;
    while ((err = publish(p->publisher, topic, -1, name, (struct bytes){p->value.data, p->value.len}, 0, NULL,
                          0, 0, info)) == ERR_WEATHER)
        publisher_poll(p->publisher, 1);
    p->bench->ends[topic ? BENCH_INTERACTIONS : BENCH_POSTS_TOPIC]++;
    return err;
}

static enum err send_interaction(struct probing *p, struct err_info *info)
{
    struct bench *b = p->bench;
    int64_t creator = bench_creator(b);
    bench_interaction(&p->value, creator, 0, KIND_LIKE, 1, clock_wall_ms(), p->fingerprints[1]);
    b->sent[creator]++;
    return send(p, 1, creator, info);
}

/* Of another niche than all its posts before. */
static enum err send_probe(struct probing *p, int64_t due_us, struct err_info *info)
{
    struct bench *b = p->bench;
    int64_t creator = p->sent++ * 7919 % b->n_creators;
    bench_post(&p->value, creator, p->sent, creator + 4, clock_wall_ms(), p->fingerprints[0]);
    p->due_us[creator] = due_us;
    return send(p, 0, creator, info);
}

/* ---- what comes of it ---- */

static void take_fit(struct probing *p, const struct kafka_record *record, int64_t now_us)
{
    struct bytes campaign, creator;
    if (!fit_record_key(record->key, &campaign, &creator))
        return;
    int64_t *due = &p->due_us[strtoll(creator.ptr + 1, NULL, 10)];
    struct awaited *awaited = &p->awaited[strtoll(campaign.ptr + 1, NULL, 10)];
    if (*due == 0)
        return;
    latencies_add(p->fit, now_us - *due);
    if (awaited->due_us == 0)
        *awaited = (struct awaited){*due, record->offset + 1};
    *due = 0;
}

static void take_list(struct probing *p, const struct kafka_record *record, int64_t now_us)
{
    struct awaited *awaited = &p->awaited[strtoll(record->key.ptr + 1, NULL, 10)];
    struct err_info info;
    int64_t offsets;
    p->lists_read++;
    if (awaited->due_us == 0 || !record->value.ptr ||
        avro_decode(p->version, p->scratch, avro_frame_read(record->value).body, &offsets, &info) != ERR_OK ||
        offsets < awaited->offsets)
        return;
    latencies_add(p->shortlist, now_us - awaited->due_us);
    awaited->due_us = 0;
}

static void read_both(struct probing *p, int timeout_ms)
{
    struct kafka_record record;
    struct err_info info;
    bool done;
    while (scan_next(p->told, timeout_ms, &record, &done, &info) == ERR_OK)
        take_fit(p, &record, clock_mono_us());
    while (scan_next(p->lists, timeout_ms, &record, &done, &info) == ERR_OK)
        take_list(p, &record, clock_mono_us());
}

/* The roster worker has read all that was told before. */
static void wait_for_quiet(struct probing *p)
{
    int64_t begun = clock_mono_ms(), since = begun + QUIET_MS, read = 0;
    while (clock_mono_ms() - since < QUIET_MS && since - begun < MOST_QUIET_MS) {
        read_both(p, 50);
        since = p->lists_read != read ? clock_mono_ms() : since;
        read = p->lists_read;
    }
}

static enum err run(struct probing *p, struct err_info *info)
{
    const struct bench *b = p->bench;
    int64_t begun = clock_mono_us(), n = b->latency_rate * b->latency_seconds, sent = 0;
    enum err err = ERR_OK;
    while (sent < n && err == ERR_OK) {
        int64_t now = clock_mono_us() - begun, due = now * b->latency_rate / 1000000;
        for (; sent < due && sent < n && err == ERR_OK; sent++)
            err = send_interaction(p, info);
        for (int64_t probes = now * PROBES_A_SECOND / 1000000; p->sent < probes && err == ERR_OK;)
            err = send_probe(p, begun + p->sent * 1000000 / PROBES_A_SECOND, info);
        publisher_poll(p->publisher, 0);
        read_both(p, 1);
    }
    for (int i = 0; i < 50; i++)
        read_both(p, 50);
    return err;
}

/* ---- */

static enum err open_all(struct probing *p, struct err_info *info)
{
    static const struct avro_field fields[] = {{"version.offsets", AVRO_I64, 0, AVRO_NO_PRESENT, false}};
    struct bench *b = p->bench;
    const char *topics[] = {b->topics[BENCH_POSTS_TOPIC], b->topics[BENCH_INTERACTIONS]};
    struct kafka_pair pairs[] = {{"bootstrap.servers", b->bootstrap}, {"linger.ms", "2"}};
    struct publisher_options options = {pairs, 2, topics, 2, NULL, NULL, 0};
    p->scratch = avro_scratch_open();
    p->fingerprints[0] = avro_fingerprint(schema_post, info);
    p->fingerprints[1] = avro_fingerprint(schema_interaction, info);
    p->due_us = calloc((size_t)b->n_creators, sizeof *p->due_us);
    p->awaited = calloc((size_t)p->fits->campaigns, sizeof *p->awaited);
    p->fit = calloc(1, sizeof *p->fit);
    p->shortlist = calloc(1, sizeof *p->shortlist);
    if (!p->due_us || !p->awaited || !p->fit || !p->shortlist)
        abort();
    enum err err =
        avro_compile(schema_shortlist, schema_shortlist, fields, 1, sizeof(int64_t), &p->version, info);
    if (err == ERR_OK)
        err = publisher_open(&options, &p->publisher, info);
    if (err == ERR_OK)
        err = scan_open(pairs, 1, b->topics[BENCH_FITS], false, false, &p->told, info);
    return err == ERR_OK ? scan_open(pairs, 1, b->topics[BENCH_SHORTLISTS], false, false, &p->lists, info)
                         : err;
}

static void close_all(struct probing *p)
{
    publisher_close(p->publisher);
    scan_close(p->told);
    scan_close(p->lists);
    avro_program_free(p->version);
    avro_scratch_close(p->scratch);
    buffer_free(&p->value);
    free(p->due_us);
    free(p->awaited);
    free(p->fit);
    free(p->shortlist);
}

enum err bench_shortlists(struct bench *b, struct bench_run *run_of, struct bench_fits *fits,
                          struct err_info *info)
{
    struct probing p = {.bench = b, .fits = fits};
    enum err err = open_all(&p, info);
    if (err == ERR_OK) {
        bench_run_beside(run_of,
                         (const char *const[]){"run", "roster", "--set", "roster.min_interval_ms=0", NULL},
                         "roster.log");
        wait_for_quiet(&p);
        err = run(&p, info);
    }
    if (err == ERR_OK)
        err = publisher_flush(p.publisher, 30000, info);
    if (err == ERR_OK) {
        bench_delays_take(&fits->fit, p.fit);
        bench_delays_take(&fits->shortlist, p.shortlist);
    }
    close_all(&p);
    return err == ERR_OK ? bench_run_wait(run_of, true, info) : err;
}
