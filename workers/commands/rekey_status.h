/* rekey_status: what a process of `microflux rekey` answers on http.address: /metrics, /livez, /readyz. */
#ifndef COMMANDS_REKEY_STATUS_H
#define COMMANDS_REKEY_STATUS_H

#include <stdio.h>

#include "microflux/config.h"
#include "microflux/rekey.h"

/* Borrowed as long as the status. A worker is NULL until it is open; it stays open until rekey_status_close.
 */
struct rekey_status_options {
    const struct config *config;
    struct rekey *_Atomic *workers;
    size_t n_workers;
};

struct rekey_status;
/* rekey_status_open: *status NULL when http.address is empty. ERR_USAGE names the key. */
enum err rekey_status_open(const struct rekey_status_options *options, struct rekey_status **status,
                           struct err_info *info) MF_MUST_CHECK;
void rekey_status_close(struct rekey_status *status); /* takes NULL */

void rekey_metrics_print_reference(FILE *out); /* the second half of docs/reference/metrics.md */

#endif
