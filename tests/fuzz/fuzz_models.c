/* fuzz_models: a model file that somebody damaged or made up. The first byte says what the rest is: a whole
 * file of an embedding or of a niche model, or what stands below its digest, which is then made to fit; `~`
 * stands for 64 zeros. It is refused in a sentence, or it is a model: vectors are worked out with it, and
 * written it reads the same. */
#include <assert.h>

#include "fuzz.h"
#include "microflux/vectors.h"

static struct methodology *methodology;

static void judge(enum err err, const struct err_info *info)
{
    assert(err == ERR_OK || (err == ERR_USAGE && info->word[0] && info->sentence[0]));
}

static void add_expanded(struct buffer *out, struct bytes text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] != '~')
            buffer_add(out, &text.ptr[i], 1);
        else
            for (int k = 0; k < DIMS; k++)
                buffer_add_text(out, " 0");
}

/* Ended by a NUL. */
static void make_file(struct buffer *file, const char *kind, bool whole, struct bytes rest)
{
    struct buffer body = {0};
    add_expanded(&body, rest);
    body.len = body.data ? strnlen(body.data, body.len) : 0;
    if (!whole)
        buffer_printf(file, "microflux-model %s 1\ndigest %016llx\n", kind,
                      (unsigned long long)bytes_hash((struct bytes){body.data ? body.data : "", body.len}));
    buffer_add(file, body.data ? body.data : "", body.len);
    buffer_add(file, "", 1);
    buffer_free(&body);
}

static void use_embedding(struct embedding *e)
{
    struct content content;
    struct packed_vector packed;
    struct embedding *again = NULL;
    struct buffer out = {0};
    uint32_t tokens[] = {1, e->n ? e->tokens[0].token : 2, e->n ? e->tokens[e->n - 1].token : 3, 1};
    float a[DIMS], v[DIMS];
    content_vector(e, tokens, 4, &content);
    audience_vector(e, methodology, content.u, 3, a);
    creator_vector(methodology, &content, a, v);
    vector_pack(v, &packed);
    brand_cold(e, tokens, NULL, 4, v);
    embedding_write(e, &out);
    buffer_add(&out, "", 1);
    assert(embedding_read("again", out.data, &again, NULL) == ERR_OK && again->n == e->n);
    embedding_close(again);
    buffer_free(&out);
}

static void use_niche(struct niche_model *model)
{
    struct niche_model *again = NULL;
    struct buffer out = {0};
    float features[FEATURES] = {0.5f, -1};
    double posterior[NICHES];
    niche_softmax(model, features, posterior);
    niche_model_write(model, &out);
    buffer_add(&out, "", 1);
    assert(niche_model_read("again", out.data, &again, NULL) == ERR_OK && again->n == model->n);
    niche_model_close(again);
    buffer_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes rest = {(const char *)data, size};
    struct embedding *embedding = NULL;
    struct niche_model *niche = NULL;
    struct err_info info = {0};
    struct buffer file = {0};
    int what = fuzz_byte(&rest) % 4;
    if (!methodology && methodology_open("default", &methodology, &info) != ERR_OK)
        abort();
    make_file(&file, what % 2 ? "niche" : "embed", what < 2, rest);
    enum err err = what % 2 ? niche_model_read("m", file.data, &niche, &info)
                            : embedding_read("m", file.data, &embedding, &info);
    judge(err, &info);
    if (embedding)
        use_embedding(embedding);
    if (niche)
        use_niche(niche);
    embedding_close(embedding);
    niche_model_close(niche);
    buffer_free(&file);
    return 0;
}
