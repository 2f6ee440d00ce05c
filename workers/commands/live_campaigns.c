/* live_campaigns: each campaign as it was read last and as it is compiled by the constants and lexicons of
 * now; when these change, all are compiled again. A new set goes out once a turn of the listening, whatever
 * number of campaigns changed. */
#include "live_campaigns.h"

#include <stdio.h>
#include <stdlib.h>

#include "campaigns.h"
#include "microflux/campaign_set.h"
#include "microflux/clock.h"
#include "microflux/log.h"
#include "microflux/map.h"
#include "microflux/schemas.h"
#include "record_text.h"

#define FOLLOW_MS 60000 /* examples are looked at again after this */
#define MOVED     0.02  /* of B's length, from which on others know of it */

struct known {
    struct map_entry head; /* its key is campaign.id */
    json_t *value;
    struct fit_campaign said; /* without its examples */
    struct fit_campaign campaign;
    bool usable; /* by the constants and lexicons of now */
};

struct live_campaigns {
    const struct config *config;
    const struct score_setup *setup;
    struct shared *sets;
    struct record_schema schema;
    const struct score_worker_options *by; /* by which all are compiled */
    struct map map;
    struct known **all;
    size_t n, cap;
    bool changed;
    struct redis *redis; /* of the examples; NULL: not connected */
    int64_t follow_ms;   /* monotonic: not looked at before */
    char away[32];
};

struct live_campaigns *live_campaigns_open(const struct config *config, const struct score_setup *setup,
                                           struct shared *sets)
{
    struct live_campaigns *live = calloc(1, sizeof *live);
    if (!live)
        abort();
    *live = (struct live_campaigns){.config = config,
                                    .setup = setup,
                                    .sets = sets,
                                    .schema = {.json = schema_campaign, .registry = setup->registry},
                                    .by = &setup->options,
                                    .changed = true}; /* that there are none is worth telling, too */
    return live;
}

static void known_free(struct known *known)
{
    json_decref(known->value);
    free(known);
}

void live_campaigns_close(struct live_campaigns *live)
{
    if (!live)
        return;
    for (size_t i = 0; i < live->n; i++)
        known_free(live->all[i]);
    redis_close(live->redis);
    map_free(&live->map);
    free(live->all);
    free(live);
}

static bool compile(const struct live_campaigns *live, const json_t *value, struct fit_campaign *campaign)
{
    struct err_info why;
    const struct campaign_tables by = campaign_tables_of(live->by);
    if (campaign_read(value, &by, campaign, &why) == ERR_OK)
        return true;
    log_error("campaign_refused", "message=\"%s\" action=nothing_changed", why.sentence);
    return false;
}

static struct known *find(const struct live_campaigns *live, struct bytes id)
{
    return (struct known *)map_find(&live->map, id, bytes_hash(id));
}

static void forget(struct live_campaigns *live, struct bytes id)
{
    struct known *known = find(live, id);
    if (!known)
        return;
    size_t at = 0;
    while (live->all[at] != known)
        at++;
    live->all[at] = live->all[--live->n];
    map_remove(&live->map, &known->head);
    known_free(known);
    live->changed = true;
}

static struct known *enter(struct live_campaigns *live, const struct fit_campaign *campaign)
{
    struct known *known = calloc(1, sizeof *known);
    if (live->n == live->cap) {
        live->cap = live->cap ? 2 * live->cap : 64;
        live->all = realloc(live->all, live->cap * sizeof(struct known *));
    }
    if (!known || !live->all)
        abort();
    known->campaign = *campaign;
    struct bytes id = bytes_of(known->campaign.id);
    known->head = (struct map_entry){bytes_hash(id), id};
    map_add(&live->map, &known->head);
    return live->all[live->n++] = known;
}

static void learn(struct live_campaigns *live, struct bytes key, json_t *value)
{
    struct fit_campaign campaign;
    if (!compile(live, value, &campaign))
        return;
    if (!bytes_equal(key, bytes_of(campaign.id))) {
        log_error("campaign_refused",
                  "message=\"campaign %.60s: its key is \\\"%.*s\\\": they must be equal\" "
                  "action=nothing_changed",
                  campaign.id, (int)key.len, key.ptr);
        return;
    }
    struct known *known = find(live, key);
    if (!known)
        known = enter(live, &campaign);
    known->campaign = known->said = campaign;
    known->usable = true;
    live->follow_ms = 0;
    json_decref(known->value);
    known->value = json_incref(value);
    live->changed = true;
}

