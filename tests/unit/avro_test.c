/* Avro in: resolution of every writer we promise to read, refusals with a sentence, and bytes that lie. */
#include <stdio.h>
#include <stdlib.h>

#include "avro_room.h"
#include "cmocka_all.h"
#include "microflux/schemas.h"

struct out {
    struct bytes id, note;
    int64_t n;
    int32_t kind;
    bool has_note, has_inner, flag;
    int64_t inner_count;
    double rate;
    struct avro_list tags;
};

static const char reader[] =
    "{\"type\":\"record\",\"name\":\"R\",\"fields\":["
    "{\"name\":\"id\",\"type\":\"string\"},{\"name\":\"n\",\"type\":\"long\",\"default\":7},"
    "{\"name\":\"kind\",\"type\":{\"type\":\"enum\",\"name\":\"K\",\"symbols\":[\"OTHER\",\"A\",\"B\"],"
    "\"default\":\"OTHER\"},\"default\":\"B\"},"
    "{\"name\":\"note\",\"type\":[\"null\",\"string\"],\"default\":null},"
    "{\"name\":\"rate\",\"type\":\"double\",\"default\":1.5},"
    "{\"name\":\"flag\",\"type\":\"boolean\",\"default\":true},"
    "{\"name\":\"tags\",\"type\":{\"type\":\"array\",\"items\":\"string\"},\"default\":[]},"
    "{\"name\":\"inner\",\"type\":[\"null\",{\"type\":\"record\",\"name\":\"I\",\"fields\":["
    "{\"name\":\"count\",\"type\":\"long\",\"default\":3}]}],\"default\":null}]}";

static const struct avro_field fields[] = {
    {"id", AVRO_BYTES_T, offsetof(struct out, id), AVRO_NO_PRESENT, false},
    {"n", AVRO_I64, offsetof(struct out, n), AVRO_NO_PRESENT, false},
    {"kind", AVRO_I32, offsetof(struct out, kind), AVRO_NO_PRESENT, false},
    {"note", AVRO_BYTES_T, offsetof(struct out, note), offsetof(struct out, has_note), false},
    {"rate", AVRO_F64, offsetof(struct out, rate), AVRO_NO_PRESENT, false},
    {"flag", AVRO_BOOL, offsetof(struct out, flag), AVRO_NO_PRESENT, false},
    {"tags", AVRO_LIST, offsetof(struct out, tags), AVRO_NO_PRESENT, false},
    {"inner", AVRO_BOOL, offsetof(struct out, has_inner), AVRO_NO_PRESENT, true},
    {"inner.count", AVRO_I64, offsetof(struct out, inner_count), AVRO_NO_PRESENT, false},
};
#define N_FIELDS (sizeof fields / sizeof fields[0])

static struct avro_scratch *scratch;

static enum err decode_with(const char *writer, const char *json, struct out *out, struct buffer *body,
                            struct err_info *info)
{
    struct avro_program *program;
    body->len = 0;
    assert_int_equal(avro_from_json(writer, bytes_of(json), body, info), ERR_OK);
    enum err err = avro_compile(reader, writer, fields, N_FIELDS, sizeof *out, &program, info);
    if (err != ERR_OK)
        return err;
    err = avro_decode(program, scratch, (struct bytes){body->data, body->len}, out, info);
    avro_program_free(program);
    return err;
}

static void expect(struct bytes found, const char *wanted)
{
    assert_int_equal(found.len, strlen(wanted));
    assert_memory_equal(found.ptr, wanted, found.len);
}

