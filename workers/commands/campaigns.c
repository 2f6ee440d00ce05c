/* campaigns: what is in the topic, and putting records there: each is read as a worker would before any is
 * sent. */
#include "campaigns.h"

#include <stdio.h>
#include <stdlib.h>

#include "microflux/args.h"
#include "microflux/commands.h"
#include "microflux/file.h"
#include "microflux/schemas.h"
#include "publish_once.h"

#define FLUSH_MS 30000

struct campaigning {
    const struct config *config;
    bool json;
    struct score_tables tables;
    struct publisher *publisher;
    uint32_t schema_id;
    uint64_t fingerprint;
    struct err_info failure;
};

/* ---- list, show ---- */

static void print_line(const char *id, const json_t *value)
{
    const char *status = json_string_value(json_object_get(value, "status")),
               *brand = json_string_value(json_object_get(value, "brand"));
    printf("%-24s %-8s %-20s %zu topics, %zu tags, %zu values\n", id, status ? status : "?",
           brand ? brand : "?", json_object_size(json_object_get(value, "topics")),
           json_array_size(json_object_get(value, "tags")),
           json_array_size(json_object_get(value, "values")));
}

static void print_json(const json_t *value, size_t flags)
{
    char *text = json_dumps(value, flags);
    printf("%s\n", text);
    free(text);
}

static enum err list(struct campaigning *c, struct err_info *info)
{
    json_t *campaigns, *value;
    const char *id;
    enum err err = campaigns_load(c->config, &campaigns, info);
    if (err != ERR_OK)
        return err;
    json_object_foreach(campaigns, id, value)
    {
        if (c->json)
            print_json(value, JSON_COMPACT);
        else
            print_line(id, value);
    }
    json_decref(campaigns);
    return ERR_OK;
}

static enum err show(struct campaigning *c, const char *wanted, struct err_info *info)
{
    json_t *value;
    enum err err = campaign_value(c->config, wanted, &value, info);
    if (err != ERR_OK)
        return err;
    print_json(value, c->json ? JSON_COMPACT : JSON_INDENT(2));
    json_decref(value);
    return ERR_OK;
}

/* ---- put, end ---- */

static void on_delivered(void *owner, uint64_t ticket, const struct err_info *failure)
{
    struct campaigning *c = owner;
    (void)ticket;
    if (failure && c->failure.code == ERR_OK)
        c->failure = *failure;
}

static enum err open_publisher(struct campaigning *c, struct err_info *info)
{
    struct registry *registry = NULL;
    const struct publisher_options options = {
        kafka_pairs_of(c->config), c->config->n_kafka, &c->config->topic_campaigns, 1, c, on_delivered, 0};
    if (!(c->fingerprint = avro_fingerprint(schema_campaign, info)))
        return ERR_REFUSED;
    enum err err = registry_of(c->config, &registry, info);
    if (err == ERR_OK && registry)
        err = registry_id(c->config, registry, c->config->topic_campaigns, schema_campaign, &c->schema_id,
                          info);
    registry_close(registry);
    return err == ERR_OK ? publisher_open(&options, &c->publisher, info) : err;
}

static enum err send(struct campaigning *c, const char *id, struct bytes value, struct err_info *info)
{
    enum err err;
    while ((err = publish(c->publisher, 0, -1, bytes_of(id), value, 0, NULL, 0, 0, info)) == ERR_WEATHER)
        publisher_poll(c->publisher, 10);
    return err;
}

static enum err flush(struct campaigning *c, struct err_info *info)
{
    enum err err = publisher_flush(c->publisher, FLUSH_MS, info);
    if (err == ERR_OK && c->failure.code != ERR_OK)
        err = err_set(info, c->failure.code, c->failure.word, "%s", c->failure.sentence);
    return err;
}

