/* tail: prints a topic, decoded: one JSON object or one readable line a record; data to stdout, nothing else.
 */
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "microflux/args.h"
#include "microflux/commands.h"
#include "options.h"
#include "record_text.h"

struct tailing {
    const struct config *config;
    struct record_schema schema;
    bool json;
    struct buffer out;
};

/* A value that cannot be read is printed as such; only the registry being away is an error. */
static enum err print_record(struct tailing *t, const struct kafka_record *record, struct err_info *info)
{
    enum err err;
    t->out.len = 0;
    if (t->json) {
        err = record_json(&t->schema, record, &t->out, info);
    } else {
        buffer_printf(&t->out, "%" PRId32 "/%" PRId64 " %.*s ", record->partition, record->offset,
                      (int)record->key.len, record->key.ptr ? record->key.ptr : "-");
        err = value_json(&t->schema, record, &t->out, info);
    }
    if (err == ERR_WEATHER || err == ERR_REFUSED)
        return err;
    buffer_add_text(&t->out, "\n");
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
    t->schema.json = schema_of_topic(t->config, topic);
    enum err err = registry_of(t->config, &t->schema.registry, &info);
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
    registry_close(t->schema.registry);
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
