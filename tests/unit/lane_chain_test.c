/* What goes on from lane to lane: derived outputs in the order of their records, events of change that wait
 * in Redis until they are delivered and are sent again verbatim by the next owner, positions that a reading
 * lane has met before, and inputs that an older fence does not name. Redis is real; nothing goes to Kafka. */
#include "lane_stub.h"
#include "redis_bed.h"

enum { OUT_SCORES, OUT_EDGES, OUT_ALERTS };

static enum lane_verdict apply(void *self, void *state, int input, int32_t epoch,
                               const struct kafka_record *record, int64_t *as_of, struct err_info *info)
{
    (void)self;
    (void)state;
    (void)input;
    (void)epoch;
    (void)record;
    (void)as_of;
    (void)info;
    return LANE_APPLIED;
}

static uint64_t evaluate(void *self, void *state, const struct lane_view *view)
{
    (void)self;
    (void)state;
    (void)view;
    return 2;
}

static void encode(void *self, const void *state, struct bytes subject, const struct lane_view *view,
                   enum lane_reason reason, struct buffer *out)
{
    (void)self;
    (void)state;
    (void)subject;
    (void)view;
    (void)reason;
    buffer_add_text(out, "score");
}

static void derive(void *self, void *state, const struct kafka_record *record,
                   const struct lane_emitter *emitter)
{
    (void)self;
    (void)state;
    emitter->put(emitter->arg, OUT_EDGES, record->value, BYTES("one"));
    emitter->put(emitter->arg, OUT_EDGES, record->value, BYTES("two"));
}

static void events(void *self, const void *state, const struct kafka_record *record,
                   const struct lane_emitter *emitter)
{
    (void)self;
    (void)state;
    emitter->put(emitter->arg, OUT_ALERTS, record->value, BYTES("rose"));
    emitter->put(emitter->arg, OUT_ALERTS, record->value, (struct bytes){0});
}

static bool more(void *self, void *state, struct bytes subject, const struct lane_view *view,
                 enum lane_reason reason, const struct lane_emitter *emitter)
{
    (void)self;
    (void)state;
    (void)view;
    (void)reason;
    emitter->put(emitter->arg, OUT_EDGES, subject, BYTES("more"));
    emitter->put(emitter->arg, OUT_ALERTS, subject, BYTES("told"));
    return false;
}

static const char *const key_names[] = {"c"};
static const struct lane_output outputs[] = {
    {.holds_subjects = true}, {.by_first_part = true}, {.events = true}};
static const struct lane_kind kind = {.name = "test",
                                      .n_inputs = 2,
                                      .n_outputs = 3,
                                      .outputs = outputs,
                                      .n_keys = 1,
                                      .key_names = key_names,
                                      .lane_inputs = 1u << 1,
                                      .init = state_init,
                                      .clear = state_init,
                                      .bytes = state_bytes,
                                      .apply = apply,
                                      .changes = changes,
                                      .evaluate = evaluate,
                                      .encode = encode,
                                      .events = events,
                                      .derive = derive};
static const char *const inputs[] = {"posts", "edges"};

/* ---- a lane without Kafka ---- */

struct solo {
    struct worker worker;
    struct lane lane;
};

static void solo_connect(struct solo *solo, const struct bed *bed)
{
    struct redis_options redis = bed_options(bed->unix_address);
    OK(redis_open(&redis, &solo->lane.redis, &bed_info));
    ledger_start(&solo->lane.ledger, (int64_t[LANE_INPUTS]){0});
}

static struct solo *solo_open(const struct bed *bed, const struct lane_kind *of)
{
    struct solo *solo = calloc(1, sizeof *solo);
    solo->worker.options = (struct worker_options){.kind = of, .inputs = inputs, .namespace_ = "n"};
    worker_counters_init(&solo->worker.counters);
    solo->lane = (struct lane){.worker = &solo->worker,
                               .options = &solo->worker.options,
                               .kind = of,
                               .counters = &solo->worker.counters,
                               .partition = 3,
                               .fence = {.n = 2, .partitions = 1, .epoch = 4}};
    solo->lane.fresh = solo->lane.blank = true;
    solo->worker.n_lanes = 1;
    solo->worker.options.cache_bytes = 1 << 20;
    lane_lies_in(&solo->lane, "");
    snprintf(solo->lane.fence_key, sizeof solo->lane.fence_key, "%sfence", solo->lane.prefix);
    solo->lane.changed_end = &solo->lane.changed;
    solo_connect(solo, bed);
    return solo;
}

static void solo_close(struct solo *solo)
{
    struct lane *lane = &solo->lane;
    redis_close(lane->redis);
    cache_clear(&lane->cache, lane->kind);
    sources_clear(&lane->sources);
    ledger_free(&lane->ledger);
    buffer_free(&lane->scratch);
    buffer_free(&lane->fence_text);
    buffer_free(&lane->output_bytes);
    buffer_free(&lane->derived_bytes);
    buffer_free(&lane->position);
    free(lane->outputs);
    free(lane->derived);
    free(lane->outbox.marks);
    free(lane->newcomers);
    free(solo);
}

