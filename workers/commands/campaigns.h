/* campaigns: what brands look for, from the topic campaigns: read whole, each compiled for the domain. */
#ifndef COMMANDS_CAMPAIGNS_H
#define COMMANDS_CAMPAIGNS_H

#include <jansson.h>

#include "microflux/fit.h"
#include "microflux/redis.h"
#include "options.h"

/* What a campaign is compiled by; embedding NULL: none. */
struct campaign_tables {
    const struct methodology *methodology;
    const struct text *text;
    const struct embedding *embedding;
};

/* campaign_read: a value of campaign.avsc in JSON. Words become bits and tokens of the lexicons. ERR_USAGE:
 * it cannot be used; the sentence names the campaign, the field and what is accepted. */
enum err campaign_read(const json_t *value, const struct campaign_tables *tables,
                       struct fit_campaign *campaign, struct err_info *info) MF_MUST_CHECK;
struct campaign_tables campaign_tables_of(const struct score_worker_options *options);

/* campaign_follow: what its example creators are now is added to its B, which is what its words say: with an
 * embedding alone. Those of whom nothing is known are left out. */
enum err campaign_follow(struct redis *redis, const char *namespace_, const struct campaign_tables *tables,
                         const json_t *value, struct fit_campaign *campaign,
                         struct err_info *info) MF_MUST_CHECK;
bool campaign_has_examples(const json_t *value);

/* campaigns_load: the newest record of each campaign that has not ended, as JSON: an object by campaign_id,
 * json_decref(). ERR_WEATHER, ERR_NOT_FOUND (no such topic). */
enum err campaigns_load(const struct config *config, json_t **campaigns, struct err_info *info) MF_MUST_CHECK;
/* campaign_value: one of them, json_decref(). ERR_NOT_FOUND names those there are. campaign_load: compiled,
 * with its examples.
 */
enum err campaign_value(const struct config *config, const char *id, json_t **value,
                        struct err_info *info) MF_MUST_CHECK;
enum err campaign_load(const struct config *config, const struct score_tables *tables, struct redis *redis,
                       const char *id, struct fit_campaign *campaign, struct err_info *info) MF_MUST_CHECK;

#endif
