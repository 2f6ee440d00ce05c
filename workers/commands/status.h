/* status: what a running process answers on http.address: /metrics, /livez, /readyz and a page for people. */
#ifndef COMMANDS_STATUS_H
#define COMMANDS_STATUS_H

#include "microflux/config.h"
#include "microflux/lane.h"
#include "microflux/score_worker.h"

extern const char page_status[]; /* status.html, embedded at build */

/* Borrowed as long as the status. A worker is NULL until it is open; it stays open until status_close. */
struct status_options {
    const struct config *config;
    struct worker *_Atomic *workers;
    size_t n_workers;
    struct live_peers *live;
};

struct status;
/* status_open: listens on http.address and says where in the log; *status NULL when it is empty. ERR_USAGE
 * names the key. */
enum err status_open(const struct status_options *options, struct status **status,
                     struct err_info *info) MF_MUST_CHECK;
void status_close(struct status *status); /* takes NULL */

/* One line of how the workers are, and whether that is good: what /livez and /readyz answer. */
bool status_live(const struct status_options *options, int64_t now_ms, struct buffer *line);
bool status_ready(const struct status_options *options, struct buffer *line);

#endif
