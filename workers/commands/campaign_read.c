/* campaign_read: a campaign's JSON, strictly, into what the domain compares. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "campaigns.h"

struct reading {
    const char *id;
    const struct campaign_tables *tables;
    struct text_scratch *scratch;
    struct fit_campaign *campaign;
    struct err_info *info;
};

static enum err refuse(struct reading *r, const char *field, const char *given, const char *accepted)
{
    return err_set(r->info, ERR_USAGE, "campaign", "campaign %.60s: %s: \"%.60s\": %s", r->id, field, given,
                   accepted);
}

static const json_t *of(const json_t *object, const char *name)
{
    return json_object_get(object, name);
}

static struct optional real_of(const json_t *value, const char *name)
{
    const json_t *n = of(value, name);
    return (struct optional){json_is_number(n) ? json_number_value(n) : 0, json_is_number(n)};
}

static int64_t time_of(const json_t *value, const char *name, int64_t open)
{
    return json_is_integer(of(value, name)) ? json_integer_value(of(value, name)) : open;
}

/* ---- lists of words ---- */

typedef enum err word_taker(struct reading *r, const char *word);

static enum err each_word(struct reading *r, const json_t *value, const char *field, word_taker *take)
{
    const json_t *list = of(value, field);
    enum err err = ERR_OK;
    for (size_t i = 0; i < json_array_size(list) && err == ERR_OK; i++) {
        const char *word = json_string_value(json_array_get(list, i));
        err = word ? take(r, word) : refuse(r, field, "?", "each must be a text");
    }
    return err;
}

static enum err take_platform(struct reading *r, const char *word)
{
    for (int i = 0; i < N_PLATFORMS; i++)
        if (strcmp(platform_names[i], word) == 0) {
            r->campaign->platforms |= (uint16_t)(1u << i);
            return ERR_OK;
        }
    return refuse(r, "platforms", word, "is no platform of profile.avsc");
}

static enum err take_tier(struct reading *r, const char *word)
{
    const struct tier_scheme *scheme = r->tables->methodology->schemes[0];
    for (size_t i = 0; i < scheme->n_edges && r->campaign->n_tiers < FIT_TIERS; i++)
        if (strcmp(scheme->edges[i].tier, word) == 0) {
            char *room = r->campaign->tiers[r->campaign->n_tiers++];
            snprintf(room, sizeof r->campaign->tiers[0], "%s", word);
            return ERR_OK;
        }
    return refuse(r, "tiers", word, "is no tier of scheme default");
}

static enum err take_value(struct reading *r, const char *word)
{
    const struct text_class *class = text_class_of(r->tables->text, bytes_of(word));
    if (!class || class->kind != TEXT_VALUE)
        return refuse(r, "values", word, "is no class of the values lexicon");
    r->campaign->values |= 1ull << class->bit;
    return ERR_OK;
}

/* A class of the lexicons, else a tag (#x), a mention (@x) or, without a sign, either. */
static enum err take_excluded(struct reading *r, const char *word)
{
    const struct text_class *class = text_class_of(r->tables->text, bytes_of(word));
    struct fit_campaign *c = r->campaign;
    if (class && class->kind != TEXT_SIGN) {
        c->excluded_classes |= 1ull << class->bit;
        return ERR_OK;
    }
    if (c->n_excluded + 2 > sizeof c->excluded / sizeof c->excluded[0])
        return refuse(r, "excluded", word, "is one too many; 64 are accepted");
    for (const char *sign = "#@"; *sign; sign++)
        if (*word == *sign || !strchr("#@", *word))
            c->excluded[c->n_excluded++] = text_token(r->scratch, *sign, bytes_of(word));
    return ERR_OK;
}

static enum err take_competitor(struct reading *r, const char *word)
{
    struct fit_campaign *c = r->campaign;
    if (c->n_competitors == FIT_TERMS)
        return refuse(r, "competitors", word, "is one too many; 64 are accepted");
    c->competitors[c->n_competitors++] = text_token(r->scratch, '@', bytes_of(word));
    return ERR_OK;
}

