/* kafka_feed: consumer and feeds on the mock cluster. One member and one assignment serve most tests, since
 * joining a group takes seconds; what they share is the promise of feed_seek: exactly the records from there
 * on, once, in order. */
#include <poll.h>

#include "kafka_bed.h"

#define N 6000

static struct bed bed;
static struct taker one;

static int open_all(void **state)
{
    (void)state;
    bed_open(&bed, BED_TOPICS, BED_INPUTS, BED_PARTITIONS);
    for (int input = 0; input < BED_INPUTS; input++)
        for (int32_t p = 0; p < BED_PARTITIONS; p++)
            bed_fill(&bed, input, p, 0, N);
    return 0;
}

static int close_all(void **state)
{
    (void)state;
    bed_close(&bed);
    return 0;
}

/* The seek comes before anything of the assignment was answered by the broker. */
static void seek_inside_assigned(void **state)
{
    (void)state;
    taker_open(&one, &bed, "lanes", 100);
    taker_join(&one, BED_PARTITIONS);
    for (int input = 0; input < BED_INPUTS; input++)
        for (int32_t p = 0; p < BED_PARTITIONS; p++) {
            taker_read_to(&one, input, p, N);
            assert_int_equal(one.n[input][p], N - 100);
        }
}

static void seek_again_while_records_wait(void **state)
{
    (void)state;
    srand(7);
    for (int i = 0; i < 300; i++) {
        int64_t to = rand() % N, until = clock_mono_ms() + BED_WAIT_MS;
        taker_seek(&one, 0, 1, to);
        if (i % 3 == 0)
            taker_seek(&one, 0, 1, to = rand() % N);
        int64_t target = to + rand() % 50;
        while (one.next[0][1] < target && one.next[0][1] < N && clock_mono_ms() < until)
            taker_read(&one, 0, 1, 1 + rand() % 20); /* each record is checked against next */
        assert_true(one.next[0][1] >= target || one.next[0][1] == N);
    }
    taker_seek(&one, 0, 1, 17);
    taker_read_to(&one, 0, 1, N);
}

static void yield_keeps_the_rest(void **state)
{
    (void)state;
    int64_t before = one.n[1][2], until = clock_mono_ms() + BED_WAIT_MS;
    taker_seek(&one, 1, 2, 0);
    for (int64_t k = 1; one.next[1][2] < N && clock_mono_ms() < until; k = k % 97 + 1) {
        size_t n = taker_read(&one, 1, 2, k);
        assert_true(n <= (size_t)k);
    }
    assert_int_equal(one.n[1][2] - before, N);
    taker_read_to(&one, 1, 2, N);
}

/* A record that is put off comes again, as itself, as often as it is; a seek forgets it. */
static void later_is_handed_over_again(void **state)
{
    (void)state;
    int64_t before = one.n[1][1], until = clock_mono_ms() + BED_WAIT_MS;
    taker_seek(&one, 1, 1, 0);
    for (int64_t k = 1; one.next[1][1] < N && clock_mono_ms() < until; k = k % 97 + 1) {
        one.later = k % 4;
        for (int64_t left = one.later; left > 0 && clock_mono_ms() < until;) {
            assert_int_equal(taker_read(&one, 1, 1, k), 0);
            left = one.later > 0 ? one.later : 0;
        }
        taker_read(&one, 1, 1, k);
    }
    assert_int_equal(one.n[1][1] - before, N);
    taker_seek(&one, 1, 1, 100);
    for (one.later = 1; one.later > 0 && clock_mono_ms() < until;)
        taker_read(&one, 1, 1, 1);
    taker_seek(&one, 1, 1, 50);
    taker_read_to(&one, 1, 1, N);
}

