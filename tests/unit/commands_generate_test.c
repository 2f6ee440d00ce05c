/* The generator: equal seeds give equal bytes; accounts and posts are distributed as measured; memory does
 * not grow with time. What the events say against the truth file is tests/e2e/generated.py. */
#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"
#include "generate.h"

static const struct generate_options plain = {
    .creators = 200, .days = 30, .singles = 6, .seed = 1, .fraud = .1};

static struct buffer stream_of(struct generate_options options)
{
    struct buffer out = {0};
    struct generator *g = generate_open(&options);
    while (generate_step(g, &out))
        ;
    assert_true(g->written > 1000);
    generate_close(g);
    return out;
}

static void equal_seeds_equal_bytes(void **state)
{
    struct generate_options other = plain, characters = plain;
    (void)state;
    other.seed = 2;
    characters.characters = true;
    struct buffer a = stream_of(plain), b = stream_of(plain), c = stream_of(other), d = stream_of(characters);
    assert_true(a.len == b.len && memcmp(a.data, b.data, a.len) == 0);
    assert_false(a.len == c.len && memcmp(a.data, c.data, a.len) == 0);
    assert_true(d.len > a.len);
    buffer_free(&a);
    buffer_free(&b);
    buffer_free(&c);
    buffer_free(&d);
}

/* The same bytes whatever compiled it. A stream changed on purpose changes the number. */
static void known_bytes(void **state)
{
    struct buffer a = stream_of(plain);
    (void)state;
    assert_int_equal(bytes_hash((struct bytes){a.data, a.len}), 0x2a9bd2ed5333f73fULL);
    buffer_free(&a);
}

