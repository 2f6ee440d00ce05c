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
struct score;

struct peer_histogram {
    int64_t bins[PEER_BINS];
};

struct peer_histograms {
    struct peer_histogram cells[PEER_PLATFORMS][PEER_BANDS];
};

/* Where one creator is counted: in one bin of one cell, or nowhere. */
struct peer_entry {
    bool there;
    uint8_t platform, band, bin;
};

struct peer_cell {
    int64_t n;      /* 0: nothing is known */
    uint64_t table; /* digest of the table it belongs to */
    double quantiles[PEER_QUANTILES];
};

struct peer_table {
    uint64_t digest;               /* of what it says; 0: there is none */
    uint64_t methodology;          /* digest of the one it was made by */
    int64_t version, published_at; /* of a published one: 1, 2 …; ms since 1970 */
    struct peer_cell cells[PEER_PLATFORMS][PEER_BANDS];
};

/* peers_bin: the bin of a mean log rate (m of §2); beyond the ends, the end bins. */
int peers_bin(const struct methodology *m, double mean_log);
/* peers_entry: where a creator of that score is counted: nowhere without a profile or an estimate. */
struct peer_entry peers_entry(const struct methodology *m, const struct score *score);
bool peers_same(struct peer_entry a, struct peer_entry b);
/* peers_count: n more entries like this one, n < 0: fewer. A creator that moves is taken out where it was. */
void peers_count(struct peer_histograms *histograms, struct peer_entry entry, int64_t n);
void peers_merge(struct peer_histograms *into, const struct peer_histograms *other);
/* peers_quantiles: of a histogram, its mass even in ln within each bin. */
struct peer_cell peers_quantiles(const struct methodology *m, const struct peer_histogram *histogram);
/* peers_table: of all histograms, with its digest; no version yet. peers_seal: the digest once its cells are
 * there. */
void peers_table(const struct methodology *m, const struct peer_histograms *histograms,
                 struct peer_table *table);
void peers_seal(const struct methodology *m, struct peer_table *table);
/* peers_cell: the table's where at least 100 stand behind it, else the benchmark's; either may be NULL. NULL:
 * nothing is known. Borrowed from them. */
const struct peer_cell *peers_cell(const struct methodology *m, const struct peer_table *table,
                                   const struct peer_table *benchmark, size_t platform, size_t band);
double peers_median(const struct peer_cell *cell);
double peers_percentile(const struct methodology *m, const struct peer_cell *cell, double rate); /* 1..99 */
double peers_score(const struct methodology *m, double rate, double median);                     /* 0..100 */

#endif