static void end_is_told_again(void **state)
{
    (void)state;
    taker_seek(&one, 0, 0, N);
    taker_read_to(&one, 0, 0, N);
    consumer_drain_fd(one.consumer);
    bool at_end = false;
    assert_true(feed_at_end(consumer_feed(one.consumer, 0, 0), &at_end));
    assert_true(at_end);
    bed_fill(&bed, 0, 0, N, 5);
    assert_true(feed_at_end(consumer_feed(one.consumer, 0, 0), &at_end));
    assert_false(at_end);
    struct pollfd fd = {consumer_fd(one.consumer), POLLIN, 0};
    assert_int_equal(poll(&fd, 1, 5000), 1);
    taker_read_to(&one, 0, 0, N + 5);
    int64_t low, high;
    feed_watermarks(consumer_feed(one.consumer, 0, 0), &low, &high);
    assert_int_equal(high, N + 5);
}

static void earliest(void **state)
{
    (void)state;
    int64_t before = one.n[0][3];
    taker_seek(&one, 0, 3, FEED_EARLIEST);
    taker_read_to(&one, 0, 3, N);
    assert_int_equal(one.n[0][3] - before, N);
}

static void wait_out_of_range(int32_t partition)
{
    int64_t until = clock_mono_ms() + BED_WAIT_MS;
    one.out_of_range = 0;
    while (one.out_of_range == 0 && clock_mono_ms() < until)
        taker_read(&one, 0, partition, INT64_MAX);
    assert_int_equal(one.out_of_range, 1);
    assert_int_equal(one.earliest, 0);
    assert_int_equal(one.latest, N);
}

/* The library gives a partition up then; others that are being read must not notice how it is revived. */
static void out_of_range_and_back(void **state)
{
    (void)state;
    taker_seek(&one, 1, 0, 0);
    while (one.next[1][0] < 1000)
        taker_read(&one, 1, 0, 1000 - one.next[1][0]);
    for (int i = 0; i < 3; i++) {
        taker_seek(&one, 0, 2, N + 1000000);
        wait_out_of_range(2);
        assert_int_equal(taker_read(&one, 0, 2, INT64_MAX), 0);
        taker_seek(&one, 0, 2, 4000);
        taker_read(&one, 1, 0, 100);
        taker_read_to(&one, 0, 2, N);
    }
    taker_read_to(&one, 1, 0, N);
}

/* The error lies in the queue, unread, when the owner already seeks elsewhere. */
static void out_of_range_unread(void **state)
{
    (void)state;
    taker_seek(&one, 0, 2, N + 5);
    struct pollfd none = {-1, 0, 0};
    poll(&none, 1, 300);
    taker_seek(&one, 0, 2, 10);
    taker_read_to(&one, 0, 2, N);
}

static void partitions_and_committed(void **state)
{
    (void)state;
    int32_t count = 0;
    int64_t offsets[BED_INPUTS];
    OK(consumer_partitions(one.consumer, 1, 5000, &count, &bed_info));
    assert_int_equal(count, BED_PARTITIONS);
    OK(consumer_committed(one.consumer, 3, 5000, offsets, &bed_info));
    assert_int_equal(offsets[0], -1);
    assert_null(consumer_feed(one.consumer, 0, 77));
}

static void poll_two(struct taker *two)
{
    struct pollfd fds[] = {{consumer_fd(one.consumer), POLLIN, 0}, {consumer_fd(two->consumer), POLLIN, 0}};
    poll(fds, 2, 20);
    consumer_drain_fd(one.consumer);
    consumer_drain_fd(two->consumer);
    consumer_poll(one.consumer);
    consumer_poll(two->consumer);
}

/* Whoever has a partition reads it from its seek on to the end; the broker may deal the partitions more than
 * once. */
static size_t read_as_two(struct taker *two)
{
    size_t done = 0;
    for (int32_t p = 0; p < BED_PARTITIONS; p++) {
        struct taker *owner = one.mine[p] ? &one : two;
        assert_false(one.mine[p] && two->mine[p]);
        if (!owner->mine[p])
            continue;
        taker_read(owner, 1, p, 500);
        done += owner->end[1][p] == N;
    }
    return done;
}

