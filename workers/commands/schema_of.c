/* schema_of: which of the embedded schemas a topic holds, by its configured name. */
#include "options.h"

#include "microflux/schemas.h"

const char *schema_of_topic(const struct config *config, const char *topic)
{
    const struct {
        const char *topic, *schema;
    } known[] = {{config->topic_profiles, schema_profile},
                 {config->topic_posts, schema_post},
                 {config->topic_interactions, schema_interaction},
                 {config->topic_campaigns, schema_campaign},
                 {config->topic_creator_scores, schema_creator_score},
                 {config->topic_peer_tables, schema_peer_table},
                 {config->topic_audience_edges, schema_audience_edge},
                 {config->topic_affinity_updates, schema_affinity_update},
                 {config->topic_fit_scores, schema_fit_score},
                 {config->topic_shortlists, schema_shortlist},
                 {config->topic_alerts, schema_alert}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strcmp(topic, known[i].topic) == 0)
            return known[i].schema;
    return NULL;
}
