/* peers: the arithmetic of §3: bins of equal width in ln, quantiles by linear interpolation within a bin,
 * percentile by linear interpolation of the quantiles in ln. */
#include "microflux/peers.h"

#include <inttypes.h>
#include <math.h>

#include "domain_room.h"

static double width(const struct methodology *m)
{
    return (log(m->peer_high) - log(m->peer_low)) / PEER_BINS;
}

int peers_bin(const struct methodology *m, double mean_log)
{
    double at = floor((mean_log - log(m->peer_low)) / width(m));
    return at < 0 ? 0 : at >= PEER_BINS ? PEER_BINS - 1 : (int)at;
}

struct peer_entry peers_entry(const struct methodology *m, const struct score *score)
{
    if (!score->has_profile || !score->has_estimate)
        return (struct peer_entry){.there = false};
    return (struct peer_entry){true, score->peer_platform, score->peer_band,
                               (uint8_t)peers_bin(m, score->estimate_mean)};
}

bool peers_same(struct peer_entry a, struct peer_entry b)
{
    return a.there == b.there &&
           (!a.there || (a.platform == b.platform && a.band == b.band && a.bin == b.bin));
}

void peers_count(struct peer_histograms *histograms, struct peer_entry entry, int64_t n)
{
    if (entry.there)
        histograms->cells[entry.platform][entry.band].bins[entry.bin] += n;
}

void peers_merge(struct peer_histograms *into, const struct peer_histograms *other)
{
    for (int p = 0; p < PEER_PLATFORMS; p++)
        for (int b = 0; b < PEER_BANDS; b++)
            for (int i = 0; i < PEER_BINS; i++)
                into->cells[p][b].bins[i] += other->cells[p][b].bins[i];
}

/* The ln below which `wanted` of them are. */
static double quantile(const struct methodology *m, const struct peer_histogram *h, double wanted)
{
    double below = 0;
    int bin = 0;
    while (bin < PEER_BINS - 1 && (h->bins[bin] == 0 || below + (double)h->bins[bin] < wanted))
        below += (double)h->bins[bin++];
    double within = h->bins[bin] ? (wanted - below) / (double)h->bins[bin] : 0;
    return log(m->peer_low) + (bin + within) * width(m);
}

struct peer_cell peers_quantiles(const struct methodology *m, const struct peer_histogram *h)
{
    struct peer_cell cell = {0};
    for (int i = 0; i < PEER_BINS; i++)
        cell.n += h->bins[i];
    for (int i = 0; cell.n && i < PEER_QUANTILES; i++)
        cell.quantiles[i] = exp(quantile(m, h, m->peer_quantiles[i] * (double)cell.n));
    return cell;
}

/* Over everything a reader takes from it, names instead of places. */
void peers_seal(const struct methodology *m, struct peer_table *table)
{
    struct buffer said = {0};
    table->methodology = m->digest;
    buffer_add(&said, &m->digest, sizeof m->digest);
    for (int p = 0; p < PEER_PLATFORMS; p++)
        for (size_t b = 0; b < m->schemes[0]->n_edges; b++) {
            const struct peer_cell *cell = &table->cells[p][b];
            const struct tier_edge *edge = &m->schemes[0]->edges[b];
            if (cell->n == 0)
                continue;
            buffer_printf(&said, "%s %s %s %" PRId64, platform_names[p], edge->tier, edge->band, cell->n);
            buffer_add(&said, cell->quantiles, sizeof cell->quantiles);
        }
    table->digest = bytes_hash((struct bytes){said.data, said.len});
    buffer_free(&said);
    for (int p = 0; p < PEER_PLATFORMS; p++)
        for (int b = 0; b < PEER_BANDS; b++)
            table->cells[p][b].table = table->digest;
}

void peers_table(const struct methodology *m, const struct peer_histograms *histograms,
                 struct peer_table *table)
{
    *table = (struct peer_table){0};
    for (int p = 0; p < PEER_PLATFORMS; p++)
        for (size_t b = 0; b < m->schemes[0]->n_edges; b++)
            table->cells[p][b] = peers_quantiles(m, &histograms->cells[p][b]);
    peers_seal(m, table);
}

static const struct peer_cell *cell_of(const struct peer_table *table, size_t platform, size_t band)
{
    bool there = table && platform < PEER_PLATFORMS && band < PEER_BANDS;
    return there && table->cells[platform][band].n > 0 ? &table->cells[platform][band] : NULL;
}

const struct peer_cell *peers_cell(const struct methodology *m, const struct peer_table *table,
                                   const struct peer_table *benchmark, size_t platform, size_t band)
{
    const struct peer_cell *cell = cell_of(table, platform, band);
    return cell && cell->n >= m->peer_least ? cell : cell_of(benchmark, platform, band);
}

double peers_median(const struct peer_cell *cell)
{
    return cell->quantiles[PEER_QUANTILES / 2];
}

double peers_percentile(const struct methodology *m, const struct peer_cell *cell, double rate)
{
    const double *q = cell->quantiles, *of = m->peer_quantiles;
    int i = 0;
    if (rate <= q[0])
        return 100 * of[0];
    if (rate >= q[PEER_QUANTILES - 1])
        return 100 * of[PEER_QUANTILES - 1];
    while (rate >= q[i + 1])
        i++;
    return 100 * (of[i] + (of[i + 1] - of[i]) * log(rate / q[i]) / log(q[i + 1] / q[i]));
}

double peers_score(const struct methodology *m, double rate, double median)
{
    return rate <= median ? m->peer_at_median * rate / median
                          : 100 - (100 - m->peer_at_median) * median / rate;
}
