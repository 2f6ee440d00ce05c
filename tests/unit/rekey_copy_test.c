/* rekey: a worker on the mock cluster: copies, dead letters and counters, and what is refused at the start.
 * That it is exact is shown on real brokers (tests/e2e/rekey.sh). */
#include <pthread.h>
#include <time.h>

#include "kafka_bed.h"
#include "microflux/avro.h"
#include "microflux/rekey.h"
#include "microflux/schemas.h"

#define RECORDS  300
#define CREATORS 7

static const char *const TOPICS[] = {"source", "target", "dead-letters"};
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

static struct rekey_options options_of(void)
{
    return (struct rekey_options){.from = TOPICS[0],
                                  .to = TOPICS[1],
                                  .dead_letter_topic = TOPICS[2],
                                  .group = "rekey-test",
                                  .transactional_id = "rekey-test/0",
                                  .name = "worker",
                                  .pairs = bed.pairs,
                                  .n_pairs = 2,
                                  .prefetch_bytes = 1 << 20,
                                  .schema_json = schema_interaction,
                                  .max_record_bytes = 1 << 20,
                                  .tombstones_keyed = true,
                                  .align_ms = 60000,
                                  .commit_ms = 50,
                                  .commit_records = 40,
                                  .timeout_ms = 10000,
                                  .watchdog_ms = 30000};
}

static void send_like(int i)
{
    char json[200], creator[32], actor[32];
    struct buffer value = {0};
    snprintf(creator, sizeof creator, "creator-%d", i % CREATORS);
    snprintf(actor, sizeof actor, "actor-%d", i);
    snprintf(json, sizeof json, "{\"creator_id\":\"%s\",\"kind\":\"LIKE\",\"occurred_at\":%d}", creator, i);
    avro_put_frame(&value, 0, avro_fingerprint(schema_interaction, &bed_info));
    OK(avro_from_json(schema_interaction, bytes_of(json), &value, &bed_info));
    const struct kafka_header headers[] = {{"creator", bytes_of(creator)}};
    OK(publish(bed.publisher, 0, i % 3, bytes_of(actor), (struct bytes){value.data, value.len}, 1000 + i,
               headers, 1, 1, &bed_info));
    buffer_free(&value);
}

static void *run(void *arg)
{
    void **both = arg;
    struct err_info info;
    return (void *)(uintptr_t)rekey_run(both[0], both[1], 5000, &info);
}

/* Runs a worker until it has settled so many records. */
static void copy(uint64_t copied, uint64_t letters)
{
    struct rekey *rekey;
    struct rekey_options options = options_of();
    atomic_bool stop = false;
    pthread_t thread;
    void *result;
    OK(rekey_open(&options, &rekey, &bed_info));
    void *both[] = {rekey, &stop};
    assert_int_equal(pthread_create(&thread, NULL, run, both), 0);
    const struct rekey_counters *c = rekey_counters(rekey);
    int64_t until = clock_mono_ms() + BED_WAIT_MS;
    while (clock_mono_ms() < until &&
           (atomic_load(&c->copied) < copied || atomic_load(&c->dead_letters) < letters))
        nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
    atomic_store(&stop, true);
    pthread_join(thread, &result);
    assert_int_equal((uintptr_t)result, ERR_OK);
    assert_int_equal(atomic_load(&c->copied), copied);
    assert_int_equal(atomic_load(&c->dead_letters), letters);
    rekey_close(rekey);
}

static size_t each(const char *topic, void (*look)(const struct kafka_record *record))
{
    struct scan *scan;
    struct kafka_record record;
    bool done = false;
    size_t n = 0;
    OK(scan_open(bed.pairs, 1, topic, true, true, &scan, &bed_info));
    while (!done)
        if (scan_next(scan, BED_WAIT_MS, &record, &done, &bed_info) == ERR_OK) {
            look(&record);
            n++;
        }
    scan_close(scan);
    return n;
}

static void is_keyed(const struct kafka_record *record)
{
    struct kafka_header headers[4];
    if (!record->value.ptr) {
        assert_true(bytes_equal(record->key, BYTES("gone")));
        return;
    }
    assert_int_equal(kafka_record_headers(record, headers, 4), 1);
    assert_true(bytes_equal(record->key, headers[0].value));
    assert_in_range(record->timestamp, 1000, 1000 + RECORDS);
}

static void has_a_story(const struct kafka_record *record)
{
    struct kafka_header headers[16];
    size_t n = kafka_record_headers(record, headers, 16);
    assert_true(bytes_equal(record->key, BYTES("nobody")));
    for (size_t i = 0; i < n; i++)
        if (strcmp(headers[i].name, "microflux.error.topic") == 0)
            assert_true(bytes_equal(headers[i].value, BYTES("source")));
    assert_in_range(n, 9, 10);
}

static void every_record_is_copied_or_buried(void **state)
{
    (void)state;
    for (int i = 0; i < RECORDS; i++)
        send_like(i);
    OK(publish(bed.publisher, 0, 0, BYTES("nobody"), BYTES("no avro"), 2000, NULL, 0, 1, &bed_info));
    OK(publish(bed.publisher, 0, 1, BYTES("gone"), (struct bytes){NULL, 0}, 2000, NULL, 0, 1, &bed_info));
    OK(publisher_flush(bed.publisher, BED_WAIT_MS, &bed_info));
    copy(RECORDS + 1, 1);
    assert_int_equal(each("target", is_keyed), RECORDS + 1);
    assert_int_equal(each("dead-letters", has_a_story), 1);
}

static void settings_that_break_it_are_refused(void **state)
{
    (void)state;
    static char key[] = "isolation.level", value[] = "read_uncommitted";
    struct kafka_pair pairs[] = {bed.pairs[0], {key, value}};
    struct rekey_options options = options_of();
    struct rekey *rekey;
    struct err_info info;
    options.pairs = pairs;
    assert_int_equal(rekey_open(&options, &rekey, &info), ERR_USAGE);
    assert_string_equal(info.word, "kafka_reserved");
    options = options_of();
    options.to = "nowhere";
    assert_int_equal(rekey_open(&options, &rekey, &info), ERR_NOT_FOUND);
    assert_non_null(strstr(info.sentence, "nowhere"));
    rekey_close(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_record_is_copied_or_buried),
        cmocka_unit_test(settings_that_break_it_are_refused),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
