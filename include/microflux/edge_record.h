/* edge_record: records of the topics audience-edges and affinity-updates, between the score and the audience
 * worker (schemas/audience-edge.avsc, schemas/affinity-update.avsc).
 */
#ifndef MICROFLUX_EDGE_RECORD_H
#define MICROFLUX_EDGE_RECORD_H

#include "microflux/avro.h"
#include "microflux/rings.h"

/* edge_key: the key of an actor's edges: 16 hex digits. edge_actor: back; false: it is no such key. */
#define EDGE_KEY 16
void edge_key(uint64_t actor, char key[EDGE_KEY + 1]);
bool edge_actor(struct bytes key, uint64_t *actor);

/* *_encode: unframed, appended. */
void edge_encode(const struct edge *edge, struct buffer *out);
void affinity_update_encode(const struct affinity_update *update, struct buffer *out);

/* *_reader_open: as avro_reader_open; values must be framed single-object. *_decode: as avro_reader_decode,
 * and word bad_edge: a field is not what it must be. Strings are borrowed from value. */
enum err edge_reader_open(size_t max_record_bytes, struct avro_reader **reader,
                          struct err_info *info) MF_MUST_CHECK;
enum err edge_decode(struct avro_reader *reader, struct avro_scratch *scratch, struct bytes value,
                     struct edge *edge, uint32_t *schema_id, struct err_info *info) MF_MUST_CHECK;
enum err affinity_update_reader_open(size_t max_record_bytes, struct avro_reader **reader,
                                     struct err_info *info) MF_MUST_CHECK;
enum err affinity_update_decode(struct avro_reader *reader, struct avro_scratch *scratch, struct bytes value,
                                struct affinity_update *update, uint32_t *schema_id,
                                struct err_info *info) MF_MUST_CHECK;

#endif
