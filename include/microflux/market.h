/* market: what scores are compared with: benchmark rates of peers (data/benchmarks), and what an act is worth
 * (data/emv). Tables are data; immutable after opening; shared by all threads. */
#ifndef MICROFLUX_MARKET_H
#define MICROFLUX_MARKET_H

#include "microflux/methodology.h"

/* benchmark_read: the text of a file as data/benchmarks/benchmarks-1.conf; cells of the methodology's scheme
 * default, each with n = 1: nobody of this stream stands behind it. ERR_USAGE names file, line and key.
 * Gives; free(). benchmark_open: the program's own. */
enum err benchmark_read(const char *file, const char *text, const struct methodology *methodology,
                        struct peer_table **table, struct err_info *info) MF_MUST_CHECK;
enum err benchmark_open(const struct methodology *methodology, struct peer_table **table,
                        struct err_info *info) MF_MUST_CHECK;

/* unit_values_read: the text of a file as data/emv/example.conf. Gives; unit_values_free. */
enum err unit_values_read(const char *file, const char *text, struct unit_values **values,
                          struct err_info *info) MF_MUST_CHECK;
void unit_values_free(struct unit_values *values); /* takes NULL */

#endif
