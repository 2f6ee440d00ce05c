/* feed: one partition of one input: a queue that its owner empties when it likes, and a position that only
 * moves forward between seeks. Four habits of librdkafka shape it:
 * - A logical start (END, BEGINNING) is looked up in the background, and the answer of a lookup that a seek
 * overtook moves the position again, silently (its issue 2256). So only absolute offsets are used: a
 * partition starts paused at 0.
 * - After an offset out of range it gives the partition up and refuses seeks: then all feeds are assigned
 * anew, each at its own position. A checksum failure skips the batch: then the feed is sought back to its
 * position instead.
 * - A callback reader takes the whole queue at once, and what it took counts as read: with it nothing bounds
 * the prefetch. So small batches are taken, and what an owner does not want yet is held here.
 * - When every queue is full its threads sleep, up to a second, and reading does not wake them: see nudge().
 */
#include <stdlib.h>

#include "kafka_room.h"
#include "microflux/clock.h"

#define SEEK_MS    1000 /* for librdkafka's own thread; no network */
#define QUERY_MS   1000
#define RETRY_MS   1000
#define KEYS_AHEAD 12 /* records between the announcement of a key and its record */

static const char *topic_of(const struct feed *feed)
{
    return feed->consumer->topics[feed->input];
}

static size_t n_feeds(const struct consumer *c)
{
    return c->n_partitions * c->n_topics;
}

/* ---- all feeds of an assignment ---- */

static rd_kafka_topic_partition_list_t *list_of(const struct feed *feeds, size_t n, bool unsought_only)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new((int)n + 1);
    for (size_t i = 0; i < n; i++)
        if (!unsought_only || !feeds[i].sought)
            rd_kafka_topic_partition_list_add(list, topic_of(&feeds[i]), feeds[i].partition)->offset =
                feeds[i].next;
    return list;
}

static void open_feed(struct feed *feed)
{
    struct consumer *c = feed->consumer;
    feed->queue = rd_kafka_queue_get_partition(c->rk, topic_of(feed), feed->partition);
    if (!feed->queue)
        return;
    rd_kafka_queue_forward(feed->queue, NULL); /* holds for the assignments to come, too */
    rd_kafka_queue_io_event_enable(feed->queue, c->fd, &(uint64_t){1}, sizeof(uint64_t));
}

void feeds_open(struct consumer *c, const int32_t *partitions, size_t n)
{
    feeds_close(c);
    c->feeds = calloc(c->n_topics * n + 1, sizeof *c->feeds);
    c->partitions = calloc(n + 1, sizeof *c->partitions);
    if (!c->feeds || !c->partitions)
        abort();
    c->n_partitions = n;
    for (size_t p = 0; p < n; p++) {
        c->partitions[p] = partitions[p];
        for (size_t i = 0; i < c->n_topics; i++) {
            struct feed *feed = &c->feeds[p * c->n_topics + i];
            *feed = (struct feed){.consumer = c, .input = (int)i, .partition = partitions[p]};
            open_feed(feed);
        }
    }
}

rd_kafka_resp_err_t feeds_assign(struct consumer *c)
{
    rd_kafka_topic_partition_list_t *unsought = list_of(c->feeds, n_feeds(c), true);
    rd_kafka_topic_partition_list_t *all = list_of(c->feeds, n_feeds(c), false);
    rd_kafka_pause_partitions(c->rk, unsought); /* before the start, or it would fetch from 0 */
    rd_kafka_resp_err_t code = rd_kafka_assign(c->rk, all);
    for (size_t i = 0; i < n_feeds(c); i++) {
        c->feeds[i].paused = !c->feeds[i].sought;
        c->feeds[i].given_up = false;
    }
    rd_kafka_topic_partition_list_destroy(unsought);
    rd_kafka_topic_partition_list_destroy(all);
    return code;
}

static bool out_of_range(rd_kafka_resp_err_t code)
{
    return code == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET || code == RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE;
}

static void look_for_end(rd_kafka_message_t *m, void *opaque)
{
    struct feed *feed = opaque;
    feed->given_up |= out_of_range(m->err);
}

/* Drops everything that was fetched. Only that librdkafka gave the partition up is not forgotten. */
static void empty(struct feed *feed)
{
    for (; feed->held_from < feed->held_to; feed->held_from++) {
        look_for_end(feed->held[feed->held_from], feed);
        rd_kafka_message_destroy(feed->held[feed->held_from]);
    }
    rd_kafka_consume_callback_queue(feed->queue, 0, look_for_end, feed);
}

void feeds_close(struct consumer *c)
{
    for (size_t i = 0; i < n_feeds(c); i++)
        if (c->feeds[i].queue) {
            rd_kafka_queue_io_event_enable(c->feeds[i].queue, -1, NULL, 0);
            empty(&c->feeds[i]); /* or the prefetch stays in memory */
            rd_kafka_queue_destroy(c->feeds[i].queue);
        }
    free(c->feeds);
    free(c->partitions);
    c->feeds = NULL;
    c->partitions = NULL;
    c->n_partitions = 0;
}

