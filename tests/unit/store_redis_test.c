/* The connection against a real server: answers in order, binary arguments, transactions, logging in. What
 * happens when the server is away or lies is in store_redis_weather_test.c. */
#include "redis_bed.h"

#define MANY 10000

/* ---- commands and answers ---- */

static void test_every_type_in_order(void **state)
{
    struct redis *redis = bed_client(((struct bed *)*state)->unix_address);
    struct buffer heard = {0};
    bed_say(redis, "SET a 1", ear, &heard);
    bed_say(redis, "GET a", ear, &heard);
    bed_say(redis, "INCR a", ear, &heard);
    bed_say(redis, "GET nobody", ear, &heard);
    bed_say(redis, "HSET h f v", NULL, NULL); /* dropped */
    bed_say(redis, "HGETALL h", ear, &heard);
    bed_say(redis, "INCR h", ear, &heard);
    bed_say(redis, "EVAL return{1,{'two',{}},false} 0", ear, &heard);
    assert_int_equal(redis_owed(redis), 8);
    assert_true(redis_unsent(redis) > 0);
    OK(bed_settle(redis, &bed_info));
    assert_int_equal(redis_unsent(redis), 0);
    ear_heard(&heard, "+OK\n$1\n:2\n_\n*2($f $v)\n"
                      "-WRONGTYPE Operation against a key holding the wrong kind of value\n"
                      "*3(:1 *2($two *0()) _)\n");
    redis_close(redis);
}

static void expect_next(void *arg, const struct redis_answer *answer)
{
    int64_t *next = arg;
    assert_int_equal(answer->type, REDIS_INT);
    assert_int_equal(answer->number, ++*next);
}

static void expect_text(void *arg, const struct redis_answer *answer)
{
    int64_t *next = arg;
    char expected[24];
    int len = snprintf(expected, sizeof expected, "%" PRId64, ++*next);
    assert_true(bytes_equal(answer->text, (struct bytes){expected, (size_t)len}));
}

static void pipeline(const char *address)
{
    struct redis *redis = bed_client(address);
    int64_t counted = 0, echoed = 0;
    for (int i = 1; i <= MANY; i++) {
        bed_say(redis, "INCR n", expect_next, &counted);
        redis_begin(redis, 2, expect_text, &echoed);
        redis_arg(redis, BYTES("ECHO"));
        redis_arg_int(redis, i);
        bed_say(redis, "SET x y", NULL, NULL);
    }
    assert_int_equal(redis_owed(redis), 3 * MANY);
    OK(bed_settle(redis, &bed_info));
    assert_int_equal(counted, MANY);
    assert_int_equal(echoed, MANY);
    redis_close(redis);
}

static void test_long_pipeline_unix_socket(void **state)
{
    pipeline(((struct bed *)*state)->unix_address);
}

static void test_long_pipeline_tcp(void **state)
{
    pipeline(((struct bed *)*state)->tcp_address);
}

/* More commands wait for answers than the sockets hold: a client that only wrote would stand still. */
static void test_pipeline_larger_than_the_sockets(void **state)
{
    struct redis *redis = bed_client(((struct bed *)*state)->unix_address);
    struct buffer large = {0};
    int64_t lengths = 0;
    buffer_reserve(&large, 100000);
    memset(large.data, 'x', large.len = 100000);
    for (int i = 0; i < 300; i++) {
        redis_command(redis, (struct bytes[]){BYTES("ECHO"), {large.data, large.len}}, 2, NULL, NULL);
        bed_say(redis, "INCR n", expect_next, &lengths);
    }
    OK(bed_settle(redis, &bed_info));
    assert_int_equal(lengths, 300);
    buffer_free(&large);
    redis_close(redis);
}

static void test_arguments_are_binary(void **state)
{
    struct redis *redis = bed_client(((struct bed *)*state)->unix_address);
    char all[256];
    struct buffer heard = {0};
    for (int i = 0; i < 256; i++)
        all[i] = (char)i;
    struct bytes key = {all, sizeof all}, value = BYTES("\r\n$3\r\n%s%b\0\r\n");
    redis_command(redis, (struct bytes[]){BYTES("SET"), key, value}, 3, NULL, NULL);
    redis_command(redis, (struct bytes[]){BYTES("GET"), key}, 2, ear, &heard);
    OK(bed_settle(redis, &bed_info));
    assert_int_equal(heard.len, value.len + 2);
    assert_memory_equal(heard.data + 1, value.ptr, value.len);
    buffer_free(&heard);
    redis_command(redis, (struct bytes[]){BYTES("SET"), BYTES(""), BYTES("")}, 3, ear, &heard);
    redis_command(redis, (struct bytes[]){BYTES("GET"), BYTES("")}, 2, ear, &heard);
    bed_say(redis, "DBSIZE", ear, &heard);
    OK(bed_settle(redis, &bed_info));
    ear_heard(&heard, "+OK\n$\n:2\n");
    redis_close(redis);
}

