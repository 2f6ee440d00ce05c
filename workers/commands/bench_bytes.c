/* bench_bytes: how many bytes of Redis a creator takes, key by key: a new one, one of the usual size and one
 * with everything at its limit, written as a commit writes them; MEMORY USAGE, and what was written. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "bench.h"
#include "microflux/clock.h"
#include "microflux/vectors.h"

/* What each day a creator brings, and who comes to it. */
struct life {
    const char *name, *what;
    int64_t profile_days, posts, days, hours, actors, acts; /* acts: of each day and each hour */
    uint8_t tokens, brands, campaigns;
    int32_t kinds; /* from VIEW on */
};

static const struct life lives[N_BENCH_LIVES] = {
    {"new", "1 post, 1 profile day, 17 actors", 1, 1, 1, 0, 17, 17, 3, 0, 0, 2},
    {"usual", "20 posts with 8 tokens, 20 profile days, 42 days of likes and comments by 289 actors", 20, 20,
     42, 24, 289, 13, 8, 0, 0, 3},
    {"everything at its limit",
     "32 posts with 30 tokens and 4 brands, 40 profile days, 92 days and 48 hours with all eight kinds, 16 "
     "campaigns, 26,000 actors, an audience met elsewhere",
     40, 32, 92, 48, 26000, 400, TOKENS, POST_BRANDS, 16, KIND_FOLLOW},
};

struct living {
    const struct score_worker_options *options;
    struct creator creator;
    struct random random;
    int64_t now, as_of, offset;
};

static struct provenance next(struct living *l)
{
    return (struct provenance){l->offset += 977, l->now};
}

static int64_t below(struct living *l, int64_t n)
{
    return random_below(&l->random, n);
}

static size_t post_id(char *out, size_t size, int64_t n)
{
    return (size_t)snprintf(out, size, "post-%08" PRId64, 31415926 + n * 271);
}

static void profiles(struct living *l, const struct life *life)
{
    for (int64_t day = life->profile_days; day > 0; day--) {
        const struct provenance at = next(l);
        creator_profile(&l->creator, &l->options->rules,
                        &(struct profile_record){.platform = 1,
                                                 .observed_at = l->now - day * MS_DAY + below(l, MS_HOUR),
                                                 .followers = 12000 + below(l, 500),
                                                 .following = 300 + below(l, 50),
                                                 .has_following = true,
                                                 .posts = 100 + 40 - day,
                                                 .has_posts = true,
                                                 .country = BYTES("FR")},
                        &at, &l->as_of);
    }
}

static void posts(struct living *l, const struct life *life)
{
    static const struct bytes brands[] = {
        {"alpha", 5}, {"bravo.official", 14}, {"charlie_shop", 12}, {"delta", 5}};
    struct applied_counts counts;
    char id[32];
    for (int64_t n = life->posts; n > 0; n--) {
        struct post_record post = {.post_id = {id, post_id(id, sizeof id, n)},
                                   .posted_at = l->now - n * (life->days * MS_DAY / (life->posts + 1)),
                                   .format = 1,
                                   .lexicon = 1ULL << below(l, 40),
                                   .n_tokens = life->tokens,
                                   .mentions = brands,
                                   .n_mentions = life->brands,
                                   .niche_hits = {1, (uint8_t)below(l, 3)}};
        const struct provenance at = next(l);
        for (uint8_t i = 0; i < life->tokens; i++)
            post.tokens[i] = (uint32_t)random_next(&l->random);
        creator_post(&l->creator, &l->options->rules, &post, &at, &l->as_of, &counts);
    }
}

static void act(struct living *l, const struct life *life, int64_t when, int32_t kind)
{
    struct applied_counts counts;
    char id[32], campaign[16];
    uint64_t actor = (uint64_t)below(l, life->actors) + 1;
    bool comment = kind == KIND_COMMENT;
    struct interaction_record r = {.post_id = {id, post_id(id, sizeof id, 1 + below(l, life->posts))},
                                   .kind = kind,
                                   .count = 1,
                                   .occurred_at = when,
                                   .has_comment = comment,
                                   .comment_words = (int32_t)below(l, 9),
                                   .comment_fingerprint = 1 + below(l, 60000),
                                   .has_actor = true,
                                   .actor_followers = below(l, 1000),
                                   .actor_following = below(l, 1000),
                                   .actor_hash = bytes_hash((struct bytes){(char *)&actor, sizeof actor}),
                                   .value_currency = BYTES("EUR"),
                                   .value_minor_units = 4999,
                                   .has_value = kind == KIND_PURCHASE};
    const struct provenance at = next(l);
    if (life->campaigns && kind >= KIND_CLICK && kind <= KIND_PURCHASE)
        r.campaign_id = (struct bytes){campaign, (size_t)snprintf(campaign, sizeof campaign, "campaign-%d",
                                                                  (int)below(l, life->campaigns))};
    creator_interaction(&l->creator, &l->options->rules, &r, &at, &l->as_of, &counts);
}

