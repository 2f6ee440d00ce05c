/* edge_record: edges and affinity updates in the order of their schemas, and back. */
#include "microflux/edge_record.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "microflux/schemas.h"

struct room { /* as both are read; an update has no actor and no time */
    struct bytes actor, creator_id, embedding, codes;
    int64_t occurred_at;
    double scale;
};

#define R struct room
static const struct avro_field fields[] = {
    AVRO_FIELD(R, "creator_id", AVRO_BYTES_T, creator_id),
    AVRO_FIELD(R, "embedding", AVRO_BYTES_T, embedding),
    AVRO_FIELD(R, "u.scale", AVRO_F64, scale),
    AVRO_FIELD(R, "u.codes", AVRO_BYTES_T, codes),
    AVRO_FIELD(R, "actor", AVRO_BYTES_T, actor),
    AVRO_FIELD(R, "occurred_at", AVRO_I64, occurred_at),
};
#undef R
#define UPDATE_FIELDS 4 /* the first ones */

static bool read_hex(struct bytes text, uint64_t *n)
{
    *n = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
            return false;
        *n = *n << 4 | (uint64_t)(c <= '9' ? c - '0' : c - 'a' + 10);
    }
    return text.len == EDGE_KEY;
}

void edge_key(uint64_t actor, char key[EDGE_KEY + 1])
{
    snprintf(key, EDGE_KEY + 1, "%016" PRIx64, actor);
}

bool edge_actor(struct bytes key, uint64_t *actor)
{
    return read_hex(key, actor) && *actor;
}

/* ---- there ---- */

static void put_hex(uint64_t n, struct buffer *out)
{
    char text[EDGE_KEY + 1];
    edge_key(n, text);
    avro_put_bytes(out, (struct bytes){text, EDGE_KEY});
}

static void put_vector(const struct packed_vector *u, struct buffer *out)
{
    avro_put_double(out, (double)u->scale);
    avro_put_bytes(out, (struct bytes){(const char *)u->code, DIMS});
}

void edge_encode(const struct edge *edge, struct buffer *out)
{
    put_hex(edge->actor, out);
    avro_put_bytes(out, edge->creator_id);
    avro_put_long(out, edge->occurred_at);
    put_hex(edge->embedding, out);
    put_vector(&edge->u, out);
}

void affinity_update_encode(const struct affinity_update *update, struct buffer *out)
{
    avro_put_bytes(out, update->creator_id);
    put_hex(update->embedding, out);
    put_vector(&update->u, out);
}

/* ---- and back ---- */

static enum err open_reader(const char *schema, size_t n_fields, size_t max_record_bytes,
                            struct avro_reader **reader, struct err_info *info)
{
    const struct avro_reader_options options = {.reader_json = schema,
                                                .fields = fields,
                                                .n_fields = n_fields,
                                                .struct_size = sizeof(struct room),
                                                .max_record_bytes = max_record_bytes};
    return avro_reader_open(&options, reader, info);
}

enum err edge_reader_open(size_t max_record_bytes, struct avro_reader **reader, struct err_info *info)
{
    return open_reader(schema_audience_edge, sizeof fields / sizeof fields[0], max_record_bytes, reader,
                       info);
}

enum err affinity_update_reader_open(size_t max_record_bytes, struct avro_reader **reader,
                                     struct err_info *info)
{
    return open_reader(schema_affinity_update, UPDATE_FIELDS, max_record_bytes, reader, info);
}

static enum err bad(const char *field, struct err_info *info)
{
    return err_set(info, ERR_REJECT, "bad_edge", "%s is not what microflux writes there", field);
}

static enum err take_update(const struct room *room, struct affinity_update *update, struct err_info *info)
{
    *update = (struct affinity_update){.creator_id = room->creator_id, .u.scale = (float)room->scale};
    if (room->creator_id.len == 0 || room->creator_id.len > RING_LONGEST)
        return bad("creator_id", info);
    if (!read_hex(room->embedding, &update->embedding))
        return bad("embedding", info);
    if (room->codes.len != DIMS || !isfinite(room->scale))
        return bad("u", info);
    memcpy(update->u.code, room->codes.ptr, DIMS);
    return ERR_OK;
}

enum err affinity_update_decode(struct avro_reader *reader, struct avro_scratch *scratch, struct bytes value,
                                struct affinity_update *update, uint32_t *schema_id, struct err_info *info)
{
    struct room room;
    enum err err = avro_reader_decode(reader, scratch, value, &room, schema_id, info);
    return err == ERR_OK ? take_update(&room, update, info) : err;
}

enum err edge_decode(struct avro_reader *reader, struct avro_scratch *scratch, struct bytes value,
                     struct edge *edge, uint32_t *schema_id, struct err_info *info)
{
    struct room room;
    struct affinity_update update;
    enum err err = avro_reader_decode(reader, scratch, value, &room, schema_id, info);
    if (err == ERR_OK)
        err = take_update(&room, &update, info);
    if (err != ERR_OK)
        return err;
    *edge = (struct edge){.creator_id = update.creator_id,
                          .occurred_at = room.occurred_at,
                          .embedding = update.embedding,
                          .u = update.u};
    return edge_actor(room.actor, &edge->actor) ? ERR_OK : bad("actor", info);
}
