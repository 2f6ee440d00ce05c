/* models: the embedding and the niche model as text: a line that names kind and version, the digest of all
 * below it, then the values (docs/reference/models.md). A damaged or foreign file is refused before a value
 * is used. */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "microflux/vectors.h"

#define MOST_TOKENS 4000000

struct reading {
    const char *name, *rest; /* rest: what is not yet read */
    int line;
    struct err_info *info;
    enum err err;
};

static void refuse(struct reading *r, const char *why)
{
    if (r->err == ERR_OK)
        r->err =
            err_set(r->info, ERR_USAGE, "model", "%s, line %d: %s; train it again", r->name, r->line, why);
}

/* The line must begin with this word; what follows it is read next. */
static void word(struct reading *r, const char *expected)
{
    size_t len = strlen(expected);
    if (r->err != ERR_OK)
        return;
    if (strncmp(r->rest, expected, len) != 0 || (r->rest[len] != ' ' && r->rest[len] != '\n')) {
        char why[96];
        snprintf(why, sizeof why, "it should begin with \"%s\"", expected);
        refuse(r, why);
    } else {
        r->rest += len;
    }
}

static void line_end(struct reading *r)
{
    if (r->err == ERR_OK && *r->rest != '\n')
        refuse(r, "it goes on where it should end");
    else if (r->err == ERR_OK)
        r->rest++;
    r->line++;
}

static double real(struct reading *r, double least, double most)
{
    char *end = NULL;
    if (r->err != ERR_OK)
        return 0;
    double value = *r->rest == ' ' ? strtod(r->rest + 1, &end) : 0;
    if (!end || end == r->rest + 1 || (*end != ' ' && *end != '\n') || r->rest[1] <= ' ' ||
        !(value >= least && value <= most)) {
        refuse(r, "a number is missing, or out of range");
        return 0;
    }
    r->rest = end;
    return value;
}

static uint64_t whole(struct reading *r, int base, uint64_t most)
{
    char *end = NULL;
    if (r->err != ERR_OK)
        return 0;
    errno = 0;
    uint64_t value =
        *r->rest == ' ' && r->rest[1] > ' ' && r->rest[1] != '-' ? strtoull(r->rest + 1, &end, base) : 0;
    if (!end || end == r->rest + 1 || errno || value > most) {
        refuse(r, "a whole number is missing, or out of range");
        return 0;
    }
    r->rest = end;
    return value;
}

static void reals(struct reading *r, const char *name, float *out, size_t n)
{
    if (name)
        word(r, name);
    for (size_t i = 0; i < n; i++)
        out[i] = (float)real(r, -1e6, 1e6);
    line_end(r);
}

/* Kind, version and digest; what is below them is as it was written. */
static uint64_t head(struct reading *r, const char *kind)
{
    char first[64];
    snprintf(first, sizeof first, "microflux-model %s 1", kind);
    word(r, first);
    if (r->err != ERR_OK) {
        r->err =
            err_set(r->info, ERR_USAGE, "model",
                    "%s is no %s model of version 1: its first line is not \"%s\"", r->name, kind, first);
        return 0;
    }
    line_end(r);
    word(r, "digest");
    uint64_t digest = whole(r, 16, UINT64_MAX);
    line_end(r);
    if (r->err == ERR_OK && bytes_hash(bytes_of(r->rest)) != digest)
        r->err = err_set(r->info, ERR_USAGE, "model",
                         "%s: its content has not the digest %016" PRIx64
                         " that it names: cut short or edited; train it again",
                         r->name, digest);
    return digest;
}

static void tail(struct reading *r)
{
    if (r->err == ERR_OK && *r->rest)
        refuse(r, "more lines than it announces");
}

static void read_token(struct reading *r, struct embedding *e, size_t i)
{
    struct embedded *t = &e->tokens[i];
    word(r, "token");
    t->token = (uint32_t)whole(r, 16, UINT32_MAX);
    t->df = (uint32_t)whole(r, 10, UINT32_MAX);
    double squares = 0;
    for (size_t d = 0; d < DIMS; d++) {
        t->code[d] = (int8_t)real(r, -127, 127);
        squares += t->code[d] * t->code[d];
    }
    line_end(r);
    t->scale = squares > 0 ? (float)(1 / sqrt(squares)) : 0;
    if (i > 0 && t[-1].token >= t->token)
        refuse(r, "tokens do not rise");
}

