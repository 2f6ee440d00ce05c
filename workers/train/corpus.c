/* corpus: records in, a settled stream out. Creators, posts and tokens are interned. */
#include <stdlib.h>

#include "train_room.h"

struct corpus *corpus_open(const struct text *text)
{
    struct corpus *c = memory(1, sizeof *c);
    c->scratch = text_scratch_open(text);
    return c;
}

static char *copy_of(struct bytes id)
{
    char *copy = memory(id.len + 1, 1);
    memcpy(copy, id.ptr, id.len);
    return copy;
}

static struct corpus_creator *creator_of(struct corpus *c, struct bytes id)
{
    uint64_t hash = bytes_hash(id);
    struct corpus_creator *creator = (struct corpus_creator *)map_find(&c->creator_map, id, hash);
    if (creator)
        return creator;
    creator = memory(1, sizeof *creator);
    creator->id = copy_of(id);
    creator->followers = -1;
    creator->index = (uint32_t)c->n_creators;
    creator->entry = (struct map_entry){hash, {creator->id, id.len}};
    map_add(&c->creator_map, &creator->entry);
    c->creators = more_memory(c->creators, c->n_creators, &c->cap_creators, sizeof *c->creators);
    return c->creators[c->n_creators++] = creator;
}

struct corpus_creator *corpus_find(const struct corpus *c, struct bytes id)
{
    return (struct corpus_creator *)map_find(&c->creator_map, id, bytes_hash(id));
}

void corpus_profile(struct corpus *c, const struct profile_record *r)
{
    struct corpus_creator *creator = creator_of(c, r->creator_id);
    if (r->observed_at < creator->profile_at)
        return;
    creator->profile_at = r->observed_at;
    creator->followers = r->followers;
}

/* ---- tokens ---- */

/* The niche of a lone tag, where the lexicon knows exactly one. */
static int8_t lone_niche(struct corpus *c, struct bytes tag)
{
    const struct text_post post = {.tags = &tag, .n_tags = 1};
    struct text_found found;
    int8_t niche = -1;
    text_read(c->scratch, &post, &found);
    for (int k = 0; k < TEXT_NICHES; k++)
        if (found.niche_hits[k]) {
            if (niche >= 0)
                return -1;
            niche = (int8_t)k;
        }
    return niche;
}

static struct corpus_token *token_of(struct corpus *c, uint32_t hash)
{
    struct bytes key = {(const char *)&hash, sizeof hash};
    struct corpus_token *token = (struct corpus_token *)map_find(&c->token_map, key, bytes_hash(key));
    if (token)
        return token;
    token = memory(1, sizeof *token);
    token->token = hash;
    token->niche = -1;
    token->index = (uint32_t)c->n_tokens;
    token->entry = (struct map_entry){bytes_hash(key), {(const char *)&token->token, sizeof hash}};
    map_add(&c->token_map, &token->entry);
    c->tokens = more_memory(c->tokens, c->n_tokens, &c->cap_tokens, sizeof *c->tokens);
    return c->tokens[c->n_tokens++] = token;
}

static void add_token(struct corpus_post *post, const struct corpus_token *token)
{
    for (size_t i = 0; i < post->n_all_tokens; i++)
        if (post->tokens[i] == token->index)
            return;
    if (post->n_all_tokens < CORPUS_TOKENS)
        post->tokens[post->n_all_tokens++] = token->index;
}

/* What a listed name tells of its token. */
static void describe(struct corpus *c, char sigil, struct bytes name)
{
    uint32_t hash = text_token(c->scratch, sigil, name);
    struct corpus_token *token = hash ? token_of(c, hash) : NULL;
    if (!token || token->listed)
        return;
    token->listed = true;
    token->mention = sigil == '@';
    token->niche = sigil == '#' ? lone_niche(c, name) : -1;
}

static void add_listed(struct corpus *c, struct corpus_post *post, char sigil, const struct bytes *names,
                       size_t n)
{
    for (size_t i = 0; i < n; i++) {
        uint32_t hash = text_token(c->scratch, sigil, names[i]);
        if (hash)
            add_token(post, token_of(c, hash));
    }
}

static void keep_names(struct corpus *c, struct corpus_post *post, const struct bytes *names, size_t n)
{
    post->names = realloc(post->names, (post->n_names + n + 1) * sizeof *post->names);
    if (!post->names)
        abort();
    for (size_t i = 0; i < n; i++)
        post->names[post->n_names++] = text_token(c->scratch, '@', names[i]);
}

