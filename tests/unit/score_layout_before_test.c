/* State as it was once written is still read: counts with blanks between them, fingerprints that each
 * stand for themselves, sketches of three bytes a pair and of six bits a register. */
#include "cmocka_all.h"
#include "microflux/actors.h"
#include "microflux/score.h"

static struct redis_answer text(struct bytes of)
{
    return (struct redis_answer){.type = REDIS_TEXT, .text = of};
}

static void test_counts(void **state)
{
    struct redis_answer at[4] = {text(BYTES("t")), text(BYTES("v120 l30 s-2")), text(BYTES("h10")),
                                 text(BYTES("492348 v12 l3"))};
    struct redis_answer *items[4] = {&at[0], &at[1], &at[2], &at[3]};
    const struct redis_answer hash = {.type = REDIS_ARRAY, .items = items, .n = 4};
    struct creator c;
    struct err_info info;
    (void)state;
    creator_init(&c);
    assert_int_equal(layout_load(&c, KEY_COUNTERS, &hash, &info), ERR_OK);
    assert_true(c.totals[KIND_VIEW] == 120 && c.totals[KIND_LIKE] == 30 && c.totals[KIND_SHARE] == -2);
    assert_true(c.hours.n == 2 && c.hours.cells[0].count == 12 && c.hours.cells[1].count == 3);
    creator_clear(&c);
}

/* Two fingerprints, and a slice with two registers and an actor. */
static void test_audience(void **state)
{
    struct buffer old = {0};
    struct creator c;
    struct err_info info;
    (void)state;
    buffer_add_le(&old, 2, 1);
    for (uint64_t i = 0; i < 2; i++) {
        buffer_add_le(&old, 1772454600000 + i, 6);
        buffer_add_le(&old, 7 - i, 6);
        buffer_add_le(&old, 0xabc0 + i, 2);
    }
    buffer_add_le(&old, 1465, 4);
    buffer_add_le(&old, 2, 2);
    buffer_add_le(&old, 3 << 8 | 9, 3);
    buffer_add_le(&old, 2047 << 8 | 1, 3);
    buffer_add_le(&old, 1, 1);
    buffer_add_le(&old, 0x123456789abc, 6);
    buffer_add_le(&old, 0x4321, 2);
    buffer_add_le(&old, 77 | (ACTOR_FAKE | ACTOR_POST) << 8, 2);
    const struct redis_answer answer = text((struct bytes){old.data, old.len});
    creator_init(&c);
    assert_int_equal(layout_load(&c, KEY_AUDIENCE, &answer, &info), ERR_OK);
    assert_true(c.fingerprints.n == 2 && c.fingerprints.at[1].occurred_at == 1772454600001 &&
                c.fingerprints.at[1].offset == 6 && c.fingerprints.at[1].low == 0xabc1);
    const struct slice *slice = &c.actors->slices[1465 % ACTOR_SLICES];
    assert_true(slice->number == 1465 && slice->hll.n == 2 && slice->hll.pairs[0] == (3 << 8 | 9) &&
                slice->hll.pairs[1] == (2047 << 8 | 1));
    assert_true(slice->sample.n == 1 && slice->sample.actors[0].hash == 0x123456789abc &&
                slice->sample.actors[0].post == 0x4321 && slice->sample.actors[0].fake == 77 &&
                slice->sample.actors[0].known == (ACTOR_FAKE | ACTOR_POST));
    creator_clear(&c);
    buffer_free(&old);
}

static void test_dense(void **state)
{
    struct buffer old = {0};
    struct hll hll = {0};
    uint8_t registers[HLL_REGISTERS] = {0};
    (void)state;
    buffer_add_le(&old, 0xffff, 2);
    for (uint32_t i = 0; i < HLL_REGISTERS; i += 4)
        buffer_add_le(&old, (1 + i % 50) | 2 << 6 | 3 << 12 | 53 << 18, 3);
    struct bytes left = {old.data, old.len};
    assert_true(hll_unpack(&hll, &left) && left.len == 0);
    hll_union(&hll, registers);
    assert_true(registers[48] == 49 && registers[49] == 2 && registers[50] == 3 && registers[2047] == 53);
    hll_free(&hll);
    buffer_free(&old);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_counts), cmocka_unit_test(test_audience),
                                       cmocka_unit_test(test_dense)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
