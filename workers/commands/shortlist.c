/* shortlist: the newest shortlist of a campaign, as the roster worker published it; with --watch each one as
 * it comes. */
#include <stdio.h>
#include <unistd.h>

#include "microflux/args.h"
#include "microflux/commands.h"
#include "options.h"
#include "record_text.h"
#include "shortlist.h"

struct showing {
    const struct config *config;
    struct bytes campaign;
    int64_t top;
    bool json, watch;
    struct record_schema schema;
    json_t *newest; /* NULL: none yet, or the campaign is gone */
    bool news;
};

static json_int_t version_part(const json_t *record, const char *part)
{
    return json_integer_value(json_object_get(json_object_get(record, "version"), part));
}

/* Readers keep the largest (version, as_of). */
static bool older(const json_t *record, const json_t *than)
{
    const json_int_t ours[] = {version_part(record, "epoch"), version_part(record, "offsets"),
                               json_integer_value(json_object_get(record, "as_of"))};
    const json_int_t theirs[] = {version_part(than, "epoch"), version_part(than, "offsets"),
                                 json_integer_value(json_object_get(than, "as_of"))};
    for (int i = 0; i < 3; i++)
        if (ours[i] != theirs[i])
            return ours[i] < theirs[i];
    return false;
}

static enum err take(struct showing *s, const struct kafka_record *record, struct err_info *info)
{
    struct buffer text = {0};
    if (!bytes_equal(record->key, s->campaign))
        return ERR_OK;
    enum err err = value_json(&s->schema, record, &text, info);
    json_t *value = err == ERR_OK ? json_loadb(text.data, text.len, JSON_DECODE_ANY, NULL) : NULL;
    buffer_free(&text);
    if (json_is_null(value) || (json_is_object(value) && !(s->newest && older(value, s->newest)))) {
        json_decref(s->newest);
        s->newest = json_is_object(value) ? json_incref(value) : NULL;
        s->news = true;
    }
    json_decref(value);
    return err;
}

static void show(struct showing *s)
{
    if (!s->news)
        return;
    s->news = false;
    if (s->watch && !s->json && isatty(STDOUT_FILENO))
        fputs("\033[H\033[2J", stdout);
    if (!s->newest && s->watch)
        printf(s->json ? "null\n" : "campaign %.*s is no longer there\n", (int)s->campaign.len,
               s->campaign.ptr);
    else if (s->newest && !s->json)
        shortlist_text(s->newest, s->top);
    else if (s->newest && json_dumpf(s->newest, stdout, JSON_COMPACT) == 0)
        printf("\n");
    fflush(stdout);
}

static enum err read_topic(struct showing *s, struct err_info *info)
{
    const struct config *c = s->config;
    struct scan *scan = NULL;
    struct kafka_record record;
    bool done = false, begun = false;
    enum err err =
        s->watch ? scan_follow(kafka_pairs_of(c), c->n_kafka, c->topic_shortlists, &scan, info)
                 : scan_open(kafka_pairs_of(c), c->n_kafka, c->topic_shortlists, true, true, &scan, info);
    while (err == ERR_OK && !(done && !s->watch) && !ferror(stdout)) {
        err = scan_next(scan, s->watch ? 1000 : 10000, &record, &done, info);
        if (err == ERR_OK)
            err = take(s, &record, info);
        else if (err == ERR_NOT_FOUND && (done || s->watch))
            err = ERR_OK;
        begun |= done;
        if (begun)
            show(s);
    }
    scan_close(scan);
    return err;
}

static enum err run(struct showing *s, struct err_info *info)
{
    enum err err = registry_of(s->config, &s->schema.registry, info);
    s->schema.json = schema_of_topic(s->config, s->config->topic_shortlists);
    if (err == ERR_OK)
        err = read_topic(s, info);
    if (err == ERR_OK && !s->newest && !s->watch)
        err =
            err_set(info, ERR_NOT_FOUND, "no_shortlist",
                    "topic %s holds no shortlist of campaign \"%.80s\": does `microflux run roster` run, and "
                    "does anybody pass its gates (microflux what-if)?",
                    s->config->topic_shortlists, s->campaign.ptr);
    json_decref(s->newest);
    registry_close(s->schema.registry);
    return err;
}

int command_shortlist(int argc, char **argv)
{
    struct config *config = NULL;
    struct err_info info;
    char **rest;
    size_t n;
    int status = 0;
    const char *format = "text";
    struct showing s = {.top = 20};
    const struct arg options[] = {
        {"top", ARG_INT, "N", "how many are shown (default 20)", &s.top},
        {"watch", ARG_FLAG, NULL, "show each new one as it comes", &s.watch},
        {"format", ARG_CHOICE, "text|json", "json: the record as one object", &format},
    };
    const struct args args = {"shortlist",
                              "CAMPAIGN",
                              "Shows the shortlist of a campaign as it was published last.",
                              "microflux shortlist spring --watch",
                              options,
                              3,
                              true};
    if (!args_parse(&args, argc, argv, &rest, &n, &config, &status))
        return status;
    s.config = config;
    s.json = strcmp(format, "json") == 0;
    if (n != 1) {
        fprintf(stderr, "microflux shortlist: name one campaign\n");
        status = 64;
    } else {
        s.campaign = bytes_of(rest[0]);
        status = run(&s, &info) == ERR_OK ? 0 : complain("shortlist", &info);
    }
    config_free(config);
    return status;
}
