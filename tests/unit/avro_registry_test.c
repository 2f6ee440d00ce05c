/* The registry's client against a stub that fails in every way a server can: what each failure means, how
 * often is asked, and what a start finds while it is away. */
#include <pthread.h>
#include <sys/stat.h>

#include "microflux/avro.h"
#include "registry_bed.h"

#define PROFILE "{\"type\":\"record\",\"name\":\"P\",\"fields\":[{\"name\":\"id\",\"type\":\"string\"}]}"
#define OTHER   "{\"type\":\"record\",\"name\":\"P\",\"fields\":[{\"name\":\"no\",\"type\":\"long\"}]}"

static struct bed bed;
static char dir[] = "/tmp/registry-XXXXXX", file[64];

static struct registry_options options(void)
{
    return (struct registry_options){.url = bed.url,
                                     .connect_timeout_ms = 2000,
                                     .timeout_ms = 300,
                                     .negative_ttl_ms = 60000,
                                     .cache_file = ""};
}

static struct registry *opened(const struct registry_options *o)
{
    struct registry *registry = NULL;
    OK(registry_open(o, &registry, &bed_info));
    return registry;
}

static struct registry *plain(void)
{
    struct registry_options o = options();
    return opened(&o);
}

static int setup(void **state)
{
    (void)state;
    bed_up(&bed, "http", NULL);
    bed_tell(&bed, "schema 7 %s", PROFILE);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    bed_down(&bed);
    unlink(file);
    return 0;
}

static void test_an_id_is_asked_for_once(void **state)
{
    const char *schema, *again;
    struct registry *registry = plain();
    (void)state;
    assert_int_equal(registry_schema(registry, 7, &schema, &bed_info), ERR_WEATHER);
    assert_string_equal(bed_info.word, "schema_awaited");
    assert_int_equal(bed_settled(registry, 7, &schema), ERR_OK);
    assert_string_equal(schema, PROFILE);
    OK(registry_fetch(registry, 7, &again, &bed_info));
    assert_ptr_equal(schema, again);
    assert_int_equal(bed_count(&bed, "/schemas/ids/7"), 1);
    registry_close(registry);
}

static void test_an_absent_id_is_asked_again_after_its_time(void **state)
{
    const char *schema;
    struct registry_options o = options();
    o.negative_ttl_ms = 200;
    struct registry *registry = opened(&o);
    (void)state;
    assert_int_equal(bed_settled(registry, 9, &schema), ERR_NOT_FOUND);
    assert_string_equal(bed_info.word, "schema_unknown");
    assert_non_null(strstr(bed_info.sentence, "id 9 "));
    for (int i = 0; i < 1000; i++)
        assert_int_not_equal(registry_schema(registry, 9, &schema, &bed_info), ERR_OK);
    assert_int_not_equal(registry_fetch(registry, 9, &schema, &bed_info), ERR_OK);
    assert_int_equal(bed_count(&bed, "/schemas/ids/9"), 1);
    bed_tell(&bed, "schema 9 %s", OTHER);
    usleep(210000);
    assert_int_equal(bed_settled(registry, 9, &schema), ERR_OK);
    assert_int_equal(bed_count(&bed, "/schemas/ids/9"), 2);
    registry_close(registry);
}

static void test_an_id_that_cannot_be_costs_no_request(void **state)
{
    const char *schema;
    struct registry *registry = plain();
    (void)state;
    assert_int_equal(registry_schema(registry, 0, &schema, &bed_info), ERR_NOT_FOUND);
    assert_int_equal(registry_schema(registry, UINT32_MAX, &schema, &bed_info), ERR_NOT_FOUND);
    assert_int_equal(registry_fetch(registry, UINT32_MAX, &schema, &bed_info), ERR_NOT_FOUND);
    assert_int_equal(bed_count(&bed, "*"), 0);
    registry_close(registry);
}

/* Thousands of absent ids: their room is given back when their time is over. */
static void test_a_flood_of_ids(void **state)
{
    const char *schema;
    struct registry_options o = options();
    o.negative_ttl_ms = 1;
    struct registry *registry = opened(&o);
    (void)state;
    for (uint32_t id = 1000; id < 2500; id++)
        assert_int_equal(registry_schema(registry, id, &schema, &bed_info), ERR_WEATHER);
    for (int64_t until = clock_mono_ms() + BED_WAIT_MS;
         bed_count(&bed, "/schemas/ids/*") < 1500 && clock_mono_ms() < until;)
        usleep(20000);
    assert_int_equal(bed_count(&bed, "/schemas/ids/*"), 1500);
    assert_int_equal(bed_settled(registry, 7, &schema), ERR_OK);
    registry_close(registry);
}

