/* bench_score: what a score costs by what there is to score: creators that gain one thing after another, and
 * after each the time of creator_score over all of them. The difference of two stages is the price of a
 * thing. */
#include <stdlib.h>

#include "bench.h"
#include "microflux/clock.h"
#include "microflux/vectors.h"

#define CREATORS 2000 /* some 20 KiB each in the end: no cache holds them */
#define ROUNDS   5
#define DAYS     40
#define POSTS    32
#define COMMENTS 4 /* of each post, each by somebody else */

struct scored {
    const struct score_worker_options *options;
    struct creator *creators;
    int64_t as_of, now, offset;
};

static void profiles(struct scored *x, struct creator *c, int64_t i)
{
    for (int64_t day = DAYS; day > 0; day--) {
        const struct profile_record profile = {.platform = 1 + (int32_t)(i % 4),
                                               .observed_at = x->now - day * MS_DAY,
                                               .followers = 1000 + i % 90000 + (DAYS - day) * (i % 7),
                                               .following = 300 + day % 3,
                                               .has_following = true};
        creator_profile(c, &x->options->rules, &profile, &(struct provenance){x->offset++, x->now},
                        &x->as_of);
    }
}

static void posts(struct scored *x, struct creator *c, int64_t i)
{
    struct applied_counts counts;
    char id[32];
    for (int64_t n = 0; n < POSTS; n++) {
        const struct post_record post = {.post_id = {id, bench_post_id(id, sizeof id, i, n)},
                                         .posted_at = x->now - (POSTS - n) * MS_DAY,
                                         .disclosed = n % 8 == 0,
                                         .tokens = {(uint32_t)(i * 31 + n), (uint32_t)n, 7},
                                         .n_tokens = 3,
                                         .niche_hits = {1, (uint8_t)(n % 2)}};
        creator_post(c, &x->options->rules, &post, &(struct provenance){x->offset++, x->now}, &x->as_of,
                     &counts);
    }
}

/* An act on each post, as many times as asked. */
static void acts(struct scored *x, struct creator *c, int64_t i, int kind, int64_t times)
{
    struct applied_counts counts;
    char id[32];
    for (int64_t n = 0; n < POSTS * times; n++) {
        const struct interaction_record act = {.post_id = {id, bench_post_id(id, sizeof id, i, n % POSTS)},
                                               .kind = kind,
                                               .count = kind == KIND_LIKE ? 50 + (i * n) % 97 : 1,
                                               .occurred_at =
                                                   x->now - (POSTS - n % POSTS) * MS_DAY + n * MS_MINUTE,
                                               .has_comment = kind == KIND_COMMENT,
                                               .comment_words = (int32_t)(n % 9),
                                               .comment_fingerprint = n * 977 + 1};
        creator_interaction(c, &x->options->rules, &act, &(struct provenance){x->offset++, x->now}, &x->as_of,
                            &counts);
    }
}

static void likes(struct scored *x, struct creator *c, int64_t i)
{
    acts(x, c, i, KIND_LIKE, 1);
}

static void comments(struct scored *x, struct creator *c, int64_t i)
{
    acts(x, c, i, KIND_COMMENT, COMMENTS);
}

/* People nobody knows the comments of: they fill three slices, registers and sample. */
static void people(struct scored *x, struct creator *c, int64_t i)
{
    struct applied_counts counts;
    struct random random = random_of((uint64_t)i, 5);
    for (int64_t n = 0; n < POSTS * 16; n++) {
        const struct interaction_record view = {.kind = KIND_VIEW,
                                                .count = 1,
                                                .occurred_at = x->now - n % 40 * MS_DAY,
                                                .has_actor = true,
                                                .actor_followers = n,
                                                .actor_following = 100,
                                                .actor_posts = 9,
                                                .actor_hash = random_next(&random)};
        creator_interaction(c, &x->options->rules, &view, &(struct provenance){x->offset++, x->now},
                            &x->as_of, &counts);
    }
}

static void measure(const struct scored *x, struct figure *ns)
{
    volatile uint64_t digest;
    struct score score;
    const struct market market = {.benchmark = x->options->market.benchmark, .models = x->options->models};
    double before = bench_own_cpu();
    for (int64_t i = 0; i < (int64_t)CREATORS * ROUNDS; i++) {
        if (market.models.embedding)
            creator_content(&x->creators[i % CREATORS], market.models.embedding);
        creator_score(&x->creators[i % CREATORS], x->options->methodology, &market, x->now, &score);
        digest = score_digest(&score);
    }
    (void)digest;
    figure_add(ns, (bench_own_cpu() - before) * 1e9 / ((double)CREATORS * ROUNDS));
}

/* As many tokens as a creator can have, all of them known. */
static void content(const struct embedding *e, struct figure *ns)
{
    enum { ALL = 32 * TOKENS, TIMES = 1000 };
    static uint32_t tokens[TIMES][ALL];
    struct random random = random_of(1, 7);
    struct content content;
    for (int i = 0; i < TIMES * ALL; i++)
        tokens[i / ALL][i % ALL] = e->tokens[random_next(&random) % e->n].token;
    double before = bench_own_cpu();
    for (int i = 0; i < TIMES; i++)
        content_vector(e, tokens[i], ALL, &content);
    figure_add(ns, (bench_own_cpu() - before) * 1e9 / TIMES);
}

void bench_score(const struct score_worker_options *options, struct bench_result *r)
{
    static const struct {
        const char *name, *what;
        void (*give)(struct scored *x, struct creator *c, int64_t i);
    } parts[] = {{"score, 40 profile days", "a creator: tiers, growth, digest", profiles},
                 {"score, and 32 posts", "the same and topics, content, activity, rates", posts},
                 {"score, and their likes", "the same and windows, estimate, spread and step", likes},
                 {"score, and 128 comments", "the same and generic, repeated, early", comments},
                 {"score, and 512 people", "the same and audience, community: all there is", people}};
    struct scored x = {.options = options, .now = clock_wall_ms() - 3 * MS_DAY};
    x.creators = calloc(CREATORS, sizeof *x.creators);
    if (!x.creators)
        abort();
    for (int64_t i = 0; i < CREATORS; i++)
        creator_init(&x.creators[i]);
    for (size_t part = 0; part < sizeof parts / sizeof *parts; part++) {
        for (int64_t i = 0; i < CREATORS; i++)
            parts[part].give(&x, &x.creators[i], i);
        measure(&x, &bench_stage(r, parts[part].name, parts[part].what)->ns);
    }
    if (options->models.embedding && options->models.embedding->n)
        content(options->models.embedding,
                &bench_stage(r, "content vector",
                             "a creator with 960 known tags and mentions, once its words change")
                     ->ns);
    for (int64_t i = 0; i < CREATORS; i++)
        creator_clear(&x.creators[i]);
    free(x.creators);
}
