/* tables: what a score is made by: methodology, lexicons, benchmarks, unit values; each the program's own or
 * a file; and models, which are files or not there. */
#include <stdlib.h>

#include "microflux/file.h"
#include "microflux/vectors.h"
#include "options.h"
#include "stream.h"

enum err methodology_of(const struct config *config, const char *file, struct methodology **methodology,
                        struct err_info *info)
{
    char *text;
    if (!file || !*file)
        return methodology_open(config->score_schemes, methodology, info);
    enum err err = file_text(file, &text, info);
    if (err != ERR_OK)
        return err;
    err = methodology_read(file, text, config->score_schemes, methodology, info);
    free(text);
    return err;
}

/* A post's hits lie by the lexicon's bits and are read by the methodology's order. */
static enum err check_niches(const struct methodology *m, const struct text *text, struct err_info *info)
{
    for (size_t i = 0; i < TEXT_NICHES; i++) {
        const char *ours = i < m->n_niches ? m->niches[i] : NULL, *theirs = text_niche(text, i);
        if ((ours || theirs) && (!ours || !theirs || strcmp(ours, theirs) != 0))
            return err_set(
                info, ERR_USAGE, "niches",
                "niche %zu is %s in the methodology's niche.names and %s in the lexicon's classes.lex: "
                "they must be the same",
                i, ours ? ours : "none", theirs ? theirs : "none");
    }
    return ERR_OK;
}

static enum err benchmark_of(const struct config *config, struct score_tables *tables, struct err_info *info)
{
    char *text;
    if (!*config->benchmark_file)
        return benchmark_open(tables->methodology, &tables->benchmark, info);
    enum err err = file_text(config->benchmark_file, &text, info);
    if (err != ERR_OK)
        return err;
    err = benchmark_read(config->benchmark_file, text, tables->methodology, &tables->benchmark, info);
    free(text);
    return err;
}

static enum err values_of(const struct config *config, struct score_tables *tables, struct err_info *info)
{
    char *text;
    if (!*config->emv_file)
        return ERR_OK;
    enum err err = file_text(config->emv_file, &text, info);
    if (err != ERR_OK)
        return err;
    err = unit_values_read(config->emv_file, text, &tables->values, info);
    free(text);
    return err;
}

static enum err models_of(const struct config *config, struct score_tables *tables, struct err_info *info)
{
    if (*config->models_niche && !*config->models_embedding)
        return err_set(
            info, ERR_USAGE, "models",
            "models.niche is %s, but models.embedding is empty: name the embedding it was trained with",
            config->models_niche);
    enum err err = embedding_of(config->models_embedding, &tables->embedding, info);
    return err != ERR_OK ? err
                         : niche_model_of(config->models_niche, tables->methodology, tables->embedding,
                                          &tables->niche, info);
}

enum err score_tables_open(const struct config *config, struct score_tables *tables, struct err_info *info)
{
    *tables = (struct score_tables){0};
    enum err err = methodology_of(config, config->methodology_file, &tables->methodology, info);
    if (err == ERR_OK)
        err = text_open(config->lexicon_dir, &tables->text, info);
    if (err == ERR_OK)
        err = check_niches(tables->methodology, tables->text, info);
    if (err == ERR_OK)
        err = benchmark_of(config, tables, info);
    if (err == ERR_OK)
        err = values_of(config, tables, info);
    if (err == ERR_OK)
        err = models_of(config, tables, info);
    if (err != ERR_OK)
        score_tables_close(tables);
    return err;
}

void score_tables_close(struct score_tables *tables)
{
    niche_model_close(tables->niche);
    embedding_close(tables->embedding);
    unit_values_free(tables->values);
    free(tables->benchmark);
    text_close(tables->text);
    methodology_close(tables->methodology);
    *tables = (struct score_tables){0};
}

void score_tables_use(const struct score_tables *tables, struct score_worker_options *o)
{
    o->methodology = o->rules.methodology = tables->methodology;
    o->text = tables->text;
    o->market = (struct market){.benchmark = tables->benchmark, .values = tables->values};
    o->models = (struct models){tables->embedding, tables->niche};
}
