/* peers: the arithmetic of §3: bins of equal width in ln, quantiles by linear interpolation within a bin,
 * percentile by linear interpolation of the quantiles in ln. */
#include "microflux/peers.h"

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
