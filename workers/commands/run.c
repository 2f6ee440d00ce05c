/* run: the main job: reads the configuration, starts the workers, waits for a signal, stops them in reverse
 * order. SIGHUP reads again what a score is made by. */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "microflux/args.h"
#include "microflux/commands.h"
#include "microflux/log.h"
#include "options.h"
#include "service.h"
#include "status.h"

#define DRAIN_MS 10000

struct running {
    pthread_t thread;
    struct worker_options options;
    struct worker *_Atomic *worker; /* this one's place among all */
    const atomic_bool *stop;
    enum err err;
    struct err_info info;
    char name[96];
};

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
                        const struct score_setup *setup, const char *const *inputs,
                        const char *const *outputs, int index, const char *name)
{
    size_t memory = (size_t)config->memory_mib << 20;
    *o = (struct worker_options){
        .kind = &score_kind,
        .kind_options = &setup->options,
        .index = index,
        .group = config->group,
        .namespace_ = config->namespace_,
        .name = name,
        .inputs = inputs,
        .outputs = outputs,
        .dead_letter_topic = config->topic_dead_letters,
        .pairs = kafka_pairs_of(config),
        .n_pairs = config->n_kafka,
        .redis = redis_options_of(config, name),
        .cache_bytes = memory / 2 / (size_t)config->workers,
        .secret = &setup->options.secret,
        .prefetch_bytes = memory / 4 / (size_t)config->workers,
        .epoch = (int32_t)config->log_epoch,
        .restore = config->redis_restore == RESTORE_YES,
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

#define READ(field) (unsigned long long)atomic_load_explicit(&c->field, memory_order_relaxed)

/* Named after a record's way through the house. */
static void log_counters(const void *arg)
{
    for (const struct running *r = arg; r->worker; r++) {
        struct worker *worker = atomic_load(r->worker);
        if (!worker)
            continue;
        const struct worker_counters *c = worker_counters(worker);
        log_info(
            "counters",
            "worker=%s received=%llu decoded=%llu rejected=%llu stored=%llu published=%llu committed=%llu "
            "lag=%llu late=%llu ignored=%llu delivered=%llu commits=%llu refused=%llu takeovers=%llu "
            "loads=%llu evictions=%llu subjects=%llu lanes=%llu running=%llu held=%llu",
            r->name, READ(received), READ(decoded), READ(rejected), READ(stored), READ(published),
            READ(committed), READ(lag), READ(kind[SCORE_LATE]), READ(ignored), READ(delivered), READ(commits),
            READ(refused), READ(takeovers), READ(loads), READ(evictions), READ(subjects), READ(lanes),
            READ(lanes_running), READ(lanes_held));
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

/* Starts the threads, waits for a signal, and for the threads. */
static int run_workers(struct running *all, const struct status_options *status,
                       const struct command_line *from, struct score_setup *setup)
{
    atomic_bool stop = false;
    int result = 0;
    char host[64] = "host";
    const char *const outputs[] = {status->config->topic_creator_scores};
    gethostname(host, sizeof host - 1);
    for (size_t i = 0; i < status->n_workers; i++) {
        snprintf(all[i].name, sizeof all[i].name, "%s-%d-%zu", host, (int)getpid(), i);
        all[i].worker = &status->workers[i];
        all[i].stop = &stop;
        set_options(&all[i].options, status->config, setup, status->topics, outputs, (int)i, all[i].name);
        if (pthread_create(&all[i].thread, NULL, worker_thread, &all[i]) != 0)
            abort();
    }
    service_wait(&(struct service_watch){log_counters, all, reload_scores, &(struct reloading){from, setup}});
    atomic_store(&stop, true);
    for (size_t i = status->n_workers; i-- > 0;) {
        pthread_join(all[i].thread, NULL);
        if (all[i].err != ERR_OK)
            result = complain("run", &all[i].info);
    }
    log_counters(all);
    return result;
}

static void say_doubts(const struct score_setup *setup)
{
    if (!setup->options.secret.there)
        log_warn("no_secret",
                 "message=\"actors are not told apart, and erased creators not named in the log\" "
                 "cure=\"microflux config secret > FILE; privacy.secret_file=FILE\"");
}

static int run(const struct config *config, const struct command_line *from, struct score_setup *setup)
{
    const char *const inputs[N_TOPICS] = {[TOPIC_PROFILES] = config->topic_profiles,
                                          [TOPIC_POSTS] = config->topic_posts,
                                          [TOPIC_INTERACTIONS] = config->topic_interactions};
    size_t n = (size_t)config->workers;
    struct running *all = calloc(n + 1, sizeof *all); /* ends with one without a worker */
    struct worker *_Atomic *workers = calloc(n, sizeof *workers);
    struct status_options options = {config, workers, n, inputs, N_TOPICS};
    struct status *status = NULL;
    struct err_info info;
    if (!all || !workers)
        abort();
    int result = status_open(&options, &status, &info) == ERR_OK ? run_workers(all, &options, from, setup)
                                                                 : complain("run", &info);
    status_close(status);
    for (size_t i = n; i-- > 0;)
        worker_close(atomic_load(&workers[i]));
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
                                   "threads, each with its own lanes (else workers= of the configuration)",
                                   &workers}};
    const struct args args = {
        "run",
        NULL,
        "Reads profiles, posts and interactions, keeps the counters, publishes creator scores.",
        "microflux run --bootstrap localhost:9092 --set redis.address=localhost:6379",
        options,
        1,
        true};
    if (!args_parse(&args, argc, argv, &rest, &n, &config, &status))
        return status;
    if (workers > 0)
        config->workers = workers;
    service_begin(config);
    struct redis_options redis = redis_options_of(config, NULL);
    if (redis_check(&redis, &info) != ERR_OK || score_setup_open(config, &setup, &info) != ERR_OK) {
        status = complain("run", &info);
    } else {
        if (output_id_patiently(config, &setup, &stopped, &info) != ERR_OK)
            status = complain("run", &info);
        else if (!stopped) {
            say_doubts(&setup);
            status = run(config, &(struct command_line){&args, argc, argv}, &setup);
        }
        score_setup_close(&setup);
    }
    config_free(config);
    return status;
}
