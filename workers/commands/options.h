/* options: from the one configuration to what each room is told. Private to the commands. */
#ifndef COMMANDS_OPTIONS_H
#define COMMANDS_OPTIONS_H

#include "microflux/args.h"
#include "microflux/config.h"
#include "microflux/kafka.h"
#include "microflux/redis.h"
#include "microflux/score_worker.h"

extern const char *const input_names[N_TOPICS]; /* profiles posts interactions, whatever their topics */

/* score_topics: the topics a score worker reads, by input; affinity-updates among them with an embedding.
 * Returns how many. */
size_t score_topics(const struct config *config, const char *topics[N_INPUTS]);

/* What a score is made by, and what SIGHUP reads again. */
struct score_tables {
    struct methodology *methodology;
    struct text *text;
    struct peer_table *benchmark;
    struct unit_values *values;  /* NULL: none are configured */
    struct embedding *embedding; /* the same */
    struct niche_model *niche;
};

/* score_tables_open: reads them all and checks that they fit together. Gives; score_tables_close. */
enum err score_tables_open(const struct config *config, struct score_tables *tables,
                           struct err_info *info) MF_MUST_CHECK;
void score_tables_close(struct score_tables *tables);
/* score_tables_use: options look at these tables. */
void score_tables_use(const struct score_tables *tables, struct score_worker_options *options);

/* The score worker's options own the schema files they read, the methodology and the registry. */
struct score_setup {
    struct score_worker_options options;
    struct score_tables tables;
    struct score_reload *reloads; /* what SIGHUP brought, the newest first */
    struct registry *registry;    /* NULL: none is configured */
    uint32_t peers_id;            /* Confluent id of peer-table.avsc; 0 = single-object framing */
    uint32_t shortlists_id;       /* the same of shortlist.avsc */
    char *bare[N_TOPICS];
    struct score_writer_schema *writers;
};

enum err score_setup_open(const struct config *config, struct score_setup *setup,
                          struct err_info *info) MF_MUST_CHECK;
void score_setup_close(struct score_setup *setup);

/* methodology_of: the methodology of a file (NULL or "" = the program's own) with the schemes that are
 * configured. Gives; methodology_close. */
enum err methodology_of(const struct config *config, const char *file, struct methodology **methodology,
                        struct err_info *info) MF_MUST_CHECK;
/* methodology_text: a methodology as its file would say it. */
void methodology_text(const struct methodology *m, struct buffer *out);

/* ---- reload.c ---- */

/* reload: the tables and log.level of a command line read again; workers take them at their next turn. All or
 * nothing: what is refused is logged and changes nothing. */
struct command_line {
    const struct args *args;
    int argc;
    char **argv;
};
void reload(const struct command_line *from, struct score_setup *setup);
void reloads_free(struct score_reload *reloads); /* takes NULL */

/* ---- registry_of.c ---- */

/* registry_of: opens the configured registry; NULL when none is. registry_close. */
enum err registry_of(const struct config *config, struct registry **registry,
                     struct err_info *info) MF_MUST_CHECK;
/* registry_id: our schema's id under <topic>-value: registered, or only looked up (registry.register=no).
 * Waits for the answer. ERR_REFUSED: incompatible, not there, no right: the sentence says which. */
enum err registry_id(const struct config *config, struct registry *registry, const char *topic,
                     const char *schema, uint32_t *id, struct err_info *info) MF_MUST_CHECK;
/* output_id_patiently: registry_id; weather is waited for, said once; *stopped: a signal ended the waiting.
 * Signals must be blocked. */
enum err output_id_patiently(const struct config *config, struct registry *registry, const char *topic,
                             const char *schema, uint32_t *id, bool *stopped,
                             struct err_info *info) MF_MUST_CHECK;
/* output_ids_patiently: settles options.output_id and peers_id when a registry is configured. Weather is
 * waited for, said once; *stopped: a signal ended the waiting. Signals must be blocked. */
enum err output_ids_patiently(const struct config *config, struct score_setup *setup, bool *stopped,
                              struct err_info *info) MF_MUST_CHECK;

struct redis_options redis_options_of(const struct config *config, const char *name);
const struct kafka_pair *kafka_pairs_of(const struct config *config); /* config->n_kafka of them */

void log_setup_of(const struct config *config);

/* schema_of_topic: the embedded schema of a configured topic; NULL: not one of ours. */
const char *schema_of_topic(const struct config *config, const char *topic);

/* secret_of: privacy.secret_file; none configured: secret->there is false. ERR_USAGE, ERR_IO name the file.
 */
enum err secret_of(const struct config *config, struct keyed_secret *secret,
                   struct err_info *info) MF_MUST_CHECK;

/* complain: one line on stderr, and the exit status that goes with the code (commands.h). */
int complain(const char *command, const struct err_info *info);

#endif
