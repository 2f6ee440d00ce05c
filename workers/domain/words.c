/* words: what a post's record says of its text: token hashes, lexicon matches, and the brands it names
 * (scoring.md §0.1, §7, §8). The text itself is read before, by the score worker. */
#include <stdlib.h>

#include "domain_room.h"

static void add_brand(struct post *post, struct brand *brands, struct bytes name, bool official)
{
    if (name.len == 0 || name.len > LONGEST_NAME)
        return;
    for (uint8_t i = 0; i < post->n_brands; i++)
        if (bytes_equal((struct bytes){brands[i].name, brands[i].len}, name))
            return;
    if (post->n_brands == POST_BRANDS)
        return;
    struct brand *brand = &brands[post->n_brands++];
    *brand = (struct brand){.len = (uint8_t)name.len, .official = official};
    memcpy(brand->name, name.ptr, name.len);
}

static void keep_brands(struct post *post, const struct post_record *r)
{
    struct brand brands[POST_BRANDS];
    free(post->brands);
    post->brands = NULL;
    post->n_brands = 0;
    for (size_t i = 0; i < r->n_sponsors && r->sponsors; i++)
        add_brand(post, brands, r->sponsors[i], true);
    for (size_t i = 0; i < r->n_mentions && r->mentions; i++)
        add_brand(post, brands, r->mentions[i], false);
    if (post->n_brands == 0)
        return;
    post->brands = malloc(post->n_brands * sizeof *brands);
    if (!post->brands)
        abort();
    memcpy(post->brands, brands, post->n_brands * sizeof *brands);
}

void words_keep_tokens(struct post *post, const uint32_t *tokens, uint8_t n)
{
    free(post->tokens);
    post->tokens = NULL;
    post->n_tokens = n < TOKENS ? n : TOKENS;
    if (n == 0)
        return;
    post->tokens = malloc(post->n_tokens * sizeof *tokens);
    if (!post->tokens)
        abort();
    memcpy(post->tokens, tokens, post->n_tokens * sizeof *tokens);
}

static bool matched(const struct post *post)
{
    static const uint8_t none[NICHES];
    return post->lexicon || memcmp(post->niche_hits, none, sizeof none) != 0;
}

void words_keep(struct creator *c, struct post *post, const struct post_record *r)
{
    bool had = post->n_tokens || post->n_brands;
    if (matched(post)) /* to be written even where nothing matches any more */
        c->dirty.lexicon |= 1ULL << post->slot;
    post->disclosed_word = r->disclosed_word;
    post->likely = r->likely;
    post->lexicon = r->lexicon;
    memcpy(post->niche_hits, r->niche_hits, sizeof post->niche_hits);
    words_keep_tokens(post, r->tokens, r->n_tokens);
    keep_brands(post, r);
    c->dirty.words |= had || post->n_tokens || post->n_brands;
}

/* Sums of it tell sets of tokens apart, whatever their order. */
static uint64_t mixed(uint32_t token)
{
    uint64_t x = (token + 1ULL) * 0x9e3779b97f4a7c15ULL;
    return (x ^ x >> 32) * 0xbf58476d1ce4e5b9ULL;
}

/* Distinct hashes over the posts that count. */
void creator_words(struct creator *c)
{
    enum { SLOTS = 2048 }; /* twice the most there can be */
    uint32_t seen[SLOTS] = {0};
    c->n_tokens = 0;
    c->words = 0;
    for (size_t i = 0; i < c->n_posts; i++)
        for (uint8_t k = 0; !c->posts[i].deleted && k < c->posts[i].n_tokens; k++) {
            uint32_t token = c->posts[i].tokens[k] ? c->posts[i].tokens[k] : 1; /* 0 is a free slot */
            size_t at = token % SLOTS;
            c->words += mixed(token);
            while (seen[at] && seen[at] != token)
                at = (at + 1) % SLOTS;
            c->n_tokens += seen[at] == 0;
            seen[at] = token;
        }
}

size_t words_bytes(const struct creator *c)
{
    size_t bytes = 0;
    for (size_t i = 0; i < c->n_posts; i++)
        bytes += c->posts[i].n_tokens * sizeof(uint32_t) + c->posts[i].n_brands * sizeof(struct brand);
    return bytes;
}

/* ---- what they say ---- */

static struct brand_value *brand_of(struct commercial_value *value, const struct brand *brand, int64_t at)
{
    struct bytes name = {brand->name, brand->len};
    for (size_t i = 0; i < value->n_brands; i++)
        if (bytes_equal(value->brands[i].name, name))
            return &value->brands[i];
    if (value->n_brands == BRANDS)
        return NULL;
    value->brands[value->n_brands] = (struct brand_value){.name = name, .last = at};
    return &value->brands[value->n_brands++];
}

void brands_evaluate(const struct creator *c, struct commercial_value *value)
{
    for (size_t i = 0; i < c->n_posts; i++) /* newest first: the first meeting is the last day */
        for (uint8_t k = 0; !c->posts[i].deleted && k < c->posts[i].n_brands; k++) {
            struct brand_value *brand = brand_of(value, &c->posts[i].brands[k], c->posts[i].posted_at);
            if (!brand)
                continue;
            brand->count++;
            brand->official |= c->posts[i].brands[k].official;
        }
}
