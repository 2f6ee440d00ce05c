/* layout: a campaign in Redis (docs/reference/redis-layout.md): hash `c`, plain text, a field a pair among
 * others; hash `r`, the pairs' audiences as they came. Writes what is dirty and nothing else. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "roster_room.h"

const char *const campaign_key_names[N_CAMPAIGN_KEYS] = {"c", "r"};

/* ---- a pair as text: words in this order, "-" where nothing is known ---- */

static void put_word(struct buffer *out, const char *word)
{
    buffer_printf(out, " %s", *word ? word : "-");
}

static void put_number(struct buffer *out, struct optional x)
{
    if (x.there)
        buffer_printf(out, " %.17g", x.value);
    else
        put_word(out, "");
}

static void put_said(const struct pair *p, struct buffer *out)
{
    put_word(out, p->gate);
    buffer_printf(out, " %.17g %.17g %.17g %" PRId32, p->score, p->confidence, p->affinity,
                  p->affinity_source);
    put_word(out, p->platform);
    put_word(out, p->tier);
    put_number(out, p->estimate);
    put_number(out, p->authenticity);
    buffer_printf(out, " %" PRId64 " %" PRId64, p->followers, p->price);
    put_word(out, p->currency);
    buffer_printf(out, " %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64, p->posts,
                  p->posted_at, p->engagements, p->acted_at, p->clicks, p->purchases);
    for (int i = 0; i < CAMPAIGN_CURRENCIES && p->values[i].currency[0]; i++)
        buffer_printf(out, " %s %" PRId64, p->values[i].currency, p->values[i].minor_units);
}

void pair_said(struct pair *pair)
{
    struct buffer text = {0};
    put_said(pair, &text);
    uint64_t both[] = {bytes_hash((struct bytes){text.data, text.len}),
                       bytes_hash((struct bytes){pair->audience, pair->audience_len})};
    pair->digest = bytes_hash((struct bytes){(const char *)both, sizeof both});
    buffer_free(&text);
}

static void put_pair(const struct pair *p, struct buffer *out)
{
    out->len = 0;
    buffer_printf(out, "%" PRId32 " %" PRId64 " %" PRId64 " %" PRId64, p->epoch, p->offsets, p->as_of,
                  p->newest_post_at);
    put_said(p, out);
}

static bool take_word(struct bytes *text, char *word, size_t size)
{
    while (text->len && *text->ptr == ' ')
        *text = (struct bytes){text->ptr + 1, text->len - 1};
    const char *end = text->len ? memchr(text->ptr, ' ', text->len) : NULL;
    size_t len = end ? (size_t)(end - text->ptr) : text->len;
    if (len == 0 || len >= size)
        return false;
    memcpy(word, text->ptr, len);
    word[len] = 0;
    *text = (struct bytes){text->ptr + len, text->len - len};
    if (strcmp(word, "-") == 0)
        *word = 0;
    return true;
}

static bool take_number(struct bytes *text, struct optional *x)
{
    char word[40], *end;
    if (!take_word(text, word, sizeof word))
        return false;
    *x = (struct optional){strtod(word, &end), *word != 0};
    return *end == 0;
}

static bool take_real(struct bytes *text, double *x)
{
    struct optional number;
    if (!take_number(text, &number))
        return false;
    *x = number.value;
    return number.there;
}

static bool take_values(struct bytes *text, struct pair *p)
{
    for (int i = 0; i < CAMPAIGN_CURRENCIES && text->len; i++)
        if (!take_word(text, p->values[i].currency, sizeof p->values[i].currency) ||
            !bytes_int(text, &p->values[i].minor_units))
            return false;
    return text->len == 0;
}

