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
#include <unistd.h>

#include "microflux/args.h"
#include "microflux/avro.h"
#include "microflux/clock.h"
#include "microflux/commands.h"
#include "options.h"

struct producing {
    const struct config *config;
    const char *topic; /* NULL: named by each line */
    bool event_time;
    int64_t rate; /* records a second, 0 = as fast as it goes */
    struct publisher *publisher;
    struct registry *registry;
    const char *topics[3], *schemas[3], *key_fields[3];
    uint64_t fingerprints[3];
    uint32_t ids[3]; /* with a registry: 0 = not asked for yet */
    int64_t sent, delivered, bytes_total, bytes_read, started_ms;
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

static void show_progress(const struct producing *p, bool last)
{
    static int64_t shown;
    int64_t now = clock_mono_ms();
    if (!isatty(STDERR_FILENO) || (!last && now - shown < 200))
        return;
    shown = now;
    double part = p->bytes_total ? (double)p->bytes_read / (double)p->bytes_total : 0;
    double seconds = (double)(now - p->started_ms) / 1000;
    int done = (int)(part * 30);
    fprintf(stderr, "\r[%.*s%*s] %3.0f %%  %" PRId64 " records  ETA %.0f s  %s", done,
            "##############################", 30 - done, "", 100 * part, p->sent,
            part > 0 ? seconds / part - seconds : 0, last ? "\n" : "");
}

static void keep_rate(const struct producing *p)
{
    if (p->rate <= 0 || p->sent % 64)
        return;
    int64_t due = p->started_ms + p->sent * 1000 / p->rate;
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

static int topic_index(const struct producing *p, const char *name)
{
    for (int i = 0; i < 3; i++)
        if (name && strcmp(p->topics[i], name) == 0)
            return i;
    return -1;
}

static enum err send_value(struct producing *p, int topic, const json_t *value, int64_t timestamp,
                           int64_t line, struct err_info *info)
{
    struct err_info why;
    const char *key = json_string_value(json_object_get(value, "creator_id"));
    if (!key)
        return err_set(info, ERR_USAGE, "no_key", "line %" PRId64 ": no creator_id", line);
    enum err err = ERR_OK;
    if (p->registry && !p->ids[topic])
        err = registry_id(p->config, p->registry, p->topics[topic], p->schemas[topic], &p->ids[topic], info);
    if (err != ERR_OK)
        return err;
    char *text = json_dumps(value, JSON_COMPACT);
    p->value.len = 0;
    avro_put_frame(&p->value, p->ids[topic], p->fingerprints[topic]);
    err = avro_from_json(p->schemas[topic], bytes_of(text), &p->value, &why);
    free(text);
    if (err != ERR_OK)
        return err_set(info, ERR_USAGE, why.word, "line %" PRId64 ": %s", line, why.sentence);
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
    const json_t *value = p->topic ? object : json_object_get(object, "value");
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
        err = publisher_flush(p->publisher, 60000, info);
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

static enum err open_publisher(struct producing *p, struct err_info *info)
{
    const struct config *c = p->config;
    const char *topics[3] = {c->topic_profiles, c->topic_posts, c->topic_interactions};
    for (int i = 0; i < 3; i++) {
        p->topics[i] = topics[i];
        p->schemas[i] = schema_of_topic(c, topics[i]);
        p->fingerprints[i] = avro_fingerprint(p->schemas[i], info);
    }
    if (p->topic && topic_index(p, p->topic) < 0)
        return err_set(info, ERR_USAGE, "topic", "--topic %s is none of %s, %s, %s", p->topic, topics[0],
                       topics[1], topics[2]);
    struct publisher_options options = {kafka_pairs_of(c), c->n_kafka, p->topics, 3, p, on_delivered};
    return publisher_open(&options, &p->publisher, info);
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
    const char *timestamps = "now";
    const struct arg options[] = {
        {"topic", ARG_TEXT, "TOPIC", "each line is a value of this topic (else {\"topic\":…,\"value\":{…}})",
         &p.topic},
        {"rate", ARG_INT, "N", "records a second (default: as fast as it goes)", &p.rate},
        {"timestamps", ARG_CHOICE, "now|event", "event: the record's own time, for replays", &timestamps},
    };
    const struct args args = {"produce",
                              "FILE",
                              "Sends NDJSON as framed Avro, keyed by creator_id; - reads stdin.",
                              "microflux produce --topic posts posts.ndjson --rate 500",
                              options,
                              3,
                              true};
    if (!args_parse(&args, argc, argv, &rest, &n, &config, &status))
        return status;
    p.config = config;
    p.event_time = strcmp(timestamps, "event") == 0;
    p.started_ms = clock_mono_ms();
    if (n != 1) {
        fprintf(stderr, "microflux produce: name one file, or - for stdin\n");
        status = 64;
    } else {
        enum err err = open_file(&p, rest[0], &file, &info);
        if (err == ERR_OK)
            err = open_publisher(&p, &info);
        if (err == ERR_OK)
            err = registry_of(config, &p.registry, &info);
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
    registry_close(p.registry);
    buffer_free(&p.value);
    config_free(config);
    return status;
}
