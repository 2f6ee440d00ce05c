/* feed: one partition of one input: a queue that its owner empties when it likes, and a seek. Records from before the
 * last seek are never handed over. */
#include <stdlib.h>

#include "kafka_room.h"

void feeds_open(struct consumer *c, const int32_t *partitions, size_t n)
{
    feeds_close(c);
    c->feeds = calloc(c->options.n_topics * n + 1, sizeof *c->feeds);
    c->partitions = calloc(n + 1, sizeof *c->partitions);
    if (!c->feeds || !c->partitions)
        abort();
    c->n_partitions = n;
    for (size_t p = 0; p < n; p++) {
        c->partitions[p] = partitions[p];
        for (size_t i = 0; i < c->options.n_topics; i++) {
            struct feed *feed = &c->feeds[p * c->options.n_topics + i];
            *feed = (struct feed){.consumer = c, .input = (int)i, .partition = partitions[p]};
            feed->queue = rd_kafka_queue_get_partition(c->rk, c->options.topics[i], partitions[p]);
            if (!feed->queue)
                continue;
            rd_kafka_queue_forward(feed->queue, NULL);
            rd_kafka_queue_io_event_enable(feed->queue, c->fd, &(uint64_t){1}, sizeof(uint64_t));
        }
    }
}

void feeds_close(struct consumer *c)
{
    for (size_t i = 0; i < c->n_partitions * c->options.n_topics; i++)
        if (c->feeds[i].queue) {
            rd_kafka_queue_io_event_enable(c->feeds[i].queue, -1, NULL, 0);
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
            return &c->feeds[p * c->options.n_topics + (size_t)input];
    return NULL;
}

static int64_t earliest(struct feed *feed, int64_t *latest)
{
    int64_t low = -1, high = -1;
    if (rd_kafka_query_watermark_offsets(feed->consumer->rk, feed->consumer->options.topics[feed->input], feed->partition, &low, &high, 2000))
        low = high = -1;
    *latest = high;
    return low;
}

enum err feed_seek(struct feed *feed, int64_t offset, struct err_info *info)
{
    int64_t latest;
    if (!feed->queue)
        return err_set(info, ERR_WEATHER, "no_queue", "the partition has no queue yet");
    if (offset == FEED_EARLIEST && (offset = earliest(feed, &latest)) < 0)
        return err_set(info, ERR_WEATHER, "no_watermarks", "the broker does not say where %s/%d begins",
                       feed->consumer->options.topics[feed->input], feed->partition);
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(list, feed->consumer->options.topics[feed->input], feed->partition)->offset = offset;
    rd_kafka_error_t *error = rd_kafka_seek_partitions(feed->consumer->rk, list, 1000);
    rd_kafka_resp_err_t code = error ? rd_kafka_error_code(error) : list->elems[0].err;
    if (error)
        rd_kafka_error_destroy(error);
    rd_kafka_topic_partition_list_destroy(list);
    if (code)
        return kafka_err(info, code, "seek");
    feed->sought = true;
    feed->least = offset;
    return ERR_OK;
}

static void trouble(struct feed *feed, const rd_kafka_message_t *m)
{
    const struct feed_handlers *h = feed->reading;
    int64_t low, high;
    switch (m->err) {
    case RD_KAFKA_RESP_ERR__PARTITION_EOF:
        if (m->offset >= feed->least)
            h->end(h->owner, feed->input, m->offset);
        return;
    case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
    case RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE:
        low = earliest(feed, &high);
        h->out_of_range(h->owner, feed->input, low, high);
        return;
    default:
        log_warn("feed_error", "topic=%s partition=%d error=%s message=\"%s\"", feed->consumer->options.topics[feed->input], feed->partition,
                 rd_kafka_err2name(m->err), rd_kafka_message_errstr(m));
    }
}

static void on_message(rd_kafka_message_t *m, void *opaque)
{
    struct feed *feed = opaque;
    struct kafka_record record;
    if (!feed->sought)
        return;
    if (m->err) {
        trouble(feed, m);
        return;
    }
    away_over(&feed->consumer->away);
    if (m->offset < feed->least)
        return;
    record_of(m, feed->input, &record);
    feed->n_read++;
    if (!feed->reading->record(feed->reading->owner, &record))
        rd_kafka_yield(feed->consumer->rk); /* the rest stays in the queue, in order */
}

size_t feed_read(struct feed *feed, const struct feed_handlers *handlers)
{
    if (!feed->queue)
        return 0;
    feed->reading = handlers;
    feed->n_read = 0;
    rd_kafka_consume_callback_queue(feed->queue, 0, on_message, feed);
    feed->reading = NULL;
    return feed->n_read;
}

void feed_watermarks(const struct feed *feed, int64_t *low, int64_t *high)
{
    *low = *high = -1;
    rd_kafka_get_watermark_offsets(feed->consumer->rk, feed->consumer->options.topics[feed->input], feed->partition, low, high);
}
