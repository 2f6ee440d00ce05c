/* produce: NDJSON in the contract's JSON form becomes framed Avro records, keyed by creator. The whole file
 * is checked as it is read: a line that does not fit stops it, naming the line and the field.
 *
 * With --topic each line is a value of that topic; without it each line is {"topic": …, "value": {…}} with
 * optional "timestamp" (ms), so that one file can carry all inputs in their order. */
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "microflux/args.h"
#include "microflux/avro.h"
#include "microflux/clock.h"
#include "microflux/commands.h"
#include "options.h"
#include "progress.h"
#include "writers.h"

struct producing {
    const struct config *config;
    const char *topic; /* NULL: named by each line */
    bool event_time;
    int64_t rate; /* records a second, 0 = as fast as it goes */
    struct publisher *publisher;
    const char *topics[N_TOPICS];
    struct writers writers;
    uint32_t ids[N_TOPICS]; /* of our own schemas in the registry; 0 = not asked for yet */
    int64_t sent_of[N_TOPICS], sent, delivered, bytes_total, bytes_read;
    struct progress progress;
    struct err_info failure;
    struct buffer value;
};

static void on_delivered(void *owner, uint64_t ticket, const struct err_info *failure)
{
    struct producing *p = owner;
    (void)ticket;
    p->delivered++;
    if (failure && p->failure.code == ERR_OK)
        p->failure = *failure;
}

static void show_progress(struct producing *p, bool last)
{
    progress_show(&p->progress, p->bytes_total ? (double)p->bytes_read / (double)p->bytes_total : 0, p->sent,
                  last);
}

static void keep_rate(const struct producing *p)
{
    if (p->rate <= 0 || p->sent % 64)
        return;
    int64_t due = p->progress.started_ms + p->sent * 1000 / p->rate;
    while (clock_mono_ms() < due)
        publisher_poll(p->publisher, 1);
}

static int64_t event_time(const json_t *value)
{
    static const char *const names[] = {"occurred_at", "posted_at", "observed_at"};
    for (size_t i = 0; i < 3; i++) {
        const json_t *t = json_object_get(value, names[i]);
        if (json_is_integer(t))
            return json_integer_value(t);
    }
    return 0;
}

/* A topic by its name, or by that of the input it is. */
static int topic_index(const struct producing *p, const char *name)
{
    for (int i = 0; i < 3; i++)
        if (name && strcmp(p->topics[i], name) == 0)
            return i;
    for (int i = 0; i < 3; i++)
        if (name && strcmp(input_names[i], name) == 0)
            return i;
    return -1;
}

/* Our own schema goes out under its id, where there is a registry. */
static enum err ask_id(struct producing *p, int topic, const struct writer *writer, struct err_info *info)
{
    struct registry *registry = p->writers.setup.registry;
    if (!registry || p->ids[topic])
        return ERR_OK;
    return registry_id(p->config, registry, p->topics[topic], writer->json, &p->ids[topic], info);
}

/* The frame, then the body. */
static enum err put_value(struct producing *p, int topic, json_t *value, struct err_info *info)
{
    const struct writer *writer = writers_turn(&p->writers, topic, p->sent_of[topic]++);
    enum err err = writer->schema ? ERR_OK : ask_id(p, topic, writer, info);
    if (err != ERR_OK)
        return err;
    p->value.len = 0;
    if (writer->frame != AVRO_FRAME_BARE)
        avro_put_frame(&p->value, writer->schema ? writer->id : p->ids[topic], writer->fingerprint);
    writers_fit(&p->writers, writer, topic, value);
    char *text = json_dumps(value, JSON_COMPACT);
    err = avro_from_json(writer->json, bytes_of(text), &p->value, info);
    free(text);
    return err;
}

static enum err send_value(struct producing *p, int topic, json_t *value, int64_t timestamp, int64_t line,
                           struct err_info *info)
{
    struct err_info why;
    const char *key = json_string_value(json_object_get(value, "creator_id"));
    if (!key)
        return err_set(info, ERR_USAGE, "no_key", "line %" PRId64 ": no creator_id", line);
    enum err err = put_value(p, topic, value, &why);
    if (err != ERR_OK)
        return err_set(info, err == ERR_WEATHER ? err : ERR_USAGE, why.word, "line %" PRId64 ": %s", line,
                       why.sentence);
    while ((err = publish(p->publisher, topic, -1, bytes_of(key), (struct bytes){p->value.data, p->value.len},
                          timestamp, NULL, 0, 0, info)) == ERR_WEATHER)
        publisher_poll(p->publisher, 10);
    p->sent += err == ERR_OK;
    return err;
}

static enum err send_line(struct producing *p, const char *text, int64_t line, struct err_info *info)
{
    json_error_t error;
    json_t *object = json_loads(text, 0, &error);
    if (!object)
        return err_set(info, ERR_USAGE, "json", "line %" PRId64 ", column %d: %s", line, error.column,
                       error.text);
    json_t *value = p->topic ? object : json_object_get(object, "value");
    const char *name = p->topic ? p->topic : json_string_value(json_object_get(object, "topic"));
    int topic = topic_index(p, name);
    enum err err;
    if (topic < 0 || !value)
        err = err_set(info, ERR_USAGE, "topic", "line %" PRId64 ": topic \"%s\" is none of %s, %s, %s", line,
                      name ? name : "", p->topics[0], p->topics[1], p->topics[2]);
    else {
        const json_t *given = json_object_get(object, "timestamp");
        int64_t timestamp = p->event_time ? event_time(value) : 0;
        if (p->event_time && !p->topic && json_is_integer(given))
            timestamp = json_integer_value(given);
        err = send_value(p, topic, value, timestamp, line, info);
    }
    json_decref(object);
    return err;
}