static bool take_said(struct bytes *text, struct pair *p)
{
    int64_t source;
    bool ok =
        take_real(text, &p->score) && take_real(text, &p->confidence) && take_real(text, &p->affinity) &&
        bytes_int(text, &source) && take_word(text, p->platform, sizeof p->platform) &&
        take_word(text, p->tier, sizeof p->tier) && take_number(text, &p->estimate) &&
        take_number(text, &p->authenticity) && bytes_int(text, &p->followers) && bytes_int(text, &p->price) &&
        take_word(text, p->currency, sizeof p->currency) && bytes_int(text, &p->posts) &&
        bytes_int(text, &p->posted_at) && bytes_int(text, &p->engagements) && bytes_int(text, &p->acted_at) &&
        bytes_int(text, &p->clicks) && bytes_int(text, &p->purchases) && take_values(text, p);
    p->affinity_source = ok ? (int32_t)source : 0;
    return ok;
}

static bool take_pair(struct campaign_state *state, struct bytes creator, struct bytes text)
{
    int64_t epoch;
    struct pair *p = campaign_pair_made(state, creator);
    if (!bytes_int(&text, &epoch) || !bytes_int(&text, &p->offsets) || !bytes_int(&text, &p->as_of))
        return false;
    if (!bytes_int(&text, &p->newest_post_at))
        p->newest_post_at = -1; /* of before there were alerts */
    if (!take_word(&text, p->gate, sizeof p->gate))
        return false;
    p->epoch = (int32_t)epoch;
    if (strcmp(p->gate, "gone") == 0) /* it left: the first layout kept that */
        return campaign_leave(state, creator);
    return take_said(&text, p);
}

/* ---- fields ---- */

static struct bytes pair_field(struct bytes creator, struct buffer *out)
{
    out->len = 0;
    buffer_add(out, "p:", 2);
    buffer_add(out, creator.ptr, creator.len);
    return (struct bytes){out->data, out->len};
}

static void write_headline(const struct campaign_state *state, struct buffer *value,
                           const struct lane_writer *w)
{
    value->len = 0;
    buffer_printf(value, "%" PRId32 " %" PRId64, state->epoch, state->offset);
    w->set(w->arg, KEY_CAMPAIGN, BYTES("v"), (struct bytes){value->data, value->len});
    w->set(w->arg, KEY_CAMPAIGN, BYTES("id"), bytes_of(state->id));
    w->set(w->arg, KEY_CAMPAIGN, BYTES("by"), (struct bytes){state->made_by.data, state->made_by.len});
}

static void write_told(const struct campaign_state *state, const struct lane_writer *w)
{
    w->set(w->arg, KEY_CAMPAIGN, BYTES("now"), (struct bytes){state->now.text.data, state->now.text.len});
    if (state->before.text.len)
        w->set(w->arg, KEY_CAMPAIGN, BYTES("before"),
               (struct bytes){state->before.text.data, state->before.text.len});
}

static void write_watch(const struct watch *watch, struct buffer *value, const struct lane_writer *w)
{
    watch_text(watch, value);
    if (watch->there)
        w->set(w->arg, KEY_CAMPAIGN, BYTES("watch"), (struct bytes){value->data, value->len});
    else
        w->drop(w->arg, KEY_CAMPAIGN, BYTES("watch"));
}

static struct bytes creator_of(const struct pair *pair)
{
    return (struct bytes){pair->creator, pair->creator_len};
}

static void write_pairs(struct campaign_state *state, struct buffer *field, struct buffer *value,
                        const struct lane_writer *w)
{
    for (size_t i = 0; i < state->n; i++) {
        struct pair *p = state->pairs[i];
        if (!p->dirty)
            continue;
        put_pair(p, value);
        w->set(w->arg, KEY_CAMPAIGN, pair_field(creator_of(p), field),
               (struct bytes){value->data, value->len});
        p->dirty = false;
    }
}

