/* fit: ranks creators for a brand by V.B under the leakage rules of docs/reference/models.md: posts that name
 * the brand, its own tags, its handle and its own comments are seen by nobody but its examples. */
#include <math.h>
#include <stdlib.h>

#include "train_room.h"

#define LEAST_CREATORS 8
#define NEGATIVES      400
#define SPLITS         3
#define OWN_TAG        0.2 /* share of a tag's posts that name the brand, from which it is the brand's own */
#define COLD_TAGS      5

struct fitting {
    const struct fit_setup *s;
    uint64_t seed;
    uint32_t brand;
    uint8_t *named;          /* of each creator: posts of theirs name the brand */
    uint8_t *dropped;        /* of each token */
    uint32_t *tag_posts;     /* of each token: posts that name the brand */
    struct content *without; /* of named creators: without those posts */
    uint32_t *eligible, *random_pool, *hard_pool, *hard_brand;
    size_t n_eligible, n_random, n_hard;
    struct scored *rows[2][2]; /* examples or cold; random or hard */
    size_t n_rows[2];
};

struct leaving {           /* posts that a profile is made without: naming a brand, or one by its place */
    uint32_t brand, other; /* tokens; other 0: none */
    int64_t place;         /* -1: none */
};

static bool leaves(const struct leaving *l, const struct corpus_post *post, size_t place)
{
    return corpus_names(post, l->brand) || (l->other && corpus_names(post, l->other)) ||
           (int64_t)place == l->place;
}

static size_t tokens_of(const struct fitting *f, const struct corpus_post *post, uint32_t *out)
{
    size_t n = 0;
    for (size_t i = 0; i < post->n_tokens; i++)
        if (!f->dropped[post->tokens[i]])
            out[n++] = f->s->corpus->tokens[post->tokens[i]]->token;
    return n;
}

/* False: no post is left. */
static bool content_without(const struct fitting *f, const struct corpus_creator *creator,
                            const struct leaving *l, struct content *content)
{
    uint32_t tokens[POSTS * TEXT_TOKENS];
    size_t n = 0, posts = 0;
    for (size_t p = 0; p < creator->n_posts; p++)
        if (!leaves(l, creator->posts[p], p)) {
            n += tokens_of(f, creator->posts[p], tokens + n);
            posts++;
        }
    content_vector(f->s->embedding, tokens, n, content);
    return posts > 0;
}

static void audience_without(const struct fitting *f, const struct corpus_creator *creator, float a[DIMS])
{
    float y[DIMS] = {0};
    int64_t met = 0;
    for (size_t i = 0; i < creator->n_meetings; i++) {
        const struct corpus_meeting *meeting = &creator->meetings[i];
        if (meeting->actor == f->s->brands[f->brand].actor)
            continue;
        audience_add(y, f->named[meeting->other] ? f->without[meeting->other].u
                                                 : f->s->vectors[meeting->other].content.u);
        met++;
    }
    audience_vector(f->s->embedding, f->s->m, y, met, a);
}

static void profile(const struct fitting *f, const struct corpus_creator *creator, const struct leaving *l,
                    float v[DIMS])
{
    struct content content;
    float a[DIMS];
    content_without(f, creator, l, &content);
    audience_without(f, creator, a);
    creator_vector(f->s->m, &content, a, v);
}

static struct leaving leaving_of(const struct fitting *f)
{
    return (struct leaving){f->s->brands[f->brand].token, 0, -1};
}

/* ---- one brand's stage ---- */

static void count_own_tags(struct fitting *f, const struct corpus_creator *creator, uint32_t brand)
{
    for (size_t p = 0; p < creator->n_posts; p++) {
        if (!corpus_names(creator->posts[p], brand))
            continue;
        f->named[creator->index] = 1;
        for (size_t i = 0; i < creator->posts[p]->n_all_tokens; i++)
            f->tag_posts[creator->posts[p]->tokens[i]]++;
    }
}

