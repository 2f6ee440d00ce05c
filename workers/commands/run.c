/* run: the main job, of one kind of workers or of all: reads the configuration, starts the workers, waits for
 * a signal, stops them in reverse order. SIGHUP reads again what a score is made by. */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "live_campaigns.h"
#include "microflux/args.h"
#include "microflux/campaign_set.h"
#include "microflux/clock.h"
#include "microflux/commands.h"
#include "microflux/log.h"
#include "microflux/schemas.h"
#include "options.h"
#include "peering.h"
#include "running.h"
#include "service.h"
#include "status.h"

#define READ(field) (unsigned long long)atomic_load_explicit(&c->field, memory_order_relaxed)

static unsigned long long late_of(const struct running *r, const struct worker_counters *c)
{
    bool scores = r->options.kind != &audience_kind && r->options.kind != &roster_kind;
    return scores ? READ(kind[SCORE_LATE]) : 0;
}

/* Named after a record's way through the house. */
static void log_counters(const void *arg)
{
    for (const struct running *r = arg; r->worker; r++) {
        struct worker *worker = atomic_load(r->worker);
        if (!worker)
            continue;
        const struct worker_counters *c = worker_counters(worker);
        log_info("counters",
                 "worker=%s kind=%s received=%llu decoded=%llu rejected=%llu stored=%llu published=%llu "
                 "committed=%llu "
                 "lag=%llu late=%llu ignored=%llu delivered=%llu commits=%llu refused=%llu takeovers=%llu "
                 "loads=%llu evictions=%llu subjects=%llu lanes=%llu running=%llu held=%llu repeated=%llu",
                 r->name, r->options.kind->name, READ(received), READ(decoded), READ(rejected), READ(stored),
                 READ(published), READ(committed), READ(lag), late_of(r, c), READ(ignored), READ(delivered),
                 READ(commits), READ(refused), READ(takeovers), READ(loads), READ(evictions), READ(subjects),
                 READ(lanes), READ(lanes_running), READ(lanes_held), READ(repeated));
    }
}

struct reloading {
    const struct command_line *from;
    struct score_setup *setup;
};

static void reload_scores(const void *arg)
{
    const struct reloading *reloading = arg;
    reload(reloading->from, reloading->setup);
}

static bool turns(const void *arg)
{
    struct buffer line = {0};
    bool live = status_live(arg, clock_mono_ms(), &line);
    if (!live)
        log_error("watchdog", "message=\"%.*s\"", (int)(line.len - 1), line.data);
    buffer_free(&line);
    return live;
}

enum job { JOB_SCORE, JOB_AUDIENCE, JOB_ROSTER, N_JOBS };
static const char *const job_names[N_JOBS] = {"score", "audience", "roster"};

struct crew { /* of each kind so many, in this order */
    size_t n[N_JOBS], all, kinds;
};

static enum job job_of(const struct crew *crew, size_t i)
{
    enum job job = JOB_SCORE;
    for (; i >= crew->n[job]; job++)
        i -= crew->n[job];
    return job;
}

static void start(struct running *all, const struct status_options *status, const struct score_setup *setup,
                  const struct crew *crew, const atomic_bool *stop)
{
    for (size_t i = 0; i < status->n_workers; i++) {
        enum job job = job_of(crew, i);
        running_prepare(&all[i], status->config, setup, (int)i, &status->workers[i], stop);
        if (job == JOB_AUDIENCE)
            running_audience(&all[i], status->config);
        else if (job == JOB_ROSTER)
            running_roster(&all[i], status->config, setup);
        all[i].options.cache_bytes /= crew->kinds;
        all[i].options.prefetch_bytes /= crew->kinds;
        running_start(&all[i]);
    }
}

/* Starts the threads, waits for a signal, and for the threads. */
static int run_workers(struct running *all, const struct status_options *status,
                       const struct command_line *from, struct score_setup *setup, const struct crew *crew)
{
    atomic_bool stop = false;
    int result = 0;
    struct peering *peering = peering_open(
        &(struct peering_options){status->config, setup, status->workers, crew->n[JOB_SCORE], status->live});
    struct live_campaigns *campaigns = live_campaigns_open(status->config, setup, setup->options.campaigns);
    const struct listener listeners[] = {peering_listener(peering), live_campaigns_listener(campaigns)};
    struct listening *listening = listening_start(status->config, listeners, 2);
    start(all, status, setup, crew, &stop);
    service_wait(&(struct service_watch){log_counters, all, reload_scores, &(struct reloading){from, setup},
                                         turns, status});
    atomic_store(&stop, true);
    for (size_t i = status->n_workers; i-- > 0;) {
        int status_of = running_join(&all[i], "run");
        result = status_of ? status_of : result;
    }
    listening_stop(listening);
    live_campaigns_close(campaigns);
    peering_close(peering);
    log_counters(all);
    return result;
}

