/* The configuration: who wins, what is refused and in which words, what the faces print. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "config_table.h"
#include "microflux/config.h"

static char path[64];

static int make_path(void **state)
{
    strcpy(path, "/tmp/mf-config-XXXXXX");
    int fd = mkstemp(path);
    (void)state;
    return fd < 0 ? -1 : close(fd);
}

static int remove_path(void **state)
{
    (void)state;
    return unlink(path);
}

/* Sources: the text of a file, one variable, one --set; each may be NULL. */
static enum err load(const char *text, const char *variable, const char *set, struct config **config,
                     struct err_info *info)
{
    char *copy = variable ? strdup(variable) : NULL;
    char *environment[] = {"HOME=/", copy, NULL};
    if (text) {
        FILE *file = fopen(path, "w");
        assert_non_null(file);
        fputs(text, file);
        fclose(file);
    }
    struct config_sources sources = {text ? path : NULL, environment, &set, set != NULL};
    enum err err = config_load(&sources, config, info);
    free(copy);
    return err;
}

static struct config *good(const char *text, const char *variable, const char *set)
{
    struct config *config = NULL;
    struct err_info info = {0};
    if (load(text, variable, set, &config, &info) != ERR_OK)
        fail_msg("%s", info.sentence);
    return config;
}

/* Refused, and the sentence has each of the parts (separated by |). */
static void refused(const char *text, const char *variable, const char *set, const char *parts)
{
    struct config *config = NULL;
    struct err_info info = {0};
    char copy[256];
    assert_int_equal(load(text, variable, set, &config, &info), ERR_USAGE);
    snprintf(copy, sizeof copy, "%s", parts);
    for (char *part = strtok(copy, "|"); part; part = strtok(NULL, "|"))
        if (!strstr(info.sentence, part))
            fail_msg("\"%s\" does not say \"%s\"", info.sentence, part);
}

static char *printed(const struct config *config)
{
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    if (config)
        config_print_effective(config, out);
    else
        config_print_sample(out);
    fclose(out);
    return text;
}

/* ---- refusals ---- */

static void test_unknown_keys(void **state)
{
    (void)state;
    refused(NULL, NULL, "redis.adress=x", "--set|redis.adress|did you mean redis.address?");
    refused("[redis]\nadress = x\n", NULL, NULL, "/tmp/mf-config-|redis.adress|did you mean redis.address?");
    refused("[topics]\n[lane]\nflush = 5\n", NULL, NULL, "lane.flush|did you mean lane.flush_ms?");
    refused(NULL, "MICROFLUX_REDIS_ADRESS=x", NULL,
            "MICROFLUX_REDIS_ADRESS|redis.adress|did you mean redis.address?");
    refused(NULL, "MICROFLUX_=x", NULL, "MICROFLUX_|did you mean");
    refused(NULL, NULL, "WORKERS=2", "WORKERS|did you mean workers?");
    refused(NULL, NULL, "kafka.=2", "kafka.|did you mean");
    refused(NULL, NULL, "redis.address.=2", "redis.address.|did you mean redis.address?");
}

static void test_numbers_that_will_not_do(void **state)
{
    (void)state;
    refused(NULL, NULL, "workers=0", "--set|workers|\"0\"|from 1 to 64 threads");
    refused(NULL, NULL, "workers=65", "workers|\"65\"|from 1 to 64");
    refused("memory_mib = 63\n", NULL, NULL, "/tmp/mf-config-|memory_mib|\"63\"|from 64 to 1048576 MiB");
    refused(NULL, "MICROFLUX_REDIS_DATABASE=-1", NULL,
            "MICROFLUX_REDIS_DATABASE|redis.database|\"-1\"|from 0 to 65535");
    refused("[lane]\ncommit_ms = soon\n", NULL, NULL, "lane.commit_ms|\"soon\"|from 1 to 60000 ms");
    refused("[redis]\nconnect_timeout_ms = 5s\n", NULL, NULL, "redis.connect_timeout_ms|\"5s\"|ms");
    refused(NULL, NULL, "memory_mib=1GiB", "memory_mib|\"1GiB\"|MiB");
    refused(NULL, NULL, "workers=", "workers|\"\"|from 1 to 64");
    refused(NULL, NULL, "workers=1.5", "workers|\"1.5\"|whole number");
    refused(NULL, NULL, "workers=0x2", "workers|\"0x2\"|whole number");
    refused(NULL, NULL, "epoch=99999999999999999999", "epoch|\"99999999999999999999\"|2147483647");
}

