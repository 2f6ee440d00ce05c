/* The ledger: what is known published is what stands before the first open mark. */

#include "cmocka_all.h"
#include "lane_room.h"

static void at(int64_t *positions, int64_t n)
{
    for (int i = 0; i < LANE_INPUTS; i++)
        positions[i] = n;
}

static void test_first_open_mark_holds_back(void **state)
{
    struct ledger ledger = {0};
    int64_t p[LANE_INPUTS];
    (void)state;
    at(p, 10);
    ledger_start(&ledger, p);
    uint64_t first = ledger_now(&ledger);
    ledger_open(&ledger, first);
    at(p, 20);
    ledger_next(&ledger, p);
    uint64_t second = ledger_now(&ledger);
    ledger_open(&ledger, second);
    ledger_open(&ledger, second);
    at(p, 30);
    ledger_next(&ledger, p);
    assert_int_equal(ledger_published(&ledger)[0], 10);
    ledger_done(&ledger, second); /* a later batch may come back first: nothing moves */
    assert_int_equal(ledger_published(&ledger)[0], 10);
    ledger_done(&ledger, first);
    assert_int_equal(ledger_published(&ledger)[0], 20);
    ledger_done(&ledger, second);
    assert_int_equal(ledger_published(&ledger)[0], 30);
    ledger_free(&ledger);
}

static void test_an_old_hold_survives_thousands_of_commits(void **state)
{
    struct ledger ledger = {0};
    int64_t p[LANE_INPUTS];
    (void)state;
    at(p, 0);
    ledger_start(&ledger, p);
    uint64_t hold = ledger_now(&ledger);
    ledger_open(&ledger, hold);
    for (int i = 1; i <= 5000; i++) {
        at(p, i);
        ledger_next(&ledger, p);
    }
    assert_int_equal(ledger_published(&ledger)[0], 0);
    ledger_done(&ledger, hold);
    assert_int_equal(ledger_published(&ledger)[0], 5000);
    ledger_free(&ledger);
}

/* A slot is swept when its outputs, and all before them, are in. */
static void test_a_sweep_counts_when_it_is_delivered(void **state)
{
    struct ledger ledger = {0};
    int64_t p[LANE_INPUTS];
    (void)state;
    at(p, 0);
    ledger_start(&ledger, p);
    uint64_t output = ledger_now(&ledger);
    ledger_open(&ledger, output);
    ledger_sweep(&ledger, 7);
    ledger_next(&ledger, p);
    ledger_sweep(&ledger, 8);
    ledger_next(&ledger, p);
    assert_int_equal(ledger.swept, 0);
    ledger_done(&ledger, output);
    assert_int_equal(ledger.swept, 8);
    ledger_free(&ledger);
}

/* The last output of a commit that is in closes it: only then its oldest record was answered. */
static void test_a_commit_is_dated_and_closes_once(void **state)
{
    struct ledger ledger = {0};
    int64_t p[LANE_INPUTS];
    (void)state;
    at(p, 10);
    ledger_start(&ledger, p);
    uint64_t first = ledger_now(&ledger);
    assert_int_equal(ledger_dated(&ledger, first), 0);
    ledger_open(&ledger, first);
    ledger_open(&ledger, first);
    ledger_date(&ledger, 777);
    assert_false(ledger_done(&ledger, first)); /* a dead letter may come back before the commit */
    ledger_next(&ledger, p);
    assert_int_equal(ledger_dated(&ledger, first), 777);
    assert_true(ledger_done(&ledger, first));
    assert_int_equal(ledger_dated(&ledger, ledger_now(&ledger)), 0);
    ledger_free(&ledger);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_first_open_mark_holds_back),
        cmocka_unit_test(test_an_old_hold_survives_thousands_of_commits),
        cmocka_unit_test(test_a_sweep_counts_when_it_is_delivered),
        cmocka_unit_test(test_a_commit_is_dated_and_closes_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
