/* metrics_table: the one table of metrics: /metrics, the reference page and the names `top` reads are made
 * from metrics.def. */
#ifndef COMMANDS_METRICS_TABLE_H
#define COMMANDS_METRICS_TABLE_H

#include <stdio.h>

#include "microflux/bytes.h"
#include "process_status.h"

enum metric_id {
#define METRIC(id, ...) M_##id,
#include "metrics.def"
#undef METRIC
    N_METRICS
};

extern const char *const metric_names[N_METRICS]; /* in full */

struct worker;
struct live_peers;

/* A process as its metrics show it. Workers that did not open yet are NULL. */
struct metrics_source {
    struct worker *const *workers;
    size_t n_workers;
    struct live_peers *live; /* NULL: none */
};

/* metrics_write: Prometheus text format 0.0.4. Any thread. */
void metrics_write(const struct metrics_source *source, struct buffer *out);
void metrics_print_reference(FILE *out); /* docs/reference/metrics.md */

#endif