static void say_doubts(const struct score_setup *setup)
{
    if (!setup->options.models.embedding)
        log_info(
            "no_embedding",
            "message=\"topics are those of the lexicon, creators have no vectors, and there are no edges\" "
            "cure=\"microflux train embed; models.embedding=FILE\"");
    else if (!setup->options.models.niche)
        log_info("no_niche_model", "message=\"niches are those of the lexicon\" "
                                   "cure=\"microflux train niche; models.niche=FILE\"");
    if (!setup->options.secret.there)
        log_warn("no_secret",
                 "message=\"actors are not told apart, and erased creators not named in the log\" "
                 "cure=\"microflux config secret > FILE; privacy.secret_file=FILE\"");
}

static bool crew_of(const char *kind, size_t n_words, const struct config *config, struct crew *crew)
{
    bool all = strcmp(kind, "all") == 0;
    *crew = (struct crew){0};
    for (int job = 0; job < N_JOBS; job++) {
        bool wanted = all || strcmp(kind, job_names[job]) == 0;
        crew->n[job] = wanted ? (size_t)config->workers : 0;
        crew->all += crew->n[job];
        crew->kinds += wanted;
    }
    if (n_words <= 1 && crew->all)
        return true;
    fprintf(stderr, "microflux run: say score, audience, roster or all, not \"%s\"\n", kind);
    return false;
}

static enum err ids_patiently(const struct config *config, struct score_setup *setup, const struct crew *crew,
                              bool *stopped, struct err_info *info)
{
    enum err err = output_ids_patiently(config, setup, stopped, info);
    if (err == ERR_OK && !*stopped && crew->n[JOB_ROSTER] && setup->registry)
        err = output_id_patiently(config, setup->registry, config->topic_shortlists, schema_shortlist,
                                  &setup->shortlists_id, stopped, info);
    return err;
}

static int run(const struct config *config, const struct command_line *from, struct score_setup *setup,
               const struct crew *crew)
{
    size_t n = crew->all;
    struct running *all = calloc(n + 1, sizeof *all); /* ends with one without a worker */
    struct worker *_Atomic *workers = calloc(n, sizeof *workers);
    struct live_peers *live = live_peers_open();
    struct status_options options = {config, workers, n, live};
    struct status *status = NULL;
    struct err_info info;
    if (!all || !workers)
        abort();
    setup->options.live = live;
    setup->options.campaigns = shared_open(campaign_set_close);
    int result = status_open(&options, &status, &info) == ERR_OK
                     ? run_workers(all, &options, from, setup, crew)
                     : complain("run", &info);
    status_close(status);
    for (size_t i = n; i-- > 0;)
        worker_close(atomic_load(&workers[i]));
    live_peers_close(live);
    shared_close(setup->options.campaigns);
    log_info("stopped", "clean=%d", result == 0);
    free(workers);
    free(all);
    return result;
}

int command_run(int argc, char **argv)
{
    struct config *config = NULL;
    struct score_setup setup;
    struct err_info info;
    char **rest;
    size_t n;
    int status = 0;
    int64_t workers = 0;
    bool stopped;
    const struct arg options[] = {{"workers", ARG_INT, "N",
                                   "threads a kind, each with its own lanes (else workers= of the "
                                   "configuration)",
                                   &workers}};
    const struct args args = {
        "run",
        "[score|audience|roster|all]",
        "score (and nothing said): keeps the counters, publishes creator scores. "
        "audience: whom else audiences follow. roster: shortlists of campaigns. all: all three.",
        "microflux run --bootstrap localhost:9092 --set redis.address=localhost:6379",
        options,
        1,
        true};
    if (!args_parse(&args, argc, argv, &rest, &n, &config, &status))
        return status;
    if (workers > 0)
        config->workers = workers;
    struct crew crew;
    if (!crew_of(n ? rest[0] : "score", n, config, &crew)) {
        config_free(config);
        return 64;
    }
    service_begin(config);
    struct redis_options redis = redis_options_of(config, NULL);
    if (redis_check(&redis, &info) != ERR_OK || score_setup_open(config, &setup, &info) != ERR_OK) {
        status = complain("run", &info);
    } else {
        if (ids_patiently(config, &setup, &crew, &stopped, &info) != ERR_OK)
            status = complain("run", &info);
        else if (!stopped) {
            say_doubts(&setup);
            status = run(config, &(struct command_line){&args, argc, argv}, &setup, &crew);
        }
        score_setup_close(&setup);
    }
    config_free(config);
    return status;
}
