/* A fit-score there and back: what the roster reads comes back as it was told, and by the schema the whole
 * record reads, with what is missing as null. */
#include <jansson.h>
#include <stdlib.h>

#include "cmocka_all.h"
#include "microflux/fit_record.h"
#include "microflux/schemas.h"

static const struct avro_entry money[] = {{BYTES("EUR"), 1990}, {BYTES("USD"), -5}};

static struct fit_record whole(const struct fit *fit, struct bytes actors)
{
    return (struct fit_record){.campaign_id = BYTES("spring"),
                               .creator_id = BYTES("creator-7"),
                               .epoch = 2,
                               .offsets = 41,
                               .as_of = 1772454600000,
                               .methodology = BYTES("microflux-1"),
                               .methodology_version = BYTES("1.0"),
                               .methodology_digest = BYTES("0123456789abcdef"),
                               .campaign = BYTES("00000000000000aa"),
                               .gate = BYTES("tier"),
                               .score = 61.5,
                               .confidence = .75,
                               .affinity = 80,
                               .affinity_source = AFFINITY_VECTORS,
                               .target = {.25, true},
                               .fit = fit,
                               .platform = BYTES("INSTAGRAM"),
                               .tier = BYTES("MICRO"),
                               .has_followers = true,
                               .followers = 5000,
                               .estimate = {.031, true},
                               .has_price = true,
                               .price = 9000,
                               .price_currency = BYTES("EUR"),
                               .authenticity = {88, true},
                               .actors = actors,
                               .collaboration = {3, 1772450000000, 700},
                               .has_delivered = true,
                               .delivered = {1772450000001, 12, 2, {money, 2}}};
}

static void encode(const struct fit_record *record, struct buffer *framed, json_t **json)
{
    struct err_info info;
    struct buffer text = {0};
    framed->len = 0;
    avro_put_frame(framed, 0, avro_fingerprint(schema_fit_score, &info));
    fit_record_encode(record, framed);
    struct bytes body = {framed->data + 10, framed->len - 10};
    if (avro_to_json(schema_fit_score, body, &text, &info) != ERR_OK)
        fail_msg("%s", info.sentence);
    *json = json_loadb(text.data, text.len, 0, NULL);
    assert_non_null(*json);
    buffer_free(&text);
}

static void decode(const struct buffer *framed, struct avro_scratch *scratch, struct fit_record *record)
{
    struct avro_reader *reader;
    struct err_info info;
    uint32_t id;
    if (fit_record_reader_open(1 << 20, NULL, &reader, &info) != ERR_OK ||
        fit_record_decode(reader, scratch, (struct bytes){framed->data, framed->len}, record, &id, &info) !=
            ERR_OK)
        fail_msg("%s", info.sentence);
    avro_reader_close(reader);
}