static int rising(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

/* The values' own percentiles are the figure's, each within a factor. */
static void assert_figure(double *values, size_t n, struct figure wanted, double slack)
{
    const double at[3] = {.05, .5, .95}, want[3] = {wanted.low, wanted.median, wanted.high};
    assert_true(n > 200);
    qsort(values, n, sizeof *values, rising);
    for (int i = 0; i < 3; i++) {
        double got = values[(size_t)(at[i] * (double)n)];
        if (got < want[i] / slack || got > want[i] * slack)
            fail_msg("percentile %.2f is %g, wanted %g", at[i], got, want[i]);
    }
}

static void assert_near(double got, double wanted, double slack)
{
    if (fabs(got - wanted) > slack)
        fail_msg("%g, wanted %g", got, wanted);
}

static void quantiles_are_normal(void **state)
{
    (void)state;
    assert_near(normal_quantile(.5), 0, 1e-9);
    assert_near(normal_quantile(.95), 1.6448536, 1e-6);
    assert_near(normal_quantile(.01), -2.3263479, 1e-6);
    assert_near(figure_at(&(struct figure){2, 5, 40}, normal_quantile(.05)), 2, 1e-6);
    assert_near(figure_at(&(struct figure){2, 5, 40}, normal_quantile(.95)), 40, 1e-5);
}

static struct generator *many(double zipf)
{
    struct generate_options o = plain;
    o.creators = 10000;
    o.zipf = zipf;
    return generate_open(&o);
}

static void accounts_as_measured(void **state)
{
    struct generator *g = many(0);
    double *rates = malloc(10000 * sizeof *rates), small = 0, middle = 0, large = 0, fashion = 0, replies = 0;
    double *spreads = malloc(10000 * sizeof *spreads);
    size_t n = 0;
    (void)state;
    assert_non_null(rates);
    assert_non_null(spreads);
    for (size_t i = 0; i < 10000; i++) {
        const struct account *a = &g->accounts[i];
        small += a->followers < 1e4;
        middle += a->followers >= 1e4 && a->followers < 1e5;
        large += a->followers > 1e6;
        fashion += a->niche == NICHE_FASHION;
        replies += (double)a->own_replies;
        spreads[i] = (double)a->spread;
        if (a->followers >= 1e4 && a->followers < 1e5)
            rates[n++] = (double)a->rate;
    }
    assert_near(small / 10000, .37, .02);
    assert_near(middle / 10000, .47, .02);
    assert_near(large / 10000, .02, .006);
    assert_near(fashion / 10000, .41, .02);
    assert_near(replies / 10000, .18, .03);
    assert_figure(rates, n, (struct figure){.0051, .029, .102}, 1.15);
    assert_figure(spreads, 10000, (struct figure){.30, .59, 1.12}, 1.1);
    free(rates);
    free(spreads);
    generate_close(g);
}

static void posts_as_measured(void **state)
{
    struct generator *g = many(0);
    double *ratios = malloc(100000 * sizeof *ratios), sponsored = 0;
    size_t n = 0;
    (void)state;
    assert_non_null(ratios);
    for (size_t i = 0; i < 10000; i++)
        for (int32_t post = 0; post < 10; post++) {
            struct plan plan = post_plan(&g->accounts[i], post);
            int64_t counts[N_KINDS];
            post_reactions(&plan, 100000, counts);
            sponsored += plan.sponsored;
            if (counts[KIND_VIEW] > 0)
                assert_near((double)counts[KIND_LIKE] / (double)counts[KIND_VIEW], .0535, .0001);
            if (g->accounts[i].followers < 1e4 && g->accounts[i].platform == 1)
                ratios[n++] = (double)counts[KIND_COMMENT] / 100000;
        }
    assert_near(sponsored / 100000, .06, .003);
    qsort(ratios, n, sizeof *ratios, rising);
    assert_near(ratios[n / 2], .042, .004);
    free(ratios);
    generate_close(g);
}

static void fraud_is_shared_out(void **state)
{
    struct generator *g = many(0);
    double counts[N_FRAUDS] = {0}, members = 0;
    (void)state;
    for (size_t i = 0; i < 10000; i++)
        counts[g->accounts[i].fraud.kind]++;
    assert_near(counts[FRAUD_NONE], 9000, 0);
    for (int kind = FRAUD_FOLLOWERS; kind < N_FRAUDS; kind++)
        assert_true(counts[kind] > 100);
    for (int32_t i = 0; i < g->n_pods; i++) {
        assert_in_range(g->pods[i].n, 8, 30);
        members += g->pods[i].n;
    }
    assert_near(members, counts[FRAUD_POD], 0);
    generate_close(g);
}

static void activity_follows_rank(void **state)
{
    struct generator *g = many(1);
    double sum = 0;
    (void)state;
    for (size_t i = 0; i < 10000; i++)
        sum += (double)g->accounts[i].activity;
    assert_near(sum / 10000, 1, .01);
    assert_near((double)(g->accounts[0].activity / g->accounts[99].activity), 100, .1);
    assert_true(g->accounts[0].followers > g->accounts[9999].followers);
    generate_close(g);
}

/* A year of busy accounts holds no more flows than a month of them. */
static void memory_does_not_grow_with_time(void **state)
{
    int64_t held[2];
    (void)state;
    for (int i = 0; i < 2; i++) {
        struct generate_options o = {
            .creators = 20, .days = i ? 360 : 60, .posts = i ? 360 : 60, .singles = 6};
        struct buffer out = {0};
        struct generator *g = generate_open(&o);
        while (generate_step(g, &out))
            out.len = 0;
        held[i] = 0;
        for (int64_t k = 0; k < g->n_accounts; k++)
            held[i] += g->accounts[k].cap_flows;
        buffer_free(&out);
        generate_close(g);
    }
    assert_true(held[1] < 3 * held[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_seeds_equal_bytes), cmocka_unit_test(known_bytes),
        cmocka_unit_test(quantiles_are_normal),    cmocka_unit_test(accounts_as_measured),
        cmocka_unit_test(posts_as_measured),       cmocka_unit_test(fraud_is_shared_out),
        cmocka_unit_test(activity_follows_rank),   cmocka_unit_test(memory_does_not_grow_with_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