struct feed *consumer_feed(struct consumer *c, int input, int32_t partition)
{
    for (size_t p = 0; p < c->n_partitions; p++)
        if (c->partitions[p] == partition)
            return &c->feeds[p * c->n_topics + (size_t)input];
    return NULL;
}

/* ---- seek ---- */

static rd_kafka_resp_err_t seek(struct feed *feed)
{
    rd_kafka_topic_partition_list_t *one = list_of(feed, 1, false);
    rd_kafka_error_t *error = rd_kafka_seek_partitions(feed->consumer->rk, one, SEEK_MS);
    rd_kafka_resp_err_t code = error ? rd_kafka_error_code(error) : one->elems[0].err;
    if (error)
        rd_kafka_error_destroy(error);
    if (!code && feed->paused) {
        rd_kafka_resume_partitions(feed->consumer->rk, one);
        feed->paused = false;
        rd_kafka_seek_partitions(feed->consumer->rk, one, 0); /* as nudge(): a resume wakes nobody */
    }
    rd_kafka_topic_partition_list_destroy(one);
    return code;
}

/* The feed's position becomes librdkafka's. What was fetched before is dropped by librdkafka itself (a
 * version barrier). */
static rd_kafka_resp_err_t go_to_position(struct feed *feed)
{
    struct consumer *c = feed->consumer;
    rd_kafka_resp_err_t code = RD_KAFKA_RESP_ERR__STATE;
    empty(feed); /* left in place it would keep the broker's thread from fetching, up to a second */
    if (!feed->given_up)
        code = seek(feed);
    if (code == RD_KAFKA_RESP_ERR__STATE) /* not started yet; or given up, and we did not hear it */
        empty(feed);
    if (feed->given_up && !c->revoking) {
        feed->sought = true;
        code = feeds_assign(c);
        if (!code)
            code = seek(
                feed); /* it may have been paused; refused while the old one stops: the caller tries again */
    }
    if (code)
        return code;
    feed->sought = true;
    feed->trouble = FEED_WELL;
    consumer_wake(c); /* what lies in the queue already would not wake anybody */
    return code;
}

static bool ask_edge(const struct feed *feed, int64_t edge, int64_t *offset)
{
    return log_edge(feed->consumer->rk, topic_of(feed), feed->partition, edge, QUERY_MS, offset) ==
           RD_KAFKA_RESP_ERR_NO_ERROR;
}

enum err feed_seek(struct feed *feed, int64_t offset, struct err_info *info)
{
    feed->sought = false;
    if (!feed->queue)
        return err_set(info, ERR_WEATHER, "no_queue", "%s/%d has no queue", topic_of(feed), feed->partition);
    if (offset == FEED_EARLIEST && !ask_edge(feed, RD_KAFKA_OFFSET_BEGINNING, &offset))
        return err_set(info, ERR_WEATHER, "no_watermarks", "Kafka does not say where %s/%d begins",
                       topic_of(feed), feed->partition);
    feed->next = offset;
    feed->retry_ms = 0;
    rd_kafka_resp_err_t code = go_to_position(feed);
    return code ? kafka_err(info, ERR_WEATHER, code, "seek") : ERR_OK;
}

/* ---- trouble ---- */

/* The broker does not have our position: the owner decides. Or it has by now (another leader): go on. */
static void settle_outside(struct feed *feed, const struct feed_handlers *h)
{
    int64_t low, high;
    if (!ask_edge(feed, RD_KAFKA_OFFSET_BEGINNING, &low) || !ask_edge(feed, RD_KAFKA_OFFSET_END, &high))
        return;
    if (feed->next >= low && feed->next <= high) {
        (void)go_to_position(feed);
        return;
    }
    feed->trouble = FEED_WELL;
    feed->sought = false;
    h->out_of_range(h->owner, feed->input, low, high);
}

static void settle(struct feed *feed, const struct feed_handlers *handlers)
{
    int64_t now = clock_mono_ms();
    if (now < feed->retry_ms)
        return;
    feed->retry_ms = now + RETRY_MS;
    if (feed->trouble == FEED_OUTSIDE)
        settle_outside(feed, handlers);
    else
        (void)go_to_position(feed);
}

/* What makes librdkafka go on behind a batch that it could not read. */
static bool skips(rd_kafka_resp_err_t code)
{
    return code == RD_KAFKA_RESP_ERR__BAD_MSG || code == RD_KAFKA_RESP_ERR__BAD_COMPRESSION ||
           code == RD_KAFKA_RESP_ERR__NOT_IMPLEMENTED || code == RD_KAFKA_RESP_ERR__CRIT_SYS_RESOURCE;
}

