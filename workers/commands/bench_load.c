/* bench_load: the input of job J1: 200,000 profiles, one post each, 4,000,000 interactions on them: Zipf 1.0
 * over the creators, event time over three days, LIKE 62 %, COMMENT 12 %, SHARE 6 %, SAVE 8 %, VIEW 12 %
 * (count 1 to 20); and what every counter must be at the end. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "bench.h"
#include "generate_words.h"
#include "microflux/clock.h"
#include "microflux/schemas.h"

#define MOST_PAIRS 64
#define TAGS       3
#define TOPICAL    16 /* of the tags of a niche: the others are everybody's */

struct loading {
    struct bench *bench;
    struct publisher *publisher;
    struct buffer value;
    uint64_t fingerprints[3];
    int64_t failed;
};

static void on_delivered(void *owner, uint64_t ticket, const struct err_info *failure)
{
    struct loading *l = owner;
    (void)ticket;
    l->failed += failure != NULL;
}

size_t bench_key(char *key, size_t size, int64_t creator)
{
    return (size_t)snprintf(key, size, "c%07" PRId64, creator);
}

static enum err send(struct loading *l, int topic, int64_t creator, int64_t timestamp, struct err_info *info)
{
    char key[24];
    enum err err;
    size_t len = bench_key(key, sizeof key, creator);
    while ((err = publish(l->publisher, topic, -1, (struct bytes){key, len},
                          (struct bytes){l->value.data, l->value.len}, timestamp, NULL, 0, 0, info)) ==
           ERR_WEATHER)
        publisher_poll(l->publisher, 5);
    l->bench->ends[topic]++;
    if (l->bench->ends[topic] % 1000 == 0)
        publisher_poll(l->publisher, 0);
    return err;
}

static void put_creator(struct buffer *out, int64_t creator)
{
    char key[24];
    size_t len = bench_key(key, sizeof key, creator);
    avro_put_bytes(out, (struct bytes){key, len});
}

size_t bench_post_id(char *id, size_t size, int64_t creator, int64_t post)
{
    return (size_t)snprintf(id, size, "p%07" PRId64 "-%" PRId64, creator, post);
}

static void put_post_id(struct buffer *out, int64_t creator, int64_t post)
{
    char id[32];
    size_t len = bench_post_id(id, sizeof id, creator, post);
    avro_put_bytes(out, (struct bytes){id, len});
}

void bench_interaction(struct buffer *out, int64_t creator, int64_t post, int kind, int64_t count, int64_t at,
                       uint64_t fingerprint)
{
    char actor[24];
    out->len = 0;
    avro_put_frame(out, 0, fingerprint);
    put_creator(out, creator);
    avro_put_long(out, 1);
    put_post_id(out, creator, post);
    avro_put_long(out, 1);
    size_t len = (size_t)snprintf(actor, sizeof actor, "a%09" PRId64, (creator * 7919 + at) % 100000000);
    avro_put_bytes(out, (struct bytes){actor, len});
    avro_put_long(out, kind);
    avro_put_long(out, count);
    avro_put_long(out, at);
    for (int i = 0; i < 4; i++) /* comment, actor, value, campaign_id: null */
        avro_put_long(out, 0);
}

static enum err load_profiles(struct loading *l, int64_t start, struct err_info *info)
{
    enum err err = ERR_OK;
    for (int64_t i = 0; i < l->bench->n_creators && err == ERR_OK; i++) {
        l->value.len = 0;
        avro_put_frame(&l->value, 0, l->fingerprints[0]);
        put_creator(&l->value, i);
        avro_put_long(&l->value, 1 + i % 4); /* platform */
        avro_put_long(&l->value, start);
        avro_put_long(&l->value, 500 + i % 150000);
        avro_put_long(&l->value, 0); /* following, posts: null */
        avro_put_long(&l->value, 0);
        avro_put_bool(&l->value, false);
        for (int k = 0; k < 5; k++) /* country null, languages [], topics [], price null, audience null */
            avro_put_long(&l->value, 0);
        err = send(l, BENCH_PROFILES, i, start, info);
    }
    return err;
}

static void put_tags(struct buffer *out, int64_t of)
{
    avro_put_block(out, of < 0 ? 0 : TAGS);
    for (int64_t k = 0; k < TAGS && of >= 0; k++)
        avro_put_bytes(out,
                       bytes_of(niche_tag((int)(of / 4 % (N_NICHES - 1)), (uint64_t)(of + 5 * k) % TOPICAL)));
    avro_put_end(out);
}

void bench_post(struct buffer *out, int64_t creator, int64_t post, int64_t tags_of, int64_t at,
                uint64_t fingerprint)
{
    out->len = 0;
    avro_put_frame(out, 0, fingerprint);
    put_creator(out, creator);
    put_post_id(out, creator, post);
    avro_put_long(out, at);
    avro_put_long(out, 1);
    put_tags(out, tags_of);
    for (int k = 0; k < 2; k++) /* mentions, sponsors */
        avro_put_long(out, 0);
    avro_put_bool(out, false);
    avro_put_long(out, 0); /* language, text */
    avro_put_long(out, 0);
    avro_put_bool(out, false);
    avro_put_long(out, 0); /* metrics */
}

static enum err load_posts(struct loading *l, int64_t start, struct err_info *info)
{
    enum err err = ERR_OK;
    for (int64_t i = 0; i < l->bench->n_creators * BENCH_POSTS && err == ERR_OK; i++) {
        int64_t creator = i / BENCH_POSTS, post = i % BENCH_POSTS;
        bench_post(&l->value, creator, post, l->bench->tagged ? creator : -1, start + post,
                   l->fingerprints[1]);
        err = send(l, BENCH_POSTS_TOPIC, creator, start + 1, info);
    }
    return err;
}

