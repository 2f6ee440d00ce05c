/* Properties of what is published, over random creators: every score in its range, contributions that sum to
 * the score, the same for any order of the records, more where the formula says more, and confidence that no
 * further evidence lowers. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "cmocka_all.h"
#include "domain_room.h"

#define RECORDS 700
#define NOW     1772454600000

struct record {
    int topic;
    union score_record r;
    char post[16];
    struct provenance at;
};

static struct record records[RECORDS];
static struct methodology *m;
static struct peer_table peers;
static struct market market = {.peers = &peers};
static unsigned seed;

static int64_t below(int64_t n)
{
    return (int64_t)((unsigned)rand_r(&seed) % (uint64_t)n);
}

static struct profile_record random_profile(int64_t at)
{
    return (struct profile_record){.creator_id = BYTES("c"),
                                   .platform = 1,
                                   .observed_at = at,
                                   .followers = 5000 + below(1000),
                                   .has_following = below(2),
                                   .following = below(900),
                                   .has_price = true,
                                   .price_minor_units = 1 + below(9999),
                                   .price_currency = BYTES("EUR")};
}

static struct post_record random_post(struct bytes id, int64_t at)
{
    struct post_record r = {.creator_id = BYTES("c"),
                            .post_id = id,
                            .posted_at = at,
                            .disclosed = below(5) == 0,
                            .likely = below(4) == 0,
                            .deleted = below(12) == 0,
                            .n_tokens = (uint8_t)below(8)};
    for (uint8_t i = 0; i < r.n_tokens; i++)
        r.tokens[i] = (uint32_t)below(50);
    r.niche_hits[below(8)] = (uint8_t)below(4);
    return r;
}

static struct interaction_record random_act(struct bytes post, int64_t at)
{
    uint64_t actor = (uint64_t)below(150);
    struct interaction_record r = {.creator_id = BYTES("c"),
                                   .post_id = post,
                                   .kind = 1 + (int32_t)below(5),
                                   .count = 1 + below(60),
                                   .occurred_at = at,
                                   .has_comment = true,
                                   .comment_words = (int32_t)below(6),
                                   .comment_fingerprint = below(60),
                                   .own = below(15) == 0,
                                   .has_actor = below(3) > 0,
                                   .actor_followers = below(3000),
                                   .actor_following = below(5000),
                                   .actor_posts = below(40)};
    r.actor_hash = bytes_hash((struct bytes){(const char *)&actor, sizeof actor});
    if (r.kind == KIND_COMMENT)
        r.count = 1 + below(3);
    return r;
}

/* Profiles of 40 days, 28 posts (so that none leaves the ring), and acts within the day after each. */
static void random_records(void)
{
    int64_t offsets[N_TOPICS] = {0};
    for (int i = 0; i < RECORDS; i++) {
        struct record *rec = &records[i];
        int64_t post = below(28), posted = NOW - (post + 1) * 2 * MS_DAY - post * MS_MINUTE;
        struct bytes id = {rec->post, (size_t)snprintf(rec->post, sizeof rec->post, "p%d", (int)post)};
        rec->topic = i < 40 ? TOPIC_PROFILES : i < 68 ? TOPIC_POSTS : TOPIC_INTERACTIONS;
        rec->at = (struct provenance){offsets[rec->topic]++, NOW};
        if (rec->topic == TOPIC_PROFILES)
            rec->r.profile = random_profile(NOW - i * MS_DAY);
        else if (rec->topic == TOPIC_POSTS)
            rec->r.post = random_post(
                (struct bytes){rec->post, (size_t)snprintf(rec->post, sizeof rec->post, "p%d", i - 40)},
                NOW - (i - 39) * 2 * MS_DAY - (i - 40) * MS_MINUTE);
        else
            rec->r.interaction = random_act(id, posted + below(20) * MS_MINUTE);
    }
}

static void score_of(const struct record *list, int n, struct score *s)
{
    struct creator_rules rules = {.methodology = m, .max_future = 300000};
    struct applied_counts counts = {0};
    struct creator c;
    int64_t as_of = NOW;
    creator_init(&c);
    for (int i = 0; i < n; i++)
        if (list[i].topic == TOPIC_PROFILES)
            creator_profile(&c, &rules, &list[i].r.profile, &list[i].at, &as_of);
        else if (list[i].topic == TOPIC_POSTS)
            creator_post(&c, &rules, &list[i].r.post, &list[i].at, &as_of, &counts);
        else
            creator_interaction(&c, &rules, &list[i].r.interaction, &list[i].at, &as_of, &counts);
    assert_int_equal(counts.placeholders_expired + counts.placeholders_refused, 0);
    creator_score(&c, m, &market, as_of, s);
    creator_clear(&c);
}