/* Weather is never an answer: asked again until the registry is well, and then it goes on by itself. */
static void test_weather(void **state)
{
    static const char *const modes[] = {"500",     "503",  "429",   "409",  "hang",
                                        "garbage", "html", "types", "drip", "bare404"};
    const char *schema;
    (void)state;
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        struct registry *registry = plain();
        bed_tell(&bed, "mode %s", modes[i]);
        assert_int_equal(registry_fetch(registry, 7, &schema, &bed_info), ERR_WEATHER);
        assert_true(strlen(bed_info.sentence) > 20);
        int before = bed_count(&bed, "/schemas/ids/7");
        assert_int_equal(registry_schema(registry, 7, &schema, &bed_info), ERR_WEATHER);
        while (bed_count(&bed, "/schemas/ids/7") < before + 2)
            usleep(10000);
        assert_int_equal(registry_schema(registry, 7, &schema, &bed_info), ERR_WEATHER);
        bed_tell(&bed, "mode ok");
        assert_int_equal(bed_settled(registry, 7, &schema), ERR_OK);
        registry_close(registry);
    }
}

static void test_one_bad_id_does_not_stop_the_others(void **state)
{
    const char *schema;
    struct registry *registry = plain();
    (void)state;
    bed_tell(&bed, "mode 500 /schemas/ids/8");
    assert_int_equal(registry_schema(registry, 8, &schema, &bed_info), ERR_WEATHER);
    assert_int_equal(bed_settled(registry, 7, &schema), ERR_OK);
    assert_int_equal(registry_schema(registry, 8, &schema, &bed_info), ERR_WEATHER);
    bed_tell(&bed, "mode 404 /schemas/ids/8");
    assert_int_equal(bed_settled(registry, 8, &schema), ERR_NOT_FOUND);
    registry_close(registry);
}

static void test_refused_connections_and_a_second_address(void **state)
{
    const char *schema;
    struct bed second;
    char both[160];
    struct registry_options o = options();
    (void)state;
    bed_up(&second, "http", NULL);
    bed_tell(&second, "schema 7 %s", PROFILE);
    struct registry *one = opened(&o);
    snprintf(both, sizeof both, "%s, %s/", bed.url, second.url);
    o.url = both;
    struct registry *two = opened(&o);
    bed_tell(&bed, "stop");
    assert_int_equal(registry_fetch(one, 7, &schema, &bed_info), ERR_WEATHER);
    assert_int_equal(registry_schema(one, 7, &schema, &bed_info), ERR_WEATHER);
    OK(registry_fetch(two, 7, &schema, &bed_info));
    bed_tell(&bed, "start");
    assert_int_equal(bed_settled(one, 7, &schema), ERR_OK);
    registry_close(one);
    registry_close(two);
    bed_down(&second);
}

static void test_closing_does_not_wait_for_a_hanging_registry(void **state)
{
    const char *schema;
    struct registry_options o = options();
    o.timeout_ms = 25000;
    struct registry *registry = opened(&o);
    (void)state;
    bed_tell(&bed, "mode hang");
    assert_int_equal(registry_schema(registry, 7, &schema, &bed_info), ERR_WEATHER);
    while (bed_count(&bed, "/schemas/ids/7") < 1)
        usleep(10000);
    int64_t before = clock_mono_ms();
    registry_close(registry);
    assert_true(clock_mono_ms() - before < 5000);
}