static void test_our_own_schema(void **state)
{
    struct out out;
    struct buffer body = {0};
    struct err_info info;
    (void)state;
    assert_int_equal(decode_with(reader,
                                 "{\"id\":\"x\",\"n\":-5,\"kind\":\"A\",\"note\":\"h\xc3\xa9\",\"rate\":2.5,"
                                 "\"flag\":false,\"tags\":[\"a\",\"bc\"],\"inner\":{\"count\":9}}",
                                 &out, &body, &info),
                     ERR_OK);
    expect(out.id, "x");
    expect(out.note, "h\xc3\xa9");
    assert_true(out.has_note && out.has_inner && !out.flag);
    assert_int_equal(out.n, -5);
    assert_int_equal(out.kind, 1);
    assert_true(out.rate == 2.5);
    assert_int_equal(out.inner_count, 9);
    assert_int_equal(out.tags.n, 2);
    expect(out.tags.items[1], "bc");
    buffer_free(&body);
}

static void test_missing_fields_take_our_defaults(void **state)
{
    struct out out;
    struct buffer body = {0};
    struct err_info info;
    (void)state;
    assert_int_equal(
        decode_with("{\"type\":\"record\",\"name\":\"W\",\"fields\":[{\"name\":\"id\",\"type\":\"string\"}]}",
                    "{\"id\":\"y\"}", &out, &body, &info),
        ERR_OK);
    assert_int_equal(out.n, 7);
    assert_int_equal(out.kind, 2);
    assert_true(out.rate == 1.5 && out.flag && !out.has_note && !out.has_inner);
    assert_int_equal(out.tags.n, 0);
    buffer_free(&body);
}

/* Reordered, promoted, unknown fields of every shape before and between ours, unions on the writer's side,
 * other symbols. */
static void test_a_distant_writer(void **state)
{
    static const char writer[] =
        "{\"type\":\"record\",\"name\":\"W\",\"namespace\":\"a.b\",\"fields\":["
        "{\"name\":\"extra\",\"type\":{\"type\":\"map\",\"values\":{\"type\":\"array\",\"items\":[\"null\","
        "\"double\"]}}},"
        "{\"name\":\"rate\",\"type\":\"int\"},"
        "{\"name\":\"deep\",\"type\":{\"type\":\"record\",\"name\":\"D\",\"fields\":["
        "{\"name\":\"f\",\"type\":\"bytes\"},{\"name\":\"x\",\"type\":\"float\"}]}},"
        "{\"name\":\"kind\",\"type\":{\"type\":\"enum\",\"name\":\"K\",\"symbols\":[\"B\",\"NEW\",\"A\"]}},"
        "{\"name\":\"note\",\"type\":\"bytes\"},"
        "{\"name\":\"again\",\"type\":[\"null\",\"D\"]},"
        "{\"name\":\"n\",\"type\":[\"int\",\"null\"]},"
        "{\"name\":\"id\",\"type\":[\"null\",\"string\"]},"
        "{\"name\":\"inner\",\"type\":{\"type\":\"record\",\"name\":\"I\",\"fields\":[{\"name\":\"other\","
        "\"type\":\"string\"}]}}]}";
    struct out out;
    struct buffer body = {0};
    struct err_info info;
    (void)state;
    assert_int_equal(decode_with(writer,
                                 "{\"extra\":{\"k\":[null,2.5]},\"rate\":4,\"deep\":{\"f\":\"abc\",\"x\":1},"
                                 "\"kind\":\"A\",\"note\":\"n\","
                                 "\"again\":null,\"n\":12,\"id\":\"z\",\"inner\":{\"other\":\"o\"}}",
                                 &out, &body, &info),
                     ERR_OK);
    expect(out.id, "z");
    expect(out.note, "n");
    assert_int_equal(out.n, 12);
    assert_int_equal(out.kind, 1);
    assert_true(out.rate == 4 && out.has_note && out.has_inner);
    assert_int_equal(out.inner_count, 3);
    buffer_free(&body);
}

