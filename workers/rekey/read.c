/* read: the partitions of the source, each from where the group stands, side by side in record time. A record
 * that cannot be taken now stays in its feed and is met again. */
#include <inttypes.h>

#include "rekey_room.h"

#define ASK_MS   500 /* of waiting for a position; then the consumer is polled */
#define RETRY_MS 200

static enum feed_verdict on_record(void *owner, const struct kafka_record *record)
{
    struct part *part = owner;
    struct rekey *r = part->rekey;
    struct err_info info;
    part->heard_ms = clock_mono_ms();
    if (record->timestamp > part->frontier)
        part->frontier = record->timestamp;
    if (record->timestamp > r->limit || !settle_begin(r))
        return FEED_LATER;
    enum err err = copy_record(r, record, &info);
    if (err == ERR_WEATHER)
        r->later = true;
    else if (err != ERR_OK)
        r->doubt = info;
    if (err != ERR_OK)
        return FEED_LATER;
    part->next = record->offset + 1;
    part->moved = true;
    part->ended = false;
    COUNT(r, received, 1);
    return (int64_t)++r->transaction.records < r->options.commit_records ? FEED_MORE : FEED_STOP;
}

/* Control records and compaction leave a gap before the end; the next commit includes it. */
static void on_end(void *owner, int input, int64_t offset)
{
    struct part *part = owner;
    (void)input;
    part->next = offset;
    part->ended = true;
}

static void hold(struct part *part, const char *word, const char *cure, int64_t earliest, int64_t latest)
{
    part->state = PART_HELD;
    log_error("partition_held",
              "topic=%s partition=%" PRId32 " position=%" PRId64 " reason=%s earliest=%" PRId64
              " latest=%" PRId64 " message=\"%s\"",
              part->rekey->options.from, part->partition, part->next, word, earliest, latest, cure);
}

/* The records that expired are left out: the next commit says so. */
static enum err skip_to(struct part *part, int64_t earliest, struct err_info *info)
{
    struct rekey *r = part->rekey;
    enum err err = feed_seek(part->feed, earliest, info);
    if (err != ERR_OK)
        return err;
    log_error("log_lost", "topic=%s partition=%" PRId32 " from=%" PRId64 " to=%" PRId64, r->options.from,
              part->partition, part->next, earliest - 1);
    COUNT(r, expired, earliest - part->next);
    part->next = earliest;
    return ERR_OK;
}

/* Where it is not clear from where to go on, the group is asked; so the open transaction, which is ahead of
 * it, must go. */
static void on_out_of_range(void *owner, int input, int64_t earliest, int64_t latest)
{
    struct part *part = owner;
    struct rekey *r = part->rekey;
    (void)input;
    if (earliest < 0 || latest < 0)
        (void)err_set(&r->doubt, ERR_LOST, "no_watermarks", "Kafka does not say where %s/%" PRId32 " begins",
                      r->options.from, part->partition);
    else if (latest < part->next)
        hold(part, "other_log",
             "the topic is another one than was read: use a new rekey.group and a new rekey.to", earliest,
             latest);
    else if (!r->options.log_lost_skip)
        hold(part, "log_lost",
             "records expired before they were read: retention.lost=skip goes on without them", earliest,
             latest);
    else
        (void)skip_to(part, earliest, &r->doubt);
}

/* From where the group stands. What an open transaction of a dead worker may still move is waited for. */
static void seek(struct part *part, int64_t now)
{
    struct rekey *r = part->rekey;
    struct err_info info;
    int64_t offset;
    enum err err = consumer_committed(r->consumer, part->partition, ASK_MS, &offset, &info);
    if (err == ERR_OK)
        err = feed_seek(part->feed, offset < 0 ? FEED_EARLIEST : offset, &info);
    if (err != ERR_OK) {
        if (!part->told)
            log_info("position_waits", "worker=%s partition=%" PRId32 " message=\"%s\"", r->options.name,
                     part->partition, info.sentence);
        part->told = true;
        part->retry_ms = now + RETRY_MS;
        return;
    }
    log_info("partition_taken", "worker=%s partition=%" PRId32 " position=%" PRId64, r->options.name,
             part->partition, offset);
    part->state = PART_READING;
    part->next = offset;
    part->heard_ms = now;
    part->told = false;
}

bool read_full(const struct rekey *r)
{
    return (int64_t)r->transaction.records >= r->options.commit_records || r->doubt.code != ERR_OK;
}

/* One position is asked for a turn, which may wait for its answer. */
void read_position(struct rekey *r, int64_t now)
{
    for (size_t i = 0; i < r->n_parts; i++)
        if (r->parts[i].state == PART_AWAY && now >= r->parts[i].retry_ms) {
            r->busy = true;
            seek(&r->parts[i], now);
            return;
        }
}

/* The partition that is behind all others in record time, and how far it may go; NULL: none holds others up.
 */
static struct part *slowest(const struct rekey *r, int64_t *limit)
{
    struct part *least = NULL;
    int64_t other = INT64_MAX;
    for (size_t i = 0; i < r->n_parts; i++) {
        struct part *part = &r->parts[i];
        if (part->state == PART_HELD || part->ended || part->told)
            continue;
        if (!least || part->frontier < least->frontier) {
            other = least ? least->frontier : other;
            least = part;
        } else if (part->frontier < other) {
            other = part->frontier;
        }
    }
    *limit = other > INT64_MAX - r->options.align_ms ? INT64_MAX : other + r->options.align_ms;
    return least;
}

/* Whether it came further. */
static bool read_part(struct part *part)
{
    const struct feed_handlers handlers = {part, on_record, NULL, on_end, on_out_of_range};
    int64_t before = part->frontier;
    bool some = feed_read(part->feed, &handlers) > 0;
    part->rekey->busy |= some;
    return some || part->frontier > before;
}

/* Side by side in record time, so that the copy of a history has its order, as the score worker reads its
 * inputs; beyond that each turn begins with another partition. */
void read_parts(struct rekey *r)
{
    struct part *behind = NULL;
    while (!read_full(r) && (behind = slowest(r, &r->limit)) && behind->state == PART_READING &&
           read_part(behind))
        continue;
    r->limit = behind ? behind->frontier + r->options.align_ms : INT64_MAX;
    for (size_t i = 0; i < r->n_parts && !read_full(r); i++) {
        struct part *part = &r->parts[(r->turn + i) % r->n_parts];
        if (part != behind && part->state == PART_READING)
            read_part(part);
    }
    r->turn++;
}

void read_watch(struct rekey *r, int64_t now)
{
    for (size_t i = 0; i < r->n_parts && !consumer_away(r->consumer); i++) {
        const struct part *part = &r->parts[i];
        if (part->state != PART_READING || part->ended || now - part->heard_ms < r->options.watchdog_ms)
            continue;
        log_error("feed_silent", "topic=%s partition=%" PRId32 " position=%" PRId64 " action=new_consumer",
                  r->options.from, part->partition, part->next);
        r->recreate = true;
    }
}
