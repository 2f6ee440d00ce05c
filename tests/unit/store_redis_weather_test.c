/* The connection when the server is away, slow, not willing, or no Redis at all: always an error with a fate
 * and a sentence within the configured time, never a hang, never a crash. Where a test waits for one timeout,
 * the other is a minute, so that the wrong one would be seen without looking at a clock. */
#include "redis_bed.h"

#define SHORT_MS 150

static void is_weather(enum err err, const char *word, const char *part)
{
    assert_int_equal(err, ERR_WEATHER);
    assert_string_equal(bed_info.word, word);
    if (!strstr(bed_info.sentence, part))
        fail_msg("\"%s\" does not say \"%s\"", bed_info.sentence, part);
}

/* ---- away and slow ---- */

static void test_silence_ends_with_the_command_timeout(void **state)
{
    const struct bed *bed = *state;
    struct redis_options options = bed_options(bed->tcp_address);
    struct redis *redis = NULL;
    options.command_timeout_ms = SHORT_MS;
    OK(redis_open(&options, &redis, &bed_info));
    OK(bed_settle(redis, &bed_info));
    kill(bed->pid, SIGSTOP);
    bed_say(redis, "GET a", NULL, NULL);
    int64_t start = clock_mono_ms();
    is_weather(bed_settle(redis, &bed_info), "timeout", bed->tcp_address);
    assert_true(clock_mono_ms() - start < BED_WAIT_MS / 2);
    redis_close(redis);
    kill(bed->pid, SIGCONT);
    redis = bed_client(bed->tcp_address);
    bed_tell(redis, "GET a", "_\n");
    redis_close(redis);
}

static void test_silence_at_login_ends_with_the_connect_timeout(void **state)
{
    const struct bed *bed = *state;
    struct redis_options options = bed_options(bed->unix_address);
    options.connect_timeout_ms = SHORT_MS;
    kill(bed->pid, SIGSTOP);
    int64_t start = clock_mono_ms();
    is_weather(bed_try(&options, &bed_info), "timeout", "no answer in time");
    assert_true(clock_mono_ms() - start < BED_WAIT_MS / 2);
    kill(bed->pid, SIGCONT);
    OK(bed_try(&options, &bed_info));
}

static void test_killed_amid_a_pipeline(void **state)
{
    struct bed *bed = *state;
    const char *const addresses[] = {bed->unix_address, bed->tcp_address};
    for (size_t i = 0; i < 2; i++) {
        struct redis *redis = bed_client(addresses[i]);
        kill(bed->pid, SIGSTOP); /* so that nothing is answered any more */
        for (int k = 0; k < 10000; k++)
            bed_say(redis, "INCR a", NULL, NULL);
        OK(redis_turn(redis, &bed_info));
        assert_int_equal(redis_owed(redis), 10000);
        bed_kill(bed);
        assert_int_equal(bed_settle(redis, &bed_info), ERR_WEATHER);
        redis_close(redis);
        struct redis_options options = bed_options(addresses[i]);
        is_weather(bed_try(&options, &bed_info), "connect", "Connection refused");
        bed_run(bed, NULL);
    }
}

static void test_nobody_there(void **state)
{
    const struct {
        const char *address;
        const char *word;
    } away[] = {{"unix:/tmp/mf-redis-nobody/s", "connect"},
                {"nobody.invalid:6379", "name"},
                {"127.0.0.1:no-such-service", "name"}};
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct redis_options options = bed_options(away[i].address);
        is_weather(bed_try(&options, &bed_info), away[i].word, away[i].address);
    }
}

static void test_addresses_that_cannot_be_read(void **state)
{
    char path[200] = "unix:/";
    const char *const wrong[] = {"", "localhost", "localhost:", ":6379", "[]:6379", path};
    (void)state;
    memset(path + 6, 'x', sizeof path - 7);
    path[sizeof path - 1] = 0;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct redis_options options = bed_options(wrong[i]);
        assert_int_equal(bed_try(&options, &bed_info), ERR_USAGE);
        assert_non_null(strstr(bed_info.sentence, "redis.address"));
    }
}

/* ---- a server that will not ---- */

