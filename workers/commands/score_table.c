/* score_table: reads creator-scores records and shows what a person wants to see of them: who, how big, how
 * engaging, which way it goes, what just changed. */
#include "score_table.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "microflux/avro.h"
#include "microflux/map.h"
#include "microflux/schemas.h"
#include "record_text.h"

#define ROWS 12

struct row {
    struct map_entry head;
    char tier[16], band[16], note[40];
    int64_t followers, engagements_7d, as_of, noted;
    double rate, estimate, velocity;
    bool has_rate, has_estimate, has_velocity;
};

struct score_table {
    struct map map;
    struct row **rows;
    size_t n, cap;
    int64_t records;
};

struct score_table *score_table_open(void)
{
    struct score_table *table = calloc(1, sizeof *table);
    if (!table)
        abort();
    return table;
}

void score_table_close(struct score_table *table)
{
    for (size_t i = 0; i < table->n; i++)
        free(table->rows[i]);
    free(table->rows);
    map_free(&table->map);
    free(table);
}

static struct row *row_of(struct score_table *table, struct bytes creator)
{
    uint64_t hash = bytes_hash(creator);
    struct row *row = (struct row *)map_find(&table->map, creator, hash);
    if (row)
        return row;
    row = calloc(1, sizeof *row + creator.len);
    if (table->n == table->cap) {
        table->cap = table->cap ? 2 * table->cap : 64;
        table->rows = realloc(table->rows, table->cap * sizeof *table->rows);
    }
    if (!row || !table->rows)
        abort();
    memcpy(row + 1, creator.ptr, creator.len);
    row->head = (struct map_entry){hash, {(char *)(row + 1), creator.len}};
    map_add(&table->map, &row->head);
    return table->rows[table->n++] = row;
}

static bool number(const json_t *record, const char *name, double *x)
{
    const json_t *value = json_object_get(record, name);
    *x = json_number_value(value);
    return json_is_number(value);
}

static void note_change(struct row *row, const char *tier, const char *band, double rate, bool has_rate,
                        int64_t now)
{
    if (row->tier[0] && strcmp(row->tier, tier) != 0)
        snprintf(row->note, sizeof row->note, "tier %s > %s", row->tier, tier);
    else if (row->band[0] && strcmp(row->band, band) != 0)
        snprintf(row->note, sizeof row->note, "band %s > %s", row->band, band);
    else if (has_rate && !row->has_rate)
        snprintf(row->note, sizeof row->note, "first rate");
    else if (has_rate && row->rate > 0 && (rate > 1.1 * row->rate || rate < row->rate / 1.1))
        snprintf(row->note, sizeof row->note, "rate %+.0f %%", 100 * (rate / row->rate - 1));
    else
        return;
    row->noted = now;
}

void score_table_take(struct score_table *table, struct bytes creator, struct bytes body)
{
    json_t *record = body_json(schema_creator_score, body);
    double rate;
    if (!record)
        return;
    struct row *row = row_of(table, creator);
    const json_t *tier = json_array_get(json_object_get(record, "tiers"), 0);
    const char *name = json_string_value(json_object_get(tier, "tier")),
               *band = json_string_value(json_object_get(tier, "band"));
    bool has_rate = number(record, "engagement_rate", &rate);
    table->records++;
    note_change(row, name ? name : "?", band ? band : "?", rate, has_rate, table->records);
    snprintf(row->tier, sizeof row->tier, "%s", name ? name : "?");
    snprintf(row->band, sizeof row->band, "%s", band ? band : "?");
    row->followers = json_integer_value(json_object_get(record, "followers"));
    row->engagements_7d =
        json_integer_value(json_object_get(json_object_get(record, "last_7d"), "engagements"));
    row->as_of = json_integer_value(json_object_get(record, "as_of"));
    row->has_rate = has_rate;
    row->rate = rate;
    row->has_estimate = number(json_object_get(record, "estimate"), "rate", &row->estimate);
    row->has_velocity = number(record, "velocity", &row->velocity);
    json_decref(record);
}

static int by_engagement(const void *a, const void *b)
{
    const struct row *x = *(struct row *const *)a, *y = *(struct row *const *)b;
    return x->engagements_7d < y->engagements_7d ? 1 : -(x->engagements_7d > y->engagements_7d);
}

static const char *trend(const struct row *row)
{
    if (!row->has_velocity)
        return "·";
    return row->velocity > 1.5   ? "▲▲"
           : row->velocity > 1.1 ? "▲"
           : row->velocity < .5  ? "▼▼"
           : row->velocity < .9  ? "▼"
                                 : "=";
}

static void print_row(const struct score_table *table, const struct row *row, bool terminal)
{
    char rate[16] = "-", estimate[16] = "-";
    bool fresh = row->note[0] && table->records - row->noted < 400;
    if (row->has_rate)
        snprintf(rate, sizeof rate, "%.2f %%", 100 * row->rate);
    if (row->has_estimate)
        snprintf(estimate, sizeof estimate, "%.2f %%", 100 * row->estimate);
    const char *colour = !terminal                         ? ""
                         : strcmp(row->tier, "MICRO") == 0 ? "\033[32m"
                         : strcmp(row->tier, "NONE") == 0  ? "\033[90m"
                                                           : "\033[36m";
    printf("%-16.*s %s%-6s%s %-6s %10" PRId64 " %9s %9s %12" PRId64 "  %-4s %s%s%s%s\n",
           (int)row->head.key.len, row->head.key.ptr, colour, row->tier, terminal ? "\033[0m" : "", row->band,
           row->followers, rate, estimate, row->engagements_7d, trend(row),
           terminal && fresh ? "\033[33m" : "", fresh ? row->note : "", terminal && fresh ? "\033[0m" : "",
           terminal ? "\033[K" : "");
}

void score_table_print(struct score_table *table, bool terminal, int64_t seconds, bool flowing)
{
    char when[32] = "";
    int64_t newest = 0;
    for (size_t i = 0; i < table->n; i++)
        newest = table->rows[i]->as_of > newest ? table->rows[i]->as_of : newest;
    time_t t = (time_t)(newest / 1000);
    struct tm utc;
    strftime(when, sizeof when, "%Y-%m-%d %H:%M", gmtime_r(&t, &utc));
    qsort(table->rows, table->n, sizeof(struct row *), by_engagement);
    printf("%smicroflux  %" PRId64 " s  event time %s  %zu creators, %" PRId64 " scores%s%s\n",
           terminal ? "\033[H" : "", seconds, newest ? when : "-", table->n, table->records,
           flowing ? "" : "  (the stream has ended)", terminal ? "\033[K" : "");
    printf("%-16s %-6s %-6s %10s %9s %9s %12s  %-4s %s%s\n", "creator", "tier", "band", "followers", "rate",
           "estimate", "engaged 7 d", "now", "changed", terminal ? "\033[K" : "");
    for (size_t i = 0; i < table->n && i < (terminal ? ROWS : 6); i++)
        print_row(table, table->rows[i], terminal);
}

struct bytes score_table_name(const struct score_table *table, size_t i)
{
    return i < table->n ? table->rows[i]->head.key : (struct bytes){0};
}

void score_table_summary(const struct score_table *table)
{
    printf("%zu creators scored, %" PRId64 " scores read\n", table->n, table->records);
}
