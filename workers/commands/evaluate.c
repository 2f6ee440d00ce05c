/* evaluate: how good the scores are, on a stream in a file and truths about it: the code and the models of
 * the workers, no Kafka, no Redis. Whatever the files allow is measured; each figure stands beside what
 * others reached. */
#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "microflux/args.h"
#include "microflux/calls.h"
#include "microflux/commands.h"
#include "train.h"

struct evaluating {
    const char *file, *truth_path, *embedding_path, *niche_path;
    bool json, vectors_only, as_live;
    int64_t seed;
    struct methodology *methodology;
    struct text *text;
    struct corpus *corpus;
    struct embedding *embedding;
    struct niche_model *niche;
    struct truth truth;
    struct creator_vectors *vectors;
};

/* One figure: how many rows it was taken over, and what is published for it ("" = nothing). */
static void tell(const struct evaluating *e, const char *part, const char *figure, double value, size_t n,
                 const char *baseline)
{
    printf(e->json ? "{\"part\":\"%s\",\"figure\":\"%s\",\"value\":%.4f,\"n\":%zu,\"baseline\":\"%s\"}\n"
                   : "%-10s  %-46s  %8.3f  %7zu  %s\n",
           part, figure, value, n, baseline);
    fflush(stdout);
}

static void heading(const struct evaluating *e)
{
    if (!e->json)
        printf("%-10s  %-46s  %8s  %7s  %s\n", "part", "figure", "value", "n", "baseline");
}

/* ---- tier, niche ---- */

static void evaluate_tiers(const struct evaluating *e)
{
    const struct tier_scheme *scheme = e->methodology->schemes[0];
    size_t right = 0, n = 0;
    for (size_t i = 0; i < e->truth.n_tiers; i++) {
        int64_t followers = e->corpus->creators[e->truth.tiers[i].creator]->followers;
        if (followers < 0)
            continue;
        n++;
        right += strcasecmp(scheme->edges[tier_plain(scheme, followers)].tier, e->truth.tiers[i].tier) == 0;
    }
    if (n)
        tell(e, "tier", "accuracy", (double)right / (double)n, n, "");
}

/* As a worker with these models tells it. */
static void topics_of(const struct evaluating *e, uint32_t creator, struct niche_value *value)
{
    const struct corpus_creator *of = e->corpus->creators[creator];
    int64_t matches[NICHES] = {0};
    *value = (struct niche_value){.n = e->methodology->n_niches, .names = e->methodology->niches};
    if (e->embedding)
        topics_tell(e->methodology, &(struct models){e->embedding, e->niche}, &e->vectors[creator], value);
    if (value->model)
        return;
    for (size_t k = 0; k < value->n; k++)
        for (size_t p = 0; p < of->n_posts; p++)
            matches[k] += of->posts[p]->niche_hits[k];
    niche_posterior(e->methodology, matches, value->posterior);
}

struct asserted {
    size_t n, right;
};

static struct asserted asserted_of(const struct evaluating *e, const double *posterior, const uint32_t *truth)
{
    struct asserted a = {0, 0};
    size_t classes = e->methodology->n_niches;
    for (size_t i = 0; i < e->truth.n_labels; i++)
        for (size_t k = 0; k < classes; k++)
            if (posterior[i * classes + k] >= e->methodology->niche_assert) {
                a.n++;
                a.right += truth[i] == k;
            }
    return a;
}

