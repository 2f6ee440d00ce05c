/* layout_load_posts: the fields of the hash of posts, gathered by slot; put in order when all is loaded. */
#include <stdlib.h>

#include "layout.h"

static bool load_post_attributes(struct post *post, struct bytes text)
{
    int64_t n[5];
    if (!layout_ints(&text, n, 5))
        return false;
    post->posted_at = n[0];
    post->offset = n[1];
    post->placeholder = n[2] & 1;
    post->deleted = n[2] >> 1 & 1;
    post->official = n[2] >> 2 & 1;
    post->disclosed_word = n[2] >> 3 & 1;
    post->likely = n[2] >> 4 & 1;
    post->followers_fixed = n[2] >> 5 & 1;
    post->followers_late = n[2] >> 6 & 1;
    post->counted = n[2] >> 7 & 1;
    post->format = (uint8_t)n[3];
    post->followers = n[4];
    return true;
}

static bool load_post_metrics(struct post *post, struct bytes text)
{
    int64_t counts[N_KINDS];
    memset(counts, 0xff, sizeof counts);
    if (!bytes_int(&text, &post->metrics_at) || !layout_counts(text, counts, N_KINDS))
        return false;
    memcpy(post->metrics, counts + KIND_VIEW, sizeof post->metrics);
    return true;
}

static bool load_traits(struct post *post, struct bytes text)
{
    int64_t n[4];
    if (!layout_ints(&text, n, 4))
        return false;
    post->traits = (struct traits){n[0], n[1], n[2], n[3]};
    return text.len == 0;
}

static bool load_minutes(struct post *post, struct bytes text)
{
    int64_t minute, count;
    if (!bytes_int(&text, &minute))
        return false;
    while (bytes_int(&text, &count))
        minutes_add(post, minute++, count);
    return text.len == 0;
}

static bool load_lexicon(struct post *post, struct bytes text)
{
    static const char digits[] = "0123456789abcdef";
    struct bytes hex = layout_word(&text);
    int64_t hits;
    for (size_t i = 0; i < hex.len; i++) {
        const char *digit = memchr(digits, hex.ptr[i], 16);
        if (!digit)
            return false;
        post->lexicon = post->lexicon << 4 | (uint64_t)(digit - digits);
    }
    for (int i = 0; i < NICHES && bytes_int(&text, &hits); i++)
        post->niche_hits[i] = (uint8_t)hits;
    return text.len == 0;
}

static bool load_post_id(struct post *post, struct bytes text)
{
    post->id = malloc(text.len ? text.len : 1);
    if (!post->id)
        abort();
    memcpy(post->id, text.ptr, text.len);
    post->id_len = (uint16_t)text.len;
    post->hash = (uint32_t)bytes_hash(text);
    return true;
}

bool layout_load_post(struct post *by_slot, struct bytes field, struct bytes text)
{
    int64_t slot;
    if (!bytes_int(&field, &slot) || slot < 0 || slot >= POSTS + PLACEHOLDERS)
        return false;
    struct post *post = &by_slot[slot];
    post->slot = (uint8_t)slot;
    switch (field.len ? field.ptr[0] : 0) {
    case 0:
        return load_post_attributes(post, text);
    case 'c':
        return layout_counts(text, post->counts, N_KINDS);
    case 'i':
        return !post->id && load_post_id(post, text);
    case 'm':
        return load_post_metrics(post, text);
    case 't':
        return load_traits(post, text);
    case 'u':
        return load_minutes(post, text);
    case 'l':
        return load_lexicon(post, text);
    default:
        return true;
    }
}

bool layout_gather_posts(struct creator *c, struct post *by_slot)
{
    size_t n = 0, placeholders = 0;
    for (int i = 0; i < POSTS + PLACEHOLDERS; i++) {
        n += by_slot[i].id != NULL;
        placeholders += by_slot[i].id && by_slot[i].placeholder;
        if (!by_slot[i].id)
            free(by_slot[i].minutes);
    }
    if (n == 0)
        return true;
    c->posts = malloc((n + 2) * sizeof *c->posts);
    if (!c->posts)
        abort();
    c->cap_posts = (uint8_t)(n + 2);
    n = 0;
    for (int i = 0; i < POSTS + PLACEHOLDERS; i++)
        if (by_slot[i].id)
            c->posts[n++] = by_slot[i];
    c->n_posts = (uint8_t)n; /* placeholders are told apart when all is in order: layout_loaded */
    return placeholders <= PLACEHOLDERS && n - placeholders <= POSTS;
}
