/* The cache: what Redis does not know yet never leaves, the limit holds for the rest, the account is exact.
 */
#include <stdio.h>
#include <stdlib.h>

#include "cmocka_all.h"
#include "lane_room.h"

#define N 500

/* A kind whose state owns memory, so that ASan sees a subject that was not cleared. */
struct state {
    char *own;
    size_t size;
};

static int alive;

static void state_init(void *state)
{
    *(struct state *)state = (struct state){calloc(1, 16), 16};
    alive++;
}

static void state_clear(void *state)
{
    free(((struct state *)state)->own);
    alive--;
}

static size_t state_bytes(const void *state)
{
    return sizeof(struct state) + ((const struct state *)state)->size;
}

static const struct lane_kind kind = {
    .state_size = sizeof(struct state), .init = state_init, .clear = state_clear, .bytes = state_bytes};

static void grow(struct cache *cache, struct subject *s, size_t size)
{
    struct state *state = (struct state *)s->state;
    free(state->own);
    *state = (struct state){calloc(1, size), size};
    cache_account(cache, &kind, s);
}

static struct bytes key_of(int i, char *text)
{
    return (struct bytes){text, (size_t)snprintf(text, 24, "creator-%d", i)};
}

static struct subject *add(struct cache *cache, int i)
{
    char text[24];
    struct bytes key = key_of(i, text);
    return cache_add(cache, &kind, key, bytes_hash(key));
}

static struct subject *find(const struct cache *cache, int i)
{
    char text[24];
    struct bytes key = key_of(i, text);
    return cache_find(cache, key, bytes_hash(key));
}

/* The account against a count of everything; indexes and map agree. */
static void check(const struct cache *cache)
{
    size_t bytes = 0;
    for (size_t i = 0; i < cache->n; i++) {
        const struct subject *s = cache->all[i];
        assert_int_equal(s->index, i);
        assert_ptr_equal(cache_find(cache, s->head.key, s->head.hash), s);
        bytes += sizeof *s + s->head.key.len + state_bytes(s->state);
    }
    assert_int_equal(cache->bytes, bytes);
    assert_int_equal(cache->map.n, cache->n);
    assert_int_equal(alive, (int)cache->n);
}

static void clear(struct cache *cache)
{
    cache_clear(cache, &kind);
    assert_int_equal(cache->n + cache->bytes + cache->cap + cache->map.n, 0);
    assert_int_equal(alive, 0);
}

static void test_add_and_find(void **state)
{
    struct cache cache = {0};
    struct subject *all[3 * N];
    (void)state;
    for (int i = 0; i < 3 * N; i++) /* past the first 1024 */
        all[i] = add(&cache, i);
    for (int i = 0; i < 3 * N; i++)
        assert_ptr_equal(find(&cache, i), all[i]);
    assert_null(find(&cache, 3 * N));
    check(&cache);
    clear(&cache);
    clear(&cache); /* of an empty one */
    add(&cache, 1);
    check(&cache);
    clear(&cache);
}

static void test_account_follows_the_state(void **state)
{
    struct cache cache = {0};
    (void)state;
    add(&cache, 0);
    size_t before = cache.bytes;
    struct subject *s = add(&cache, 1);
    grow(&cache, s, 5000);
    check(&cache);
    grow(&cache, s, 1);
    check(&cache);
    s->recent = false;
    find(&cache, 0)->recent = true;
    assert_int_equal(cache_evict(&cache, &kind, before), 1);
    assert_null(find(&cache, 1));
    assert_int_equal(cache.bytes, before);
    check(&cache);
    clear(&cache);
}

/* Each reason to stay, one subject each. */
static void hold(struct subject *s, int reason)
{
    struct kafka_record record = {.key = BYTES("k"), .value = BYTES("v")};
    s->changed = reason == 0;
    s->queued = reason == 1;
    s->loads_owed = reason == 2;
    s->throttled = reason == 3;
    if (reason == 4)
        subject_wait(s, &record);
}