static void test_symbols_by_name(void **state)
{
    static const char writer[] =
        "{\"type\":\"record\",\"name\":\"W\",\"fields\":[{\"name\":\"kind\",\"type\":{\"type\":\"enum\","
        "\"name\":\"K\",\"symbols\":[\"B\",\"NEW\",\"A\"]}},{\"name\":\"rate\",\"type\":\"int\"},"
        "{\"name\":\"n\",\"type\":[\"int\",\"null\"]},{\"name\":\"id\",\"type\":[\"null\",\"bytes\"]}]}";
    struct out out;
    struct buffer body = {0};
    struct err_info info;
    (void)state;
    assert_int_equal(
        decode_with(writer, "{\"kind\":\"A\",\"rate\":4,\"n\":12,\"id\":\"z\"}", &out, &body, &info), ERR_OK);
    assert_int_equal(out.kind, 1); /* the third of theirs, the second of ours */
    assert_true(out.rate == 4);
    assert_int_equal(out.n, 12);
    expect(out.id, "z");
    assert_int_equal(
        decode_with(writer, "{\"kind\":\"NEW\",\"rate\":4,\"n\":12,\"id\":\"z\"}", &out, &body, &info),
        ERR_OK);
    assert_int_equal(out.kind, 0); /* our default symbol */
    assert_int_equal(
        decode_with(writer, "{\"kind\":\"A\",\"rate\":4,\"n\":null,\"id\":\"z\"}", &out, &body, &info),
        ERR_REJECT);
    assert_string_equal(info.word, "bad_union");
    buffer_free(&body);
}

