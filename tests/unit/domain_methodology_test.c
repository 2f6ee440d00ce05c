/* The methodology as data: the program's own file is complete, says the specification's numbers and reads
 * back; whatever is not exactly right refuses the file, in which words. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"
#include "methodology_table.h"

#define SCHEMES_ALL "default,stim,later,hypeauditor"

static struct methodology *opened(const char *text)
{
    struct methodology *m;
    struct err_info info;
    if (methodology_read("x.conf", text, SCHEMES_ALL, &m, &info) != ERR_OK)
        fail_msg("%s", info.sentence);
    return m;
}

/* The program's text with the first `from` replaced; free it. */
static char *changed(const char *from, const char *to)
{
    const char *at = strstr(methodology_microflux_1, from);
    char *text = malloc(strlen(methodology_microflux_1) + strlen(to) + 1);
    assert_non_null(at);
    sprintf(text, "%.*s%s%s", (int)(at - methodology_microflux_1), methodology_microflux_1, to,
            at + strlen(from));
    return text;
}

/* A sample of each type, against the specification. */
static void says_the_specification(void **state)
{
    struct methodology *m = opened(methodology_microflux_1);
    (void)state;
    assert_string_equal(m->name, "microflux-1");
    assert_int_equal(m->mature_ms, MS_DAY);
    assert_int_equal(m->mature_until_ms, 90 * MS_DAY);
    assert_int_equal(m->rate_posts, 12);
    assert_float_equal(m->peer_quantiles[0], 0.01, 0);
    assert_float_equal(m->peer_quantiles[PEER_QUANTILES - 1], 0.99, 0);
    assert_float_equal(m->authenticity_weights[PART_GROWTH], 0.20, 0);
    assert_float_equal(m->terms[TERM_STEP].cap, 25, 0);
    assert_float_equal(m->terms[TERM_STEP].ramp.from, 1.44, 0);
    assert_float_equal(m->terms[TERM_RATE_LOW].ramp.to, 1.3862943611198906, 1e-15); /* ln 4 */
    assert_float_equal(m->fake_intercept, -2.3, 0);
    assert_int_equal(m->change_days[1], 30);
    assert_float_equal(m->creator_weights[CREATOR_COMMUNITY], 0.15, 0);
    assert_int_equal(m->n_niches, 8);
    assert_string_equal(m->niches[7], "TRAVEL");
    assert_int_equal(m->n_schemes, 4);
    assert_int_equal(m->schemes[0]->n_edges, 6);
    assert_string_equal(m->schemes[0]->edges[1].band, "1K");
    assert_int_equal(m->schemes[0]->edges[4].from, 100001);
    assert_int_equal(m->schemes[0]->edges[4].edge, 100000);
    assert_string_equal(m->schemes[3]->edges[5].tier, "1M+");
    methodology_close(m);
}

/* Every field has a row: what no row fills is a name, a pointer or padding. */
static void every_field_has_a_row(void **state)
{
    bool filled[sizeof(struct methodology)] = {false};
    const size_t others[][2] = {
        {0, offsetof(struct methodology, hysteresis_percent)},
        {offsetof(struct methodology, n_niches), offsetof(struct methodology, niche_prior)}};
    (void)state;
    for (size_t i = 0; i < n_constants; i++) {
        size_t size = constants[i].n * (constants[i].type == CONSTANT_I32 ? 4 : 8);
        for (size_t k = 0; k < size; k++) {
            assert_false(filled[constants[i].offset + k]); /* two rows for one field */
            filled[constants[i].offset + k] = true;
        }
    }
    for (size_t i = 0; i < 2; i++)
        memset(filled + others[i][0], true, others[i][1] - others[i][0]);
    for (size_t i = 0; i + 4 <= sizeof filled; i += 4)
        if (!filled[i] && (i % 8 == 0 || !filled[i - 4])) {
            /* ranks of terms without evidence of their own have no row */
            size_t least = (i - offsetof(struct methodology, term_least)) / 4;
            if (least != TERM_RATE_HIGH && least != TERM_RATE_LOW)
                fail_msg("byte %zu of struct methodology has no row in the table", i);
        }
}

static void add_line(void *arg, const char *key, const char *value, const char *sentence)
{
    const char *dot = strchr(key, '.');
    (void)sentence;
    buffer_printf(arg, "[%.*s]\n%s = %s\n", (int)(dot - key), key, dot + 1, value);
}

static void reads_back(void **state)
{
    struct methodology *m = opened(methodology_microflux_1), *again;
    struct buffer text = {0};
    (void)state;
    methodology_each(m, add_line, &text);
    buffer_add(&text, "", 1);
    again = opened(text.data);
    assert_true(again->digest == m->digest);
    methodology_close(again);
    methodology_close(m);
    buffer_free(&text);
}

