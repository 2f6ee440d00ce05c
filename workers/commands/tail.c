/* tail: prints a topic, decoded: one JSON object or one readable line a record; data to stdout, nothing else.
 */
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "microflux/args.h"
#include "microflux/avro.h"
#include "microflux/commands.h"
#include "options.h"

static void add_json_text(struct buffer *out, struct bytes text)
{
    if (!text.ptr) {
        buffer_add_text(out, "null");
        return;
    }
    buffer_add(out, "\"", 1);
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c == '"' || c == '\\')
            buffer_printf(out, "\\%c", c);
        else if (c < 0x20 || c >= 0x7f)
            buffer_printf(out, "\\u%04x", c);
        else
            buffer_add(out, (const char *)&c, 1);
    }
    buffer_add(out, "\"", 1);
}

struct tailing {
    const struct config *config;
    const char *schema;        /* of the topic; NULL: not one of ours */
    struct registry *registry; /* asked for the schema of framed values; NULL = none */
    bool json;
    struct buffer out;
};

/* The value as JSON: decoded by its own schema, else by the topic's, else as text; null for a tombstone.
 * ERR_WEATHER: the registry is away; other errors: it is printed as text because it could not be read. */
static enum err add_value(struct tailing *t, const struct kafka_record *record, struct err_info *info)
{
    if (!record->value.ptr) {
        buffer_add_text(&t->out, "null");
        return ERR_OK;
    }
    const char *schema = t->schema;
    size_t before = t->out.len;
    struct avro_frame frame = avro_frame_read(record->value);
    enum err err = ERR_OK;
    if (t->registry && frame.kind == AVRO_FRAME_CONFLUENT)
        err = registry_fetch(t->registry, frame.id, &schema, info);
    if (err == ERR_OK && schema)
        err = avro_to_json(schema, frame.body, &t->out, info);
    if (err == ERR_OK && schema)
        return ERR_OK;
    t->out.len = before;
    add_json_text(&t->out, record->value);
    return err;
}

static void add_headers(const struct kafka_record *record, struct buffer *out)
{
    struct kafka_header headers[32];
    size_t n = kafka_record_headers(record, headers, 32);
    if (n == 0)
        return;
    buffer_add_text(out, ",\"headers\":{");
    for (size_t i = 0; i < n; i++) {
        buffer_add_text(out, i ? "," : "");
        add_json_text(out, bytes_of(headers[i].name));
        buffer_add_text(out, ":");
        add_json_text(out, headers[i].value);
    }
    buffer_add_text(out, "}");
}

static enum err add_json_record(struct tailing *t, const struct kafka_record *record, struct err_info *info)
{
    buffer_printf(&t->out,
                  "{\"partition\":%" PRId32 ",\"offset\":%" PRId64 ",\"timestamp\":%" PRId64 ",\"key\":",
                  record->partition, record->offset, record->timestamp);
    add_json_text(&t->out, record->key);
    buffer_add_text(&t->out, ",\"value\":");
    enum err err = add_value(t, record, info);
    add_headers(record, &t->out);
    if (err != ERR_OK) {
        buffer_add_text(&t->out, ",\"reject\":true,\"error\":");
        add_json_text(&t->out, bytes_of(info->sentence));
    }
    buffer_add_text(&t->out, "}\n");
    return err;
}

/* A value that cannot be read is printed as such; only the registry being away is an error. */
static enum err print_record(struct tailing *t, const struct kafka_record *record, struct err_info *info)
{
    enum err err;
    t->out.len = 0;
    if (t->json) {
        err = add_json_record(t, record, info);
    } else {
        buffer_printf(&t->out, "%" PRId32 "/%" PRId64 " %.*s ", record->partition, record->offset,
                      (int)record->key.len, record->key.ptr ? record->key.ptr : "-");
        err = add_value(t, record, info);
        buffer_add_text(&t->out, "\n");
    }
    if (err == ERR_WEATHER || err == ERR_REFUSED)
        return err;
    fwrite(t->out.data, 1, t->out.len, stdout);
    return ERR_OK;
}

static int print_topic(struct tailing *t, const char *topic, bool until_end, int64_t max)
{
    struct scan *scan = NULL;
    struct err_info info;
    struct kafka_record record;
    bool done = false;
    int64_t n = 0;
    t->schema = schema_of_topic(t->config, topic);
    enum err err = registry_of(t->config, &t->registry, &info);
    if (err == ERR_OK)
        err = scan_open(kafka_pairs_of(t->config), t->config->n_kafka, topic, true, until_end, &scan, &info);
    while ((err == ERR_OK || err == ERR_NOT_FOUND) && !done && (max <= 0 || n < max) && !ferror(stdout)) {
        err = scan_next(scan, 200, &record, &done, &info);
        if (err == ERR_OK) {
            err = print_record(t, &record, &info);
            n++;
        } else {
            fflush(stdout);
        }
    }
    fflush(stdout);
    scan_close(scan);
    registry_close(t->registry);
    buffer_free(&t->out);
    return err == ERR_OK || err == ERR_NOT_FOUND ? 0 : complain("tail", &info);
}

int command_tail(int argc, char **argv)
{
    struct config *config = NULL;
    char **rest;
    size_t n;
    int status = 0;
    const char *format = "text";
    bool until_end = false;
    int64_t max = 0;
    const struct arg options[] = {
        {"format", ARG_CHOICE, "text|json", "json: one object a line", &format},
        {"until-end", ARG_FLAG, NULL, "stop at the end as it is now", &until_end},
        {"max", ARG_INT, "N", "stop after N records", &max},
    };
    const struct args args = {"tail",
                              "TOPIC",
                              "Prints a topic from its beginning, decoded.",
                              "microflux tail creator-scores --until-end --format json",
                              options,
                              3,
                              true};
    if (!args_parse(&args, argc, argv, &rest, &n, &config, &status))
        return status;
    if (n != 1) {
        fprintf(stderr, "microflux tail: name one topic, such as %s\n", config->topic_creator_scores);
        status = 64;
    } else {
        struct tailing t = {.config = config, .json = strcmp(format, "json") == 0};
        status = print_topic(&t, rest[0], until_end, max);
    }
    config_free(config);
    return status;
}
