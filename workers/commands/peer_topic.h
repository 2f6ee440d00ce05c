/* peer_topic: tables of peers as records of topics.peer_tables (schemas/peer-table.avsc), one a version,
 * under the namespace of the counters they were made of. */
#ifndef COMMANDS_PEER_TOPIC_H
#define COMMANDS_PEER_TOPIC_H

#include "options.h"

/* peer_table_encode: the record's value, framed. */
enum err peer_table_encode(const struct methodology *m, const struct peer_table *table, uint32_t schema_id,
                           struct buffer *out, struct err_info *info) MF_MUST_CHECK;
/* peer_table_decode: of a table of another methodology all but its cells. ERR_REJECT: the sentence says what
 * is wrong with it. ERR_WEATHER: the registry is away. */
enum err peer_table_decode(const struct methodology *m, struct registry *registry,
                           const struct kafka_record *record, struct peer_table *table,
                           struct err_info *info) MF_MUST_CHECK;
/* peer_table_newest: for tools: the one in force; ERR_NOT_FOUND: none was published yet. */
enum err peer_table_newest(const struct config *config, const struct methodology *m, struct peer_table *table,
                           struct err_info *info) MF_MUST_CHECK;

/* market_now: what a worker would compare with now: the table in force, kept in *room, else the benchmarks
 * alone, which is said on stderr when Kafka is the reason. Borrows tables and room. */
struct market market_now(const struct config *config, const struct score_tables *tables, const char *command,
                         struct peer_table *room);

#endif
