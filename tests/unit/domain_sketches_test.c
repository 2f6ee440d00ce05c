/* Sketches beside exact sets: HyperLogLog, the sample of actors and the newest fingerprints are the same for
 * any order and any split, and say what the sets say within their error. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "cmocka_all.h"
#include "domain_room.h"

static unsigned seed;

static uint64_t below(uint64_t n)
{
    return ((uint64_t)(unsigned)rand_r(&seed) << 31 | (unsigned)rand_r(&seed)) % n;
}

static uint64_t hash_of(uint64_t n)
{
    return bytes_hash((struct bytes){(const char *)&n, sizeof n});
}

static double estimate(const struct hll *hll)
{
    uint8_t registers[HLL_REGISTERS] = {0};
    hll_union(hll, registers);
    return hll_estimate(registers);
}

/* Standard error 1.04/√2048 = 2.3 %; over 40 runs the mean square must be near it, small sets nearly exact.
 */
static void test_hll_error(void **state)
{
    static const uint64_t sizes[] = {0, 1, 10, 100, 500, 2000, 20000, 300000};
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        double squares = 0;
        uint64_t runs = sizes[i] <= 500 ? 1000 : 40;
        for (uint64_t run = 0; run < runs; run++) {
            struct hll hll = {0};
            for (uint64_t k = 0; k < sizes[i]; k++)
                hll_add(&hll, hash_of(run << 40 | k));
            double off = sizes[i] ? estimate(&hll) / (double)sizes[i] - 1 : estimate(&hll);
            squares += off * off / (double)runs;
            assert_int_equal(hll.n == HLL_DENSE, sizes[i] >= 2000);
            hll_free(&hll);
        }
        print_message("%llu: root mean square error %.4f\n", (unsigned long long)sizes[i], sqrt(squares));
        assert_true(sqrt(squares) < (sizes[i] <= 500 ? 0.023 : 0.030));
    }
}

static void test_hll_is_a_set(void **state)
{
    struct hll whole = {0}, again = {0}, halves[2];
    uint8_t a[HLL_REGISTERS] = {0}, b[HLL_REGISTERS] = {0}, c[HLL_REGISTERS] = {0};
    (void)state;
    memset(halves, 0, sizeof halves);
    for (uint64_t k = 0; k < 3000; k++) {
        hll_add(&whole, hash_of(k));
        hll_add(&again, hash_of(2999 - k));
        hll_add(&halves[k % 7 == 0], hash_of(k));
    }
    for (uint64_t k = 0; k < 3000; k++)
        assert_false(hll_add(&whole, hash_of(k)));
    hll_union(&whole, a);
    hll_union(&again, b);
    hll_union(&halves[0], c);
    hll_union(&halves[1], c);
    assert_memory_equal(a, b, sizeof a);
    assert_memory_equal(a, c, sizeof a);
    hll_free(&whole);
    hll_free(&again);
    hll_free(&halves[0]);
    hll_free(&halves[1]);
}

/* ---- the sample ---- */

#define ACTORS 300
struct exact { /* of one actor */
    bool met, judged, twice, posted;
    uint8_t fake;
    uint64_t post;
};

static void note(struct exact *of, struct creator *c, const struct methodology *m, uint64_t actor,
                 uint64_t post, int64_t time, bool judged, int64_t followers)
{
    char id[16];
    struct interaction_record r = {.kind = KIND_LIKE,
                                   .count = 1,
                                   .occurred_at = time,
                                   .actor_hash = hash_of(actor),
                                   .has_actor = judged,
                                   .actor_followers = followers,
                                   .actor_following = 500,
                                   .post_id = {id, (size_t)snprintf(id, sizeof id, "p%d", (int)post)}};
    uint8_t fake = (uint8_t)(255 * actor_fake(m, &r) + 0.5);
    actors_note(c, m, &r);
    of->met = true;
    of->twice |= of->posted && of->post != post;
    of->posted = true;
    of->post = post;
    of->fake = judged && (!of->judged || fake > of->fake) ? fake : of->fake;
    of->judged |= judged;
}

