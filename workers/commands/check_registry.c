/* check_registry: does the schema registry answer, and does it know the schema of our scores? */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "microflux/registry.h"
#include "microflux/schemas.h"

static void judge(struct checking *c, enum err err, const char *subject, uint32_t id,
                  const struct err_info *info)
{
    bool registers = c->config->registry_register == REGISTER_YES;
    if (err == ERR_OK)
        report_add(&c->report, VERDICT_OK, "registry",
                   say(&c->report, "knows %s by id %" PRIu32, subject, id), NULL);
    else if (err == ERR_NOT_FOUND && registers)
        report_add(&c->report, VERDICT_OK, "registry",
                   say(&c->report, "answers; the first worker registers %s there", subject), NULL);
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
    judge(c, err, subject, id, &info);
    registry_close(registry);
}
