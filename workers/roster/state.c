/* state: the pairs of a campaign. What a lane sends twice the engine drops by its position. Of each pair the
 * largest (version, as_of) counts: a lane that counts again, since its Redis went back, tells nothing new
 * until it is where it was. Of one that left nothing is kept: whatever is told of it then is news, also of a
 * version before that, since the lane that counts again tells each pair once. */
#include <stdlib.h>

#include "roster_room.h"

void campaign_init(struct campaign_state *state)
{
    *state = (struct campaign_state){0};
}

static void pair_free(struct pair *pair)
{
    free(pair->creator);
    free(pair->audience);
    free(pair);
}

void campaign_clear(struct campaign_state *state)
{
    for (size_t i = 0; i < state->n; i++)
        pair_free(state->pairs[i]);
    free(state->pairs);
    free(state->id);
    buffer_free(&state->made_by);
    buffer_free(&state->now.text);
    buffer_free(&state->before.text);
    buffer_free(&state->left);
    watch_free(&state->watch);
    campaign_init(state);
}

size_t campaign_bytes(const struct campaign_state *state)
{
    return state->bytes + state->cap * sizeof *state->pairs + state->made_by.cap + state->now.text.cap +
           state->before.text.cap + state->watch.cap * sizeof *state->watch.all;
}

static int order(const struct pair *pair, struct bytes creator)
{
    size_t least = pair->creator_len < creator.len ? pair->creator_len : creator.len;
    int order = memcmp(pair->creator, creator.ptr, least);
    return order ? order : (pair->creator_len > creator.len) - (pair->creator_len < creator.len);
}

static size_t place_of(const struct campaign_state *state, struct bytes creator)
{
    size_t low = 0, high = state->n;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (order(state->pairs[middle], creator) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct pair *campaign_pair(const struct campaign_state *state, struct bytes creator)
{
    size_t at = place_of(state, creator);
    return at < state->n && order(state->pairs[at], creator) == 0 ? state->pairs[at] : NULL;
}

static void make_room(struct campaign_state *state)
{
    if (state->n < state->cap)
        return;
    state->cap = state->cap ? 2 * state->cap : 16;
    state->pairs = realloc(state->pairs, state->cap * sizeof *state->pairs);
    if (!state->pairs)
        abort();
}

struct pair *campaign_pair_made(struct campaign_state *state, struct bytes creator)
{
    size_t at = place_of(state, creator);
    if (at < state->n && order(state->pairs[at], creator) == 0)
        return state->pairs[at];
    struct pair *pair = calloc(1, sizeof *pair);
    if (!pair || !(pair->creator = strndup(creator.ptr, creator.len)))
        abort();
    pair->creator_len = (uint16_t)creator.len;
    make_room(state);
    memmove(state->pairs + at + 1, state->pairs + at, (state->n - at) * sizeof *state->pairs);
    state->n++;
    state->bytes += sizeof *pair + creator.len;
    return state->pairs[at] = pair;
}

void pair_audience(struct pair *pair, struct bytes packed)
{
    free(pair->audience);
    pair->audience = NULL;
    pair->audience_len = (uint16_t)packed.len;
    if (packed.len == 0)
        return;
    pair->audience = malloc(packed.len);
    if (!pair->audience)
        abort();
    memcpy(pair->audience, packed.ptr, packed.len);
}

/* ---- what lanes tell ---- */

static bool late(const struct pair *pair, const struct fit_record *r)
{
    if (r->epoch != pair->epoch)
        return r->epoch < pair->epoch;
    if (r->offsets != pair->offsets)
        return r->offsets < pair->offsets;
    return r->as_of < pair->as_of;
}

static void copy_text(char *to, size_t size, struct bytes from)
{
    size_t len = from.len < size ? from.len : size - 1;
    if (len)
        memcpy(to, from.ptr, len);
    to[len] = 0;
}

static void copy_delivered(struct pair *pair, const struct fit_record *r)
{
    const struct avro_map *values = &r->delivered.values;
    memset(pair->values, 0, sizeof pair->values);
    pair->acted_at = r->has_delivered ? r->delivered.newest : 0;
    pair->clicks = r->delivered.clicks;
    pair->purchases = r->delivered.purchases;
    for (size_t i = 0; i < values->n && i < CAMPAIGN_CURRENCIES; i++) {
        copy_text(pair->values[i].currency, sizeof pair->values[i].currency, values->entries[i].key);
        pair->values[i].minor_units = (int64_t)values->entries[i].value;
    }
}

static void copy(struct pair *pair, const struct fit_record *r)
{
    pair->epoch = r->epoch;
    pair->offsets = r->offsets;
    pair->as_of = r->as_of;
    pair->newest_post_at = r->has_newest_post ? r->newest_post_at : -1;
    copy_text(pair->gate, sizeof pair->gate, r->gate);
    copy_text(pair->platform, sizeof pair->platform, r->platform);
    copy_text(pair->tier, sizeof pair->tier, r->tier);
    copy_text(pair->currency, sizeof pair->currency, r->price_currency);
    pair->score = r->score;
    pair->confidence = r->confidence;
    pair->affinity = r->affinity;
    pair->affinity_source = r->affinity_source;
    pair->estimate = r->estimate;
    pair->authenticity = r->authenticity;
    pair->followers = r->has_followers ? r->followers : -1;
    pair->price = r->has_price ? r->price : -1;
    pair->posts = r->collaboration.posts;
    pair->posted_at = r->collaboration.newest;
    pair->engagements = r->collaboration.engagements;
    copy_delivered(pair, r);
}

static void made_by(struct campaign_state *state, const struct fit_record *r)
{
    state->made_by.len = 0;
    lane_index_add(&state->made_by, r->methodology);
    lane_index_add(&state->made_by, r->methodology_version);
    lane_index_add(&state->made_by, r->methodology_digest);
}

bool campaign_take(struct campaign_state *state, const struct fit_record *r)
{
    struct pair *pair = campaign_pair_made(state, r->creator_id);
    if (late(pair, r))
        return false;
    copy(pair, r);
    if (!bytes_equal(r->actors, (struct bytes){pair->audience, pair->audience_len})) {
        state->bytes += r->actors.len - pair->audience_len;
        pair_audience(pair, r->actors);
        pair->dirty_audience = true;
    }
    pair_said(pair);
    pair->dirty = true;
    made_by(state, r);
    return true;
}

bool campaign_leave(struct campaign_state *state, struct bytes creator)
{
    struct pair *pair = campaign_pair(state, creator);
    if (!pair)
        return false;
    size_t at = place_of(state, creator);
    lane_index_add(&state->left, creator);
    state->bytes -= sizeof *pair + pair->creator_len + pair->audience_len;
    pair_free(pair);
    state->n--;
    memmove(state->pairs + at, state->pairs + at + 1, (state->n - at) * sizeof *state->pairs);
    return true;
}

/* ---- what was published ---- */

static struct bytes names_of(const struct told *told)
{
    struct bytes rest = {told->text.data, told->text.len};
    int64_t skipped;
    if (!bytes_int(&rest, &skipped) || !bytes_int(&rest, &skipped))
        return (struct bytes){NULL, 0};
    return rest;
}

bool campaign_told(struct campaign_state *state, const struct buffer *names)
{
    if (bytes_equal(names_of(&state->now), (struct bytes){names->data, names->len}))
        return false;
    struct told before = state->before;
    state->before = state->now;
    state->now = before;
    state->now.text.len = 0;
    buffer_printf(&state->now.text, "%d %lld", (int)state->epoch, (long long)state->offset);
    buffer_add(&state->now.text, names->data, names->len);
    return state->dirty_told = true;
}