static void evaluate_niches(const struct evaluating *e)
{
    size_t n = e->truth.n_labels, k = e->methodology->n_niches;
    double *posterior = calloc(n + 1, k * sizeof *posterior);
    uint32_t *truth = calloc(n + 1, sizeof *truth);
    if (!posterior || !truth)
        abort();
    for (size_t i = 0; i < n; i++) {
        struct niche_value value;
        topics_of(e, e->truth.labels[i].creator, &value);
        memcpy(posterior + i * k, value.posterior, k * sizeof *posterior);
        truth[i] = e->truth.labels[i].label;
    }
    if (n) {
        const char *part = e->niche ? "niche" : "niche-lex";
        struct class_figures f = figures_of_classes(posterior, truth, n, k);
        struct asserted a = asserted_of(e, posterior, truth);
        tell(e, part, "accuracy", f.accuracy, n, "naive Bayes on labels .577, lexicon .234");
        tell(e, part, "macro-F1", f.macro_f1, n, "naive Bayes .513, lexicon .315");
        tell(e, part, "ECE", f.ece, n, "naive Bayes .194, lexicon .099");
        tell(e, part, "asserted, share", (double)a.n / (double)n, n, "");
        if (a.n)
            tell(e, part, "asserted, right", (double)a.right / (double)a.n, a.n, "");
    }
    free(posterior);
    free(truth);
}

/* ---- actors ---- */

static void evaluate_actors(const struct evaluating *e)
{
    size_t n = e->truth.n_actors;
    struct scored *rows = calloc(n + 1, sizeof *rows);
    if (!rows)
        abort();
    for (size_t i = 0; i < n; i++)
        rows[i] =
            (struct scored){actor_logit(e->methodology, &e->truth.actors[i].record), e->truth.actors[i].fake};
    if (n) {
        struct actor_figures f = actor_as_is(rows, n), refitted = actor_heldout(rows, n, (uint64_t)e->seed);
        tell(e, "actor", "AUC", f.auc, n, "boosted trees .992");
        tell(e, "actor", "macro-F1", f.macro_f1, n, "neural network .890, oversampled .940");
        tell(e, "actor", "ECE", f.ece, n, "boosted trees .018");
        tell(e, "actor", "AUC, refitted, 10 folds", refitted.auc, n, "");
        tell(e, "actor", "macro-F1, refitted, 10 folds", refitted.macro_f1, n, "");
        tell(e, "actor", "ECE, refitted, 10 folds", refitted.ece, n, "");
    }
    free(rows);
}

/* ---- likes, next post ---- */

static void evaluate_likes(const struct evaluating *e, const char *part, size_t most)
{
    static const char *const scattered[] = {"p90-p50 of log likes .523", ".722", ".947"};
    struct likes_figures f = likes_measure(e->corpus, e->methodology, most, (uint64_t)e->seed);
    char name[64];
    if (f.accounts < 2)
        return;
    tell(e, part, "false flags, scattered", f.false_spread, f.accounts, "p90-p50 .023");
    tell(e, part, "false flags, block", f.false_step, f.accounts, "");
    tell(e, part, "false flags, either", f.false_any, f.accounts, "");
    for (int k = 0; k < LIKES_SIZES; k++) {
        snprintf(name, sizeof name, "scattered x%.0f, AUC", likes_sizes[k]);
        tell(e, part, name, f.scattered[k], f.accounts, scattered[k]);
        snprintf(name, sizeof name, "scattered x%.0f, flagged", likes_sizes[k]);
        tell(e, part, name, f.scattered_found[k], f.accounts / 2, "");
        snprintf(name, sizeof name, "block x%.0f, AUC", likes_sizes[k]);
        tell(e, part, name, f.block[k], f.accounts, "");
        snprintf(name, sizeof name, "block x%.0f, flagged", likes_sizes[k]);
        tell(e, part, name, f.block_found[k], f.accounts / 2, "");
        snprintf(name, sizeof name, "block x%.0f, either signal, AUC", likes_sizes[k]);
        tell(e, part, name, f.either[k], f.accounts, "");
    }
}

static void evaluate_next(const struct evaluating *e)
{
    struct next_figures f = next_measure(e->corpus, e->methodology);
    char name[64], baseline[80];
    for (int k = 0; f.accounts && k < NEXT_CUTS; k++) {
        snprintf(name, sizeof name, "error of the next 6, %zu posts seen", next_seen[k]);
        snprintf(baseline, sizeof baseline, "median of them %.3f, peers alone %.3f", f.median12[k],
                 f.peers[k]);
        tell(e, "next-post", name, f.estimate[k], f.accounts, baseline);
    }
    if (f.accounts)
        tell(e, "next-post", "less than a median of 12",
             1 - f.estimate[NEXT_CUTS - 1] / f.median12[NEXT_CUTS - 1], f.accounts, "");
}

