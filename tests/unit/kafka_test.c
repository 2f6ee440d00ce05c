/* kafka: publisher, dead letters, topics, scan and settings, on the mock cluster and against no broker at
 * all. */
#include "kafka_bed.h"

static const char *const TOPICS[] = {"scores", "dead", "empty"};
static struct bed bed;

static int open_all(void **state)
{
    (void)state;
    bed_open(&bed, TOPICS, 3, 3);
    return 0;
}

static int close_all(void **state)
{
    (void)state;
    bed_close(&bed);
    return 0;
}

static char *text(const char *literal)
{
    return (char *)(uintptr_t)literal;
}

/* ---- publisher ---- */

static void tickets_come_back_once(void **state)
{
    (void)state;
    uint64_t sum = 0, before = bed.tickets;
    bed.ticket_sum = 0;
    for (uint64_t i = 1; i <= 1000; i++) {
        uint64_t ticket = i << 40 | i;
        sum += ticket;
        OK(publish(bed.publisher, 0, i % 2 ? 2 : -1, BYTES("k"), BYTES("v"), 0, NULL, 0, ticket, &bed_info));
    }
    assert_true(publisher_waiting(bed.publisher) > 0);
    OK(publisher_flush(bed.publisher, BED_WAIT_MS, &bed_info));
    assert_int_equal(bed.tickets - before, 1000);
    assert_int_equal(bed.ticket_sum, sum);
    assert_int_equal(publisher_waiting(bed.publisher), 0);
    assert_false(publisher_failed(bed.publisher, NULL));
}

static struct publisher *lonely(struct bed *lone, struct kafka_pair *pairs, size_t n)
{
    struct publisher *publisher;
    const char *topics[] = {"nowhere"}; /* on the stack: names are copied */
    struct publisher_options options = {pairs, n, topics, 1, lone, bed_delivered, 0};
    *lone = (struct bed){0};
    OK(publisher_open(&options, &publisher, &bed_info));
    return publisher;
}

static void full_queue_is_weather_and_purge_returns_all(void **state)
{
    (void)state;
    struct bed lone;
    struct err_info info = {0};
    struct kafka_pair pairs[] = {{text("bootstrap.servers"), text("127.0.0.1:1")},
                                 {text("queue.buffering.max.messages"), text("20")}};
    struct publisher *publisher = lonely(&lone, pairs, 2);
    uint64_t taken = 0;
    enum err err;
    while ((err = publish(publisher, 0, -1, BYTES("k"), BYTES("v"), 0, NULL, 0, taken, &info)) == ERR_OK)
        taken++;
    assert_int_equal(err, ERR_WEATHER);
    assert_string_equal(info.word, "_QUEUE_FULL");
    assert_int_equal(taken, 20);
    assert_int_equal(publisher_flush(publisher, 50, &info), ERR_WEATHER);
    publisher_purge(publisher);
    assert_int_equal(lone.tickets, 20);
    assert_int_equal(lone.failures, 20);
    assert_int_equal(lone.failure.code, ERR_LOST);
    assert_int_equal(publisher_waiting(publisher), 0);
    OK(publish(publisher, 0, -1, BYTES("k"), BYTES("v"), 0, NULL, 0, 7, &bed_info));
    publisher_close(publisher); /* purges, too */
    assert_int_equal(lone.tickets, 21);
    publisher_close(NULL);
}

static void publishing_goes_on_after_a_purge(void **state)
{
    (void)state;
    uint64_t before = bed.tickets;
    for (int round = 0; round < 5; round++) {
        for (int i = 0; i < 500; i++)
            OK(publish(bed.publisher, 0, -1, BYTES("k"), BYTES("purged or not"), 0, NULL, 0, 1, &bed_info));
        publisher_poll(bed.publisher, round);
        publisher_purge(bed.publisher);
        assert_int_equal(bed.tickets - before, 500 * (round + 1));
    }
    uint64_t failures = bed.failures;
    OK(publish(bed.publisher, 0, -1, BYTES("k"), BYTES("after"), 0, NULL, 0, 2, &bed_info));
    OK(publisher_flush(bed.publisher, BED_WAIT_MS, &bed_info));
    assert_int_equal(bed.failures, failures);
    assert_false(publisher_failed(bed.publisher, NULL));
    bed.failures = 0;
}

