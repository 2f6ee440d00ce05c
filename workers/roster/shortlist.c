/* shortlist: the best of all pairs, the roster among them, and what was delivered. Everything is a function
 * of the pairs and the campaign, so whoever has the same of both publishes the same. */
#include <math.h>
#include <stdlib.h>

#include "roster_room.h"

static bool ranks(const struct pair *pair)
{
    return !pair->gate[0];
}

/* Pairs come ascending by creator: of equal fits the smaller id stays ahead. */
static void rank(struct shortlist *s, const struct pair *pair)
{
    size_t at = s->n;
    while (at > 0 && s->ranking[at - 1]->score < pair->score)
        at--;
    if (at == MOST_RANKED)
        return;
    s->n += s->n < MOST_RANKED;
    memmove(&s->ranking[at + 1], &s->ranking[at], (s->n - at - 1) * sizeof *s->ranking);
    s->ranking[at] = pair;
}

/* A price in another currency is none, and so is any where the campaign names none: they cannot be added. */
static bool priced(const struct pair *pair, const char *currency)
{
    return pair->price > 0 && *currency && strcmp(pair->currency, currency) == 0;
}

static double expected_of_a_post(const struct pair *pair)
{
    return pair->estimate.there && pair->followers >= 0 ? pair->estimate.value * (double)pair->followers : 0;
}

static void unpack(const struct pair *pair, uint8_t *registers)
{
    struct hll hll = {0};
    struct bytes packed = {pair->audience, pair->audience_len};
    memset(registers, 0, HLL_REGISTERS);
    if (hll_unpack(&hll, &packed))
        hll_union(&hll, registers);
    hll_free(&hll);
}

static void choose(struct shortlist *s)
{
    const struct fit_campaign *c = s->campaign;
    s->per_slot = false;
    for (size_t i = 0; i < s->n; i++) {
        const struct pair *p = s->ranking[i];
        bool has_price = priced(p, c->currency);
        s->per_slot |= !has_price;
        unpack(p, s->registers[i]);
        s->candidates[i] = (struct candidate){{p->creator, p->creator_len},
                                              p->score,
                                              has_price ? p->price : -1,
                                              s->registers[i],
                                              expected_of_a_post(p)};
    }
    roster_build(s->candidates, s->n, c->budget, c->slots, true, &s->roster);
}

static void name_all(struct shortlist *s)
{
    s->names.len = 0;
    buffer_printf(&s->names, " %zu %zu ", s->n, s->roster.n);
    for (size_t i = 0; i < s->n; i++)
        lane_index_add(&s->names, s->candidates[i].creator_id);
    for (size_t i = 0; i < s->roster.n; i++)
        lane_index_add(&s->names, s->roster.members[i].candidate->creator_id);
}

static uint64_t and_digest(uint64_t all, uint64_t one)
{
    uint64_t both[] = {all, one};
    return bytes_hash((struct bytes){(const char *)both, sizeof both});
}

void shortlist_make(struct shortlist *s, const struct campaign_state *state,
                    const struct fit_campaign *campaign)
{
    roster_free(&s->roster);
    s->campaign = campaign;
    s->n = s->passed = s->rejected = 0;
    s->names.len = 0;
    if (!campaign)
        return;
    uint64_t digest = campaign->digest;
    for (size_t i = 0; i < state->n; i++) {
        const struct pair *pair = state->pairs[i];
        s->rejected += pair->gate[0] != 0;
        s->passed += ranks(pair);
        if (ranks(pair))
            rank(s, pair);
        digest = and_digest(digest, pair->digest);
    }
    choose(s);
    name_all(s);
    s->digest = digest;
}

void shortlist_free(struct shortlist *s)
{
    roster_free(&s->roster);
    buffer_free(&s->names);
}

/* ---- delivered ---- */

static struct optional a_part(struct optional whole, int64_t n)
{
    return n > 0 && whole.there ? (struct optional){whole.value / (double)n, true} : (struct optional){0};
}

static void weigh_up(struct performance *p)
{
    p->there = p->posts > 0 || p->clicks > 0 || p->purchases > 0;
    if (p->expected.there && p->expected.value > 0)
        p->ratio = (struct optional){(double)p->engagements / p->expected.value, true};
    p->cost_per_engagement = a_part(p->cost, p->engagements);
    p->cost_per_conversion = a_part(p->cost, p->purchases);
}

static void add_value(struct performance *p, const struct campaign_value *value)
{
    size_t i = 0;
    while (i < p->n_values && strcmp(p->values[i].currency, value->currency) != 0)
        i++;
    if (i == CURRENCIES)
        return;
    if (i == p->n_values)
        p->values[p->n_values++] = (struct campaign_value){0};
    memcpy(p->values[i].currency, value->currency, sizeof value->currency);
    p->values[i].minor_units += value->minor_units;
}

static struct performance counted(const struct pair *pair, const char *currency)
{
    double posts = (double)pair->posts, expected = posts * expected_of_a_post(pair);
    struct performance p = {
        .posts = pair->posts,
        .posted_at = pair->posts > 0 ? pair->posted_at : 0,
        .engagements = pair->engagements,
        .clicks = pair->acted_at ? pair->clicks : 0,
        .purchases = pair->acted_at ? pair->purchases : 0,
        .expected = {expected, expected > 0},
        .cost = {posts * (double)pair->price, pair->posts > 0 && priced(pair, currency)},
    };
    for (size_t i = 0; i < CAMPAIGN_CURRENCIES && pair->values[i].currency[0]; i++)
        add_value(&p, &pair->values[i]);
    return p;
}

struct performance performance_of(const struct pair *pair, const char *currency)
{
    struct performance p = counted(pair, currency);
    weigh_up(&p);
    return p;
}

/* What one of them does not know, nobody knows of all. */
static struct optional both(struct optional sum, struct optional one, bool needed)
{
    return (struct optional){sum.value + one.value, sum.there && (one.there || !needed)};
}

struct performance performance_sum(const struct campaign_state *state, const char *currency)
{
    struct performance sum = {.expected.there = true, .cost.there = true};
    for (size_t i = 0; i < state->n; i++) {
        struct performance one = counted(state->pairs[i], currency);
        sum.posts += one.posts;
        sum.posted_at = one.posted_at > sum.posted_at ? one.posted_at : sum.posted_at;
        sum.engagements += one.engagements;
        sum.clicks += one.clicks;
        sum.purchases += one.purchases;
        sum.expected = both(sum.expected, one.expected, one.posts > 0);
        sum.cost = both(sum.cost, one.cost, one.posts > 0);
        for (size_t k = 0; k < one.n_values; k++)
            add_value(&sum, &one.values[k]);
    }
    weigh_up(&sum);
    return sum;
}
