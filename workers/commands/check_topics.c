/* check_topics: are the topics there, of one partition count, and set up so that nothing a worker still needs
 * is deleted or compacted away? */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"

enum { CLEANUP, COMPACTION_LAG, DELETE_RETENTION, RETENTION, RETENTION_BYTES, N_SETTINGS };
static const char *const names[N_SETTINGS] = {"cleanup.policy", "min.compaction.lag.ms",
                                              "delete.retention.ms", "retention.ms", "retention.bytes"};

struct looked {
    struct checking *c;
    const char *name, *subject;
    struct kafka_setting settings[N_SETTINGS];
};

/* ---- there at all ---- */

static void not_seen(struct checking *c, int i, const struct err_info *info)
{
    const char *subject = say(&c->report, "topic %s", c->topics[i]);
    c->report.away |= info->code == ERR_WEATHER;
    if (info->code == ERR_NOT_FOUND)
        report_add(&c->report, VERDICT_FAIL, subject, "does not exist",
                   say(&c->report, "microflux topics create --partitions %d --bootstrap %s",
                       c->partitions > 0 ? c->partitions : 8, check_servers(c)));
    else if (info->code == ERR_REFUSED)
        report_add(&c->report, VERDICT_FAIL, subject, "does not exist, or the user may not see it",
                   check_acl(c, i < N_TOPICS ? "Read" : "Write", "topic", c->topics[i]));
    else
        report_add(&c->report, VERDICT_FAIL, subject, info->sentence, NULL);
}

/* True when all are there and the inputs agree. */
static bool count(struct checking *c, int32_t *counts)
{
    struct err_info info;
    bool all = true;
    for (int i = 0; i < c->n_topics; i++) {
        if (inquiry_partitions(c->inquiry, c->topics[i], &counts[i], &info) != ERR_OK) {
            not_seen(c, i, &info);
            all = false;
            continue;
        }
        if (c->partitions == 0)
            c->partitions = counts[i];
        if ((i < N_TOPICS || i == CHECK_UPDATES) && counts[i] != c->partitions) {
            report_add(
                &c->report, VERDICT_FAIL, say(&c->report, "topic %s", c->topics[i]),
                say(&c->report,
                    "has %d partitions but the other inputs have %d: partition i of each belongs "
                    "together",
                    counts[i], c->partitions),
                say(&c->report,
                    "make a new topic with %d partitions, copy the records by key, and name it in topics.*",
                    c->partitions));
            all = false;
        }
    }
    return all;
}

/* ---- set up ---- */

static int64_t number(const struct looked *t, int setting)
{
    return strtoll(t->settings[setting].value, NULL, 10);
}

static bool told(const struct looked *t, int setting)
{
    return *t->settings[setting].value != 0;
}

static void doubt(struct looked *t, enum verdict verdict, int setting, const char *why, const char *value)
{
    struct report *r = &t->c->report;
    report_add(r, verdict, t->subject, say(r, "%s=%s: %s", names[setting], t->settings[setting].value, why),
               say(r,
                   "kafka-configs.sh --bootstrap-server %s --alter --entity-type topics --entity-name %s "
                   "--add-config %s=%s",
                   check_servers(t->c), t->name, names[setting], value));
}

static void at_least(struct looked *t, int setting, int64_t ms, const char *why)
{
    if (told(t, setting) && number(t, setting) >= 0 && number(t, setting) < ms)
        doubt(t, VERDICT_WARN, setting, why, say(&t->c->report, "%" PRId64, ms));
}

/* How long posts and interactions stay: a rebuild reads them all, and must meet the tombstones of erased
 * creators. */
#define FOR_EVER_MS (10 * 365 * MS_DAY)
static int64_t longest_kept_ms(struct checking *c)
{
    int64_t longest = 0;
    for (int i = TOPIC_POSTS; i <= TOPIC_INTERACTIONS; i++) {
        static const char *const retention[] = {"retention.ms"};
        struct kafka_setting kept;
        struct err_info info;
        if (inquiry_settings(c->inquiry, c->topics[i], retention, 1, &kept, &info) != ERR_OK)
            continue;
        int64_t ms = strtoll(kept.value, NULL, 10);
        if (ms < 0 || ms > FOR_EVER_MS)
            ms = FOR_EVER_MS;
        longest = ms > longest ? ms : longest;
    }
    return longest;
}