static void in_range(double x, double from, double to)
{
    assert_true(x >= from && x <= to); /* and no NaN */
}

static void check_part(const struct part *part)
{
    in_range(part->score, 0, 100);
    in_range(part->confidence, 0, 1);
    assert_true(part->there || part->confidence == 0);
}

static void check_weighted(const struct weighted *w)
{
    double weights = 0, sum = 0;
    in_range(w->score, 0, 100);
    in_range(w->confidence, 0, 1);
    assert_int_equal(w->there, w->confidence >= m->confidence_least);
    for (size_t i = 0; i < w->n; i++) {
        in_range(w->of[i].value, 0, 100);
        assert_true(w->of[i].there || w->of[i].weight == 0);
        weights += w->of[i].weight;
        sum += w->of[i].contribution;
    }
    assert_true(!w->there || (fabs(weights - 1) < 1e-6 && fabs(sum - w->score) < 1e-3));
}

static void check_ranges(const struct score *s)
{
    const struct part *parts[] = {&s->audience.part, &s->engagement_authenticity, &s->growth.part,
                                  &s->content.part,  &s->community.part,          &s->niche.focus};
    const struct optional *shares[] = {&s->audience.suspicious,      &s->audience.suspicious_low,
                                       &s->audience.suspicious_high, &s->content.saturation,
                                       &s->content.undisclosed,      &s->community.repeat};
    double posterior = 0;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        check_part(parts[i]);
    for (size_t i = 0; i < sizeof shares / sizeof shares[0]; i++)
        in_range(shares[i]->value, 0, 1);
    for (size_t i = 0; i < s->niche.n; i++)
        posterior += s->niche.posterior[i];
    assert_true(s->niche.n == 0 || fabs(posterior - 1) < 1e-6);
    in_range(s->peers.score, 0, 100);
    check_weighted(&s->authenticity);
    check_weighted(&s->creator);
}

static void test_ranges(void **state)
{
    struct score s;
    int there = 0, flags = 0;
    (void)state;
    for (unsigned run = 1; run <= 60; run++) {
        seed = run;
        random_records();
        for (int n = 1; n <= RECORDS; n += 1 + (int)below(200)) {
            score_of(records, n, &s);
            check_ranges(&s);
            there += s.creator.there;
            for (int i = 0; i < N_FLAGS; i++)
                flags += s.flags[i].raised;
        }
    }
    print_message("%d creator scores, %d flags\n", there, flags);
    assert_true(there > 100 && flags > 20);
}

static void test_any_order(void **state)
{
    static struct record shuffled[RECORDS];
    struct score a, b;
    (void)state;
    for (unsigned run = 1; run <= 30; run++) {
        seed = run;
        random_records();
        score_of(records, RECORDS, &a);
        memcpy(shuffled, records, sizeof records);
        /* posts first, so that no placeholder is refused; the rest in any order */
        memcpy(shuffled, records + 40, 28 * sizeof *records);
        memcpy(shuffled + 28, records, 40 * sizeof *records);
        for (int i = 28; i < RECORDS; i++) {
            int k = 28 + (int)below(i - 27);
            struct record one = shuffled[i];
            shuffled[i] = shuffled[k];
            shuffled[k] = one;
        }
        score_of(shuffled, RECORDS, &b);
        assert_true(score_digest(&a) == score_digest(&b));
    }
}