static void test_numbers_of_all_sizes(void **state)
{
    struct redis *redis = bed_client(((struct bed *)*state)->unix_address);
    const int64_t numbers[] = {0, -1, INT64_MAX, INT64_MIN};
    struct buffer heard = {0};
    for (size_t i = 0; i < 4; i++) {
        redis_begin(redis, 3, NULL, NULL);
        redis_arg(redis, BYTES("SET"));
        redis_arg(redis, BYTES("n"));
        redis_arg_int(redis, numbers[i]);
        bed_say(redis, "INCRBY n 0", ear, &heard);
    }
    OK(bed_settle(redis, &bed_info));
    ear_heard(&heard, ":0\n:-1\n:9223372036854775807\n:-9223372036854775808\n");
    redis_close(redis);
}

struct chain {
    struct redis *redis;
    int64_t left;
};

static void say_the_next(void *arg, const struct redis_answer *answer)
{
    struct chain *chain = arg;
    assert_int_equal(answer->type, REDIS_INT);
    for (int i = 0; i < 2 && chain->left > 0; i++, chain->left--)
        bed_say(chain->redis, "INCR n", say_the_next, chain);
}

static void test_a_handler_may_queue_more(void **state)
{
    struct redis *redis = bed_client(((struct bed *)*state)->unix_address);
    struct chain chain = {redis, 500};
    bed_say(redis, "INCR n", say_the_next, &chain);
    OK(bed_settle(redis, &bed_info));
    bed_tell(redis, "GET n", "$501\n");
    redis_close(redis);
}

static void test_an_error_nobody_handles_fails_the_turn(void **state)
{
    struct redis *redis = bed_client(((struct bed *)*state)->unix_address);
    bed_say(redis, "SET a text", NULL, NULL);
    bed_say(redis, "HSET a f v", NULL, NULL);
    assert_int_equal(bed_settle(redis, &bed_info), ERR_REFUSED);
    assert_string_equal(bed_info.word, "WRONGTYPE");
    redis_close(redis);
}

static void test_call_and_pipeline_on_one_connection(void **state)
{
    struct redis *redis = bed_client(((struct bed *)*state)->unix_address);
    const struct redis_answer *answer = NULL;
    struct buffer heard = {0};
    bed_say(redis, "SET a before", ear, &heard); /* its answer comes first */
    OK(redis_call(redis, (struct bytes[]){BYTES("GET"), BYTES("a")}, 2, &answer, &bed_info));
    assert_int_equal(answer->type, REDIS_TEXT);
    assert_true(bytes_equal(answer->text, BYTES("before")));
    ear_heard(&heard, "+OK\n");
    bed_say(redis, "GET a", ear, &heard);
    bed_say(redis, "GET b", ear, &heard);
    bed_say(redis, "GET a", ear, &heard);
    OK(bed_settle(redis, &bed_info));
    ear_heard(&heard, "$before\n_\n$before\n");
    OK(redis_call(redis, (struct bytes[]){BYTES("DBSIZE")}, 1, &answer, &bed_info));
    assert_int_equal(answer->number, 1);
    redis_close(redis);
}

static void test_close_owes_nothing(void **state)
{
    struct redis *redis = bed_client(((struct bed *)*state)->unix_address);
    int64_t counted = 0;
    for (int i = 0; i < 1000; i++)
        bed_say(redis, "INCR n", expect_next, &counted);
    OK(redis_turn(redis, &bed_info));
    redis_close(redis); /* the rest is not called: nothing to see but a clean ASan */
    redis_close(NULL);
}

/* ---- transactions ---- */

static void transaction(struct redis *redis, struct buffer *heard)
{
    bed_say(redis, "MULTI", NULL, NULL);
    bed_say(redis, "INCR n", NULL, NULL);
    bed_say(redis, "SET fence two", NULL, NULL);
    bed_say(redis, "EXEC", ear, heard);
}

