/* The fence's text, the tags of the lanes, and the partitioner: all three are contracts with data at rest. */

#include "cmocka_all.h"
#include "lane_room.h"

static void test_round_trip(void **state)
{
    struct fence a = {.partitions = 8,
                      .epoch = 3,
                      .token = 0x1234,
                      .generation = 0xfedcba9876543210ULL,
                      .as_of = 1772454600000,
                      .sweep = 77,
                      .n = 3};
    struct fence b;
    struct buffer text = {0}, again = {0};
    struct err_info info;
    (void)state;
    for (int i = 0; i < 3; i++)
        a.at[i] = (struct fence_position){100 + i, 90 + i, i == 1 ? -1 : 1772454600000, 0x1f * (uint64_t)i};
    fence_write(&a, &text);
    assert_int_equal(fence_read((struct bytes){text.data, text.len}, &b, &info), ERR_OK);
    fence_write(&b, &again);
    assert_int_equal(text.len, again.len);
    assert_memory_equal(text.data, again.data, text.len);
    buffer_free(&text);
    buffer_free(&again);
}

static void test_refuses_what_it_did_not_write(void **state)
{
    const char *const wrong[] = {"", "2 P=8", "1 P=8 epoch=0 token=1 gen=1 as_of=0", "hello",
                                 "1 P=8 epoch=0 token=1 gen=1 as_of=0 sweep=1 1=0,0,0,0"};
    struct fence fence;
    struct err_info info;
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_int_equal(fence_read(bytes_of(wrong[i]), &fence, &info), ERR_REFUSED);
        assert_string_equal(info.word, "fence_unreadable");
    }
}

static void test_says_more_only_when_there_is_more(void **state)
{
    struct fence a = {.partitions = 2, .as_of = 50, .n = 1, .told = 50}, b;
    struct buffer text = {0}, more = {0};
    struct err_info info;
    (void)state;
    fence_write(&a, &text);
    a.told = 51;
    strcpy(a.data, "rebuilt");
    fence_write(&a, &more);
    assert_int_equal(more.len, text.len + strlen(" told=51 data=rebuilt"));
    assert_int_equal(fence_read((struct bytes){more.data, more.len}, &b, &info), ERR_OK);
    assert_int_equal(b.told, 51);
    assert_string_equal(b.data, "rebuilt");
    buffer_add_text(&more, " x");
    assert_int_equal(fence_read((struct bytes){more.data, more.len}, &b, &info), ERR_REFUSED);
    buffer_free(&text);
    buffer_free(&more);
}

static void test_nobody_takes_over_what_was_swapped(void **state)
{
    struct buffer text = {0};
    struct fence fence;
    struct err_info info;
    char into[LANE_NAMESPACE], was[LANE_NAMESPACE];
    (void)state;
    fence_write_swapped("default", "older", &text);
    assert_true(fence_swapped((struct bytes){text.data, text.len}, into, was));
    assert_string_equal(into, "default");
    assert_string_equal(was, "older");
    assert_int_equal(fence_read((struct bytes){text.data, text.len}, &fence, &info), ERR_REFUSED);
    assert_string_equal(info.word, "swapped");
    buffer_free(&text);
}

/* Known answers of the Java client's murmur2 partitioner (Kafka's own UtilsTest): hash & 0x7fffffff. */
static void test_partitioner_is_the_java_clients(void **state)
{
    const struct {
        const char *key;
        uint32_t hash;
    } known[] = {{"21", (uint32_t)-973932308},
                 {"foobar", (uint32_t)-790332482},
                 {"a-little-bit-long-string", (uint32_t)-985981536},
                 {"a-little-bit-longer-string", (uint32_t)-1486304829},
                 {"abc", 479470107}};
    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        assert_int_equal(lane_of(bytes_of(known[i].key), 1000003), (known[i].hash & 0x7fffffff) % 1000003);
}

static uint16_t slot_of(const char *tag)
{
    uint16_t crc = 0;
    for (; *tag; tag++) {
        crc ^= (uint16_t)((unsigned char)*tag << 8);
        for (int bit = 0; bit < 8; bit++)
            crc = crc & 0x8000 ? (uint16_t)(crc << 1 ^ 0x1021) : (uint16_t)(crc << 1);
    }
    return crc & 16383;
}

static void test_tags_spread_evenly(void **state)
{
    char tag[24];
    int masters[4] = {0};
    (void)state;
    for (int32_t lane = 0; lane < 64; lane++) {
        lane_tag(lane, tag, sizeof tag);
        masters[slot_of(tag) / 4096]++;
    }
    for (int i = 0; i < 4; i++)
        assert_in_range(masters[i], 15, 17);
    lane_tag(1, tag, sizeof tag);
    assert_string_equal(tag, "p1.413"); /* for ever: it is part of every key */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_refuses_what_it_did_not_write),
        cmocka_unit_test(test_says_more_only_when_there_is_more),
        cmocka_unit_test(test_nobody_takes_over_what_was_swapped),
        cmocka_unit_test(test_partitioner_is_the_java_clients),
        cmocka_unit_test(test_tags_spread_evenly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