static void test_bad_choices(void **state)
{
    (void)state;
    refused(NULL, NULL, "redis.lost=ignore", "redis.lost|\"ignore\"|stop rebuild");
    refused("[time]\nlate = Count\n", NULL, NULL, "time.late|\"Count\"|count drop reject");
    refused(NULL, "MICROFLUX_LOG_FORMAT=xml", NULL, "MICROFLUX_LOG_FORMAT|log.format|\"xml\"|text json");
    refused(NULL, NULL, "log.level=", "log.level|\"\"|debug info warn error");
    refused(NULL, NULL, "log.level=debug info", "log.level|\"debug info\"|debug info warn error");
    refused(NULL, NULL, "retention.lost=sto", "retention.lost|\"sto\"|stop skip");
}

static void test_files_that_cannot_be_read(void **state)
{
    struct config *config = NULL;
    struct err_info info;
    struct config_sources sources = {.file = "/no/such/file.ini"};
    (void)state;
    assert_int_equal(config_load(&sources, &config, &info), ERR_USAGE);
    assert_string_equal(info.sentence, "--config /no/such/file.ini: No such file or directory");
    sources.file = "/tmp";
    assert_int_equal(config_load(&sources, &config, &info), ERR_USAGE);
    assert_string_equal(info.sentence, "--config /tmp: Is a directory");
    refused(NULL, NULL, "redis.password_file=/no/such/secret",
            "redis.password_file|/no/such/secret|No such file");
}

static void test_lines_that_are_none(void **state)
{
    (void)state;
    refused("workers = 2\njust words\n", NULL, NULL, "line 2|[section]|key = value");
    refused("; ok\n\n[redis\naddress = x:1\n", NULL, NULL, "line 3|[section]");
    refused("[redis]\n= x\n", NULL, NULL, "redis.|did you mean");
}

/* inih would cut the line, and take an indented one for more of the value above. */
static void test_long_and_indented_lines(void **state)
{
    char text[600] = "; kafka\n[kafka]\nsasl.jaas.config = ";
    (void)state;
    memset(text + strlen(text), 'x', 200);
    strcat(text, " username=\"a\" password=\"b\"\n");
    refused(text, NULL, NULL, "line 3|long");
    struct config *config = good("[redis]\naddress = host:1\n  database = 4\n\tlost = rebuild\n", NULL, NULL);
    assert_string_equal(config->redis_address, "host:1");
    assert_int_equal(config->redis_database, 4);
    assert_int_equal(config->redis_lost, LOST_GO_ON);
    config_free(config);
}

static void test_sets_that_are_none(void **state)
{
    (void)state;
    refused(NULL, NULL, "workers", "--set workers|key=value");
    refused(NULL, NULL, "=2", "--set =2|key=value");
    refused(NULL, NULL, "", "--set|key=value");
}

/* ---- who wins ---- */

static void test_file_then_environment_then_set(void **state)
{
    const char file[] = "workers = 2\n[redis]\naddress = file:1\nusername = u\n";
    struct config *config = good(file, NULL, NULL);
    (void)state;
    assert_int_equal(config->workers, 2);
    assert_string_equal(config->redis_address, "file:1");
    config_free(config);
    config = good(file, "MICROFLUX_REDIS_ADDRESS=environment:1", NULL);
    assert_string_equal(config->redis_address, "environment:1");
    assert_string_equal(config->redis_username, "u");
    assert_int_equal(config->workers, 2);
    config_free(config);
    config = good(file, "MICROFLUX_WORKERS=3", "workers=4");
    assert_int_equal(config->workers, 4);
    assert_string_equal(config->redis_address, "file:1");
    config_free(config);
}

