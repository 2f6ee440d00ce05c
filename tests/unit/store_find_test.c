/* Who a connection goes to: real Sentinels that watch a real server, a real cluster of two nodes, and every
 * configuration that cannot work. */
#include "redis_bed.h"

static void is_weather(enum err err, const char *word, const char *part)
{
    assert_int_equal(err, ERR_WEATHER);
    assert_string_equal(bed_info.word, word);
    if (!strstr(bed_info.sentence, part))
        fail_msg("\"%s\" does not say \"%s\"", bed_info.sentence, part);
}

static void test_slots(void **state)
{
    const struct {
        const char *key;
        int slot;
    } known[] = {{"", 0},
                 {"foo", 12182},
                 {"123456789", 12739},
                 {"{foo}bar", 12182},
                 {"a{foo}{bar}", 12182},
                 {"foo{}{bar}", 8363},
                 {"foo{{bar}}zap", 4015}};
    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        assert_int_equal(redis_slot(bytes_of(known[i].key)), known[i].slot);
    assert_int_equal(redis_slot(BYTES("mf:a:b:{p4.46}:fence")), redis_slot(BYTES("p4.46")));
}

static void test_what_cannot_work(void **state)
{
    const struct {
        struct redis_options options;
        const char *part;
    } wrong[] = {
        {{.address = "a:1,b:2"}, "need redis.mode = sentinel or cluster"},
        {{.address = "a:1,b", .mode = REDIS_CLUSTER}, "\"b\" is not host:port"},
        {{.address = "", .mode = REDIS_CLUSTER}, "not a list of host:port"},
        {{.address = "unix:/s", .mode = REDIS_SENTINEL}, "not a list of host:port"},
        {{.address = "a:1", .mode = REDIS_CLUSTER, .database = 2}, "a cluster has 0 alone"},
        {{.address = "a:1", .mode = REDIS_SENTINEL, .sentinel_username = "ann"}, "sentinel_password is not"}};
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_int_equal(redis_check(&wrong[i].options, &bed_info), ERR_USAGE);
        if (!strstr(bed_info.sentence, wrong[i].part))
            fail_msg("\"%s\" does not say \"%s\"", bed_info.sentence, wrong[i].part);
    }
    OK(redis_check(&(struct redis_options){.address = "a:1, [::1]:2,b:3", .mode = REDIS_SENTINEL},
                   &bed_info));
}

/* ---- Sentinels ---- */

struct guard { /* a server, and a Sentinel that calls it "main" */
    struct bed server, sentinel;
    char addresses[160];
    struct redis_options options;
};

static void watch(const struct guard *guard, int port)
{
    char words[96];
    struct redis *redis = bed_client(guard->sentinel.unix_address);
    snprintf(words, sizeof words, "SENTINEL MONITOR main 127.0.0.1 %d 1", port);
    bed_tell(redis, words, "+OK\n");
    redis_close(redis);
}

static void guard_open(struct guard *guard)
{
    char conf[96];
    bed_open(&guard->server, NULL);
    guard->sentinel = (struct bed){.dir = "/tmp/mf-redis-XXXXXX"};
    assert_non_null(mkdtemp(guard->sentinel.dir));
    snprintf(guard->sentinel.unix_address, sizeof guard->sentinel.unix_address, "unix:%s/s",
             guard->sentinel.dir);
    snprintf(conf, sizeof conf, "%s/conf", guard->sentinel.dir);
    fclose(fopen(conf, "w"));
    guard->sentinel.conf = conf;
    bed_run(&guard->sentinel, (const char *const[]){"--sentinel", NULL});
    watch(guard, guard->server.port);
    /* nobody listens at the first one */
    snprintf(guard->addresses, sizeof guard->addresses, "127.0.0.1:1, %s", guard->sentinel.tcp_address);
    guard->options = bed_options(guard->addresses);
    guard->options.mode = REDIS_SENTINEL;
    guard->options.primary = "main";
}