static void test_registering(void **state)
{
    uint32_t id = 0, again = 0, latest = 0;
    char *schema = NULL;
    bool compatible = false;
    struct registry *registry = plain();
    (void)state;
    assert_int_equal(registry_look_up(registry, "s-value", OTHER, &id, &bed_info), ERR_NOT_FOUND);
    assert_int_equal(registry_latest(registry, "s-value", &latest, &schema, &bed_info), ERR_NOT_FOUND);
    OK(registry_register(registry, "s-value", OTHER, &id, &bed_info));
    OK(registry_register(registry, "s-value", OTHER, &again, &bed_info));
    assert_true(id > 0 && id == again);
    OK(registry_look_up(registry, "s-value", OTHER, &again, &bed_info));
    OK(registry_latest(registry, "s-value", &latest, &schema, &bed_info));
    assert_true(id == again && id == latest);
    assert_string_equal(schema, OTHER);
    free(schema);
    OK(registry_compatible(registry, "s-value", PROFILE, &compatible, &bed_info));
    assert_true(compatible);
    OK(registry_compatible(registry, "s-value", "\"incompatible\"", &compatible, &bed_info));
    assert_false(compatible);
    assert_int_equal(registry_register(registry, "s-value", "\"incompatible\"", &id, &bed_info), ERR_REFUSED);
    assert_string_equal(bed_info.word, "schema_incompatible");
    assert_non_null(strstr(bed_info.sentence, "incompatible with an earlier schema"));
    bed_tell(&bed, "mode 422");
    assert_int_equal(registry_register(registry, "s-value", OTHER, &id, &bed_info), ERR_REFUSED);
    assert_string_equal(bed_info.word, "schema_refused");
    bed_tell(&bed, "mode types");
    assert_int_equal(registry_register(registry, "t-value", OTHER, &again, &bed_info), ERR_WEATHER);
    assert_int_equal(registry_latest(registry, "s-value", &latest, &schema, &bed_info), ERR_WEATHER);
    assert_int_equal(registry_compatible(registry, "s-value", OTHER, &compatible, &bed_info), ERR_WEATHER);
    registry_close(registry);
}

static void test_logging_in(void **state)
{
    struct bed guarded;
    uint32_t id;
    const char *schema;
    (void)state;
    bed_up(&guarded, "http", (const char *const[]){"--auth", "me:secret word", NULL});
    struct registry_options o = options();
    o.url = guarded.url;
    struct registry *registry = opened(&o);
    assert_int_equal(registry_register(registry, "s", PROFILE, &id, &bed_info), ERR_REFUSED);
    assert_string_equal(bed_info.word, "registry_auth");
    assert_int_equal(registry_schema(registry, 1, &schema, &bed_info), ERR_WEATHER); /* a lane only waits */
    registry_close(registry);
    o.username = "me";
    o.password = "secret word";
    registry = opened(&o);
    OK(registry_register(registry, "s", PROFILE, &id, &bed_info));
    registry_close(registry);
    bed_down(&guarded);
}

static void write_password(const char *path, const char *password)
{
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    fprintf(out, "%s\n", password);
    fclose(out);
}

static void test_a_password_that_changes(void **state)
{
    struct bed guarded;
    char path[96];
    const char *schema;
    (void)state;
    snprintf(path, sizeof path, "%s/password", dir);
    write_password(path, "old");
    bed_up(&guarded, "http", (const char *const[]){"--auth", "me:new", NULL});
    bed_tell(&guarded, "schema 7 %s", PROFILE);
    struct registry_options o = options();
    o.url = guarded.url;
    o.username = "me";
    o.password = "old";
    o.password_file = path;
    struct registry *registry = opened(&o);
    assert_int_equal(registry_fetch(registry, 7, &schema, &bed_info), ERR_REFUSED);
    write_password(path, "new");
    OK(bed_settled(registry, 7, &schema));
    registry_close(registry);
    bed_down(&guarded);
}

static void test_options_that_cannot_be(void **state)
{
    static const char *const urls[] = {"", " , ", "ftp://host", "localhost 8081", "http://", "http://h/?q=1"};
    struct registry_options o = options();
    struct registry *registry;
    (void)state;
    for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++) {
        o.url = urls[i];
        assert_int_equal(registry_open(&o, &registry, &bed_info), ERR_USAGE);
    }
    o.url = "http://me:hunter2@localhost";
    assert_int_equal(registry_open(&o, &registry, &bed_info), ERR_USAGE);
    assert_null(strstr(bed_info.sentence, "hunter2"));
    o = options();
    o.ca_file = "/no/such/file";
    assert_int_equal(registry_open(&o, &registry, &bed_info), ERR_USAGE);
    registry_close(NULL);
}

/* ---- TLS ---- */

static void make_certificate(const char *name, const char *alternative)
{
    char command[400];
    snprintf(command, sizeof command,
             "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=%s "
             "-addext subjectAltName=%s -keyout %s/%s.key -out %s/%s.crt 2> /dev/null",
             name, alternative, dir, name, dir, name);
    assert_int_equal(system(command), 0);
}