enum err embedding_read(const char *name, const char *text, struct embedding **embedding,
                        struct err_info *info)
{
    struct reading r = {name, text, 1, info, ERR_OK};
    struct embedding *e = calloc(1, sizeof *e);
    if (!e)
        abort();
    e->digest = head(&r, "embed");
    word(&r, "posts");
    e->posts = (double)whole(&r, 10, INT64_MAX);
    line_end(&r);
    reals(&r, "mu", e->mu, DIMS);
    reals(&r, "nu", e->nu, DIMS);
    reals(&r, "mean", e->mean, DIMS);
    for (size_t d = 0; d < DIMS; d++)
        reals(&r, "covariance", e->covariance[d], DIMS);
    word(&r, "tokens");
    e->n = whole(&r, 10, MOST_TOKENS);
    line_end(&r);
    if (r.err == ERR_OK && e->n > strlen(r.rest) / (2 * DIMS)) /* before memory is asked for */
        refuse(&r, "fewer tokens follow than it announces");
    if (r.err == ERR_OK && !(e->tokens = calloc(e->n + 1, sizeof *e->tokens)))
        abort();
    for (size_t i = 0; r.err == ERR_OK && i < e->n; i++)
        read_token(&r, e, i);
    tail(&r);
    if (r.err == ERR_OK)
        *embedding = e;
    else
        embedding_close(e);
    return r.err;
}

static void read_niche(struct reading *r, struct niche_model *model, size_t k)
{
    word(r, "niche");
    size_t len = r->err == ERR_OK ? strcspn(r->rest + (*r->rest == ' '), " \n") : 0;
    if (r->err == ERR_OK && (len == 0 || len >= sizeof model->names[k] || *r->rest != ' '))
        refuse(r, "a niche has no name, or a long one");
    if (r->err != ERR_OK)
        return;
    memcpy(model->names[k], r->rest + 1, len);
    r->rest += 1 + len;
    model->bias[k] = (float)real(r, -1e6, 1e6);
    reals(r, NULL, model->weights[k], FEATURES);
}

enum err niche_model_read(const char *name, const char *text, struct niche_model **model,
                          struct err_info *info)
{
    struct reading r = {name, text, 1, info, ERR_OK};
    struct niche_model *m = calloc(1, sizeof *m);
    if (!m)
        abort();
    m->digest = head(&r, "niche");
    word(&r, "embedding");
    m->embedding = whole(&r, 16, UINT64_MAX);
    line_end(&r);
    word(&r, "niches");
    m->n = whole(&r, 10, NICHES);
    line_end(&r);
    for (size_t k = 0; r.err == ERR_OK && k < m->n; k++)
        read_niche(&r, m, k);
    tail(&r);
    if (r.err == ERR_OK && m->n < 2)
        refuse(&r, "fewer than two niches");
    if (r.err == ERR_OK)
        *model = m;
    else
        niche_model_close(m);
    return r.err;
}

/* ---- writing ---- */

static void put_reals(struct buffer *out, const char *name, const float *x, size_t n)
{
    buffer_add_text(out, name);
    for (size_t i = 0; i < n; i++)
        buffer_printf(out, " %.9g", (double)x[i]);
    buffer_add_text(out, "\n");
}

static uint64_t put_head(struct buffer *out, const char *kind, struct buffer *body)
{
    uint64_t digest = bytes_hash((struct bytes){body->data, body->len});
    buffer_printf(out, "microflux-model %s 1\ndigest %016" PRIx64 "\n", kind, digest);
    buffer_add(out, body->data, body->len);
    buffer_free(body);
    return digest;
}

void embedding_write(struct embedding *e, struct buffer *out)
{
    struct buffer body = {0};
    buffer_printf(&body, "posts %.0f\n", e->posts);
    put_reals(&body, "mu", e->mu, DIMS);
    put_reals(&body, "nu", e->nu, DIMS);
    put_reals(&body, "mean", e->mean, DIMS);
    for (size_t d = 0; d < DIMS; d++)
        put_reals(&body, "covariance", e->covariance[d], DIMS);
    buffer_printf(&body, "tokens %zu\n", e->n);
    for (size_t i = 0; i < e->n; i++) {
        buffer_printf(&body, "token %08" PRIx32 " %" PRIu32, e->tokens[i].token, e->tokens[i].df);
        for (size_t d = 0; d < DIMS; d++) {
            buffer_add_text(&body, " ");
            buffer_add_int(&body, e->tokens[i].code[d]);
        }
        buffer_add_text(&body, "\n");
    }
    e->digest = put_head(out, "embed", &body);
}

void niche_model_write(struct niche_model *m, struct buffer *out)
{
    struct buffer body = {0};
    buffer_printf(&body, "embedding %016" PRIx64 "\nniches %zu\n", m->embedding, m->n);
    for (size_t k = 0; k < m->n; k++) {
        buffer_printf(&body, "niche %s %.9g", m->names[k], (double)m->bias[k]);
        put_reals(&body, "", m->weights[k], FEATURES);
    }
    m->digest = put_head(out, "niche", &body);
}

void embedding_close(struct embedding *e)
{
    if (e)
        free(e->tokens);
    free(e);
}

void niche_model_close(struct niche_model *m)
{
    free(m);
}
