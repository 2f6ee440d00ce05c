/* record: a shortlist in the order of schemas/shortlist.avsc. */
#include <inttypes.h>
#include <stdio.h>

#include "roster_room.h"

static struct bytes creator_of(const struct pair *pair)
{
    return (struct bytes){pair->creator, pair->creator_len};
}

static void put_origin(const struct campaign_state *state, const struct shortlist_origin *origin,
                       struct buffer *out)
{
    avro_put_bytes(out, bytes_of(state->id));
    avro_put_long(out, state->epoch);
    avro_put_long(out, state->offset);
    avro_put_long(out, origin->as_of);
    avro_put_long(out, origin->idle);
    avro_put_there(out);
    avro_put_long(out, origin->partition);
    avro_put_long(out, origin->applied);
}

static void put_methodology(const struct campaign_state *state, struct buffer *out)
{
    struct bytes rest = {state->made_by.data, state->made_by.len}, text;
    avro_put_long(out, rest.len > 0);
    while (lane_index_next(&rest, &text))
        avro_put_bytes(out, text);
}

static void put_terms(const struct fit_campaign *c, struct buffer *out)
{
    char digest[17];
    snprintf(digest, sizeof digest, "%016" PRIx64, c->digest);
    avro_put_there(out);
    avro_put_bytes(out, bytes_of(digest));
    avro_put_bytes(out, bytes_of(c->brand));
    avro_put_maybe_long(out, c->budget > 0, c->budget);
    if (c->budget > 0)
        avro_put_bytes(out, bytes_of(c->currency));
    avro_put_maybe_long(out, c->slots > 0, c->slots);
}

/* ---- ranking ---- */

static void put_performance(const struct performance *p, struct buffer *out)
{
    avro_put_long(out, p->there);
    if (!p->there)
        return;
    avro_put_long(out, p->posts);
    avro_put_maybe_long(out, p->posts > 0, p->posted_at);
    avro_put_long(out, p->engagements);
    optional_put(p->expected, out);
    optional_put(p->ratio, out);
    avro_put_long(out, p->clicks);
    avro_put_long(out, p->purchases);
    avro_put_block(out, p->n_values);
    for (size_t i = 0; i < p->n_values; i++) {
        avro_put_bytes(out, bytes_of(p->values[i].currency));
        avro_put_long(out, p->values[i].minor_units);
    }
    avro_put_end(out);
    optional_put(p->cost, out);
    optional_put(p->cost_per_engagement, out);
    optional_put(p->cost_per_conversion, out);
}

static void put_ranked(const struct shortlist *s, size_t i, struct buffer *out)
{
    const struct pair *p = s->ranking[i];
    const struct performance performance = performance_of(p, s->campaign->currency);
    double expected = s->candidates[i].engagements;
    avro_put_bytes(out, creator_of(p));
    avro_put_double(out, p->score);
    avro_put_double(out, p->confidence);
    avro_put_double(out, p->affinity);
    avro_put_long(out, p->affinity_source);
    avro_put_maybe_bytes(out, bytes_of(p->platform));
    avro_put_maybe_bytes(out, bytes_of(p->tier));
    avro_put_maybe_long(out, p->followers >= 0, p->followers);
    optional_put(p->authenticity, out);
    avro_put_double(out, hll_estimate(s->registers[i]));
    avro_put_maybe_double(out, expected > 0, expected);
    avro_put_maybe_long(out, p->price >= 0, p->price);
    if (p->price >= 0)
        avro_put_bytes(out, bytes_of(p->currency));
    put_performance(&performance, out);
}

/* ---- roster ---- */

static void put_members(const struct roster *roster, struct buffer *out)
{
    double reach = 0;
    int64_t cost = 0;
    avro_put_block(out, roster->n);
    for (size_t i = 0; i < roster->n; i++) {
        const struct roster_member *m = &roster->members[i];
        int64_t price = m->candidate->price;
        avro_put_bytes(out, m->candidate->creator_id);
        avro_put_double(out, m->marginal);
        avro_put_double(out, m->exclusive);
        avro_put_maybe_long(out, price >= 0, price);
        avro_put_double(out, reach += m->marginal);
        avro_put_long(out, cost += price > 0 ? price : 0);
    }
    avro_put_end(out);
}

static void put_roster(const struct shortlist *s, struct buffer *out)
{
    const struct roster *roster = &s->roster;
    avro_put_there(out);
    put_members(roster, out);
    avro_put_bool(out, s->per_slot);
    avro_put_double(out, roster->total_reach);
    avro_put_double(out, roster->unduplicated_reach);
    avro_put_double(out, HLL_ERROR);
    avro_put_double(out, roster->frequency);
    avro_put_double(out, roster->engagements);
    avro_put_long(out, roster->cost);
}

