/* peering: what a process knows of the newest table of peers: it listens to topics.peer_tables for the
 * workers, and makes the next table while one of them has lane 0. */
#ifndef COMMANDS_PEERING_H
#define COMMANDS_PEERING_H

#include "listening.h"
#include "microflux/lane.h"
#include "options.h"

struct peering_options { /* borrowed as long as the peering */
    const struct config *config;
    const struct score_setup *setup;
    struct worker *_Atomic *workers; /* NULL until it is open */
    size_t n_workers;
    struct live_peers *live;
};

struct peering;
struct peering *peering_open(const struct peering_options *options);
struct listener peering_listener(struct peering *peering);
void peering_close(struct peering *peering); /* nobody listens any more; takes NULL */

/* peers_gather: for one table: adds up the histograms of all lanes. */
enum err peers_gather(const struct config *config, struct peer_histograms *histograms,
                      struct err_info *info) MF_MUST_CHECK;

#endif