static void test_refused_schemas(void **state)
{
    static const char *const cases[][2] = {
        {"{\"type\":\"record\",\"name\":\"W\",\"fields\":[{\"name\":\"n\",\"type\":\"long\"}]}",
         "missing_field"},
        {"{\"type\":\"record\",\"name\":\"W\",\"fields\":[{\"name\":\"id\",\"type\":\"string\"},{\"name\":"
         "\"next\",\"type\":[\"null\",\"W\"]}]}",
         "recursive"},
        {"{\"type\":\"record\",\"name\":\"W\",\"fields\":[{\"name\":\"id\",\"type\":\"string\"},{\"name\":"
         "\"a\",\"type\":{\"type\":\"array\","
         "\"items\":\"null\"}}]}",
         "empty_items"},
        {"{\"type\":\"record\",\"name\":\"W\",\"fields\":[{\"name\":\"id\",\"type\":\"double\"}]}",
         "no_resolution"},
        {"{\"type\":\"record\",\"name\":\"W\",\"fields\":[{\"name\":\"id\",\"type\":\"Nobody\"}]}",
         "unknown_type"},
        {"{not json", "schema_json"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct avro_program *program;
        struct err_info info;
        assert_int_equal(
            avro_compile(reader, cases[i][0], fields, N_FIELDS, sizeof(struct out), &program, &info),
            ERR_UNSUPPORTED);
        assert_string_equal(info.word, cases[i][1]);
    }
}

/* Every prefix is truncated, every byte may be any other: an answer each time, and never a read outside (see
 * the sanitizers). */
static void test_bytes_that_lie(void **state)
{
    struct avro_program *program;
    struct buffer body = {0};
    struct err_info info;
    struct out out;
    unsigned seed = 11;
    (void)state;
    assert_int_equal(avro_compile(reader, reader, fields, N_FIELDS, sizeof out, &program, &info), ERR_OK);
    assert_int_equal(
        avro_from_json(reader,
                       bytes_of("{\"id\":\"abc\",\"note\":\"n\",\"tags\":[\"a\",\"b\",\"c\"],\"inner\":{}}"),
                       &body, &info),
        ERR_OK);
    for (size_t len = 0; len < body.len; len++) {
        char *copy = malloc(len + 1); /* its own allocation: a read past the end is seen */
        memcpy(copy, body.data, len);
        assert_int_equal(avro_decode(program, scratch, (struct bytes){copy, len}, &out, &info), ERR_REJECT);
        free(copy);
    }
    for (int round = 0; round < 200000; round++) {
        char *copy = malloc(body.len);
        memcpy(copy, body.data, body.len);
        for (int k = rand_r(&seed) % 4; k >= 0; k--)
            copy[(size_t)rand_r(&seed) % body.len] = (char)rand_r(&seed);
        enum err err = avro_decode(program, scratch, (struct bytes){copy, body.len}, &out, &info);
        assert_true(err == ERR_OK || err == ERR_REJECT);
        free(copy);
    }
    avro_program_free(program);
    buffer_free(&body);
}

static void test_frames(void **state)
{
    struct buffer b = {0};
    (void)state;
    avro_put_frame(&b, 258, 0);
    buffer_add_text(&b, "body");
    struct avro_frame frame = avro_frame_read((struct bytes){b.data, b.len});
    assert_int_equal(frame.kind, AVRO_FRAME_CONFLUENT);
    assert_int_equal(frame.id, 258);
    expect(frame.body, "body");
    b.len = 0;
    avro_put_frame(&b, 0, 0x0123456789abcdefULL);
    buffer_add_text(&b, "body");
    frame = avro_frame_read((struct bytes){b.data, b.len});
    assert_int_equal(frame.kind, AVRO_FRAME_SINGLE_OBJECT);
    assert_true(frame.fingerprint == 0x0123456789abcdefULL);
    /* the specification's own example of a fingerprint: "int" */
    assert_true(avro_fingerprint("\"int\"", NULL) == 0x7275d51a3f395c8fULL);
    assert_true(avro_fingerprint("{\"type\":\"int\",\"doc\":\"d\"}", NULL) == 0x7275d51a3f395c8fULL);
    buffer_free(&b);
}

/* Without a registry an earlier version's fingerprint is all there is, also while versions run side by side.
 */
static void test_what_earlier_versions_wrote(void **state)
{
    static const char ours[] = "{\"type\":\"record\",\"name\":\"CreatorScore\",\"namespace\":\"microflux\","
                               "\"fields\":[{\"name\":\"creator_id\",\"type\":\"string\"}]}";
    const struct avro_field one_field[] = {{.path = "creator_id", .type = AVRO_BYTES_T}};
    const struct avro_reader_options options = {
        .reader_json = ours, .fields = one_field, .n_fields = 1, .struct_size = 64, .max_record_bytes = 100};
    struct avro_reader *scores_reader;
    struct err_info info;
    uint32_t id;
    char out[64];
    size_t scores = 0;
    (void)state;
    assert_int_equal(avro_reader_open(&options, &scores_reader, &info), ERR_OK);
    for (size_t i = 0; schemas_released[i]; i++) {
        uint64_t fingerprint = avro_fingerprint(schemas_released[i], NULL);
        bool score = strstr(schemas_released[i], "\"CreatorScore\"") != NULL;
        struct buffer b = {0};
        avro_put_frame(&b, 0, fingerprint);
        assert_true(avro_reader_decode(scores_reader, scratch, (struct bytes){b.data, b.len}, out, &id,
                                       &info) == ERR_REJECT);
        assert_string_equal(info.word, score ? "truncated" : "schema_unknown");
        assert_true(avro_fingerprint(avro_schema_of(ours, fingerprint), NULL) == fingerprint);
        buffer_free(&b);
        scores += score;
    }
    assert_true(scores >= 1);
    assert_ptr_equal(avro_schema_of(ours, avro_fingerprint(ours, NULL)), ours);
    assert_null(avro_schema_of(ours, 1));
    avro_reader_close(scores_reader);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_our_own_schema),   cmocka_unit_test(test_missing_fields_take_our_defaults),
        cmocka_unit_test(test_a_distant_writer), cmocka_unit_test(test_symbols_by_name),
        cmocka_unit_test(test_refused_schemas),  cmocka_unit_test(test_bytes_that_lie),
        cmocka_unit_test(test_frames),           cmocka_unit_test(test_what_earlier_versions_wrote),
    };
    scratch = avro_scratch_open();
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    avro_scratch_close(scratch);
    return failed;
}