/* An act met before its post: the placeholder's comments by minute become the early ones. */
static void test_comments_before_the_post(void **state)
{
    (void)state;
    for (unsigned run = 1; run <= 200; run++) {
        struct record list[30];
        struct score a, b;
        seed = run;
        for (int i = 0; i < 30; i++) {
            struct record *rec = &list[i];
            memset(rec, 0, sizeof *rec);
            snprintf(rec->post, sizeof rec->post, "p%d", i % 3);
            struct bytes id = {rec->post, 2};
            rec->at = (struct provenance){i, NOW};
            rec->topic = i < 3 ? TOPIC_POSTS : TOPIC_INTERACTIONS;
            if (i < 3) {
                rec->r.post = random_post(id, NOW - 2 * MS_DAY);
                rec->r.post.deleted = false;
            } else {
                rec->r.interaction = random_act(id, NOW - 2 * MS_DAY + below(15 * MS_MINUTE));
                rec->r.interaction.kind = KIND_COMMENT;
            }
        }
        score_of(list, 30, &a);
        struct record first[3];
        memcpy(first, list, sizeof first);
        memmove(list, list + 3, 27 * sizeof *list);
        memcpy(list + 27, first, sizeof first);
        for (int i = 0; i < 30; i++)
            if (list[i].topic == TOPIC_POSTS)
                list[i].r.post.post_id.ptr = list[i].post;
            else
                list[i].r.interaction.post_id.ptr = list[i].post;
        score_of(list, 30, &b);
        assert_true(a.terms[TERM_EARLY].x > 0 || !a.terms[TERM_EARLY].there);
        assert_true(score_digest(&a) == score_digest(&b));
    }
}

/* ---- monotone where the formula says so ---- */

static void test_monotone(void **state)
{
    double before[6] = {101, 101, 101, -1, -1, 0};
    (void)state;
    for (double x = 0; x <= 3; x += 0.01) {
        struct term_value terms[N_TERMS] = {{0}};
        for (int i = 0; i < N_TERMS; i++)
            terms[i] = (struct term_value){.there = true, .x = x};
        double now[6] = {
            engagement_part(m, terms, 20).score,
            content_part(m, 20, x, 0).score,
            content_part(m, 20, 0.4, x).score,
            community_part(m, (struct optional){x, true}, (struct optional){0.1, true}, 20).score,
            community_part(m, (struct optional){0.1, true}, (struct optional){x, true}, 20).score,
            0};
        for (int i = 0; i < 5; i++)
            assert_true(i < 3 ? now[i] <= before[i] : now[i] >= before[i]);
        memcpy(before, now, sizeof now);
    }
    struct interaction_record r = {.actor_followers = 100, .actor_posts = 5};
    for (double fake = 0; r.actor_following < 5000; r.actor_following += 50) {
        assert_true(actor_fake(m, &r) > fake);
        fake = actor_fake(m, &r);
    }
}

/* More evidence of the same kind: more confidence, in each part and in the whole. */
static void test_confidence_grows(void **state)
{
    (void)state;
    for (double k = 1; k < 40; k += 3)
        for (int32_t n = 1; n < 200; n++)
            assert_true(part_of(true, 50, n + 1, k).confidence > part_of(true, 50, n, k).confidence);
    for (seed = 1; seed < 200; seed++) {
        struct part parts[N_CREATOR_PARTS];
        struct weighted a = {0}, b = {0};
        for (int i = 0; i < N_CREATOR_PARTS; i++)
            parts[i] = part_of(below(3) > 0, (double)below(100), (int32_t)below(50), 10);
        weigh(m, creator_part_names, m->creator_weights, parts, N_CREATOR_PARTS, &a);
        int64_t more = below(N_CREATOR_PARTS);
        parts[more] = part_of(true, parts[more].score, parts[more].n + 1, 10);
        weigh(m, creator_part_names, m->creator_weights, parts, N_CREATOR_PARTS, &b);
        assert_true(b.confidence > a.confidence);
    }
}

/* ---- what is told of a stream ---- */

