/* registry_of: the configured registry, and the ids our own schemas have there. Subjects are named after
 * topics: <topic>-value. */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>

#include "microflux/log.h"
#include "microflux/schemas.h"
#include "options.h"

enum err registry_of(const struct config *config, struct registry **registry, struct err_info *info)
{
    const struct registry_options options = {
        .url = config->registry_url,
        .username = config->registry_username,
        .password = config->registry_password,
        .password_file = config->registry_password_file,
        .ca_file = config->registry_ca_file,
        .connect_timeout_ms = (int)config->registry_connect_timeout_ms,
        .timeout_ms = (int)config->registry_timeout_ms,
        .negative_ttl_ms = config->registry_negative_ttl_s * 1000,
        .cache_file = config->registry_cache_file,
    };
    *registry = NULL;
    return *config->registry_url ? registry_open(&options, registry, info) : ERR_OK;
}

enum err registry_id(const struct config *config, struct registry *registry, const char *topic,
                     const char *schema, uint32_t *id, struct err_info *info)
{
    char subject[300];
    struct err_info why = {0};
    bool may_write = config->registry_register == REGISTER_YES;
    snprintf(subject, sizeof subject, "%s-value", topic);
    enum err err = may_write ? registry_register(registry, subject, schema, id, &why)
                             : registry_look_up(registry, subject, schema, id, &why);
    if (err == ERR_NOT_FOUND)
        return err_set(info, ERR_REFUSED, "not_registered",
                       "our schema is not registered under %s: register it or set registry.register=yes (%s)",
                       subject, why.sentence);
    if (err == ERR_REFUSED)
        return err_set(info, ERR_REFUSED, why.word, "subject %s: %s", subject, why.sentence);
    if (err != ERR_OK)
        *info = why;
    return err;
}

/* Half a second, or less when the process is told to stop (the signals are blocked). */
static bool told_to_stop(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    return sigtimedwait(&set, NULL, &(struct timespec){.tv_nsec = 500000000}) > 0;
}

enum err output_id_patiently(const struct config *config, struct registry *registry, const char *topic,
                             const char *schema, uint32_t *id, bool *stopped, struct err_info *info)
{
    bool said = false;
    enum err err;
    *stopped = false;
    while ((err = registry_id(config, registry, topic, schema, id, info)) == ERR_WEATHER) {
        if (!said)
            log_warn("start_waits", "message=\"%s\"", info->sentence);
        said = true;
        if ((*stopped = told_to_stop()))
            return ERR_OK;
    }
    if (err == ERR_OK)
        log_info("output_schema", "subject=%s-value id=%" PRIu32, topic, *id);
    return err;
}

enum err output_ids_patiently(const struct config *config, struct score_setup *setup, bool *stopped,
                              struct err_info *info)
{
    enum err err = ERR_OK;
    *stopped = false;
    if (!setup->registry || setup->options.output_id)
        return ERR_OK;
    err = output_id_patiently(config, setup->registry, config->topic_creator_scores, schema_creator_score,
                              &setup->options.output_id, stopped, info);
    if (err == ERR_OK && !*stopped)
        err = output_id_patiently(config, setup->registry, config->topic_fit_scores, schema_fit_score,
                                  &setup->options.fit_output_id, stopped, info);
    if (err == ERR_OK && !*stopped)
        err = output_id_patiently(config, setup->registry, config->topic_alerts, schema_alert,
                                  &setup->options.alert_output_id, stopped, info);
    if (err == ERR_OK && !*stopped)
        err = output_id_patiently(config, setup->registry, config->topic_peer_tables, schema_peer_table,
                                  &setup->peers_id, stopped, info);
    return err;
}