static void met(struct solo *solo, int64_t offset, struct bytes value, bool first)
{
    struct kafka_record record = {.input = 0, .offset = offset, .key = BYTES("who"), .value = value};
    struct subject *s = lane_subject(&solo->lane, BYTES("who"), bytes_hash(BYTES("who")));
    s->loads_owed = 0;
    s->indexed = s->changed = true;
    lane_queue(&solo->lane, s);
    lane_derive(&solo->lane, s, &record, first);
    if (first && offset >= solo->lane.in[0].next)
        solo->lane.in[0].next = offset + 1;
}

static void commit(struct solo *solo)
{
    lane_commit(&solo->lane, 1000);
    OK(bed_settle(solo->lane.redis, &bed_info));
    assert_int_equal(solo->lane.trouble.code, ERR_OK);
}

/* "<topic>:<key>=<value>@<position>", one a line. */
static void said(const struct lane *lane, const char *expected)
{
    struct buffer text = {0};
    const char *base = lane->output_bytes.data;
    for (size_t i = 0; i < lane->n_outputs; i++) {
        const struct output *o = &lane->outputs[i];
        buffer_printf(&text, "%d:%.*s=%.*s@%.*s\n", o->topic, (int)o->key_len, base + o->key_at,
                      o->tombstone ? 1 : (int)o->value_len, o->tombstone ? "-" : base + o->value_at,
                      (int)o->position_len, base + o->value_at + o->value_len);
    }
    ear_heard(&text, expected);
}

static void sent(struct lane *lane, uint64_t mark) /* and all delivered */
{
    for (size_t i = 0; i < lane->n_outputs; i++)
        ledger_done(&lane->ledger, mark);
    lane->n_outputs = lane->output_bytes.len = 0;
}

static void test_records_go_out_in_order(void **state)
{
    struct lane_kind only = kind;
    only.events = NULL;
    struct solo *solo = solo_open(*state, &only);
    met(solo, 6, BYTES("b"), true); /* the earlier one waited for a load */
    met(solo, 5, BYTES("a"), true);
    commit(solo);
    said(&solo->lane, "0:who=score@\n"
                      "1:a=one@3 posts 4 5 0\n1:a=two@3 posts 4 5 1\n"
                      "1:b=one@3 posts 4 6 0\n1:b=two@3 posts 4 6 1\n");
    assert_int_equal(solo->lane.ledger.marks[0].open, 5);
    solo_close(solo);
}

static void test_events_wait_in_redis(void **state)
{
    static const char list[] = "LRANGE mf:n:test:{p3.117}:outbox 0 -1";
    struct bed *bed = *state;
    struct redis *redis = bed_client(bed->unix_address);
    struct solo *solo = solo_open(bed, &kind);
    char tag[24];
    lane_tag(3, tag, sizeof tag);
    assert_string_equal(tag, "p3.117");
    met(solo, 5, BYTES("a"), true);
    commit(solo);
    bed_tell(redis, list,
             "*2($1:2,13:3 posts 4 5 2,1:a,4:rose, $1:2,13:3 posts 4 5 3,1:a,)\n"); /* as it is sent */
    met(solo, 5, BYTES("a"), false);
    sent(&solo->lane, LEDGER_FIRST);
    assert_true(outbox_delivered(&solo->lane.outbox, &solo->lane.ledger));
    met(solo, 6, BYTES("b"), true);
    commit(solo); /* the one that says so removes them; what came with it stays */
    assert_false(outbox_delivered(&solo->lane.outbox, &solo->lane.ledger));
    bed_tell(redis, list, "*2($1:2,13:3 posts 4 6 2,1:b,4:rose, $1:2,13:3 posts 4 6 3,1:b,)\n");
    solo_close(solo);
    redis_close(redis);
}

/* The fence of a program that read one input less; what stands in the outbox goes first. */
static void test_take_over(void **state)
{
    struct bed *bed = *state;
    struct redis *redis = bed_client(bed->unix_address);
    struct solo *solo = solo_open(bed, &kind);
    struct lane *lane = &solo->lane;
    lane->fence.n = 1;
    met(solo, 6, BYTES("b"), true);
    commit(solo);
    solo_close(solo);

    solo = solo_open(bed, &kind);
    lane = &solo->lane;
    redis_close(lane->redis);
    solo->worker.options.redis = bed_options(bed->unix_address);
    solo->worker.options.epoch = 4;
    solo->worker.partitions = 1;
    lane_connect(lane, 0);
    OK(bed_settle(lane->redis, &bed_info));
    assert_string_equal(lane->trouble.sentence, "");
    assert_int_equal(lane->state, LANE_SEEKING);
    assert_int_equal(lane->fence.n, 2);
    assert_int_equal(lane->fence.at[0].applied, 7);
    assert_int_equal(lane->fence.at[1].applied, 0);
    said(lane, "2:b=rose@3 posts 4 6 2\n2:b=-@3 posts 4 6 3\n");
    assert_true(lane->outputs_free);
    assert_int_equal(lane->ledger.marks[0].open, 3);
    lane->n_outputs = lane->output_bytes.len = 0; /* sent, not delivered */
    lane->fresh = lane->blank = true;
    met(solo, 7, BYTES("c"), true);
    commit(solo);
    bed_tell(redis, "LLEN mf:n:test:{p3.117}:outbox", ":4\n");
    solo_close(solo);
    redis_close(redis);
}