static void set_stage(struct fitting *f)
{
    const struct corpus *c = f->s->corpus;
    struct leaving l = leaving_of(f);
    memset(f->named, 0, c->n_creators);
    memset(f->tag_posts, 0, c->n_tokens * sizeof *f->tag_posts);
    for (size_t i = 0; i < c->n_creators; i++)
        count_own_tags(f, c->creators[i], l.brand);
    for (size_t t = 0; t < c->n_tokens; t++)
        f->dropped[t] = c->tokens[t]->token == l.brand || (!c->tokens[t]->mention && f->tag_posts[t] > 0 &&
                                                           f->tag_posts[t] >= OWN_TAG * c->tokens[t]->posts);
    for (size_t i = 0; i < c->n_creators; i++)
        if (f->named[i])
            content_without(f, c->creators[i], &l, &f->without[i]);
}

static void find_eligible(struct fitting *f)
{
    struct leaving l = leaving_of(f);
    f->n_eligible = 0;
    for (size_t i = 0; i < f->s->n_pairs; i++) {
        struct content content;
        uint32_t creator = f->s->pairs[i].creator;
        if (f->s->pairs[i].brand == f->brand &&
            content_without(f, f->s->corpus->creators[creator], &l, &content))
            f->eligible[f->n_eligible++] = creator;
    }
}

static bool is_pair(const struct fitting *f, uint32_t creator)
{
    for (size_t i = 0; i < f->n_eligible; i++)
        if (f->eligible[i] == creator)
            return true;
    return f->named[creator];
}

/* ---- the brand's vector ---- */

static void add_brand_posts(const struct fitting *f, const struct corpus_creator *creator, double sum[DIMS],
                            size_t *n)
{
    uint32_t tokens[TEXT_TOKENS];
    struct content content;
    for (size_t p = 0; p < creator->n_posts; p++) {
        if (!corpus_names(creator->posts[p], f->s->brands[f->brand].token))
            continue;
        content_vector(f->s->embedding, tokens, tokens_of(f, creator->posts[p], tokens), &content);
        if (content.n == 0)
            continue;
        for (size_t d = 0; d < DIMS; d++)
            sum[d] += content.u[d];
        ++*n;
    }
}

static void brand_of_examples(const struct fitting *f, size_t n_examples, float b[DIMS])
{
    struct leaving l = leaving_of(f);
    double sum[DIMS] = {0}, posts[DIMS] = {0};
    size_t n_posts = 0;
    for (size_t i = 0; i < n_examples; i++) {
        const struct corpus_creator *creator = f->s->corpus->creators[f->eligible[i]];
        float v[DIMS];
        profile(f, creator, &l, v);
        for (size_t d = 0; d < DIMS; d++)
            sum[d] += v[d] / (double)n_examples;
        add_brand_posts(f, creator, posts, &n_posts);
    }
    for (size_t d = 0; d < DIMS; d++)
        b[d] = (float)(sum[d] + (n_posts ? f->s->m->brand_posts_weight * posts[d] / (double)n_posts : 0));
}

struct cold_tag {
    uint32_t token;
    double value;
};

static void note_tag(struct cold_tag top[COLD_TAGS], struct cold_tag tag)
{
    for (int i = 0; i < COLD_TAGS; i++)
        if (tag.value > top[i].value) {
            struct cold_tag moved = top[i];
            top[i] = tag;
            tag = moved;
        }
}

