/* One erased subject in one commit: its keys are deleted before what is left is written, a tombstone goes to
 * every output that holds subjects, and the log hears of it only when Redis has it. Nothing is connected:
 * commands and outputs wait. */
#include <stdlib.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "lane_stub.h"

static bool erased;

static uint64_t evaluate(void *self, void *state, const struct lane_view *view)
{
    (void)self;
    (void)state;
    (void)view;
    return erased ? 1 : 2;
}

static void encode(void *self, const void *state, struct bytes subject, const struct lane_view *view,
                   enum lane_reason reason, struct buffer *out)
{
    (void)self;
    (void)state;
    (void)subject;
    (void)view;
    (void)reason;
    if (!erased)
        buffer_add_text(out, "score");
}

static const char *const key_names[] = {"c"};
static const struct lane_output outputs[] = {
    {.holds_subjects = true}, {.events = false}, {.holds_subjects = true}};
static const struct lane_kind kind = {.name = "test",
                                      .n_inputs = 1,
                                      .n_outputs = 3,
                                      .outputs = outputs,
                                      .n_keys = 1,
                                      .key_names = key_names,
                                      .init = state_init,
                                      .clear = state_init,
                                      .bytes = state_bytes,
                                      .changes = changes,
                                      .evaluate = evaluate,
                                      .encode = encode};
static const char *const inputs[] = {"profiles"};

struct bed {
    struct worker worker;
    struct lane lane;
    struct subject *subject;
};

static struct bed *bed_open(void)
{
    static const struct keyed_secret secret = {{0}, true};
    struct bed *bed = calloc(1, sizeof *bed);
    struct redis_options redis = {
        .address = "127.0.0.1:1", .connect_timeout_ms = 1000, .command_timeout_ms = 1000};
    struct err_info info;
    bed->worker.options = (struct worker_options){.kind = &kind, .inputs = inputs, .secret = &secret};
    worker_counters_init(&bed->worker.counters);
    bed->lane = (struct lane){.worker = &bed->worker,
                              .options = &bed->worker.options,
                              .kind = &kind,
                              .counters = &bed->worker.counters,
                              .fence = {.n = 1, .partitions = 1},
                              .in = {{.next = 6}}};
    bed->lane.changed_end = &bed->lane.changed;
    assert_int_equal(redis_open(&redis, &bed->lane.redis, &info), ERR_OK);
    ledger_start(&bed->lane.ledger, (int64_t[LANE_INPUTS]){0});
    bed->subject = cache_add(&bed->lane.cache, &kind, BYTES("who"), bytes_hash(BYTES("who")));
    bed->subject->indexed = bed->subject->told_known = true;
    bed->subject->told = 2;
    return bed;
}

static void bed_close(struct bed *bed)
{
    redis_close(bed->lane.redis);
    cache_clear(&bed->lane.cache, &kind);
    ledger_free(&bed->lane.ledger);
    buffer_free(&bed->lane.scratch);
    buffer_free(&bed->lane.fence_text);
    buffer_free(&bed->lane.output_bytes);
    free(bed->lane.outputs);
    free(bed->lane.erased);
    free(bed->lane.newcomers);
    free(bed);
}

static size_t commit(struct bed *bed)
{
    size_t before = redis_owed(bed->lane.redis);
    bed->subject->changed = true;
    lane_queue(&bed->lane, bed->subject);
    lane_commit(&bed->lane, 1000);
    return redis_owed(bed->lane.redis) - before;
}

static void test_tombstones_where_subjects_are(void **state)
{
    struct bed *bed = bed_open();
    struct kafka_record tombstone = {.offset = 5, .timestamp = 9, .key = BYTES("who")};
    (void)state;
    erased = true;
    lane_erase(&bed->lane, bed->subject, &tombstone);
    size_t commands = commit(bed);
    assert_int_equal(commands, 7); /* MULTI, DEL, HSET, SET, EXEC, WATCH, GET */
    assert_int_equal(bed->lane.n_outputs, 2);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(bed->lane.outputs[i].topic, 2 * i);
        assert_int_equal(bed->lane.outputs[i].key_len, 3);
        assert_int_equal(bed->lane.outputs[i].value_len, 0);
    }
    assert_int_equal(bed->lane.ledger.marks[0].open, 2); /* both are waited for */
    assert_int_equal(bed->lane.n_erasing, 1);
    lane_erase(&bed->lane, bed->subject, &tombstone); /* while that EXEC is under way: told with the next */
    lane_log_erased(&bed->lane);
    assert_int_equal(bed->lane.n_erased, 1);
    assert_int_equal(bed->lane.n_erasing, 0);
    bed_close(bed);
}

static void test_a_score_goes_to_the_first(void **state)
{
    struct bed *bed = bed_open();
    (void)state;
    erased = false;
    bed->subject->forced = true;
    assert_int_equal(commit(bed), 6); /* no DEL */
    assert_int_equal(bed->lane.n_outputs, 1);
    assert_int_equal(bed->lane.outputs[0].value_len, 5);
    bed_close(bed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_tombstones_where_subjects_are),
                                       cmocka_unit_test(test_a_score_goes_to_the_first)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
