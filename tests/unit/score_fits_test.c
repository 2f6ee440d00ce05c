/* Tables of the best, held against a plain sort: random creators come, move and leave; nobody is in a table
 * twice, the order is that of readers, and who has no place anywhere is not remembered. And who a set of
 * campaigns admits by platform and tier is who the gates let pass. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "cmocka_all.h"
#include "fit_tables.h"
#include "microflux/campaign_set.h"

#define CREATORS 60
#define TABLES   4
#define MOST     7

static uint64_t seed = 7;

static uint64_t next(void)
{
    seed += 0x9e3779b97f4a7c15;
    uint64_t z = (seed ^ seed >> 30) * 0xbf58476d1ce4e5b9;
    return z ^ z >> 27;
}

static char names[CREATORS][16], campaigns[TABLES][16];
static double scores[TABLES][CREATORS]; /* 0: not in */

static bool ahead(int table, int a, int b)
{
    double x = scores[table][a], y = scores[table][b];
    return x != y ? x > y : strcmp(names[a], names[b]) < 0;
}

static void expect_sorted(const struct fit_tables *tables, int at)
{
    const struct fit_table *table = fit_tables_find(tables, bytes_of(campaigns[at]));
    size_t in = 0;
    for (int c = 0; c < CREATORS; c++) {
        size_t rank = 0;
        for (int other = 0; scores[at][c] > 0 && other < CREATORS; other++)
            rank += other != c && scores[at][other] > 0 && ahead(at, other, c);
        const struct fit_member *member = fit_tables_member(tables, bytes_of(names[c]));
        const struct fit_place *place = table ? fit_table_place(table, member) : NULL;
        assert_true((place != NULL) == (scores[at][c] > 0));
        in += place != NULL;
        if (place)
            assert_true(place == &table->best[rank] && place->score == scores[at][c]);
    }
    assert_int_equal(in, table ? table->n : 0);
}

static void expect_members(const struct fit_tables *tables)
{
    size_t n = 0;
    for (int c = 0; c < CREATORS; c++) {
        size_t places = 0;
        for (int t = 0; t < TABLES; t++)
            places += scores[t][c] > 0;
        const struct fit_member *member = fit_tables_member(tables, bytes_of(names[c]));
        assert_int_equal(member ? member->n : 0, places);
        n += member != NULL;
    }
    assert_int_equal(tables->members.n, n);
}

static void put(struct fit_tables *tables, int at, int c)
{
    double score = (double)(1 + next() % 20) / 2, told = NAN;
    struct fit_table *table = fit_tables_enter(tables, bytes_of(campaigns[at]));
    struct fit_place *before = fit_table_place(table, fit_tables_member(tables, bytes_of(names[c])));
    if (before)
        told = before->told;
    struct fit_place *place = fit_table_put(tables, table, before, bytes_of(names[c]), score);
    if (!place) {
        assert_true(table->n == MOST && fit_table_floor(tables, table) >= score);
        return;
    }
    assert_true(isnan(told) ? isnan(place->told) : place->told == told);
    place->told = score;
    scores[at][c] = score;
    if (!fit_table_crowded(tables, table))
        return;
    struct fit_place *last = &table->best[table->n - 1];
    for (int other = 0; other < CREATORS; other++)
        if (bytes_equal(last->member->head.key, bytes_of(names[other])))
            scores[at][other] = 0;
    fit_table_remove(tables, table, last);
}

static void take(struct fit_tables *tables, int at, int c)
{
    struct fit_table *table = fit_tables_enter(tables, bytes_of(campaigns[at]));
    struct fit_place *place = fit_table_place(table, fit_tables_member(tables, bytes_of(names[c])));
    if (place)
        fit_table_remove(tables, table, place);
    scores[at][c] = 0;
}

static void test_tables(void **state)
{
    (void)state;
    struct fit_tables tables;
    fit_tables_open(&tables, MOST);
    for (int c = 0; c < CREATORS; c++)
        snprintf(names[c], sizeof names[c], "c%d", c);
    for (int t = 0; t < TABLES; t++)
        snprintf(campaigns[t], sizeof campaigns[t], "campaign-%d", t);
    for (int i = 0; i < 6000; i++) {
        int at = (int)(next() % TABLES), c = (int)(next() % CREATORS);
        if (next() % 4)
            put(&tables, at, c);
        else
            take(&tables, at, c);
        if (next() % 200 == 0) {
            fit_tables_drop(&tables, fit_tables_enter(&tables, bytes_of(campaigns[at])));
            memset(scores[at], 0, sizeof scores[at]);
        }
        expect_sorted(&tables, at);
        if (i % 50 == 0)
            expect_members(&tables);
    }
    fit_tables_close(&tables);
}

static void test_admits(void **state)
{
    static const char *const tiers[] = {"NONE", "MICRO", "MACRO", "MEGA", NULL};
    struct fit_campaign *all = calloc(200, sizeof *all);
    const struct fit_campaign *listed[200];
    (void)state;
    for (int i = 0; i < 200; i++) {
        snprintf(all[i].id, sizeof all[i].id, "c%d", i);
        all[i].platforms = next() % 2 ? 0 : (uint16_t)(next() % (1 << N_PLATFORMS));
        for (int t = 0; t < 4 && next() % 2; t++)
            snprintf(all[i].tiers[all[i].n_tiers++], sizeof all[i].tiers[0], "%s", tiers[t]);
        all[i].active = true;
        all[i].ends_at = 1;
        listed[i] = &all[i];
    }
    struct campaign_set *set = campaign_set_open(listed, 200);
    for (int platform = 0; platform < N_PLATFORMS; platform++)
        for (int t = 0; t < 5; t++) {
            const uint64_t *admits = campaign_set_admits(set, platform, tiers[t]);
            struct fit_creator creator = {.platform = platform, .tier = tiers[t]};
            for (size_t i = 0; i < set->n; i++)
                assert_int_equal(admits[i / 64] >> (i % 64) & 1,
                                 fit_gate(NULL, &set->all[i], &creator, 0) == GATE_NONE);
        }
    for (int i = 0; i < 200; i++)
        assert_string_equal(campaign_set_find(set, all[i].id)->id, all[i].id);
    assert_null(campaign_set_find(set, "none"));
    campaign_set_close(set);
    free(all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_tables), cmocka_unit_test(test_admits)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
