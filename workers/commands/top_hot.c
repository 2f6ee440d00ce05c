/* top_hot: who had most scores published in the last minute. Of each creator the newest record is kept as it
 * came and decoded only when it is shown. */
#include <stdio.h>
#include <stdlib.h>

#include "microflux/clock.h"
#include "microflux/map.h"
#include "microflux/schemas.h"
#include "options.h"
#include "record_text.h"
#include "top.h"

#define WINDOW_MS 60000

struct creator_row {
    struct map_entry head;
    struct buffer newest;
    int64_t scores; /* of the last minute */
};

struct seen { /* one score */
    struct creator_row *row;
    int64_t at_ms;
};

struct hot {
    const struct config *config;
    struct scan *scan;
    struct err_info why; /* code != ERR_OK: no scan */
    int64_t retry_ms;
    struct map map;
    struct creator_row **rows;
    size_t n_rows, cap_rows;
    struct seen *seen; /* a queue by time */
    size_t first, n_seen, cap_seen;
};

struct hot *hot_open(const struct config *config)
{
    struct hot *hot = calloc(1, sizeof *hot);
    if (!hot)
        abort();
    hot->config = config;
    return hot;
}

static struct creator_row *row_of(struct hot *hot, struct bytes creator)
{
    uint64_t hash = bytes_hash(creator);
    struct creator_row *row = (struct creator_row *)map_find(&hot->map, creator, hash);
    if (row)
        return row;
    row = calloc(1, sizeof *row + creator.len);
    if (hot->n_rows == hot->cap_rows) {
        hot->cap_rows = hot->cap_rows ? 2 * hot->cap_rows : 256;
        hot->rows = realloc(hot->rows, hot->cap_rows * sizeof *hot->rows);
    }
    if (!row || !hot->rows)
        abort();
    memcpy(row + 1, creator.ptr, creator.len);
    row->head = (struct map_entry){hash, {(char *)(row + 1), creator.len}};
    map_add(&hot->map, &row->head);
    return hot->rows[hot->n_rows++] = row;
}

static void remember(struct hot *hot, struct creator_row *row, int64_t at_ms)
{
    if (hot->first + hot->n_seen == hot->cap_seen) {
        if (hot->first > hot->cap_seen / 2) {
            memmove(hot->seen, hot->seen + hot->first, hot->n_seen * sizeof *hot->seen);
            hot->first = 0;
        } else {
            hot->cap_seen = hot->cap_seen ? 2 * hot->cap_seen : 1024;
            hot->seen = realloc(hot->seen, hot->cap_seen * sizeof *hot->seen);
            if (!hot->seen)
                abort();
        }
    }
    hot->seen[hot->first + hot->n_seen++] = (struct seen){row, at_ms};
    row->scores++;
}

static void take_record(struct hot *hot, const struct kafka_record *record)
{
    if (!record->key.ptr || !record->value.ptr || record->timestamp < clock_wall_ms() - WINDOW_MS)
        return;
    struct creator_row *row = row_of(hot, record->key);
    struct bytes body = avro_frame_read(record->value).body;
    row->newest.len = 0;
    buffer_add(&row->newest, body.ptr, body.len);
    remember(hot, row, record->timestamp);
}

static void forget_row(struct hot *hot, size_t i)
{
    struct creator_row *row = hot->rows[i];
    map_remove(&hot->map, &row->head);
    hot->rows[i] = hot->rows[--hot->n_rows];
    buffer_free(&row->newest);
    free(row);
}

/* What is older than a minute goes, and creators without a score in it. */
static void age(struct hot *hot)
{
    int64_t least = clock_wall_ms() - WINDOW_MS;
    for (; hot->n_seen > 0 && hot->seen[hot->first].at_ms < least; hot->n_seen--)
        hot->seen[hot->first++].row->scores--;
    for (size_t i = hot->n_rows; i-- > 0;)
        if (hot->rows[i]->scores == 0)
            forget_row(hot, i);
}

static void open_scan(struct hot *hot)
{
    const struct config *c = hot->config;
    hot->retry_ms = clock_mono_ms() + 5000;
    hot->why = (struct err_info){0};
    if (scan_open_since(kafka_pairs_of(c), c->n_kafka, c->topic_creator_scores, clock_wall_ms() - WINDOW_MS,
                        &hot->scan, &hot->why) != ERR_OK)
        hot->scan = NULL;
}

void hot_take(struct hot *hot, int64_t ms)
{
    int64_t until = clock_mono_ms() + ms, left;
    struct kafka_record record;
    struct err_info info;
    bool done;
    if (!hot->scan && clock_mono_ms() >= hot->retry_ms)
        open_scan(hot);
    while (hot->scan && (left = until - clock_mono_ms()) > 0)
        if (scan_next(hot->scan, (int)left, &record, &done, &info) == ERR_OK)
            take_record(hot, &record);
    age(hot);
}

static int by_scores(const void *a, const void *b)
{
    const struct creator_row *x = *(struct creator_row *const *)a, *y = *(struct creator_row *const *)b;
    return x->scores < y->scores ? 1 : x->scores > y->scores ? -1 : (x->head.hash < y->head.hash) * 2 - 1;
}

static void describe(const struct creator_row *row, struct hot_creator *shown)
{
    *shown = (struct hot_creator){.tier = "-", .band = "-", .scores = row->scores};
    snprintf(shown->creator, sizeof shown->creator, "%.*s", (int)row->head.key.len, row->head.key.ptr);
    json_t *record = body_json(schema_creator_score, (struct bytes){row->newest.data, row->newest.len});
    const json_t *tier = json_array_get(json_object_get(record, "tiers"), 0);
    if (tier) {
        snprintf(shown->tier, sizeof shown->tier, "%s", json_string_value(json_object_get(tier, "tier")));
        snprintf(shown->band, sizeof shown->band, "%s", json_string_value(json_object_get(tier, "band")));
    }
    shown->followers = json_integer_value(json_object_get(record, "followers"));
    shown->engagements_24h =
        json_integer_value(json_object_get(json_object_get(record, "last_24h"), "engagements"));
    json_decref(record);
}

size_t hot_best(struct hot *hot, struct hot_creator *rows, size_t n, const char **why)
{
    if (hot->n_rows)
        qsort(hot->rows, hot->n_rows, sizeof *hot->rows, by_scores);
    n = n < hot->n_rows ? n : hot->n_rows;
    for (size_t i = 0; i < n; i++)
        describe(hot->rows[i], &rows[i]);
    *why = hot->why.code != ERR_OK ? hot->why.sentence : "";
    return n;
}

void hot_close(struct hot *hot)
{
    if (!hot)
        return;
    scan_close(hot->scan);
    while (hot->n_rows > 0)
        forget_row(hot, hot->n_rows - 1);
    map_free(&hot->map);
    free(hot->rows);
    free(hot->seen);
    free(hot);
}