static void test_whole(void **state)
{
    struct fit fit = {.quality = {.there = true, .score = 70, .n = 1, .of = {{.signal = "cost"}}},
                      .factors = {.9, 1, .95},
                      .steps = {-8, 0, -3.6}};
    struct avro_scratch *scratch = avro_scratch_open();
    struct hll hll = {0}, back = {0};
    struct buffer packed = {0}, framed = {0};
    struct fit_record out;
    json_t *json;
    (void)state;
    for (uint64_t i = 1; i < 300; i++)
        hll_add(&hll, i * 0x9e3779b97f4a7c15);
    hll_pack(&hll, &packed);
    struct fit_record in = whole(&fit, (struct bytes){packed.data, packed.len});
    encode(&in, &framed, &json);
    decode(&framed, scratch, &out);
    assert_true(bytes_equal(out.campaign_id, in.campaign_id) && bytes_equal(out.creator_id, in.creator_id));
    assert_true(out.epoch == 2 && out.offsets == 41 && out.as_of == in.as_of);
    assert_true(bytes_equal(out.methodology_digest, in.methodology_digest) &&
                bytes_equal(out.campaign, in.campaign) && !out.peers.ptr);
    assert_true(bytes_equal(out.gate, in.gate) && out.score == 61.5 && out.affinity == 80);
    assert_int_equal(out.affinity_source, AFFINITY_VECTORS);
    assert_true(out.target.there && out.target.value == .25 && !out.values.there);
    assert_true(out.has_followers && out.followers == 5000 && out.estimate.value == .031);
    assert_true(out.has_price && out.price == 9000 && bytes_equal(out.price_currency, BYTES("EUR")));
    assert_true(out.collaboration.posts == 3 && out.collaboration.newest == in.collaboration.newest &&
                out.collaboration.engagements == 700);
    assert_true(out.has_delivered && out.delivered.clicks == 12 && out.delivered.purchases == 2);
    assert_true(out.delivered.values.n == 2 && out.delivered.values.entries[1].value == -5);
    assert_true(hll_unpack(&back, &out.actors) && out.actors.len == 0 && back.n == hll.n &&
                memcmp(back.pairs, hll.pairs, hll.n * sizeof *hll.pairs) == 0);
    assert_int_equal(json_array_size(json_object_get(json, "waterfall")), N_FACTORS);
    assert_string_equal(json_string_value(json_object_get(json_object_get(json, "affinity"), "source")),
                        "VECTORS");
    json_decref(json);
    hll_free(&hll);
    hll_free(&back);
    buffer_free(&packed);
    buffer_free(&framed);
    avro_scratch_close(scratch);
}

static void test_nothing_known(void **state)
{
    struct fit_record in = {.campaign_id = BYTES("c"), .creator_id = BYTES("k"), .score = 1}, out;
    struct avro_scratch *scratch = avro_scratch_open();
    struct buffer framed = {0};
    json_t *json;
    (void)state;
    encode(&in, &framed, &json);
    decode(&framed, scratch, &out);
    assert_true(!out.gate.ptr && !out.has_price && !out.actors.ptr && !out.has_delivered);
    assert_int_equal(out.collaboration.posts, 0);
    assert_true(json_is_null(json_object_get(json, "quality")) &&
                json_is_null(json_object_get(json, "delivered")));
    json_decref(json);
    buffer_free(&framed);
    avro_scratch_close(scratch);
}

/* Registers of many actors are dense, and survive the way, too. */
static void test_dense(void **state)
{
    struct hll hll = {0}, back = {0};
    struct buffer packed = {0};
    uint8_t registers[HLL_REGISTERS] = {0}, again[HLL_REGISTERS] = {0};
    (void)state;
    for (uint64_t i = 1; i < 20000; i++)
        hll_add(&hll, i * 0x9e3779b97f4a7c15);
    hll_pack(&hll, &packed);
    struct bytes text = {packed.data, packed.len};
    assert_in_range(packed.len, 3 + HLL_REGISTERS / 2, 3 + HLL_REGISTERS / 2 + 8);
    assert_true(hll_unpack(&back, &text));
    hll_union(&hll, registers);
    hll_union(&back, again);
    assert_memory_equal(registers, again, sizeof again);
    struct hll of = {0};
    hll_of(registers, &of);
    assert_memory_equal(of.dense, hll.dense, HLL_REGISTERS);
    text = (struct bytes){packed.data, packed.len - 1};
    assert_false(hll_unpack(&back, &text));
    hll_free(&hll);
    hll_free(&back);
    hll_free(&of);
    buffer_free(&packed);
}

static void test_keys(void **state)
{
    struct bytes campaign, creator;
    (void)state;
    assert_true(fit_record_key(BYTES("spring/a/b"), &campaign, &creator));
    assert_true(bytes_equal(campaign, BYTES("spring")) && bytes_equal(creator, BYTES("a/b")));
    assert_false(fit_record_key(BYTES("spring"), &campaign, &creator));
    assert_false(fit_record_key(BYTES("/a"), &campaign, &creator));
    assert_false(fit_record_key((struct bytes){NULL, 0}, &campaign, &creator));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole),
        cmocka_unit_test(test_nothing_known),
        cmocka_unit_test(test_dense),
        cmocka_unit_test(test_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