static void test_a_section_may_come_twice(void **state)
{
    struct config *config = good("[redis]\naddress = a:1\n[lane]\nflush_ms = 7\n[redis]\ndatabase = 3\n"
                                 "address = b:1\n",
                                 NULL, NULL);
    (void)state;
    assert_string_equal(config->redis_address, "b:1");
    assert_int_equal(config->redis_database, 3);
    assert_int_equal(config->lane_flush_ms, 7);
    config_free(config);
}

static void test_every_key_has_its_variable(void **state)
{
    char variable[128];
    (void)state;
    for (size_t i = 0; i < n_config_keys; i++) {
        size_t len = (size_t)snprintf(variable, sizeof variable, "MICROFLUX_%s", config_keys[i].name);
        for (char *p = variable; *p; p++)
            *p = *p == '.' ? '_' : *p >= 'a' && *p <= 'z' ? (char)(*p - 32) : *p;
        snprintf(variable + len, sizeof variable - len, "=%s", config_keys[i].standard);
        config_free(good(NULL, variable, NULL));
    }
}

static void test_other_variables_are_let_be(void **state)
{
    struct config *config = good(NULL, "MICROFLUX_DATA=/data", NULL);
    (void)state;
    config_free(config);
    config = good(NULL, "MICROFLUXX_WORKERS=9", NULL);
    assert_int_equal(config->workers, 1);
    config_free(config);
}

static void test_kafka_goes_through(void **state)
{
    struct config *config = good("[kafka]\nbootstrap.servers = a:1,b:2\nany.thing = 5\n",
                                 "MICROFLUX_KAFKA_BOOTSTRAP_SERVERS=c:3", "kafka.sasl.username=me=you");
    (void)state;
    config_set_default_kafka(config, "any.thing", "6");
    config_set_default_kafka(config, "linger.ms", "7");
    const char *const expected[] = {"bootstrap.servers", "c:3",    "any.thing", "5",
                                    "sasl.username",     "me=you", "linger.ms", "7"};
    assert_int_equal(config->n_kafka, 4);
    for (size_t i = 0; i < 4; i++) {
        assert_string_equal(config->kafka[i].key, expected[2 * i]);
        assert_string_equal(config->kafka[i].value, expected[2 * i + 1]);
    }
    config_free(config);
}

/* ---- secrets ---- */

static void test_secrets_are_masked(void **state)
{
    struct config *config = good("[redis]\npassword = hunter-1\n[kafka]\nsasl.password = hunter-2\n"
                                 "ssl.key.password = hunter-3\nssl.key.pem = hunter-4\n"
                                 "sasl.oauthbearer.client.secret = hunter-5\n"
                                 "sasl.oauthbearer.assertion.private.key.passphrase = hunter-6\n"
                                 "sasl.jaas.config = hunter-7\nssl.keystore.password = hunter-8\n"
                                 "sasl.oauthbearer.config = hunter-9\n"
                                 "ssl.key.location = /etc/key\nsasl.username = me\n",
                                 NULL, NULL);
    char *text = printed(config);
    (void)state;
    const char *leak = strstr(text, "hunter");
    if (leak)
        fail_msg("printed: %.8s", leak);
    assert_non_null(strstr(text, "\npassword = *****\n"));
    assert_non_null(strstr(text, "\nssl.key.location = /etc/key\n"));
    assert_non_null(strstr(text, "\nsasl.username = me\n"));
    free(text);
    config_free(config);
}

