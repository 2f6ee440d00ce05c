/* verify: two creators are compared field by field, whatever slots their posts took; and where a log begins.
 */
#include <stdio.h>

#include "cmocka_all.h"
#include "log_span.h"
#include "verify.h"

#define DAY0 1767225600000LL

static struct methodology *methodology;
static char said[512];

static void on_difference(void *arg, const char *field, struct bytes wanted, struct bytes found)
{
    (void)arg;
    size_t n = strlen(said);
    snprintf(said + n, sizeof said - n, "%s: %.*s not %.*s;", field, (int)found.len, found.ptr,
             (int)wanted.len, wanted.ptr);
}

static void post(struct creator *c, const char *id, int64_t offset)
{
    struct creator_rules rules = {.methodology = methodology};
    struct applied_counts counts = {0};
    int64_t as_of = DAY0;
    struct post_record r = {.post_id = bytes_of(id), .posted_at = DAY0 + offset};
    creator_post(c, &rules, &r, &(struct provenance){offset, DAY0 + 99}, &as_of, &counts);
}

static void like(struct creator *c, const char *id, int64_t n)
{
    struct creator_rules rules = {.methodology = methodology};
    struct applied_counts counts = {0};
    int64_t as_of = DAY0;
    struct interaction_record r = {
        .post_id = bytes_of(id), .kind = KIND_LIKE, .count = n, .occurred_at = DAY0 + 10};
    creator_interaction(c, &rules, &r, &(struct provenance){5, DAY0 + 99}, &as_of, &counts);
}

static size_t compare(struct creator *a, struct creator *b)
{
    size_t fields = 0;
    said[0] = 0;
    verify_compare(a, b, on_difference, NULL, &fields);
    return fields;
}

static void test_fields(void **state)
{
    struct creator a, b;
    (void)state;
    creator_init(&a);
    creator_init(&b);
    post(&a, "one", 1), post(&a, "two", 2), like(&a, "two", 3);
    post(&b, "two", 2), post(&b, "one", 1), like(&b, "two", 3); /* the slots are exchanged */
    b.offsets[TOPIC_POSTS] = a.offsets[TOPIC_POSTS];
    assert_in_range(compare(&a, &b), 8, 40);
    assert_string_equal(said, "");
    b.posts[0].counts[KIND_LIKE] = 4;
    b.totals[KIND_LIKE] = 7;
    compare(&a, &b);
    assert_string_equal(said, "c t: l7 not l3;p c of two: l4 not l3;");
    post(&a, "three", 3);
    compare(&a, &b);
    assert_non_null(strstr(said, "p i of three:  not three;"));
    creator_clear(&a);
    creator_clear(&b);
}

static void test_from(void **state)
{
    static const char *const right[] = {"0", "1200", "2026-03-01", "2026-03-01T12:30Z",
                                        "2026-03-01T12:30:59Z"};
    static const char *const wrong[] = {"", "yesterday", "-5", "12x", "2026-03-01T12:30", "2026-13-01"};
    struct err_info info;
    (void)state;
    assert_int_equal(log_from_check(NULL, &info), ERR_OK);
    for (size_t i = 0; i < sizeof right / sizeof *right; i++)
        assert_int_equal(log_from_check(right[i], &info), ERR_OK);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(log_from_check(wrong[i], &info), ERR_USAGE);
}

int main(void)
{
    struct err_info info;
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_fields), cmocka_unit_test(test_from)};
    if (methodology_open("default", &methodology, &info) != ERR_OK)
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    methodology_close(methodology);
    return failed;
}