/* ---- maps ---- */

static enum err read_topics(struct reading *r, const json_t *topics)
{
    const char *name;
    json_t *weight;
    json_object_foreach((json_t *)(uintptr_t)topics, name, weight)
    {
        const struct text_class *class = text_class_of(r->tables->text, bytes_of(name));
        if (!class || (class->kind != TEXT_NICHE && class->kind != TEXT_TOPIC))
            return refuse(r, "topics", name, "is no topic of the lexicons");
        if (json_number_value(weight) < 0)
            return refuse(r, "topics", name, "has a weight below 0");
        if (class->kind == TEXT_NICHE)
            r->campaign->topics[class->bit] = json_number_value(weight);
        else
            r->campaign->other_topics += json_number_value(weight) * json_number_value(weight);
    }
    return ERR_OK;
}

static enum err read_shares(struct reading *r, const json_t *value, const char *field,
                            struct fit_shares *shares)
{
    const char *name;
    json_t *share;
    json_object_foreach((json_t *)(uintptr_t)of(value, field), name, share)
    {
        double n = json_number_value(share);
        if (n < 0 || n > 1 || strlen(name) >= sizeof shares->each[0].of)
            return refuse(r, field, name, "needs a share from 0 to 1");
        if (shares->n == FIT_SHARES)
            return refuse(r, field, name, "is one too many; 32 are accepted");
        struct fit_share *one = &shares->each[shares->n++];
        snprintf(one->of, sizeof one->of, "%s", name);
        one->share = n;
    }
    return ERR_OK;
}

static enum err read_weights(struct reading *r, const json_t *weights)
{
    const char *name;
    json_t *weight;
    for (int i = 0; i < N_FACTORS; i++)
        r->campaign->weights[i] = 1;
    json_object_foreach((json_t *)(uintptr_t)weights, name, weight)
    {
        int at = 0;
        while (at < N_FACTORS && strcmp(fit_factor_names[at], name) != 0)
            at++;
        double n = json_number_value(weight);
        if (at == N_FACTORS || n < 0 || n > 10)
            return refuse(r, "weights", name, "must be target, values or quality, from 0 to 10");
        r->campaign->weights[at] = n;
    }
    return ERR_OK;
}

/* ---- what the words say of B: each tag weighs 1, each word of a topic as much as the topic ---- */

#define BRAND_WORDS 8192

struct brand_words {
    uint32_t tokens[BRAND_WORDS];
    double weights[BRAND_WORDS];
    size_t n;
};

static void add_topic(const struct text *text, const char *name, double weight, struct brand_words *words)
{
    const struct text_class *class = text_class_of(text, bytes_of(name));
    size_t from = words->n;
    if (class)
        words->n += text_class_tokens(text, class, words->tokens + from, BRAND_WORDS - from);
    for (size_t i = from; i < words->n; i++)
        words->weights[i] = weight;
}

static void read_words_of_brand(struct reading *r, const json_t *value)
{
    struct brand_words *words = malloc(sizeof *words);
    const char *name;
    json_t *weight, *tag;
    size_t i;
    float b[DIMS] = {0};
    if (!words)
        abort();
    words->n = 0;
    json_array_foreach(of(value, "tags"), i, tag) if (words->n < BRAND_WORDS)
    {
        words->weights[words->n] = 1;
        words->tokens[words->n++] = text_token(r->scratch, '#', bytes_of(json_string_value(tag)));
    }
    json_object_foreach((json_t *)(uintptr_t)of(value, "topics"), name, weight)
        add_topic(r->tables->text, name, json_number_value(weight), words);
    r->campaign->modelled = true;
    (void)brand_cold(r->tables->embedding, words->tokens, words->weights, words->n, b); /* none known: 0 */
    direction_of(r->tables->embedding, b, &r->campaign->direction);
    free(words);
}

/* ---- */

