/* Benchmarks and unit values as data: the program's own table says its source, and what a file says wrong
 * refuses it. */
#include <stdlib.h>
#include <string.h>

#include "methodology_bed.h"
#include "microflux/file.h"
#include "microflux/market.h"

#define EVEN "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21"

/* The 5th, 50th and 95th percentile of the source, and nothing where there is no source. */
static void own_benchmarks(void **state)
{
    static const double source[6][3] = {{.0067, .041, .152}, {.0067, .041, .152}, {.0051, .029, .102},
                                        {.0051, .029, .102}, {.0045, .025, .092}, {.0029, .024, .088}};
    struct peer_table *table;
    struct err_info info;
    (void)state;
    assert_int_equal(benchmark_open(m, &table, &info), ERR_OK);
    for (size_t band = 0; band < 6; band++) {
        const struct peer_cell *cell = &table->cells[1][band]; /* INSTAGRAM */
        assert_int_equal(cell->n, 1);
        assert_float_equal(cell->quantiles[1], source[band][0], 1e-5);
        assert_float_equal(cell->quantiles[10], source[band][1], 1e-5);
        assert_float_equal(cell->quantiles[19], source[band][2], 1e-5);
    }
    assert_int_equal(table->cells[2][1].n, 0);
    assert_true(table->digest != 0);
    free(table);
}

static void refused_benchmarks(void **state)
{
    static const char *const cases[][2] = {
        {"[INSTAGRAN]\nMEGA = 1", "x.conf, line 2: there is no platform INSTAGRAN; did you mean INSTAGRAM?"},
        {"[TIKTOK]\nMICRO = 1", "line 2: the scheme default has no entry MICRO"},
        {"[TIKTOK]\nMEGA = 1 2 3", "line 2: TIKTOK.MEGA is not 21 rising rates above 0"},
        {"[TIKTOK]\nMEGA = " EVEN " 22", "is not 21 rising rates"},
        {"[TIKTOK]\nMEGA = 0 " EVEN, "is not 21 rising rates"},
        {"[TIKTOK]\nMEGA = " EVEN "\nMEGA = " EVEN, "line 3: TIKTOK.MEGA stands here a second time"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct peer_table *table;
        struct err_info info = {0};
        assert_int_equal(benchmark_read("x.conf", cases[i][0], m, &table, &info), ERR_USAGE);
        if (!strstr(info.sentence, cases[i][1]))
            fail_msg("\"%s\" does not say \"%s\"", info.sentence, cases[i][1]);
    }
}

static void example_values(void **state)
{
    struct unit_values *values;
    struct err_info info;
    char *text;
    (void)state;
    assert_int_equal(file_text(MF_SOURCE_DIR "/data/emv/example.conf", &text, &info), ERR_OK);
    assert_int_equal(unit_values_read("example.conf", text, &values, &info), ERR_OK);
    assert_string_equal(values->currency, "EUR");
    assert_string_equal(values->date, "2026-01-01");
    assert_float_equal(values->minor_units[KIND_COMMENT], 40, 0);
    assert_float_equal(values->minor_units[KIND_FOLLOW], 0, 0);
    unit_values_free(values);
    unit_values_free(NULL);
    free(text);
}

static void refused_values(void **state)
{
    static const char *const cases[][2] = {
        {"[emv]\ndate = 2026-01-01\n", "x.conf: emv.currency is missing"},
        {"[emv]\ncurrency = EUR\n", "x.conf: emv.date is missing"},
        {"[emv]\ncurrency = euro\n", "line 2: emv.currency = \"euro\": emv.date = 2026-01-31 and"},
        {"[emv]\ndate = soon\n", "line 2: emv.date = \"soon\""},
        {"[emv]\ncurrency = EUR\ncurrency = USD\n", "line 3: emv.currency = \"USD\""},
        {"[unit]\nLIKES = 1\n", "line 2: there is no kind LIKES; did you mean LIKE?"},
        {"[unit]\nLIKE = -1\n", "line 2: unit.LIKE = \"-1\" is not a number from 0 to 1e9"},
        {"[unit]\nLIKE = 1\nLIKE = 2\n", "line 3: unit.LIKE = \"2\""},
        {"[units]\nLIKE = 1\n", "line 2: units.LIKE = \"1\""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct unit_values *values;
        struct err_info info = {0};
        assert_int_equal(unit_values_read("x.conf", cases[i][0], &values, &info), ERR_USAGE);
        if (!strstr(info.sentence, cases[i][1]))
            fail_msg("\"%s\" does not say \"%s\"", info.sentence, cases[i][1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(own_benchmarks),
        cmocka_unit_test(refused_benchmarks),
        cmocka_unit_test(example_values),
        cmocka_unit_test(refused_values),
    };
    return cmocka_run_group_tests(tests, open_methodology, close_methodology);
}
