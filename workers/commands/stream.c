/* stream: see stream.h. */
#include "stream.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#define MOST_NAMES 512 /* tags, mentions or sponsors of a post that are read */

static struct bytes text_of(const json_t *object, const char *name)
{
    const json_t *text = json_object_get(object, name);
    return (struct bytes){json_string_value(text), json_string_length(text)};
}

static int64_t whole(const json_t *object, const char *name, int64_t absent)
{
    const json_t *n = json_object_get(object, name);
    return json_is_integer(n) ? json_integer_value(n) : absent;
}

static size_t names_of(const json_t *object, const char *name, struct bytes *out)
{
    const json_t *list = json_object_get(object, name);
    size_t n = json_array_size(list);
    n = n < MOST_NAMES ? n : MOST_NAMES;
    for (size_t i = 0; i < n; i++) {
        const json_t *text = json_array_get(list, i);
        out[i] = json_is_string(text) ? (struct bytes){json_string_value(text), json_string_length(text)}
                                      : BYTES("");
    }
    return n;
}

typedef enum err take_line(void *arg, const json_t *object, struct err_info *info);

/* Every line as JSON. */
static enum err each_line(const char *path, take_line *take, void *arg, struct err_info *info)
{
    FILE *file = fopen(path, "r");
    char *text = NULL;
    size_t room = 0;
    ssize_t len;
    enum err err = ERR_OK;
    struct err_info why;
    if (!file)
        return err_set(info, ERR_IO, "file", "cannot read %s: %s", path, strerror(errno));
    for (int64_t line = 1; err == ERR_OK && (len = getline(&text, &room, file)) > 0; line++) {
        json_error_t error;
        if (!text[strspn(text, " \t\r\n")])
            continue;
        json_t *object = json_loadb(text, (size_t)len, 0, &error);
        if (!object)
            err = err_set(info, ERR_USAGE, "json", "%s, line %" PRId64 ", column %d: %s", path, line,
                          error.column, error.text);
        else if ((err = take(arg, object, &why)) != ERR_OK)
            err = err_set(info, err, why.word, "%s, line %" PRId64 ": %s", path, line, why.sentence);
        json_decref(object);
    }
    if (err == ERR_OK && ferror(file))
        err = err_set(info, ERR_IO, "file", "cannot read %s to its end: %s", path, strerror(errno));
    free(text);
    fclose(file);
    return err;
}

/* ---- the stream ---- */

static enum err take_profile(struct corpus *c, const json_t *v, struct err_info *info)
{
    struct profile_record r = {.creator_id = text_of(v, "creator_id"),
                               .observed_at = whole(v, "observed_at", -1),
                               .followers = whole(v, "followers", -1)};
    if (r.observed_at < 0 || r.followers < 0)
        return err_set(info, ERR_USAGE, "field", "a profile without observed_at or followers");
    corpus_profile(c, &r);
    return ERR_OK;
}

static enum err take_post(struct corpus *c, const json_t *v, struct err_info *info)
{
    struct bytes tags[MOST_NAMES], mentions[MOST_NAMES], sponsors[MOST_NAMES];
    struct post_record r = {.creator_id = text_of(v, "creator_id"),
                            .post_id = text_of(v, "post_id"),
                            .text = text_of(v, "text"),
                            .posted_at = whole(v, "posted_at", -1),
                            .deleted = json_is_true(json_object_get(v, "deleted")),
                            .tags = tags,
                            .mentions = mentions,
                            .sponsors = sponsors};
    const json_t *metrics = json_object_get(v, "metrics");
    if (!r.post_id.ptr || r.posted_at < 0)
        return err_set(info, ERR_USAGE, "field", "a post without post_id or posted_at");
    r.n_tags = names_of(v, "tags", tags);
    r.n_mentions = names_of(v, "mentions", mentions);
    r.n_sponsors = names_of(v, "sponsors", sponsors);
    r.metrics.likes = whole(metrics, "likes", -1);
    r.metrics.comments = whole(metrics, "comments", -1);
    r.metrics.has_likes = r.metrics.likes >= 0;
    r.metrics.has_comments = r.metrics.comments >= 0;
    r.has_metrics = json_is_object(metrics);
    corpus_post(c, &r);
    return ERR_OK;
}

static enum err take_interaction(struct corpus *c, const json_t *v, struct err_info *info)
{
    const char *kind = json_string_value(json_object_get(v, "kind"));
    struct interaction_record r = {.creator_id = text_of(v, "creator_id"),
                                   .actor_id = text_of(v, "actor_id"),
                                   .count = whole(v, "count", 1),
                                   .occurred_at = whole(v, "occurred_at", -1)};
    if (!kind || r.occurred_at < 0)
        return err_set(info, ERR_USAGE, "field", "an interaction without kind or occurred_at");
    r.kind = strcmp(kind, kind_names[KIND_COMMENT]) == 0 ? KIND_COMMENT : KIND_OTHER;
    corpus_interaction(c, &r);
    return ERR_OK;
}

static enum err take_record(void *arg, const json_t *object, struct err_info *info)
{
    const json_t *value = json_object_get(object, "value");
    const char *topic = json_string_value(json_object_get(object, "topic"));
    if (!topic || !text_of(value, "creator_id").ptr)
        return err_set(info, ERR_USAGE, "field", "no {\"topic\": …, \"value\": {\"creator_id\": …}}");
    if (strcmp(topic, "profiles") == 0)
        return take_profile(arg, value, info);
    if (strcmp(topic, "posts") == 0)
        return take_post(arg, value, info);
    if (strcmp(topic, "interactions") == 0)
        return take_interaction(arg, value, info);
    return err_set(info, ERR_USAGE, "topic", "topic \"%s\" is none of profiles, posts, interactions", topic);
}

