/* fit_tables: see fit_tables.h. A table is a sorted array: 200 places move in a few hundred ns, and a creator
 * has few. */
#include "fit_tables.h"

#include <math.h>
#include <stdlib.h>

static void *grown(void *array, size_t n, size_t *cap, size_t size)
{
    if (n < *cap)
        return array;
    *cap = *cap ? 2 * *cap : 4;
    array = realloc(array, *cap * size);
    if (!array)
        abort();
    return array;
}

/* An entry with its key behind it. */
static void *entry_of(size_t size, struct bytes key)
{
    char *entry = calloc(1, size + key.len + 1);
    if (!entry)
        abort();
    memcpy(entry + size, key.ptr, key.len);
    *(struct map_entry *)(void *)entry = (struct map_entry){bytes_hash(key), {entry + size, key.len}};
    return entry;
}

void fit_tables_open(struct fit_tables *tables, size_t most)
{
    *tables = (struct fit_tables){.most = most};
}

/* ---- members ---- */

struct fit_member *fit_tables_member(const struct fit_tables *tables, struct bytes creator)
{
    return (struct fit_member *)map_find(&tables->members, creator, bytes_hash(creator));
}

static struct fit_member *enter(struct fit_tables *tables, struct fit_table *table, struct bytes creator)
{
    struct fit_member *member = fit_tables_member(tables, creator);
    if (!member) {
        member = entry_of(sizeof *member, creator);
        map_add(&tables->members, &member->head);
    }
    member->tables = grown(member->tables, member->n, &member->cap, sizeof *member->tables);
    member->tables[member->n++] = table;
    return member;
}

static void leave(struct fit_tables *tables, const struct fit_table *table, struct fit_member *member)
{
    size_t at = 0;
    while (member->tables[at] != table)
        at++;
    member->tables[at] = member->tables[--member->n];
    if (member->n > 0)
        return;
    map_remove(&tables->members, &member->head);
    free(member->tables);
    free(member);
}

/* ---- tables ---- */

struct fit_table *fit_tables_find(const struct fit_tables *tables, struct bytes campaign)
{
    return (struct fit_table *)map_find(&tables->campaigns, campaign, bytes_hash(campaign));
}

struct fit_table *fit_tables_enter(struct fit_tables *tables, struct bytes campaign)
{
    struct fit_table *table = fit_tables_find(tables, campaign);
    if (table)
        return table;
    table = entry_of(sizeof *table, campaign);
    map_add(&tables->campaigns, &table->head);
    tables->all = grown(tables->all, tables->n, &tables->cap, sizeof *tables->all);
    tables->all[tables->n++] = table;
    return table;
}

void fit_tables_drop(struct fit_tables *tables, struct fit_table *table)
{
    size_t at = 0;
    while (tables->all[at] != table)
        at++;
    tables->all[at] = tables->all[--tables->n];
    for (size_t i = 0; i < table->n; i++)
        leave(tables, table, table->best[i].member);
    map_remove(&tables->campaigns, &table->head);
    free(table->best);
    free(table);
}

void fit_tables_close(struct fit_tables *tables)
{
    while (tables->n > 0)
        fit_tables_drop(tables, tables->all[tables->n - 1]);
    map_free(&tables->campaigns);
    map_free(&tables->members);
    free(tables->all);
}

/* ---- places ---- */

double fit_table_floor(const struct fit_tables *tables, const struct fit_table *table)
{
    return table->n < tables->most ? 0 : table->best[table->n - 1].score;
}

bool fit_table_crowded(const struct fit_tables *tables, const struct fit_table *table)
{
    return table->n > tables->most;
}

struct fit_place *fit_table_place(const struct fit_table *table, const struct fit_member *member)
{
    for (size_t i = 0; member && i < table->n; i++)
        if (table->best[i].member == member)
            return &table->best[i];
    return NULL;
}

static bool ahead(const struct fit_place *place, double score, struct bytes creator)
{
    struct bytes other = place->member->head.key;
    if (place->score != score)
        return place->score > score;
    int order = memcmp(other.ptr, creator.ptr, other.len < creator.len ? other.len : creator.len);
    return order ? order < 0 : other.len < creator.len;
}

static size_t rank_of(const struct fit_table *table, double score, struct bytes creator)
{
    size_t low = 0, high = table->n;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (ahead(&table->best[middle], score, creator))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void close_gap(struct fit_table *table, const struct fit_place *place)
{
    size_t at = (size_t)(place - table->best);
    memmove(&table->best[at], &table->best[at + 1], (--table->n - at) * sizeof *table->best);
}

struct fit_place *fit_table_put(struct fit_tables *tables, struct fit_table *table, struct fit_place *before,
                                struct bytes creator, double score)
{
    struct fit_place place = {.score = score, .told = NAN};
    if (before) {
        place = (struct fit_place){before->member, score, before->told};
        close_gap(table, before);
    }
    size_t at = rank_of(table, score, creator);
    if (!before && at >= tables->most)
        return NULL;
    if (!before)
        place.member = enter(tables, table, creator);
    table->best = grown(table->best, table->n, &table->cap, sizeof *table->best);
    memmove(&table->best[at + 1], &table->best[at], (table->n++ - at) * sizeof *table->best);
    table->best[at] = place;
    return &table->best[at];
}

void fit_table_remove(struct fit_tables *tables, struct fit_table *table, struct fit_place *place)
{
    struct fit_member *member = place->member;
    close_gap(table, place);
    leave(tables, table, member);
}