static void test_exec_is_refused_when_another_wrote(void **state)
{
    const struct bed *bed = *state;
    struct redis *ours = bed_client(bed->unix_address), *other = bed_client(bed->unix_address);
    struct buffer heard = {0};
    bed_tell(ours, "SET fence one", "+OK\n");
    bed_say(ours, "WATCH fence", NULL, NULL);
    bed_say(ours, "GET fence", ear, &heard);
    OK(bed_settle(ours, &bed_info));
    bed_tell(other, "SET fence theirs", "+OK\n");
    transaction(ours, &heard);
    OK(bed_settle(ours, &bed_info));
    ear_heard(&heard, "$one\n_\n");
    bed_tell(ours, "MGET fence n", "*2($theirs _)\n");
    bed_say(ours, "WATCH fence", NULL, NULL);
    transaction(ours, &heard);
    OK(bed_settle(ours, &bed_info));
    ear_heard(&heard, "*2(:1 +OK)\n");
    redis_close(ours);
    redis_close(other);
}

static void hear_the_elements(void *arg, const struct redis_answer *answer)
{
    struct err_info info;
    assert_int_equal(redis_fate(answer, &info), ERR_OK); /* EXEC itself is no error */
    for (size_t i = 0; i < answer->n; i++) {
        ear(arg, answer->items[i]);
        buffer_printf(arg, "%s\n", err_name(redis_fate(answer->items[i], &info)));
    }
}

static void test_an_error_inside_exec_is_read_by_itself(void **state)
{
    struct redis *redis = bed_client(((struct bed *)*state)->unix_address);
    struct buffer heard = {0};
    bed_tell(redis, "SET text t", "+OK\n");
    bed_say(redis, "MULTI", NULL, NULL);
    bed_say(redis, "INCR n", ear, &heard);
    bed_say(redis, "HSET text f v", ear, &heard);
    bed_say(redis, "GET text", ear, &heard);
    bed_say(redis, "EXEC", hear_the_elements, &heard);
    OK(bed_settle(redis, &bed_info));
    ear_heard(&heard,
              "+QUEUED\n+QUEUED\n+QUEUED\n:1\nok\n"
              "-WRONGTYPE Operation against a key holding the wrong kind of value\nrefused\n$t\nok\n");
    redis_close(redis);
}

static void test_a_bad_command_aborts_exec(void **state)
{
    struct redis *redis = bed_client(((struct bed *)*state)->unix_address);
    struct buffer heard = {0};
    bed_say(redis, "MULTI", NULL, NULL);
    bed_say(redis, "SET onlyakey", ear, &heard);
    bed_say(redis, "EXEC", NULL, NULL);
    assert_int_equal(bed_settle(redis, &bed_info), ERR_WEATHER);
    assert_string_equal(bed_info.word, "EXECABORT");
    ear_heard_first(&heard, "-ERR wrong number of arguments");
    redis_close(redis);
}

/* ---- logging in ---- */

static void allow(const struct bed *bed, const char *rule)
{
    struct redis *redis = bed_client(bed->unix_address);
    bed_tell(redis, rule, "+OK\n");
    redis_close(redis);
}

static void refused(const struct redis_options *options, const char *word, const char *part)
{
    assert_int_equal(bed_try(options, &bed_info), ERR_REFUSED);
    assert_string_equal(bed_info.word, word);
    if (!strstr(bed_info.sentence, part))
        fail_msg("\"%s\" does not say \"%s\"", bed_info.sentence, part);
}

static void test_acl_user(void **state)
{
    const struct bed *bed = *state;
    struct redis_options options = bed_options(bed->tcp_address);
    struct redis *redis = NULL;
    allow(bed, "ACL SETUSER ann on >right ~* +@all");
    options.username = "ann";
    options.password = "right";
    options.name = "microflux-7";
    OK(redis_open(&options, &redis, &bed_info));
    assert_false(redis_ready(redis));
    OK(bed_settle(redis, &bed_info));
    assert_true(redis_ready(redis));
    bed_tell(redis, "ACL WHOAMI", "$ann\n");
    bed_tell(redis, "CLIENT GETNAME", "$microflux-7\n");
    redis_close(redis);
    options.password = "wrong";
    refused(&options, "WRONGPASS", "check redis.username and redis.password");
    options.username = "bob";
    refused(&options, "WRONGPASS", "check redis.username and redis.password");
    options.password = NULL;
    assert_int_equal(bed_try(&options, &bed_info), ERR_USAGE);
    assert_non_null(strstr(bed_info.sentence, "redis.password"));
}

static void test_password_of_the_default_user(void **state)
{
    const struct bed *bed = *state;
    struct redis_options options = bed_options(bed->unix_address);
    allow(bed, "CONFIG SET requirepass right");
    refused(&options, "NOAUTH", "check redis.username and redis.password");
    options.password = "right";
    OK(bed_try(&options, &bed_info));
    options.password = "wrong";
    refused(&options, "WRONGPASS", "check redis.username and redis.password");
}