static enum err fetch_tls(const char *server, const char *trusted)
{
    struct bed secure;
    char crt[96], key[96], ca[96];
    const char *schema;
    snprintf(crt, sizeof crt, "%s/%s.crt", dir, server);
    snprintf(key, sizeof key, "%s/%s.key", dir, server);
    snprintf(ca, sizeof ca, "%s/%s.crt", dir, trusted);
    bed_up(&secure, "https", (const char *const[]){"--tls", crt, key, NULL});
    bed_tell(&secure, "schema 7 %s", PROFILE);
    struct registry_options o = options();
    o.url = secure.url;
    o.timeout_ms = 5000;
    o.ca_file = ca;
    struct registry *registry = opened(&o);
    enum err err = registry_fetch(registry, 7, &schema, &bed_info);
    registry_close(registry);
    bed_down(&secure);
    return err;
}

static void test_tls(void **state)
{
    (void)state;
    make_certificate("right", "IP:127.0.0.1");
    make_certificate("stranger", "IP:127.0.0.1");
    make_certificate("elsewhere", "DNS:elsewhere.invalid");
    OK(fetch_tls("right", "right"));
    assert_int_equal(fetch_tls("right", "stranger"), ERR_WEATHER);
    assert_non_null(strstr(bed_info.sentence, "certificate"));
    assert_int_equal(fetch_tls("elsewhere", "elsewhere"), ERR_WEATHER);
    assert_non_null(strstr(bed_info.sentence, "subject name"));
}

/* ---- the file ---- */

static void test_a_start_while_it_is_away(void **state)
{
    uint32_t id, before;
    const char *schema;
    struct registry_options o = options();
    o.cache_file = file;
    struct registry *registry = opened(&o);
    (void)state;
    OK(registry_register(registry, "s-value", OTHER, &before, &bed_info));
    OK(registry_fetch(registry, 7, &schema, &bed_info));
    registry_close(registry);
    bed_tell(&bed, "stop");
    registry = opened(&o);
    OK(registry_schema(registry, 7, &schema, &bed_info));
    assert_string_equal(schema, PROFILE);
    OK(registry_register(registry, "s-value", OTHER, &id, &bed_info));
    assert_int_equal(id, before);
    /* another schema under that subject, that schema under another subject: nobody said what their ids are */
    assert_int_equal(registry_register(registry, "s-value", PROFILE, &id, &bed_info), ERR_WEATHER);
    assert_int_equal(registry_register(registry, "t-value", OTHER, &id, &bed_info), ERR_WEATHER);
    registry_close(registry);
}

static void write_file(const char *text)
{
    FILE *out = fopen(file, "w");
    assert_non_null(out);
    fputs(text, out);
    fclose(out);
}

static void test_a_file_that_cannot_be_believed(void **state)
{
    static const char *const texts[] = {
        "",
        "{",
        "[]",
        "{\"version\":2,\"url\":\"%s\",\"schemas\":{},\"ids\":{}}",
        "{\"version\":1,\"url\":\"http://another\",\"schemas\":{\"7\":\"x\"},\"ids\":{}}",
        "{\"version\":1,\"url\":\"%s\",\"schemas\":{\"7\":7},\"ids\":{}}",
        "{\"version\":1,\"url\":\"%s\",\"schemas\":{\"seven\":\"x\"},\"ids\":{}}",
        "{\"version\":1,\"url\":\"%s\",\"schemas\":{},\"ids\":{\"s\":{\"id\":\"7\",\"schema\":\"x\"}}}",
        "{\"version\":1,\"url\":\"%s\",\"schemas\":{},\"ids\":{\"s\":{\"id\":7}}}",
        "{\"version\":1,\"url\":\"%s\",\"schemas\":[]}"};
    const char *schema;
    struct registry_options o = options();
    o.cache_file = file;
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        char text[300];
        snprintf(text, sizeof text, texts[i], bed.url);
        write_file(text);
        struct registry *registry = opened(&o);
        assert_int_equal(registry_schema(registry, 7, &schema, &bed_info), ERR_WEATHER);
        assert_int_equal(bed_settled(registry, 7, &schema), ERR_OK); /* and it is replaced by a good one */
        registry_close(registry);
        registry = opened(&o);
        OK(registry_schema(registry, 7, &schema, &bed_info));
        registry_close(registry);
    }
}

static void test_a_file_that_cannot_be_written(void **state)
{
    const char *schema;
    struct registry_options o = options();
    o.cache_file = "/no/such/folder/file";
    struct registry *registry = opened(&o);
    (void)state;
    OK(registry_fetch(registry, 7, &schema, &bed_info));
    registry_close(registry);
}

/* ---- many threads, and the reader on top ---- */

