/* layout_whole: the three keys that are one binary string each, little-endian, replaced whole by the commit
 * that changes them (docs/reference/redis-layout.md): `k`, what the posts' words say, which changes with
 * posts; `a`, actors and fingerprints, which change with interactions; `y`, whom the audience also follows.
 * A string that does not end where it should is an error: state is never guessed. */
#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "layout.h"
#include "microflux/vectors.h"

#define NO_SLOT  0xff
#define OFFICIAL 0x80
#define BY_STEPS 0x80  /* of the number of fingerprints */
#define ROOM     12288 /* the longest: 32 posts with 30 tokens and 4 brands of 40 bytes */

/* ---- k: the names of the brands once, then each post's tokens and which names it has ---- */

#define MOST_NAMES (POSTS * POST_BRANDS)

struct names {
    const struct brand *at[MOST_NAMES];
    size_t n;
};

static size_t name_of(struct names *names, const struct brand *brand)
{
    size_t i = 0;
    while (i < names->n &&
           (names->at[i]->len != brand->len || memcmp(names->at[i]->name, brand->name, brand->len) != 0))
        i++;
    if (i == names->n)
        names->at[names->n++] = brand;
    return i;
}

static void put_names(const struct creator *c, struct names *names, struct buffer *out)
{
    names->n = 0;
    for (size_t i = 0; i < c->n_posts; i++)
        for (uint8_t k = 0; k < c->posts[i].n_brands; k++)
            name_of(names, &c->posts[i].brands[k]);
    buffer_add_le(out, names->n, 1);
    for (size_t i = 0; i < names->n; i++) {
        buffer_add_le(out, names->at[i]->len, 1);
        buffer_add(out, names->at[i]->name, names->at[i]->len);
    }
}

static void put_words(const struct post *post, struct names *names, struct buffer *out)
{
    buffer_add_le(out, post->slot, 1);
    buffer_add_le(out, post->n_tokens, 1);
    for (uint8_t i = 0; i < post->n_tokens; i++)
        buffer_add_le(out, post->tokens[i], 4);
    buffer_add_le(out, post->n_brands, 1);
    for (uint8_t i = 0; i < post->n_brands; i++)
        buffer_add_le(out, name_of(names, &post->brands[i]) | (post->brands[i].official ? OFFICIAL : 0), 1);
}

static void put_all_words(const struct creator *c, struct buffer *out)
{
    struct names names;
    put_names(c, &names, out);
    for (size_t i = 0; i < c->n_posts; i++)
        if (c->posts[i].n_tokens || c->posts[i].n_brands)
            put_words(&c->posts[i], &names, out);
    buffer_add_le(out, NO_SLOT, 1);
}

static bool take_names(struct brand *names, uint64_t *n, struct bytes *text)
{
    uint64_t len;
    if (!bytes_take_le(text, 1, n) || *n > MOST_NAMES)
        return false;
    for (uint64_t i = 0; i < *n; i++) {
        if (!bytes_take_le(text, 1, &len) || len > LONGEST_NAME || text->len < len)
            return false;
        names[i] = (struct brand){.len = (uint8_t)len};
        memcpy(names[i].name, text->ptr, len);
        *text = (struct bytes){text->ptr + len, text->len - len};
    }
    return true;
}

static bool take_brands(struct post *post, const struct brand *names, uint64_t n_names, struct bytes *text)
{
    uint64_t n, which;
    if (!bytes_take_le(text, 1, &n) || n > POST_BRANDS)
        return false;
    if (n == 0)
        return true;
    post->brands = calloc(n, sizeof *post->brands);
    if (!post->brands)
        abort();
    post->n_brands = (uint8_t)n;
    for (uint64_t i = 0; i < n; i++) {
        if (!bytes_take_le(text, 1, &which) || (which & ~(uint64_t)OFFICIAL) >= n_names)
            return false;
        post->brands[i] = names[which & ~(uint64_t)OFFICIAL];
        post->brands[i].official = which & OFFICIAL;
    }
    return true;
}

