/* campaigns: clicks, purchases and their value per tracked campaign, the newest 16 by their last act
 * (scoring.md §8). Currencies are never added: the three that come first in the alphabet are kept apart. */
#include <stdlib.h>

#include "domain_room.h"

static struct campaign *find(struct creator *c, struct bytes id)
{
    for (uint8_t i = 0; i < c->n_campaigns; i++)
        if (bytes_equal((struct bytes){c->campaigns[i].id, c->campaigns[i].id_len}, id))
            return &c->campaigns[i];
    return NULL;
}

static bool older(const struct campaign *a, const struct campaign *b)
{
    if (a->last != b->last)
        return a->last < b->last;
    int order = memcmp(a->id, b->id, a->id_len < b->id_len ? a->id_len : b->id_len);
    return order ? order < 0 : a->id_len < b->id_len;
}

static void oldest_leaves(struct creator *c)
{
    struct campaign *oldest = c->campaigns;
    for (uint8_t i = 1; i < c->n_campaigns; i++)
        oldest = older(&c->campaigns[i], oldest) ? &c->campaigns[i] : oldest;
    c->dirty.campaigns_gone |= 1u << oldest->slot;
    c->dirty.campaigns &= ~(1u << oldest->slot);
    free(oldest->id);
    *oldest = c->campaigns[--c->n_campaigns];
}

static uint8_t free_slot(const struct creator *c)
{
    uint32_t used = 0;
    for (uint8_t i = 0; i < c->n_campaigns; i++)
        used |= 1u << c->campaigns[i].slot;
    return (uint8_t)__builtin_ctz(~used);
}

struct campaign *campaigns_add(struct creator *c, struct bytes id)
{
    if (c->n_campaigns == c->cap_campaigns) {
        c->cap_campaigns = c->cap_campaigns ? (uint8_t)(c->cap_campaigns * 2) : 2;
        c->campaigns = realloc(c->campaigns, c->cap_campaigns * sizeof *c->campaigns);
        if (!c->campaigns)
            abort();
    }
    struct campaign *campaign = &c->campaigns[c->n_campaigns];
    *campaign = (struct campaign){.id = malloc(id.len + 1), .id_len = (uint16_t)id.len, .slot = free_slot(c)};
    if (!campaign->id)
        abort();
    memcpy(campaign->id, id.ptr, id.len);
    c->n_campaigns++;
    return campaign;
}

/* The currencies stand in the order of the alphabet; the fourth leaves for good, whichever came first. */
void campaign_value_add(struct campaign *campaign, struct bytes currency, int64_t minor_units)
{
    struct campaign_value one = {.minor_units = minor_units}, *values = campaign->values;
    size_t at = 0;
    if (currency.len == 0 || currency.len >= sizeof one.currency)
        return;
    memcpy(one.currency, currency.ptr, currency.len);
    while (at < CAMPAIGN_CURRENCIES && values[at].currency[0] &&
           strcmp(values[at].currency, one.currency) < 0)
        at++;
    if (at == CAMPAIGN_CURRENCIES)
        return;
    if (strcmp(values[at].currency, one.currency) == 0) {
        values[at].minor_units += minor_units;
        return;
    }
    memmove(values + at + 1, values + at, (CAMPAIGN_CURRENCIES - 1 - at) * sizeof *values);
    values[at] = one;
}

void campaigns_free(struct creator *c)
{
    for (uint8_t i = 0; i < c->n_campaigns; i++)
        free(c->campaigns[i].id);
    free(c->campaigns);
}

/* A newcomer older than all of 16 stays out: it would have left. */
static struct campaign *enter(struct creator *c, const struct interaction_record *r)
{
    struct campaign *campaign = find(c, r->campaign_id);
    if (campaign)
        return campaign;
    campaign = campaigns_add(c, r->campaign_id);
    campaign->last = r->occurred_at;
    if (c->n_campaigns > CAMPAIGNS) {
        oldest_leaves(c);
        campaign = find(c, r->campaign_id);
    }
    return campaign;
}

void campaigns_evaluate(const struct creator *c, struct commercial_value *value)
{
    for (uint8_t i = 0; i < c->n_campaigns && i < CAMPAIGNS; i++) {
        size_t at = value->n_campaigns++;
        for (; at > 0 && older(value->campaigns[at - 1], &c->campaigns[i]); at--)
            value->campaigns[at] = value->campaigns[at - 1];
        value->campaigns[at] = &c->campaigns[i];
    }
}

void campaigns_note(struct creator *c, const struct interaction_record *r)
{
    if (!r->campaign_id.ptr || r->campaign_id.len == 0 || r->campaign_id.len > LONGEST_ID ||
        (r->kind != KIND_CLICK && r->kind != KIND_PURCHASE))
        return;
    struct campaign *campaign = enter(c, r);
    if (!campaign)
        return;
    *(r->kind == KIND_CLICK ? &campaign->clicks : &campaign->purchases) += r->count;
    if (r->kind == KIND_PURCHASE && r->has_value && r->count != 0 && r->value_minor_units != INT64_MIN) {
        int64_t value = r->value_minor_units < 0 ? -r->value_minor_units : r->value_minor_units;
        campaign_value_add(campaign, r->value_currency, r->count < 0 ? -value : value);
    }
    if (r->occurred_at > campaign->last)
        campaign->last = r->occurred_at;
    c->dirty.campaigns |= 1u << campaign->slot;
}
