/* lag: how far each lane is behind in each input, in records and in seconds, who owns it and what it waits
 * for. Positions come from the fences in Redis, which are the truth; the group's committed offsets stand
 * beside them. Ends are those of readable records, and a lane with nothing but control records before it is
 * not behind. */
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "fences.h"
#include "microflux/args.h"
#include "microflux/clock.h"
#include "microflux/commands.h"
#include "options.h"
#include "watch.h"

#define ANSWER_MS 6000

struct row { /* one input of one lane */
    bool fenced;
    struct fence_position at;
    int64_t committed, begin, end, behind;
    int64_t next;   /* timestamp of the first record not applied; -1: none, or not known */
    int64_t before; /* applied when last looked, -1 = not yet */
    bool owned;
    struct kafka_owner owner;
    char waits[96];
};

struct lagging {
    const struct config *config;
    const char *topics[N_INPUTS];
    int n_inputs;
    struct inquiry *inquiry;
    struct row *rows; /* n_lanes × n_inputs */
    int32_t n_lanes;
    bool json;
};

static struct row *row_of(const struct lagging *l, int32_t lane, int input)
{
    return &l->rows[lane * l->n_inputs + input];
}

/* ---- what Kafka and Redis say ---- */

static enum err read_input(struct lagging *l, int input, struct err_info *info)
{
    size_t n = (size_t)l->n_lanes;
    int64_t *numbers = calloc(3 * n, sizeof *numbers), *begin = numbers, *end = numbers + n,
            *committed = numbers + 2 * n;
    struct kafka_owner *owners = calloc(n, sizeof *owners);
    if (!numbers || !owners)
        abort();
    const char *topic = l->topics[input];
    enum err err = inquiry_edges(l->inquiry, topic, l->n_lanes, begin, end, info);
    if (err == ERR_OK)
        err = inquiry_committed(l->inquiry, topic, l->n_lanes, committed, info);
    if (err == ERR_OK)
        err = inquiry_owners(l->inquiry, topic, l->n_lanes, owners, info);
    for (int32_t lane = 0; lane < l->n_lanes && err == ERR_OK; lane++) {
        struct row *row = row_of(l, lane, input);
        row->begin = begin[lane];
        row->end = end[lane];
        row->committed = committed[lane];
        row->owner = owners[lane];
        row->owned = *owners[lane].client != 0;
    }
    free(numbers);
    free(owners);
    return err;
}

static enum err read_fences(struct lagging *l, struct err_info *info)
{
    struct redis *redis = NULL;
    struct redis_options options = redis_options_of(l->config, "microflux-lag");
    enum err err = redis_open(&options, &redis, info);
    for (int32_t lane = 0; lane < l->n_lanes && err == ERR_OK; lane++) {
        struct fence fence;
        err = fence_of(redis, l->config->namespace_, lane, &fence, info);
        bool fenced = err == ERR_OK && fence.n >= N_TOPICS && fence.partitions == l->n_lanes;
        for (int i = 0; i < l->n_inputs; i++) {
            struct row *row = row_of(l, lane, i);
            row->before = row->fenced ? row->at.applied : -1;
            row->fenced = fenced;
            row->at = fenced && (size_t)i < fence.n ? fence.at[i] : (struct fence_position){.timestamp = -1};
            snprintf(row->waits, sizeof row->waits, "%s",
                     err == ERR_OK && !fenced ? "a person: the fence has another partition count" : "");
        }
        if (err == ERR_NOT_FOUND)
            err = ERR_OK;
    }
    redis_close(redis);
    return err;
}

/* ---- behind ---- */

/* The record that each lane that seems behind would read next: is there one, and how old is it? */
static enum err read_next(struct lagging *l, struct err_info *info)
{
    size_t n_rows = (size_t)(l->n_lanes * l->n_inputs), n = 0;
    struct kafka_peek *peeks = calloc(n_rows, sizeof *peeks);
    struct row **peeked = calloc(n_rows, sizeof *peeked);
    if (!peeks || !peeked)
        abort();
    for (size_t i = 0; i < n_rows; i++) {
        struct row *row = &l->rows[i];
        int64_t from = row->at.applied > row->begin ? row->at.applied : row->begin;
        row->next = -1;
        row->behind = row->end > from ? row->end - from : 0;
        if (row->behind == 0)
            continue;
        peeked[n] = row;
        peeks[n++] =
            (struct kafka_peek){l->topics[(int)i % l->n_inputs], (int32_t)i / l->n_inputs, from, 0, 0};
    }
    enum err err = inquiry_peek(l->inquiry, peeks, n, info);
    for (size_t i = 0; i < n && err == ERR_OK; i++) {
        peeked[i]->next = peeks[i].timestamp;
        if (peeks[i].found == PEEK_AT_END)
            peeked[i]->behind = 0;
    }
    free(peeks);
    free(peeked);
    return err;
}

/* Inputs are read side by side in record time: one that is ahead waits for the others. */
static const char *held_back_by(const struct lagging *l, int32_t lane, int input)
{
    const struct row *row = row_of(l, lane, input);
    for (int i = 0; i < l->n_inputs; i++) {
        const struct row *other = row_of(l, lane, i);
        if (i != input && other->behind > 0 && other->next >= 0 &&
            row->next > other->next + l->config->lane_align_ms)
            return l->topics[i];
    }
    return NULL;
}

