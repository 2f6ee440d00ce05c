/* What microflux last said of each creator: creator, tier, engagement rate, creator score.
 *
 * usage: consumer BOOTSTRAP REGISTRY_URL [TOPIC [KEY=VALUE of librdkafka ...]]
 * build: cc consumer.c -o consumer $(pkg-config --cflags --libs rdkafka avro-c jansson libcurl)
 *
 * Reads the topic from its beginning to the end that it has now. Of the records of a creator the one with the
 * largest version counts, not the last. No value: the creator was erased, until a larger version comes. */
#define _GNU_SOURCE
#include <curl/curl.h>
#include <jansson.h>
#include <librdkafka/rdkafka.h>
#include <search.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <avro.h>

#define FRAME 5 /* bytes before the record: 0, and the id of its writer's schema */

struct version {
    int32_t epoch;
    int64_t offsets, as_of;
};

struct score {
    char *creator;
    bool erased;
    struct version version;
    char tier[32];
    double engagement_rate, creator_score; /* negative: null */
};

static _Noreturn void give_up(const char *what, const char *why)
{
    fprintf(stderr, "consumer: %s: %s\n", what, why);
    exit(1);
}

/* ---- the registry: a schema by its id, asked for once ---- */

static const char *registry_url;
static void *known_schemas; /* a tree */

struct known_schema {
    uint32_t id;
    avro_value_iface_t *class;
};

static int by_id(const void *a, const void *b)
{
    const struct known_schema *one = a, *other = b;
    return one->id < other->id ? -1 : one->id > other->id;
}

static size_t append(char *piece, size_t size, size_t n, void *text)
{
    fwrite(piece, size, n, text);
    return n;
}

static char *ask(const char *url)
{
    char *answer = NULL;
    size_t len;
    FILE *text = open_memstream(&answer, &len);
    CURL *curl = curl_easy_init();
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, append);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, text);
    CURLcode code = curl_easy_perform(curl);
    if (code != CURLE_OK)
        give_up(url, curl_easy_strerror(code));
    curl_easy_cleanup(curl);
    fclose(text);
    return answer;
}

static avro_value_iface_t *ask_for(uint32_t id)
{
    char url[1024];
    avro_schema_t schema;
    snprintf(url, sizeof url, "%s/schemas/ids/%u", registry_url, id);
    char *answer = ask(url);
    json_t *object = json_loads(answer, 0, NULL);
    const char *text = json_string_value(json_object_get(object, "schema"));
    if (!text || avro_schema_from_json_length(text, strlen(text), &schema) != 0)
        give_up(url, text ? avro_strerror() : "no schema");
    avro_value_iface_t *class = avro_generic_class_from_schema(schema);
    avro_schema_decref(schema);
    json_decref(object);
    free(answer);
    return class;
}

static avro_value_iface_t *class_of(uint32_t id)
{
    struct known_schema *schema = calloc(1, sizeof *schema);
    schema->id = id;
    struct known_schema *known = *(struct known_schema **)tsearch(schema, &known_schemas, by_id);
    if (known != schema)
        free(schema);
    else
        known->class = ask_for(id);
    return known->class;
}

/* ---- a record ---- */

/* The value at that path of names, the last of which is NULL; false: it is null, or the record of an older
 * microflux that has no such field. */
static bool find(avro_value_t at, avro_value_t *found, ...)
{
    va_list names;
    bool there = true;
    const char *name;
    va_start(names, found);
    while (there && (name = va_arg(names, const char *)) != NULL) {
        avro_value_t next;
        there = avro_value_get_by_name(&at, name, &next, NULL) == 0;
        if (there && avro_value_get_type(&next) == AVRO_UNION)
            there = avro_value_get_current_branch(&next, &at) == 0 && avro_value_get_type(&at) != AVRO_NULL;
        else if (there)
            at = next;
    }
    va_end(names);
    *found = at;
    return there;
}

static void read_tier(avro_value_t record, struct score *score)
{
    avro_value_t tiers, first, tier;
    const char *text = "-";
    size_t n = 0;
    if (find(record, &tiers, "tiers", NULL) && avro_value_get_size(&tiers, &n) == 0 && n > 0 &&
        avro_value_get_by_index(&tiers, 0, &first, NULL) == 0 && find(first, &tier, "tier", NULL))
        avro_value_get_string(&tier, &text, NULL);
    snprintf(score->tier, sizeof score->tier, "%s", text);
}

static void read_score(avro_value_t record, struct score *score)
{
    avro_value_t at;
    if (find(record, &at, "version", "epoch", NULL))
        avro_value_get_int(&at, &score->version.epoch);
    if (find(record, &at, "version", "offsets", NULL))
        avro_value_get_long(&at, &score->version.offsets);
    if (find(record, &at, "as_of", NULL))
        avro_value_get_long(&at, &score->version.as_of);
    score->engagement_rate = score->creator_score = -1;
    if (find(record, &at, "engagement_rate", NULL))
        avro_value_get_double(&at, &score->engagement_rate);
    if (find(record, &at, "creator_score", "score", NULL))
        avro_value_get_double(&at, &score->creator_score);
    read_tier(record, score);
}

