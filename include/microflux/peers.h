/* peers: how a rate stands among those of the same platform and band (scoring.md §3): a histogram of
 * creators per cell, the quantiles of one, and what a rate is worth beside them. Pure arithmetic; who
 * gathers and publishes tables is no matter of it. */
#ifndef MICROFLUX_PEERS_H
#define MICROFLUX_PEERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PEER_BINS      64
#define PEER_QUANTILES 21 /* 0.01, 0.05, 0.10 … 0.95, 0.99 */
#define PEER_PLATFORMS 10 /* by enum platform */
#define PEER_BANDS     8  /* by the entry of a tier scheme */

struct methodology;

struct peer_histogram {
    int64_t bins[PEER_BINS];
};

struct peer_cell {
    int64_t n; /* 0: nothing is known */
    double quantiles[PEER_QUANTILES];
};

struct peer_table {
    uint64_t digest;
    struct peer_cell cells[PEER_PLATFORMS][PEER_BANDS];
};

/* peers_bin: the bin of a mean log rate (m of §2); beyond the ends, the end bins. A creator that moves is
 * taken out of its old bin by the owner of the histogram. */
int peers_bin(const struct methodology *m, double mean_log);
/* peers_quantiles: of a histogram, its mass even in ln within each bin. */
struct peer_cell peers_quantiles(const struct methodology *m, const struct peer_histogram *histogram);
/* peers_cell: the table's where at least 100 stand behind it, else the benchmark's; either may be NULL. NULL:
 * nothing is known. Borrowed from them. */
const struct peer_cell *peers_cell(const struct methodology *m, const struct peer_table *table,
                                   const struct peer_table *benchmark, size_t platform, size_t band);
double peers_median(const struct peer_cell *cell);
double peers_percentile(const struct methodology *m, const struct peer_cell *cell, double rate); /* 1..99 */
double peers_score(const struct methodology *m, double rate, double median);                     /* 0..100 */

#endif
