/* Platforms that send totals (counting.totals): the difference to the newest snapshot goes to the bucket of
 * its observed_at, whatever single interactions of that kind say; those feed actors only (scoring.md §0.1).
 */
#include "cmocka_all.h"
#include "domain_room.h"

#define NOW 1772454600000

static struct methodology *m;
static struct creator c;
static int64_t as_of, offset;

static struct creator_rules rules(void)
{
    return (struct creator_rules){.methodology = m,
                                  .max_future = 5 * MS_MINUTE,
                                  .totals = {[1] = 1u << KIND_LIKE | 1u << KIND_COMMENT}};
}

static void send_metrics(int64_t observed_at, int64_t likes, int64_t views)
{
    struct creator_rules r = rules();
    struct applied_counts counts;
    struct post_record post = {.creator_id = BYTES("c"),
                               .post_id = BYTES("p"),
                               .posted_at = NOW - 3 * MS_DAY,
                               .has_metrics = true,
                               .metrics = {.observed_at = observed_at,
                                           .likes = likes,
                                           .has_likes = likes >= 0,
                                           .views = views,
                                           .has_views = true}};
    creator_post(&c, &r, &post, &(struct provenance){offset++, NOW}, &as_of, &counts);
}

static void act(int kind, int64_t count)
{
    struct creator_rules r = rules();
    struct applied_counts counts;
    struct interaction_record one = {.creator_id = BYTES("c"),
                                     .post_id = BYTES("p"),
                                     .kind = kind,
                                     .count = count,
                                     .occurred_at = NOW - MS_HOUR,
                                     .actor_hash = 77,
                                     .has_comment = true,
                                     .comment_fingerprint = 5};
    creator_interaction(&c, &r, &one, &(struct provenance){offset++, NOW}, &as_of, &counts);
}

static int setup(void **state)
{
    struct creator_rules r;
    struct err_info info;
    (void)state;
    if (methodology_open("default", &m, &info) != ERR_OK)
        return -1;
    r = rules();
    as_of = offset = 0;
    creator_init(&c);
    struct profile_record profile = {
        .creator_id = BYTES("c"), .platform = 1, .observed_at = NOW - 9 * MS_DAY, .followers = 1000};
    creator_profile(&c, &r, &profile, &(struct provenance){0, NOW}, &as_of);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    creator_clear(&c);
    methodology_close(m);
    return 0;
}

static void expect_likes(int64_t day, int64_t week, int64_t post)
{
    struct score s;
    creator_score(&c, m, NULL, NOW, &s);
    assert_int_equal(s.windows[0][KIND_LIKE], day);
    assert_int_equal(s.windows[1][KIND_LIKE], week);
    assert_int_equal(s.totals[KIND_LIKE], week);
    assert_int_equal(c.posts[0].counts[KIND_LIKE], post);
}

/* A number that could fill a sum is refused by name; what is as large as may be is counted. */
static void test_numbers_that_fill_a_sum_are_refused(void **state)
{
    const int64_t most = 1000000000000;
    struct creator_rules r = {.methodology = m, .max_future = 300000};
    struct err_info info;
    (void)state;
    union score_record like = {
        .interaction = {.creator_id = BYTES("c"), .kind = KIND_LIKE, .count = most, .occurred_at = NOW}};
    const struct provenance at = {1, NOW};
    assert_int_equal(creator_judge(&r, TOPIC_INTERACTIONS, &like, &at, &info), ERR_OK);
    like.interaction.count = -most - 1;
    assert_int_equal(creator_judge(&r, TOPIC_INTERACTIONS, &like, &at, &info), ERR_REJECT);
    assert_string_equal(info.word, "bad_number");
    assert_non_null(strstr(info.sentence, "count is -1000000000001"));
    union score_record post = {
        .post = {
            .creator_id = BYTES("c"), .post_id = BYTES("p"), .posted_at = NOW, .metrics.likes = INT64_MAX}};
    assert_int_equal(creator_judge(&r, TOPIC_POSTS, &post, &at, &info), ERR_REJECT);
    union score_record profile = {
        .profile = {.creator_id = BYTES("c"), .observed_at = NOW, .followers = most + 1}};
    assert_int_equal(creator_judge(&r, TOPIC_PROFILES, &profile, &at, &info), ERR_REJECT);
    assert_string_equal(info.word, "bad_number");
}

static void test_differences(void **state)
{
    (void)state;
    send_metrics(NOW - 2 * MS_DAY, 100, 5000);
    expect_likes(0, 100, 100);
    send_metrics(NOW - MS_HOUR, 130, 5000);
    expect_likes(30, 130, 130);
    send_metrics(NOW - 30 * MS_MINUTE, 120, 5000); /* likes were taken back */
    expect_likes(20, 120, 120);
}

static void test_older_and_unknown(void **state)
{
    (void)state;
    send_metrics(NOW - MS_HOUR, 100, 5000);
    send_metrics(NOW - 2 * MS_HOUR, 70, 5000);    /* older than the newest known */
    send_metrics(NOW + 6 * MS_MINUTE, 999, 5000); /* from the future */
    expect_likes(100, 100, 100);
    send_metrics(NOW - MS_HOUR, 90, 5000); /* the same moment again: not older, so it counts */
    expect_likes(90, 90, 90);
    send_metrics(NOW - MS_MINUTE, -1, 5000); /* null: not told */
    send_metrics(NOW, 110, 5000);
    expect_likes(110, 110, 110);
    assert_int_equal(c.posts[0].counts[KIND_VIEW], 0); /* views are not among the totals here */
}

static void test_single_acts(void **state)
{
    (void)state;
    send_metrics(NOW - MS_HOUR, 100, 5000);
    act(KIND_LIKE, 7);
    act(KIND_COMMENT, 1);
    act(KIND_SAVE, 3);
    expect_likes(100, 100, 100);
    assert_int_equal(c.posts[0].counts[KIND_COMMENT], 0);
    assert_int_equal(c.posts[0].traits.comments + c.fingerprints.n, 0);
    assert_int_equal(c.posts[0].counts[KIND_SAVE], 3); /* not among the totals: counts itself */
    assert_non_null(c.actors);                         /* who acted is known all the same */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_numbers_that_fill_a_sum_are_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(test_differences, setup, teardown),
        cmocka_unit_test_setup_teardown(test_older_and_unknown, setup, teardown),
        cmocka_unit_test_setup_teardown(test_single_acts, setup, teardown)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