static void unwilling(struct redis *redis, const char *command, const char *word)
{
    bed_say(redis, command, NULL, NULL);
    is_weather(bed_settle(redis, &bed_info), word, word);
    redis_close(redis);
}

static struct redis *configured(const struct bed *bed, const char *key, const char *value)
{
    struct redis *redis = bed_client(bed->unix_address);
    char command[128];
    snprintf(command, sizeof command, "CONFIG SET %s %s", key, value);
    bed_tell(redis, command, "+OK\n");
    return redis;
}

static void test_out_of_memory(void **state)
{
    struct redis *redis = configured(*state, "maxmemory", "1mb");
    bed_tell(redis, "CONFIG SET maxmemory-policy noeviction", "+OK\n");
    bed_tell(redis, "CONFIG SET maxmemory 1", "+OK\n"); /* the first mb is not always used up */
    bed_tell(redis, "GET a", "_\n");
    unwilling(redis, "SET a 1", "OOM");
}

static void test_too_few_replicas(void **state)
{
    unwilling(configured(*state, "min-replicas-to-write", "1"), "SET a 1", "NOREPLICAS");
}

static void test_a_replica_does_not_write(void **state)
{
    const struct bed *bed = *state;
    struct redis *redis = bed_client(bed->unix_address);
    bed_tell(redis, "REPLICAOF 127.0.0.1 1", "+OK\n");
    bed_tell(redis, "GET a", "_\n");
    unwilling(redis, "SET a 1", "READONLY");
    unwilling(configured(bed, "replica-serve-stale-data", "no"), "GET a", "MASTERDOWN");
}

static void test_busy_with_a_script(void **state)
{
    const struct bed *bed = *state;
    struct redis *redis = configured(bed, "busy-reply-threshold", "1"),
                 *other = bed_client(bed->unix_address);
    bed_say(other, "EVAL while(1)do\tend 0", NULL, NULL);
    OK(redis_turn(other, &bed_info));
    enum err err = ERR_OK;
    while (err == ERR_OK) { /* until the script has been at it for a millisecond */
        bed_say(redis, "GET a", NULL, NULL);
        err = bed_settle(redis, &bed_info);
    }
    is_weather(err, "BUSY", "BUSY");
    redis_close(redis);
    struct redis_options options = bed_options(bed->unix_address);
    is_weather(bed_try(&options, &bed_info), "BUSY", "waiting"); /* PING of the handshake too */
    redis_close(other);
}

static void test_loading(void **state)
{
    struct bed *bed = *state;
    const char *const slowly[] = {"--key-load-delay",
                                  "20000",
                                  "--loading-process-events-interval-bytes",
                                  "1024",
                                  "--rdbcompression",
                                  "no",
                                  NULL};
    struct redis *redis = bed_client(bed->unix_address);
    bed_tell(redis, "DEBUG POPULATE 5000 key 100", "+OK\n");
    bed_tell(redis, "SAVE", "+OK\n");
    redis_close(redis);
    bed_kill(bed);
    bed_run(bed, slowly);
    struct redis_options options = bed_options(bed->unix_address);
    is_weather(bed_try(&options, &bed_info), "LOADING", "waiting");
    bed_kill(bed);
    bed_run(bed, NULL);
    OK(bed_try(&options, &bed_info));
}

static void test_a_cluster_without_its_slots(void **state)
{
    struct bed *bed = *state;
    const char *const cluster[] = {"--cluster-enabled", "yes", NULL};
    bed_kill(bed);
    bed_run(bed, cluster);
    unwilling(bed_client(bed->unix_address), "GET a", "CLUSTERDOWN");
}

