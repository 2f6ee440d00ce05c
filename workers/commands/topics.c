/* topics: `topics create` makes the topics that are missing, co-partitioned, with the settings microflux
 * needs. */
#include <inttypes.h>
#include <stdio.h>

#include "microflux/args.h"
#include "microflux/commands.h"
#include "options.h"

#define N_TOPIC_SPECS 12

/* A tombstone stays longer than posts and interactions do (7 days, and 7 until a segment is closed), also
 * when its creator came back and it is not the newest record of its key: a rebuild must meet it before it
 * counts what it forgot. What it erases is gone within max.compaction.lag.ms. */
static const char *const profiles[] = {"min.compaction.lag.ms=1209600000", "max.compaction.lag.ms=1814400000",
                                       "delete.retention.ms=2592000000"};
static const char *const scores[] = {"max.compaction.lag.ms=604800000"};
/* A score names its table: those of a week can be looked up. */
static const char *const peers[] = {"min.compaction.lag.ms=604800000"};
/* Each alert is read once within a week, then only the newest of a creator is left, or the tombstone that
 * asks to forget them; after a month, nothing. */
static const char *const alerts[] = {"cleanup.policy=compact,delete", "min.compaction.lag.ms=604800000",
                                     "retention.ms=2592000000"};
static const char *const replay[] = {"retention.ms=-1"};

static int create(const struct config *config, int64_t partitions, int64_t replication, bool for_replay,
                  bool json)
{
    const char *const *settings = for_replay ? replay : NULL;
    size_t n = for_replay ? 1 : 0;
    char retention[48];
    const char *const letters[] = {retention, "segment.ms=86400000"};
    snprintf(retention, sizeof retention, "retention.ms=%" PRId64, config->dead_letters_retention_ms);
    const struct topic_spec specs[N_TOPIC_SPECS] = {
        /* a replayed profile topic must keep every snapshot, so it is not compacted then */
        {config->topic_profiles, (int32_t)partitions, (int)replication, !for_replay,
         for_replay ? replay : profiles, for_replay ? 1 : 3},
        {config->topic_posts, (int32_t)partitions, (int)replication, false, settings, n},
        {config->topic_interactions, (int32_t)partitions, (int)replication, false, settings, n},
        {config->topic_campaigns, 1, (int)replication, true, NULL, 0}, /* few, and read whole by everybody */
        {config->topic_creator_scores, (int32_t)partitions, (int)replication, true, scores, 1},
        /* a dead letter keeps its record's timestamp, which a replay's retention would find too old */
        {config->topic_dead_letters, (int32_t)partitions, (int)replication, false,
         for_replay ? replay : letters, for_replay ? 1 : 2},
        {config->topic_peer_tables, 1, (int)replication, true, peers, 1},
        /* between lanes; each record counts, and a lane that is built anew reads them again */
        {config->topic_audience_edges, (int32_t)partitions, (int)replication, false, settings, n},
        {config->topic_affinity_updates, (int32_t)partitions, (int)replication, false, settings, n},
        {config->topic_fit_scores, (int32_t)partitions, (int)replication, true, scores, 1},
        {config->topic_shortlists, (int32_t)partitions, (int)replication, true, scores, 1},
        {config->topic_alerts, (int32_t)partitions, (int)replication, false, alerts, 3},
    };
    bool created[N_TOPIC_SPECS] = {false};
    struct err_info info;
    enum err err =
        topics_create(kafka_pairs_of(config), config->n_kafka, specs, N_TOPIC_SPECS, 15000, created, &info);
    for (int i = 0; i < N_TOPIC_SPECS && err == ERR_OK; i++)
        printf(json ? "{\"topic\":\"%s\",\"partitions\":%d,\"created\":%s}\n" : "%-20s %d partitions  %s\n",
               specs[i].name, specs[i].partitions,
               json ? (created[i] ? "true" : "false") : (created[i] ? "created" : "was there"));
    return err == ERR_OK ? 0 : complain("topics create", &info);
}

int command_topics(int argc, char **argv)
{
    struct config *config = NULL;
    char **rest;
    size_t n;
    int status = 0;
    int64_t partitions = 8, replication = -1;
    bool for_replay = false;
    const char *format = "text";
    const struct arg options[] = {
        {"partitions", ARG_INT, "N", "of all but campaigns and peer-tables; lanes are partitions (default 8)",
         &partitions},
        {"replication", ARG_INT, "N", "replicas (default: the broker's)", &replication},
        {"replay", ARG_FLAG, NULL, "old events with their own timestamps: keep for ever (retention.ms=-1)",
         &for_replay},
        {"format", ARG_CHOICE, "text|json", "json: one object a topic", &format},
    };
    const struct args args = {
        "topics",
        "create",
        "Makes the topics that are missing: inputs, campaigns, creator-scores, dead-letters, "
        "peer-tables, audience-edges, affinity-updates, fit-scores, shortlists, alerts.",
        "microflux topics create --bootstrap localhost:9092 --partitions 8",
        options,
        4,
        true};
    if (!args_parse(&args, argc, argv, &rest, &n, &config, &status))
        return status;
    status = create(config, partitions, replication, for_replay, strcmp(format, "json") == 0);
    config_free(config);
    return status;
}
