/* creators: content and audience vectors of a whole corpus. u is taken as it is at the end of the stream,
 * where the live workers take it as it was when actors met. */
#include <stdlib.h>

#include "train_room.h"

static void content_of(const struct corpus *c, const struct embedding *e,
                       const struct corpus_creator *creator, struct content *content)
{
    uint32_t tokens[POSTS * TEXT_TOKENS];
    size_t n = 0;
    for (size_t p = 0; p < creator->n_posts; p++)
        for (size_t i = 0; i < creator->posts[p]->n_tokens; i++)
            tokens[n++] = c->tokens[creator->posts[p]->tokens[i]]->token;
    content_vector(e, tokens, n, content);
}

struct creator_vectors *corpus_vectors(const struct corpus *c, const struct embedding *e,
                                       const struct methodology *m)
{
    struct creator_vectors *vectors = memory(c->n_creators, sizeof *vectors);
    for (size_t i = 0; i < c->n_creators; i++)
        content_of(c, e, c->creators[i], &vectors[i].content);
    for (size_t i = 0; i < c->n_meetings; i++) {
        const struct content *other = &vectors[c->meetings[i].other].content; /* u = 0: not known */
        struct creator_vectors *own = &vectors[c->meetings[i].creator];
        audience_add(own->y, other->u);
        own->met++;
    }
    for (size_t i = 0; i < c->n_creators; i++)
        audience_vector(e, m, vectors[i].y, vectors[i].met, vectors[i].a);
    return vectors;
}