static void *ask_many(void *arg)
{
    const char *schema;
    for (uint32_t id = 1; id <= 20; id++)
        if (bed_settled(arg, id, &schema) != (id == 7 ? ERR_OK : ERR_NOT_FOUND))
            return arg;
    return NULL;
}

static void test_threads_share_one_request(void **state)
{
    struct registry *registry = plain();
    pthread_t threads[4];
    void *bad;
    (void)state;
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, ask_many, registry), 0);
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], &bad);
        assert_null(bad);
    }
    assert_int_equal(bed_count(&bed, "/schemas/ids/*"), 20);
    registry_close(registry);
}

struct out {
    struct bytes id;
};

static enum err decode_id(struct avro_reader *reader, uint32_t id, struct out *out)
{
    static struct avro_scratch *scratch;
    char value[] = {0, (char)(id >> 24), (char)(id >> 16), (char)(id >> 8), (char)id, 4, 'm', 'e'};
    uint32_t schema_id;
    enum err err;
    if (!scratch)
        scratch = avro_scratch_open();
    for (int64_t until = clock_mono_ms() + BED_WAIT_MS; clock_mono_ms() < until; usleep(2000)) {
        err = avro_reader_decode(reader, scratch, (struct bytes){value, sizeof value}, out, &schema_id,
                                 &bed_info);
        if (err != ERR_WEATHER)
            break;
    }
    avro_scratch_close(scratch);
    scratch = NULL;
    assert_int_equal(schema_id, id);
    return err;
}

static void test_a_reader_learns(void **state)
{
    static const struct avro_field fields[] = {
        {"id", AVRO_BYTES_T, offsetof(struct out, id), AVRO_NO_PRESENT, false}};
    struct avro_reader *reader;
    struct out out;
    struct registry *registry = plain();
    const struct avro_reader_options o = {PROFILE, fields, 1, sizeof out, NULL, 1000, registry};
    (void)state;
    bed_tell(&bed, "schema 11 %s", OTHER);
    bed_tell(&bed, "schema 12 message Profile { }");
    OK(avro_reader_open(&o, &reader, &bed_info));
    OK(decode_id(reader, 7, &out));
    assert_true(bytes_equal(out.id, BYTES("me")));
    for (int i = 0; i < 100; i++) {
        assert_int_equal(decode_id(reader, 10, &out), ERR_REJECT);
        assert_string_equal(bed_info.word, "schema_unknown");
        assert_int_equal(decode_id(reader, 11, &out), ERR_REJECT);
        assert_string_equal(bed_info.word, "schema_unusable");
        assert_non_null(strstr(bed_info.sentence, "id 11"));
        assert_int_equal(decode_id(reader, 12, &out), ERR_REJECT);
        assert_string_equal(bed_info.word, "schema_unusable");
    }
    assert_int_equal(bed_count(&bed, "/schemas/ids/*"), 4);
    avro_reader_close(reader);
    registry_close(registry);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_an_id_is_asked_for_once, setup, teardown),
        cmocka_unit_test_setup_teardown(test_an_absent_id_is_asked_again_after_its_time, setup, teardown),
        cmocka_unit_test_setup_teardown(test_an_id_that_cannot_be_costs_no_request, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_flood_of_ids, setup, teardown),
        cmocka_unit_test_setup_teardown(test_weather, setup, teardown),
        cmocka_unit_test_setup_teardown(test_one_bad_id_does_not_stop_the_others, setup, teardown),
        cmocka_unit_test_setup_teardown(test_refused_connections_and_a_second_address, setup, teardown),
        cmocka_unit_test_setup_teardown(test_closing_does_not_wait_for_a_hanging_registry, setup, teardown),
        cmocka_unit_test_setup_teardown(test_registering, setup, teardown),
        cmocka_unit_test_setup_teardown(test_logging_in, setup, teardown),
        cmocka_unit_test_setup_teardown(test_options_that_cannot_be, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_password_that_changes, setup, teardown),
        cmocka_unit_test_setup_teardown(test_tls, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_start_while_it_is_away, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_file_that_cannot_be_believed, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_file_that_cannot_be_written, setup, teardown),
        cmocka_unit_test_setup_teardown(test_threads_share_one_request, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_reader_learns, setup, teardown),
    };
    unsetenv("http_proxy");
    signal(SIGPIPE, SIG_IGN);
    if (!mkdtemp(dir))
        abort();
    snprintf(file, sizeof file, "%s/registry.json", dir);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    char command[80];
    snprintf(command, sizeof command, "rm -r %s", dir);
    return system(command) || failed;
}
