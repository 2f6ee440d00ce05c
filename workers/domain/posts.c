/* posts: the newest 32 posts by (posted_at, post_id), and up to 8 placeholders for posts whose interactions
 * came first. The 33rd leaves for good; a deleted one keeps its place as an empty mark (scoring.md §0.1).
 * Both lie in one array, posts first; `slot` says where each stands in Redis. */
#include <stdlib.h>

#include "domain_room.h"

static uint32_t id_hash(struct bytes id)
{
    return (uint32_t)bytes_hash(id);
}

static size_t n_all(const struct creator *c)
{
    return (size_t)c->n_posts + c->n_placeholders;
}

struct post *posts_find(struct creator *c, struct bytes id)
{
    uint32_t hash = id_hash(id);
    for (size_t i = 0; i < n_all(c); i++)
        if (c->posts[i].hash == hash && bytes_equal((struct bytes){c->posts[i].id, c->posts[i].id_len}, id))
            return &c->posts[i];
    return NULL;
}

static uint8_t free_slot(const struct creator *c)
{
    uint64_t used = 0;
    uint8_t slot = 0;
    for (size_t i = 0; i < n_all(c); i++)
        used |= 1ULL << c->posts[i].slot;
    while (used >> slot & 1)
        slot++;
    return slot;
}

static bool newer(const struct post *a, int64_t posted_at, struct bytes id)
{
    if (a->posted_at != posted_at)
        return a->posted_at > posted_at;
    size_t len = a->id_len < id.len ? a->id_len : id.len;
    int order = memcmp(a->id, id.ptr, len);
    return order ? order > 0 : a->id_len > id.len;
}

static void insert(struct creator *c, struct post post, size_t at)
{
    if (n_all(c) == c->cap_posts) {
        c->cap_posts = c->cap_posts ? (uint8_t)(c->cap_posts * 2) : 2;
        c->posts = realloc(c->posts, c->cap_posts * sizeof *c->posts);
        if (!c->posts)
            abort();
    }
    memmove(c->posts + at + 1, c->posts + at, (n_all(c) - at) * sizeof *c->posts);
    c->posts[at] = post;
}

static void take_out(struct creator *c, size_t at)
{
    if (at < c->n_posts)
        c->n_posts--;
    else
        c->n_placeholders--;
    memmove(c->posts + at, c->posts + at + 1, (n_all(c) - at) * sizeof *c->posts);
}

void post_free(struct post *post)
{
    free(post->id);
    free(post->tokens);
    free(post->brands);
    free(post->minutes);
}

static void slot_gone(struct creator *c, const struct post *post)
{
    uint64_t bit = 1ULL << post->slot;
    c->dirty.posts_gone |= bit;
    c->dirty.posts &= ~bit;
    c->dirty.post_counts &= ~bit;
    c->dirty.traits &= ~bit;
    c->dirty.lexicon &= ~bit;
    c->dirty.words |= post->n_tokens || post->n_brands;
}

/* Its fields in Redis go, unless a newcomer takes the slot in the same batch. */
static void leave(struct creator *c, size_t at)
{
    struct post gone = c->posts[at];
    take_out(c, at);
    slot_gone(c, &gone);
    post_free(&gone);
}

static struct post make(struct creator *c, struct bytes id)
{
    struct post post = {
        .id = malloc(id.len), .id_len = (uint16_t)id.len, .hash = id_hash(id), .slot = free_slot(c)};
    if (!post.id)
        abort();
    memcpy(post.id, id.ptr, id.len);
    for (size_t i = 0; i < 5; i++)
        post.metrics[i] = -1;
    return post;
}

/* posts_gone stays set where the slot is used again: the fields of the one before go first. */
static void mark_new(struct creator *c, const struct post *post)
{
    c->dirty.posts |= 1ULL << post->slot;
}

void posts_expire(struct creator *c, int64_t as_of, struct applied_counts *counts)
{
    for (size_t i = n_all(c); i > c->n_posts; i--)
        if (as_of - c->posts[i - 1].posted_at > MS_DAY) {
            leave(c, i - 1);
            counts->placeholders_expired++;
        }
}

