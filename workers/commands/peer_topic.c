/* peer_topic: see peer_topic.h. A table is rare and read by name, so by JSON: whichever schema wrote it. What
 * was read is sealed again and must give the digest it came with. */
#include "peer_topic.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>

#include "microflux/schemas.h"
#include "record_text.h"

/* ---- write ---- */

static void put_reals(struct buffer *out, const double *reals, size_t n)
{
    avro_put_long(out, (int64_t)n);
    for (size_t i = 0; i < n; i++)
        avro_put_double(out, reals[i]);
    avro_put_long(out, 0);
}

static void put_digest(struct buffer *out, uint64_t digest)
{
    char text[17];
    snprintf(text, sizeof text, "%016" PRIx64, digest);
    avro_put_bytes(out, bytes_of(text));
}

static void put_cells(struct buffer *out, const struct methodology *m, const struct peer_table *table)
{
    for (int p = 0; p < PEER_PLATFORMS; p++)
        for (size_t b = 0; b < m->schemes[0]->n_edges; b++) {
            const struct peer_cell *cell = &table->cells[p][b];
            if (cell->n == 0)
                continue;
            avro_put_long(out, 1); /* a block each */
            avro_put_bytes(out, bytes_of(platform_names[p]));
            avro_put_bytes(out, bytes_of(m->schemes[0]->edges[b].tier));
            avro_put_bytes(out, bytes_of(m->schemes[0]->edges[b].band));
            avro_put_long(out, cell->n);
            put_reals(out, cell->quantiles, PEER_QUANTILES);
        }
    avro_put_long(out, 0);
}

enum err peer_table_encode(const struct methodology *m, const struct peer_table *table, uint32_t schema_id,
                           struct buffer *out, struct err_info *info)
{
    uint64_t fingerprint = avro_fingerprint(schema_peer_table, info);
    if (!fingerprint)
        return ERR_UNSUPPORTED;
    avro_put_frame(out, schema_id, fingerprint);
    avro_put_long(out, table->version);
    avro_put_long(out, table->published_at);
    put_digest(out, table->digest);
    put_digest(out, table->methodology);
    put_reals(out, m->peer_quantiles, PEER_QUANTILES);
    put_cells(out, m, table);
    return ERR_OK;
}

/* ---- read ---- */

static bool read_digest(const json_t *record, const char *name, uint64_t *digest)
{
    const char *text = json_string_value(json_object_get(record, name));
    return text && sscanf(text, "%16" SCNx64, digest) == 1;
}

static bool read_head(const json_t *record, struct peer_table *table)
{
    *table = (struct peer_table){.version = json_integer_value(json_object_get(record, "version")),
                                 .published_at = json_integer_value(json_object_get(record, "published_at"))};
    return table->version > 0 && read_digest(record, "digest", &table->digest) &&
           read_digest(record, "methodology", &table->methodology);
}

static bool is(const json_t *record, const char *name, const char *wanted)
{
    const char *text = json_string_value(json_object_get(record, name));
    return text && strcmp(text, wanted) == 0;
}

static struct peer_cell *place_of(const struct methodology *m, const json_t *cell, struct peer_table *table)
{
    for (int p = 0; p < PEER_PLATFORMS; p++)
        for (size_t b = 0; b < m->schemes[0]->n_edges; b++)
            if (is(cell, "platform", platform_names[p]) && is(cell, "tier", m->schemes[0]->edges[b].tier) &&
                is(cell, "band", m->schemes[0]->edges[b].band))
                return &table->cells[p][b];
    return NULL;
}

static bool read_cell(const struct methodology *m, const json_t *cell, struct peer_table *table)
{
    const json_t *quantiles = json_object_get(cell, "quantiles");
    struct peer_cell *place = place_of(m, cell, table);
    if (!place || json_array_size(quantiles) != PEER_QUANTILES)
        return false;
    place->n = json_integer_value(json_object_get(cell, "n"));
    for (size_t i = 0; i < PEER_QUANTILES; i++)
        place->quantiles[i] = json_number_value(json_array_get(quantiles, i));
    return place->n > 0;
}

static bool read_cells(const struct methodology *m, const json_t *record, struct peer_table *table)
{
    size_t i;
    const json_t *cell;
    uint64_t digest = table->digest;
    json_array_foreach(json_object_get(record, "cells"), i,
                       cell) if (!read_cell(m, cell, table)) return false;
    peers_seal(m, table);
    return table->digest == digest;
}

static enum err read_table(const struct methodology *m, const json_t *record, struct peer_table *table,
                           struct err_info *info)
{
    if (!json_is_object(record) || !read_head(record, table))
        return err_set(info, ERR_REJECT, "peer_table", "a record of the peer tables cannot be read");
    if (table->methodology != m->digest || read_cells(m, record, table))
        return ERR_OK;
    return err_set(info, ERR_REJECT, "peer_table", "peer table %" PRId64 " is not the one of its digest",
                   table->version);
}

enum err peer_table_decode(const struct methodology *m, struct registry *registry,
                           const struct kafka_record *record, struct peer_table *table, struct err_info *info)
{
    struct record_schema schema = {.json = schema_peer_table, .registry = registry};
    struct buffer text = {0};
    enum err err = value_json(&schema, record, &text, info);
    if (err == ERR_OK) {
        json_t *json = json_loadb(text.data, text.len, 0, NULL);
        err = read_table(m, json, table, info);
        json_decref(json);
    }
    buffer_free(&text);
    return err;
}

/* ---- for tools ---- */

static enum err scan_newest(const struct config *config, const struct methodology *m, struct scan *scan,
                            struct registry *registry, struct peer_table *table, struct err_info *info)
{
    struct kafka_record record;
    bool done = false, any = false;
    enum err err = ERR_OK;
    while (!done && (err == ERR_OK || err == ERR_NOT_FOUND)) {
        err = scan_next(scan, 1000, &record, &done, info);
        if (err == ERR_OK && bytes_equal(record.key, bytes_of(config->namespace_))) {
            any = record.value.ptr != NULL;
            err = any ? peer_table_decode(m, registry, &record, table, info) : ERR_OK;
        }
    }
    if (err != ERR_OK && err != ERR_NOT_FOUND)
        return err;
    return any ? ERR_OK
               : err_set(info, ERR_NOT_FOUND, "no_peer_table",
                         "no table of peers was published yet: all are compared with the benchmarks");
}

enum err peer_table_newest(const struct config *config, const struct methodology *m, struct peer_table *table,
                           struct err_info *info)
{
    struct scan *scan = NULL;
    struct registry *registry = NULL;
    *table = (struct peer_table){0};
    enum err err = registry_of(config, &registry, info);
    if (err == ERR_OK)
        err = scan_open(kafka_pairs_of(config), config->n_kafka, config->topic_peer_tables, true, true, &scan,
                        info);
    if (err == ERR_OK)
        err = scan_newest(config, m, scan, registry, table, info);
    scan_close(scan);
    registry_close(registry);
    return err;
}

/* Without Kafka, or before there is a table, the benchmarks are what a worker would take, too. */
struct market market_now(const struct config *config, const struct score_tables *tables, const char *command,
                         struct peer_table *room)
{
    struct err_info info;
    enum err err = peer_table_newest(config, tables->methodology, room, &info);
    if (err != ERR_OK && err != ERR_NOT_FOUND)
        fprintf(stderr, "microflux %s: compared with the benchmarks alone: %s\n", command, info.sentence);
    bool live = err == ERR_OK && room->methodology == tables->methodology->digest;
    return (struct market){
        live ? room : NULL, tables->benchmark, tables->values, {tables->embedding, tables->niche}};
}
