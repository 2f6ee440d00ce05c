/* topics: what a creator speaks of, and whom the audience also follows (scoring.md §7): the vectors that a
 * creator keeps. Content follows from the words and is dear (up to 960 tokens), so it is kept as long as
 * words and embedding stay the same; the audience is a sum, and begins anew with another embedding. */
#include <stdlib.h>

#include "domain_room.h"
#include "microflux/vectors.h"

static void content_of(const struct creator *c, const struct embedding *e, struct content *content)
{
    uint32_t tokens[POSTS * TOKENS];
    size_t n = 0;
    for (size_t i = 0; i < c->n_posts; i++)
        for (uint8_t k = 0; !c->posts[i].deleted && k < c->posts[i].n_tokens; k++)
            tokens[n++] = c->posts[i].tokens[k];
    content_vector(e, tokens, n, content);
}

static bool kept(const struct creator *c, const struct embedding *e)
{
    return c->content && c->content->words == c->words && c->content->embedding == e->digest;
}

const struct packed_vector *creator_content(struct creator *c, const struct embedding *e)
{
    static const struct packed_vector silent;
    if (c->n_tokens == 0)
        return &silent;
    if (kept(c, e))
        return &c->content->u;
    if (!c->content && !(c->content = malloc(sizeof *c->content)))
        abort();
    content_of(c, e, &c->content->content);
    vector_pack(c->content->content.u, &c->content->u);
    c->content->words = c->words;
    c->content->embedding = e->digest;
    return &c->content->u;
}

void creator_met(struct creator *c, const struct embedding *e, const struct packed_vector *u)
{
    float other[DIMS];
    if (!c->audience && !(c->audience = calloc(1, sizeof *c->audience)))
        abort();
    if (c->audience->embedding != e->digest)
        *c->audience = (struct audience_vector){.embedding = e->digest};
    vector_unpack(u, other);
    audience_add(c->audience->y, other);
    c->audience->met++;
    c->dirty.audience = true;
}

size_t topics_bytes(const struct creator *c)
{
    return (c->content ? sizeof *c->content : 0) + (c->audience ? sizeof *c->audience : 0);
}
