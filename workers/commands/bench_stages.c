/* bench_stages: the rooms a record passes, each alone and in this process: decode, apply, score, encode. No
 * broker, no Redis. The working set is as many creators as J1 has, so that its memory does not fit a cache.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "bench.h"
#include "microflux/clock.h"
#include "microflux/schemas.h"

#define KEPT_SCORES 4096

struct bench_stage *bench_stage(struct bench_result *r, const char *name, const char *what)
{
    for (size_t i = 0; i < r->n_stages; i++)
        if (strcmp(r->stages[i].name, name) == 0)
            return &r->stages[i];
    if (r->n_stages == MOST_STAGES)
        abort();
    r->stages[r->n_stages] = (struct bench_stage){.name = name, .what = what};
    return &r->stages[r->n_stages++];
}

/* ---- the working set ---- */

static void introduce(struct bench_set *set, int64_t i)
{
    char key[24], id[32];
    const struct bytes creator = {key, bench_key(key, sizeof key, i)};
    const struct provenance at = {set->offset++, set->as_of};
    struct applied_counts counts;
    const struct profile_record profile = {.creator_id = creator,
                                           .platform = 1 + (int32_t)(i % 4),
                                           .observed_at = set->as_of,
                                           .followers = 500 + i % 150000};
    const struct post_record post = {.creator_id = creator,
                                     .post_id = {id, bench_post_id(id, sizeof id, i, 0)},
                                     .posted_at = set->as_of,
                                     .format = 1};
    creator_init(&set->creators[i]);
    creator_profile(&set->creators[i], &set->setup.options.rules, &profile, &at, &set->as_of);
    creator_post(&set->creators[i], &set->setup.options.rules, &post, &at, &set->as_of, &counts);
}

enum err bench_set_open(const struct bench *b, struct bench_set *set, struct err_info *info)
{
    *set = (struct bench_set){.n = b->n_creators, .as_of = clock_wall_ms() - 3 * MS_DAY};
    enum err err = score_setup_open(b->config, &set->setup, info);
    if (err != ERR_OK)
        return err;
    set->creators = calloc((size_t)set->n, sizeof *set->creators);
    if (!set->creators)
        abort();
    for (int64_t i = 0; i < set->n; i++)
        introduce(set, i);
    return ERR_OK;
}

void bench_set_close(struct bench_set *set)
{
    for (int64_t i = 0; set->creators && i < set->n; i++)
        creator_clear(&set->creators[i]);
    free(set->creators);
    score_setup_close(&set->setup);
}

void bench_set_apply(struct bench_set *set, int64_t creator, int64_t at)
{
    char key[24], id[32];
    struct applied_counts counts;
    const struct interaction_record like = {.creator_id = {key, bench_key(key, sizeof key, creator)},
                                            .post_id = {id, bench_post_id(id, sizeof id, creator, 0)},
                                            .kind = KIND_LIKE,
                                            .count = 1,
                                            .occurred_at = at};
    const struct provenance provenance = {set->offset++, at};
    creator_interaction(&set->creators[creator], &set->setup.options.rules, &like, &provenance, &set->as_of,
                        &counts);
}

/* ---- decode and apply ---- */

struct inputs { /* framed interactions, one behind the other */
    struct buffer bytes;
    size_t *from; /* n + 1 */
    int64_t n, *creators;
    struct interaction_record *records;
};

static void make_inputs(struct bench *b, struct inputs *in, struct err_info *info)
{
    struct buffer one = {0};
    uint64_t fingerprint = avro_fingerprint(schema_interaction, info);
    int64_t start = clock_wall_ms() - 3 * MS_DAY;
    in->n = b->n_events < 1000000 ? b->n_events : 1000000;
    in->from = calloc((size_t)in->n + 1, sizeof *in->from);
    in->creators = calloc((size_t)in->n, sizeof *in->creators);
    in->records = calloc((size_t)in->n, sizeof *in->records);
    if (!in->from || !in->creators || !in->records)
        abort();
    memset(in->records, 1, (size_t)in->n * sizeof *in->records); /* the first round meets no page fault */
    for (int64_t i = 0; i < in->n; i++) {
        in->creators[i] = bench_creator(b);
        bench_interaction(&one, in->creators[i], 0, KIND_LIKE, 1, start + i * 3 * MS_DAY / in->n,
                          fingerprint);
        buffer_add(&in->bytes, one.data, one.len);
        in->from[i + 1] = in->bytes.len;
    }
    buffer_free(&one);
}

