/* check_redis_ha: are Sentinels there, do they agree on a primary that they could replace? Is the cluster
 * whole? Which servers may hold counters, now or after a failover? */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"

#define SLOTS 16384

/* ---- Sentinels ---- */

struct sentinels {
    int asked, answered, least; /* least: usable ones, as the most pessimistic sees it */
    char primary[REDIS_ADDRESS];
};

/* "OK 3 usable Sentinels. Quorum and failover authorization can be reached" */
static void judge_quorum(struct checking *c, struct sentinels *s, const char *subject,
                         const struct redis_answer *answer)
{
    const char *name = c->config->redis_primary_name;
    int usable = 0;
    if (answer->type != REDIS_ERROR && sscanf(answer->text.ptr, "OK %d", &usable) == 1)
        s->least = s->answered == 0 || usable < s->least ? usable : s->least;
    else if (strstr(answer->text.ptr, "No such master"))
        report_add(&c->report, VERDICT_FAIL, subject, say(&c->report, "watches no primary named %s", name),
                   "redis.primary_name = one of those that redis-cli SENTINEL MASTERS lists");
    else if (strstr(answer->text.ptr, "unknown command"))
        report_add(&c->report, VERDICT_FAIL, subject, "is no Sentinel",
                   "redis.address = the Sentinels (their port is 26379 by default)");
    else
        report_add(&c->report, VERDICT_FAIL, subject, say(&c->report, "%.200s", answer->text.ptr),
                   strstr(answer->text.ptr, "NOQUORUM")
                       ? "start the Sentinels that are missing"
                       : "ACL SETUSER <the user> '+sentinel|ckquorum' '+sentinel|get-master-addr-by-name'");
}

static void compare_primary(struct checking *c, struct sentinels *s, const char *subject,
                            const struct redis_answer *answer)
{
    char address[REDIS_ADDRESS];
    if (answer->type != REDIS_ARRAY || answer->n != 2)
        return;
    snprintf(address, sizeof address, "%s:%s", answer->items[0]->text.ptr, answer->items[1]->text.ptr);
    if (*s->primary && strcmp(s->primary, address) != 0)
        report_add(&c->report, VERDICT_FAIL, subject,
                   say(&c->report, "names %s, others %s", address, s->primary),
                   "wait for the failover to end; else redis-cli SENTINEL RESET <name> where it is wrong");
    memcpy(s->primary, address, sizeof address);
}

static void check_sentinel(struct checking *c, struct sentinels *s, const char *address)
{
    struct err_info info;
    struct redis *redis = NULL;
    const struct redis_answer *answer;
    const char *subject = say(&c->report, "sentinel %s", address);
    struct redis_options options = redis_options_of(c->config, NULL);
    struct bytes name = bytes_of(options.primary);
    options.address = address;
    options.mode = REDIS_SINGLE;
    options.username = options.sentinel_username;
    options.password = options.sentinel_password;
    options.password_file = options.sentinel_password_file;
    options.database = 0;
    enum err err = redis_open(&options, &redis, &info);
    if (err != ERR_OK)
        redis = NULL;
    else
        err = redis_call(redis, (struct bytes[]){BYTES("SENTINEL"), BYTES("CKQUORUM"), name}, 3, &answer,
                         &info);
    if (err == ERR_OK) {
        judge_quorum(c, s, subject, answer);
        err = redis_call(redis, (struct bytes[]){BYTES("SENTINEL"), BYTES("GET-MASTER-ADDR-BY-NAME"), name},
                         3, &answer, &info);
    }
    if (err == ERR_OK) {
        compare_primary(c, s, subject, answer);
        s->answered++;
    } else {
        report_add(
            &c->report, err == ERR_WEATHER ? VERDICT_WARN : VERDICT_FAIL, subject, info.sentence,
            err == ERR_WEATHER
                ? "start it"
                : "redis.sentinel_username, redis.sentinel_password_file: its own, not those of Redis");
    }
    redis_close(redis);
}

void check_sentinels(struct checking *c)
{
    struct sentinels s = {0};
    char *copy = strdup(c->config->redis_address), *rest = copy;
    for (char *address; (address = strsep(&rest, ", ")) != NULL; s.asked += *address != 0)
        if (*address)
            check_sentinel(c, &s, address);
    free(copy);
    c->report.away |= s.answered == 0;
    if (*s.primary)
        report_add(&c->report, s.least >= 3 ? VERDICT_OK : VERDICT_WARN, "sentinels",
                   say(&c->report, "%d of %d answer, the primary is %s, %d can agree on another", s.answered,
                       s.asked, s.primary, s.least),
                   s.least >= 3 ? NULL : "three Sentinels on three machines outlive one of them");
}

/* ---- the cluster ---- */