static int draw_kind(struct random *r)
{
    double x = random_unit(r);
    return x < .62   ? KIND_LIKE
           : x < .74 ? KIND_COMMENT
           : x < .80 ? KIND_SHARE
           : x < .88 ? KIND_SAVE
                     : KIND_VIEW;
}

int64_t bench_creator(struct bench *b)
{
    double x = random_unit(&b->random) * b->cumulative[b->n_creators - 1];
    int64_t low = 0, high = b->n_creators - 1;
    while (low < high) {
        int64_t middle = (low + high) / 2;
        if (b->cumulative[middle] < x)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static enum err load_interactions(struct loading *l, int64_t n, int64_t start, int64_t span,
                                  struct err_info *info)
{
    struct bench *b = l->bench;
    enum err err = ERR_OK;
    for (int64_t i = 0; i < n && err == ERR_OK; i++) {
        int64_t creator = bench_creator(b), at = start + 2 + i * span / n;
        int kind = draw_kind(&b->random);
        int64_t count = kind == KIND_VIEW ? 1 + random_below(&b->random, 20) : 1;
        bench_interaction(&l->value, creator, random_below(&b->random, BENCH_POSTS), kind, count, at,
                          l->fingerprints[2]);
        b->sent[creator] += count;
        err = send(l, BENCH_INTERACTIONS, creator, at, info);
    }
    return err;
}

static enum err make_topics(const struct bench *b, struct err_info *info)
{
    static const char *const settings[] = {"retention.ms=-1"};
    struct topic_spec specs[N_BENCH_TOPICS];
    bool created[N_BENCH_TOPICS];
    for (int i = 0; i < N_BENCH_TOPICS; i++)
        specs[i] = (struct topic_spec){b->topics[i], (int32_t)b->partitions, -1, false, settings, 1};
    return topics_create(kafka_pairs_of(b->config), b->config->n_kafka, specs, N_BENCH_TOPICS, 15000, created,
                         info);
}

void bench_draw_open(struct bench *b)
{
    b->cumulative = calloc((size_t)b->n_creators, sizeof *b->cumulative);
    b->sent = calloc((size_t)b->n_creators, sizeof *b->sent);
    if (!b->cumulative || !b->sent)
        abort();
    for (int64_t i = 0; i < b->n_creators; i++)
        b->cumulative[i] = (i ? b->cumulative[i - 1] : 0) + 1.0 / (double)(i + 1);
}

static enum err open_loading(struct loading *l, struct err_info *info)
{
    struct bench *b = l->bench;
    const char *names[3] = {b->topics[0], b->topics[1], b->topics[2]};
    struct kafka_pair pairs[MOST_PAIRS] = {{"linger.ms", "5"}}; /* batches as a busy producer's */
    size_t n = b->config->n_kafka < MOST_PAIRS - 1 ? b->config->n_kafka : MOST_PAIRS - 1;
    memcpy(pairs + 1, kafka_pairs_of(b->config), n * sizeof *pairs);
    struct publisher_options options = {pairs, n + 1, names, 3, l, on_delivered, 0};
    l->fingerprints[0] = avro_fingerprint(schema_profile, info);
    l->fingerprints[1] = avro_fingerprint(schema_post, info);
    l->fingerprints[2] = avro_fingerprint(schema_interaction, info);
    return publisher_open(&options, &l->publisher, info);
}

static enum err close_loading(struct loading *l, enum err err, struct err_info *info)
{
    if (err == ERR_OK)
        err = publisher_flush(l->publisher, 120000, info);
    if (err == ERR_OK && l->failed)
        err = err_set(info, ERR_WEATHER, "load",
                      "%" PRId64 " records of the load were not taken by the broker", l->failed);
    publisher_close(l->publisher);
    buffer_free(&l->value);
    return err;
}

enum err bench_load(struct bench *b, struct err_info *info)
{
    struct loading l = {.bench = b};
    const int64_t span = 3 * MS_DAY, start = clock_wall_ms() - span - MS_HOUR;
    enum err err = make_topics(b, info);
    if (err == ERR_OK)
        err = open_loading(&l, info);
    if (err == ERR_OK)
        err = load_profiles(&l, start, info);
    if (err == ERR_OK)
        err = load_posts(&l, start, info);
    if (err == ERR_OK)
        err = load_interactions(&l, b->n_events, start, span, info);
    return close_loading(&l, err, info);
}

enum err bench_load_again(struct bench *b, struct err_info *info)
{
    memset(b->sent, 0, (size_t)b->n_creators * sizeof *b->sent);
    memset(b->ends, 0, sizeof b->ends);
    bench_name(b);
    return bench_load(b, info);
}

enum err bench_more(struct bench *b, int64_t n, struct err_info *info)
{
    struct loading l = {.bench = b};
    enum err err = open_loading(&l, info);
    if (err == ERR_OK)
        err = load_interactions(&l, n, clock_wall_ms(), 0, info);
    return close_loading(&l, err, info);
}

enum err bench_touch(struct bench *b, struct err_info *info)
{
    struct loading l = {.bench = b};
    enum err err = open_loading(&l, info);
    for (int64_t i = 0; i < b->n_creators && err == ERR_OK; i++) {
        int64_t now = clock_wall_ms();
        bench_interaction(&l.value, i, 0, KIND_LIKE, 1, now, l.fingerprints[2]);
        b->sent[i]++;
        err = send(&l, BENCH_INTERACTIONS, i, now, info);
    }
    return close_loading(&l, err, info);
}
