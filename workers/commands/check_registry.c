/* check_registry: does the schema registry answer, and does it know the schemas of what we write? */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "microflux/registry.h"
#include "microflux/schemas.h"

struct written {
    const char *topic, *key, *schema, *file;
};

/* It is not there, and a worker may register it: would it be taken? */
static void judge_newcomer(struct checking *c, struct registry *registry, const struct written *w,
                           const char *subject)
{
    struct err_info info;
    char *schema = NULL;
    uint32_t id = 0;
    bool compatible = true;
    enum err err = registry_compatible(registry, subject, w->schema, &compatible, &info);
    if (err == ERR_OK && !compatible && registry_latest(registry, subject, &id, &schema, &info) == ERR_OK)
        report_add(
            &c->report, VERDICT_FAIL, "registry",
            say(&c->report, "would not take our schema under %s: incompatible with id %" PRIu32, subject, id),
            say(&c->report, "set %s to a topic of its own, or mend the subject's compatibility", w->key));
    else
        report_add(&c->report, VERDICT_OK, "registry",
                   say(&c->report, "answers; the first worker registers %s there", subject), NULL);
    free(schema);
}

static void judge(struct checking *c, enum err err, const struct written *w, const char *subject, uint32_t id,
                  const struct err_info *info)
{
    if (err == ERR_OK)
        report_add(&c->report, VERDICT_OK, "registry",
                   say(&c->report, "knows %s by id %" PRIu32, subject, id), NULL);
    else if (err == ERR_NOT_FOUND)
        report_add(&c->report, VERDICT_FAIL, "registry",
                   say(&c->report, "answers but does not know our schema under %s", subject),
                   say(&c->report, "microflux run --set registry.register=yes, or register schemas/%s there",
                       w->file));
    else
        report_add(&c->report, VERDICT_FAIL, "registry", info->sentence,
                   err == ERR_REFUSED && strcmp(info->word, "registry_auth") == 0
                       ? "set registry.username and registry.password_file"
                       : NULL);
    c->report.away |= err == ERR_WEATHER;
}

static void check_written(struct checking *c, struct registry *registry, const struct written *w)
{
    struct err_info info;
    uint32_t id = 0;
    const char *subject = say(&c->report, "%s-value", w->topic);
    enum err err = registry_look_up(registry, subject, w->schema, &id, &info);
    if (err == ERR_NOT_FOUND && c->config->registry_register == REGISTER_YES)
        judge_newcomer(c, registry, w, subject);
    else
        judge(c, err, w, subject, id, &info);
}

void check_registry(struct checking *c)
{
    const struct written all[] = {
        {c->config->topic_creator_scores, "topics.creator_scores", schema_creator_score,
         "creator-score.avsc"},
        {c->config->topic_fit_scores, "topics.fit_scores", schema_fit_score, "fit-score.avsc"},
        {c->config->topic_alerts, "topics.alerts", schema_alert, "alert.avsc"},
        {c->config->topic_peer_tables, "topics.peer_tables", schema_peer_table, "peer-table.avsc"}};
    struct registry *registry = NULL;
    struct err_info info;
    if (registry_of(c->config, &registry, &info) != ERR_OK)
        judge(c, info.code, &all[0], "", 0, &info);
    for (size_t i = 0; registry && i < sizeof all / sizeof all[0]; i++)
        check_written(c, registry, &all[i]);
    registry_close(registry);
}
