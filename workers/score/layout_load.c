/* layout_load: the two hashes and three strings become a creator again. A field that cannot be read is an
 * error that names it: state is never guessed. Fields that are not the layout's (the engine's e) are skipped.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "layout.h"

bool layout_ints(struct bytes *text, int64_t *out, int n)
{
    for (int i = 0; i < n; i++)
        if (!bytes_int(text, &out[i]))
            return false;
    return true;
}

bool layout_maybe(struct bytes *text, bool *there, int64_t *n)
{
    if (text->len >= 2 && text->ptr[0] == ' ' && text->ptr[1] == '-' &&
        (text->len == 2 || text->ptr[2] == ' ')) {
        *text = (struct bytes){text->ptr + 2, text->len - 2};
        *there = false;
        *n = 0;
        return true;
    }
    return *there = bytes_int(text, n);
}

/* " v120 l-3": one letter with its number; false at the end or at something else. */
static bool count(struct bytes *text, int *what, int64_t *n)
{
    size_t skip = text->len && text->ptr[0] == ' ';
    const char *letter = text->len > skip ? strchr(layout_letters + 1, text->ptr[skip]) : NULL;
    if (!letter || !*letter)
        return false;
    *what = (int)(letter - layout_letters);
    *text = (struct bytes){text->ptr + skip + 1, text->len - skip - 1};
    return bytes_int(text, n);
}

bool layout_counts(struct bytes text, int64_t *counts, int n)
{
    int what;
    int64_t number;
    while (count(&text, &what, &number)) {
        if (what >= n)
            return false;
        counts[what] = number;
    }
    return text.len == 0;
}

static bool load_bucket(struct window *window, struct bytes text)
{
    int64_t bucket, number;
    int what, slot;
    bool any = false;
    if (!bytes_int(&text, &bucket) || bucket < 0 || bucket > INT32_MAX)
        return false;
    while (count(&text, &what, &number)) {
        window_add(window, bucket, what, number, &slot);
        any = true;
    }
    if (!any)
        window_add(window, bucket, 0, 0, &slot);
    return text.len == 0;
}

/* " FR": up to the next blank. */
struct bytes layout_word(struct bytes *text)
{
    size_t skip = text->len && text->ptr[0] == ' ', end = skip;
    while (end < text->len && text->ptr[end] != ' ')
        end++;
    struct bytes found = {text->ptr + skip, end - skip};
    *text = (struct bytes){text->ptr + end, text->len - end};
    return found;
}

static bool load_attributes(struct creator *c, struct bytes text)
{
    int64_t n[4];
    if (!layout_ints(&text, n, 4) || n[2] < 0 || n[2] >= N_PLATFORMS || text.len < 2)
        return false;
    c->has_profile = true;
    c->profile_at = n[0];
    c->profile_offset = n[1];
    c->platform = (uint8_t)n[2];
    c->verified = n[3] != 0;
    struct bytes country = layout_word(&text), currency;
    if (country.ptr[0] != '-')
        memcpy(c->country, country.ptr, country.len < 3 ? country.len : 3);
    if (text.len == 0)
        return true; /* no price */
    if (!bytes_int(&text, &c->price) || (currency = layout_word(&text)).len != 3)
        return false;
    memcpy(c->price_currency, currency.ptr, currency.len);
    return text.len == 0;
}

static bool load_base(struct creator *c, int scheme, struct bytes text)
{
    int64_t n[6];
    if (scheme < 0 || scheme >= SCHEMES || !layout_ints(&text, n, 6))
        return false;
    if (!c->base)
        c->base = calloc(SCHEMES, sizeof *c->base);
    if (!c->base)
        abort();
    c->base[scheme] = (struct tier_fold){n[1], n[2], n[4], (uint8_t)n[0], (int8_t)n[3], (int8_t)n[5], true};
    return true;
}