static void write_audiences(struct campaign_state *state, const struct lane_writer *w)
{
    for (size_t i = 0; i < state->n; i++) {
        struct pair *p = state->pairs[i];
        if (p->dirty_audience && p->audience_len)
            w->set(w->arg, KEY_AUDIENCES, creator_of(p), (struct bytes){p->audience, p->audience_len});
        else if (p->dirty_audience)
            w->drop(w->arg, KEY_AUDIENCES, creator_of(p));
        p->dirty_audience = false;
    }
}

/* Who came back since has its fields again, perhaps without an audience. */
static void drop_left(const struct campaign_state *state, int key, struct buffer *field,
                      const struct lane_writer *w)
{
    for (struct bytes names = {state->left.data, state->left.len}, name; lane_index_next(&names, &name);) {
        const struct pair *pair = campaign_pair(state, name);
        if (!pair || (key == KEY_AUDIENCES && !pair->audience_len))
            w->drop(w->arg, key, key == KEY_CAMPAIGN ? pair_field(name, field) : name);
    }
}

/* Fields go in ascending key order; those that leave go after those that are set. */
void campaign_write(struct campaign_state *state, const struct lane_writer *w)
{
    struct buffer field = {0}, value = {0};
    if (state->dirty)
        write_headline(state, &value, w);
    if (state->dirty_told)
        write_told(state, w);
    write_pairs(state, &field, &value, w);
    drop_left(state, KEY_CAMPAIGN, &field, w);
    if (state->watch.dirty)
        write_watch(&state->watch, &value, w);
    write_audiences(state, w);
    drop_left(state, KEY_AUDIENCES, &field, w);
    state->left.len = 0;
    state->dirty = state->dirty_told = state->watch.dirty = false;
    buffer_free(&field);
    buffer_free(&value);
}

/* ---- and back ---- */

static bool read_field(struct campaign_state *state, struct bytes field, struct bytes value)
{
    int64_t epoch;
    if (field.len > 2 && memcmp(field.ptr, "p:", 2) == 0)
        return take_pair(state, (struct bytes){field.ptr + 2, field.len - 2}, value);
    if (bytes_equal(field, BYTES("v"))) {
        bool ok = bytes_int(&value, &epoch) && bytes_int(&value, &state->offset) && value.len == 0;
        state->epoch = ok ? (int32_t)epoch : 0;
        return ok;
    }
    if (bytes_equal(field, BYTES("id")))
        return (state->id = strndup(value.ptr, value.len)) != NULL;
    if (bytes_equal(field, BYTES("watch")))
        return watch_read(&state->watch, value);
    struct buffer *text = bytes_equal(field, BYTES("by"))       ? &state->made_by
                          : bytes_equal(field, BYTES("now"))    ? &state->now.text
                          : bytes_equal(field, BYTES("before")) ? &state->before.text
                                                                : NULL;
    if (text)
        buffer_add(text, value.ptr, value.len);
    return true; /* what else lies there is the engine's */
}

static bool read_audience(struct campaign_state *state, struct bytes creator, struct bytes value)
{
    struct pair *pair = campaign_pair(state, creator);
    if (!pair)
        return false;
    pair_audience(pair, value);
    state->bytes += value.len;
    return true;
}

enum err campaign_read_key(struct campaign_state *state, int key, const struct redis_answer *answer,
                           struct err_info *info)
{
    for (size_t i = 0; i + 1 < answer->n; i += 2) {
        struct bytes field = answer->items[i]->text, value = answer->items[i + 1]->text;
        if (!(key == KEY_CAMPAIGN ? read_field : read_audience)(state, field, value))
            return err_set(info, ERR_REJECT, "state", "field \"%.*s\" of key %s cannot be read: \"%.*s\"",
                           (int)(field.len < 80 ? field.len : 80), field.ptr, campaign_key_names[key],
                           (int)(value.len < 80 ? value.len : 80), value.ptr);
    }
    for (size_t i = 0; key == KEY_AUDIENCES && i < state->n; i++)
        pair_said(state->pairs[i]);
    return ERR_OK;
}