static void two_members(void **state)
{
    (void)state;
    static struct taker two;
    int64_t until = clock_mono_ms() + BED_WAIT_MS;
    int revoked = one.revoked;
    bool all = false;
    taker_open(&two, &bed, "lanes", 200);
    while (!all && clock_mono_ms() < until) {
        poll_two(&two);
        all = read_as_two(&two) == BED_PARTITIONS && two.n_partitions == BED_PARTITIONS / 2;
    }
    assert_true(all);
    assert_int_equal(one.n_partitions, BED_PARTITIONS / 2);
    assert_true(one.revoked > revoked);
    consumer_close(two.consumer);
    assert_true(two.revoked > 0);
    taker_join(&one, BED_PARTITIONS);
    taker_read_to(&one, 1, 3, N);
}

static void close_revokes_and_commits(void **state)
{
    (void)state;
    static struct taker after;
    int64_t offsets[BED_INPUTS] = {0};
    int revoked = one.revoked;
    one.commit = 4711;
    consumer_close(one.consumer);
    assert_int_equal(one.revoked, revoked + 1);
    taker_open(&after, &bed, "lanes", -1);
    OK(consumer_committed(after.consumer, 2, 5000, offsets, &bed_info));
    assert_int_equal(offsets[0], 4711);
    consumer_close(after.consumer);
    consumer_close(NULL);
}

static void inputs_that_differ(void **state)
{
    (void)state;
    static struct taker other;
    OK(mock_topic(bed.mock, "narrow", 2, &bed_info));
    static const char *const topics[] = {"left", "narrow"};
    other = (struct taker){.seek_to = -1, .commit = -1};
    struct consumer_options options = {
        "other", bed.pairs, 2, topics, 2, 1 << 20, {&other, taker_assigned, taker_revoked}, 0};
    OK(consumer_open(&options, &other.consumer, &bed_info));
    int64_t until = clock_mono_ms() + BED_WAIT_MS;
    while (!other.assigned && clock_mono_ms() < until)
        consumer_poll(other.consumer);
    assert_int_equal(other.assigned, 1);
    assert_int_equal(other.n_partitions, 0);
    consumer_close(other.consumer);
}

/* Last: the brokers go away for good. */
static void close_without_brokers(void **state)
{
    (void)state;
    static struct taker late;
    taker_open(&late, &bed, "late", 0);
    taker_join(&late, BED_PARTITIONS);
    taker_read_to(&late, 0, 0, N + 5);
    publisher_close(bed.publisher);
    bed.publisher = NULL;
    mock_close(bed.mock);
    bed.mock = NULL;
    int64_t start = clock_mono_ms();
    consumer_poll(late.consumer);
    struct err_info info;
    assert_int_equal(feed_seek(consumer_feed(late.consumer, 0, 0), FEED_EARLIEST, &info), ERR_WEATHER);
    int32_t count;
    assert_int_equal(consumer_partitions(late.consumer, 0, 200, &count, &info), ERR_WEATHER);
    late.commit = 5;
    consumer_close(late.consumer);
    assert_int_equal(late.revoked, 1);
    assert_true(clock_mono_ms() - start < 15000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(seek_inside_assigned),      cmocka_unit_test(seek_again_while_records_wait),
        cmocka_unit_test(yield_keeps_the_rest),      cmocka_unit_test(later_is_handed_over_again),
        cmocka_unit_test(end_is_told_again),         cmocka_unit_test(earliest),
        cmocka_unit_test(out_of_range_and_back),     cmocka_unit_test(out_of_range_unread),
        cmocka_unit_test(partitions_and_committed),  cmocka_unit_test(two_members),
        cmocka_unit_test(close_revokes_and_commits), cmocka_unit_test(inputs_that_differ),
        cmocka_unit_test(close_without_brokers),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