static void put_rejected(const struct shortlist *s, const struct campaign_state *state, struct buffer *out)
{
    size_t left = s->rejected < MOST_RANKED ? s->rejected : MOST_RANKED;
    avro_put_block(out, left);
    for (size_t i = 0; left > 0; i++) {
        const struct pair *p = state->pairs[i];
        if (!p->gate[0])
            continue;
        avro_put_bytes(out, creator_of(p));
        avro_put_bytes(out, bytes_of(p->gate));
        left--;
    }
    avro_put_end(out);
}

/* ---- changes ---- */

struct list { /* creators of a ranking or a roster, in order */
    struct bytes names[MOST_RANKED];
    size_t n;
};

struct compared {
    int64_t epoch, offset;
    struct list ranking, roster;
};

static bool take_list(struct bytes *text, int64_t n, struct list *list)
{
    for (list->n = 0; n > 0 && list->n < MOST_RANKED && lane_index_next(text, &list->names[list->n]); n--)
        list->n++;
    return n == 0;
}

static bool take_told(const struct told *told, struct compared *of)
{
    struct bytes text = {told->text.data, told->text.len};
    int64_t ranked, chosen;
    return bytes_int(&text, &of->epoch) && bytes_int(&text, &of->offset) && bytes_int(&text, &ranked) &&
           bytes_int(&text, &chosen) && take_list(&text, ranked, &of->ranking) &&
           take_list(&text, chosen, &of->roster);
}

/* Its rank, 1 the first; 0: it is not there. */
static size_t rank_in(const struct list *list, struct bytes name)
{
    for (size_t i = 0; i < list->n; i++)
        if (bytes_equal(list->names[i], name))
            return i + 1;
    return 0;
}

/* Those of `of` that are not in `other`. */
static void put_missing(const struct list *of, const struct list *other, struct buffer *out)
{
    for (size_t i = 0; i < of->n; i++)
        if (!rank_in(other, of->names[i])) {
            avro_put_block(out, 1);
            avro_put_bytes(out, of->names[i]);
        }
    avro_put_end(out);
}

static void put_left(const struct compared *before, const struct compared *now,
                     const struct campaign_state *state, struct buffer *out)
{
    for (size_t i = 0; i < before->ranking.n; i++) {
        struct bytes name = before->ranking.names[i];
        if (rank_in(&now->ranking, name))
            continue;
        const struct pair *pair = campaign_pair(state, name);
        avro_put_block(out, 1);
        avro_put_bytes(out, name);
        avro_put_long(out, (int64_t)i + 1);
        avro_put_maybe_bytes(out, bytes_of(pair ? pair->gate : ""));
    }
    avro_put_end(out);
}

static void put_moved(const struct list *before, const struct list *now, struct buffer *out)
{
    for (size_t i = 0; i < now->n; i++) {
        size_t from = rank_in(before, now->names[i]);
        if (from == 0 || from == i + 1)
            continue;
        avro_put_block(out, 1);
        avro_put_bytes(out, now->names[i]);
        avro_put_long(out, (int64_t)from);
        avro_put_long(out, (int64_t)i + 1);
    }
    avro_put_end(out);
}

static void put_changes(const struct campaign_state *state, struct buffer *out)
{
    struct compared before, now;
    bool there = take_told(&state->before, &before) && take_told(&state->now, &now);
    avro_put_long(out, there);
    if (!there)
        return;
    avro_put_long(out, before.epoch);
    avro_put_long(out, before.offset);
    put_missing(&now.ranking, &before.ranking, out);
    put_left(&before, &now, state, out);
    put_moved(&before.ranking, &now.ranking, out);
    put_missing(&now.roster, &before.roster, out);
    put_missing(&before.roster, &now.roster, out);
}

/* ---- */

void shortlist_encode(const struct shortlist *s, const struct campaign_state *state,
                      const struct shortlist_origin *origin, struct buffer *out)
{
    const struct performance all = performance_sum(state, s->campaign->currency);
    put_origin(state, origin, out);
    put_methodology(state, out);
    put_terms(s->campaign, out);
    avro_put_long(out, (int64_t)s->passed);
    avro_put_block(out, s->n);
    for (size_t i = 0; i < s->n; i++)
        put_ranked(s, i, out);
    avro_put_end(out);
    put_roster(s, out);
    put_rejected(s, state, out);
    put_performance(&all, out);
    put_changes(state, out);
    avro_put_long(out, origin->reason);
}