static void test_fates(void **state)
{
    const struct {
        const char *text;
        enum err fate;
        const char *word;
    } known[] = {{"MOVED 3999 127.0.0.1:6381", ERR_WEATHER, "MOVED"},
                 {"ASK 3999 127.0.0.1:6381", ERR_WEATHER, "ASK"},
                 {"CLUSTERDOWN The cluster is down", ERR_WEATHER, "CLUSTERDOWN"},
                 {"TRYAGAIN Multiple keys request during rehashing of slot", ERR_WEATHER, "TRYAGAIN"},
                 {"MISCONF Redis is configured to save RDB snapshots", ERR_WEATHER, "MISCONF"},
                 {"BUSY", ERR_WEATHER, "BUSY"},
                 {"BUSYGROUP Consumer Group name already exists", ERR_REFUSED, "BUSYGROUP"},
                 {"CROSSSLOT Keys in request don't hash to the same slot", ERR_REFUSED, "CROSSSLOT"},
                 {"NOPERM this user has no permissions", ERR_REFUSED, "NOPERM"},
                 {"ERR OOM", ERR_REFUSED, "ERR"},
                 {"", ERR_REFUSED, "error"},
                 {"AWORDMUCHLONGERTHANANYREDISHASEVERHADFORANERROR x", ERR_REFUSED,
                  "AWORDMUCHLONGERTHANANYREDISHASE"}};
    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        struct redis_answer answer = {.type = REDIS_ERROR, .text = bytes_of(known[i].text)};
        assert_int_equal(redis_fate(&answer, &bed_info), known[i].fate);
        assert_int_equal(bed_info.code, known[i].fate);
        assert_string_equal(bed_info.word, known[i].word);
        assert_non_null(strstr(bed_info.sentence, known[i].text));
        answer.type = REDIS_TEXT;
        assert_int_equal(redis_fate(&answer, &bed_info), ERR_OK);
    }
}

/* ---- no Redis at all: the test answers itself ---- */

struct liar {
    char address[64];
    int listener, peer;
    struct redis *redis;
};

static void liar_open(struct liar *liar, struct redis_options options)
{
    int port;
    liar->listener = bed_listen(&port, 4);
    snprintf(liar->address, sizeof liar->address, "127.0.0.1:%d", port);
    options.address = liar->address;
    OK(redis_open(&options, &liar->redis, &bed_info));
    liar->peer = accept(liar->listener, NULL, NULL);
    assert_true(liar->peer >= 0);
}

static void liar_says(const struct liar *liar, struct bytes text)
{
    assert_int_equal(send(liar->peer, text.ptr, text.len, MSG_NOSIGNAL), (ssize_t)text.len);
}

static void liar_close(struct liar *liar)
{
    redis_close(liar->redis);
    close(liar->peer);
    close(liar->listener);
}

/* What a client makes of a server that says `text`, and then closes or keeps silent. */
static enum err told(const struct bytes text, bool then_close)
{
    struct liar liar;
    struct redis_options options = bed_options(NULL);
    options.connect_timeout_ms = SHORT_MS;
    options.name = "told";
    liar_open(&liar, options);
    liar_says(&liar, text);
    if (then_close)
        shutdown(liar.peer, SHUT_WR);
    bed_say(liar.redis, "GET a", NULL, NULL);
    int64_t start = clock_mono_ms();
    enum err err = bed_settle(liar.redis, &bed_info);
    assert_true(clock_mono_ms() - start < BED_WAIT_MS / 2);
    liar_close(&liar);
    return err;
}

/* As long as answers come, silence has not begun. (An answer that is there is read before the clock is
 * looked at: a slow machine changes nothing.) */
static void test_slow_is_not_silent(void **state)
{
    struct liar liar;
    struct redis_options options = bed_options(NULL);
    (void)state;
    options.command_timeout_ms = SHORT_MS;
    liar_open(&liar, options);
    liar_says(&liar, BYTES("+PONG\r\n"));
    OK(bed_settle(liar.redis, &bed_info));
    for (int i = 0; i < 5; i++)
        bed_say(liar.redis, "GET a", NULL, NULL);
    for (size_t left = 5; left-- > 0;) {
        usleep(SHORT_MS * 1000 / 2);
        liar_says(&liar, BYTES("$-1\r\n"));
        struct pollfd p = {redis_fd(liar.redis), POLLIN, 0};
        poll(&p, 1, BED_WAIT_MS);
        OK(redis_turn(liar.redis, &bed_info));
        assert_int_equal(redis_owed(liar.redis), left);
    }
    is_weather(told(BYTES("+OK\r\n+PONG\r\n"), true), "closed", "closed");
    liar_close(&liar);
}