struct post *posts_placeholder(struct creator *c, struct bytes id, int64_t occurred_at, int64_t as_of,
                               struct applied_counts *counts)
{
    if (c->n_posts == POSTS && occurred_at < c->posts[POSTS - 1].posted_at)
        return NULL; /* the post is older than the oldest of a full ring */
    if (c->n_placeholders == PLACEHOLDERS) {
        counts->placeholders_refused++;
        return NULL;
    }
    struct post post = make(c, id);
    post.placeholder = true;
    post.posted_at = as_of;
    size_t at = n_all(c); /* by (opened, slot), as they are read back from Redis */
    while (at > c->n_posts && c->posts[at - 1].posted_at == as_of && c->posts[at - 1].slot > post.slot)
        at--;
    insert(c, post, at);
    c->n_placeholders++;
    mark_new(c, &post);
    return &c->posts[at];
}

bool creator_post_followers(const struct creator *c, const struct post *post, int64_t *followers, bool *late)
{
    if (post->followers_fixed) {
        *followers = post->followers;
        *late = post->followers_late;
        return true;
    }
    const struct profile_day *day = profile_day_for(c, post->posted_at, late);
    if (day)
        *followers = day->followers;
    return day != NULL;
}

void posts_fix_followers(struct creator *c)
{
    for (size_t i = 0; i < c->n_posts; i++) {
        struct post *post = &c->posts[i];
        bool late;
        if (post->followers_fixed || profile_day_for(c, post->posted_at, &late) != &c->profile_days[0])
            continue;
        post->followers_fixed = true;
        post->followers_late = late;
        post->followers = c->profile_days[0].followers;
        c->dirty.posts |= 1ULL << post->slot;
    }
}

static void count_day(struct creator *c, const struct post *post, int what, int64_t count)
{
    int slot;
    if (window_add(&c->days, post->posted_at / MS_DAY, what, count, &slot))
        c->dirty.days[slot / 64] |= 1ULL << slot % 64;
}

static void fill(struct creator *c, struct post *post, const struct post_record *r, int64_t offset)
{
    bool was = post_sponsored(post);
    post->offset = offset;
    post->format = (uint8_t)r->format;
    post->deleted = r->deleted;
    post->official = r->disclosed || r->n_sponsors > 0;
    words_keep(c, post, r);
    if (!post->counted) {
        post->counted = true;
        count_day(c, post, COUNT_POSTS, 1);
        if (post_sponsored(post))
            count_day(c, post, COUNT_SPONSORED, 1);
    } else if (was != post_sponsored(post)) {
        count_day(c, post, COUNT_SPONSORED, was ? -1 : 1);
    }
    c->dirty.posts |= 1ULL << post->slot;
}

static size_t place_of(const struct creator *c, int64_t posted_at, struct bytes id)
{
    size_t at = 0;
    while (at < c->n_posts && newer(&c->posts[at], posted_at, id))
        at++;
    return at;
}

/* Takes the record's place among the 32, or says that it is too old for it. The oldest leaves first, so that
 * there are never more than 40 slots. `known`: its placeholder, or what it was before, already taken out;
 * NULL: none. */
static struct post *enter_ring(struct creator *c, const struct methodology *m, struct post *known,
                               const struct post_record *r, int64_t offset)
{
    size_t at = place_of(c, r->posted_at, r->post_id);
    if (at == POSTS) {
        if (known)
            post_free(known);
        return NULL;
    }
    if (c->n_posts == POSTS)
        leave(c, POSTS - 1);
    struct post post = known ? *known : make(c, r->post_id);
    post.placeholder = false;
    post.posted_at = r->posted_at;
    comments_settle(&post, m);
    insert(c, post, at);
    c->n_posts++;
    mark_new(c, &c->posts[at]);
    fill(c, &c->posts[at], r, offset);
    return &c->posts[at];
}

struct post *posts_enter(struct creator *c, const struct methodology *m, const struct post_record *r,
                         int64_t offset)
{
    struct post *known = posts_find(c, r->post_id);
    if (!known)
        return enter_ring(c, m, NULL, r, offset);
    if (!known->placeholder && known->posted_at == r->posted_at) {
        if (offset >= known->offset)
            fill(c, known, r, offset);
        return known;
    }
    struct post copy = *known;
    take_out(c, (size_t)(known - c->posts));
    slot_gone(c, &copy);
    return enter_ring(c, m, &copy, r, offset);
}

const struct post *creator_post_in(const struct creator *c, int32_t slot)
{
    for (size_t i = 0; i < c->n_posts; i++)
        if (c->posts[i].slot == slot)
            return &c->posts[i];
    return NULL;
}
