/* check: what the parts of `microflux check` share. */
#ifndef COMMANDS_CHECK_H
#define COMMANDS_CHECK_H

#include "options.h"
#include "report.h"

/* The inputs, then creator-scores, dead-letters, peer-tables, fit-scores, alerts, and with an embedding
 * audience-edges and affinity-updates. */
#define CHECK_PEERS   (N_TOPICS + 2)
#define CHECK_FITS    (N_TOPICS + 3)
#define CHECK_ALERTS  (N_TOPICS + 4)
#define CHECK_EDGES   (N_TOPICS + 5)
#define CHECK_UPDATES (N_TOPICS + 6)
#define CHECK_TOPICS  (N_TOPICS + 7)

struct checking {
    struct report report;
    const struct config *config;
    int timeout_ms;
    int64_t survive_ms; /* longest lag that must lose nothing */
    struct inquiry *inquiry;
    struct redis *redis;
    struct redis_learnt learnt;
    const char *node; /* of several Redis servers: " host:port", for subjects; "" = the only one */
    const char *topics[CHECK_TOPICS];
    int n_topics;
    int32_t partitions; /* of the inputs; 0 = not known */
};

/* For cures: the bootstrap servers, and the command that gives our user a right (a say()). */
const char *check_servers(const struct checking *checking);
const char *check_acl(struct checking *checking, const char *operation, const char *kind, const char *name);

/* check_kafka: leaves checking->inquiry when Kafka answers. */
void check_kafka(struct checking *checking);
void check_topics(struct checking *checking);
/* check_redis: leaves checking->redis when Redis answers. */
void check_redis(struct checking *checking);
/* check_sentinels: all that are configured. check_nodes: with checking->redis: the state of a cluster; then
 * `look` at each server that may hold counters, now or after a failover. */
void check_sentinels(struct checking *checking);
void check_nodes(struct checking *checking, void (*look)(struct checking *checking));
/* redis_say: redis_call; when the connection broke it is closed and reported. */
enum err redis_say(struct checking *checking, const struct bytes *words, size_t n,
                   const struct redis_answer **answer, struct err_info *info) MF_MUST_CHECK;
/* redis_reach: opens checking->redis; when it cannot, that is reported. */
enum err redis_reach(struct checking *checking, const struct redis_options *options,
                     struct err_info *info) MF_MUST_CHECK;
/* check_registry: says nothing when none is configured. */
void check_registry(struct checking *checking);
/* check_lanes: the fences against the logs and the group's offsets; with inquiry, redis and partitions. */
void check_lanes(struct checking *checking);

#endif
