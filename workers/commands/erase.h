/* erase: shared by the parts of `microflux erase`. */
#ifndef COMMANDS_ERASE_H
#define COMMANDS_ERASE_H

#include "options.h"

/* erase_actor: says what is kept of an actor and how it goes; not dry: asks the audience worker to forget it.
 */
enum err erase_actor(const struct config *config, const char *actor, bool dry, bool json,
                     struct err_info *info) MF_MUST_CHECK;

/* topic_retention: retention.ms of a topic as the broker has it, "?" where it may not be asked. */
void topic_retention(const struct config *config, const char *topic, struct kafka_setting *retention);

#endif