static void too_large_is_a_reject(void **state)
{
    (void)state;
    struct err_info info = {0};
    size_t size = 2 << 20;
    char *large = calloc(1, size);
    assert_int_equal(
        publish(bed.publisher, 0, 0, BYTES("k"), (struct bytes){large, size}, 0, NULL, 0, 0, &info),
        ERR_REJECT);
    free(large);
}

/* ---- settings ---- */

static void refused_settings_are_named(void **state)
{
    (void)state;
    struct err_info info = {0};
    struct publisher *publisher;
    struct consumer *consumer;
    static const struct {
        const char *key, *value, *in_sentence;
    } table[] = {{"no.such.thing", "1", "kafka.no.such.thing=1"},
                 {"linger.ms", "-5", "kafka.linger.ms=-5"},
                 {"sasl.password.file", "/no/such", "kafka.sasl.password.file = /no/such: No such file"},
                 {"sasl.password.wrong", "hunter2", "kafka.sasl.password.wrong=***"}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct kafka_pair pair = {text(table[i].key), text(table[i].value)};
        struct publisher_options options = {&pair, 1, TOPICS, 1, NULL, bed_delivered, 0};
        assert_int_equal(publisher_open(&options, &publisher, &info), ERR_USAGE);
        assert_non_null(strstr(info.sentence, table[i].in_sentence));
        assert_null(strstr(info.sentence, "hunter2"));
    }
    struct kafka_pair latest = {text("auto.offset.reset"), text("latest")};
    struct consumer_options options = {"g", &latest, 1, TOPICS, 1, 1 << 20, {0}, 0};
    assert_int_equal(consumer_open(&options, &consumer, &info), ERR_USAGE);
    assert_string_equal(info.word, "kafka_reserved");
    struct kafka_pair ca = {text("ssl.ca.location"), text("/no/such/file.pem")};
    struct kafka_pair both[] = {{text("security.protocol"), text("SSL")}, ca};
    struct publisher_options tls = {both, 2, TOPICS, 1, NULL, bed_delivered, 0};
    assert_int_equal(publisher_open(&tls, &publisher, &info), ERR_USAGE);
}

/* ---- dead letters, read back by a scan ---- */

static struct scan *scan_of(const char *topic, bool from_beginning, bool until_end)
{
    struct scan *scan;
    OK(scan_open(bed.pairs, 1, topic, from_beginning, until_end, &scan, &bed_info));
    return scan;
}

static void header_is(const struct kafka_header *headers, size_t n, const char *name, const char *value)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(headers[i].name, name) == 0) {
            assert_true(bytes_equal(headers[i].value, bytes_of(value)));
            return;
        }
    fail_msg("no header %s", name);
}

static void bury(const struct kafka_record *record)
{
    struct err_info why;
    (void)err_set(&why, ERR_REJECT, "truncated", "the record ends in field \"likes\"");
    struct dead_letter_story story = {"scores", 12, "decode", &why, "worker-3"};
    OK(dead_letter_publish(bed.publisher, 1, record, &story, 99, &bed_info));
    OK(publisher_flush(bed.publisher, BED_WAIT_MS, &bed_info));
    assert_int_equal(bed.failures, 0);
}

static void next_of(struct scan *scan, struct kafka_record *record)
{
    struct err_info info;
    bool done;
    int64_t until = clock_mono_ms() + BED_WAIT_MS;
    enum err err = ERR_NOT_FOUND;
    while (err == ERR_NOT_FOUND && clock_mono_ms() < until)
        err = scan_next(scan, 100, record, &done, &info);
    assert_int_equal(err, ERR_OK);
}

