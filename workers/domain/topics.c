/* topics: what a creator speaks of, and whom the audience also follows (scoring.md §7): the vectors that a
 * creator keeps, and niches by a model or by the lexicon. Content follows from the words and is dear (up to
 * 960 tokens), so it is kept as long as words and embedding stay the same; the audience is a sum, and begins
 * anew with another embedding. */
#include <math.h>
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

/* ---- what they say ---- */

void creator_vectors(const struct creator *c, const struct embedding *e, const struct methodology *m,
                     struct creator_vectors *vectors)
{
    static const struct audience_vector nobody;
    bool ours = c->audience && c->audience->embedding == e->digest;
    const struct audience_vector *audience = ours ? c->audience : &nobody;
    if (kept(c, e))
        vectors->content = c->content->content;
    else
        content_of(c, e, &vectors->content);
    vectors->met = audience->met;
    memcpy(vectors->y, audience->y, sizeof vectors->y);
    audience_vector(e, m, vectors->y, vectors->met, vectors->a);
}

void topics_tell(const struct methodology *m, const struct models *models,
                 const struct creator_vectors *vectors, struct niche_value *value)
{
    float v[DIMS], features[FEATURES];
    creator_vector(m, &vectors->content, vectors->a, v);
    vector_pack(v, &value->vector);
    value->has_vector = true;
    value->known = vectors->content.n;
    value->met = vectors->met;
    value->model = models->niche != NULL;
    if (!value->model)
        return;
    niche_features(m, &vectors->content, vectors->a, features);
    niche_softmax(models->niche, features, value->posterior);
}

void niche_posterior(const struct methodology *m, const int64_t *matches, double *posterior)
{
    double sum = 0;
    for (size_t i = 0; i < m->n_niches; i++)
        sum += (double)matches[i] + m->niche_prior;
    for (size_t i = 0; i < m->n_niches; i++)
        posterior[i] = ((double)matches[i] + m->niche_prior) / sum;
}

struct part niche_focus(const struct methodology *m, const double *posterior, size_t n, int32_t tokens)
{
    double entropy = 0;
    for (size_t i = 0; i < n; i++)
        entropy -= posterior[i] > 0 ? posterior[i] * log(posterior[i]) : 0;
    return part_of(tokens > 0 && n > 1, 100 * (1 - entropy / log((double)n)), tokens, m->focus_k);
}

static void by_lexicon(const struct creator *c, const struct methodology *m, struct niche_value *value)
{
    int64_t matches[NICHES] = {0};
    for (size_t i = 0; i < c->n_posts; i++)
        for (size_t k = 0; !c->posts[i].deleted && k < m->n_niches; k++)
            matches[k] += c->posts[i].niche_hits[k];
    niche_posterior(m, matches, value->posterior);
}

void niche_evaluate(const struct creator *c, const struct methodology *m, const struct models *models,
                    struct niche_value *value)
{
    struct creator_vectors vectors;
    value->n = m->n_niches;
    value->names = m->niches;
    if (models && models->embedding) {
        creator_vectors(c, models->embedding, m, &vectors);
        topics_tell(m, models, &vectors, value);
    }
    if (!value->model)
        by_lexicon(c, m, value);
    for (size_t k = 0; k < value->n && !value->asserted; k++)
        if (round_rate(value->posterior[k]) >= m->niche_assert)
            value->asserted = value->names[k];
    value->focus = niche_focus(m, value->posterior, value->n, value->model ? value->known : c->n_tokens);
}