/* ---- fit ---- */

static void tell_ranking(const struct evaluating *e, const char *how, const struct fit_ranking *r, size_t n,
                         const char *baseline)
{
    const struct {
        const char *name;
        double value;
    } figures[] = {{"AUC", r->auc}, {"recall@10", r->recall10}, {"recall@50", r->recall50}, {"MRR", r->mrr}};
    for (size_t i = 0; i < 4; i++) {
        char name[64];
        snprintf(name, sizeof name, "%s, %s", how, figures[i].name);
        tell(e, "fit", name, figures[i].value, n, i ? "" : baseline);
    }
}

static void evaluate_fit(const struct evaluating *e)
{
    const struct truth *t = &e->truth;
    struct fit_brand *brands = calloc(t->n_brands + 1, sizeof *brands);
    struct fit_pair *pairs = calloc(t->n_pairs + 1, sizeof *pairs);
    if (!brands || !pairs)
        abort();
    for (size_t i = 0; i < t->n_brands; i++)
        brands[i] = (struct fit_brand){t->brands[i]->token, bytes_hash(bytes_of(t->brands[i]->name))};
    for (size_t i = 0; i < t->n_pairs; i++)
        pairs[i] = (struct fit_pair){t->pairs[i].creator, t->pairs[i].brand};
    const struct fit_setup setup = {e->corpus, e->embedding, e->methodology, e->vectors, brands,
                                    pairs,     t->in_truth,  t->n_brands,    t->n_pairs, (uint64_t)e->seed};
    struct fit_figures f = fit_measure(&setup);
    if (f.brands) {
        tell_ranking(e, "random", &f.examples[0], f.brands, "niche profile .727, tags alone .588");
        tell_ranking(e, "hard", &f.examples[1], f.brands, "niche profile .693, tags alone .562");
        tell_ranking(e, "cold, random", &f.cold[0], f.brands, "niche profile .701, tag match .546");
        tell_ranking(e, "cold, hard", &f.cold[1], f.brands, "niche profile .686, tag match .539");
    }
    free(brands);
    free(pairs);
}

/* ---- vectors ---- */

static void print_reals(const char *name, const float v[DIMS])
{
    printf(",\"%s\":[", name);
    for (size_t i = 0; i < DIMS; i++)
        printf("%s%.7g", i ? "," : "", (double)v[i]);
    printf("]");
}

/* u, A and V of each creator, and niches: an object a line. */
static void print_vectors(const struct evaluating *e)
{
    for (uint32_t i = 0; i < e->corpus->n_creators; i++) {
        struct niche_value value;
        float v[DIMS];
        json_t *id = json_string(e->corpus->creators[i]->id);
        char *quoted = json_dumps(id, JSON_ENCODE_ANY);
        topics_of(e, i, &value);
        creator_vector(e->methodology, &e->vectors[i].content, e->vectors[i].a, v);
        printf("{\"creator_id\":%s,\"known\":%d,\"met\":%" PRId64, quoted, value.known, value.met);
        print_reals("content", e->vectors[i].content.u);
        print_reals("audience", e->vectors[i].a);
        print_reals("vector", v);
        printf(",\"source\":\"%s\"", value.model ? "MODEL" : "LEXICON");
        for (size_t k = 0; k < value.n; k++)
            printf("%s\"%s\":%.7f", k ? "," : ",\"posterior\":{", value.names[k], value.posterior[k]);
        printf("}}\n");
        free(quoted);
        json_decref(id);
    }
}

/* ---- the command ---- */

