/* lookalike: the creators whose vectors lie nearest to one's: an exact scan of the live state, so that
 * nothing is left out. Reads, never writes. */
#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "creators.h"
#include "explain.h"
#include "microflux/args.h"
#include "microflux/calls.h"
#include "microflux/commands.h"
#include "microflux/vectors.h"
#include "options.h"

struct alike {
    char *name; /* owned */
    double cosine;
    int64_t followers;
    const char *niche; /* of the methodology */
    int32_t known;
    int64_t met;
};

struct looking {
    const struct config *config;
    struct bytes name;
    bool json;
    int64_t top;
    struct score_tables tables;
    struct models models;
    struct redis *redis;
    float v[DIMS];
    struct alike *best; /* n, the nearest first, at most top */
    size_t n;
    int64_t seen;
};

/* ---- the scan ---- */

static double cosine(const float a[DIMS], const float b[DIMS])
{
    double lengths = sqrt(dims_dot(a, a, DIMS) * dims_dot(b, b, DIMS));
    return lengths > 0 ? dims_dot(a, b, DIMS) / lengths : 0;
}

static bool among(const struct looking *l, struct bytes name)
{
    for (size_t i = 0; i < l->n; i++)
        if (bytes_equal(bytes_of(l->best[i].name), name))
            return true;
    return false;
}

static void place(struct looking *l, struct bytes name, const struct alike *alike)
{
    size_t at = l->n;
    while (at > 0 && l->best[at - 1].cosine < alike->cosine)
        at--;
    if ((int64_t)at == l->top || among(l, name)) /* the index may name a creator twice */
        return;
    if ((int64_t)l->n == l->top)
        free(l->best[--l->n].name);
    memmove(&l->best[at + 1], &l->best[at], (l->n - at) * sizeof *l->best);
    l->n++;
    l->best[at] = *alike;
    if (!(l->best[at].name = strndup(name.ptr, name.len)))
        abort();
}

static size_t likeliest(const struct niche_value *niche)
{
    size_t best = 0;
    for (size_t k = 1; k < niche->n; k++)
        best = niche->posterior[k] > niche->posterior[best] ? k : best;
    return best;
}

/* As a worker would publish it now. */
static void topics_of(const struct looking *l, const struct creator *c, struct niche_value *niche)
{
    *niche = (struct niche_value){0};
    niche_evaluate(c, l->tables.methodology, &l->models, niche);
}

static enum err compare(void *arg, int32_t lane, struct bytes name, struct err_info *info)
{
    struct looking *l = arg;
    struct niche_value niche;
    struct creator c;
    float v[DIMS];
    bool found;
    creator_init(&c);
    enum err err = creator_read(l->redis, l->config->namespace_, lane, name, &c, &found, info);
    if (err == ERR_OK && found && !creator_gone(&c) && !bytes_equal(name, l->name)) {
        topics_of(l, &c, &niche);
        vector_unpack(&niche.vector, v);
        l->seen++;
        if (dims_dot(v, v, DIMS) > 0) /* else nothing is known of it */
            place(l, name,
                  &(struct alike){.cosine = cosine(l->v, v),
                                  .followers =
                                      c.n_profile_days ? c.profile_days[c.n_profile_days - 1].followers : -1,
                                  .niche = niche.names[likeliest(&niche)],
                                  .known = niche.known,
                                  .met = niche.met});
    }
    creator_clear(&c);
    return err;
}

static enum err scan_lanes(struct looking *l, struct err_info *info)
{
    int32_t lanes;
    enum err err = lanes_count(l->redis, l->config->namespace_, &lanes, info);
    for (int32_t lane = 0; err == ERR_OK && lane < lanes; lane++)
        err = creators_each(l->redis, l->config->namespace_, lane, compare, l, info);
    return err;
}

