/* config_table: every key of microflux: name, type, unit, default, range, one sentence. File, environment,
 * --set, help, sample and reference are all made from it. */
#include "config_table.h"

#include <stdlib.h>
#include <string.h>

#include "microflux/args.h"

#define TEXT(name, member, standard, sentence)                                                               \
    {                                                                                                        \
        name, KEY_TEXT, offsetof(struct config, member), "", standard, 0, 0, NULL, sentence, false           \
    }
#define SECRET(name, member, standard, sentence)                                                             \
    {                                                                                                        \
        name, KEY_TEXT, offsetof(struct config, member), "", standard, 0, 0, NULL, sentence, true            \
    }
#define INT(name, member, unit, standard, least, most, sentence)                                             \
    {                                                                                                        \
        name, KEY_INT, offsetof(struct config, member), unit, standard, least, most, NULL, sentence, false   \
    }
#define CHOICE(name, member, standard, choices, sentence)                                                    \
    {                                                                                                        \
        name, KEY_CHOICE, offsetof(struct config, member), "", standard, 0, 0, choices, sentence, false      \
    }

const struct key config_keys[] = {
    TEXT("group", group, "microflux-score", "consumer group; its members share the lanes"),
    TEXT("namespace", namespace_, "default",
         "part of every Redis key: mf:<namespace>:…; two namespaces know nothing of each other"),
    INT("workers", workers, "threads", "1", 1, 64,
        "threads of this process, each with its own consumer, producer and lanes"),
    INT("memory_mib", memory_mib, "MiB", "1024", 64, 1048576,
        "limit of the cache (half) and of unread records (a quarter), for all workers together"),
    INT("epoch", log_epoch, "", "0", 0, 2147483647,
        "log epoch; raise it by one after an input topic was recreated, counters are kept"),
    TEXT("topics.profiles", topic_profiles, "profiles", "input: snapshots of creators' accounts"),
    TEXT("topics.posts", topic_posts, "posts", "input: what creators publish"),
    TEXT("topics.interactions", topic_interactions, "interactions", "input: what audiences do"),
    TEXT("topics.campaigns", topic_campaigns, "campaigns",
         "input: what brands look for; compacted, read whole"),
    TEXT("topics.creator_scores", topic_creator_scores, "creator-scores",
         "output: tier and engagement of each creator"),
    TEXT("topics.peer_tables", topic_peer_tables, "peer-tables",
         "internal: how the rates of all creators are spread, which each process reads whole"),
    TEXT("topics.audience_edges", topic_audience_edges, "audience-edges",
         "internal: comments by actor, from the score worker to the audience worker (with models.embedding)"),
    TEXT("topics.affinity_updates", topic_affinity_updates, "affinity-updates",
         "internal: what the audience worker learnt for creators, a further input of the score worker (with "
         "models.embedding)"),
    TEXT("topics.fit_scores", topic_fit_scores, "fit-scores",
         "output: the creators that fit each campaign best, keyed campaign_id/creator_id; input of `run "
         "roster`"),
    TEXT("topics.shortlists", topic_shortlists, "shortlists",
         "output of `run roster`: who fits each campaign best, and its roster"),
    TEXT("topics.alerts", topic_alerts, "alerts",
         "output: what began and somebody should look at, keyed creator_id"),
    TEXT("topics.dead_letters", topic_dead_letters, "dead-letters",
         "output: records that cannot be used, with their story in headers"),
    INT("dead_letters.retention_ms", dead_letters_retention_ms, "ms", "604800000", 3600000, 31536000000,
        "how long topics create makes Kafka keep dead letters, which are records of people as they came"),
    TEXT(
        "redis.address", redis_address, "127.0.0.1:6379",
        "host:port, [v6]:port or unix:/path; with redis.mode those of the Sentinels, or of some nodes of the "
        "cluster, separated by commas"),
    CHOICE(
        "redis.mode", redis_mode, "single", "single sentinel cluster",
        "one server; the primary that Sentinels name; or the nodes of a cluster that own the lanes' slots"),
    TEXT("redis.primary_name", redis_primary_name, "mymaster",
         "redis.mode=sentinel: the name the Sentinels know the primary by"),
    TEXT("redis.sentinel_username", redis_sentinel_username, "",
         "ACL user of the Sentinels; empty = the default user"),
    SECRET("redis.sentinel_password", redis_sentinel_password, "",
           "password of the Sentinels; better kept in redis.sentinel_password_file"),
    TEXT("redis.sentinel_password_file", redis_sentinel_password_file, "",
         "file whose first line is that password"),
    TEXT("redis.username", redis_username, "", "ACL user; empty = the default user"),
    SECRET("redis.password", redis_password, "", "password; better kept in redis.password_file"),
    TEXT("redis.password_file", redis_password_file, "", "file whose first line is the password"),
    CHOICE("redis.tls", redis_tls, "no", "no yes",
           "TLS to Redis and its Sentinels; certificates and host names are always checked"),
    TEXT("redis.tls.ca_file", redis_tls_ca_file, "",
         "PEM file or folder of the authorities that are trusted; empty = the system's"),
    TEXT("redis.tls.cert_file", redis_tls_cert_file, "",
         "PEM file of the certificate shown to Redis (tls-auth-clients); empty = none"),
    TEXT("redis.tls.key_file", redis_tls_key_file, "", "PEM file of its private key; empty = the same file"),
    TEXT("redis.tls.server_name", redis_tls_server_name, "",
         "name that the certificates are made for; empty = the host of each address"),
    INT("redis.database", redis_database, "", "0", 0, 65535, "database number"),
    INT("redis.connect_timeout_ms", redis_connect_timeout_ms, "ms", "1000", 10, 600000,
        "longest time for name, connection and login together"),
    INT("redis.command_timeout_ms", redis_command_timeout_ms, "ms", "5000", 10, 600000,
        "longest silence while an answer is owed"),
    CHOICE("redis.lost", redis_lost, "stop", "stop rebuild",
           "when a lane's fence is gone though the group has read: stop, or count again from the earliest "
           "record"),
    CHOICE(
        "redis.restore", redis_restore, "yes", "yes no",
        "write a creator's first state in one piece (RESTORE), at a third of Redis' cost; no: by HSET alone, "
        "where the ACL or a proxy forbids RESTORE"),
    CHOICE("retention.lost", log_lost, "stop", "stop skip",
           "when records expired before they were read: stop, or go on without them and count them"),
    INT("lane.flush_ms", lane_flush_ms, "ms", "5", 0, 10000,
        "age of the oldest change that is committed while the lane is caught up"),
    INT("lane.commit_ms", lane_commit_ms, "ms", "1000", 1, 60000,
        "age of the oldest change that is committed while the lane catches up; ten times that while it is "
        "more "
        "than 50,000 records behind"),
    INT("lane.align_ms", lane_align_ms, "ms", "60000", 0, 86400000,
        "how far an input (of `rekey`: a partition) may be read ahead of the others, in record time"),
    INT("lane.watchdog_s", lane_watchdog_s, "s", "30", 1, 3600,
        "silence of an unfinished partition after which the consumer is made anew"),
    TEXT("roster.group", roster_group, "microflux-roster", "consumer group of the roster workers"),
    TEXT("audience.group", audience_group, "microflux-audience", "consumer group of the audience workers"),
    INT("score.min_interval_ms", score_min_interval_ms, "ms", "1000", 0, 86400000,
        "least time between two records of one creator"),
    CHOICE("publish.cloudevents", publish_cloudevents, "no", "no yes",
           "outputs carry the attributes of CloudEvents 1.0 as headers (ce_id, ce_type, ce_source, ce_time)"),
    INT("roster.min_interval_ms", roster_min_interval_ms, "ms", "1000", 0, 86400000,
        "least time between two shortlists of one campaign"),
    TEXT("score.schemes", score_schemes, "default,stim,later,hypeauditor",
         "tier schemes in each record; default must be first"),
    TEXT("alerts.mute", alerts_mute, "",
         "types of alert.avsc that are not told, separated by commas, such as UNDISCLOSED_POST,FIT_LEFT"),
    TEXT("methodology.file", methodology_file, "",
         "constants of the scores, in the form of `microflux methodology show`; empty = the program's own"),
    TEXT("benchmark.file", benchmark_file, "",
         "rates that stand in for peers while there are few, as data/benchmarks; empty = the program's own"),
    INT("peers.interval_s", peers_interval_s, "s", "3600", 1, 31536000,
        "age of the table of peers at which the worker with lane 0 makes the next one of the creators' own "
        "rates"),
    TEXT("emv.file", emv_file, "",
         "what an act is worth, as data/emv/example.conf; empty = no earned media value"),
    TEXT("lexicon.dir", lexicon_dir, "",
         "folder of *.lex files: one takes the place of ours of the same name, others come on top; empty = "
         "ours"),
    TEXT("models.embedding", models_embedding, "",
         "model of `microflux train embed`: what creators' tags and mentions mean; empty = topics by the "
         "lexicon"),
    TEXT("models.niche", models_niche, "",
         "model of `microflux train niche` with that embedding; empty = niches by the lexicon"),
    INT("sweep.interval_s", sweep_interval_s, "s", "86400", 10, 31536000,
        "each creator is scored again at least this often, changed or not"),
    INT("time.max_future_ms", max_future_ms, "ms", "300000", 0, 31536000000,
        "how far an event may be dated after its record's own timestamp"),
    CHOICE("time.late", late_policy, "count", "count drop reject",
           "events more than 92 days before their record: count into the totals, drop, or dead letter"),
    CHOICE("time.future", future_policy, "reject", "count drop reject",
           "events dated further ahead than time.max_future_ms: dead letter, or drop (count does the same)"),
    TEXT("counting.totals", counting_totals, "",
         "platforms whose post.metrics count, by kind: INSTAGRAM:LIKE,COMMENT TIKTOK:VIEW"),
    TEXT("schema.ids", schema_ids, "",
         "writer schemas of Confluent ids: profiles:7=/etc/microflux/profile-v2.avsc, posts:9=…"),
    TEXT("schema.profiles", schema_profiles, "",
         "writer schema file of bare (unframed) values; empty = such values are dead letters"),
    TEXT("schema.posts", schema_posts, "", "the same for posts"),
    TEXT("schema.interactions", schema_interactions, "", "the same for interactions"),
    INT("schema.max_record_bytes", schema_max_record_bytes, "bytes", "1048576", 1024, 104857600,
        "larger records are dead letters"),
    INT("schema.output_id", schema_output_id, "", "0", 0, 2147483647,
        "Confluent id of creator-score.avsc; 0 = asked of the registry, or, when there is none, Avro "
        "single-object framing"),
    TEXT("registry.url", registry_url, "",
         "schema registry (Confluent's REST API), several addresses separated by commas; empty = none"),
    TEXT("registry.username", registry_username, "", "basic authentication; empty = none"),
    SECRET("registry.password", registry_password, "", "password; better kept in registry.password_file"),
    TEXT("registry.password_file", registry_password_file, "", "file whose first line is the password"),
    TEXT("registry.ca_file", registry_ca_file, "",
         "PEM certificates trusted for https; empty = the system's; host names are checked"),
    INT("registry.connect_timeout_ms", registry_connect_timeout_ms, "ms", "1000", 10, 600000,
        "longest time for name, connection and TLS"),
    INT("registry.timeout_ms", registry_timeout_ms, "ms", "5000", 10, 600000,
        "longest time for a whole request"),
    INT("registry.negative_ttl_s", registry_negative_ttl_s, "s", "60", 1, 86400,
        "an id that the registry does not have is asked for again after this"),
    TEXT("registry.cache_file", registry_cache_file, "",
         "file that keeps what the registry said, for a start while it is away; empty = none"),
    CHOICE("registry.register", registry_register, "yes", "yes no",
           "register our schemas under <topic>-value, or only look them up there"),
    TEXT("privacy.secret_file", privacy_secret_file, "",
         "file of 32 hexadecimal digits (microflux config secret makes them), the same for all workers; "
         "empty = actors "
         "are not told apart"),
    TEXT("rekey.from", rekey_from, "",
         "source of `microflux rekey`: records with a creator_id under any key"),
    TEXT("rekey.to", rekey_to, "", "its target: the same records keyed by creator_id"),
    CHOICE("rekey.input", rekey_input, "auto", "auto profiles posts interactions",
           "what the records are; auto = what topics.* says of rekey.to or rekey.from"),
    TEXT("rekey.group", rekey_group, "",
         "consumer group, for this source and target alone; empty = microflux-rekey.<from>.<to>"),
    TEXT("rekey.instance", rekey_instance, "",
         "what no other process of the group has, the same after a restart: the transactional ids are "
         "<group>/<instance>-<thread>; empty = the host's name"),
    CHOICE("rekey.tombstones", rekey_tombstones, "reject", "reject key",
           "a record without value: dead letter, or, where the source is keyed by creator, copied under its "
           "key"),
    INT("rekey.commit_ms", rekey_commit_ms, "ms", "100", 1, 10000, "age at which a transaction is committed"),
    INT("rekey.commit_records", rekey_commit_records, "records", "10000", 1, 1000000,
        "records with which a transaction is committed, whatever its age"),
    INT("rekey.transaction_timeout_ms", rekey_timeout_ms, "ms", "30000", 1000, 60000,
        "the brokers abort a transaction of this age; one that a dead worker left open hides what is behind "
        "it "
        "for as long"),
    TEXT("http.address", http_address, "127.0.0.1:9464",
         "host:port of /metrics, /livez, /readyz and the status page; port 0 = any free one, empty = none"),
    INT("http.live_s", http_live_s, "s", "30", 1, 3600,
        "a worker that has not turned for longer makes /livez answer 503"),
    CHOICE("log.level", log_level, "info", "debug info warn error", "least level that is written"),
    CHOICE("log.format", log_format, "text", "text json", "log lines as text or JSON"),
};
const size_t n_config_keys = sizeof config_keys / sizeof config_keys[0];

const struct key *config_key(const char *name)
{
    for (size_t i = 0; i < n_config_keys; i++)
        if (strcmp(config_keys[i].name, name) == 0)
            return &config_keys[i];
    return NULL;
}

static const char *key_name(const void *keys, size_t i)
{
    return ((const struct key *)keys)[i].name;
}

const char *nearest_key(const char *wrong)
{
    return nearest_name(wrong, key_name, config_keys, n_config_keys);
}

bool config_is_secret(const char *name)
{
    static const char *const words[] = {"password", "secret", "key.pem",    "ssl.key",
                                        "jaas",     "token",  "passphrase", "oauthbearer.config"};
    const struct key *key = config_key(name);
    for (size_t i = 0; !key && i < sizeof words / sizeof words[0]; i++)
        if (strstr(name, words[i]) && !strstr(name, "location"))
            return true;
    return key && key->secret;
}