static void test_campaigns_and_brands(void **state)
{
    static const struct bytes acme[] = {{"acme", 4}};
    struct creator_rules rules = {.methodology = m, .max_future = 300000};
    struct applied_counts counts = {0};
    struct creator c;
    struct score s;
    int64_t as_of = NOW;
    (void)state;
    creator_init(&c);
    for (int i = 0; i < 20; i++) { /* 20 campaigns: the oldest 4 leave */
        char id[8];
        struct bytes name = {id, (size_t)snprintf(id, sizeof id, "k%02d", i)};
        struct interaction_record r = {.creator_id = BYTES("c"),
                                       .kind = i % 2 ? KIND_PURCHASE : KIND_CLICK,
                                       .count = i == 19 ? -2 : 2,
                                       .occurred_at = NOW - (20 - i) * MS_HOUR,
                                       .campaign_id = name,
                                       .has_value = i % 2,
                                       .value_minor_units = 500,
                                       .value_currency = BYTES("EUR")};
        creator_interaction(&c, &rules, &r, &(struct provenance){i, NOW}, &as_of, &counts);
    }
    struct post_record mention = {.creator_id = BYTES("c"),
                                  .post_id = BYTES("p1"),
                                  .posted_at = NOW - MS_DAY,
                                  .mentions = acme,
                                  .n_mentions = 1};
    struct post_record sponsor = {.creator_id = BYTES("c"),
                                  .post_id = BYTES("p2"),
                                  .posted_at = NOW - 2 * MS_DAY,
                                  .sponsors = acme,
                                  .n_sponsors = 1};
    creator_post(&c, &rules, &sponsor, &(struct provenance){0, NOW}, &as_of, &counts);
    creator_post(&c, &rules, &mention, &(struct provenance){1, NOW}, &as_of, &counts);
    creator_score(&c, m, NULL, as_of, &s);
    assert_int_equal(s.commercial.n_campaigns, CAMPAIGNS);
    assert_memory_equal(s.commercial.campaigns[0]->id, "k19", 3);
    assert_int_equal(s.commercial.campaigns[0]->purchases, -2);
    assert_int_equal(s.commercial.campaigns[0]->values[0].minor_units, -500); /* its sign follows count */
    assert_memory_equal(s.commercial.campaigns[15]->id, "k04", 3);
    assert_int_equal(s.commercial.n_brands, 1);
    assert_int_equal(s.commercial.brands[0].count, 2);
    assert_true(s.commercial.brands[0].official && s.commercial.brands[0].last == NOW - MS_DAY);
    creator_clear(&c);
}

/* Followers from day to day, a price, and what the windows are worth. */
static void test_activity_and_money(void **state)
{
    static const struct unit_values values = {"2026-01-01", "EUR", {[KIND_LIKE] = 0.5}};
    struct creator_rules rules = {.methodology = m, .max_future = 300000};
    struct market money = {.values = &values};
    struct applied_counts counts = {0};
    struct creator c;
    struct score s;
    int64_t as_of = NOW;
    (void)state;
    creator_init(&c);
    for (int day = 0; day < 10; day++) {
        struct profile_record r = random_profile(NOW - day * MS_DAY);
        r.followers = 1000 - 10 * day;
        r.price_minor_units = 15000;
        creator_profile(&c, &rules, &r, &(struct provenance){day, NOW}, &as_of);
    }
    struct post_record post = {
        .creator_id = BYTES("c"), .post_id = BYTES("p"), .posted_at = NOW - 3 * MS_DAY};
    struct interaction_record like = {.creator_id = BYTES("c"),
                                      .post_id = BYTES("p"),
                                      .kind = KIND_LIKE,
                                      .count = 40,
                                      .occurred_at = NOW - 2 * MS_DAY};
    creator_post(&c, &rules, &post, &(struct provenance){0, NOW}, &as_of, &counts);
    creator_interaction(&c, &rules, &like, &(struct provenance){0, NOW}, &as_of, &counts);
    creator_score(&c, m, &money, as_of, &s);
    assert_true(s.activity.followers[0].there && s.activity.followers[0].absolute == 70);
    assert_true(fabs(s.activity.followers[0].relative.value - 70.0 / 930) < 1e-6);
    assert_false(s.activity.followers[1].there); /* nothing is known of 30 days ago */
    assert_true(s.activity.days_since_post.there && s.activity.days_since_post.value == 3);
    assert_true(fabs(s.activity.posts_per_week - 7.0 / 30) < 1e-6);
    assert_true(s.commercial.media_value[1].value == 20 && s.commercial.media_value[0].value == 0);
    assert_true(fabs(s.commercial.cost_per_engagement.value - 15000 / (40.5 / 970 * 1000)) < 1e-6);
    assert_string_equal(s.commercial.currency, "EUR");
    creator_clear(&c);
}

static int setup(void **state)
{
    struct err_info info;
    (void)state;
    for (int i = 0; i < PEER_QUANTILES; i++)
        peers.cells[1][1].quantiles[i] = 0.002 * pow(1.2, i);
    peers.cells[1][1].n = 500;
    return methodology_open("default", &m, &info) == ERR_OK ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    methodology_close(m);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_ranges),
                                       cmocka_unit_test(test_any_order),
                                       cmocka_unit_test(test_comments_before_the_post),
                                       cmocka_unit_test(test_monotone),
                                       cmocka_unit_test(test_confidence_grows),
                                       cmocka_unit_test(test_campaigns_and_brands),
                                       cmocka_unit_test(test_activity_and_money)};
    return cmocka_run_group_tests(tests, setup, teardown);
}