/* A usual life is mostly likes, then comments; one at its limit has of all kinds. */
static int32_t some_kind(struct living *l, const struct life *life)
{
    if (life->kinds < N_KINDS - 1)
        return below(l, 5) ? KIND_LIKE : KIND_COMMENT;
    return KIND_VIEW + (int32_t)below(l, life->kinds);
}

static void acts(struct living *l, const struct life *life, int64_t buckets, int64_t width)
{
    for (int64_t bucket = buckets; bucket > 0; bucket--)
        for (int64_t i = 0; i < life->acts; i++)
            act(l, life, l->now - bucket * width + below(l, width), some_kind(l, life));
}

static void meetings(struct living *l, const struct life *life)
{
    const struct embedding embedding = {.digest = 0xfedcba9876543210};
    struct packed_vector u = {.scale = 0.01F};
    if (!life->campaigns)
        return;
    for (size_t i = 0; i < DIMS; i++)
        u.code[i] = (int8_t)(below(l, 255) - 127);
    creator_met(&l->creator, &embedding, &u);
}

/* ---- written, and asked for ---- */

struct keeping {
    struct redis *redis;
    struct bench_size *size;
    char name[N_CREATOR_KEYS][64];
};

static void keep(struct keeping *k, int key, const char *verb, const struct bytes *more, size_t n)
{
    redis_begin_open(k->redis, NULL, NULL);
    redis_arg(k->redis, bytes_of(verb));
    redis_arg(k->redis, bytes_of(k->name[key]));
    for (size_t i = 0; i < n; i++) {
        redis_arg(k->redis, more[i]);
        k->size->stored[key] += (int64_t)more[i].len;
    }
    redis_end(k->redis);
}

static void on_set(void *arg, int key, struct bytes field, struct bytes value)
{
    keep(arg, key, "HSET", (struct bytes[]){field, value}, 2);
}

static void on_drop(void *arg, int key, struct bytes field)
{
    (void)arg, (void)key, (void)field; /* what is written once has nothing to be dropped */
}

static void on_whole(void *arg, int key, struct bytes value)
{
    keep(arg, key, "SET", &value, 1);
}

static enum err ask_sizes(struct keeping *k, struct err_info *info)
{
    const struct redis_answer *answer;
    enum err err = ERR_OK;
    for (int key = 0; key < N_CREATOR_KEYS && err == ERR_OK; key++) {
        err = redis_call(k->redis,
                         (struct bytes[]){BYTES("MEMORY"), BYTES("USAGE"), bytes_of(k->name[key]),
                                          BYTES("SAMPLES"), BYTES("0")},
                         5, &answer, info);
        if (err == ERR_OK)
            err = redis_fate(answer, info);
        if (err == ERR_OK && answer->type == REDIS_INT)
            k->size->memory[key] = answer->number;
    }
    return err;
}

static enum err measure(struct living *l, struct redis *redis, const struct life *life,
                        struct bench_size *size, struct err_info *info)
{
    struct keeping k = {redis, size, {{0}}};
    const struct change_writer writer = {&k, on_set, on_drop, on_whole};
    *size = (struct bench_size){.name = life->name, .what = life->what};
    for (int key = 0; key < N_CREATOR_KEYS; key++)
        snprintf(k.name[key], sizeof k.name[key], "mf:bench:score:{p0.0}:%s:%s", creator_key_names[key],
                 life->name);
    creator_init(&l->creator);
    profiles(l, life);
    posts(l, life);
    acts(l, life, life->days, MS_DAY);
    acts(l, life, life->hours, MS_HOUR);
    meetings(l, life);
    layout_write(&l->creator, &writer);
    creator_clear(&l->creator);
    return ask_sizes(&k, info);
}

enum err bench_bytes(struct bench *b, struct bench_result *r, struct err_info *info)
{
    struct bench_run run = {0};
    struct score_setup setup = {0};
    enum err err = score_setup_open(b->config, &setup, info);
    if (err == ERR_OK)
        err = bench_run_open(b, &run, info);
    for (size_t i = 0; i < N_BENCH_LIVES && err == ERR_OK; i++) {
        struct living l = {.options = &setup.options,
                           .random = random_of(1, i),
                           .now = clock_wall_ms() / MS_DAY * MS_DAY,
                           .offset = 100000000};
        err = measure(&l, run.connection, &lives[i], &r->sizes[i], info);
    }
    bench_run_close(&run);
    score_setup_close(&setup);
    return err;
}