static int by_hash(const void *a, const void *b)
{
    uint64_t x = HASH48(hash_of(*(const uint64_t *)a)), y = HASH48(hash_of(*(const uint64_t *)b));
    return x < y ? -1 : x > y;
}

static void compare_sample(const struct creator *c, const struct exact *exact, int64_t as_of)
{
    struct sampled room[SAMPLE];
    struct sample sample = {room, 0, SAMPLE};
    uint64_t order[ACTORS], n = 0;
    for (uint64_t i = 0; i < ACTORS; i++)
        if (exact[i].met)
            order[n++] = i;
    qsort(order, n, sizeof *order, by_hash);
    actors_sample(c->actors, as_of, &sample);
    assert_int_equal(sample.n, n < SAMPLE ? n : SAMPLE);
    for (uint8_t i = 0; i < sample.n; i++) {
        const struct exact *of = &exact[order[i]];
        assert_true(room[i].hash == HASH48(hash_of(order[i])));
        assert_int_equal((room[i].known & ACTOR_FAKE) != 0, of->judged);
        assert_int_equal((room[i].known & ACTOR_MORE) != 0, of->twice);
        assert_true(!of->judged || room[i].fake == of->fake);
    }
}

/* Over three slices in any order: the sample is that of all the acts. */
static void test_sample_beside_exact(void **state)
{
    struct methodology *m;
    struct err_info info;
    (void)state;
    assert_int_equal(methodology_open("default", &m, &info), ERR_OK);
    for (seed = 1; seed < 40; seed++) {
        struct exact exact[ACTORS] = {{0}};
        struct creator c;
        unsigned begun = seed;
        int64_t as_of = 100 * ACTOR_SLICE_MS + 5;
        creator_init(&c);
        for (size_t n = 20 * begun; n > 0; n--) {
            uint64_t actor = below(ACTORS);
            note(&exact[actor], &c, m, actor, below(3), as_of - (int64_t)below(2 * ACTOR_SLICE_MS),
                 below(2) == 0, (int64_t)below(2000));
        }
        compare_sample(&c, exact, as_of);
        creator_clear(&c);
        seed = begun;
    }
    methodology_close(m);
}

/* A slice too old for the three is never counted, whether it came first or last. */
static void test_slices_leave(void **state)
{
    (void)state;
    for (int order = 0; order < 2; order++) {
        struct exact old = {0}, new = {0};
        struct methodology *m;
        struct err_info info;
        struct creator c;
        uint8_t registers[HLL_REGISTERS];
        int64_t as_of = 100 * ACTOR_SLICE_MS;
        assert_int_equal(methodology_open("default", &m, &info), ERR_OK);
        creator_init(&c);
        for (int i = 0; i < 2; i++)
            if (i == order)
                note(&old, &c, m, 1, 1, as_of - 3 * ACTOR_SLICE_MS, true, 1);
            else
                note(&new, &c, m, 2, 1, as_of, true, 1);
        actors_registers(c.actors, as_of, registers);
        assert_int_equal((int)(hll_estimate(registers) + 0.5), 1);
        actors_registers(c.actors, as_of + 3 * ACTOR_SLICE_MS, registers);
        assert_int_equal((int)hll_estimate(registers), 0);
        creator_clear(&c);
        methodology_close(m);
    }
}

/* What no act says: own, taken back, nameless. */
static void test_nobody_acted(void **state)
{
    struct creator c;
    struct interaction_record own = {.kind = KIND_LIKE, .count = 1, .actor_hash = 5, .own = true};
    struct interaction_record back = {.kind = KIND_LIKE, .count = -1, .actor_hash = 5};
    struct interaction_record nameless = {.kind = KIND_LIKE, .count = 1};
    (void)state;
    creator_init(&c);
    actors_note(&c, NULL, &own);
    actors_note(&c, NULL, &back);
    actors_note(&c, NULL, &nameless);
    assert_null(c.actors);
    creator_clear(&c);
}

