/* train: models from a file of the user's own stream, each with a report on rows it did not see. Equal files
 * and an equal seed give equal models. */
#include "train.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "microflux/args.h"
#include "microflux/clock.h"
#include "microflux/commands.h"

enum err train_stream(struct training *t, struct err_info *info)
{
    t->corpus = corpus_open(t->text);
    return t->topic ? stream_read_topics(t->config, t->corpus, info) : stream_read(t->file, t->corpus, info);
}

static enum err load(struct training *t, struct err_info *info)
{
    enum err err = embedding_of(t->embedding_path, &t->embedding, info);
    if (err == ERR_OK)
        err = train_stream(t, info);
    if (err == ERR_OK && t->labels_path)
        err = truth_read(t->labels_path, t->corpus, t->methodology, t->corpus->scratch, &t->truth, info);
    return err;
}

/* ---- embed ---- */

static enum err train_embed(struct training *t, struct err_info *info)
{
    struct embed_report r;
    enum err err = load(t, info);
    if (err == ERR_OK)
        err = train_embedding(t->corpus, t->methodology, (uint64_t)t->seed, &t->embedding, &r, info);
    if (err != ERR_OK)
        return err;
    embedding_write(t->embedding, &t->model);
    if (t->json)
        printf("{\"model\":\"embed\",\"digest\":\"%016" PRIx64
               "\",\"creators\":%zu,\"posts\":%.0f,\"tokens\":%zu,"
               "\"pairs\":%zu,\"heldout_creators\":%zu,\"heldout_auc\":%.4f}\n",
               t->embedding->digest, r.creators, t->embedding->posts, r.tokens, r.pairs, r.heldout, r.auc);
    else
        printf("embedding %016" PRIx64 ": %zu tokens of %.0f posts of %zu creators, %zu pairs\n"
               "held out: of %zu creators it was not trained on, half of a post's tokens is nearer to its "
               "other\n"
               "half than to another's with AUC %.3f\n",
               t->embedding->digest, r.tokens, t->embedding->posts, r.creators, r.pairs, r.heldout, r.auc);
    return ERR_OK;
}

/* ---- niche ---- */

static struct niche_rows rows_of(const struct training *t, const struct creator_vectors *vectors)
{
    size_t n = t->truth.n_labels;
    if (!t->labels_path)
        return niche_pseudo(t->corpus, t->embedding, t->methodology, vectors);
    uint32_t *creators = calloc(n + 1, sizeof *creators), *labels = calloc(n + 1, sizeof *labels);
    if (!creators || !labels)
        abort();
    for (size_t i = 0; i < n; i++) {
        creators[i] = t->truth.labels[i].creator;
        labels[i] = t->truth.labels[i].label;
    }
    struct niche_rows rows = niche_labelled(t->methodology, vectors, creators, labels, n);
    free(creators);
    free(labels);
    return rows;
}

static void report_niche(const struct training *t, const struct niche_model *model,
                         const struct class_figures *f)
{
    const char *by = t->labels_path ? "labels" : "pseudo-labels of the lexicon";
    if (t->json)
        printf("{\"model\":\"niche\",\"digest\":\"%016" PRIx64 "\",\"labels\":\"%s\",\"creators\":%zu,"
               "\"heldout_accuracy\":%.4f,\"heldout_macro_f1\":%.4f,\"heldout_ece\":%.4f}\n",
               model->digest, t->labels_path ? "given" : "lexicon", f->n, f->accuracy, f->macro_f1, f->ece);
    else
        printf("niche model %016" PRIx64 " of %zu creators by %s\n"
               "held out, %d folds, against those: accuracy %.3f, macro-F1 %.3f, ECE %.3f\n",
               model->digest, f->n, by, N_FOLDS, f->accuracy, f->macro_f1, f->ece);
}