static void digests(void **state)
{
    struct methodology *m = opened(methodology_microflux_1), *other;
    struct err_info info;
    char *text = changed("k = 30\n", "k = 31\n");
    (void)state;
    other = opened(text);
    assert_true(other->digest != m->digest);
    methodology_close(other);
    free(text);
    text = changed("[community]\n", "; a word more\n  [community]\n");
    other = opened(text);
    assert_true(other->digest == m->digest); /* comments and blanks do not count */
    methodology_close(other);
    free(text);
    assert_int_equal(methodology_open("default", &other, &info), ERR_OK);
    assert_true(other->digest != m->digest); /* other schemes are in the records */
    methodology_close(other);
    methodology_close(m);
    methodology_close(NULL);
}

static void refusals(void **state)
{
    static const struct {
        const char *from, *to, *sentence;
    } cases[] = {
        {"spike_mad = ", "spike_mud = ",
         "there is no constant growth.spike_mud; did you mean growth.spike_mad?"},
        {"spike_mad = 1.4826\n", "", "x.conf: growth.spike_mad is missing"},
        {"spike_mad = 1.4826\n", "spike_mad = 1\nspike_mad = 2\n",
         "growth.spike_mad stands here a second time"},
        {"at_median = 75", "at_median = 750", "peers.at_median = \"750\" is not 1 number from 0 to 100"},
        {"at_median = 75", "at_median = much", "= \"much\" is not 1 number"},
        {"at_median = 75", "at_median = nan", "= \"nan\" is not 1 number"},
        {"at_median = 75", "at_median = 75 76", "= \"75 76\" is not 1 number"},
        {"posts = 12", "posts = 12.5", "engagement.posts = \"12.5\" is not 1 whole number from 1 to 32"},
        {"spread = 40 1 1.4", "spread = 40 1", "is not 3 numbers from 0 to 1000, the last two rising"},
        {"spread = 40 1 1.4", "spread = 40 1.4 1", "is not 3 numbers from 0 to 1000, the last two rising"},
        {"0.15 0.2 0.25", "0.15 0.25 0.2", "is not 21 numbers from 0 to 1, rising"},
        {"weight_focus = 0.2", "weight_focus = 0.3", "the weights creator.weight_… add up to 1.1, not 1"},
        {"MICRO/10K = 10000", "MICRO/10K = 1000", "more than the one before"},
        {"NONE = 0", "NONE = 1", "0 for the first"},
        {"MACRO = 100001 100000", "MACRO = 100001 x", "and perhaps an edge"},
        {"[scheme stim]", "[scheme other]", "score.schemes: \"stim\" is none of default, other, later, hyp"},
        {"names = FASHION", "names = A B C D E F G H I J FASHION", "more names than"},
        {"version = 1\n", "", "methodology.version is missing"},
        {"version = 1\n", "version = 1\nnonsense\n", "x.conf, line 9: neither [section] nor key = value"},
        {"days = 7\n", "days = 7\ndays = 8\n", "x.conf, line 51: hysteresis.days stands here a second time"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *text = changed(cases[i].from, cases[i].to);
        struct methodology *m;
        struct err_info info = {0};
        if (methodology_read("x.conf", text, SCHEMES_ALL, &m, &info) != ERR_USAGE)
            fail_msg("\"%s\" was not refused", cases[i].to);
        if (!strstr(info.sentence, cases[i].sentence))
            fail_msg("\"%s\" does not say \"%s\"", info.sentence, cases[i].sentence);
        free(text);
    }
}

static void scheme_lists(void **state)
{
    static const char *const wrong[] = {"", "stim", "stim,default", "default,default", "default,nano"};
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct methodology *m;
        struct err_info info = {0};
        assert_int_equal(methodology_open(wrong[i], &m, &info), ERR_USAGE);
        assert_non_null(strstr(info.sentence, "score.schemes"));
    }
}

/* A fold kept from a scheme that was longer begins anew, whatever its place was. */
static void shorter_scheme(void **state)
{
    struct methodology *m = opened(methodology_microflux_1);
    struct tier_fold fold = {.since = 1, .entry = 7, .there = true};
    const struct profile_day day = {.observed_at = 5, .followers = 20000};
    (void)state;
    tier_fold_day(m, m->schemes[0], &day, &fold);
    assert_string_equal(m->schemes[0]->edges[fold.entry].band, "10K");
    assert_int_equal(fold.since, 5);
    methodology_close(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_the_specification),
        cmocka_unit_test(every_field_has_a_row),
        cmocka_unit_test(reads_back),
        cmocka_unit_test(digests),
        cmocka_unit_test(refusals),
        cmocka_unit_test(scheme_lists),
        cmocka_unit_test(shorter_scheme),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