/* ---- fingerprints ---- */

static int newest_first(const void *a, const void *b)
{
    const struct fingerprint *x = a, *y = b;
    if (x->occurred_at != y->occurred_at)
        return x->occurred_at > y->occurred_at ? -1 : 1;
    return x->offset > y->offset ? -1 : 1;
}

static void test_fingerprints(void **state)
{
    struct fingerprint all[300];
    (void)state;
    for (seed = 1; seed < 50; seed++) {
        struct fingerprints kept = {0};
        int32_t repeated = 0;
        size_t n = 2 + below(298);
        for (size_t i = 0; i < n; i++)
            all[i] = (struct fingerprint){(int64_t)below(50), (int64_t)i, (uint16_t)below(40)};
        for (size_t i = 0; i < n; i++)
            fingerprints_add(&kept, &all[i]);
        qsort(all, n, sizeof *all, newest_first);
        n = n < FINGERPRINTS ? n : FINGERPRINTS;
        assert_int_equal(kept.n, n);
        for (size_t i = 0; i < n; i++) {
            size_t same = 0;
            for (size_t k = 0; k < n; k++)
                same += all[k].low == all[i].low;
            repeated += same > 1;
            assert_true(kept.at[n - 1 - i].offset == all[i].offset && kept.at[n - 1 - i].low == all[i].low);
        }
        assert_int_equal(fingerprints_repeated(&kept), repeated);
        free(kept.at);
    }
}

/* ---- peers ---- */

static void test_peers(void **state)
{
    struct methodology *m;
    struct err_info info;
    struct peer_histogram histogram = {0};
    struct peer_table table = {0}, benchmark = {0};
    (void)state;
    assert_int_equal(methodology_open("default", &m, &info), ERR_OK);
    assert_int_equal(peers_bin(m, log(1e-9)), 0);
    assert_int_equal(peers_bin(m, log(1e-5)), 0);
    assert_int_equal(peers_bin(m, log(0.9999)), PEER_BINS - 1);
    assert_int_equal(peers_bin(m, log(50)), PEER_BINS - 1);
    for (seed = 1; histogram.bins[0] < 3; histogram.bins[below(PEER_BINS)]++)
        continue;
    struct peer_cell cell = peers_quantiles(m, &histogram);
    for (int i = 1; i < PEER_QUANTILES; i++)
        assert_true(cell.quantiles[i] >= cell.quantiles[i - 1]);
    double before_percentile = 0, before_score = 0;
    for (double rate = 1e-6; rate < 2; rate *= 1.1) {
        double percentile = peers_percentile(m, &cell, rate),
               score = peers_score(m, rate, peers_median(&cell));
        assert_true(percentile >= before_percentile && percentile >= 1 && percentile <= 99);
        assert_true(score >= before_score && score >= 0 && score <= 100);
        before_percentile = percentile;
        before_score = score;
    }
    assert_null(peers_cell(m, NULL, NULL, 1, 1));
    benchmark.cells[1][1].n = 1;
    assert_ptr_equal(peers_cell(m, &table, &benchmark, 1, 1), &benchmark.cells[1][1]);
    table.cells[1][1].n = 99;
    assert_ptr_equal(peers_cell(m, &table, &benchmark, 1, 1), &benchmark.cells[1][1]);
    table.cells[1][1].n = 100;
    assert_ptr_equal(peers_cell(m, &table, &benchmark, 1, 1), &table.cells[1][1]);
    methodology_close(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_hll_error),
                                       cmocka_unit_test(test_hll_is_a_set),
                                       cmocka_unit_test(test_sample_beside_exact),
                                       cmocka_unit_test(test_slices_leave),
                                       cmocka_unit_test(test_nobody_acted),
                                       cmocka_unit_test(test_fingerprints),
                                       cmocka_unit_test(test_peers)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
