/* fuzz_state: a creator as Redis gives it back, damaged by whoever else writes there. The input is the four
 * keys' answers, one after the other: fields and values of two hashes (each ended by a byte 0xff; two in a
 * row end the hash), then two strings, the first ended by 0xff 0xff. It is refused by name, or it is a
 * creator: scored, told, counted on, written and loaded again without a byte read or written beyond what
 * there is. */
#include <assert.h>

#include "fuzz.h"
#include "microflux/score.h"

#define MOST_FIELDS 128
#define AS_OF       1772454600000

static struct methodology *methodology;

static void on_set(void *arg, int key, struct bytes field, struct bytes value)
{
    (void)arg, (void)key;
    fuzz_touch(field);
    fuzz_touch(value);
}

static void on_drop(void *arg, int key, struct bytes field)
{
    (void)arg, (void)key;
    fuzz_touch(field);
}

static void on_whole(void *arg, int key, struct bytes value)
{
    (void)arg, (void)key;
    fuzz_touch(value);
}

static struct bytes own(struct bytes part)
{
    char *copy = fuzz_text(part); /* as the store gives it: a NUL behind it */
    return (struct bytes){copy, part.len};
}

static enum err load_hash(struct creator *c, int key, struct bytes *rest, struct err_info *info)
{
    struct redis_answer parts[2 * MOST_FIELDS], *items[2 * MOST_FIELDS];
    struct redis_answer hash = {.type = REDIS_ARRAY, .items = items};
    while (rest->len && hash.n < 2 * MOST_FIELDS) {
        struct bytes part = fuzz_take(rest, (char)0xff);
        if (part.len == 0 && hash.n % 2 == 0)
            break;
        parts[hash.n] = (struct redis_answer){.type = REDIS_TEXT, .text = own(part)};
        items[hash.n] = &parts[hash.n];
        hash.n++;
    }
    enum err err = layout_load(c, key, &hash, info);
    while (hash.n > 0)
        free((char *)items[--hash.n]->text.ptr);
    return err;
}

static enum err load_whole(struct creator *c, int key, struct bytes part, struct err_info *info)
{
    struct redis_answer answer = {.type = part.len ? REDIS_TEXT : REDIS_NIL, .text = own(part)};
    enum err err = layout_load(c, key, &answer, info);
    free((char *)answer.text.ptr);
    return err;
}

static enum err load(struct creator *c, struct bytes rest, struct err_info *info)
{
    enum err err = load_hash(c, KEY_COUNTERS, &rest, info);
    if (err == ERR_OK)
        err = load_hash(c, KEY_POSTS, &rest, info);
    const char *end = rest.len ? memmem(rest.ptr, rest.len, "\xff\xff", 2) : NULL;
    struct bytes words = {rest.ptr, end ? (size_t)(end - rest.ptr) : rest.len};
    size_t taken = words.len + (end ? 2 : 0);
    if (err == ERR_OK)
        err = load_whole(c, KEY_WORDS, words, info);
    if (err == ERR_OK)
        err = load_whole(c, KEY_AUDIENCE, (struct bytes){rest.ptr + taken, rest.len - taken}, info);
    return err;
}

static void use(struct creator *c)
{
    static struct score score;
    struct creator_rules rules = {.methodology = methodology, .max_future = 300000};
    struct change_writer writer = {NULL, on_set, on_drop, on_whole};
    struct applied_counts counts = {0};
    struct buffer out = {0};
    int64_t as_of = AS_OF;
    struct provenance at = {1000, AS_OF};
    struct score_origin origin = {.creator_id = BYTES("c")};
    struct interaction_record like = {.creator_id = BYTES("c"),
                                      .post_id = BYTES("p1"),
                                      .kind = KIND_LIKE,
                                      .count = 1,
                                      .occurred_at = AS_OF,
                                      .campaign_id = BYTES("k"),
                                      .has_actor = true,
                                      .actor_followers = 5,
                                      .actor_hash = 77};
    struct post_record post = {.creator_id = BYTES("c"), .post_id = BYTES("p9"), .posted_at = AS_OF};
    struct profile_record profile = {.creator_id = BYTES("c"), .observed_at = AS_OF, .followers = 100};
    layout_loaded(c);
    creator_score(c, methodology, NULL, AS_OF, &score);
    struct score_makers makers = score_makers_of(methodology, NULL, 0, &(struct models){0});
    score_encode(&score, c, &makers, &origin, &out);
    layout_json(c, BYTES("c"), 0, &out);
    creator_interaction(c, &rules, &like, &at, &as_of, &counts);
    creator_post(c, &rules, &post, &at, &as_of, &counts);
    creator_profile(c, &rules, &profile, &at, &as_of);
    creator_score(c, methodology, NULL, AS_OF, &score);
    layout_write(c, &writer);
    buffer_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct creator c;
    struct err_info info = {0};
    if (!methodology && methodology_open("default", &methodology, &info) != ERR_OK)
        abort();
    creator_init(&c);
    enum err err = load(&c, (struct bytes){(const char *)data, size}, &info);
    assert(err == ERR_OK || (err == ERR_REJECT && info.word[0] && info.sentence[0]));
    if (err == ERR_OK)
        use(&c);
    creator_clear(&c);
    return 0;
}
