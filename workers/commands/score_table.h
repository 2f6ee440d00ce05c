/* score_table: the newest score of each creator, as a table for people. */
#ifndef COMMANDS_SCORE_TABLE_H
#define COMMANDS_SCORE_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "microflux/bytes.h"

struct score_table;
struct score_table *score_table_open(void);
void score_table_close(struct score_table *table);
/* score_table_take: one record of creator-scores (unframed). */
void score_table_take(struct score_table *table, struct bytes creator, struct bytes body);
/* score_table_print: the most engaging creators; on a terminal from its first line on and in colour, else as
 * plain lines.
 */
void score_table_print(struct score_table *table, bool terminal, int64_t seconds, bool flowing);
/* score_table_name: the creator in row i of the table as it was printed last; ptr NULL: no such row. */
struct bytes score_table_name(const struct score_table *table, size_t i);
void score_table_summary(const struct score_table *table);

#endif