static void test_a_user_without_a_right(void **state)
{
    const struct bed *bed = *state;
    struct redis_options options = bed_options(bed->unix_address);
    allow(bed, "ACL SETUSER ann on >right ~* +ping");
    options.username = "ann";
    options.password = "right";
    OK(bed_try(&options, &bed_info));
    options.database = 1;
    refused(&options, "NOPERM", "lacks a right");
}

static void test_database_number(void **state)
{
    const struct bed *bed = *state;
    struct redis_options options = bed_options(bed->unix_address);
    struct redis *third = NULL, *standard = bed_client(bed->unix_address);
    options.database = 3;
    OK(redis_open(&options, &third, &bed_info));
    bed_tell(third, "SET where third", "+OK\n");
    bed_tell(standard, "GET where", "_\n");
    bed_tell(standard, "SELECT 3", "+OK\n");
    bed_tell(standard, "GET where", "$third\n");
    redis_close(third);
    redis_close(standard);
    options.database = 99;
    refused(&options, "ERR", "redis.database");
}

/* ---- a hash as one value ---- */

#define LONGEST 2100000 /* a border of the entries' backward lengths is 2,097,151 */

struct wanted {
    const char *text;
    size_t len;
};

static void expect_run(void *arg, const struct redis_answer *answer)
{
    const struct wanted *wanted = arg;
    assert_int_equal(answer->type, REDIS_TEXT);
    assert_true(bytes_equal(answer->text, (struct bytes){wanted->text, wanted->len}));
}

static void restore(struct redis *redis, const char *value, const struct wanted *wanted, size_t n)
{
    struct hash_dump dump = {0};
    char fields[16][16];
    hash_dump_begin(&dump);
    for (size_t i = 0; i < n; i++) {
        snprintf(fields[i], sizeof fields[i], "%zu", wanted[i].len);
        hash_dump_add(&dump, bytes_of(fields[i]), (struct bytes){value, wanted[i].len});
    }
    redis_command(
        redis,
        (struct bytes[]){BYTES("RESTORE"), BYTES("hash"), BYTES("0"), hash_dump_end(&dump), BYTES("REPLACE")},
        5, NULL, NULL);
    for (size_t i = 0; i < n; i++)
        redis_command(redis, (struct bytes[]){BYTES("HGET"), BYTES("hash"), bytes_of(fields[i])}, 3,
                      expect_run, (void *)&wanted[i]);
    OK(bed_settle(redis, &bed_info));
    hash_dump_free(&dump);
}

/* Lengths on both sides of every border of the format; Redis looks at every byte of it here. */
static void test_a_hash_as_one_value(void **state)
{
    static const size_t lengths[] = {0, 1, 63, 64, 124, 125, 4094, 4096, 16377, 16380, 20000, LONGEST};
    struct redis *redis = bed_client(((struct bed *)*state)->unix_address);
    struct wanted wanted[sizeof lengths / sizeof *lengths];
    size_t n = sizeof lengths / sizeof *lengths;
    char *value = malloc(LONGEST);
    memset(value, 'x', LONGEST);
    for (size_t i = 0; i < n; i++)
        wanted[i] = (struct wanted){value, lengths[i]};
    bed_tell(redis, "CONFIG SET sanitize-dump-payload yes", "+OK");
    restore(redis, value, wanted, n);
    bed_tell(redis, "HLEN hash", ":12");
    restore(redis, value, wanted, 5); /* replaces it */
    bed_tell(redis, "HLEN hash", ":5");
    bed_tell(redis, "OBJECT ENCODING hash", "$listpack");
    bed_tell(redis, "HSET hash 1 y new z", ":1"); /* and it lives on as any other */
    bed_tell(redis, "HMGET hash 1 new", "*2($y $z)");
    free(value);
    redis_close(redis);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BED_TEST(test_every_type_in_order),
        BED_TEST(test_long_pipeline_unix_socket),
        BED_TEST(test_long_pipeline_tcp),
        BED_TEST(test_pipeline_larger_than_the_sockets),
        BED_TEST(test_arguments_are_binary),
        BED_TEST(test_numbers_of_all_sizes),
        BED_TEST(test_a_handler_may_queue_more),
        BED_TEST(test_an_error_nobody_handles_fails_the_turn),
        BED_TEST(test_call_and_pipeline_on_one_connection),
        BED_TEST(test_close_owes_nothing),
        BED_TEST(test_exec_is_refused_when_another_wrote),
        BED_TEST(test_an_error_inside_exec_is_read_by_itself),
        BED_TEST(test_a_bad_command_aborts_exec),
        BED_TEST(test_acl_user),
        BED_TEST(test_password_of_the_default_user),
        BED_TEST(test_a_user_without_a_right),
        BED_TEST(test_database_number),
        BED_TEST(test_a_hash_as_one_value),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
