/* bench_audience: what audiences add, by record: the content of a post's words in the score worker, the edge
 * of a comment, the meeting in the audience worker, what a creator learns of it. No broker, no Redis; an
 * embedding of noise, of the size that development data gives, because what it says has no price. */
#include <stdlib.h>

#include "bench.h"
#include "microflux/edge_record.h"
#include "microflux/schemas.h"

#define KNOWN    12300 /* tokens of the embedding */
#define WORDS    10    /* tags and mentions of a post */
#define CREATORS 2000
#define ACTORS   50000
#define COMMENTS 200000

struct audience_bench {
    struct embedding embedding;
    struct creator *creators;
    struct ring *rings;
    struct avro_reader *edges, *updates;
    struct avro_scratch *scratch;
    struct buffer sent, told; /* edges and updates, framed */
    size_t *edge_end, *update_end, n_updates;
    uint64_t edge_frame, update_frame;
};

static void make_embedding(struct embedding *e)
{
    struct random random = random_of(3, 1);
    e->digest = 1;
    e->posts = 20000;
    e->n = KNOWN;
    e->tokens = calloc(KNOWN, sizeof *e->tokens);
    if (!e->tokens)
        abort();
    for (uint32_t i = 0; i < KNOWN; i++) {
        e->tokens[i] = (struct embedded){.token = i, .df = 1 + i % 100, .scale = 1.0F / 600};
        for (int d = 0; d < DIMS; d++)
            e->tokens[i].code[d] = (int8_t)(random_below(&random, 200) - 100);
    }
}

static void name_of(int64_t creator, char name[24], struct bytes *id)
{
    *id = (struct bytes){name, bench_key(name, 24, creator)};
}

/* Each post changes the words of its creator, whose ring fills up to 32 of them. */
static void posts(struct audience_bench *x, struct figure *ns)
{
    struct random random = random_of(5, 1);
    const struct creator_rules rules = {.max_future = MS_HOUR};
    int64_t as_of = 0;
    double spent = 0;
    for (int64_t i = 0; i < CREATORS * 32; i++) {
        struct applied_counts counts;
        char name[24], post[32];
        struct post_record r = {.posted_at = 90 * MS_DAY + i, .n_tokens = WORDS};
        struct creator *c = &x->creators[i % CREATORS];
        name_of(i % CREATORS, name, &r.creator_id);
        r.post_id = (struct bytes){post, bench_post_id(post, sizeof post, i % CREATORS, i)};
        for (int k = 0; k < WORDS; k++)
            r.tokens[k] = (uint32_t)random_below(&random, KNOWN);
        creator_post(c, &rules, &r, &(struct provenance){i, r.posted_at}, &as_of, &counts);
        double before = bench_own_cpu();
        creator_content(c, &x->embedding);
        spent += bench_own_cpu() - before;
    }
    figure_add(ns, spent * 1e9 / (CREATORS * 32));
}

/* An actor stays with eight creators, whom it comments in turn. */
static void comments(struct audience_bench *x, struct figure *ns)
{
    struct random random = random_of(7, 1);
    double before = bench_own_cpu();
    for (int64_t i = 0; i < COMMENTS; i++) {
        char name[24], key[EDGE_KEY + 1];
        int64_t actor = random_below(&random, ACTORS),
                creator = (actor + random_below(&random, 8)) % CREATORS;
        struct edge edge = {(uint64_t)actor + 1, {0}, 90 * MS_DAY + i, 1, {.scale = 0}};
        name_of(creator, name, &edge.creator_id);
        edge.u = *creator_content(&x->creators[creator], &x->embedding);
        edge_key(edge.actor, key);
        avro_put_frame(&x->sent, 0, x->edge_frame);
        edge_encode(&edge, &x->sent);
        x->edge_end[i + 1] = x->sent.len;
    }
    figure_add(ns, (bench_own_cpu() - before) * 1e9 / COMMENTS);
}

