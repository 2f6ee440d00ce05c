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

/* The value as JSON: decoded by the topic's schema, else as text; null for a tombstone. False: it could not
 * be read. */
static bool add_value(const char *schema, const struct kafka_record *record, struct buffer *out,
                      struct err_info *info)
{
    if (!record->value.ptr) {
        buffer_add_text(out, "null");
        return true;
    }
    size_t before = out->len;
    if (schema && avro_to_json(schema, avro_frame_read(record->value).body, out, info) == ERR_OK)
        return true;
    out->len = before;
    add_json_text(out, record->value);
    return !schema;
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

static void print_record(const char *schema, const struct kafka_record *record, bool json, struct buffer *out)
{
    struct err_info info = {0};
    out->len = 0;
    if (json) {
        buffer_printf(out,
                      "{\"partition\":%" PRId32 ",\"offset\":%" PRId64 ",\"timestamp\":%" PRId64 ",\"key\":",
                      record->partition, record->offset, record->timestamp);
        add_json_text(out, record->key);
        buffer_add_text(out, ",\"value\":");
        bool read = add_value(schema, record, out, &info);
        add_headers(record, out);
        if (!read) {
            buffer_add_text(out, ",\"reject\":true,\"error\":");
            add_json_text(out, bytes_of(info.sentence));
        }
        buffer_add_text(out, "}\n");
    } else {
        buffer_printf(out, "%" PRId32 "/%" PRId64 " %.*s ", record->partition, record->offset,
                      (int)record->key.len, record->key.ptr ? record->key.ptr : "-");
        add_value(schema, record, out, &info);
        buffer_add_text(out, "\n");
    }
    fwrite(out->data, 1, out->len, stdout);
}

static int print_topic(const struct config *config, const char *topic, bool json, bool until_end, int64_t max)
{
    struct scan *scan = NULL;
    struct err_info info;
    struct kafka_record record;
    struct buffer out = {0};
    bool done = false;
    int64_t n = 0;
    const char *schema = schema_of_topic(config, topic);
    enum err err = scan_open(kafka_pairs_of(config), config->n_kafka, topic, true, until_end, &scan, &info);
    while ((err == ERR_OK || err == ERR_NOT_FOUND) && !done && (max <= 0 || n < max) && !ferror(stdout)) {
        err = scan_next(scan, 200, &record, &done, &info);
        if (err == ERR_OK) {
            print_record(schema, &record, json, &out);
            n++;
        } else {
            fflush(stdout);
        }
    }
    fflush(stdout);
    scan_close(scan);
    buffer_free(&out);
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
        status = print_topic(config, rest[0], strcmp(format, "json") == 0, until_end, max);
    }
    config_free(config);
    return status;
}
