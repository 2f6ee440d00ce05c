/* A score as a record: every section reads back by the schema, what is missing is null, and the size of a
 * typical one stays within 1.5 kB. */
#include <jansson.h>
#include <stdlib.h>

#include "cmocka_all.h"
#include "microflux/market.h"
#include "microflux/schemas.h"
#include "microflux/score.h"
#include "microflux/vectors.h"

#define NOW (1772454600000LL)

static struct methodology *methodology;
static struct peer_table *benchmark;
static const struct models no_models, *models = &no_models;

static int open_tables(void **state)
{
    struct err_info info;
    (void)state;
    return methodology_open("default,stim,later,hypeauditor", &methodology, &info) != ERR_OK ||
           benchmark_open(methodology, &benchmark, &info) != ERR_OK;
}

static int close_tables(void **state)
{
    (void)state;
    free(benchmark);
    methodology_close(methodology);
    return 0;
}

static json_t *record_of(const struct creator *c, const struct score *s, size_t *size)
{
    const struct score_makers makers = score_makers_of(methodology, benchmark, 7, models);
    const struct score_origin origin = {.creator_id = BYTES("creator-1"), .offsets = 9, .applied = {1, 2, 3}};
    struct buffer body = {0}, text = {0};
    struct err_info info;
    score_encode(s, c, &makers, &origin, &body);
    *size = body.len;
    if (avro_to_json(schema_creator_score, (struct bytes){body.data, body.len}, &text, &info) != ERR_OK)
        fail_msg("%s", info.sentence);
    json_t *record = json_loadb(text.data, text.len, 0, NULL);
    assert_non_null(record);
    buffer_free(&body);
    buffer_free(&text);
    return record;
}

/* Forty days, two dozen posts with comments of forty people, a brand, a campaign. */
static void live(struct creator *c)
{
    const struct creator_rules rules = {.methodology = methodology, .max_future = 300000};
    const struct bytes mention = BYTES("acme");
    struct applied_counts counts;
    int64_t as_of = 0, offset = 0;
    char post[16], actor[16];
    for (int64_t day = 40; day > 0; day--) {
        struct provenance at = {offset++, NOW - day * MS_DAY};
        creator_profile(c, &rules,
                        &(struct profile_record){.creator_id = BYTES("creator-1"),
                                                 .platform = 1,
                                                 .observed_at = at.timestamp,
                                                 .followers = day == 10 ? 9000 : 5000 + day,
                                                 .following = day,
                                                 .has_following = true,
                                                 .has_price = true,
                                                 .price_minor_units = 9000,
                                                 .price_currency = BYTES("EUR")},
                        &at, &as_of);
    }
    for (int64_t i = 24; i > 0; i--) {
        struct provenance at = {offset++, NOW - i * MS_DAY};
        struct bytes id = {post, (size_t)snprintf(post, sizeof post, "post-%d", (int)i)};
        creator_post(c, &rules,
                     &(struct post_record){.creator_id = BYTES("creator-1"),
                                           .post_id = id,
                                           .posted_at = at.timestamp,
                                           .disclosed = i % 2 == 0,
                                           .mentions = &mention,
                                           .n_mentions = 1,
                                           .tokens = {1, 2, 3},
                                           .n_tokens = 3,
                                           .niche_hits = {[4] = 2}},
                     &at, &as_of, &counts);
        for (int64_t k = 0; k < 40; k++) {
            struct interaction_record r = {
                .creator_id = BYTES("creator-1"),
                .post_id = id,
                .campaign_id = BYTES("spring"),
                .actor_id = {actor, (size_t)snprintf(actor, sizeof actor, "a%d", (int)k)},
                .kind = k % 4   ? KIND_COMMENT
                        : k % 8 ? KIND_LIKE
                                : KIND_PURCHASE,
                .count = 1,
                .occurred_at = at.timestamp + k,
                .has_comment = k % 4,
                .comment_words = 1,
                .comment_fingerprint = 1 + k % 5,
                .actor_hash = bytes_hash((struct bytes){actor, 3}),
                .has_actor = true,
                .actor_following = 900,
                .has_value = true,
                .value_minor_units = 5,
                .value_currency = BYTES("EUR")};
            creator_interaction(c, &rules, &r, &(struct provenance){offset++, r.occurred_at}, &as_of,
                                &counts);
        }
    }
    creator_words(c);
}

static double number_at(const json_t *record, const char *section, const char *field)
{
    const json_t *value = json_object_get(json_object_get(record, section), field);
    assert_true(json_is_number(value));
    return json_number_value(value);
}

static void check_sums(const json_t *weighted)
{
    double weights = 0, contributions = 0;
    size_t i;
    json_t *part;
    json_array_foreach(json_object_get(weighted, "parts"), i, part)
    {
        weights += json_number_value(json_object_get(part, "weight"));
        contributions += json_number_value(json_object_get(part, "contribution"));
    }
    assert_int_equal(i, 4);
    assert_true(weights > 0.999999 && weights < 1.000001);
    double score = json_number_value(json_object_get(weighted, "score"));
    assert_true(contributions > score - 0.002 && contributions < score + 0.002);
}