static void explain(const struct lagging *l, int32_t lane, int input)
{
    struct row *row = row_of(l, lane, input);
    const char *other = held_back_by(l, lane, input), *why = "";
    if (*row->waits)
        return;
    if (!row->fenced && row->committed > 0)
        why = "a person: its fence is gone from Redis (redis.lost)";
    else if (row->fenced && row->at.applied > row->end)
        why = "a person: the log ends before it (epoch)";
    else if (row->fenced && row->at.applied < row->begin)
        why = "a person: records expired unread (retention.lost)";
    else if (!row->owned)
        why = "a worker";
    else if (row->behind > 0 && !other)
        why =
            row->before >= 0 && row->before == row->at.applied ? "nothing seen: it did not move" : "reading";
    snprintf(row->waits, sizeof row->waits, "%s", *why || !row->behind || !other ? why : other);
}

/* ---- printing ---- */

static int64_t seconds_of(const struct row *row)
{
    int64_t ms = row->behind > 0 && row->next >= 0 ? clock_wall_ms() - row->next : 0;
    return ms > 0 ? ms / 1000 : 0;
}

static void print_json(const struct lagging *l, int32_t lane, int input, const struct row *row)
{
    json_t *line = json_pack("{si ss so sI sI sI sI ss ss ss}", "lane", lane, "input", l->topics[input],
                             "applied", row->fenced ? json_integer(row->at.applied) : json_null(),
                             "committed", (json_int_t)row->committed, "end", (json_int_t)row->end, "records",
                             (json_int_t)row->behind, "seconds", (json_int_t)seconds_of(row), "owner",
                             row->owner.client, "host", row->owner.host, "waits_for", row->waits);
    json_dumpf(line, stdout, JSON_COMPACT);
    json_decref(line);
    printf("\n");
}

static void print_row(const struct lagging *l, int32_t lane, int input, const struct row *row)
{
    char applied[24] = "-", committed[24] = "-";
    if (row->fenced)
        snprintf(applied, sizeof applied, "%" PRId64, row->at.applied);
    if (row->committed >= 0)
        snprintf(committed, sizeof committed, "%" PRId64, row->committed);
    printf("%4d  %-16s %12s %12s %12" PRId64 " %10" PRId64 " %8" PRId64 "  %-28s %s\n", lane,
           l->topics[input], applied, committed, row->end, row->behind, seconds_of(row),
           row->owned ? row->owner.client : "-", row->waits);
}

static void print_all(const struct lagging *l)
{
    int64_t records = 0, seconds = 0;
    if (!l->json)
        printf("%4s  %-16s %12s %12s %12s %10s %8s  %-28s %s\n", "lane", "input", "applied", "committed",
               "end", "records", "seconds", "owner", "waits for");
    for (int32_t lane = 0; lane < l->n_lanes; lane++)
        for (int i = 0; i < l->n_inputs; i++) {
            const struct row *row = row_of(l, lane, i);
            explain(l, lane, i);
            records += row->behind;
            seconds = seconds_of(row) > seconds ? seconds_of(row) : seconds;
            if (l->json)
                print_json(l, lane, i, row);
            else
                print_row(l, lane, i, row);
        }
    if (!l->json)
        printf("%" PRId64 " records behind, the oldest %" PRId64 " s old\n", records, seconds);
}

static enum err look(struct lagging *l, struct err_info *info)
{
    enum err err = ERR_OK;
    if (!l->rows) {
        err = inquiry_reach(l->inquiry, info);
        if (err == ERR_OK)
            err = inquiry_partitions(l->inquiry, l->topics[0], &l->n_lanes, info);
        if (err != ERR_OK)
            return err;
        l->rows = calloc((size_t)(l->n_lanes * l->n_inputs), sizeof *l->rows);
        if (!l->rows)
            abort();
    }
    /* the fences first: what is written meanwhile is behind, never ahead */
    err = read_fences(l, info);
    for (int i = 0; i < l->n_inputs && err == ERR_OK; i++)
        err = read_input(l, i, info);
    return err == ERR_OK ? read_next(l, info) : err;
}

static int draw(void *arg)
{
    struct lagging *l = arg;
    struct err_info info;
    if (look(l, &info) != ERR_OK)
        return complain("lag", &info);
    print_all(l);
    return 0;
}

int command_lag(int argc, char **argv)
{
    struct config *config = NULL;
    struct err_info info;
    char **rest;
    size_t n;
    int status = 0;
    const char *format = "text";
    bool again = false;
    const struct arg options[] = {
        {"watch", ARG_FLAG, NULL, "again every second", &again},
        {"format", ARG_CHOICE, "text|json", "json: one object a lane and input", &format},
    };
    const struct args args = {
        "lag",
        NULL,
        "Shows how far each lane is behind in each input, who owns it and what it waits for.",
        "microflux lag --watch",
        options,
        2,
        true};
    if (!args_parse(&args, argc, argv, &rest, &n, &config, &status))
        return status;
    struct lagging l = {.config = config, .json = strcmp(format, "json") == 0};
    l.n_inputs = (int)score_topics(config, l.topics);
    if (inquiry_open(kafka_pairs_of(config), config->n_kafka, config->group, ANSWER_MS, &l.inquiry, &info) !=
        ERR_OK)
        status = complain("lag", &info);
    else
        status = watch(again, draw, &l);
    inquiry_close(l.inquiry);
    free(l.rows);
    config_free(config);
    return status;
}
