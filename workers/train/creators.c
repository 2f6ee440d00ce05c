/* creators: content and audience vectors of a whole corpus. */
#include <stdlib.h>

#include "train_room.h"

struct corpus_ring corpus_ring(const struct corpus_creator *creator, int64_t at)
{
    size_t low = 0, high = creator->n_all_posts;
    if (at == INT64_MAX)
        return (struct corpus_ring){creator->posts, creator->n_posts};
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (creator->posts[middle]->posted_at > at)
            low = middle + 1;
        else
            high = middle;
    }
    size_t n = creator->n_all_posts - low;
    return (struct corpus_ring){creator->posts + low, n < POSTS ? n : POSTS};
}

static void content_of(const struct corpus *c, const struct embedding *e, const struct corpus_ring *ring,
                       struct content *content)
{
    uint32_t tokens[POSTS * TEXT_TOKENS];
    size_t n = 0;
    for (size_t p = 0; p < ring->n; p++)
        for (size_t i = 0; i < ring->posts[p]->n_tokens; i++)
            tokens[n++] = c->tokens[ring->posts[p]->tokens[i]]->token;
    content_vector(e, tokens, n, content);
}

void corpus_then(const struct corpus *c, const struct embedding *e, struct corpus_then *then,
                 const struct corpus_meeting *meeting, float u[DIMS])
{
    struct corpus_ring ring = corpus_ring(c->creators[meeting->other], meeting->at);
    struct content content;
    memset(u, 0, DIMS * sizeof *u);
    if (!ring.n)
        return;
    size_t newest = (size_t)(ring.posts - c->ordered);
    if (!then[newest].known) {
        content_of(c, e, &ring, &content);
        vector_pack(content.u, &then[newest].u);
        then[newest].known = true;
    }
    vector_unpack(&then[newest].u, u);
}

/* u of each who is met is 0 where nothing is known of them. */
static void hear(const struct corpus *c, const struct embedding *e, struct creator_vectors *vectors)
{
    struct corpus_then *then = memory(c->n_posts, sizeof *then);
    for (size_t i = 0; i < c->n_meetings; i++) {
        const struct corpus_meeting *meeting = &c->meetings[i];
        struct creator_vectors *own = &vectors[meeting->creator];
        float u[DIMS];
        if (c->as_live)
            corpus_then(c, e, then, meeting, u);
        audience_add(own->y, c->as_live ? u : vectors[meeting->other].content.u);
        own->met++;
    }
    free(then);
}

struct creator_vectors *corpus_vectors(const struct corpus *c, const struct embedding *e,
                                       const struct methodology *m)
{
    struct creator_vectors *vectors = memory(c->n_creators, sizeof *vectors);
    for (size_t i = 0; i < c->n_creators; i++) {
        struct corpus_ring ring = corpus_ring(c->creators[i], INT64_MAX);
        content_of(c, e, &ring, &vectors[i].content);
    }
    hear(c, e, vectors);
    for (size_t i = 0; i < c->n_creators; i++)
        audience_vector(e, m, vectors[i].y, vectors[i].met, vectors[i].a);
    return vectors;
}