/* The five tags that most of the examples use and few others do. */
static void brand_of_tags(struct fitting *f, size_t n_examples, float b[DIMS])
{
    const struct corpus *c = f->s->corpus;
    struct cold_tag top[COLD_TAGS] = {{0, 0}};
    uint32_t tokens[COLD_TAGS], *last = memory(c->n_tokens, sizeof *last),
                                *count = memory(c->n_tokens, sizeof *count);
    size_t n = 0;
    for (size_t i = 0; i < n_examples; i++) {
        const struct corpus_creator *creator = c->creators[f->eligible[i]];
        for (size_t p = 0; p < creator->n_posts; p++)
            for (size_t t = 0; t < creator->posts[p]->n_tokens; t++) {
                uint32_t token = creator->posts[p]->tokens[t];
                count[token] += last[token] != creator->index + 1;
                last[token] = creator->index + 1;
            }
    }
    for (size_t t = 0; t < c->n_tokens; t++) {
        const struct embedded *known = count[t] && !c->tokens[t]->mention && !f->dropped[t]
                                           ? embedding_find(f->s->embedding, c->tokens[t]->token)
                                           : NULL;
        if (known)
            note_tag(top,
                     (struct cold_tag){known->token, count[t] * embedding_weight(f->s->embedding, known)});
    }
    for (int i = 0; i < COLD_TAGS; i++)
        if (top[i].value > 0)
            tokens[n++] = top[i].token;
    if (!brand_cold(f->s->embedding, tokens, NULL, n, b))
        memset(b, 0, DIMS * sizeof *b);
    free(last);
    free(count);
}

/* ---- candidates ---- */

static void add_row(struct fitting *f, int pool, const float v[DIMS], float b[2][DIMS], bool positive)
{
    for (int how = 0; how < 2; how++)
        f->rows[how][pool][f->n_rows[pool]] = (struct scored){dims_dot(v, b[how], DIMS), positive};
    f->n_rows[pool]++;
}

static void add_random(struct fitting *f, float b[2][DIMS])
{
    struct leaving l = leaving_of(f);
    float v[DIMS];
    for (size_t tries = 0, n = 0; n < NEGATIVES && tries < 4 * NEGATIVES && f->n_random; tries++) {
        uint32_t at = f->random_pool[random_below(&f->seed, f->n_random)];
        const struct corpus_creator *creator = f->s->corpus->creators[at];
        if (is_pair(f, at))
            continue;
        l.place = (int64_t)random_below(&f->seed, creator->n_posts);
        profile(f, creator, &l, v);
        add_row(f, 0, v, b, false);
        n++;
    }
}

static void add_hard(struct fitting *f, float b[2][DIMS])
{
    struct leaving l = leaving_of(f);
    struct content content;
    float v[DIMS];
    for (size_t tries = 0, n = 0; n < NEGATIVES && tries < 8 * NEGATIVES && f->n_hard; tries++) {
        size_t at = random_below(&f->seed, f->n_hard);
        const struct corpus_creator *creator = f->s->corpus->creators[f->hard_pool[at]];
        l.other = f->s->brands[f->hard_brand[at]].token;
        if (is_pair(f, creator->index) || !content_without(f, creator, &l, &content))
            continue;
        profile(f, creator, &l, v);
        add_row(f, 1, v, b, false);
        n++;
    }
}

static int falling(const void *a, const void *b)
{
    const struct scored *x = a, *y = b;
    return x->score == y->score ? x->positive - y->positive : x->score < y->score ? 1 : -1;
}

static struct fit_ranking ranking_of(struct scored *rows, size_t n)
{
    struct fit_ranking r = {.auc = figure_auc(rows, n)};
    double positives = 0;
    size_t first = 0;
    qsort(rows, n, sizeof *rows, falling);
    for (size_t i = 0; i < n; i++) {
        if (!rows[i].positive)
            continue;
        first = first ? first : i + 1;
        positives++;
        r.recall10 += i < 10;
        r.recall50 += i < 50;
    }
    r.recall10 /= positives;
    r.recall50 /= positives;
    r.mrr = first ? 1 / (double)first : 0;
    return r;
}

static void add_ranking(struct fit_ranking *sum, struct fit_ranking one)
{
    sum->auc += one.auc;
    sum->recall10 += one.recall10;
    sum->recall50 += one.recall50;
    sum->mrr += one.mrr;
}