static void on_record(void *owner, const struct kafka_record *record)
{
    struct live_campaigns *live = owner;
    struct buffer text = {0};
    struct err_info why = {.sentence = "it is no record of campaign.avsc"};
    if (!record->key.ptr)
        return;
    if (!record->value.ptr) {
        forget(live, record->key);
        return;
    }
    json_t *value = NULL;
    if (value_json(&live->schema, record, &text, &why) == ERR_OK)
        value = json_loadb(text.data, text.len, 0, NULL);
    if (json_is_object(value))
        learn(live, record->key, value);
    else
        log_error("campaign_refused", "message=\"campaign %.*s: %s\" action=nothing_changed",
                  (int)record->key.len, record->key.ptr, why.sentence);
    json_decref(value);
    buffer_free(&text);
}

static void compile_all(struct live_campaigns *live, const struct score_worker_options *by)
{
    live->by = by;
    for (size_t i = 0; i < live->n; i++)
        live->all[i]->usable = compile(live, live->all[i]->value, &live->all[i]->said);
    for (size_t i = 0; i < live->n; i++)
        live->all[i]->campaign = live->all[i]->said;
    live->follow_ms = 0;
    live->changed = true;
}

/* ---- example creators ---- */

struct campaign_tables campaign_tables_of(const struct score_worker_options *options)
{
    return (struct campaign_tables){options->methodology, options->text, options->models.embedding};
}

static bool moved(const struct direction *before, const struct direction *now)
{
    double away = 0, length = 0;
    for (size_t i = 0; i < DIMS; i++) {
        double d = now->b[i] - before->b[i];
        away += d * d;
        length += before->b[i] * before->b[i];
    }
    return away > MOVED * MOVED * length;
}

static enum err follow(struct live_campaigns *live, struct known *known, struct err_info *info)
{
    const struct campaign_tables by = campaign_tables_of(live->by);
    struct fit_campaign now = known->said;
    if (!known->usable || !campaign_has_examples(known->value))
        return ERR_OK;
    enum err err = campaign_follow(live->redis, live->config->namespace_, &by, known->value, &now, info);
    if (err != ERR_OK || !moved(&known->campaign.direction, &now.direction))
        return err;
    uint64_t all[] = {now.digest,
                      bytes_hash((struct bytes){(const char *)now.direction.b, sizeof now.direction.b})};
    known->campaign = now;
    known->campaign.digest = bytes_hash((struct bytes){(const char *)all, sizeof all});
    live->changed = true;
    return ERR_OK;
}

static void follow_all(struct live_campaigns *live)
{
    struct redis_options redis = redis_options_of(live->config, "microflux-campaigns");
    struct err_info info;
    enum err err = ERR_OK;
    if (!live->by->models.embedding || clock_mono_ms() < live->follow_ms)
        return;
    live->follow_ms = clock_mono_ms() + FOLLOW_MS;
    if (!live->redis)
        err = redis_open(&redis, &live->redis, &info);
    for (size_t i = 0; err == ERR_OK && i < live->n; i++)
        err = follow(live, live->all[i], &info);
    if (err == ERR_OK) {
        live->away[0] = 0;
        return;
    }
    say_once(live->away, "no_example_creators", &info);
    redis_close(live->redis);
    live->redis = NULL;
}

static void on_turn(void *owner, bool whole)
{
    struct live_campaigns *live = owner;
    const struct score_worker_options *newest = score_options_newest(live->by);
    if (newest != live->by)
        compile_all(live, newest);
    if (whole)
        follow_all(live);
    if (!whole || !live->changed)
        return;
    const struct fit_campaign **usable = calloc(live->n + 1, sizeof *usable);
    size_t n = 0;
    if (!usable)
        abort();
    for (size_t i = 0; i < live->n; i++)
        if (live->all[i]->usable)
            usable[n++] = &live->all[i]->campaign;
    shared_set(live->sets, campaign_set_open(usable, n));
    free(usable);
    live->changed = false;
    log_info("campaigns", "usable=%zu of=%zu", n, live->n);
}

struct listener live_campaigns_listener(struct live_campaigns *live)
{
    return (struct listener){live->config->topic_campaigns, "no_campaigns", live, on_record, on_turn};
}