/* Weather is waited out, unless no broker ever took anything: then it may be the wrong address. */
static enum err flush(struct producing *p, struct err_info *info)
{
    enum err err;
    do
        err = publisher_flush(p->publisher, 60000, info);
    while (err == ERR_WEATHER && p->delivered > 0 && p->failure.code == ERR_OK);
    return err;
}

static enum err send_file(struct producing *p, FILE *file, struct err_info *info)
{
    char *text = NULL;
    size_t room = 0;
    ssize_t len;
    enum err err = ERR_OK;
    for (int64_t line = 1; err == ERR_OK && (len = getline(&text, &room, file)) > 0; line++) {
        p->bytes_read += len;
        if (text[strspn(text, " \t\r\n")])
            err = send_line(p, text, line, info);
        publisher_poll(p->publisher, 0);
        show_progress(p, false);
        keep_rate(p);
        if (p->failure.code != ERR_OK)
            err = err_set(info, p->failure.code, p->failure.word, "%s", p->failure.sentence);
    }
    free(text);
    if (err == ERR_OK)
        err = flush(p, info);
    if (err == ERR_OK && p->failure.code != ERR_OK)
        err = err_set(info, p->failure.code, p->failure.word, "%s", p->failure.sentence);
    return err;
}

static enum err open_file(struct producing *p, const char *path, FILE **file, struct err_info *info)
{
    *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "r");
    if (!*file)
        return err_set(info, ERR_IO, "file", "cannot read %s: %s", path, strerror(errno));
    if (*file != stdin && fseek(*file, 0, SEEK_END) == 0) {
        p->bytes_total = ftell(*file);
        rewind(*file);
    }
    return ERR_OK;
}

/* A broker that was killed knows the newest batch of a producer only. With one request in flight that is the
 * one that is repeated when its acknowledgement was lost; an older one it refuses for good. */
static enum err publish_steadily(struct producing *p, struct publisher_options options, struct err_info *info)
{
    char name[] = "max.in.flight.requests.per.connection", one[] = "1";
    struct kafka_pair *pairs = calloc(options.n_pairs + 1, sizeof *pairs);
    if (!pairs)
        abort();
    pairs[0] = (struct kafka_pair){name, one};
    for (size_t i = 0; i < options.n_pairs; i++)
        pairs[i + 1] = options.pairs[i]; /* the user's word wins */
    options.pairs = pairs;
    options.n_pairs++;
    enum err err = publisher_open(&options, &p->publisher, info);
    free(pairs);
    return err;
}

static enum err open_publisher(struct producing *p, struct err_info *info)
{
    const struct config *c = p->config;
    const char *topics[3] = {c->topic_profiles, c->topic_posts, c->topic_interactions};
    for (int i = 0; i < 3; i++)
        p->topics[i] = topics[i];
    if (p->topic && topic_index(p, p->topic) < 0)
        return err_set(info, ERR_USAGE, "topic", "--topic %s is none of %s, %s, %s", p->topic, topics[0],
                       topics[1], topics[2]);
    struct publisher_options options = {kafka_pairs_of(c), c->n_kafka, p->topics, 3, p, on_delivered, 0};
    return publish_steadily(p, options, info);
}

int command_produce(int argc, char **argv)
{
    struct config *config = NULL;
    struct producing p = {0};
    struct err_info info;
    FILE *file = NULL;
    char **rest;
    size_t n;
    int status = 0;
    const char *timestamps = "now", *frames = "single";
    const struct arg options[] = {
        {"topic", ARG_TEXT, "TOPIC", "each line is a value of this topic (else {\"topic\":…,\"value\":{…}})",
         &p.topic},
        {"rate", ARG_INT, "N", "records a second (default: as fast as it goes)", &p.rate},
        {"timestamps", ARG_CHOICE, "now|event", "event: the record's own time, for replays", &timestamps},
        {"frames", ARG_CHOICE, "single|confluent|bare|mixed",
         "and schemas: our own (default), of schema.ids, of schema.profiles …, all in turn", &frames},
    };
    const struct args args = {"produce",
                              "FILE",
                              "Sends NDJSON as framed Avro, keyed by creator_id; - reads stdin.",
                              "microflux produce --topic posts posts.ndjson --rate 500",
                              options,
                              4,
                              true};
    if (!args_parse(&args, argc, argv, &rest, &n, &config, &status))
        return status;
    p.config = config;
    p.event_time = strcmp(timestamps, "event") == 0;
    p.progress = progress_start();
    if (n != 1) {
        fprintf(stderr, "microflux produce: name one file, or - for stdin\n");
        status = 64;
    } else {
        enum err err = open_file(&p, rest[0], &file, &info);
        if (err == ERR_OK)
            err = writers_open(config, frames, &p.writers, &info);
        if (err == ERR_OK)
            err = open_publisher(&p, &info);
        if (err == ERR_OK)
            err = send_file(&p, file, &info);
        show_progress(&p, true);
        if (err == ERR_OK)
            fprintf(stderr, "%" PRId64 " records sent\n", p.sent);
        else
            status = complain("produce", &info);
    }
    if (file && file != stdin)
        fclose(file);
    publisher_close(p.publisher);
    writers_close(&p.writers);
    buffer_free(&p.value);
    config_free(config);
    return status;
}
