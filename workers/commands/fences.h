/* fences: the positions of the lanes, as tools read them in Redis. */
#ifndef COMMANDS_FENCES_H
#define COMMANDS_FENCES_H

#include "microflux/lane.h"

/* lane_prefix: "mf:<namespace>:score:{tag}:"; at most 160 bytes. */
void lane_prefix(const char *namespace_, int32_t lane, char *prefix, size_t size);
/* fence_of: ERR_NOT_FOUND: the lane has none. */
enum err fence_of(struct redis *redis, const char *namespace_, int32_t lane, struct fence *fence,
                  struct err_info *info) MF_MUST_CHECK;

/* fence_text: the same, as it stands there; gives, buffer_free(). */
enum err fence_text(struct redis *redis, const char *namespace_, int32_t lane, struct buffer *text,
                    struct err_info *info) MF_MUST_CHECK;

#endif
