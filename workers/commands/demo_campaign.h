/* demo_campaign: one campaign in the demo: its shortlist as the roster worker publishes it, and somebody who
 * is rejected, with the reason. */
#ifndef COMMANDS_DEMO_CAMPAIGN_H
#define COMMANDS_DEMO_CAMPAIGN_H

#include "children.h"
#include "score_table.h"

struct demo_campaign;
/* demo_campaign_open: puts the campaign into its topic, starts a roster worker. Children and texts are
 * borrowed. Gives. */
enum err demo_campaign_open(struct children *children, const char *bootstrap, const char *redis,
                            struct demo_campaign **campaign, struct err_info *info) MF_MUST_CHECK;
void demo_campaign_close(struct demo_campaign *campaign); /* takes NULL */
/* demo_campaign_print: what was published since, and about every third time who of the most engaging is
 * rejected. */
void demo_campaign_print(struct demo_campaign *campaign, const struct score_table *table, bool terminal);

#endif