static bool load_profile_day(struct creator *c, int64_t slot, struct bytes text)
{
    int64_t n[4];
    struct profile_day day = {0};
    if (slot < 0 || slot >= PROFILE_DAYS || c->n_profile_days == PROFILE_DAYS || !layout_ints(&text, n, 4) ||
        !layout_maybe(&text, &day.has_following, &day.following) ||
        !layout_maybe(&text, &day.has_posts, &day.posts))
        return false;
    day.day = (int32_t)n[0];
    day.observed_at = n[1];
    day.offset = n[2];
    day.followers = n[3];
    day.slot = (uint8_t)slot;
    if (!c->profile_days) {
        c->cap_profile_days = PROFILE_DAYS;
        c->profile_days = calloc(PROFILE_DAYS, sizeof *c->profile_days);
        if (!c->profile_days)
            abort();
    }
    c->profile_days[c->n_profile_days++] = day;
    return true;
}

static bool load_erasure(struct creator *c, struct bytes text)
{
    int64_t n[2], since;
    bool back;
    if (!layout_ints(&text, n, 2) || !layout_maybe(&text, &back, &since))
        return false;
    c->erasure = (struct erasure){true, n[0], n[1], back ? since : NOT_BACK};
    return text.len == 0;
}

bool layout_peer(struct bytes text, struct peer_entry *entry)
{
    int64_t n[3];
    if (!layout_ints(&text, n, 3) || text.len || n[0] < 0 || n[0] >= PEER_PLATFORMS || n[1] < 0 ||
        n[1] >= PEER_BANDS || n[2] < 0 || n[2] >= PEER_BINS)
        return false;
    *entry = (struct peer_entry){true, (uint8_t)n[0], (uint8_t)n[1], (uint8_t)n[2]};
    return true;
}

/* Number and name of a campaign come as two fields, in either order. */
static struct campaign *campaign_at(struct creator *c, int64_t slot)
{
    for (uint8_t i = 0; i < c->n_campaigns; i++)
        if (c->campaigns[i].slot == slot)
            return &c->campaigns[i];
    if (slot < 0 || slot > CAMPAIGNS || c->n_campaigns > CAMPAIGNS)
        return NULL;
    struct campaign *campaign = campaigns_add(c, BYTES(""));
    campaign->slot = (uint8_t)slot;
    return campaign;
}

static bool load_campaign(struct campaign *campaign, struct bytes text)
{
    int64_t n[3], value;
    if (!campaign || !layout_ints(&text, n, 3))
        return false;
    campaign->last = n[0];
    campaign->clicks = n[1];
    campaign->purchases = n[2];
    while (bytes_int(&text, &value))
        campaign_value_add(campaign, layout_word(&text), value);
    return text.len == 0;
}

static bool load_campaign_id(struct campaign *campaign, struct bytes text)
{
    if (!campaign)
        return false;
    campaign->id = realloc(campaign->id, text.len + 1);
    if (!campaign->id)
        abort();
    memcpy(campaign->id, text.ptr, text.len);
    campaign->id_len = (uint16_t)text.len;
    return true;
}

/* The last offset stands there when there is one. */
static bool load_version(struct creator *c, struct bytes text)
{
    return bytes_int(&text, &c->epoch) && layout_ints(&text, c->offsets, N_TOPICS) &&
           (text.len == 0 || layout_ints(&text, &c->offsets[TOPIC_AFFINITY], 1));
}

static bool load_counter(struct creator *c, struct bytes field, struct bytes text)
{
    int64_t slot = 0;
    struct bytes number = {field.ptr + 1, field.len - 1};
    switch (field.ptr[0]) {
    case 'v':
        return load_version(c, text);
    case 'g':
        return load_erasure(c, text);
    case 't':
        return layout_counts(text, c->totals, N_KINDS);
    case 'a':
        return load_attributes(c, text);
    case 'o':
    case 'w':
        return layout_load_shares(c, field.ptr[0], text);
    case 'q':
        return layout_peer(text, &c->peer);
    case 'n':
        return layout_load_alerts(c, field, text);
    case 'b':
        return bytes_int(&number, &slot) && load_base(c, (int)slot, text);
    case 'f':
        return bytes_int(&number, &slot) && load_profile_day(c, slot, text);
    case 'm':
        return bytes_int(&number, &slot) && load_campaign(campaign_at(c, slot), text);
    case 'i':
        return bytes_int(&number, &slot) && load_campaign_id(campaign_at(c, slot), text);
    case 'h':
        return load_bucket(&c->hours, text);
    case 'd':
        return load_bucket(&c->days, text);
    default:
        return true; /* the engine's */
    }
}

