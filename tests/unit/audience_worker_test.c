/* The audience worker without a lane: an edge is decoded, meets the ring, becomes events; the ring goes to
 * Redis and comes back; an actor that asks to be forgotten leaves nothing. */
#include <stdlib.h>

#include "cmocka_all.h"
#include "microflux/audience_worker.h"
#include "microflux/edge_record.h"
#include "microflux/schemas.h"

#define FIELDS 8

struct hash { /* what the writer left */
    char name[FIELDS][2];
    struct buffer value[FIELDS];
    size_t n;
};

static void set(void *arg, int key, struct bytes field, struct bytes value)
{
    struct hash *hash = arg;
    (void)key;
    memcpy(hash->name[hash->n], field.ptr, field.len);
    hash->name[hash->n][1] = field.len == 2 ? field.ptr[1] : 0;
    buffer_add(&hash->value[hash->n++], value.ptr, value.len);
}

static void drop(void *arg, int key, struct bytes field)
{
    set(arg, key, field, BYTES("gone"));
}

static void hash_free(struct hash *hash)
{
    for (size_t i = 0; i < hash->n; i++)
        buffer_free(&hash->value[i]);
    hash->n = 0;
}

static enum err load(struct ring *ring, const struct hash *hash, struct err_info *info)
{
    struct redis_answer texts[2 * FIELDS] = {0};
    struct redis_answer *items[2 * FIELDS];
    for (size_t i = 0; i < hash->n; i++) {
        texts[2 * i].text = (struct bytes){hash->name[i], hash->name[i][1] ? 2 : 1};
        texts[2 * i + 1].text = (struct bytes){hash->value[i].data, hash->value[i].len};
    }
    for (size_t i = 0; i < 2 * hash->n; i++) {
        texts[i].type = REDIS_TEXT;
        items[i] = &texts[i];
    }
    struct redis_answer answer = {.type = REDIS_ARRAY, .items = items, .n = 2 * hash->n};
    return ring_load(ring, &answer, info);
}

/* ---- a worker ---- */

static struct buffer events; /* "creator code" of each */

static void put(void *arg, int output, struct bytes key, struct bytes value)
{
    struct avro_reader *reader;
    struct avro_scratch *scratch = avro_scratch_open();
    struct affinity_update update;
    struct err_info info;
    uint32_t id;
    (void)arg;
    assert_int_equal(output, AUDIENCE_UPDATES);
    assert_int_equal(affinity_update_reader_open(1 << 20, &reader, &info), ERR_OK);
    assert_int_equal(affinity_update_decode(reader, scratch, value, &update, &id, &info), ERR_OK);
    assert_true(bytes_equal(update.creator_id, key));
    buffer_printf(&events, "%.*s %d ", (int)key.len, key.ptr, update.u.code[DIMS - 1]);
    avro_reader_close(reader);
    avro_scratch_close(scratch);
}

static enum err decode(void *worker, struct bytes key, struct bytes value, struct err_info *info)
{
    struct kafka_record record = {.key = key, .value = value};
    uint32_t id;
    return audience_kind.decode(worker, AUDIENCE_EDGES, &record, &id, info);
}

static enum lane_verdict meet(void *worker, struct ring *ring, const char *creator, int8_t code)
{
    struct edge edge = {0xab, bytes_of(creator), 1000, 1, {.scale = 0.25F}};
    struct kafka_record record = {0};
    struct buffer value = {0};
    struct err_info info;
    int64_t as_of = 0;
    char key[EDGE_KEY + 1];
    edge.u.code[DIMS - 1] = code;
    edge_key(edge.actor, key);
    avro_put_frame(&value, 0, avro_fingerprint(schema_audience_edge, &info));
    edge_encode(&edge, &value);
    assert_int_equal(decode(worker, bytes_of(key), (struct bytes){value.data, value.len}, &info), ERR_OK);
    enum lane_verdict verdict = audience_kind.apply(worker, ring, AUDIENCE_EDGES, 0, &record, &as_of, &info);
    audience_kind.events(worker, ring, &record, &(struct lane_emitter){NULL, put});
    assert_int_equal(as_of, 1000);
    buffer_free(&value);
    return verdict;
}

static void test_edges_become_events(void **state)
{
    const struct audience_worker_options options = {1 << 20};
    struct hash hash = {0};
    struct ring ring = {0}, back = {0};
    struct err_info info;
    void *worker;
    (void)state;
    assert_int_equal(audience_kind.open(&options, &worker, &info), ERR_OK);
    assert_int_equal(meet(worker, &ring, "a", 1), LANE_APPLIED);
    assert_int_equal(meet(worker, &ring, "b b", -2), LANE_APPLIED);
    buffer_add(&events, "", 1);
    assert_string_equal(events.data, "b b 1 a -2 ");
    buffer_free(&events);

    const struct lane_writer writer = {.arg = &hash, .set = set, .drop = drop};
    audience_kind.changes(worker, &ring, &writer);
    assert_int_equal(hash.n, 4);
    assert_int_equal(load(&back, &hash, &info), ERR_OK);
    assert_int_equal(back.n, 2);
    assert_memory_equal(back.met[1].id, "b b", 3);
    assert_int_equal(back.met[1].u.code[DIMS - 1], -2);
    assert_float_equal(back.met[1].u.scale, 0.25F, 0);
    assert_int_equal(audience_kind.expire_s(&ring), 91 * 86400);
    hash.value[1].len--; /* a vector too short */
    assert_int_equal(load(&back, &hash, &info), ERR_REJECT);
    hash_free(&hash);

    struct kafka_record record = {0};
    int64_t as_of = 0;
    assert_int_equal(decode(worker, BYTES("00000000000000ab"), (struct bytes){0}, &info), ERR_OK);
    assert_int_equal(audience_kind.apply(worker, &ring, 0, 0, &record, &as_of, &info), LANE_ERASED);
    audience_kind.events(worker, &ring, &record, &(struct lane_emitter){NULL, put});
    assert_int_equal(events.len, 0);
    assert_int_equal(audience_kind.expire_s(&ring), -1); /* at once */
    ring_clear(&ring);
    ring_clear(&back);
    audience_kind.close(worker);
}

static void test_bad_edges(void **state)
{
    const struct audience_worker_options options = {1 << 20};
    struct err_info info;
    void *worker;
    (void)state;
    assert_int_equal(audience_kind.open(&options, &worker, &info), ERR_OK);
    assert_int_equal(decode(worker, BYTES("somebody"), (struct bytes){0}, &info), ERR_REJECT);
    assert_string_equal(info.word, "wrong_key");
    assert_int_equal(decode(worker, (struct bytes){0}, BYTES("x"), &info), ERR_REJECT);
    assert_int_equal(decode(worker, BYTES("00000000000000ab"), BYTES("x"), &info), ERR_REJECT);
    audience_kind.close(worker);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_edges_become_events),
                                       cmocka_unit_test(test_bad_edges)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
