/* check_registry: does the schema registry answer, and does it know the schema of our scores? */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "microflux/registry.h"
#include "microflux/schemas.h"

/* It is not there, and a worker may register it: would it be taken? */
static void judge_newcomer(struct checking *c, struct registry *registry, const char *subject)
{
    struct err_info info;
    char *schema = NULL;
    uint32_t id = 0;
    bool compatible = true;
    enum err err = registry_compatible(registry, subject, schema_creator_score, &compatible, &info);
    if (err == ERR_OK && !compatible && registry_latest(registry, subject, &id, &schema, &info) == ERR_OK)
        report_add(
            &c->report, VERDICT_FAIL, "registry",
            say(&c->report, "would not take our schema under %s: incompatible with id %" PRIu32, subject, id),
            "set topics.creator_scores to a topic of its own, or mend the subject's compatibility");
    else
        report_add(&c->report, VERDICT_OK, "registry",
                   say(&c->report, "answers; the first worker registers %s there", subject), NULL);
    free(schema);
}

static void judge(struct checking *c, enum err err, const char *subject, uint32_t id,
                  const struct err_info *info)
{
    if (err == ERR_OK)
        report_add(&c->report, VERDICT_OK, "registry",
                   say(&c->report, "knows %s by id %" PRIu32, subject, id), NULL);
    else if (err == ERR_NOT_FOUND)
        report_add(&c->report, VERDICT_FAIL, "registry",
                   say(&c->report, "answers but does not know our schema under %s", subject),
                   "microflux run --set registry.register=yes, or register schemas/creator-score.avsc there");
    else
        report_add(&c->report, VERDICT_FAIL, "registry", info->sentence,
                   err == ERR_REFUSED && strcmp(info->word, "registry_auth") == 0
                       ? "set registry.username and registry.password_file"
                       : NULL);
    c->report.away |= err == ERR_WEATHER;
}

void check_registry(struct checking *c)
{
    struct registry *registry = NULL;
    struct err_info info;
    uint32_t id = 0;
    const char *subject = say(&c->report, "%s-value", c->config->topic_creator_scores);
    enum err err = registry_of(c->config, &registry, &info);
    if (err == ERR_OK && !registry)
        return;
    if (err == ERR_OK)
        err = registry_look_up(registry, subject, schema_creator_score, &id, &info);
    if (err == ERR_NOT_FOUND && c->config->registry_register == REGISTER_YES)
        judge_newcomer(c, registry, subject);
    else
        judge(c, err, subject, id, &info);
    registry_close(registry);
}
