/* reload: SIGHUP: methodology, lexicons, benchmarks, unit values, models and log.level are read again,
 * checked, and taken all or none. Workers go over to them one by one, each between two turns; the ones before
 * stay until the process ends. */
#include <inttypes.h>
#include <stdlib.h>

#include "microflux/log.h"
#include "microflux/vectors.h"
#include "options.h"

struct score_reload {
    struct score_worker_options options;
    struct score_tables tables;
    struct score_reload *older;
};

void reloads_free(struct score_reload *reloads)
{
    while (reloads) {
        struct score_reload *older = reloads->older;
        score_tables_close(&reloads->tables);
        free(reloads);
        reloads = older;
    }
}

static enum err take(const struct config *config, struct score_setup *setup, struct err_info *info)
{
    struct score_reload *fresh = calloc(1, sizeof *fresh);
    struct score_worker_options *before = setup->reloads ? &setup->reloads->options : &setup->options;
    if (!fresh)
        abort();
    enum err err = score_tables_open(config, &fresh->tables, info);
    if (err != ERR_OK) {
        free(fresh);
        return err;
    }
    fresh->options = *before;
    score_tables_use(&fresh->tables, &fresh->options);
    fresh->older = setup->reloads;
    setup->reloads = fresh;
    atomic_store_explicit(&before->newer, &fresh->options, memory_order_release);
    return ERR_OK;
}

void reload(const struct command_line *from, struct score_setup *setup)
{
    struct config *config = NULL;
    struct err_info info = {.sentence = "the configuration cannot be read"};
    char **rest;
    size_t n;
    int status;
    if (!args_parse(from->args, from->argc, from->argv, &rest, &n, &config, &status) ||
        take(config, setup, &info) != ERR_OK) {
        log_error("reload_refused", "message=\"%s\" action=nothing_changed", info.sentence);
    } else {
        const struct score_tables *t = &setup->reloads->tables;
        log_level_is(config->log_level);
        log_info("reloaded",
                 "methodology=%s version=%s digest=%016" PRIx64 " lexicons=%016" PRIx64
                 " benchmark=%016" PRIx64 " embedding=%016" PRIx64 " niche=%016" PRIx64 " log.level=%s",
                 t->methodology->name, t->methodology->version, t->methodology->digest, text_digest(t->text),
                 t->benchmark->digest, t->embedding ? t->embedding->digest : 0,
                 t->niche ? t->niche->digest : 0, config->log_level);
    }
    config_free(config);
}