static void test_more_of_a_subject(void **state)
{
    struct lane_kind only = kind;
    only.events = NULL;
    only.derive = NULL;
    only.more = more;
    struct bed *bed = *state;
    struct redis *redis = bed_client(bed->unix_address);
    struct solo *solo = solo_open(bed, &only);
    solo->lane.fence.events = INT64_MAX / 2; /* a clock that went back */
    met(solo, 5, BYTES("a"), true);
    commit(solo);
    said(&solo->lane, "0:who=score@\n1:who=more@\n2:who=told@3 - 4 4611686018427387904 0\n");
    assert_int_equal(solo->lane.ledger.marks[0].open, 3);
    bed_tell(redis, "LLEN mf:n:test:{p3.117}:outbox", ":1\n");
    struct fence fence;
    OK(fence_read((struct bytes){solo->lane.fence_text.data, solo->lane.fence_text.len}, &fence, &bed_info));
    assert_int_equal(fence.events, INT64_MAX / 2 + 1);
    solo_close(solo);
    redis_close(redis);
}

static bool repeated(struct lane *lane, const char *position)
{
    bool before;
    OK(lane_meet(lane, 1, bytes_of(position), &before, &bed_info));
    return before;
}

static void test_what_was_met_is_dropped(void **state)
{
    struct bed *bed = *state;
    struct redis *redis = bed_client(bed->unix_address);
    struct solo *solo = solo_open(bed, &kind);
    struct err_info info;
    bool before;
    assert_false(repeated(&solo->lane, "0 posts 0 7 0"));
    assert_false(repeated(&solo->lane, "0 posts 0 7 1"));
    assert_true(repeated(&solo->lane, "0 posts 0 7 1"));
    assert_true(repeated(&solo->lane, "0 posts 0 6 9"));
    assert_false(repeated(&solo->lane, "1 posts 0 6 9")); /* another lane, another topic */
    assert_false(repeated(&solo->lane, "0 comments 0 0 0"));
    assert_false(repeated(&solo->lane, "0 posts 1 0 0")); /* a new log of it */
    assert_int_equal(lane_meet(&solo->lane, 1, BYTES("0 posts 1 0"), &before, &info), ERR_REJECT);
    assert_int_equal(lane_meet(&solo->lane, 1, (struct bytes){0}, &before, &info), ERR_REJECT);
    commit(solo);
    struct buffer heard = {0};
    redis_command(redis,
                  (struct bytes[]){BYTES("HGET"), BYTES("mf:n:test:{p3.117}:sources"), BYTES("1 0 posts")}, 3,
                  ear, &heard);
    OK(bed_settle(redis, &bed_info));
    ear_heard(&heard, "$1 0 0\n");
    solo_close(solo);

    solo = solo_open(bed, &kind);
    lane_ask_sources(&solo->lane);
    OK(bed_settle(solo->lane.redis, &bed_info));
    assert_true(repeated(&solo->lane, "1 posts 0 6 9"));
    assert_false(repeated(&solo->lane, "1 posts 0 6 10"));
    solo_close(solo);
    redis_close(redis);
}

/* A kind without all this asks Redis for nothing more, in a take-over and in a commit. */
static void test_costs_nothing_without(void **state)
{
    struct lane_kind only = kind;
    only.derive = NULL;
    only.events = NULL;
    only.lane_inputs = 0;
    only.n_outputs = 1;
    struct solo *solo = solo_open(*state, &only);
    size_t before = redis_owed(solo->lane.redis);
    lane_ask_outbox(&solo->lane);
    lane_ask_sources(&solo->lane);
    lane_forget_outbox(&solo->lane);
    lane_forget_sources(&solo->lane);
    lane_trim_outbox(&solo->lane);
    lane_write_sources(&solo->lane);
    lane_send_derived(&solo->lane);
    assert_int_equal(redis_owed(solo->lane.redis), before);
    solo_close(solo);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BED_TEST(test_records_go_out_in_order),
        BED_TEST(test_events_wait_in_redis),
        BED_TEST(test_take_over),
        BED_TEST(test_more_of_a_subject),
        BED_TEST(test_what_was_met_is_dropped),
        BED_TEST(test_costs_nothing_without),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
