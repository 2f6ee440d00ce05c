/* live_campaigns: what a process knows of the topic campaigns: it listens, compiles, and hands the workers a
 * whole set. A record that cannot be used is said in the log, once, and the campaign stays as it was.
 */
#ifndef COMMANDS_LIVE_CAMPAIGNS_H
#define COMMANDS_LIVE_CAMPAIGNS_H

#include "listening.h"
#include "microflux/shared.h"

struct live_campaigns;
/* live_campaigns_open: sets is a shared struct campaign_set; all are borrowed. */
struct live_campaigns *live_campaigns_open(const struct config *config, const struct score_setup *setup,
                                           struct shared *sets);
struct listener live_campaigns_listener(struct live_campaigns *live);
void live_campaigns_close(struct live_campaigns *live); /* nobody listens any more; takes NULL */

#endif