static enum err read_plain(struct reading *r, const json_t *value)
{
    struct fit_campaign *c = r->campaign;
    const char *status = json_string_value(of(value, "status")),
               *brand = json_string_value(of(value, "brand"));
    const json_t *budget = of(value, "budget");
    const char *currency = json_string_value(of(budget, "currency"));
    snprintf(c->id, sizeof c->id, "%s", r->id);
    snprintf(c->brand, sizeof c->brand, "%s", brand ? brand : "");
    c->active = status && strcmp(status, "ACTIVE") == 0;
    c->starts_at = time_of(value, "starts_at", INT64_MIN);
    c->ends_at = time_of(value, "ends_at", INT64_MAX);
    c->min_authenticity = real_of(value, "min_authenticity");
    c->min_rate = real_of(value, "min_engagement_rate");
    c->slots = (int32_t)json_integer_value(of(value, "slots"));
    c->budget = json_integer_value(of(budget, "minor_units"));
    snprintf(c->currency, sizeof c->currency, "%.3s", currency ? currency : "");
    if (strlen(r->id) > 256)
        return refuse(r, "campaign_id", r->id, "has more than 256 bytes");
    if (strchr(r->id, '/')) /* the keys of its fits are campaign_id/creator_id */
        return refuse(r, "campaign_id", r->id, "must not have a slash");
    if (c->starts_at >= c->ends_at)
        return refuse(r, "ends_at", "", "must be after starts_at");
    if (c->min_authenticity.value < 0 || c->min_authenticity.value > 100)
        return refuse(r, "min_authenticity", "", "0 to 100 is accepted");
    if (c->min_rate.value < 0 || c->min_rate.value > 1)
        return refuse(r, "min_engagement_rate", "", "is a fraction: 0 to 1, 0.02 for 2 %");
    return c->budget < 0 || c->slots < 0 ? refuse(r, "budget, slots", "", "must not be below 0") : ERR_OK;
}

static enum err read_words(struct reading *r, const json_t *value)
{
    enum err err = each_word(r, value, "platforms", take_platform);
    if (err == ERR_OK)
        err = each_word(r, value, "tiers", take_tier);
    if (err == ERR_OK)
        err = each_word(r, value, "values", take_value);
    if (err == ERR_OK)
        err = each_word(r, value, "excluded", take_excluded);
    if (err == ERR_OK)
        err = each_word(r, value, "competitors", take_competitor);
    return err;
}

static uint64_t digest_of(const struct reading *r, const json_t *value)
{
    char *said = json_dumps(value, JSON_COMPACT | JSON_SORT_KEYS);
    uint64_t all[] = {bytes_hash(bytes_of(said)), r->tables->methodology->digest,
                      text_digest(r->tables->text), r->tables->embedding ? r->tables->embedding->digest : 0};
    free(said);
    return bytes_hash((struct bytes){(const char *)all, sizeof all});
}

enum err campaign_read(const json_t *value, const struct campaign_tables *tables,
                       struct fit_campaign *campaign, struct err_info *info)
{
    *campaign = (struct fit_campaign){0};
    struct reading r = {.id = json_string_value(of(value, "campaign_id")),
                        .tables = tables,
                        .campaign = campaign,
                        .info = info};
    if (!r.id || !*r.id)
        return err_set(info, ERR_USAGE, "campaign", "campaign_id is missing or empty");
    r.scratch = text_scratch_open(tables->text);
    campaign->brand_token = text_token(r.scratch, '@', bytes_of(json_string_value(of(value, "brand"))));
    enum err err = read_plain(&r, value);
    if (err == ERR_OK)
        err = read_words(&r, value);
    if (err == ERR_OK)
        err = read_topics(&r, of(value, "topics"));
    if (err == ERR_OK)
        err = read_shares(&r, value, "countries", &campaign->countries);
    if (err == ERR_OK)
        err = read_shares(&r, value, "languages", &campaign->languages);
    if (err == ERR_OK)
        err = read_weights(&r, of(value, "weights"));
    if (err == ERR_OK && tables->embedding)
        read_words_of_brand(&r, value);
    text_scratch_close(r.scratch);
    campaign->digest = digest_of(&r, value);
    return err;
}