static void guard_close(struct guard *guard)
{
    bed_close(&guard->sentinel);
    bed_close(&guard->server);
}

static void test_sentinels_name_the_primary(void **state)
{
    struct guard guard;
    struct redis *redis = NULL;
    (void)state;
    guard_open(&guard);
    for (int i = 0; i < 4; i++) { /* whoever is asked first */
        OK(redis_open(&guard.options, &redis, &bed_info));
        assert_string_equal(redis_at(redis), "");
        OK(bed_settle(redis, &bed_info));
        assert_string_equal(redis_at(redis), guard.server.tcp_address);
        bed_tell(redis, "SET a 1", "+OK\n");
        redis_close(redis);
    }
    guard.options.primary = "other";
    is_weather(bed_try(&guard.options, &bed_info), bed_info.word, "no sentinel names \"other\"");
    guard.options.sentinel_password = "wrong";
    is_weather(bed_try(&guard.options, &bed_info), "ERR", "redis.sentinel_password"); /* one is away */
    guard.options.address = guard.sentinel.tcp_address;
    assert_int_equal(bed_try(&guard.options, &bed_info), ERR_REFUSED);
    guard_close(&guard);
}

static void test_a_primary_that_is_a_replica(void **state)
{
    struct guard guard;
    (void)state;
    guard_open(&guard);
    struct redis *redis = bed_client(guard.server.unix_address);
    bed_tell(redis, "REPLICAOF 127.0.0.1 1", "+OK\n");
    redis_close(redis);
    is_weather(bed_try(&guard.options, &bed_info), "not_primary", "is a replica");
    guard_close(&guard);
}

/* A connection to the old one stands and answers: it ends when Sentinels name another. */
static void test_another_primary_is_named(void **state)
{
    struct guard guard;
    struct bed other;
    struct redis *redis = NULL, *sentinel;
    enum err err = ERR_OK;
    (void)state;
    guard_open(&guard);
    bed_open(&other, NULL);
    OK(redis_open(&guard.options, &redis, &bed_info));
    OK(bed_settle(redis, &bed_info));
    sentinel = bed_client(guard.sentinel.unix_address);
    bed_tell(sentinel, "SENTINEL REMOVE main", "+OK\n");
    redis_close(sentinel);
    watch(&guard, other.port);
    for (int64_t patience = clock_mono_ms() + BED_WAIT_MS; err == ERR_OK && clock_mono_ms() < patience;
         usleep(10000))
        err = redis_turn(redis, &bed_info);
    is_weather(err, "primary_moved", other.tcp_address);
    redis_close(redis);
    OK(redis_open(&guard.options, &redis, &bed_info));
    OK(bed_settle(redis, &bed_info));
    bed_kill(&guard.sentinel); /* alone, a primary that answers is good enough */
    for (int64_t until = clock_mono_ms() + 2500; clock_mono_ms() < until; usleep(20000))
        OK(redis_turn(redis, &bed_info));
    bed_tell(redis, "PING", "+PONG\n");
    redis_close(redis);
    bed_close(&other);
    guard_close(&guard);
}

/* ---- a cluster ---- */

struct pair { /* two nodes; the first has the lower half of the slots */
    struct bed nodes[2];
    struct redis *clients[2];
    struct redis_learnt learnt;
    struct redis_options options;
};

static bool agree(struct pair *pair)
{
    bool ok = true;
    for (int i = 0; i < 2; i++) {
        struct buffer heard = {0};
        bed_say(pair->clients[i], "CLUSTER INFO", ear, &heard);
        OK(bed_settle(pair->clients[i], &bed_info));
        buffer_add(&heard, "", 1);
        ok &= strstr(heard.data, "cluster_state:ok") && strstr(heard.data, "cluster_known_nodes:2");
        buffer_free(&heard);
    }
    return ok;
}

