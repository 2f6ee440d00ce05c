/* check_kafka: is a broker there, may we do what a worker does, and do the clocks agree? Rights are found out
 * by doing the thing in a way that leaves nothing behind. */
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "microflux/clock.h"

#define AHEAD_MS 60000 /* a record dated further ahead of our clock than this is told */

static const char *kafka_setting(const struct config *config, const char *key, const char *otherwise)
{
    for (size_t i = 0; i < config->n_kafka; i++)
        if (strcmp(config->kafka[i].key, key) == 0)
            return config->kafka[i].value;
    return otherwise;
}

const char *check_servers(const struct checking *c)
{
    return kafka_setting(c->config, "bootstrap.servers", "HOST");
}

const char *check_acl(struct checking *c, const char *operation, const char *kind, const char *name)
{
    const char *user = kafka_setting(c->config, "sasl.username", "<the client certificate's subject>");
    return say(&c->report,
               "kafka-acls.sh --bootstrap-server %s --add --allow-principal 'User:%s' --operation %s --%s %s",
               check_servers(c), user, operation, kind, name);
}

/* Says away, or what is forbidden. */
static void complain_of(struct checking *c, const char *subject, const struct err_info *info,
                        const char *cure)
{
    c->report.away |= info->code == ERR_WEATHER;
    report_add(&c->report, VERDICT_FAIL, subject, info->sentence, info->code == ERR_REFUSED ? cure : NULL);
}

/* ---- is a broker there ---- */

static bool speaks_tls(const struct config *config)
{
    return strcasestr(kafka_setting(config, "security.protocol", "plaintext"), "ssl") != NULL;
}

static bool reach(struct checking *c)
{
    struct err_info info, tls;
    const struct kafka_pair *pairs = kafka_pairs_of(c->config);
    if (inquiry_reach(c->inquiry, &info) == ERR_OK) {
        report_add(&c->report, VERDICT_OK, "kafka", say(&c->report, "answers at %s", check_servers(c)), NULL);
        return true;
    }
    if (speaks_tls(c->config) && strstr(info.sentence, "ssl.ca.location") &&
        inquiry_tls(pairs, c->config->n_kafka, c->timeout_ms, &tls) == ERR_REFUSED)
        snprintf(info.sentence, sizeof info.sentence, "%s", tls.sentence);
    complain_of(c, "kafka", &info, NULL);
    inquiry_close(c->inquiry);
    c->inquiry = NULL;
    return false;
}

/* ---- rights ---- */

static void check_reading(struct checking *c, const char *topic)
{
    struct err_info info;
    struct kafka_peek peek = {.topic = topic, .offset = PEEK_END};
    const char *subject = say(&c->report, "topic %s", topic);
    if (inquiry_peek(c->inquiry, &peek, 1, &info) != ERR_OK)
        complain_of(c, subject, &info, NULL);
    else if (peek.found == PEEK_FORBIDDEN)
        report_add(&c->report, VERDICT_FAIL, subject, "the user may not read it",
                   check_acl(c, "Read", "topic", topic));
    else if (peek.found == PEEK_NOTHING)
        report_add(&c->report, VERDICT_WARN, subject, "could not be read in time", NULL);
    else
        report_add(&c->report, VERDICT_OK, subject, "can be read", NULL);
}

static void check_writing(struct checking *c, const char *topic)
{
    struct err_info info;
    const char *subject = say(&c->report, "topic %s", topic);
    enum err err =
        inquiry_may_write(kafka_pairs_of(c->config), c->config->n_kafka, topic, c->timeout_ms, &info);
    if (err == ERR_OK)
        report_add(&c->report, VERDICT_OK, subject, "can be written", NULL);
    else if (err == ERR_REFUSED)
        report_add(&c->report, VERDICT_FAIL, subject, "the user may not write it",
                   check_acl(c, "Write", "topic", topic));
    else
        complain_of(c, subject, &info, NULL);
}

static void check_group(struct checking *c)
{
    struct err_info info;
    int64_t offset;
    const char *subject = say(&c->report, "group %s", c->config->group);
    enum err err = inquiry_committed(c->inquiry, c->topics[0], 1, &offset, &info);
    if (err == ERR_OK)
        err = inquiry_may_commit(c->inquiry, c->topics[0], &info);
    if (err == ERR_OK)
        report_add(&c->report, VERDICT_OK, subject, "can be joined", NULL);
    else if (err == ERR_REFUSED)
        report_add(&c->report, VERDICT_FAIL, subject, "the user may not join it",
                   check_acl(c, "Read", "group", c->config->group));
    else
        complain_of(c, subject, &info, NULL);
}

/* ---- clocks: no request tells a broker's time, but records do, whoever dated them ---- */

static void check_clock(struct checking *c)
{
    struct err_info info;
    bool ahead = false;
    for (int i = 0; i < N_TOPICS && !ahead; i++)
        if (inquiry_dated(c->inquiry, c->topics[i], c->partitions, clock_wall_ms() + AHEAD_MS, &ahead,
                          &info) != ERR_OK) {
            complain_of(c, "clock", &info, NULL);
            return;
        }
    if (ahead)
        report_add(&c->report, VERDICT_WARN, "clock",
                   "an input holds records dated more than a minute after our clock: this machine's clock is "
                   "behind, or a producer's or the broker's is ahead",
                   "chronyc tracking");
    else
        report_add(&c->report, VERDICT_OK, "clock", "no record is dated ahead of our clock", NULL);
}

void check_kafka(struct checking *c)
{
    if (!reach(c))
        return;
    check_topics(c);
    if (c->partitions == 0)
        return;
    for (int i = 0; i < N_TOPICS; i++)
        check_reading(c, c->topics[i]);
    for (int i = N_TOPICS; i < c->n_topics; i++)
        check_writing(c, c->topics[i]);
    for (int i = CHECK_PEERS; i < c->n_topics; i++)
        if (i != CHECK_FITS && i != CHECK_ALERTS) /* which no score worker reads */
            check_reading(c, c->topics[i]);
    check_group(c);
    check_clock(c);
}
