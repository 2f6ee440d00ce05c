/* stream_topics: the stream of `train` from where the workers read it: the three input topics, each whole, as
 * it is when its reading begins. What a worker would send to the dead letters is left out, and counted. */
#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "microflux/score_worker.h"
#include "options.h"
#include "stream.h"

#define SILENT_MS 30000

struct reading_topics {
    const struct config *config;
    struct corpus *corpus;
    struct score_setup setup;
    struct avro_reader *readers[N_TOPICS];
    struct avro_scratch *scratch;
    int64_t refused;
};

/* A schema that is being asked for is waited for. */
static enum err decode(struct reading_topics *r, int input, struct bytes value, union score_record *record,
                       struct err_info *info)
{
    uint32_t id;
    enum err err;
    for (int tries = 0; tries < 100; tries++) {
        err = score_record_decode(r->readers[input], r->scratch, input, value, record, &id, info);
        if (err != ERR_WEATHER)
            break;
        nanosleep(&(struct timespec){.tv_nsec = 100000000}, NULL);
    }
    return err;
}

static enum err take(struct reading_topics *r, int input, const struct kafka_record *record,
                     struct err_info *info)
{
    union score_record decoded;
    if (!record->key.ptr || !record->value.ptr) {
        if (record->key.ptr)
            corpus_forget(r->corpus, (enum topic)input, record->key);
        return ERR_OK;
    }
    enum err err = decode(r, input, record->value, &decoded, info);
    if (err == ERR_OK)
        err = creator_judge(&r->setup.options.rules, input, &decoded,
                            &(struct provenance){record->offset, record->timestamp}, info);
    if (err != ERR_OK) {
        r->refused += err != ERR_WEATHER;
        return err == ERR_WEATHER ? err : ERR_OK;
    }
    if (input == TOPIC_PROFILES)
        corpus_profile(r->corpus, &decoded.profile);
    else if (input == TOPIC_POSTS)
        corpus_post(r->corpus, &decoded.post);
    else
        corpus_interaction(r->corpus, &decoded.interaction);
    return ERR_OK;
}

static enum err read_topic(struct reading_topics *r, int input, const char *topic, struct err_info *info)
{
    struct scan *scan = NULL;
    struct kafka_record record;
    bool done = false;
    enum err err = scan_open(kafka_pairs_of(r->config), r->config->n_kafka, topic, true, true, &scan, info);
    while (err == ERR_OK && (err = scan_next(scan, SILENT_MS, &record, &done, info)) == ERR_OK)
        err = take(r, input, &record, info);
    scan_close(scan);
    if (err == ERR_NOT_FOUND && done)
        return ERR_OK;
    return err == ERR_NOT_FOUND && scan ? err_set(info, ERR_WEATHER, "log_silent",
                                                  "%s gave no record for %d s", topic, SILENT_MS / 1000)
                                        : err;
}

enum err stream_read_topics(const struct config *config, struct corpus *corpus, struct err_info *info)
{
    struct reading_topics r = {.config = config, .corpus = corpus};
    struct config no_models = *config; /* those that are configured may be the ones to be trained */
    const char *topics[N_INPUTS];
    no_models.models_embedding = no_models.models_niche = "";
    score_topics(&no_models, topics);
    enum err err = score_setup_open(&no_models, &r.setup, info);
    r.setup.options.rules.late = r.setup.options.rules.future = POLICY_COUNT; /* history is late */
    if (err == ERR_OK) {
        r.scratch = avro_scratch_open();
        err = score_readers_open(&r.setup.options, r.readers, info);
    }
    for (int i = 0; i < N_TOPICS && err == ERR_OK; i++)
        err = read_topic(&r, i, topics[i], info);
    if (r.refused)
        fprintf(stderr, "%" PRId64 " records cannot be used and are left out\n", r.refused);
    if (err == ERR_OK)
        corpus_settle(corpus);
    for (int i = 0; i < N_TOPICS; i++)
        avro_reader_close(r.readers[i]);
    avro_scratch_close(r.scratch);
    score_setup_close(&r.setup);
    return err;
}
