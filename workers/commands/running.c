/* running: see running.h. */
#include "running.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "service.h"

#define DRAIN_MS 10000

static enum err open_worker(void *arg, struct err_info *info)
{
    struct running *r = arg;
    struct worker *worker;
    enum err err = worker_open(&r->options, &worker, info);
    if (err == ERR_OK)
        atomic_store(r->worker, worker);
    return err;
}

static void *worker_thread(void *arg)
{
    struct running *r = arg;
    r->err = service_open(open_worker, r, r->name, r->stop, &r->info);
    if (r->err == ERR_OK)
        r->err = worker_run(atomic_load(r->worker), r->stop, DRAIN_MS, &r->info);
    else if (r->err == ERR_WEATHER)
        r->err = ERR_OK; /* told to stop before there was a broker: nothing was begun */
    if (r->err != ERR_OK &&
        !atomic_load(r->stop)) /* else main knows, and a second signal would end the process */
        kill(getpid(), SIGTERM);
    return NULL;
}

static void set_options(struct worker_options *o, const struct config *config,
                        const struct score_setup *setup, int index, const char *name)
{
    size_t memory = (size_t)config->memory_mib << 20;
    *o = (struct worker_options){
        .index = index,
        .group = config->group,
        .namespace_ = config->namespace_,
        .name = name,
        .dead_letter_topic = config->topic_dead_letters,
        .pairs = kafka_pairs_of(config),
        .n_pairs = config->n_kafka,
        .redis = redis_options_of(config, name),
        .cache_bytes = memory / 2 / (size_t)config->workers,
        .secret = &setup->options.secret,
        .prefetch_bytes = memory / 4 / (size_t)config->workers,
        .epoch = (int32_t)config->log_epoch,
        .restore = config->redis_restore == RESTORE_YES,
        .cloudevents = config->publish_cloudevents == CLOUDEVENTS_YES,
        .redis_lost_rebuild = config->redis_lost == LOST_GO_ON,
        .log_lost_skip = config->log_lost == LOST_GO_ON,
        .flush_ms = config->lane_flush_ms,
        .commit_ms = config->lane_commit_ms,
        .align_ms = config->lane_align_ms,
        .watchdog_ms = config->lane_watchdog_s * 1000,
        .min_interval_ms = config->score_min_interval_ms,
        .sweep_interval_ms = config->sweep_interval_s * 1000,
    };
}

static void set_kind(struct running *r, const struct lane_kind *kind, const void *kind_options)
{
    r->options.kind = kind;
    r->options.kind_options = kind_options;
    r->options.inputs = r->inputs;
    r->options.outputs = r->outputs;
}

void running_audience(struct running *r, const struct config *config)
{
    r->audience = (struct audience_worker_options){(size_t)config->schema_max_record_bytes};
    r->inputs[AUDIENCE_EDGES] = config->topic_audience_edges;
    r->outputs[AUDIENCE_UPDATES] = config->topic_affinity_updates;
    r->options.group = config->audience_group;
    set_kind(r, &audience_kind, &r->audience);
}

void running_roster(struct running *r, const struct config *config, const struct score_setup *setup)
{
    r->roster = (struct roster_worker_options){.campaigns = setup->options.campaigns,
                                               .registry = setup->registry,
                                               .max_record_bytes = (size_t)config->schema_max_record_bytes,
                                               .output_id = setup->shortlists_id,
                                               .methodology = setup->options.methodology,
                                               .alert_output_id = setup->options.alert_output_id,
                                               .alerts_muted = setup->options.alerts_muted};
    r->inputs[ROSTER_FITS] = config->topic_fit_scores;
    r->outputs[ROSTER_SHORTLISTS] = config->topic_shortlists;
    r->outputs[ROSTER_ALERTS] = config->topic_alerts;
    r->options.group = config->roster_group;
    r->options.min_interval_ms = config->roster_min_interval_ms;
    set_kind(r, &roster_kind, &r->roster);
}

void running_prepare(struct running *r, const struct config *config, const struct score_setup *setup,
                     int index, struct worker *_Atomic *place, const atomic_bool *stop)
{
    char host[64] = "host";
    gethostname(host, sizeof host - 1);
    snprintf(r->name, sizeof r->name, "%s-%d-%d", host, (int)getpid(), index);
    r->worker = place;
    r->stop = stop;
    r->outputs[SCORE_SCORES] = config->topic_creator_scores;
    r->outputs[SCORE_FITS] = config->topic_fit_scores;
    r->outputs[SCORE_EDGES] = config->topic_audience_edges;
    r->outputs[SCORE_ALERTS] = config->topic_alerts;
    r->kind = score_kind_of(&setup->options);
    (void)score_topics(config, r->inputs);
    set_options(&r->options, config, setup, index, r->name);
    set_kind(r, &r->kind, &setup->options);
}

void running_start(struct running *r)
{
    if (pthread_create(&r->thread, NULL, worker_thread, r) != 0)
        abort();
}

int running_join(struct running *r, const char *command)
{
    pthread_join(r->thread, NULL);
    return r->err == ERR_OK ? 0 : complain(command, &r->info);
}