static void test_password_file(void **state)
{
    char set[128];
    (void)state;
    snprintf(set, sizeof set, "redis.password_file=%s", path);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs("hunter 2 \r\nnot this\n", file);
    fclose(file);
    struct config *config = good(NULL, NULL, set);
    assert_string_equal(config->redis_password, "hunter 2 ");
    assert_string_equal(config->registry_password, "");
    char *text = printed(config);
    assert_null(strstr(text, "hunter"));
    free(text);
    config_free(config);
    assert_int_equal(truncate(path, 0), 0);
    config = good(NULL, NULL, set);
    assert_string_equal(config->redis_password, "");
    config_free(config);
    refused(NULL, NULL, "registry.password_file=/no/such/secret",
            "registry.password_file|/no/such/secret|No such file");
}

/* ---- the faces ---- */

/* The same file with every ";key = value" made real. */
static char *uncommented(const char *sample)
{
    char *text = calloc(1, strlen(sample) + 1), *to = text;
    for (const char *p = sample; *p; p++)
        if (!(*p == ';' && p[1] != ' ' && (p == sample || p[-1] == '\n')))
            *to++ = *p;
    return text;
}

static void test_the_sample_says_the_defaults(void **state)
{
    char *sample = printed(NULL), *real = uncommented(sample);
    struct config *standard = good(NULL, NULL, NULL), *as_is = good(sample, NULL, NULL),
                  *all = good(real, NULL, NULL);
    char *expected = printed(standard), *text = printed(as_is), *text_of_all = printed(all);
    (void)state;
    assert_true(strlen(real) + n_config_keys < strlen(sample) + 1); /* it did take the ; away */
    assert_string_equal(text, expected);
    assert_int_equal(strncmp(text_of_all, expected, strlen(expected)), 0);
    assert_string_equal(text_of_all + strlen(expected), "bootstrap.servers = localhost:9092\n");
    for (size_t i = 0; i < n_config_keys; i++) {
        const char *dot = strchr(config_keys[i].name, '.');
        assert_non_null(strstr(sample, dot ? dot + 1 : config_keys[i].name));
    }
    free(sample), free(real), free(expected), free(text), free(text_of_all);
    config_free(standard);
    config_free(as_is);
    config_free(all);
}

static void test_the_effective_file_reads_back(void **state)
{
    struct config *config = good("workers = 5\n[redis]\nlost = rebuild\n[log]\nlevel = warn\nformat = json\n"
                                 "[kafka]\nlinger.ms = 3\n",
                                 NULL, "time.late=reject");
    char *text = printed(config);
    (void)state;
    assert_non_null(strstr(text, "\nlost = rebuild\n"));
    assert_non_null(strstr(text, "\nlate = reject\n"));
    struct config *again = good(text, NULL, NULL);
    char *text_again = printed(again);
    assert_string_equal(text_again, text);
    free(text);
    free(text_again);
    config_free(config);
    config_free(again);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_unknown_keys),
        cmocka_unit_test(test_numbers_that_will_not_do),
        cmocka_unit_test(test_bad_choices),
        cmocka_unit_test(test_files_that_cannot_be_read),
        cmocka_unit_test(test_lines_that_are_none),
        cmocka_unit_test(test_long_and_indented_lines),
        cmocka_unit_test(test_sets_that_are_none),
        cmocka_unit_test(test_file_then_environment_then_set),
        cmocka_unit_test(test_a_section_may_come_twice),
        cmocka_unit_test(test_every_key_has_its_variable),
        cmocka_unit_test(test_other_variables_are_let_be),
        cmocka_unit_test(test_kafka_goes_through),
        cmocka_unit_test(test_secrets_are_masked),
        cmocka_unit_test(test_password_file),
        cmocka_unit_test(test_the_sample_says_the_defaults),
        cmocka_unit_test(test_the_effective_file_reads_back),
    };
    return cmocka_run_group_tests(tests, make_path, remove_path);
}
