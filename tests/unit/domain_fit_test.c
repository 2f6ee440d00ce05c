/* Properties of fits and rosters (scoring.md §10, §11) over random ones: the product and its steps, gates
 * give 0, quality only scales; a lazy roster is the plain greedy one, and at least (1 - 1/e) of the best. */
#include <math.h>
#include <stdio.h>

#include "domain_room.h"
#include "methodology_bed.h"
#include "microflux/fit.h"

static uint64_t seed = 42;

static uint64_t next(void)
{
    seed += 0x9e3779b97f4a7c15;
    uint64_t z = (seed ^ seed >> 30) * 0xbf58476d1ce4e5b9;
    return z ^ z >> 27;
}

static double unit(void)
{
    return (double)(next() >> 11) / 9007199254740992.0;
}

static void test_product(void **state)
{
    (void)state;
    for (int i = 0; i < 2000; i++) {
        struct fit_campaign campaign = {.active = next() % 8 != 0,
                                        .starts_at = INT64_MIN,
                                        .ends_at = INT64_MAX,
                                        .values = 1,
                                        .weights = {2 * unit(), 2 * unit(), 2 * unit()}};
        struct fit_post posts[4] = {{.lexicon = next() % 2}, {.lexicon = next() % 2}};
        const struct fit_creator creator = {.posts = posts, .n_posts = 4};
        const struct fit_quality quality = {
            .engagement = {true, 5, 100 * unit(), unit()},
            .authenticity = {true, 5, 100 * unit(), unit()},
            .saturation = {unit(), next() % 2},
            .cost_ratio = {exp(4 * unit() - 2), next() % 2},
        };
        struct fit fit;
        double affinity = 100 * unit();
        fit_score(m, &campaign, &creator, &quality, affinity, (int32_t)(next() % 40), 0, &fit);
        double sum = fit.affinity;
        for (int f = 0; f < N_FACTORS; f++) {
            assert_true(fit.factors[f] > 0 && fit.factors[f] <= 1 && fit.steps[f] <= 0);
            sum += fit.steps[f];
        }
        assert_true(fit.confidence >= 0 && fit.confidence <= 1);
        if (fit.gate != GATE_NONE)
            assert_float_equal(fit.score, 0, 0);
        else
            assert_float_equal(fit.score, sum, 1e-9);
        assert_true(fit.score >= 0 && fit.score <= affinity);
    }
}

/* ---- rosters over explicit sets: 20,000 people, creators who share some of them ---- */
#define CANDIDATES 12
static uint8_t registers[CANDIDATES][HLL_REGISTERS];
static struct candidate candidates[CANDIDATES];
static char names[CANDIDATES][4];

static void draw(bool priced)
{
    for (size_t i = 0; i < CANDIDATES; i++) {
        struct hll hll = {0};
        uint64_t from = next() % 20000, people = 50 + next() % 3000;
        for (uint64_t k = 0; k < people; k++) {
            uint64_t who = (from + k) % 20000;
            hll_add(&hll, bytes_hash((struct bytes){(const char *)&who, sizeof who}));
        }
        memset(registers[i], 0, HLL_REGISTERS);
        hll_union(&hll, registers[i]);
        hll_free(&hll);
        snprintf(names[i], sizeof names[i], "c%02zu", i);
        candidates[i] = (struct candidate){.creator_id = bytes_of(names[i]),
                                           .fit = 100 * unit(),
                                           .price = priced ? (int64_t)(50 + next() % 500) : -1,
                                           .registers = registers[i]};
    }
}

/* Of an audience the largest shares are kept, and nothing that is no share or no name. */
static void test_shares(void **state)
{
    struct audience_shares shares = {.n = 0};
    static const char *const refused[] = {"", "F R", "a-name-too-long-0", "\"x"};
    (void)state;
    for (size_t i = 0; i < 4; i++)
        audience_shares_add(&shares, bytes_of(refused[i]), .5);
    audience_shares_add(&shares, BYTES("FR"), 0);
    audience_shares_add(&shares, BYTES("FR"), -1);
    audience_shares_add(&shares, BYTES("FR"), NAN);
    assert_int_equal(shares.n, 0);
    for (int i = 0; i < 2 * AUDIENCE_SHARES; i++) {
        const char name[] = {'A', (char)('A' + i % 26), (char)('A' + i / 26)};
        audience_shares_add(&shares, (struct bytes){name, 3}, i < 26 ? .01 : .02);
    }
    audience_shares_add(&shares, BYTES("zh-Hant"), 3);
    assert_int_equal(shares.n, AUDIENCE_SHARES);
    assert_string_equal(shares.each[0].of, "zh-Hant");
    assert_int_equal(shares.each[0].share, SHARE_WHOLE);
    assert_string_equal(shares.each[1].of, "AAB");
    assert_string_equal(shares.each[7].of, "AAA"); /* of equal ones the smaller name */
    assert_string_equal(shares.each[15].of, "AIA");
}

static void test_lazy_is_greedy(void **state)
{
    size_t saved = 0;
    (void)state;
    for (int round = 0; round < 300; round++) {
        struct roster lazy, plain;
        bool priced = round % 2;
        int64_t budget = priced ? (int64_t)(200 + next() % 1500) : 0;
        int32_t slots = priced ? 0 : (int32_t)(1 + next() % 6);
        draw(priced);
        roster_build(candidates, CANDIDATES, budget, slots, true, &lazy);
        roster_build(candidates, CANDIDATES, budget, slots, false, &plain);
        assert_int_equal(lazy.n, plain.n);
        for (size_t i = 0; i < lazy.n; i++)
            assert_ptr_equal(lazy.members[i].candidate, plain.members[i].candidate);
        assert_true(lazy.evaluations <= plain.evaluations);
        assert_true(!priced || lazy.cost <= budget);
        assert_true(lazy.unduplicated_reach <= 1.05 * lazy.total_reach);
        saved += plain.evaluations - lazy.evaluations;
        roster_free(&lazy);
        roster_free(&plain);
    }
    print_message("%zu evaluations saved over 300 rosters\n", saved);
}

static double worth(unsigned chosen)
{
    uint8_t all[HLL_REGISTERS] = {0};
    for (size_t i = 0; i < CANDIDATES; i++)
        for (size_t r = 0; chosen >> i & 1 && r < HLL_REGISTERS; r++)
            if (registers[i][r] > all[r])
                all[r] = registers[i][r];
    return hll_estimate(all);
}

/* All of one fit, so that the greedy bound of 1 - 1/e holds for the reach itself. */
static void test_near_the_best(void **state)
{
    double least = 1;
    (void)state;
    for (int round = 0; round < 20; round++) {
        struct roster roster;
        double best = 0;
        draw(false);
        for (size_t i = 0; i < CANDIDATES; i++)
            candidates[i].fit = 50;
        for (unsigned chosen = 0; chosen < 1u << CANDIDATES; chosen++)
            if (__builtin_popcount(chosen) == 3)
                best = fmax(best, worth(chosen));
        roster_build(candidates, CANDIDATES, 0, 3, true, &roster);
        least = fmin(least, roster.unduplicated_reach / best);
        roster_free(&roster);
    }
    print_message("at least %.3f of the best reach of 3\n", least);
    assert_true(least >= 1 - exp(-1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_product),
        cmocka_unit_test(test_shares),
        cmocka_unit_test(test_lazy_is_greedy),
        cmocka_unit_test(test_near_the_best),
    };
    return cmocka_run_group_tests(tests, open_methodology, close_methodology);
}