static void test_garbage(void **state)
{
    const struct bytes garbage[] = {
        BYTES("HTTP/1.1 400 Bad Request\r\n\r\n"),
        BYTES("\0\0\0\0\0\0\0\0"),
        BYTES("*9999999999999999999\r\n"),
        BYTES("*2147483647\r\n"),
        BYTES("*-7\r\n"),
        BYTES("$-7\r\n"),
        BYTES("$99999999999999999999999\r\n"),
        BYTES(":12x\r\n"),
        BYTES("*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n:1\r\n"),
        BYTES("+OK\r\n+PONG\r\n+OK\r\n+nobody asked\r\n"),
        BYTES("\x16\x03\x01\x02\x00\x01"),
        BYTES("*2147483647\r\n*2147483647\r\n*2147483647\r\n"),
        BYTES("$3\r\nabcdefgh\r\n")};
    (void)state;
    for (size_t i = 0; i < sizeof garbage / sizeof garbage[0]; i++) {
        enum err err = told(garbage[i], true);
        if (err != ERR_WEATHER)
            fail_msg("garbage %zu: %s", i, err_name(err));
        assert_true(bed_info.sentence[0]);
    }
    is_weather(told(BYTES("HTTP/1.1 400 Bad Request\r\n\r\n"), true), "protocol", "127.0.0.1:");
}

static void test_closes_at_once(void **state)
{
    (void)state;
    is_weather(told(BYTES(""), true), "closed", "closed the connection");
    is_weather(told(BYTES("+O"), true), "closed", "closed the connection"); /* amid an answer */
}

static void test_says_half_and_no_more(void **state)
{
    (void)state;
    is_weather(told(BYTES(""), false), "timeout", "no answer in time");
    is_weather(told(BYTES("$10\r\nabc"), false), "timeout", "no answer in time");
    /* the first answer of the handshake does not buy more time for the second */
    is_weather(told(BYTES("+OK\r\n"), false), "timeout", "no answer in time");
}

/* Bytes of a fixed sequence: whatever comes, it ends with an error. */
static void test_noise(void **state)
{
    const char alphabet[] = "*$+-:0123456789\r\n\r\n\r\nab\0";
    unsigned seed = 11;
    char text[64];
    (void)state;
    for (int i = 0; i < 300; i++) {
        for (size_t k = 0; k < sizeof text; k++)
            text[k] = alphabet[(size_t)rand_r(&seed) % sizeof alphabet];
        enum err err = told((struct bytes){text, sizeof text}, true);
        assert_true(err == ERR_WEATHER || err == ERR_REFUSED); /* "-abc" is a refusal */
    }
}

/* A queue that is full: the connection never comes about. */
static void test_never_connected(void **state)
{
    int port, filler[4], listener = bed_listen(&port, 0);
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    char address[64];
    (void)state;
    at.sin_port = htons((uint16_t)port);
    for (int i = 0; i < 4; i++) {
        filler[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        (void)connect(filler[i], (struct sockaddr *)&at, sizeof at);
    }
    snprintf(address, sizeof address, "127.0.0.1:%d", port);
    struct redis_options options = bed_options(address);
    options.connect_timeout_ms = SHORT_MS;
    is_weather(bed_try(&options, &bed_info), "timeout", "in time");
    for (int i = 0; i < 4; i++)
        close(filler[i]);
    close(listener);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BED_TEST(test_silence_ends_with_the_command_timeout),
        BED_TEST(test_silence_at_login_ends_with_the_connect_timeout),
        BED_TEST(test_killed_amid_a_pipeline),
        cmocka_unit_test(test_nobody_there),
        cmocka_unit_test(test_addresses_that_cannot_be_read),
        BED_TEST(test_out_of_memory),
        BED_TEST(test_too_few_replicas),
        BED_TEST(test_a_replica_does_not_write),
        BED_TEST(test_busy_with_a_script),
        BED_TEST(test_loading),
        BED_TEST(test_a_cluster_without_its_slots),
        cmocka_unit_test(test_fates),
        cmocka_unit_test(test_slow_is_not_silent),
        cmocka_unit_test(test_garbage),
        cmocka_unit_test(test_closes_at_once),
        cmocka_unit_test(test_says_half_and_no_more),
        cmocka_unit_test(test_noise),
        cmocka_unit_test(test_never_connected),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