/* Every line is read before the first is sent: all or nothing, as far as the file goes. */
static enum err read_lines(struct campaigning *c, char *text, json_t *values, struct err_info *info)
{
    struct fit_campaign compiled;
    struct err_info why;
    json_error_t error;
    char *rest = text, *line;
    enum err err = ERR_OK;
    for (int number = 1; err == ERR_OK && (line = strsep(&rest, "\n")); number++) {
        if (!line[strspn(line, " \t\r")])
            continue;
        json_t *value = json_loads(line, 0, &error);
        if (!value)
            return err_set(info, ERR_USAGE, "json", "line %d, column %d: %s", number, error.column,
                           error.text);
        const struct campaign_tables by = {c->tables.methodology, c->tables.text, c->tables.embedding};
        if (campaign_read(value, &by, &compiled, &why) != ERR_OK)
            err = err_set(info, ERR_USAGE, why.word, "line %d: %s", number, why.sentence);
        json_array_append_new(values, value);
    }
    return err;
}

static enum err send_values(struct campaigning *c, const json_t *values, struct err_info *info)
{
    struct buffer record = {0};
    enum err err = ERR_OK;
    for (size_t i = 0; i < json_array_size(values) && err == ERR_OK; i++) {
        const json_t *value = json_array_get(values, i);
        char *text = json_dumps(value, JSON_COMPACT);
        record.len = 0;
        avro_put_frame(&record, c->schema_id, c->fingerprint);
        err = avro_from_json(schema_campaign, bytes_of(text), &record, info);
        if (err == ERR_OK)
            err = send(c, json_string_value(json_object_get(value, "campaign_id")),
                       (struct bytes){record.data, record.len}, info);
        free(text);
    }
    buffer_free(&record);
    return err == ERR_OK ? flush(c, info) : err;
}

static enum err put(struct campaigning *c, const char *path, struct err_info *info)
{
    json_t *values = json_array();
    char *text;
    enum err err = file_text(path, &text, info);
    if (err == ERR_OK) {
        err = read_lines(c, text, values, info);
        free(text);
    }
    if (err == ERR_OK)
        err = open_publisher(c, info);
    if (err == ERR_OK)
        err = send_values(c, values, info);
    if (err == ERR_OK)
        printf("%zu campaigns put\n", json_array_size(values));
    json_decref(values);
    return err;
}

static enum err end(struct campaigning *c, const char *id, struct err_info *info)
{
    json_t *value;
    enum err err = campaign_value(c->config, id, &value, info);
    if (err != ERR_OK)
        return err;
    json_decref(value);
    err = publish_once(c->config, c->config->topic_campaigns, bytes_of(id), (struct bytes){NULL, 0}, 0,
                       FLUSH_MS, info);
    if (err == ERR_OK)
        printf("campaign %s ended\n", id);
    return err;
}

/* ---- */

static int act(struct campaigning *c, size_t n, char **words)
{
    static const struct {
        const char *name;
        size_t words;
        enum err (*run)(struct campaigning *c, const char *what, struct err_info *info);
    } verbs[] = {{"show", 2, show}, {"put", 2, put}, {"end", 2, end}};
    struct err_info info;
    enum err err = ERR_NOT_FOUND;
    bool known = n == 1 && strcmp(words[0], "list") == 0;
    if (known)
        err = list(c, &info);
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0] && !known; i++)
        if (n == verbs[i].words && strcmp(words[0], verbs[i].name) == 0) {
            known = true;
            err = score_tables_open(c->config, &c->tables, &info);
            if (err == ERR_OK)
                err = verbs[i].run(c, words[1], &info);
        }
    if (!known)
        return fprintf(stderr, "microflux campaigns: say list, show ID, put FILE or end ID\n"), 64;
    return err == ERR_OK ? 0 : complain("campaigns", &info);
}

int command_campaigns(int argc, char **argv)
{
    struct config *config = NULL;
    char **rest;
    size_t n;
    int status = 0;
    const char *format = "text";
    const struct arg options[] = {{"format", ARG_CHOICE, "text|json", "json: one campaign a line", &format}};
    const struct args args = {"campaigns",
                              "list|show|put|end [ID|FILE]",
                              "What brands look for: lists, shows, puts (NDJSON as campaign.avsc) and ends.",
                              "microflux campaigns put spring.ndjson",
                              options,
                              1,
                              true};
    if (!args_parse(&args, argc, argv, &rest, &n, &config, &status))
        return status;
    struct campaigning c = {.config = config, .json = strcmp(format, "json") == 0};
    status = act(&c, n, rest);
    publisher_close(c.publisher);
    score_tables_close(&c.tables);
    config_free(config);
    return status;
}