static void rank_split(struct fitting *f, struct fit_figures *figures)
{
    struct leaving l = leaving_of(f);
    size_t n_examples = f->n_eligible / 2;
    float b[2][DIMS], v[DIMS];
    f->n_rows[0] = f->n_rows[1] = 0;
    shuffle(f->eligible, f->n_eligible, &f->seed);
    brand_of_examples(f, n_examples, b[0]);
    brand_of_tags(f, n_examples, b[1]);
    for (size_t i = n_examples; i < f->n_eligible; i++) {
        profile(f, f->s->corpus->creators[f->eligible[i]], &l, v);
        add_row(f, 0, v, b, true);
        add_row(f, 1, v, b, true);
    }
    add_random(f, b);
    add_hard(f, b);
    for (int pool = 0; pool < 2; pool++) {
        add_ranking(&figures->examples[pool], ranking_of(f->rows[0][pool], f->n_rows[pool]));
        add_ranking(&figures->cold[pool], ranking_of(f->rows[1][pool], f->n_rows[pool]));
    }
}

static void find_pools(struct fitting *f)
{
    for (uint32_t i = 0; i < f->s->corpus->n_creators; i++)
        if (f->s->universe[i] && f->s->corpus->creators[i]->n_posts >= 2)
            f->random_pool[f->n_random++] = i;
    for (size_t i = 0; i < f->s->n_pairs; i++) {
        f->hard_pool[f->n_hard] = f->s->pairs[i].creator;
        f->hard_brand[f->n_hard++] = f->s->pairs[i].brand;
    }
}

static void divide(struct fit_ranking *r, double by)
{
    *r = (struct fit_ranking){r->auc / by, r->recall10 / by, r->recall50 / by, r->mrr / by};
}

static struct fitting fitting_of(const struct fit_setup *s)
{
    size_t n = s->corpus->n_creators, tokens = s->corpus->n_tokens, most = s->n_pairs + NEGATIVES;
    struct fitting f = {.s = s, .seed = s->seed, .named = memory(n, 1), .dropped = memory(tokens, 1)};
    f.tag_posts = memory(tokens, sizeof *f.tag_posts);
    f.without = memory(n, sizeof *f.without);
    f.eligible = memory(s->n_pairs, sizeof *f.eligible);
    f.random_pool = memory(n, sizeof *f.random_pool);
    f.hard_pool = memory(s->n_pairs, sizeof *f.hard_pool);
    f.hard_brand = memory(s->n_pairs, sizeof *f.hard_brand);
    for (int i = 0; i < 4; i++)
        f.rows[i / 2][i % 2] = memory(most, sizeof(struct scored));
    return f;
}

static void fitting_free(struct fitting *f)
{
    free(f->named);
    free(f->dropped);
    free(f->tag_posts);
    free(f->without);
    free(f->eligible);
    free(f->random_pool);
    free(f->hard_pool);
    free(f->hard_brand);
    for (int i = 0; i < 4; i++)
        free(f->rows[i / 2][i % 2]);
}

struct fit_figures fit_measure(const struct fit_setup *s)
{
    struct fitting f = fitting_of(s);
    struct fit_figures figures = {0};
    size_t *pairs = memory(s->n_brands, sizeof *pairs);
    for (size_t i = 0; i < s->n_pairs; i++)
        pairs[s->pairs[i].brand]++;
    find_pools(&f);
    for (f.brand = 0; f.brand < s->n_brands; f.brand++) {
        if (pairs[f.brand] < LEAST_CREATORS)
            continue;
        set_stage(&f);
        find_eligible(&f);
        if (f.n_eligible < LEAST_CREATORS)
            continue;
        figures.brands++;
        figures.pairs += f.n_eligible;
        for (int split = 0; split < SPLITS; split++)
            rank_split(&f, &figures);
    }
    for (int pool = 0; figures.brands && pool < 2; pool++) {
        divide(&figures.examples[pool], SPLITS * (double)figures.brands);
        divide(&figures.cold[pool], SPLITS * (double)figures.brands);
    }
    free(pairs);
    fitting_free(&f);
    return figures;
}
