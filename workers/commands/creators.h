/* creators: what Redis holds of creators, read by tools through the same keys that redis-cli would. */
#ifndef COMMANDS_CREATORS_H
#define COMMANDS_CREATORS_H

#include "microflux/redis.h"
#include "microflux/score.h"

/* lanes_counted: how many lanes the namespace has; the fence of any lane knows. ERR_NOT_FOUND: none has one.
 */
enum err lanes_counted(struct redis *redis, const char *namespace_, int32_t *lanes,
                       struct err_info *info) MF_MUST_CHECK;

/* creator_read: into an empty creator; *found: there is a key of it. */
enum err creator_read(struct redis *redis, const char *namespace_, int32_t lane, const char *id,
                      struct creator *c, bool *found, struct err_info *info) MF_MUST_CHECK;

/* creators_each: every creator of every lane, erased ones included, through the sweep's index. */
enum err creators_each(struct redis *redis, const char *namespace_, int32_t lanes,
                       enum err (*take)(void *arg, int32_t lane, const char *id, struct err_info *info),
                       void *arg, struct err_info *info) MF_MUST_CHECK;

#endif