static struct post *post_at(struct creator *c, uint64_t slot)
{
    for (size_t i = 0; i < c->n_posts; i++)
        if (c->posts[i].slot == slot)
            return &c->posts[i];
    return NULL;
}

static bool take_tokens(struct post *post, struct bytes *text)
{
    uint32_t tokens[TOKENS];
    uint64_t n, token;
    if (!post || post->n_tokens || post->n_brands || !bytes_take_le(text, 1, &n) || n > TOKENS)
        return false;
    for (uint64_t i = 0; i < n; i++) {
        if (!bytes_take_le(text, 4, &token))
            return false;
        tokens[i] = (uint32_t)token;
    }
    words_keep_tokens(post, tokens, (uint8_t)n);
    return true;
}

static bool take_all_words(struct creator *c, struct bytes text)
{
    struct brand names[MOST_NAMES];
    uint64_t slot, n_names;
    if (!take_names(names, &n_names, &text))
        return false;
    while (bytes_take_le(&text, 1, &slot)) {
        struct post *post = post_at(c, slot);
        if (slot == NO_SLOT)
            return text.len == 0;
        if (!take_tokens(post, &text) || !take_brands(post, names, n_names, &text))
            return false;
    }
    return false;
}

/* ---- a ---- */

static void put_slice(const struct slice *slice, struct buffer *out)
{
    buffer_add_le(out, (uint64_t)slice->number, 4);
    hll_pack(&slice->hll, out);
    buffer_add_le(out, slice->sample.n, 1);
    for (uint8_t i = 0; i < slice->sample.n; i++) {
        const struct sampled *actor = &slice->sample.actors[i];
        buffer_add_le(out, actor->hash, 6);
        buffer_add_le(out, actor->post, 2);
        buffer_add_le(out, actor->fake, 1);
        buffer_add_le(out, actor->known, 1);
    }
}

/* Without a sign: what is damaged may step anywhere. */
static uint64_t step(int64_t from, int64_t to)
{
    return zigzag((int64_t)((uint64_t)to - (uint64_t)from));
}

static int64_t stepped(int64_t from, uint64_t step)
{
    return (int64_t)((uint64_t)from + (uint64_t)unzigzag(step));
}

/* Each by how much it is later than the one before. */
static void put_fingerprints(const struct fingerprints *fingerprints, struct buffer *out)
{
    struct fingerprint before = {0};
    buffer_add_le(out, fingerprints->n | BY_STEPS, 1);
    for (uint8_t i = 0; i < fingerprints->n; before = fingerprints->at[i++]) {
        const struct fingerprint *one = &fingerprints->at[i];
        buffer_add_varint(out, step(before.occurred_at, one->occurred_at));
        buffer_add_varint(out, step(before.offset, one->offset));
        buffer_add_le(out, one->low, 2);
    }
}

static void put_audience(const struct creator *c, struct buffer *out)
{
    put_fingerprints(&c->fingerprints, out);
    for (size_t i = 0; c->actors && i < ACTOR_SLICES; i++)
        if (c->actors->slices[i].sample.n)
            put_slice(&c->actors->slices[i], out);
}

/* Those written before each stand for themselves, in 6 bytes and 6. */
static bool take_fingerprint(struct bytes *text, bool by_steps, struct fingerprint *one)
{
    uint64_t at, offset, low;
    if (by_steps ? !bytes_take_varint(text, &at) || !bytes_take_varint(text, &offset)
                 : !bytes_take_le(text, 6, &at) || !bytes_take_le(text, 6, &offset))
        return false;
    one->occurred_at = by_steps ? stepped(one->occurred_at, at) : (int64_t)at;
    one->offset = by_steps ? stepped(one->offset, offset) : (int64_t)offset;
    if (!bytes_take_le(text, 2, &low))
        return false;
    one->low = (uint16_t)low;
    return true;
}