static void pair_open(struct pair *pair)
{
    char words[96], bus[16];
    *pair = (struct pair){0};
    for (int i = 0; i < 2; i++) {
        int port;
        close(bed_listen(&port, 1));
        snprintf(bus, sizeof bus, "%d", port);
        bed_open(&pair->nodes[i],
                 (const char *const[]){"--cluster-enabled", "yes", "--cluster-port", bus, NULL});
        pair->clients[i] = bed_client(pair->nodes[i].tcp_address);
        snprintf(words, sizeof words, "CLUSTER SET-CONFIG-EPOCH %d", i + 1);
        bed_tell(pair->clients[i], words, "+OK\n");
        bed_tell(pair->clients[i],
                 i == 0 ? "CLUSTER ADDSLOTSRANGE 0 8191" : "CLUSTER ADDSLOTSRANGE 8192 16383", "+OK\n");
        snprintf(words, sizeof words, "CLUSTER MEET 127.0.0.1 %d %d", pair->nodes[i].port, port);
        bed_tell(pair->clients[0], words, "+OK\n");
    }
    for (int64_t patience = clock_mono_ms() + BED_WAIT_MS; !agree(pair) && clock_mono_ms() < patience;)
        usleep(20000);
    pair->options = bed_options(pair->nodes[0].tcp_address);
    pair->options.mode = REDIS_CLUSTER;
    pair->options.learnt = &pair->learnt;
}

static void pair_close(struct pair *pair)
{
    for (int i = 0; i < 2; i++) {
        redis_close(pair->clients[i]);
        bed_close(&pair->nodes[i]);
    }
}

static void goes_to(struct pair *pair, int slot, int node)
{
    struct redis *redis = NULL;
    pair->options.slot = slot;
    OK(redis_open(&pair->options, &redis, &bed_info));
    OK(bed_settle(redis, &bed_info));
    assert_string_equal(redis_at(redis), pair->nodes[node].tcp_address);
    redis_close(redis);
}

static void test_the_owner_of_the_slot(void **state)
{
    struct pair pair;
    (void)state;
    pair_open(&pair);
    goes_to(&pair, 0, 0);
    goes_to(&pair, 8191, 0);
    goes_to(&pair, 8192, 1);
    pair.options.address = "127.0.0.1:1"; /* what was learnt is asked too */
    goes_to(&pair, 16383, 1);
    pair.options.address = pair.nodes[0].tcp_address;
    bed_tell(pair.clients[0], "CLUSTER DELSLOTS 3", "+OK\n");
    bed_tell(pair.clients[1], "CLUSTER DELSLOTS 3", "+OK\n");
    pair.options.slot = 3;
    is_weather(bed_try(&pair.options, &bed_info), "slot_uncovered", "slot 3");
    pair_close(&pair);
}

/* A slot moves under a living connection: the lane's way, and the tools'. */
static void test_a_slot_that_moved(void **state)
{
    struct pair pair;
    struct redis *redis = NULL;
    struct buffer heard = {0};
    const struct redis_answer *answer;
    (void)state;
    pair_open(&pair);
    pair.options.slot = redis_slot(BYTES("{x}")); /* 16287 */
    OK(redis_open(&pair.options, &redis, &bed_info));
    bed_tell(redis, "SET {x}a 1", "+OK\n");
    redis_close(redis);
    pair.options.slot = 0; /* the wrong node, as when it moved */
    OK(redis_open(&pair.options, &redis, &bed_info));
    bed_say(redis, "MULTI", NULL, NULL);
    bed_say(redis, "SET {x}a 2", NULL, NULL);
    bed_say(redis, "EXEC", ear, &heard);
    is_weather(bed_settle(redis, &bed_info), "MOVED", pair.nodes[1].tcp_address);
    assert_int_equal(heard.len, 0); /* the cause, and not EXECABORT */
    redis_close(redis);
    assert_string_equal(pair.learnt.moved, pair.nodes[1].tcp_address);
    goes_to(&pair, 0, 1); /* once */
    goes_to(&pair, 0, 0);
    OK(redis_open(&pair.options, &redis, &bed_info));
    for (int i = 0; i < 2; i++) {
        OK(redis_call(redis, (struct bytes[]){BYTES("GET"), BYTES("{x}a")}, 2, &answer, &bed_info));
        assert_true(bytes_equal(answer->text, BYTES("1")));
        assert_string_equal(redis_at(redis), pair.nodes[1].tcp_address);
    }
    redis_close(redis);
    pair_close(&pair);
}