static int64_t number_of(const struct redis_answer *text, const char *name)
{
    const char *at = strstr(text->text.ptr, name);
    return at ? strtoll(at + strlen(name), NULL, 10) : -1;
}

static enum err check_cluster(struct checking *c, struct err_info *info)
{
    const struct redis_answer *answer;
    enum err err = redis_say(c, (struct bytes[]){BYTES("CLUSTER"), BYTES("INFO")}, 2, &answer, info);
    if (err != ERR_OK)
        return err;
    if (answer->type != REDIS_TEXT) {
        report_add(&c->report, VERDICT_WARN, "redis cluster", "its state cannot be asked",
                   "redis-cli ACL SETUSER <the user> '+cluster|info'");
        return ERR_OK;
    }
    int64_t assigned = number_of(answer, "cluster_slots_assigned:"),
            well = number_of(answer, "cluster_slots_ok:");
    bool up = strstr(answer->text.ptr, "cluster_state:ok") != NULL;
    const char *fix = say(&c->report, "redis-cli --cluster fix %s", redis_at(c->redis));
    if (assigned < SLOTS)
        report_add(
            &c->report, VERDICT_FAIL, "redis cluster",
            say(&c->report, "%d slots have no owner, and lanes in them none to go to", SLOTS - (int)assigned),
            fix);
    else if (well < SLOTS)
        report_add(&c->report, VERDICT_FAIL, "redis cluster",
                   say(&c->report, "the nodes of %d slots do not answer the others", SLOTS - (int)well),
                   "start them: redis-cli CLUSTER NODES names them");
    else
        report_add(&c->report, up ? VERDICT_OK : VERDICT_FAIL, "redis cluster",
                   up ? "up, every slot has an owner" : "down: cluster_state is not ok",
                   up ? NULL : "redis-cli CLUSTER INFO, and the log of the node");
    return ERR_OK;
}

/* An aborted migration leaves a slot on its way, and its lanes wait. */
static void check_open_slots(struct checking *c)
{
    struct err_info info;
    const struct redis_answer *answer;
    if (redis_say(c, (struct bytes[]){BYTES("CLUSTER"), BYTES("NODES")}, 2, &answer, &info) != ERR_OK ||
        answer->type != REDIS_TEXT)
        return; /* not allowed: nothing is known */
    for (const char *at = answer->text.ptr; (at = strstr(at, " [")) != NULL; at++)
        report_add(&c->report, VERDICT_WARN, say(&c->report, "redis%s slots", c->node),
                   say(&c->report, "slot %d is on its way between two nodes: lanes in it wait", atoi(at + 2)),
                   say(&c->report, "redis-cli --cluster fix%s, when nobody is moving it", c->node));
}

/* ---- every server ---- */

/* [master, offset, [[host, port, offset] …]] */
static void read_replicas(struct checking *c, struct buffer *nodes)
{
    struct err_info info;
    const struct redis_answer *role;
    buffer_add_text(nodes, redis_at(c->redis));
    if (redis_say(c, (struct bytes[]){BYTES("ROLE")}, 1, &role, &info) != ERR_OK ||
        role->type != REDIS_ARRAY || role->n < 3)
        return;
    for (size_t i = 0; i < role->items[2]->n; i++) {
        const struct redis_answer *replica = role->items[2]->items[i];
        if (replica->n >= 2)
            buffer_printf(nodes, ",%s:%s", replica->items[0]->text.ptr, replica->items[1]->text.ptr);
    }
}

static void look_at(struct checking *c, const char *address, void (*look)(struct checking *c))
{
    struct err_info info;
    struct redis *all = c->redis;
    struct redis_options options = redis_options_of(c->config, "microflux-check");
    bool cluster = options.mode == REDIS_CLUSTER;
    options.address = address;
    options.mode = REDIS_SINGLE;
    c->redis = NULL;
    char node[REDIS_ADDRESS + 2];
    snprintf(node, sizeof node, " %s", address);
    c->node = node;
    if (redis_reach(c, &options, &info) == ERR_OK && cluster)
        check_open_slots(c);
    if (c->redis)
        look(c);
    redis_close(c->redis);
    c->redis = all;
    c->node = "";
}

void check_nodes(struct checking *c, void (*look)(struct checking *c))
{
    struct err_info info;
    struct buffer nodes = {0};
    bool cluster = c->config->redis_mode == REDIS_IN_CLUSTER;
    if (cluster && check_cluster(c, &info) != ERR_OK)
        return;
    if (cluster)
        buffer_add_text(&nodes, c->learnt.nodes);
    else
        read_replicas(c, &nodes);
    buffer_add(&nodes, "", 1);
    char *rest = nodes.data;
    for (char *address; (address = strsep(&rest, ",")) != NULL;)
        if (*address)
            look_at(c, address, look);
    buffer_free(&nodes);
}