static void free_inputs(struct inputs *in)
{
    buffer_free(&in->bytes);
    free(in->from);
    free(in->creators);
    free(in->records);
}

static void add_ns(struct bench_stage *stage, double cpu_before, int64_t n)
{
    figure_add(&stage->ns, n ? (bench_own_cpu() - cpu_before) * 1e9 / (double)n : 0);
}

static enum err decode(struct inputs *in, struct bench_result *r, struct err_info *info)
{
    struct avro_reader *reader;
    struct avro_scratch *scratch = avro_scratch_open();
    uint32_t id;
    enum err err = score_reader_open(TOPIC_INTERACTIONS, NULL, 1 << 20, NULL, &reader, info);
    double before = bench_own_cpu();
    for (int64_t i = 0; i < in->n && err == ERR_OK; i++)
        err = avro_reader_decode(reader, scratch,
                                 (struct bytes){in->bytes.data + in->from[i], in->from[i + 1] - in->from[i]},
                                 &in->records[i], &id, info);
    if (err == ERR_OK) {
        add_ns(bench_stage(r, "decode", "an interaction: frame, Avro program, UTF-8"), before, in->n);
        avro_reader_close(reader);
    }
    avro_scratch_close(scratch);
    return err;
}

static void apply(struct bench_set *set, const struct inputs *in, struct bench_result *r)
{
    struct applied_counts counts;
    double before = bench_own_cpu();
    for (int64_t i = 0; i < in->n; i++)
        creator_interaction(&set->creators[in->creators[i]], &set->setup.options.rules, &in->records[i],
                            &(struct provenance){set->offset++, in->records[i].occurred_at}, &set->as_of,
                            &counts);
    add_ns(bench_stage(r, "apply", "an interaction to its creator: totals, hours, days, post"), before,
           in->n);
}

/* ---- score and encode ---- */

static void score(struct bench_set *set, struct score *kept, struct bench_result *r)
{
    volatile uint64_t digest;
    double before = bench_own_cpu();
    for (int64_t i = 0; i < set->n; i++) {
        struct score *s = &kept[i % KEPT_SCORES];
        creator_score(&set->creators[i], set->setup.options.methodology, NULL, set->as_of, s);
        digest = score_digest(s);
    }
    (void)digest;
    add_ns(bench_stage(r, "score", "a creator: windows, rates, tiers, digest"), before, set->n);
}

static void encode(struct bench_set *set, const struct score *kept, struct bench_result *r)
{
    struct buffer out = {0};
    uint64_t fingerprint = 1;
    struct score_makers makers = score_makers_of(set->setup.options.methodology,
                                                 set->setup.options.market.benchmark, 1, &(struct models){0});
    double before = bench_own_cpu();
    for (int64_t i = 0; i < set->n; i++) {
        struct score_origin origin = {.creator_id = BYTES("c0000000"), .offsets = i};
        out.len = 0;
        avro_put_frame(&out, 0, fingerprint);
        score_encode(&kept[i % KEPT_SCORES], &set->creators[i], &makers, &origin, &out);
    }
    add_ns(bench_stage(r, "encode", "a score as a framed Avro record"), before, set->n);
    buffer_free(&out);
}

static enum err round_of(const struct bench *b, struct inputs *in, struct bench_result *r,
                         struct err_info *info)
{
    struct bench_set set;
    struct score *kept = calloc(KEPT_SCORES, sizeof *kept);
    if (!kept)
        abort();
    enum err err = bench_set_open(b, &set, info);
    if (err == ERR_OK)
        err = decode(in, r, info);
    if (err == ERR_OK) {
        bench_text(set.setup.options.text, r);
        bench_score(&set.setup.options, r);
        err = bench_audience(r, info);
    }
    if (err == ERR_OK) {
        apply(&set, in, r);
        score(&set, kept, r);
        encode(&set, kept, r);
    }
    free(kept);
    bench_set_close(&set);
    return err;
}

enum err bench_stages(struct bench *b, struct bench_result *r, struct err_info *info)
{
    struct inputs in = {0};
    struct random before = b->random;
    enum err err = ERR_OK;
    make_inputs(b, &in, info);
    for (int64_t i = 0; i < b->runs && err == ERR_OK; i++)
        err = round_of(b, &in, r, info);
    free_inputs(&in);
    b->random = before;
    return err;
}
