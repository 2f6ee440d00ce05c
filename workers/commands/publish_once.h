/* publish_once: one record of a tool, acknowledged before it returns. */
#ifndef COMMANDS_PUBLISH_ONCE_H
#define COMMANDS_PUBLISH_ONCE_H

#include "options.h"

/* publish_once: value.ptr NULL: a tombstone; timestamp 0: now. Waits up to timeout_ms. */
enum err publish_once(const struct config *config, const char *topic, struct bytes key, struct bytes value,
                      int64_t timestamp, int timeout_ms, struct err_info *info) MF_MUST_CHECK;

#endif
