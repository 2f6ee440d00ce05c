/* campaign_load: the topic campaigns, read whole: the newest record of each key; a null value ended it. */
#include <stdio.h>
#include <stdlib.h>

#include "campaigns.h"
#include "microflux/schemas.h"
#include "record_text.h"

static enum err take(struct record_schema *schema, const struct kafka_record *record, json_t *all,
                     struct err_info *info)
{
    struct buffer text = {0};
    char id[257];
    if (!record->key.ptr || record->key.len >= sizeof id)
        return ERR_OK;
    snprintf(id, sizeof id, "%.*s", (int)record->key.len, record->key.ptr);
    enum err err = value_json(schema, record, &text, info);
    if (err == ERR_OK) {
        json_t *value = json_loadb(text.data, text.len, 0, NULL);
        if (json_is_object(value))
            json_object_set(all, id, value);
        else if (!record->value.ptr)
            json_object_del(all, id);
        json_decref(value);
    }
    buffer_free(&text);
    return err == ERR_WEATHER || err == ERR_REFUSED ? err
                                                    : ERR_OK; /* what cannot be read leaves the older one */
}

enum err campaigns_load(const struct config *config, json_t **campaigns, struct err_info *info)
{
    struct record_schema schema = {.json = schema_campaign};
    struct scan *scan = NULL;
    struct kafka_record record;
    bool done = false;
    *campaigns = json_object();
    enum err err = registry_of(config, &schema.registry, info);
    if (err == ERR_OK)
        err = scan_open(kafka_pairs_of(config), config->n_kafka, config->topic_campaigns, true, true, &scan,
                        info);
    while (err == ERR_OK && !done) {
        err = scan_next(scan, 10000, &record, &done, info);
        if (err == ERR_OK)
            err = take(&schema, &record, *campaigns, info);
        else if (err == ERR_NOT_FOUND)
            err = done ? ERR_OK
                       : err_set(info, ERR_WEATHER, "silent", "Kafka sends no more of %s",
                                 config->topic_campaigns);
    }
    scan_close(scan);
    registry_close(schema.registry);
    if (err != ERR_OK) {
        json_decref(*campaigns);
        *campaigns = NULL;
    }
    return err;
}

static void list_ids(json_t *campaigns, struct buffer *out)
{
    const char *id;
    json_t *value;
    size_t n = 0;
    json_object_foreach(campaigns, id, value) if (n++ < 8)
        buffer_printf(out, "%s%.40s", n > 1 ? ", " : "", id);
    buffer_printf(out, "%s", n > 8 ? ", …" : n == 0 ? "none" : "");
}

enum err campaign_value(const struct config *config, const char *id, json_t **value, struct err_info *info)
{
    json_t *campaigns;
    enum err err = campaigns_load(config, &campaigns, info);
    if (err != ERR_OK)
        return err;
    *value = json_incref(json_object_get(campaigns, id));
    if (!*value) {
        struct buffer ids = {0};
        list_ids(campaigns, &ids);
        err = err_set(info, ERR_NOT_FOUND, "campaign", "no campaign \"%.80s\" in topic %s; there are: %.*s",
                      id, config->topic_campaigns, (int)ids.len, ids.data);
        buffer_free(&ids);
    }
    json_decref(campaigns);
    return err;
}

enum err campaign_load(const struct config *config, const struct score_tables *tables, struct redis *redis,
                       const char *id, struct fit_campaign *campaign, struct err_info *info)
{
    json_t *value;
    enum err err = campaign_value(config, id, &value, info);
    if (err != ERR_OK)
        return err;
    const struct campaign_tables by = {tables->methodology, tables->text, tables->embedding};
    err = campaign_read(value, &by, campaign, info);
    if (err == ERR_OK)
        err = campaign_follow(redis, config->namespace_, &by, value, campaign, info);
    json_decref(value);
    return err;
}