static void on_event(struct feed *feed, const rd_kafka_message_t *m)
{
    if (m->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
        weather_fair(&feed->consumer->weather);
        if (m->offset < feed->next)
            return;
        feed->next = m->offset;
        feed->reading->end(feed->reading->owner, feed->input, m->offset);
        return;
    }
    if (out_of_range(m->err)) {
        feed->trouble = FEED_OUTSIDE;
        feed->given_up = true;
    } else if (skips(m->err)) {
        feed->trouble = FEED_CORRUPT;
    }
    weather_count(&feed->consumer->weather, m->err);
    if (m->err != feed->told)
        log_warn(feed->trouble == FEED_CORRUPT ? "feed_corrupt" : "feed_error",
                 "topic=%s partition=%d position=%lld error=%s message=\"%s\"", topic_of(feed),
                 feed->partition, (long long)feed->next, rd_kafka_err2name(m->err),
                 rd_kafka_message_errstr(m));
    feed->told = m->err;
}

/* ---- read ---- */

/* A broker's thread goes to sleep, up to a second, when every queue is full, and reading them does not wake
 * it (librdkafka before 2.2). A question does; nobody waits for the answer. Once for each full queue is
 * enough: what is left of it when it is asked is either below the limit, or enough to come here again. */
static void nudge(struct feed *feed)
{
    int64_t offset;
    feed->eaten = feed->eaten_bytes = 0;
    log_edge(feed->consumer->rk, topic_of(feed), feed->partition, RD_KAFKA_OFFSET_END, 0, &offset);
}

static enum feed_verdict hand_over(struct feed *feed, const rd_kafka_message_t *m)
{
    const struct feed_handlers *h = feed->reading;
    struct kafka_record record;
    weather_fair(&feed->consumer->weather);
    record_of(m, feed->input, &record);
    feed->told = RD_KAFKA_RESP_ERR_NO_ERROR;
    enum feed_verdict verdict = h->record(h->owner, &record);
    if (verdict == FEED_LATER) {
        feed->held_from--; /* where it was taken from */
        return verdict;
    }
    feed->next = m->offset + 1;
    feed->eaten++;
    feed->eaten_bytes += m->len;
    return verdict;
}

/* Looks ahead in what was taken: a message's head, then its key, are fetched from memory before they are
 * needed. */
static void look_ahead(const struct feed *feed)
{
    const struct feed_handlers *h = feed->reading;
    size_t near = feed->held_from + KEYS_AHEAD, far = feed->held_from + 2 * KEYS_AHEAD;
    if (far < feed->held_to)
        __builtin_prefetch(feed->held[far]);
    if (!h->coming || near >= feed->held_to || feed->held[near]->err || !feed->held[near]->key)
        return;
    h->coming(h->owner, (struct bytes){feed->held[near]->key, feed->held[near]->key_len});
}

/* The next message of the queue, up to `left` of which are taken; NULL: there is none. */
static rd_kafka_message_t *take(struct feed *feed, size_t *left)
{
    if (feed->held_from == feed->held_to) {
        size_t max = *left < FEED_BATCH ? *left : FEED_BATCH;
        feed->consumer->taking = feed;
        ssize_t n = max ? rd_kafka_consume_batch_queue(feed->queue, 0, feed->held, max) : 0;
        feed->consumer->taking = NULL;
        feed->held_from = 0;
        feed->held_to = n > 0 ? (size_t)n : 0;
        *left -= feed->held_to;
        if (feed->eaten >= feed->consumer->feed_records || feed->eaten_bytes >= feed->consumer->feed_bytes)
            nudge(feed);
    }
    return feed->held_from < feed->held_to ? feed->held[feed->held_from++] : NULL;
}

size_t feed_read(struct feed *feed, const struct feed_handlers *handlers)
{
    size_t n = 0, left = feed->queue ? rd_kafka_queue_length(feed->queue) : 0;
    enum feed_verdict verdict = feed->queue ? FEED_MORE : FEED_STOP;
    rd_kafka_message_t *m;
    feed->reading = handlers;
    while (verdict == FEED_MORE && (m = take(feed, &left))) {
        if (!feed->sought || feed->trouble != FEED_WELL) {
            look_for_end(m, feed);
        } else if (m->err) {
            on_event(feed, m);
        } else if (m->offset >= feed->next) {
            look_ahead(feed);
            verdict = hand_over(feed, m);
            n += verdict != FEED_LATER;
        }
        if (verdict != FEED_LATER)
            rd_kafka_message_destroy(m);
    }
    feed->reading = NULL;
    if (feed->vanished) {
        feed->vanished = feed->sought = false;
        handlers->out_of_range(handlers->owner, feed->input, -1, -1);
        return n;
    }
    if (feed->trouble != FEED_WELL)
        settle(feed, handlers);
    return n;
}

bool feed_at_end(const struct feed *feed, bool *at_end)
{
    int64_t end;
    if (!ask_edge(feed, RD_KAFKA_OFFSET_END, &end))
        return false;
    *at_end = end == feed->next;
    return true;
}

void feed_watermarks(const struct feed *feed, int64_t *low, int64_t *high)
{
    if (rd_kafka_get_watermark_offsets(feed->consumer->rk, topic_of(feed), feed->partition, low, high))
        *low = *high = -1;
    *low = *low < 0 ? -1 : *low;
    *high = *high < 0 ? -1 : *high;
}