static const json_t *flag_of(const json_t *record, const char *name)
{
    size_t i;
    json_t *flag;
    json_array_foreach(json_object_get(record, "flags"), i, flag)
    {
        if (strcmp(json_string_value(json_object_get(flag, "name")), name) == 0)
            return flag;
    }
    return NULL;
}

static void every_section_reads_back(void **state)
{
    struct creator c;
    struct score s;
    size_t size;
    (void)state;
    creator_init(&c);
    live(&c);
    creator_score(&c, methodology, &(struct market){.benchmark = benchmark}, NOW, &s);
    json_t *record = record_of(&c, &s, &size);
    print_message("%zu bytes\n", size);
    assert_true(size < 1536);
    check_sums(json_object_get(record, "authenticity"));
    check_sums(json_object_get(record, "creator_score"));
    assert_true(number_at(record, "peers", "score") == s.peers.score);
    assert_true(number_at(record, "audience", "judged") == 40);
    assert_true(number_at(record, "follower_growth", "z") == s.growth.z.value);
    assert_true(number_at(record, "activity", "change_7d") == (double)s.activity.followers[0].absolute);
    assert_true(number_at(record, "community", "repeat_share") == 1);
    assert_true(number_at(record, "content", "saturation") == .5);
    assert_true(number_at(record, "commercial", "cost_per_engagement") ==
                s.commercial.cost_per_engagement.value);
    const json_t *topics = json_object_get(record, "topics");
    assert_string_equal(json_string_value(json_object_get(topics, "niche")), "FOOD");
    assert_int_equal(json_array_size(json_object_get(topics, "posterior")), methodology->n_niches);
    const json_t *flag = flag_of(record, "generic_comments");
    assert_non_null(flag);
    assert_true(json_number_value(json_object_get(flag, "value")) == 1);
    assert_int_equal(strncmp(json_string_value(json_object_get(flag, "post")), "post-", 5), 0);
    assert_true(json_is_null(json_object_get(flag, "day")));
    flag = flag_of(record, "growth_spike");
    assert_non_null(flag);
    assert_int_equal(json_integer_value(json_object_get(flag, "day")), NOW / MS_DAY - 10);
    json_decref(record);
    creator_clear(&c);
}

/* With models: V as its codes, how much it is of, and by which models. */
static void vectors_read_back(void **state)
{
    static const struct embedding embedding = {.digest = 0xabc};
    static const struct niche_model niche = {.digest = 0xdef};
    static const struct models both = {&embedding, &niche};
    struct creator c;
    struct score s;
    size_t size;
    (void)state;
    creator_init(&c);
    creator_score(&c, methodology, NULL, NOW, &s);
    s.niche.model = s.niche.has_vector = true;
    s.niche.known = 12;
    s.niche.met = 345;
    s.niche.vector = (struct packed_vector){0.5f, {0, -127, 127}};
    models = &both;
    json_t *record = record_of(&c, &s, &size);
    models = &no_models;
    const json_t *topics = json_object_get(record, "topics"), *tables = json_object_get(record, "tables");
    assert_string_equal(json_string_value(json_object_get(topics, "source")), "MODEL");
    assert_true(number_at(record, "topics", "known") == 12 && number_at(record, "topics", "met") == 345);
    assert_true(json_number_value(json_object_get(json_object_get(topics, "vector"), "scale")) == 0.5);
    const char *codes = json_string_value(json_object_get(json_object_get(topics, "vector"), "codes"));
    assert_true(strlen(codes) == 2 * DIMS && strncmp(codes, "00817f00", 8) == 0);
    assert_string_equal(json_string_value(json_object_get(tables, "embedding")), "0000000000000abc");
    assert_string_equal(json_string_value(json_object_get(tables, "niche_model")), "0000000000000def");
    json_decref(record);
    creator_clear(&c);
}

static void what_is_missing_is_null(void **state)
{
    static const char *const sections[] = {"platform", "estimate", "peers", "audience", "follower_growth"};
    struct creator c;
    struct score s;
    size_t size;
    (void)state;
    creator_init(&c);
    creator_score(&c, methodology, NULL, NOW, &s);
    json_t *record = record_of(&c, &s, &size);
    for (size_t i = 0; i < sizeof sections / sizeof sections[0]; i++)
        assert_true(json_is_null(json_object_get(record, sections[i])));
    assert_true(json_is_null(json_object_get(json_object_get(record, "topics"), "vector")));
    assert_true(json_is_null(json_object_get(json_object_get(record, "tables"), "embedding")));
    const json_t *whole = json_object_get(record, "creator_score");
    assert_true(json_is_null(json_object_get(whole, "score")));
    assert_int_equal(json_array_size(json_object_get(whole, "parts")), 4);
    assert_true(json_is_null(json_object_get(json_object_get(record, "community"), "unique_actors")));
    assert_int_equal(json_array_size(json_object_get(record, "flags")), 0);
    json_decref(record);
    creator_clear(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_section_reads_back),
                                       cmocka_unit_test(vectors_read_back),
                                       cmocka_unit_test(what_is_missing_is_null)};
    return cmocka_run_group_tests(tests, open_tables, close_tables);
}
