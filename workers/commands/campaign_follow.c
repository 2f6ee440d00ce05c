/* campaign_follow: what a campaign's example creators add to its B (scoring.md §10): the mean of their V, and
 * half the mean of what their single posts say that name the brand. */
#include <math.h>
#include <stdlib.h>

#include "campaigns.h"
#include "creators.h"
#include "microflux/fit_view.h"

struct following {
    const struct campaign_tables *tables;
    uint32_t brand;
    struct text_scratch *words;
    double v[DIMS], u[DIMS]; /* sums */
    size_t creators, posts;
};

static void add_post(struct following *f, const struct fit_post *post)
{
    uint32_t tokens[TOKENS];
    struct content content;
    memcpy(tokens, post->tokens, post->n_tokens * sizeof *tokens);
    content_vector(f->tables->embedding, tokens, post->n_tokens, &content);
    for (size_t i = 0; content.n && i < DIMS; i++)
        f->u[i] += content.u[i];
    f->posts += content.n > 0;
}

static void add_creator(struct following *f, struct creator *c)
{
    static const struct score nothing; /* V needs none */
    struct fit_view *view = malloc(sizeof *view);
    if (!view)
        abort();
    fit_view_of(c, &nothing, f->tables->methodology, f->tables->embedding, f->words, view);
    for (size_t i = 0; i < DIMS; i++)
        f->v[i] += view->v[i];
    f->creators++;
    for (size_t i = 0; i < view->creator.n_posts; i++)
        if (view->posts[i].n_tokens && fit_post_names(&view->posts[i], f->brand))
            add_post(f, &view->posts[i]);
    free(view);
}

static void add_up(const struct following *f, struct fit_campaign *campaign)
{
    double posts_weight = f->tables->methodology->brand_posts_weight;
    float b[DIMS];
    for (size_t i = 0; i < DIMS; i++)
        b[i] = (float)(campaign->direction.b[i] + f->v[i] / (double)f->creators +
                       (f->posts ? posts_weight * f->u[i] / (double)f->posts : 0));
    direction_of(f->tables->embedding, b, &campaign->direction);
}

bool campaign_has_examples(const json_t *value)
{
    return json_array_size(json_object_get(value, "example_creators")) > 0;
}

enum err campaign_follow(struct redis *redis, const char *namespace_, const struct campaign_tables *tables,
                         const json_t *value, struct fit_campaign *campaign, struct err_info *info)
{
    struct following f = {.tables = tables, .brand = campaign->brand_token};
    enum err err = ERR_OK;
    size_t i;
    json_t *name;
    if (!tables->embedding || !campaign_has_examples(value))
        return ERR_OK;
    f.words = text_scratch_open(tables->text);
    json_array_foreach(json_object_get(value, "example_creators"), i, name)
    {
        struct creator c;
        struct fence fence;
        int32_t lane;
        creator_init(&c);
        err = creator_live(redis, namespace_, bytes_of(json_string_value(name)), &c, &lane, &fence, info);
        if (err == ERR_OK)
            add_creator(&f, &c);
        creator_clear(&c);
        if (err != ERR_OK && err != ERR_NOT_FOUND)
            break;
        err = ERR_OK;
    }
    text_scratch_close(f.words);
    if (err == ERR_OK && f.creators)
        add_up(&f, campaign);
    return err;
}