static void keep_tokens(struct corpus *c, struct corpus_post *post, const struct post_record *r)
{
    const struct text_post said = {r->text, r->tags, r->mentions, r->n_tags, r->n_mentions};
    struct text_found found;
    for (size_t i = 0; i < r->n_tags; i++)
        describe(c, '#', r->tags[i]);
    for (size_t i = 0; i < r->n_mentions; i++)
        describe(c, '@', r->mentions[i]);
    text_read(c->scratch, &said, &found);
    post->tokens = memory(found.n_tokens + r->n_tags + r->n_mentions, sizeof *post->tokens);
    for (size_t i = 0; i < found.n_tokens; i++)
        add_token(post, token_of(c, found.tokens[i]));
    post->n_tokens = post->n_all_tokens;
    add_listed(c, post, '#', r->tags, r->n_tags);
    add_listed(c, post, '@', r->mentions, r->n_mentions);
    memcpy(post->niche_hits, found.niche_hits, sizeof post->niche_hits);
}

/* ---- posts ---- */

static struct corpus_post *post_of(struct corpus *c, struct bytes id)
{
    uint64_t hash = bytes_hash(id);
    struct corpus_post *post = (struct corpus_post *)map_find(&c->post_map, id, hash);
    if (post) { /* replaced */
        free(post->tokens);
        free(post->names);
        post->tokens = post->names = NULL;
        post->n_tokens = post->n_all_tokens = post->n_names = 0;
        post->forgotten = false;
        return post;
    }
    post = memory(1, sizeof *post);
    post->id = copy_of(id);
    post->entry = (struct map_entry){hash, {post->id, id.len}};
    map_add(&c->post_map, &post->entry);
    c->posts = more_memory(c->posts, c->n_posts, &c->cap_posts, sizeof *c->posts);
    return c->posts[c->n_posts++] = post;
}

void corpus_post(struct corpus *c, const struct post_record *r)
{
    struct corpus_post *post = post_of(c, r->post_id);
    post->creator = creator_of(c, r->creator_id)->index;
    post->posted_at = r->posted_at;
    post->deleted = r->deleted;
    if (r->has_metrics && r->metrics.has_likes) {
        post->has_counts = true;
        post->likes = r->metrics.likes;
        post->comments = r->metrics.has_comments ? r->metrics.comments : 0;
    }
    keep_tokens(c, post, r);
    keep_names(c, post, r->mentions, r->n_mentions);
    keep_names(c, post, r->sponsors, r->n_sponsors);
}

bool corpus_names(const struct corpus_post *post, uint32_t brand)
{
    for (size_t i = 0; i < post->n_names; i++)
        if (post->names[i] == brand)
            return true;
    return false;
}

void corpus_interaction(struct corpus *c, const struct interaction_record *r)
{
    if (r->kind != KIND_COMMENT || !r->actor_id.ptr || r->count <= 0 ||
        bytes_equal(r->actor_id, r->creator_id))
        return;
    uint32_t creator = creator_of(c, r->creator_id)->index;
    c->comments = more_memory(c->comments, c->n_comments, &c->cap_comments, sizeof *c->comments);
    c->comments[c->n_comments++] =
        (struct corpus_comment){bytes_hash(r->actor_id), r->occurred_at, creator, false};
}

void corpus_forget(struct corpus *c, enum topic input, struct bytes id)
{
    struct corpus_creator *creator = corpus_find(c, id);
    if (!creator)
        return;
    if (input == TOPIC_PROFILES) {
        creator->followers = -1;
        creator->profile_at = 0;
    }
    for (size_t i = 0; i < c->n_posts && input == TOPIC_POSTS; i++)
        c->posts[i]->forgotten |= c->posts[i]->creator == creator->index;
    for (size_t i = 0; i < c->n_comments && input == TOPIC_INTERACTIONS; i++)
        c->comments[i].forgotten |= c->comments[i].creator == creator->index;
}

/* ---- settling: indices by name, so that the order in which records came leaves no trace ---- */

static int by_id(const void *a, const void *b)
{
    const struct corpus_creator *x = *(struct corpus_creator *const *)a,
                                *y = *(struct corpus_creator *const *)b;
    size_t len = x->entry.key.len < y->entry.key.len ? x->entry.key.len : y->entry.key.len;
    int order = memcmp(x->id, y->id, len);
    return order ? order : (x->entry.key.len > y->entry.key.len) - (x->entry.key.len < y->entry.key.len);
}