static enum err load(struct evaluating *e, const struct config *config, struct err_info *info)
{
    enum err err = methodology_of(config, config->methodology_file, &e->methodology, info);
    if (err == ERR_OK)
        err = text_open(config->lexicon_dir, &e->text, info);
    if (err == ERR_OK)
        err = embedding_of(e->embedding_path, &e->embedding, info);
    if (err == ERR_OK)
        err = niche_model_of(e->niche_path, e->methodology, e->embedding, &e->niche, info);
    if (err != ERR_OK)
        return err;
    e->corpus = corpus_open(e->text);
    e->corpus->as_live = e->as_live;
    err = stream_read(e->file, e->corpus, info);
    if (err == ERR_OK && e->truth_path)
        err = truth_read(e->truth_path, e->corpus, e->methodology, e->corpus->scratch, &e->truth, info);
    return err;
}

static void evaluate(struct evaluating *e)
{
    if (e->embedding)
        e->vectors = corpus_vectors(e->corpus, e->embedding, e->methodology);
    if (e->vectors_only) {
        print_vectors(e);
        return;
    }
    heading(e);
    evaluate_tiers(e);
    evaluate_niches(e);
    evaluate_actors(e);
    evaluate_likes(e, "likes", MOST_LIKES);
    evaluate_likes(e, "likes-ring", POSTS);
    evaluate_next(e);
    if (e->embedding)
        evaluate_fit(e);
    if (e->truth.unknown)
        fprintf(stderr,
                "%zu lines of the truth name a creator that is not in the stream, or an unknown niche\n",
                e->truth.unknown);
}

static void close_evaluating(struct evaluating *e)
{
    free(e->vectors);
    truth_free(&e->truth);
    corpus_close(e->corpus);
    niche_model_close(e->niche);
    embedding_close(e->embedding);
    text_close(e->text);
    methodology_close(e->methodology);
}

int command_evaluate(int argc, char **argv)
{
    struct evaluating e = {.seed = 1};
    struct config *config = NULL;
    struct err_info info;
    char **rest;
    size_t n;
    int status = 0;
    const char *format = "text";
    const struct arg options[] = {
        {"truth", ARG_TEXT, "FILE", "niches, tiers, brands of creators, labelled actors, an object a line",
         &e.truth_path},
        {"embedding", ARG_TEXT, "MODEL", "of `train embed`: vectors, fit", &e.embedding_path},
        {"niche", ARG_TEXT, "MODEL", "of `train niche` (default: by the lexicon)", &e.niche_path},
        {"vectors", ARG_FLAG, NULL, "print each creator's vectors and niches instead, an object a line",
         &e.vectors_only},
        {"as-live", ARG_FLAG, NULL,
         "actors meet creators as the workers see it: 90 days, the content of then", &e.as_live},
        {"seed", ARG_INT, "N", "of all that is drawn (default 1)", &e.seed},
        {"format", ARG_CHOICE, "text|json", "json: one object a figure", &format},
    };
    const struct args args = {"evaluate",
                              "FILE",
                              "Measures the scores on a stream in a file against truths: no Kafka, no Redis.",
                              "microflux evaluate events.ndjson --truth truth.ndjson --embedding embed.model",
                              options,
                              sizeof options / sizeof *options,
                              true};
    if (!args_parse(&args, argc, argv, &rest, &n, &config, &status))
        return status;
    e.json = strcmp(format, "json") == 0;
    if (n != 1 || ((e.niche_path || e.vectors_only) && !e.embedding_path)) {
        fprintf(stderr, "microflux evaluate: %s\n",
                n != 1         ? "name one FILE"
                : e.niche_path ? "--niche needs the --embedding it was trained with"
                               : "--vectors needs an --embedding");
        status = 64;
    } else {
        e.file = rest[0];
        if (load(&e, config, &info) == ERR_OK)
            evaluate(&e);
        else
            status = complain("evaluate", &info);
    }
    close_evaluating(&e);
    config_free(config);
    return status;
}
