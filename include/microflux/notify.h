/* notify: tells systemd how a service is (sd_notify's protocol: a datagram to $NOTIFY_SOCKET). Without that
 * variable nothing is said. */
#ifndef MICROFLUX_NOTIFY_H
#define MICROFLUX_NOTIFY_H

#include <stdint.h>

void notify(const char *state); /* "READY=1", "STOPPING=1", "WATCHDOG=1", "STATUS=…" */
/* notify_watchdog_ms: within how long "WATCHDOG=1" is expected, again and again; 0 = it is not. */
int64_t notify_watchdog_ms(void);

#endif