static enum err train_niche(struct training *t, struct err_info *info)
{
    struct niche_model model = {0};
    if (!t->embedding_path)
        return err_set(info, ERR_USAGE, "embedding",
                       "train niche needs --embedding: the model that `train embed` made");
    enum err err = load(t, info);
    if (err != ERR_OK)
        return err;
    struct creator_vectors *vectors = corpus_vectors(t->corpus, t->embedding, t->methodology);
    struct niche_rows rows = rows_of(t, vectors);
    if (rows.n < 10 * rows.k) {
        err = err_set(info, ERR_USAGE, "few_rows", "only %zu creators can be labelled: %zu are needed; %s",
                      rows.n, 10 * rows.k,
                      t->labels_path ? "give more labels, or none" : "train on more of the stream");
    } else {
        double c = t->labels_path ? NICHE_C_LABELS : NICHE_C_PSEUDO;
        struct class_figures figures = niche_heldout(&rows, c, (uint64_t)t->seed);
        niche_fit(&rows, NULL, 0, c, &model);
        model.embedding = t->embedding->digest;
        for (size_t k = 0; k < rows.k; k++)
            snprintf(model.names[k], sizeof model.names[k], "%s", t->methodology->niches[k]);
        niche_model_write(&model, &t->model);
        report_niche(t, &model, &figures);
    }
    niche_rows_free(&rows);
    free(vectors);
    return err;
}

/* ---- the command ---- */

static enum err write_model(const struct training *t, struct err_info *info)
{
    FILE *file = fopen(t->out, "w");
    bool written = file && fwrite(t->model.data, 1, t->model.len, file) == t->model.len;
    if (file && fclose(file) != 0)
        written = false;
    return written ? ERR_OK : err_set(info, ERR_IO, "file", "cannot write %s: %s", t->out, strerror(errno));
}

static enum err train(struct training *t, const struct config *config, struct err_info *info)
{
    static const struct {
        const char *verb;
        enum err (*run)(struct training *t, struct err_info *info);
    } verbs[] = {
        {"embed", train_embed}, {"niche", train_niche}, {"actor", train_actor}, {"flags", train_flags}};
    int64_t started = clock_mono_ms();
    enum err err = methodology_of(config, config->methodology_file, &t->methodology, info);
    if (err == ERR_OK)
        err = text_open(config->lexicon_dir, &t->text, info);
    for (size_t i = 0; err == ERR_OK && i < sizeof verbs / sizeof *verbs; i++)
        if (strcmp(t->verb, verbs[i].verb) == 0)
            err = verbs[i].run(t, info);
    if (err == ERR_OK)
        err = write_model(t, info);
    if (err == ERR_OK)
        fprintf(stderr, "%s written in %.1f s\n", t->out, (double)(clock_mono_ms() - started) / 1000);
    return err;
}

static void close_training(struct training *t)
{
    truth_free(&t->truth);
    corpus_close(t->corpus);
    embedding_close(t->embedding);
    text_close(t->text);
    methodology_close(t->methodology);
    buffer_free(&t->model);
}

int command_train(int argc, char **argv)
{
    struct training t = {.seed = 1};
    struct config *config = NULL;
    struct err_info info;
    char **rest;
    size_t n;
    int status = 0;
    const char *format = "text";
    const struct arg options[] = {
        {"topic", ARG_FLAG, NULL, "of all that lies in the input topics, instead of a FILE (not actor)",
         &t.topic},
        {"out", ARG_TEXT, "MODEL", "where the model goes", &t.out},
        {"embedding", ARG_TEXT, "MODEL", "niche: the embedding to stand on", &t.embedding_path},
        {"labels", ARG_TEXT, "FILE", "niche: {\"creator_id\":…,\"niche\":…} a line (default: by the lexicon)",
         &t.labels_path},
        {"seed", ARG_INT, "N", "of all that is drawn (default 1)", &t.seed},
        {"format", ARG_CHOICE, "text|json", "of the held-out report", &format},
    };
    const struct args args = {
        "train",
        "embed|niche|actor|flags [FILE]",
        "Trains a model on your own stream, from a file or the topics, and says what it is worth on rows it "
        "did not see.",
        "microflux train embed events.ndjson --out embed.model",
        options,
        sizeof options / sizeof *options,
        true};
    if (!args_parse(&args, argc, argv, &rest, &n, &config, &status))
        return status;
    t.json = strcmp(format, "json") == 0;
    bool labels = n > 0 && strcmp(rest[0], "actor") == 0;
    if (n != (t.topic ? 1 : 2) || !t.out || (t.topic && labels)) {
        fprintf(stderr, "microflux train: %s\n",
                t.topic && labels ? "actor learns from labelled accounts, which no topic has: name their FILE"
                                  : "name one FILE, or --topic; and --out MODEL");
        status = 64;
    } else {
        t.verb = rest[0];
        t.file = t.topic ? NULL : rest[1];
        t.config = config;
        if (train(&t, config, &info) != ERR_OK)
            status = complain("train", &info);
    }
    close_training(&t);
    config_free(config);
    return status;
}