static enum err meetings(struct audience_bench *x, struct figure *ns, struct err_info *info)
{
    enum err err = ERR_OK;
    double before = bench_own_cpu();
    x->n_updates = 0;
    for (int64_t i = 0; i < COMMENTS && err == ERR_OK; i++) {
        const struct bytes value = {x->sent.data + x->edge_end[i], x->edge_end[i + 1] - x->edge_end[i]};
        struct affinity_update updates[RING_UPDATES];
        struct ring_room room;
        struct edge edge;
        uint32_t id;
        err = edge_decode(x->edges, x->scratch, value, &edge, &id, info);
        size_t n = err == ERR_OK ? ring_meet(&x->rings[edge.actor - 1], &edge, &room, updates) : 0;
        for (size_t k = 0; k < n; k++) {
            avro_put_frame(&x->told, 0, x->update_frame);
            affinity_update_encode(&updates[k], &x->told);
            x->update_end[++x->n_updates] = x->told.len;
        }
    }
    figure_add(ns, (bench_own_cpu() - before) * 1e9 / COMMENTS);
    return err;
}

static enum err learning(struct audience_bench *x, struct figure *ns, struct err_info *info)
{
    enum err err = ERR_OK;
    int64_t as_of = 0;
    double before = bench_own_cpu();
    for (size_t i = 0; i < x->n_updates && err == ERR_OK; i++) {
        const struct bytes value = {x->told.data + x->update_end[i], x->update_end[i + 1] - x->update_end[i]};
        struct affinity_update update;
        uint32_t id;
        err = affinity_update_decode(x->updates, x->scratch, value, &update, &id, info);
        if (err == ERR_OK)
            creator_learnt(&x->creators[i % CREATORS], &x->embedding, &update,
                           &(struct provenance){(int64_t)i, 91 * MS_DAY}, &as_of);
    }
    if (x->n_updates)
        figure_add(ns, (bench_own_cpu() - before) * 1e9 / (double)x->n_updates);
    return err;
}

static enum err open_all(struct audience_bench *x, struct err_info *info)
{
    make_embedding(&x->embedding);
    x->scratch = avro_scratch_open();
    x->creators = calloc(CREATORS, sizeof *x->creators);
    x->rings = calloc(ACTORS, sizeof *x->rings);
    x->edge_end = calloc(COMMENTS + 1, sizeof *x->edge_end);
    x->update_end = calloc(COMMENTS * RING_UPDATES + 1, sizeof *x->update_end);
    if (!x->creators || !x->rings || !x->edge_end || !x->update_end)
        abort();
    for (int i = 0; i < CREATORS; i++)
        creator_init(&x->creators[i]);
    x->edge_frame = avro_fingerprint(schema_audience_edge, info);
    x->update_frame = avro_fingerprint(schema_affinity_update, info);
    enum err err = x->edge_frame && x->update_frame ? ERR_OK : ERR_UNSUPPORTED;
    if (err == ERR_OK)
        err = edge_reader_open(1 << 20, &x->edges, info);
    return err == ERR_OK ? affinity_update_reader_open(1 << 20, &x->updates, info) : err;
}

static void close_all(struct audience_bench *x)
{
    for (int i = 0; i < CREATORS; i++)
        creator_clear(&x->creators[i]);
    for (int i = 0; i < ACTORS; i++)
        ring_clear(&x->rings[i]);
    avro_reader_close(x->edges);
    avro_reader_close(x->updates);
    avro_scratch_close(x->scratch);
    buffer_free(&x->sent);
    buffer_free(&x->told);
    free(x->embedding.tokens);
    free(x->creators);
    free(x->rings);
    free(x->edge_end);
    free(x->update_end);
}

enum err bench_audience(struct bench_result *r, struct err_info *info)
{
    struct audience_bench x = {0};
    enum err err = open_all(&x, info);
    if (err == ERR_OK) {
        posts(&x, &bench_stage(r, "audience: a post",
                               "content of a creator, up to 32 posts of 10 words, one of them new")
                       ->ns);
        comments(&x, &bench_stage(r, "audience: a comment", "its edge, with the creator's content")->ns);
        err = meetings(&x, &bench_stage(r, "audience: an edge", "read, the actor's ring, what is told")->ns,
                       info);
    }
    if (err == ERR_OK)
        err = learning(&x, &bench_stage(r, "audience: an update", "read, Y and m of a creator")->ns, info);
    close_all(&x);
    return err;
}
