/* dead_letters_replay: original key, value, headers and timestamp back to the partition they came from, with
 * one header more that names the dead letter. Only to our own inputs, and never a value that was left behind.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "dead_letters.h"

#define FLUSH_MS 60000

struct replaying {
    const struct letters *letters;
    bool dry;
    const char *topics[N_TOPICS];
    struct publisher *publisher;
    int64_t sent, skipped, failed;
    struct err_info failure;
};

static void on_delivered(void *owner, uint64_t ticket, const struct err_info *failure)
{
    struct replaying *r = owner;
    (void)ticket;
    r->failed += failure != NULL;
    if (failure && r->failure.code == ERR_OK)
        r->failure = *failure;
}

static int input_of(const struct replaying *r, struct bytes topic)
{
    for (int i = 0; i < N_TOPICS; i++)
        if (bytes_equal(topic, bytes_of(r->topics[i])))
            return i;
    return -1;
}

static const char *why_not(const struct replaying *r, const struct letter *letter)
{
    if (letter->left_behind)
        return "its value was too large and was left behind";
    if (input_of(r, letter->topic) < 0)
        return "it came from a topic that is none of topics.profiles, topics.posts, topics.interactions";
    return letter->partition < 0 ? "its headers do not name the partition" : NULL;
}

static enum err send(struct replaying *r, const struct letter *letter, struct err_info *info)
{
    struct kafka_header headers[LETTER_HEADERS + 1];
    char from[320];
    size_t n = 0;
    for (size_t i = 0; i < letter->n; i++)
        if (strncmp(letter->headers[i].name, "microflux.error.", 16) != 0 &&
            strcmp(letter->headers[i].name, REPLAYED) != 0)
            headers[n++] = letter->headers[i];
    snprintf(from, sizeof from, "%s/%" PRId32 "/%" PRId64, r->letters->config->topic_dead_letters,
             letter->record.partition, letter->record.offset);
    headers[n++] = (struct kafka_header){REPLAYED, bytes_of(from)};
    enum err err;
    while ((err = publish(r->publisher, input_of(r, letter->topic), (int32_t)letter->partition,
                          letter->record.key, letter->record.value, letter->timestamp, headers, n, 0,
                          info)) == ERR_WEATHER)
        publisher_poll(r->publisher, 10);
    publisher_poll(r->publisher, 0);
    return err;
}

static enum err replay_one(void *arg, const struct letter *letter, struct err_info *info)
{
    struct replaying *r = arg;
    const char *why = why_not(r, letter), *verb = why ? "skip" : r->dry ? "would send" : "send";
    if (r->letters->json)
        printf("{\"partition\":%" PRId32 ",\"offset\":%" PRId64
               ",\"topic\":\"%.*s\",\"topic_partition\":%" PRId64 ",\"action\":\"%s\"}\n",
               letter->record.partition, letter->record.offset, (int)letter->topic.len, letter->topic.ptr,
               letter->partition, verb);
    else
        printf("%s %" PRId32 "/%" PRId64 " to %.*s/%" PRId64 " key %.*s%s%s\n", verb,
               letter->record.partition, letter->record.offset, (int)letter->topic.len, letter->topic.ptr,
               letter->partition, (int)letter->record.key.len,
               letter->record.key.ptr ? letter->record.key.ptr : "-", why ? ": " : "", why ? why : "");
    r->skipped += why != NULL;
    r->sent += !why;
    return why || r->dry ? ERR_OK : send(r, letter, info);
}

int letters_replay(const struct letters *letters, bool dry)
{
    const struct config *c = letters->config;
    struct replaying r = {
        .letters = letters, .dry = dry, .topics = {c->topic_profiles, c->topic_posts, c->topic_interactions}};
    struct publisher_options options = {kafka_pairs_of(c), c->n_kafka, r.topics, N_TOPICS, &r,
                                        on_delivered,      0};
    struct err_info info;
    int64_t found = 0;
    enum err err = dry ? ERR_OK : publisher_open(&options, &r.publisher, &info);
    if (err == ERR_OK)
        err = letters_each(letters, replay_one, &r, &found, &info);
    if (err == ERR_OK && !dry)
        err = publisher_flush(r.publisher, FLUSH_MS, &info);
    if (err == ERR_OK && r.failure.code != ERR_OK)
        err = err_set(&info, ERR_REFUSED, r.failure.word, "%" PRId64 " of %" PRId64 " were not taken: %s",
                      r.failed, r.sent, r.failure.sentence);
    publisher_close(r.publisher);
    if (err != ERR_OK)
        return complain("dead-letters", &info);
    fprintf(stderr, "%" PRId64 " %s, %" PRId64 " skipped\n", r.sent, dry ? "would be sent" : "sent",
            r.skipped);
    return found == 0;
}
