/* The hot map against the plainest model there is: an array of flags. */
#include <stdio.h>
#include <stdlib.h>

#include "cmocka_all.h"
#include "microflux/map.h"

#define N 3000

static void test_add_find_remove(void **state)
{
    static struct map_entry entries[N];
    static char keys[N][16];
    static int there[N];
    struct map map = {0};
    unsigned seed = 7;
    (void)state;
    for (int i = 0; i < N; i++) {
        int len = snprintf(keys[i], sizeof keys[i], "key-%d", i);
        struct bytes key = {keys[i], (size_t)len};
        entries[i] = (struct map_entry){bytes_hash(key) % 977, key}; /* many collisions on purpose */
    }
    for (int step = 0; step < 60000; step++) {
        int i = rand_r(&seed) % N;
        assert_ptr_equal(map_find(&map, entries[i].key, entries[i].hash), there[i] ? &entries[i] : NULL);
        if (there[i])
            map_remove(&map, &entries[i]);
        else
            map_add(&map, &entries[i]);
        there[i] = !there[i];
    }
    size_t n = 0;
    for (int i = 0; i < N; i++) {
        assert_ptr_equal(map_find(&map, entries[i].key, entries[i].hash), there[i] ? &entries[i] : NULL);
        n += (size_t)there[i];
    }
    assert_int_equal(map.n, n);
    map_free(&map);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_add_find_remove)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