static void test_a_slot_on_its_way(void **state)
{
    struct pair pair;
    struct buffer id = {0};
    char words[128];
    (void)state;
    pair_open(&pair);
    bed_say(pair.clients[0], "CLUSTER MYID", ear, &id);
    OK(bed_settle(pair.clients[0], &bed_info));
    snprintf(words, sizeof words, "CLUSTER SETSLOT 16287 MIGRATING %.40s", id.data + 1);
    bed_tell(pair.clients[1], words, "+OK\n");
    bed_say(pair.clients[1], "GET {x}b", NULL, NULL);
    is_weather(bed_settle(pair.clients[1], &bed_info), "ASK", pair.nodes[0].tcp_address);
    buffer_free(&id);
    pair_close(&pair);
}

static void test_no_cluster(void **state)
{
    const struct bed *bed = *state;
    struct redis_options options = bed_options(bed->tcp_address);
    options.mode = REDIS_CLUSTER;
    assert_int_equal(bed_try(&options, &bed_info), ERR_REFUSED);
    assert_non_null(strstr(bed_info.sentence, "cluster support disabled"));
    options.mode = REDIS_SENTINEL;
    options.primary = "main";
    assert_int_equal(bed_try(&options, &bed_info), ERR_REFUSED);
    assert_non_null(strstr(bed_info.sentence, "unknown command"));
}

/* ---- what EXECABORT hides ---- */

static void test_the_cause_of_an_aborted_exec(void **state)
{
    const struct bed *bed = *state;
    const struct {
        const char *rule, *user, *word;
        enum err fate;
    } causes[] = {{"ACL SETUSER ann on >right ~* +@all -set", "ann", "NOPERM", ERR_REFUSED},
                  {"ACL SETUSER bob on >right ~other* +@all", "bob", "NOPERM", ERR_REFUSED},
                  {"CONFIG SET maxmemory 1", "default", "OOM", ERR_WEATHER}};
    for (size_t i = 0; i < sizeof causes / sizeof causes[0]; i++) {
        struct redis *redis = bed_client(bed->tcp_address);
        struct buffer heard = {0};
        bed_tell(redis, causes[i].rule, "+OK\n");
        redis_close(redis);
        struct redis_options options = bed_options(bed->tcp_address);
        options.username = i < 2 ? causes[i].user : NULL;
        options.password = i < 2 ? "right" : NULL;
        OK(redis_open(&options, &redis, &bed_info));
        bed_say(redis, "MULTI", NULL, NULL);
        bed_say(redis, "SET a 1", NULL, NULL);
        bed_say(redis, "EXEC", ear, &heard);
        assert_int_equal(bed_settle(redis, &bed_info), causes[i].fate);
        assert_string_equal(bed_info.word, causes[i].word);
        assert_int_equal(heard.len, 0);
        redis_close(redis);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_slots),
        cmocka_unit_test(test_what_cannot_work),
        cmocka_unit_test(test_sentinels_name_the_primary),
        cmocka_unit_test(test_a_primary_that_is_a_replica),
        cmocka_unit_test(test_another_primary_is_named),
        cmocka_unit_test(test_the_owner_of_the_slot),
        cmocka_unit_test(test_a_slot_that_moved),
        cmocka_unit_test(test_a_slot_on_its_way),
        BED_TEST(test_no_cluster),
        BED_TEST(test_the_cause_of_an_aborted_exec),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
