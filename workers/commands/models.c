/* models: model files by their path, checked against each other. */
#include <inttypes.h>
#include <stdlib.h>

#include "microflux/file.h"
#include "stream.h"

enum err embedding_of(const char *path, struct embedding **embedding, struct err_info *info)
{
    char *text;
    if (!path || !*path)
        return ERR_OK;
    enum err err = file_text(path, &text, info);
    if (err != ERR_OK)
        return err;
    err = embedding_read(path, text, embedding, info);
    free(text);
    return err;
}

static enum err fits(const char *path, const struct methodology *m, const struct embedding *embedding,
                     const struct niche_model *model, struct err_info *info)
{
    if (embedding && model->embedding != embedding->digest)
        return err_set(info, ERR_USAGE, "model",
                       "%s was trained with the embedding %016" PRIx64 ", not with %016" PRIx64
                       ": train it again, or name its own",
                       path, model->embedding, embedding->digest);
    for (size_t k = 0; k < m->n_niches || k < model->n; k++)
        if (k >= model->n || k >= m->n_niches || strcmp(model->names[k], m->niches[k]) != 0)
            return err_set(
                info, ERR_USAGE, "model",
                "%s has other niches than niche.names of the methodology, from place %zu on; train "
                "it again",
                path, k + 1);
    return ERR_OK;
}

enum err niche_model_of(const char *path, const struct methodology *m, const struct embedding *embedding,
                        struct niche_model **model, struct err_info *info)
{
    char *text;
    if (!path || !*path)
        return ERR_OK;
    enum err err = file_text(path, &text, info);
    if (err != ERR_OK)
        return err;
    err = niche_model_read(path, text, model, info);
    free(text);
    if (err == ERR_OK && (err = fits(path, m, embedding, *model, info)) != ERR_OK) {
        niche_model_close(*model);
        *model = NULL;
    }
    return err;
}
