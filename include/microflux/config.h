/* config: one table (name, type, unit, default, min, max, sentence) makes the file, the environment, --set,
 * --help, the sample file and the reference page. Below main nobody reads it: each room gets its own options.
 *
 * Order of precedence: default < --config FILE (ini; [section] key = section.key) < MICROFLUX_SECTION_KEY
 * environment < --set section.key=value. `kafka.*` is not in the table: it is kept in order and handed to
 * librdkafka, whose word on it is final (environment: MICROFLUX_KAFKA_BOOTSTRAP_SERVERS = bootstrap.servers).
 */
#ifndef MICROFLUX_CONFIG_H
#define MICROFLUX_CONFIG_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "microflux/err.h"

enum lost_policy { LOST_STOP, LOST_GO_ON }; /* redis.lost = stop | rebuild; log.lost = stop | skip */
enum time_policy {
    TIME_COUNT,
    TIME_DROP,
    TIME_REJECT
}; /* count into the totals | drop and count | dead letter */

enum rekey_input { REKEY_AUTO, REKEY_PROFILES, REKEY_POSTS, REKEY_INTERACTIONS };
enum tombstone_policy { TOMBSTONE_REJECT, TOMBSTONE_KEY };
enum register_policy { REGISTER_YES, REGISTER_NO }; /* no: our schemas are only looked up */

enum restore_policy { RESTORE_YES, RESTORE_NO };
enum cloudevents { CLOUDEVENTS_NO, CLOUDEVENTS_YES };
enum redis_where { REDIS_AT_ADDRESS, REDIS_BY_SENTINELS, REDIS_IN_CLUSTER }; /* redis.mode */

enum redis_over { REDIS_PLAIN, REDIS_OVER_TLS }; /* redis.tls */

struct config_pair {
    char *key, *value;
};

struct config {
    /* who we are */
    const char *group, *audience_group, *roster_group; /* consumer groups */
    const char *namespace_; /* part of every Redis key: mf:<namespace>:… ; key "namespace" */
    int64_t workers;        /* threads, each with its own consumer, producer and lanes */
    int64_t memory_mib;     /* one limit: half for the cache, a quarter for the prefetch */
    /* topics.* */
    const char *topic_profiles, *topic_posts, *topic_interactions, *topic_campaigns, *topic_creator_scores,
        *topic_dead_letters, *topic_peer_tables, *topic_audience_edges, *topic_affinity_updates,
        *topic_fit_scores, *topic_shortlists, *topic_alerts, *alerts_mute;
    int64_t dead_letters_retention_ms; /* that topics create gives them */
    /* redis.* */
    const char *redis_address; /* host:port or unix:/path; a list with the other modes */
    enum redis_where redis_mode;
    const char *redis_primary_name, *redis_sentinel_username, *redis_sentinel_password,
        *redis_sentinel_password_file;
    const char *redis_username, *redis_password, *redis_password_file;
    enum redis_over redis_tls;
    const char *redis_tls_ca_file, *redis_tls_cert_file, *redis_tls_key_file, *redis_tls_server_name;
    int64_t redis_database, redis_connect_timeout_ms, redis_command_timeout_ms;
    enum lost_policy redis_lost;
    enum restore_policy redis_restore;
    enum cloudevents publish_cloudevents;
    /* log of records */
    int64_t log_epoch;         /* "epoch": raise after a topic was recreated */
    enum lost_policy log_lost; /* "retention.lost" */
    /* lane.* */
    int64_t lane_flush_ms;   /* oldest change, caught up */
    int64_t lane_commit_ms;  /* oldest change, catching up */
    int64_t lane_align_ms;   /* how far an input may run ahead of the others, in record time */
    int64_t lane_watchdog_s; /* log moved, nothing read */
    /* score.* and sweep.* */
    int64_t score_min_interval_ms, roster_min_interval_ms, sweep_interval_s, peers_interval_s;
    const char *score_schemes;    /* "default,stim,later,hypeauditor" */
    const char *methodology_file; /* "" = the program's own */
    const char *benchmark_file, *emv_file;
    const char *lexicon_dir;                     /* "" = the program's own only */
    const char *models_embedding, *models_niche; /* "" = none */
    /* time.* */
    int64_t max_future_ms;
    enum time_policy late_policy, future_policy;
    const char *counting_totals; /* "INSTAGRAM:LIKE,COMMENT TIKTOK:VIEW" */
    /* schema.* */
    const char *
        schema_ids; /* Confluent framing: "1=/path/profile.avsc,7=posts@2.avsc" (id = writer's schema file) */
    const char *schema_profiles, *schema_posts,
        *schema_interactions; /* bare values: the writer's schema file, "" = none */
    int64_t schema_max_record_bytes;
    int64_t schema_output_id; /* Confluent id of creator-score; 0 = asked of the registry, or, when there is
                                 none, Avro single-object framing */
    /* registry.* */
    const char *registry_url; /* "" = none */
    const char *registry_username, *registry_password, *registry_password_file, *registry_ca_file,
        *registry_cache_file;
    int64_t registry_connect_timeout_ms, registry_timeout_ms, registry_negative_ttl_s;
    enum register_policy registry_register;
    /* privacy.* */
    const char *privacy_secret_file; /* "" = none */
    /* rekey.* */
    const char *rekey_from, *rekey_to, *rekey_group, *rekey_instance;
    enum rekey_input rekey_input;
    enum tombstone_policy rekey_tombstones;
    int64_t rekey_commit_ms, rekey_commit_records, rekey_timeout_ms;
    /* http.* */
    const char *http_address; /* "" = none */
    int64_t http_live_s;
    /* log.* */
    const char *log_level, *log_format;
    struct config_pair *kafka; /* n_kafka pairs, without the "kafka." */
    size_t n_kafka;
};

struct config_sources {
    const char *file;         /* NULL: none */
    char *const *environment; /* environ, or NULL */
    const char *const *sets;  /* "key=value", n_sets of them */
    size_t n_sets;
};

/* config_load: gives *config (release with config_free). ERR_USAGE names key, value, range and the nearest
 * known key. */
enum err config_load(const struct config_sources *sources, struct config **config,
                     struct err_info *info) MF_MUST_CHECK;
void config_free(struct config *config); /* takes NULL */

/* config_set_default_kafka: adds a pair unless the user gave that key already. */
void config_set_default_kafka(struct config *config, const char *key, const char *value);

/* The faces of the table. */
void config_print_sample(FILE *out);    /* an ini file with every key commented out at its default */
void config_print_reference(FILE *out); /* docs/reference/configuration.md */
void config_print_help(FILE *out);      /* one line a key */
void config_print_effective(const struct config *config, FILE *out); /* ini, secrets masked */
/* config_each: every key in force, then kafka.*, in order; secrets masked. */
void config_each(const struct config *config, void (*take)(void *arg, const char *name, const char *value),
                 void *arg);
void config_log_effective(const struct config *config); /* one log line, only what differs from the default */

#endif
