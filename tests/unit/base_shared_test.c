/* A value that is swapped whole: readers always see one that is whole, the last holder frees it, nothing is
 * freed twice or forgotten. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

#include "cmocka_all.h"
#include "microflux/shared.h"

static atomic_int alive;

struct pair {
    int a, b;
};

static struct pair *pair_of(int n)
{
    struct pair *pair = malloc(sizeof *pair);
    *pair = (struct pair){n, -n};
    atomic_fetch_add(&alive, 1);
    return pair;
}

static void pair_free(void *value)
{
    ((struct pair *)value)->a = 1 << 30; /* a reader would notice */
    free(value);
    atomic_fetch_sub(&alive, 1);
}

static void test_holders(void **state)
{
    (void)state;
    struct shared *shared = shared_open(pair_free);
    uint64_t seen = 0, other_seen = 0;
    assert_null(shared_newest(shared, &seen, NULL));
    shared_set(shared, pair_of(1));
    const struct pair *one = shared_newest(shared, &seen, NULL);
    const struct pair *other = shared_newest(shared, &other_seen, NULL);
    assert_true(one->a == 1 && one == other);
    shared_set(shared, pair_of(2));
    shared_set(shared, pair_of(3)); /* nobody saw 2 */
    assert_int_equal(atomic_load(&alive), 2);
    assert_int_equal(one->a, 1);
    one = shared_newest(shared, &seen, one);
    assert_int_equal(one->a, 3);
    assert_ptr_equal(shared_newest(shared, &seen, one), one);
    assert_int_equal(atomic_load(&alive), 2);
    shared_release(shared, other);
    assert_int_equal(atomic_load(&alive), 1);
    shared_release(shared, one);
    shared_close(shared);
    assert_int_equal(atomic_load(&alive), 0);
}

static atomic_bool stop;

static void *read_on(void *arg)
{
    struct shared *shared = arg;
    uint64_t seen = 0;
    const struct pair *pair = NULL;
    int last = 0;
    while (!atomic_load(&stop)) {
        pair = shared_newest(shared, &seen, pair);
        if (pair && (pair->a != -pair->b || pair->a < last))
            abort();
        last = pair ? pair->a : 0;
    }
    shared_release(shared, pair);
    return NULL;
}

static void test_threads(void **state)
{
    (void)state;
    struct shared *shared = shared_open(pair_free);
    pthread_t threads[3];
    for (int i = 0; i < 3; i++)
        pthread_create(&threads[i], NULL, read_on, shared);
    for (int n = 1; n < 20000; n++)
        shared_set(shared, pair_of(n));
    atomic_store(&stop, true);
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
    shared_close(shared);
    assert_int_equal(atomic_load(&alive), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_holders), cmocka_unit_test(test_threads)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