/* A returned creator's profile makes the tombstone an old record of its key, which compaction removes. */
static void judge_tombstones(struct looked *t)
{
    int64_t kept = longest_kept_ms(t->c);
    at_least(t, COMPACTION_LAG, kept,
             "a rebuild would count posts and interactions of before an erasure, when the creator came back "
             "and the tombstone is compacted away");
    at_least(t, DELETE_RETENTION, kept,
             "a rebuild would read posts and interactions of erased creators, but not the tombstone");
}

/* What compaction removes before a worker read it never counted; what is gone cannot be counted again. */
static void judge_input(struct looked *t, bool profiles)
{
    bool compacted = strstr(t->settings[CLEANUP].value, "compact") != NULL;
    bool deleted = strstr(t->settings[CLEANUP].value, "delete") != NULL;
    if (compacted && !profiles)
        doubt(t, VERDICT_FAIL, CLEANUP,
              "every record counts, and compaction keeps only the newest of a creator", "delete");
    if (compacted) {
        at_least(t, COMPACTION_LAG, t->c->survive_ms,
                 "a snapshot may be compacted away before a worker that stood still has read it");
        at_least(t, DELETE_RETENTION, t->c->survive_ms,
                 "a request of erasure may be gone before a worker that stood still has read it");
        if (profiles)
            judge_tombstones(t);
    }
    if (deleted) {
        at_least(t, RETENTION, t->c->survive_ms,
                 "records may expire before a worker that stood still has read them");
        if (told(t, RETENTION_BYTES) && number(t, RETENTION_BYTES) >= 0)
            doubt(t, VERDICT_WARN, RETENTION_BYTES, "records may expire at any age, read or not", "-1");
    }
}

static void judge_output(struct looked *t, int i)
{
    bool letters = i == N_TOPICS + 1;
    bool compacted = strstr(t->settings[CLEANUP].value, "compact") != NULL;
    if (i == N_TOPICS && !compacted)
        doubt(t, VERDICT_WARN, CLEANUP, "a new reader finds no score of a creator that was quiet for long",
              "compact");
    if (i == CHECK_PEERS && !compacted)
        doubt(t, VERDICT_WARN, CLEANUP, "a worker finds no table of peers at its start once it has expired",
              "compact");
    if (i == CHECK_ALERTS && !compacted)
        doubt(t, VERDICT_WARN, CLEANUP, "a tombstone takes no alert of an erased creator away",
              "[compact,delete]");
    if (letters && compacted)
        doubt(t, VERDICT_FAIL, CLEANUP, "a creator's second dead letter would remove the first", "delete");
}

static void judge(struct checking *c, int i, int32_t partitions)
{
    struct err_info info;
    struct report *r = &c->report;
    char subject[160]; /* outlives many a say() */
    struct looked t = {c, c->topics[i], subject, {{""}}};
    int before = r->counts[VERDICT_WARN] + r->counts[VERDICT_FAIL];
    snprintf(subject, sizeof subject, "topic %s", t.name);
    if (inquiry_settings(c->inquiry, t.name, names, N_SETTINGS, t.settings, &info) != ERR_OK) {
        report_add(r, VERDICT_WARN, subject,
                   "compaction and retention are not checked: the user may not see them",
                   check_acl(c, "DescribeConfigs", "topic", t.name));
        return;
    }
    if (i < N_TOPICS || i >= CHECK_EDGES)
        judge_input(&t, i == TOPIC_PROFILES);
    else
        judge_output(&t, i);
    if (r->counts[VERDICT_WARN] + r->counts[VERDICT_FAIL] == before)
        report_add(r, VERDICT_OK, subject,
                   say(r, "%d partitions, cleanup.policy=%s", partitions, t.settings[CLEANUP].value), NULL);
}

void check_topics(struct checking *c)
{
    int32_t counts[CHECK_TOPICS] = {0};
    bool all = count(c, counts);
    for (int i = 0; i < c->n_topics; i++)
        if (counts[i] > 0)
            judge(c, i, counts[i]);
    if (!all)
        c->partitions = 0;
}