static bool take_fingerprints(struct creator *c, struct bytes *text)
{
    struct fingerprint one = {0};
    uint64_t n;
    if (!bytes_take_le(text, 1, &n) || (n & ~(uint64_t)BY_STEPS) > FINGERPRINTS)
        return false;
    for (uint64_t i = 0; i < (n & ~(uint64_t)BY_STEPS); i++) {
        if (!take_fingerprint(text, n & BY_STEPS, &one))
            return false;
        fingerprints_add(&c->fingerprints, &one);
    }
    return true;
}

static bool take_sample(struct sample *sample, struct bytes *text)
{
    uint64_t n, hash, post, fake, known;
    if (!bytes_take_le(text, 1, &n) || n > SAMPLE)
        return false;
    for (uint64_t i = 0; i < n; i++) {
        if (!bytes_take_le(text, 6, &hash) || !bytes_take_le(text, 2, &post) ||
            !bytes_take_le(text, 1, &fake) || !bytes_take_le(text, 1, &known))
            return false;
        sample_add(sample, &(struct sampled){hash, (uint16_t)post, (uint8_t)fake, (uint8_t)known});
    }
    return true;
}

static bool take_audience(struct creator *c, struct bytes text)
{
    uint64_t number;
    if (!take_fingerprints(c, &text))
        return false;
    while (bytes_take_le(&text, 4, &number)) {
        if (!c->actors && !(c->actors = calloc(1, sizeof *c->actors)))
            abort();
        if (number > INT32_MAX)
            return false;
        struct slice *slice = actors_slice(c->actors, (int64_t)number * ACTOR_SLICE_MS);
        if (!slice || slice->sample.n || !hll_unpack(&slice->hll, &text) ||
            !take_sample(&slice->sample, &text))
            return false;
    }
    return text.len == 0;
}

/* ---- y ---- */

static void put_met(const struct audience_vector *audience, struct buffer *out)
{
    uint32_t bits;
    buffer_add_le(out, audience->embedding, 8);
    buffer_add_le(out, (uint64_t)audience->met, 4);
    for (size_t i = 0; i < DIMS; i++) {
        memcpy(&bits, &audience->y[i], sizeof bits);
        buffer_add_le(out, bits, 4);
    }
}

static bool take_met(struct creator *c, struct bytes text)
{
    uint64_t met, bits;
    if (!c->audience && !(c->audience = calloc(1, sizeof *c->audience)))
        abort();
    if (!bytes_take_le(&text, 8, &c->audience->embedding) || !bytes_take_le(&text, 4, &met) ||
        text.len != DIMS * 4)
        return false;
    c->audience->met = (int64_t)met;
    for (size_t i = 0; i < DIMS && bytes_take_le(&text, 4, &bits); i++) {
        memcpy(&c->audience->y[i], &(uint32_t){(uint32_t)bits}, 4);
        if (!isfinite(c->audience->y[i]))
            return false;
    }
    return true;
}

void layout_write_whole(const struct creator *c, const struct change_writer *w)
{
    char room[ROOM];
    struct buffer out = {room, 0, sizeof room};
    if (c->dirty.words) {
        put_all_words(c, &out);
        w->whole(w->arg, KEY_WORDS, (struct bytes){out.data, out.len});
    }
    out.len = 0;
    if (c->dirty.actors) {
        put_audience(c, &out);
        w->whole(w->arg, KEY_AUDIENCE, (struct bytes){out.data, out.len});
    }
    out.len = 0;
    if (c->dirty.audience) {
        put_met(c->audience, &out);
        w->whole(w->arg, KEY_MET, (struct bytes){out.data, out.len});
    }
    assert(out.data == room);
}

bool layout_load_whole(struct creator *c, int key, struct bytes text)
{
    switch (key) {
    case KEY_WORDS:
        return take_all_words(c, text);
    case KEY_AUDIENCE:
        return take_audience(c, text);
    default:
        return take_met(c, text);
    }
}