static int by_token(const void *a, const void *b)
{
    uint32_t x = (*(struct corpus_token *const *)a)->token, y = (*(struct corpus_token *const *)b)->token;
    return (x > y) - (x < y);
}

static void renumber_creators(struct corpus *c)
{
    uint32_t *now = memory(c->n_creators + 1, sizeof *now);
    if (c->n_creators)
        qsort(c->creators, c->n_creators, sizeof(struct corpus_creator *), by_id);
    for (uint32_t i = 0; i < c->n_creators; i++) {
        now[c->creators[i]->index] = i;
        c->creators[i]->index = i;
    }
    for (size_t i = 0; i < c->n_posts; i++)
        c->posts[i]->creator = now[c->posts[i]->creator];
    for (size_t i = 0; i < c->n_comments; i++)
        c->comments[i].creator = now[c->comments[i].creator];
    free(now);
}

static void renumber_tokens(struct corpus *c)
{
    uint32_t *now = memory(c->n_tokens + 1, sizeof *now);
    if (c->n_tokens)
        qsort(c->tokens, c->n_tokens, sizeof(struct corpus_token *), by_token);
    for (uint32_t i = 0; i < c->n_tokens; i++) {
        now[c->tokens[i]->index] = i;
        c->tokens[i]->index = i;
    }
    for (size_t i = 0; i < c->n_posts; i++)
        for (size_t k = 0; k < c->posts[i]->n_all_tokens; k++)
            c->posts[i]->tokens[k] = now[c->posts[i]->tokens[k]];
    free(now);
}

static int newest_first(const void *a, const void *b)
{
    const struct corpus_post *x = *(struct corpus_post *const *)a, *y = *(struct corpus_post *const *)b;
    if (x->creator != y->creator)
        return x->creator < y->creator ? -1 : 1;
    if (x->posted_at != y->posted_at)
        return x->posted_at > y->posted_at ? -1 : 1;
    return -strcmp(x->id, y->id);
}

static void count_tokens(struct corpus *c, const struct corpus_creator *creator, uint32_t *seen)
{
    for (size_t p = 0; p < creator->n_posts; p++)
        for (size_t i = 0; i < creator->posts[p]->n_all_tokens; i++) {
            struct corpus_token *token = c->tokens[creator->posts[p]->tokens[i]];
            token->posts++;
            token->creators += seen[token->index] != creator->index + 1;
            seen[token->index] = creator->index + 1;
        }
}

/* Newest first; a deleted one leaves no words, but keeps its place among the newest, as in the ring. */
static void order_posts(struct corpus *c)
{
    size_t n = 0, rank = 0;
    c->ordered = memory(c->n_posts + 1, sizeof *c->ordered);
    for (size_t i = 0; i < c->n_posts; i++)
        c->ordered[i] = c->posts[i];
    qsort(c->ordered, c->n_posts, sizeof *c->ordered, newest_first);
    for (size_t i = 0, last = 0; i < c->n_posts; i++) {
        struct corpus_post *post = c->ordered[i];
        struct corpus_creator *creator = c->creators[post->creator];
        rank = i > 0 && post->creator == last ? rank + 1 : 0;
        last = post->creator;
        if (post->deleted || post->forgotten)
            continue;
        if (creator->n_all_posts++ == 0)
            creator->posts = &c->ordered[n];
        creator->n_posts += rank < POSTS;
        c->ordered[n++] = post;
    }
}

void corpus_settle(struct corpus *c)
{
    uint32_t *seen = memory(c->n_tokens + 1, sizeof *seen);
    renumber_creators(c);
    renumber_tokens(c);
    order_posts(c);
    corpus_meet(c);
    for (size_t i = 0; i < c->n_creators; i++)
        count_tokens(c, c->creators[i], seen);
    free(seen);
}

static void free_entries(struct map *map)
{
    for (size_t i = 0; i < map->capacity; i++)
        free(map->slots[i].entry);
    map_free(map);
}

void corpus_close(struct corpus *c)
{
    if (!c)
        return;
    for (size_t i = 0; i < c->n_posts; i++) {
        free(c->posts[i]->tokens);
        free(c->posts[i]->names);
        free(c->posts[i]->id);
    }
    for (size_t i = 0; i < c->n_creators; i++)
        free(c->creators[i]->id);
    free_entries(&c->creator_map);
    free_entries(&c->post_map);
    free_entries(&c->token_map);
    free(c->creators);
    free(c->posts);
    free(c->tokens);
    free(c->comments);
    free(c->meetings);
    free(c->ordered);
    text_scratch_close(c->scratch);
    free(c);
}