static void letter_keeps_everything(void **state)
{
    (void)state;
    struct scan *in = scan_of("empty", true, false), *out = scan_of("dead", true, false);
    struct kafka_record record, letter;
    struct kafka_header headers[32];
    const struct kafka_header own[] = {
        {"trace", BYTES("abc")}, {"nothing", {NULL, 0}}, {"trace", BYTES("again")}};
    OK(publish(bed.publisher, 2, 1, BYTES("creator-1"), BYTES("\0bin\xff"), 1700000000123, own, 3, 1,
               &bed_info));
    next_of(in, &record);
    assert_int_equal(record.timestamp, 1700000000123);
    bury(&record);
    next_of(out, &letter);
    assert_true(bytes_equal(letter.key, BYTES("creator-1")));
    assert_true(bytes_equal(letter.value, BYTES("\0bin\xff")));
    assert_int_equal(letter.timestamp, 1700000000123);
    size_t n = kafka_record_headers(&letter, headers, 32);
    assert_int_equal(n, 3 + 9);
    assert_int_equal(kafka_record_headers(&letter, headers, 2), 2);
    n = kafka_record_headers(&letter, headers, 32);
    for (size_t i = 0; i < 3; i++) {
        assert_string_equal(headers[i].name, own[i].name);
        assert_true(bytes_equal(headers[i].value, own[i].value));
    }
    assert_null(headers[1].value.ptr);
    header_is(headers, n, "microflux.error.topic", "scores");
    header_is(headers, n, "microflux.error.partition", "1");
    header_is(headers, n, "microflux.error.offset", "0");
    header_is(headers, n, "microflux.error.schema.id", "12");
    header_is(headers, n, "microflux.error.stage", "decode");
    header_is(headers, n, "microflux.error.code", "truncated");
    header_is(headers, n, "microflux.error.message", "the record ends in field \"likes\"");
    header_is(headers, n, "microflux.error.worker", "worker-3");
    scan_close(in);
    scan_close(out);
}

static void letter_that_kafka_would_refuse(void **state)
{
    (void)state;
    struct scan *out = scan_of("dead", false, false);
    struct kafka_record letter;
    struct kafka_header headers[32];
    bool done;
    struct err_info info;
    assert_int_equal(scan_next(out, 1000, &letter, &done, &info), ERR_NOT_FOUND); /* stands at the end now */
    int64_t ahead = clock_wall_ms() + 7200 * 1000;
    size_t size = 1 << 20;
    char *large = calloc(1, size), digits[32];
    struct kafka_record record = {
        .partition = 2, .offset = 5, .timestamp = ahead, .key = BYTES("k"), .value = {large, size}};
    bury(&record);
    next_of(out, &letter);
    size_t n = kafka_record_headers(&letter, headers, 32);
    snprintf(digits, sizeof digits, "%lld", (long long)ahead);
    header_is(headers, n, "microflux.error.timestamp", digits);
    header_is(headers, n, "microflux.error.left.bytes", "1048576");
    assert_null(letter.value.ptr);
    assert_true(letter.timestamp < ahead);
    free(large);
    scan_close(out);
}

/* ---- null and empty, scan, topics ---- */

static void null_is_not_empty(void **state)
{
    (void)state;
    struct scan *scan = scan_of("empty", false, false);
    struct kafka_record record;
    bool done;
    struct err_info info;
    assert_int_equal(scan_next(scan, 1000, &record, &done, &info), ERR_NOT_FOUND);
    OK(publish(bed.publisher, 2, 0, BYTES("k"), (struct bytes){NULL, 0}, 0, NULL, 0, 0, &bed_info));
    OK(publish(bed.publisher, 2, 0, (struct bytes){NULL, 0}, BYTES(""), 0, NULL, 0, 0, &bed_info));
    OK(publisher_flush(bed.publisher, BED_WAIT_MS, &bed_info));
    next_of(scan, &record);
    assert_null(record.value.ptr);
    assert_non_null(record.key.ptr);
    next_of(scan, &record);
    assert_non_null(record.value.ptr);
    assert_int_equal(record.value.len, 0);
    assert_null(record.key.ptr);
    scan_close(scan);
}