enum err stream_read(const char *path, struct corpus *corpus, struct err_info *info)
{
    enum err err = each_line(path, take_record, corpus, info);
    if (err == ERR_OK)
        corpus_settle(corpus);
    return err;
}

/* ---- truths ---- */

struct reading {
    const struct corpus *corpus;
    const struct methodology *m;
    struct text_scratch *scratch;
    struct truth *truth;
};

static void *room_for(void *at, size_t n, size_t *cap, size_t size)
{
    if (n < *cap)
        return at;
    *cap = *cap ? 2 * *cap : 64;
    if (!(at = realloc(at, *cap * size)))
        abort();
    return at;
}

static enum err take_actor(struct truth *t, const json_t *object, struct err_info *info)
{
    const json_t *picture = json_object_get(object, "has_picture");
    struct interaction_record r = {.has_actor = true,
                                   .actor_followers = whole(object, "followers", -1),
                                   .actor_following = whole(object, "following", -1),
                                   .actor_posts = whole(object, "posts", -1),
                                   .actor_has_picture_known = json_is_boolean(picture),
                                   .actor_has_picture = json_is_true(picture),
                                   .actor_has_digits =
                                       json_is_integer(json_object_get(object, "name_digits")),
                                   .actor_name_digits = (int32_t)whole(object, "name_digits", 0)};
    if (r.actor_followers < 0 || r.actor_following < 0 || r.actor_posts < 0)
        return err_set(info, ERR_USAGE, "field", "an actor without followers, following or posts");
    t->actors = room_for(t->actors, t->n_actors, &t->cap_actors, sizeof *t->actors);
    t->actors[t->n_actors++] = (struct truth_actor){r, json_is_true(json_object_get(object, "is_fake"))};
    return ERR_OK;
}

static uint32_t brand_of(struct reading *r, struct bytes name)
{
    struct truth *t = r->truth;
    uint64_t hash = bytes_hash(name);
    struct truth_brand *brand = (struct truth_brand *)map_find(&t->brand_map, name, hash);
    for (uint32_t i = 0; brand && i < t->n_brands; i++)
        if (t->brands[t->n_brands - 1 - i] == brand) /* pairs of a brand stand together */
            return (uint32_t)t->n_brands - 1 - i;
    brand = calloc(1, sizeof *brand);
    if (!brand || !(brand->name = strndup(name.ptr, name.len)))
        abort();
    brand->token = text_token(r->scratch, '@', name);
    brand->entry = (struct map_entry){hash, bytes_of(brand->name)};
    map_add(&t->brand_map, &brand->entry);
    t->brands = room_for(t->brands, t->n_brands, &t->cap_brands, sizeof *t->brands);
    t->brands[t->n_brands] = brand;
    return (uint32_t)t->n_brands++;
}

static void take_niche(struct reading *r, uint32_t creator, const char *niche)
{
    struct truth *t = r->truth;
    for (uint32_t k = 0; k < r->m->n_niches; k++)
        if (strcasecmp(niche, r->m->niches[k]) == 0) {
            t->labels = room_for(t->labels, t->n_labels, &t->cap_labels, sizeof *t->labels);
            t->labels[t->n_labels++] = (struct truth_label){creator, k};
            return;
        }
    t->unknown++;
}

static void take_tier(struct reading *r, uint32_t creator, const char *tier)
{
    struct truth *t = r->truth;
    t->tiers = room_for(t->tiers, t->n_tiers, &t->cap_tiers, sizeof *t->tiers);
    t->tiers[t->n_tiers].creator = creator;
    snprintf(t->tiers[t->n_tiers++].tier, sizeof t->tiers->tier, "%s", tier);
}

static enum err take_truth(void *arg, const json_t *object, struct err_info *info)
{
    struct reading *r = arg;
    struct truth *t = r->truth;
    struct bytes id = text_of(object, "creator_id"), brand = text_of(object, "brand");
    const char *niche = text_of(object, "niche").ptr, *tier = text_of(object, "tier").ptr;
    if (json_is_boolean(json_object_get(object, "is_fake")))
        return take_actor(t, object, info);
    if (!id.ptr || !(brand.ptr || niche || tier))
        return err_set(info, ERR_USAGE, "field",
                       "neither is_fake, nor creator_id with one of niche, tier, brand");
    const struct corpus_creator *creator = r->corpus ? corpus_find(r->corpus, id) : NULL;
    if (!creator) {
        t->unknown++;
        return ERR_OK;
    }
    t->in_truth[creator->index] = 1;
    if (niche)
        take_niche(r, creator->index, niche);
    if (tier)
        take_tier(r, creator->index, tier);
    if (brand.ptr) {
        t->pairs = room_for(t->pairs, t->n_pairs, &t->cap_pairs, sizeof *t->pairs);
        t->pairs[t->n_pairs++] = (struct truth_pair){creator->index, brand_of(r, brand)};
    }
    return ERR_OK;
}

enum err truth_read(const char *path, const struct corpus *corpus, const struct methodology *m,
                    struct text_scratch *scratch, struct truth *truth, struct err_info *info)
{
    struct reading r = {corpus, m, scratch, truth};
    if (!truth->in_truth && !(truth->in_truth = calloc(corpus ? corpus->n_creators + 1 : 1, 1)))
        abort();
    return each_line(path, take_truth, &r, info);
}

void truth_free(struct truth *t)
{
    for (size_t i = 0; i < t->n_brands; i++) {
        free(t->brands[i]->name);
        free(t->brands[i]);
    }
    map_free(&t->brand_map);
    free(t->brands);
    free(t->labels);
    free(t->tiers);
    free(t->pairs);
    free(t->actors);
    free(t->in_truth);
    *t = (struct truth){0};
}