static void decode(const rd_kafka_message_t *m, struct score *score)
{
    const uint8_t *frame = m->payload;
    avro_value_t record;
    if (m->len < FRAME || frame[0] != 0)
        give_up("a value without a schema id", "does the worker know the registry?");
    uint32_t id = (uint32_t)frame[1] << 24 | (uint32_t)frame[2] << 16 | (uint32_t)frame[3] << 8 | frame[4];
    avro_generic_value_new(class_of(id), &record);
    avro_reader_t reader = avro_reader_memory((const char *)frame + FRAME, (int64_t)m->len - FRAME);
    if (avro_value_read(reader, &record) != 0)
        give_up("a record", avro_strerror());
    read_score(record, score);
    avro_reader_free(reader);
    avro_value_decref(&record);
}

/* ---- the newest of each creator, in a tree that is in order of their ids ---- */

static void *newest;

static int by_creator(const void *a, const void *b)
{
    return strcmp(((const struct score *)a)->creator, ((const struct score *)b)->creator);
}

static int compare(const struct version *a, const struct version *b)
{
    if (a->epoch != b->epoch)
        return a->epoch < b->epoch ? -1 : 1;
    if (a->offsets != b->offsets)
        return a->offsets < b->offsets ? -1 : 1;
    return a->as_of < b->as_of ? -1 : a->as_of > b->as_of;
}

static struct score *known(const rd_kafka_message_t *m)
{
    struct score *score = calloc(1, sizeof *score);
    score->creator = strndup(m->key, m->key_len);
    score->erased = true;
    score->version.epoch = -1;
    struct score *there = *(struct score **)tsearch(score, &newest, by_creator);
    if (there != score) {
        free(score->creator);
        free(score);
    }
    return there;
}

static void take(const rd_kafka_message_t *m)
{
    struct score *last = known(m), next = {.creator = last->creator};
    if (!m->payload) {
        last->erased = true;
        return;
    }
    decode(m, &next);
    int order = compare(&next.version, &last->version);
    if (order > 0 || (order == 0 && !last->erased))
        *last = next;
}

static void print_number(const char *format, double x)
{
    if (x < 0)
        printf(" -");
    else
        printf(format, x);
}

static void print(const void *node, VISIT visit, int depth)
{
    const struct score *score = *(struct score *const *)node;
    (void)depth;
    if ((visit != postorder && visit != leaf) || score->erased)
        return;
    printf("%s %s", score->creator, score->tier);
    print_number(" %.7f", score->engagement_rate);
    print_number(" %.3f", score->creator_score);
    printf("\n");
}

/* ---- the topic, to its end ---- */

static rd_kafka_t *connect_to(const char *bootstrap, char **settings, int n)
{
    char why[256];
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    rd_kafka_conf_set(conf, "bootstrap.servers", bootstrap, why, sizeof why);
    rd_kafka_conf_set(conf, "group.id", "unused", why, sizeof why); /* partitions are assigned by hand */
    rd_kafka_conf_set(conf, "enable.auto.commit", "false", why, sizeof why);
    rd_kafka_conf_set(conf, "enable.partition.eof", "true", why, sizeof why);
    for (int i = 0; i < n; i++) {
        char *value = strchrnul(settings[i], '=');
        char *key = strndup(settings[i], (size_t)(value - settings[i]));
        if (rd_kafka_conf_set(conf, key, *value ? value + 1 : "", why, sizeof why) != RD_KAFKA_CONF_OK)
            give_up(key, why);
        free(key);
    }
    rd_kafka_t *rk = rd_kafka_new(RD_KAFKA_CONSUMER, conf, why, sizeof why);
    if (!rk)
        give_up("no Kafka client", why);
    rd_kafka_poll_set_consumer(rk);
    return rk;
}

static int assign(rd_kafka_t *rk, const char *topic)
{
    const rd_kafka_metadata_t *all;
    rd_kafka_topic_t *handle = rd_kafka_topic_new(rk, topic, NULL);
    rd_kafka_resp_err_t code = rd_kafka_metadata(rk, 0, handle, &all, 10000);
    if (code || all->topics[0].err)
        give_up(topic, rd_kafka_err2str(code ? code : all->topics[0].err));
    int n = all->topics[0].partition_cnt;
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(n);
    for (int p = 0; p < n; p++)
        rd_kafka_topic_partition_list_add(list, topic, p)->offset = RD_KAFKA_OFFSET_BEGINNING;
    rd_kafka_assign(rk, list);
    rd_kafka_topic_partition_list_destroy(list);
    rd_kafka_metadata_destroy(all);
    rd_kafka_topic_destroy(handle);
    return n;
}

static void read_all(rd_kafka_t *rk, const char *topic)
{
    int open = assign(rk, topic);
    bool *ended = calloc((size_t)open, sizeof *ended);
    while (open > 0) {
        rd_kafka_message_t *m = rd_kafka_consumer_poll(rk, 100);
        if (!m)
            continue;
        if (m->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
            open -= !ended[m->partition];
            ended[m->partition] = true;
        } else if (m->err) {
            fprintf(stderr, "consumer: %s\n", rd_kafka_message_errstr(m));
        } else {
            take(m);
        }
        rd_kafka_message_destroy(m);
    }
    free(ended);
}

int main(int argc, char **argv)
{
    if (argc < 3)
        give_up("usage", "consumer BOOTSTRAP REGISTRY_URL [TOPIC [KEY=VALUE ...]]");
    registry_url = argv[2];
    curl_global_init(CURL_GLOBAL_DEFAULT);
    rd_kafka_t *rk = connect_to(argv[1], argv + 4, argc > 4 ? argc - 4 : 0);
    read_all(rk, argc > 3 ? argv[3] : "creator-scores");
    twalk(newest, print);
    rd_kafka_consumer_close(rk);
    rd_kafka_destroy(rk);
    return 0;
}
