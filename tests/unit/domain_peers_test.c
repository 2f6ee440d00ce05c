/* peers: entries, sums and tables of histograms, beside the same made of the rates themselves. */
#include <math.h>
#include <stdlib.h>

#include "domain_room.h"
#include "methodology_bed.h"

#define CREATORS 5000
#define WIDTH    (5 * M_LN10 / PEER_BINS)

static uint64_t seed = 7;

static double chance(void)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (double)(seed >> 11) / (double)(1ull << 53);
}

static struct score score_of(uint8_t platform, uint8_t band, double mean)
{
    return (struct score){.has_profile = true,
                          .has_estimate = true,
                          .peer_platform = platform,
                          .peer_band = band,
                          .estimate_mean = mean};
}

static void test_entries(void **state)
{
    struct score s = score_of(2, 3, log(0.02));
    struct peer_entry entry = peers_entry(m, &s), none = {.there = false};
    (void)state;
    assert_true(entry.there && entry.platform == 2 && entry.band == 3);
    assert_int_equal(entry.bin, floor((log(0.02) - log(1e-5)) / WIDTH));
    assert_true(peers_same(entry, peers_entry(m, &s)) && !peers_same(entry, none) && peers_same(none, none));
    s.estimate_mean += WIDTH;
    assert_false(peers_same(entry, peers_entry(m, &s)));
    s.has_estimate = false;
    assert_false(peers_entry(m, &s).there);
    s = score_of(2, 3, 0);
    s.has_profile = false;
    assert_false(peers_entry(m, &s).there);
}

/* Creators of several lanes that move about: the sum is that of where they stand in the end. */
static void test_moves_and_merge(void **state)
{
    static struct peer_histograms lanes[3], sum, again;
    static struct peer_entry at[CREATORS];
    (void)state;
    for (int i = 0; i < 4 * CREATORS; i++) {
        int creator = (int)(chance() * CREATORS);
        struct score s = score_of((uint8_t)(chance() * PEER_PLATFORMS), (uint8_t)(chance() * 6),
                                  log(1e-6) + chance() * 16);
        struct peer_entry to = peers_entry(m, &s);
        to.there = chance() > 0.1;
        peers_count(&lanes[creator % 3], at[creator], -1);
        peers_count(&lanes[creator % 3], to, 1);
        at[creator] = to;
    }
    for (int i = 0; i < 3; i++)
        peers_merge(&sum, &lanes[i]);
    for (int i = 0; i < CREATORS; i++)
        peers_count(&again, at[i], 1);
    assert_memory_equal(&sum, &again, sizeof sum);
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

/* A quantile lies within a bin of the exact one, and the same share of all is below it. */
static void test_quantiles_beside_exact(void **state)
{
    static double logs[CREATORS];
    static struct peer_histograms histograms;
    static struct peer_table table;
    (void)state;
    for (int i = 0; i < CREATORS; i++) {
        struct score s = score_of(1, 1, log(0.02) + 2 * (chance() + chance() + chance() - 1.5));
        peers_count(&histograms, peers_entry(m, &s), 1);
        logs[i] = s.estimate_mean;
    }
    qsort(logs, CREATORS, sizeof *logs, by_size);
    peers_table(m, &histograms, &table);
    const struct peer_cell *cell = &table.cells[1][1];
    assert_int_equal(cell->n, CREATORS);
    for (int i = 0; i < PEER_QUANTILES; i++) {
        double exact = logs[(int)(m->peer_quantiles[i] * CREATORS)], found = log(cell->quantiles[i]);
        assert_true(fabs(found - exact) < WIDTH);
        assert_float_equal(peers_percentile(m, cell, cell->quantiles[i]), 100 * m->peer_quantiles[i], 1e-9);
    }
    for (int i = 1; i < PEER_QUANTILES; i++)
        assert_true(cell->quantiles[i] > cell->quantiles[i - 1]);
}

/* The digest is that of what the table says: not of who made it when, but of every number. */
static void test_digest(void **state)
{
    static struct peer_histograms histograms;
    static struct peer_table one, other;
    struct peer_entry entry = {true, 1, 2, 40};
    (void)state;
    peers_count(&histograms, entry, 100);
    peers_table(m, &histograms, &one);
    peers_table(m, &histograms, &other);
    assert_true(one.digest && one.digest == other.digest && one.methodology == m->digest);
    assert_true(one.cells[1][2].table == one.digest && one.cells[1][1].n == 0);
    peers_count(&histograms, entry, 1);
    peers_table(m, &histograms, &other);
    assert_true(one.digest != other.digest);
    other.cells[1][2].n = 100;
    peers_seal(m, &other);
    assert_true(one.digest == other.digest); /* one bin: its quantiles are the same */
    memmove(&other.cells[2], &other.cells[1], sizeof other.cells[1]);
    memset(&other.cells[1], 0, sizeof other.cells[1]);
    peers_seal(m, &other);
    assert_true(one.digest != other.digest);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_entries), cmocka_unit_test(test_moves_and_merge),
                                       cmocka_unit_test(test_quantiles_beside_exact),
                                       cmocka_unit_test(test_digest)};
    return cmocka_run_group_tests(tests, open_methodology, close_methodology);
}