static enum err load_whole(struct creator *c, int key, const struct redis_answer *answer,
                           struct err_info *info)
{
    if (answer->type == REDIS_NIL || layout_load_whole(c, key, answer->text))
        return ERR_OK;
    return err_set(info, ERR_REJECT, "state", "string %s of %zu bytes cannot be read", creator_key_names[key],
                   answer->text.len);
}

static enum err load_hash(struct creator *c, int key, const struct redis_answer *hash, struct err_info *info)
{
    struct post by_slot[POSTS + PLACEHOLDERS];
    bool ok = true;
    size_t i;
    if (key == KEY_POSTS)
        memset(by_slot, 0, sizeof by_slot);
    for (int k = 0; key == KEY_POSTS && k < POSTS + PLACEHOLDERS; k++)
        memset(by_slot[k].metrics, 0xff, sizeof by_slot[k].metrics);
    for (i = 0; ok && i + 1 < hash->n; i += 2) {
        struct bytes field = hash->items[i]->text, text = hash->items[i + 1]->text;
        if (field.len == 0)
            continue;
        ok = key == KEY_COUNTERS ? load_counter(c, field, text) : layout_load_post(by_slot, field, text);
    }
    bool fits = key != KEY_POSTS || layout_gather_posts(c, by_slot);
    if (ok && fits)
        return ERR_OK;
    if (ok)
        return err_set(info, ERR_REJECT, "state", "hash %s has more than %d posts or %d placeholders",
                       creator_key_names[key], POSTS, PLACEHOLDERS);
    return err_set(info, ERR_REJECT, "state", "field %.*s of hash %s cannot be read: \"%.*s\"",
                   (int)hash->items[i - 2]->text.len, hash->items[i - 2]->text.ptr, creator_key_names[key],
                   (int)hash->items[i - 1]->text.len, hash->items[i - 1]->text.ptr);
}

enum err layout_load(struct creator *c, int key, const struct redis_answer *answer, struct err_info *info)
{
    return CREATOR_WHOLE_KEYS >> key & 1 ? load_whole(c, key, answer, info) : load_hash(c, key, answer, info);
}

static int by_day(const void *a, const void *b)
{
    const struct profile_day *x = a, *y = b;
    return x->day < y->day ? -1 : x->day > y->day;
}

/* Posts before placeholders; posts newest first by (posted_at, id); placeholders in the order they were
 * opened. */
static int by_place(const void *a, const void *b)
{
    const struct post *x = a, *y = b;
    if (x->placeholder != y->placeholder)
        return x->placeholder ? 1 : -1;
    if (x->posted_at != y->posted_at)
        return (x->posted_at > y->posted_at ? -1 : 1) * (x->placeholder ? -1 : 1);
    if (x->placeholder)
        return x->slot < y->slot ? -1 : 1;
    int order = memcmp(x->id, y->id, x->id_len < y->id_len ? x->id_len : y->id_len);
    return order ? -order : (int)y->id_len - (int)x->id_len;
}

void layout_loaded(struct creator *c)
{
    size_t n = c->n_posts;
    if (c->n_profile_days)
        qsort(c->profile_days, c->n_profile_days, sizeof *c->profile_days, by_day);
    if (n)
        qsort(c->posts, n, sizeof *c->posts, by_place);
    c->n_posts = c->n_placeholders = 0;
    for (size_t i = 0; i < n; i++)
        *(c->posts[i].placeholder ? &c->n_placeholders : &c->n_posts) += 1;
    creator_words(c);
    c->dirty = (struct creator_dirty){0};
}
