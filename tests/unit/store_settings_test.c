/* The settings of a real redis-server, by INFO and by CONFIG GET, and what is thought of them. */
#include "redis_bed.h"

static struct redis_settings read_with(struct redis *redis, const char *command)
{
    struct redis_settings settings = {.policy = ""};
    struct bytes args[3];
    size_t n = 0;
    const struct redis_answer *answer;
    for (const char *p = command; *p; n++) {
        size_t len = strcspn(p, " ");
        args[n] = (struct bytes){p, len};
        p += len + (p[len] == ' ');
    }
    OK(redis_call(redis, args, n, &answer, &bed_info));
    redis_settings_read(&settings, answer);
    return settings;
}

static const char *const ways[] = {"INFO", "CONFIG GET " REDIS_SETTINGS};

static void doubts_are(const struct redis_settings *settings, const char *first, const char *second)
{
    const char *expected[] = {first, second, NULL};
    const struct redis_doubt *doubt;
    size_t next = 0, i = 0;
    while ((doubt = redis_settings_doubt(settings, &next)) != NULL) {
        assert_non_null(expected[i]);
        assert_non_null(strstr(doubt->sentence, expected[i++]));
    }
    assert_null(expected[i]);
}

static void test_a_server_of_the_shelf(void **state)
{
    const struct bed *bed = *state;
    struct redis *redis = bed_client(bed->unix_address);
    bed_tell(redis, "CONFIG SET appendonly no", "+OK\n");
    for (size_t i = 0; i < 2; i++) {
        struct redis_settings settings = read_with(redis, ways[i]);
        assert_string_equal(settings.policy, "noeviction");
        OK(redis_settings_judge(&settings, &bed_info));
        doubts_are(&settings, "append-only", NULL);
    }
    redis_close(redis);
}

static void test_eviction_is_refused(void **state)
{
    const struct bed *bed = *state;
    struct redis *redis = bed_client(bed->unix_address);
    bed_tell(redis, "CONFIG SET maxmemory-policy allkeys-lru", "+OK\n");
    bed_tell(redis, "CONFIG SET appendonly yes", "+OK\n");
    for (size_t i = 0; i < 2; i++) {
        struct redis_settings settings = read_with(redis, ways[i]);
        assert_int_equal(redis_settings_judge(&settings, &bed_info), ERR_REFUSED);
        assert_non_null(strstr(bed_info.sentence, "allkeys-lru"));
        assert_non_null(strstr(bed_info.sentence, "CONFIG SET maxmemory-policy noeviction"));
        doubts_are(&settings, NULL, NULL);
    }
    redis_close(redis);
}

static void test_replicas_without_a_minimum(void **state)
{
    (void)state;
    struct redis_answer text = {.type = REDIS_TEXT,
                                .text = BYTES("# Replication\r\nrole:master\r\nconnected_slaves:2\r\n"
                                              "maxmemory_policy:noeviction\r\naof_enabled:1\r\n")};
    struct redis_settings settings = {.policy = ""};
    redis_settings_read(&settings, &text);
    assert_string_equal(settings.role, "master");
    doubts_are(&settings, "replicas", NULL);
    text.text = BYTES("min_slaves_good_slaves:2\r\n");
    redis_settings_read(&settings, &text);
    doubts_are(&settings, NULL, NULL);
}

static void test_who_is_told_nothing(void **state)
{
    (void)state;
    struct redis_settings settings = {.policy = ""};
    struct redis_answer error = {.type = REDIS_ERROR, .text = BYTES("NOPERM no")};
    redis_settings_read(&settings, &error);
    OK(redis_settings_judge(&settings, &bed_info));
    doubts_are(&settings, "does not tell", NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BED_TEST(test_a_server_of_the_shelf),
        BED_TEST(test_eviction_is_refused),
        cmocka_unit_test(test_replicas_without_a_minimum),
        cmocka_unit_test(test_who_is_told_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