static enum err own_vector(struct looking *l, struct err_info *info)
{
    struct niche_value niche;
    struct creator c;
    struct fence fence;
    int32_t lane;
    creator_init(&c);
    enum err err = creator_live(l->redis, l->config->namespace_, l->name, &c, &lane, &fence, info);
    if (err == ERR_OK) {
        topics_of(l, &c, &niche);
        vector_unpack(&niche.vector, l->v);
        if (!(dims_dot(l->v, l->v, DIMS) > 0))
            err = err_set(info, ERR_NOT_FOUND, "no_vector",
                          "the embedding knows nothing of \"%.*s\": none of its tags and mentions, and its "
                          "commenters were met nowhere else",
                          (int)l->name.len, l->name.ptr);
    }
    creator_clear(&c);
    return err;
}

/* ---- telling ---- */

static void tell(const struct looking *l)
{
    printf("nearest to %.*s of %" PRId64
           " creators, by what they post and whom their audiences also follow\n",
           (int)l->name.len, l->name.ptr, l->seen);
    printf("  %-24s %7s %11s  %-10s %7s %9s\n", "creator", "cosine", "followers", "niche", "known",
           "meetings");
    for (size_t i = 0; i < l->n; i++) {
        const struct alike *a = &l->best[i];
        printf("  %-24s %7s %11s  %-10s %7" PRId32 " %9" PRId64 "\n", a->name, say_number(a->cosine, 3).text,
               a->followers < 0 ? "-" : say_count(a->followers).text, a->niche, a->known, a->met);
    }
}

static void tell_json(const struct looking *l)
{
    for (size_t i = 0; i < l->n; i++) {
        const struct alike *a = &l->best[i];
        json_t *followers = a->followers < 0 ? json_null() : json_integer(a->followers);
        json_t *line = json_pack("{s:s, s:f, s:o, s:s, s:i, s:I}", "creator_id", a->name, "cosine", a->cosine,
                                 "followers", followers, "niche", a->niche, "known", a->known, "met",
                                 (json_int_t)a->met);
        json_dumpf(line, stdout, JSON_COMPACT);
        printf("\n");
        json_decref(line);
    }
}

/* ---- */

static enum err show(struct looking *l, struct err_info *info)
{
    struct redis_options redis = redis_options_of(l->config, "microflux-lookalike");
    enum err err = score_tables_open(l->config, &l->tables, info);
    if (err == ERR_OK && !l->tables.embedding)
        err =
            err_set(info, ERR_USAGE, "no_embedding",
                    "models.embedding is empty: creators have vectors by a model of `microflux train embed`");
    l->models = (struct models){l->tables.embedding, l->tables.niche};
    if (err == ERR_OK)
        err = redis_open(&redis, &l->redis, info);
    if (err == ERR_OK)
        err = own_vector(l, info);
    if (err == ERR_OK && !(l->best = calloc((size_t)l->top + 1, sizeof *l->best)))
        abort();
    if (err == ERR_OK)
        err = scan_lanes(l, info);
    if (err == ERR_OK)
        (l->json ? tell_json : tell)(l);
    for (size_t i = 0; i < l->n; i++)
        free(l->best[i].name);
    free(l->best);
    redis_close(l->redis);
    score_tables_close(&l->tables);
    return err;
}

int command_lookalike(int argc, char **argv)
{
    struct config *config = NULL;
    struct err_info info;
    char **rest;
    size_t n;
    int status = 0;
    const char *format = "text";
    struct looking l = {.top = 10};
    const struct arg options[] = {
        {"n", ARG_INT, "N", "how many (default 10)", &l.top},
        {"format", ARG_CHOICE, "text|json", "json: one object a creator", &format},
    };
    const struct args args = {"lookalike",
                              "CREATOR",
                              "Names the creators who speak most like one, to the most alike audience.",
                              "microflux lookalike creator-42 --n 20",
                              options,
                              2,
                              true};
    if (!args_parse(&args, argc, argv, &rest, &n, &config, &status))
        return status;
    l.config = config;
    l.json = strcmp(format, "json") == 0;
    if (n != 1 || l.top < 1 || l.top > 100000) {
        fprintf(stderr, "microflux lookalike: %s\n", n != 1 ? "name one creator" : "--n is 1 to 100000");
        status = 64;
    } else {
        l.name = bytes_of(rest[0]);
        status = show(&l, &info) == ERR_OK ? 0 : complain("lookalike", &info);
    }
    config_free(config);
    return status;
}
