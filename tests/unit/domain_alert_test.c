/* Alerts: the edge of each type on both sides, what lasts is none, nothing begins from nothing, a week of
 * authenticity, one an hour. */
#include "methodology_bed.h"
#include "microflux/alert.h"
#include "microflux/creator.h"

#define AT (20500 * MS_DAY + 12 * MS_HOUR)

static struct alert found[ALERTS_OF_CREATOR];

static struct score score(void)
{
    struct score s = {.as_of = AT, .followers = 1200, .n_tiers = 1};
    s.tiers[0].tier = "MICRO";
    s.activity.followers[0] = (struct change_value){true, 0, {0, true}};
    s.authenticity = (struct weighted){.there = true, .score = 80};
    s.content.saturation = (struct optional){.1, true};
    s.content.likely_posts = 1;
    return s;
}

static size_t after(const struct score *before, const struct score *now)
{
    struct alerted told = {0};
    assert_int_equal(alerts_of(m, before, 0, &told, found), 0);
    return alerts_of(m, now, 0, &told, found);
}

/* `now` raises the type once; `quiet` does not. */
static void edge(enum alert_type type, const struct score *now, const struct score *quiet)
{
    struct score before = score();
    assert_int_equal(after(&before, now), 1);
    assert_int_equal(found[0].type, type);
    assert_int_equal(after(&before, quiet), 0);
    assert_int_equal(after(now, now), 0); /* it lasts */
}

static void test_edges(void **state)
{
    struct score now = score(), quiet = score();
    (void)state;
    now.tiers[0].tier = "MACRO";
    edge(ALERT_TIER_CHANGED, &now, &quiet);
    now = quiet;
    now.activity.followers[0] = (struct change_value){true, -300, {-.2, true}};
    quiet.activity.followers[0].relative.value = .1999999;
    edge(ALERT_FOLLOWERS_MOVED, &now, &quiet);
    now = quiet = score();
    now.authenticity.score = 70;
    quiet.authenticity.score = 70.001;
    edge(ALERT_AUTHENTICITY_FELL, &now, &quiet);
    now = quiet = score();
    now.flags[FLAG_STEP].raised = now.flags[FLAG_EARLY].raised = true;
    edge(ALERT_NEW_FLAG, &now, &quiet);
    now = quiet = score();
    now.content.saturation.value = .1500001;
    quiet.content.saturation.value = .05;
    edge(ALERT_SATURATION_LEFT, &now, &quiet);
    now = quiet = score();
    now.content.likely_posts = 2;
    quiet.content.likely_posts = 0;
    edge(ALERT_UNDISCLOSED_POST, &now, &quiet);
}

static void test_what_it_was_and_is(void **state)
{
    struct score before = score(), now = score();
    (void)state;
    now.tiers[0].tier = "MACRO";
    now.activity.followers[0] = (struct change_value){true, 300, {.33, true}};
    before.flags[FLAG_STEP].raised = now.flags[FLAG_STEP].raised = now.flags[FLAG_EARLY].raised = true;
    assert_int_equal(after(&before, &now), 3);
    assert_string_equal(found[0].was.words, "MICRO");
    assert_string_equal(found[0].now.words, "MACRO");
    assert_float_equal(found[1].was.number, 900, 0);
    assert_float_equal(found[1].now.number, 1200, 0);
    assert_string_equal(found[2].was.words, "step");
    assert_string_equal(found[2].now.words, "early_burst");
}

static void test_nothing_begins_from_nothing(void **state)
{
    struct score whole = score(), nothing = {.as_of = AT};
    (void)state;
    whole.content.likely_posts = 0;
    assert_int_equal(after(&nothing, &whole), 0);
    assert_int_equal(after(&whole, &nothing), 0);
}

static void test_other_side(void **state)
{
    struct score up = score(), down = score();
    (void)state;
    up.activity.followers[0].relative.value = .3;
    down.activity.followers[0].relative.value = -.2;
    assert_int_equal(after(&up, &down), 1);
}

static size_t told_on(struct alerted *told, int day, int64_t ms, double authenticity)
{
    struct score s = score();
    s.as_of = AT + day * MS_DAY + ms;
    s.authenticity.score = authenticity;
    return alerts_of(m, &s, 0, told, found);
}

static void test_a_week_of_authenticity(void **state)
{
    (void)state;
    for (int days = 6; days <= 7; days++) {
        struct alerted told = {0};
        told_on(&told, 0, 0, 80);
        assert_int_equal(told_on(&told, 1, 0, 72), 0);
        assert_int_equal(told_on(&told, days, 0, 70), days == 6); /* the day itself and the six before */
    }
    struct alerted told = {0};
    told_on(&told, 0, 0, 90);
    assert_int_equal(told_on(&told, 0, 1, 80), 1);
    assert_float_equal(found[0].was.number, 90, 1e-9);
    assert_int_equal(told_on(&told, 1, 0, 60), 0); /* it fell already */
    assert_int_equal(told_on(&told, 40, 0, 20), 0);
}

static void test_one_an_hour(void **state)
{
    static const struct {
        int64_t at;
        size_t n;
    } flaps[] = {{1, 1}, {2, 0}, {MS_HOUR, 0}, {MS_HOUR + 1, 1}, {2 * MS_HOUR, 0}, {2 * MS_HOUR + 1, 1}};
    struct alerted told = {0};
    struct score s = score();
    (void)state;
    alerts_of(m, &s, 0, &told, found);
    for (size_t i = 0; i < sizeof flaps / sizeof flaps[0]; i++) {
        s.as_of = AT + flaps[i].at;
        s.tiers[0].tier = i % 2 ? "MICRO" : "MACRO";
        s.content.likely_posts++; /* another type has an hour of its own, and is as often */
        assert_int_equal(alerts_of(m, &s, 0, &told, found), 2 * flaps[i].n);
    }
    s.as_of += MS_HOUR;
    alerts_of(m, &s, 0, &told, found);
    assert_int_equal(told.last[ALERT_TIER_CHANGED], 0); /* what holds nobody back is forgotten */
}

static void test_muted(void **state)
{
    struct err_info info;
    struct score before = score(), now = score();
    struct alerted told = {0};
    uint32_t muted;
    (void)state;
    assert_int_equal(alerts_muted("NEW_FLAG, TIER_CHANGED", &muted, &info), ERR_OK);
    assert_int_equal(muted, 1u << ALERT_NEW_FLAG | 1u << ALERT_TIER_CHANGED);
    now.tiers[0].tier = "MACRO";
    now.content.likely_posts = 2;
    alerts_of(m, &before, muted, &told, found);
    assert_int_equal(alerts_of(m, &now, muted, &told, found), 1);
    assert_int_equal(found[0].type, ALERT_UNDISCLOSED_POST);
    assert_int_equal(alerts_muted("", &muted, &info), ERR_OK);
    assert_int_equal(muted, 0);
    assert_int_equal(alerts_muted("TIER", &muted, &info), ERR_USAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_edges),
        cmocka_unit_test(test_what_it_was_and_is),
        cmocka_unit_test(test_nothing_begins_from_nothing),
        cmocka_unit_test(test_other_side),
        cmocka_unit_test(test_a_week_of_authenticity),
        cmocka_unit_test(test_one_an_hour),
        cmocka_unit_test(test_muted),
    };
    return cmocka_run_group_tests(tests, open_methodology, close_methodology);
}
