/* options: from the one configuration to what each room is told. Private to the commands. */
#ifndef COMMANDS_OPTIONS_H
#define COMMANDS_OPTIONS_H

#include "microflux/config.h"
#include "microflux/kafka.h"
#include "microflux/redis.h"
#include "microflux/score_worker.h"

/* The score worker's options own the schema files they read and the methodology. */
struct score_setup {
    struct score_worker_options options;
    struct methodology *methodology;
    char *bare[N_TOPICS];
    struct score_writer_schema *writers;
};

enum err score_setup_open(const struct config *config, struct score_setup *setup,
                          struct err_info *info) MF_MUST_CHECK;
void score_setup_close(struct score_setup *setup);

struct redis_options redis_options_of(const struct config *config, const char *name);
const struct kafka_pair *kafka_pairs_of(const struct config *config); /* config->n_kafka of them */

/* schema_of_topic: the embedded schema of a configured topic; NULL: not one of ours. */
const char *schema_of_topic(const struct config *config, const char *topic);

/* file_text: the whole file, NUL-terminated; gives, free(). */
enum err file_text(const char *path, char **text, struct err_info *info) MF_MUST_CHECK;

/* complain: one line on stderr, and the exit status that goes with the code (commands.h). */
int complain(const char *command, const struct err_info *info);

#endif