static void scan_ends_where_it_began(void **state)
{
    (void)state;
    int32_t n = 0;
    bool done = false;
    struct kafka_record record;
    struct err_info info;
    OK(mock_topic(bed.mock, "long", 3, &bed_info));
    static const char *const topics[] = {"long"};
    struct publisher_options options = {bed.pairs, 1, topics, 1, &bed, bed_delivered, 0};
    struct publisher *publisher;
    OK(publisher_open(&options, &publisher, &bed_info));
    for (int i = 0; i < 900; i++)
        OK(publish(publisher, 0, i % 2, BYTES("k"), BYTES("v"), 0, NULL, 0, 0,
                   &bed_info)); /* partition 2 stays empty */
    OK(publisher_flush(publisher, BED_WAIT_MS, &bed_info));
    struct scan *scan = scan_of("long", true, true);
    for (int i = 0; i < 90; i++) /* later than the scan: not its business */
        OK(publish(publisher, 0, i % 3, BYTES("k"), BYTES("v"), 0, NULL, 0, 0, &bed_info));
    OK(publisher_flush(publisher, BED_WAIT_MS, &bed_info));
    int64_t until = clock_mono_ms() + BED_WAIT_MS;
    while (!done && clock_mono_ms() < until)
        n += scan_next(scan, 100, &record, &done, &info) == ERR_OK;
    assert_true(done);
    assert_int_equal(n, 900);
    assert_int_equal(scan_next(scan, 100, &record, &done, &info), ERR_NOT_FOUND);
    assert_true(done);
    scan_close(scan);
    publisher_close(publisher);
    assert_int_equal(scan_open(bed.pairs, 1, "none", true, true, &scan, &info), ERR_NOT_FOUND);
    scan_close(NULL);
}

/* All of a campaign in one partition, that of the campaign's id alone. */
static void partition_by_the_first_part(void **state)
{
    (void)state;
    static const char *const topics[] = {"parts"}, *const keys[] = {"camp", "camp/1", "camp/2/x", "camp/3"};
    struct publisher_options options = {bed.pairs, 1, topics, 1, &bed, bed_delivered, 1};
    struct publisher *publisher;
    struct kafka_record record;
    int32_t first = -1;
    OK(mock_topic(bed.mock, topics[0], 64, &bed_info));
    OK(publisher_open(&options, &publisher, &bed_info));
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        OK(publish(publisher, 0, -1, bytes_of(keys[i]), BYTES("v"), 0, NULL, 0, 0, &bed_info));
    OK(publisher_flush(publisher, BED_WAIT_MS, &bed_info));
    struct scan *scan = scan_of(topics[0], true, true);
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        next_of(scan, &record);
        first = i ? first : record.partition;
        assert_int_equal(record.partition, first);
    }
    scan_close(scan);
    publisher_close(publisher);
}

static void topics_that_are_there(void **state)
{
    (void)state;
    static const char *const names[] = {"dead", "none"};
    int32_t counts[2];
    bool created[1];
    struct err_info info;
    OK(topics_partitions(bed.pairs, 1, names, 2, 5000, counts, &bed_info));
    assert_int_equal(counts[0], 3);
    assert_int_equal(counts[1], -1);
    struct topic_spec spec = {.name = "dead", .partitions = 4, .replication = 1};
    assert_int_equal(topics_create(bed.pairs, 1, &spec, 1, 5000, created, &info), ERR_REFUSED);
    assert_non_null(strstr(info.sentence, "3 partitions, 4"));
    spec.partitions = 3;
    OK(topics_create(bed.pairs, 1, &spec, 1, 5000, created, &bed_info));
    assert_false(created[0]);
    const char *wrong[] = {"retention"};
    spec = (struct topic_spec){
        .name = "fresh", .partitions = 1, .replication = 1, .settings = wrong, .n_settings = 1};
    assert_int_equal(topics_create(bed.pairs, 1, &spec, 1, 5000, created, &info), ERR_USAGE);
    struct kafka_pair nobody = {text("bootstrap.servers"), text("127.0.0.1:1")};
    int64_t start = clock_mono_ms();
    assert_int_equal(topics_partitions(&nobody, 1, names, 2, 500, counts, &info), ERR_WEATHER);
    assert_true(clock_mono_ms() - start < 3000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tickets_come_back_once),
        cmocka_unit_test(full_queue_is_weather_and_purge_returns_all),
        cmocka_unit_test(publishing_goes_on_after_a_purge),
        cmocka_unit_test(too_large_is_a_reject),
        cmocka_unit_test(refused_settings_are_named),
        cmocka_unit_test(letter_keeps_everything),
        cmocka_unit_test(letter_that_kafka_would_refuse),
        cmocka_unit_test(null_is_not_empty),
        cmocka_unit_test(scan_ends_where_it_began),
        cmocka_unit_test(partition_by_the_first_part),
        cmocka_unit_test(topics_that_are_there),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
