/* creators: what lies in Redis of them, for tools: where a lane's creators lie, one of them as it was at one
 * moment, all of them by name. Never writes. */
#ifndef COMMANDS_CREATORS_H
#define COMMANDS_CREATORS_H

#include "fences.h"
#include "microflux/score.h"

/* lanes_count: as any fence of the namespace says. ERR_NOT_FOUND: it has none. */
enum err lanes_count(struct redis *redis, const char *namespace_, int32_t *lanes,
                     struct err_info *info) MF_MUST_CHECK;

/* creators_prefix: under which the lane's creators lie: one that was swapped in lies in another namespace. */
enum err creators_prefix(struct redis *redis, const char *namespace_, int32_t lane, char *prefix, size_t size,
                         struct err_info *info) MF_MUST_CHECK;

/* creator_read: into an empty creator, all keys of one moment. *found false: nothing is known of it.
 * ERR_REJECT: a field cannot be read. */
enum err creator_read(struct redis *redis, const char *namespace_, int32_t lane, struct bytes name,
                      struct creator *c, bool *found, struct err_info *info) MF_MUST_CHECK;

/* creator_known: the same, and ERR_NOT_FOUND when nothing is known of it. */
enum err creator_known(struct redis *redis, const char *namespace_, int32_t lane, struct bytes name,
                       struct creator *c, struct err_info *info) MF_MUST_CHECK;

/* creator_live: the same, wherever it lies, with what its lane's fence says; ERR_NOT_FOUND also when it was
 * erased. */
enum err creator_live(struct redis *redis, const char *namespace_, struct bytes name, struct creator *c,
                      int32_t *lane, struct fence *fence, struct err_info *info) MF_MUST_CHECK;

/* creators_each: every creator that stands in the index of a lane of that namespace's data; a name that
 * stands there twice comes twice. */
typedef enum err creator_taker(void *arg, int32_t lane, struct bytes name, struct err_info *info);
enum err creators_each(struct redis *redis, const char *namespace_, int32_t lane, creator_taker *take,
                       void *arg, struct err_info *info) MF_MUST_CHECK;

/* index_names: one slot of the index under a prefix; buffer_free(). */
enum err index_names(struct redis *redis, const char *prefix, int slot, struct buffer *names,
                     struct err_info *info) MF_MUST_CHECK;

#endif