static void test_what_redis_does_not_know_stays(void **state)
{
    struct cache cache = {0};
    (void)state;
    for (int i = 0; i < N; i++)
        hold(add(&cache, i), i % 10);
    assert_int_equal(cache_evict(&cache, &kind, 0), N / 2); /* no limit is reached, but it comes to an end */
    for (int i = 0; i < N; i++)
        assert_int_equal(find(&cache, i) != NULL, i % 10 < 5);
    check(&cache);
    assert_int_equal(cache_evict(&cache, &kind, 0), 0);
    for (int i = 0; i < N; i++)
        if (i % 10 == 0)
            find(&cache, i)->changed = false; /* committed */
    assert_int_equal(cache_evict(&cache, &kind, 0), N / 10);
    check(&cache);
    clear(&cache);
}

static void test_limit(void **state)
{
    struct cache cache = {0};
    (void)state;
    for (int i = 0; i < N; i++)
        add(&cache, i);
    size_t full = cache.bytes, largest = cache.all[N - 1]->bytes;
    assert_int_equal(cache_evict(&cache, &kind, full), 0);
    assert_int_equal(cache_evict(&cache, &kind, full - 1), 1);
    size_t gone = cache_evict(&cache, &kind, full / 2);
    assert_in_range(cache.bytes, full / 2 - largest, full / 2); /* enough, and not one more */
    assert_int_equal(cache.n, N - 1 - gone);
    check(&cache);
    clear(&cache);
    assert_int_equal(cache_evict(&cache, &kind, 0), 0); /* of an empty one */
}

static void test_second_chance(void **state)
{
    struct cache cache = {0};
    (void)state;
    for (int i = 0; i < N; i++)
        add(&cache, i)->recent = i % 2;
    cache_evict(&cache, &kind, cache.bytes / 2 + cache.bytes / 10); /* four in ten go */
    for (int i = 1; i < N; i += 2)
        assert_non_null(find(&cache, i));
    check(&cache);
    assert_true(cache_evict(&cache, &kind, cache.bytes / 4) >
                0); /* the chance was the second, not one for ever */
    check(&cache);
    for (size_t i = 0; i < cache.n; i++)
        cache.all[i]->recent = true;
    cache_evict(&cache, &kind, 0); /* even all recent: one call reaches the limit */
    assert_int_equal(cache.n, 0);
    clear(&cache);
}

/* The waiting records are copies, in order; a tombstone stays one. */
static void test_waiting_records(void **state)
{
    struct cache cache = {0};
    char key[] = "creator-1", value[] = "first";
    struct kafka_record record = {.offset = 7, .key = {key, 9}, .value = {value, 5}, .native = &record};
    struct subject *s = add(&cache, 1);
    (void)state;
    subject_wait(s, &record);
    record.offset = 8;
    record.value = (struct bytes){NULL, 0};
    subject_wait(s, &record);
    memset(key, 'x', 9);
    memset(value, 'x', 5);
    const struct waiting_record *first = s->first_waiting, *second = first->next;
    assert_ptr_equal(s->last_waiting, second);
    assert_null(second->next);
    assert_true(bytes_equal(first->record.key, BYTES("creator-1")));
    assert_true(bytes_equal(first->record.value, BYTES("first")));
    assert_int_equal(first->record.offset, 7);
    assert_null(first->record.native);
    assert_int_equal(second->record.offset, 8);
    assert_true(bytes_equal(second->record.key, BYTES("creator-1")));
    assert_null(second->record.value.ptr);
    clear(&cache);
}

static void random_step(struct cache *cache, unsigned *seed)
{
    int i = rand_r(seed) % N;
    struct subject *s = find(cache, i);
    switch (rand_r(seed) % 4) {
    case 0:
        s = s ? s : add(cache, i);
        s->recent = true;
        break;
    case 1:
        if (s)
            grow(cache, s, 1 + (size_t)rand_r(seed) % 300);
        break;
    case 2:
        if (s)
            s->changed = !s->changed;
        break;
    default:
        cache_evict(cache, &kind, cache->bytes - cache->bytes / 16);
    }
}

static void test_any_order(void **state)
{
    struct cache cache = {0};
    unsigned seed = 5;
    (void)state;
    for (int step = 0; step < 20000; step++) {
        random_step(&cache, &seed);
        if (step % 100 == 0)
            check(&cache);
    }
    clear(&cache);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_add_and_find),
        cmocka_unit_test(test_account_follows_the_state),
        cmocka_unit_test(test_what_redis_does_not_know_stays),
        cmocka_unit_test(test_limit),
        cmocka_unit_test(test_second_chance),
        cmocka_unit_test(test_waiting_records),
        cmocka_unit_test(test_any_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
