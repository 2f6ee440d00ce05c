/* campaigns: what brands look for, from the topic campaigns: read whole, each compiled for the domain; and
 * creators as a campaign sees them. */
#ifndef COMMANDS_CAMPAIGNS_H
#define COMMANDS_CAMPAIGNS_H

#include <jansson.h>

#include "microflux/fit.h"
#include "options.h"

/* campaign_read: a value of campaign.avsc in JSON. Words become bits and tokens of the lexicons. ERR_USAGE:
 * it cannot be used; the sentence names the campaign, the field and what is accepted. */
enum err campaign_read(const json_t *value, const struct methodology *methodology, const struct text *text,
                       struct fit_campaign *campaign, struct err_info *info) MF_MUST_CHECK;

/* campaigns_load: the newest record of each campaign that has not ended, as JSON: an object by campaign_id,
 * json_decref(). ERR_WEATHER, ERR_NOT_FOUND (no such topic). */
enum err campaigns_load(const struct config *config, json_t **campaigns, struct err_info *info) MF_MUST_CHECK;
/* campaign_value: one of them, json_decref(). ERR_NOT_FOUND names those there are. campaign_load: compiled.
 */
enum err campaign_value(const struct config *config, const char *id, json_t **value,
                        struct err_info *info) MF_MUST_CHECK;
enum err campaign_load(const struct config *config, const struct score_tables *tables, const char *id,
                       struct fit_campaign *campaign, struct err_info *info) MF_MUST_CHECK;

/* A creator as campaigns see it; its posts are those of the ring that are not deleted. */
struct fit_view {
    struct fit_creator creator;
    struct fit_quality quality;
    int32_t tokens; /* distinct ones of its posts */
    struct score score;
    struct fit_post posts[POSTS];
};
/* fit_view_of: borrows the creator. */
void fit_view_of(const struct creator *c, const struct methodology *methodology, const struct market *market,
                 struct text_scratch *scratch, int64_t as_of, struct fit_view *view);
/* fit_of: the pair; without a model the affinity is that of the lexicon's niches. */
void fit_of(const struct fit_campaign *campaign, const struct methodology *methodology,
            const struct fit_view *view, struct fit *fit);

#endif
