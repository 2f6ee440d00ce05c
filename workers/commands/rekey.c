/* rekey: the command: from the configuration to the workers of a copy, one a thread, until a signal. */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "microflux/args.h"
#include "microflux/commands.h"
#include "microflux/log.h"
#include "microflux/schemas.h"
#include "options.h"
#include "rekey_status.h"
#include "service.h"

#define DRAIN_MS 10000

struct copier { /* a worker's thread */
    pthread_t thread;
    struct rekey_options options;
    struct rekey *_Atomic *rekey; /* its place among all; NULL ends the list */
    const atomic_bool *stop;
    enum err err;
    struct err_info info;
    char name[96], transactional_id[600];
};

struct rekey_setup { /* what all of them share */
    struct score_setup schemas;
    struct rekey_writer *writers;
    struct rekey_options options;
    char group[512];
};

static enum err open_copier(void *arg, struct err_info *info)
{
    struct copier *c = arg;
    struct rekey *rekey;
    enum err err = rekey_open(&c->options, &rekey, info);
    if (err == ERR_OK)
        atomic_store(c->rekey, rekey);
    return err;
}

static void *copier_thread(void *arg)
{
    struct copier *c = arg;
    c->err = service_open(open_copier, c, c->name, c->stop, &c->info);
    if (c->err == ERR_OK)
        c->err = rekey_run(atomic_load(c->rekey), c->stop, DRAIN_MS, &c->info);
    else if (c->err == ERR_WEATHER)
        c->err = ERR_OK; /* told to stop before there was a broker: nothing was begun */
    if (c->err != ERR_OK &&
        !atomic_load(c->stop)) /* else main knows, and a second signal would end the process */
        kill(getpid(), SIGTERM);
    return NULL;
}

#define READ(field) (unsigned long long)atomic_load_explicit(&n->field, memory_order_relaxed)

static void log_counters(const void *arg)
{
    for (const struct copier *c = arg; c->rekey; c++) {
        struct rekey *rekey = atomic_load(c->rekey);
        if (!rekey)
            continue;
        const struct rekey_counters *n = rekey_counters(rekey);
        log_info("counters",
                 "worker=%s received=%llu copied=%llu dead_letters=%llu commits=%llu aborts=%llu "
                 "publishers=%llu lag=%llu partitions=%llu reading=%llu held=%llu",
                 c->name, READ(received), READ(copied), READ(dead_letters), READ(commits), READ(aborts),
                 READ(publishers), READ(lag), READ(partitions), READ(reading), READ(held));
    }
}

/* ---- the configuration ---- */

struct asked { /* by the command line, else by the configuration */
    const char *from, *to, *input;
};

static int input_named(const char *const *names, const char *name)
{
    for (int i = 0; i < N_TOPICS; i++)
        if (strcmp(names[i], name) == 0)
            return i;
    return -1;
}

/* What the records are, told or known by the name of a topic. */
static enum err input_of(const struct config *config, const struct asked *asked, int *input,
                         struct err_info *info)
{
    const char *const topics[N_TOPICS] = {[TOPIC_PROFILES] = config->topic_profiles,
                                          [TOPIC_POSTS] = config->topic_posts,
                                          [TOPIC_INTERACTIONS] = config->topic_interactions};
    *input =
        asked->input ? input_named(input_names, asked->input) : (int)config->rekey_input - REKEY_PROFILES;
    if (*input < 0)
        *input = input_named(topics, asked->to);
    if (*input < 0)
        *input = input_named(topics, asked->from);
    return *input >= 0 ? ERR_OK
                       : err_set(info, ERR_USAGE, "rekey_input",
                                 "what is in %s? say --input profiles, posts or interactions", asked->from);
}

/* A copy that its own reader reads would never end. */
static enum err check_topics(const struct config *config, const struct asked *asked, struct err_info *info)
{
    if (!*asked->from || !*asked->to)
        return err_set(info, ERR_USAGE, "rekey_topics", "say --from TOPIC and --to TOPIC");
    if (strcmp(asked->from, asked->to) == 0 || strcmp(asked->from, config->topic_dead_letters) == 0)
        return err_set(info, ERR_USAGE, "rekey_topics",
                       "--from %s is also written to: it must be neither --to nor topics.dead_letters",
                       asked->from);
    return ERR_OK;
}

static void take_writers(struct rekey_setup *setup, int input)
{
    const struct score_worker_options *all = &setup->schemas.options;
    setup->writers = calloc(all->n_writers + 1, sizeof *setup->writers);
    if (!setup->writers)
        abort();
    for (size_t i = 0; i < all->n_writers; i++)
        if (all->writers[i].input == input)
            setup->writers[setup->options.n_writers++] =
                (struct rekey_writer){all->writers[i].id, all->writers[i].json};
    setup->options.writers = setup->writers;
}

static enum err setup_open(const struct config *config, const struct asked *asked, struct rekey_setup *setup,
                           struct err_info *info)
{
    static const char *const schemas[N_TOPICS] = {schema_profile, schema_post, schema_interaction};
    int input = 0;
    *setup = (struct rekey_setup){0};
    enum err err = check_topics(config, asked, info);
    if (err == ERR_OK)
        err = input_of(config, asked, &input, info);
    if (err == ERR_OK)
        err = score_setup_open(config, &setup->schemas, info);
    if (err != ERR_OK)
        return err;
    snprintf(setup->group, sizeof setup->group, "microflux-rekey.%s.%s", asked->from, asked->to);
    setup->options = (struct rekey_options){
        .from = asked->from,
        .to = asked->to,
        .dead_letter_topic = config->topic_dead_letters,
        .group = *config->rekey_group ? config->rekey_group : setup->group,
        .pairs = kafka_pairs_of(config),
        .n_pairs = config->n_kafka,
        .prefetch_bytes = ((size_t)config->memory_mib << 20) / 4 / (size_t)config->workers,
        .schema_json = schemas[input],
        .bare_json = setup->schemas.bare[input],
        .max_record_bytes = (size_t)config->schema_max_record_bytes,
        .registry = setup->schemas.registry,
        .tombstones_keyed = config->rekey_tombstones == TOMBSTONE_KEY,
        .log_lost_skip = config->log_lost == LOST_GO_ON,
        .commit_ms = config->rekey_commit_ms,
        .commit_records = config->rekey_commit_records,
        .timeout_ms = config->rekey_timeout_ms,
        .align_ms = config->lane_align_ms,
        .watchdog_ms = config->lane_watchdog_s * 1000};
    take_writers(setup, input);
    return ERR_OK;
}

static void setup_close(struct rekey_setup *setup)
{
    score_setup_close(&setup->schemas);
    free(setup->writers);
}

/* ---- the threads ---- */

static void start(struct copier *c, size_t index, const struct config *config,
                  const struct rekey_setup *setup)
{
    char host[64] = "host";
    gethostname(host, sizeof host - 1);
    snprintf(c->name, sizeof c->name, "%s-%d-%zu", host, (int)getpid(), index);
    snprintf(c->transactional_id, sizeof c->transactional_id, "%s/%s-%zu", setup->options.group,
             *config->rekey_instance ? config->rekey_instance : host, index);
    c->options = setup->options;
    c->options.name = c->name;
    c->options.index = (int)index;
    c->options.transactional_id = c->transactional_id;
    if (pthread_create(&c->thread, NULL, copier_thread, c) != 0)
        abort();
}

static int run_copiers(struct copier *all, struct rekey *_Atomic *rekeys, const struct config *config,
                       const struct rekey_setup *setup)
{
    atomic_bool stop = false;
    int result = 0;
    size_t n = (size_t)config->workers;
    for (size_t i = 0; i < n; i++) {
        all[i].rekey = &rekeys[i];
        all[i].stop = &stop;
    }
    for (size_t i = 0; i < n; i++)
        start(&all[i], i, config, setup);
    service_wait(&(struct service_watch){.every_minute = log_counters, .arg = all});
    atomic_store(&stop, true);
    for (size_t i = n; i-- > 0;) {
        pthread_join(all[i].thread, NULL);
        if (all[i].err != ERR_OK)
            result = complain("rekey", &all[i].info);
    }
    log_counters(all);
    return result;
}

static int run(const struct config *config, const struct rekey_setup *setup)
{
    size_t n = (size_t)config->workers;
    struct copier *all = calloc(n + 1, sizeof *all); /* ends with one without a worker */
    struct rekey *_Atomic *rekeys = calloc(n, sizeof *rekeys);
    struct rekey_status *status = NULL;
    struct err_info info;
    if (!all || !rekeys)
        abort();
    int result =
        rekey_status_open(&(struct rekey_status_options){config, rekeys, n}, &status, &info) == ERR_OK
            ? run_copiers(all, rekeys, config, setup)
            : complain("rekey", &info);
    rekey_status_close(status);
    for (size_t i = n; i-- > 0;)
        rekey_close(atomic_load(&rekeys[i]));
    log_info("stopped", "clean=%d", result == 0);
    free(rekeys);
    free(all);
    return result;
}

int command_rekey(int argc, char **argv)
{
    struct config *config = NULL;
    struct rekey_setup setup;
    struct err_info info;
    char **rest;
    size_t n;
    int status = 0;
    int64_t workers = 0;
    struct asked asked = {NULL, NULL, NULL};
    const struct arg options[] = {
        {"from", ARG_TEXT, "TOPIC", "the source (else rekey.from of the configuration)", &asked.from},
        {"to", ARG_TEXT, "TOPIC", "the target, keyed by creator_id (else rekey.to)", &asked.to},
        {"input", ARG_CHOICE, "profiles|posts|interactions",
         "what the records are (else rekey.input, else known by a topic's name)", &asked.input},
        {"workers", ARG_INT, "N", "threads, each with its own partitions (else workers)", &workers},
    };
    const struct args args = {"rekey",
                              NULL,
                              "Copies a topic into another one, keyed by creator_id, exactly once.",
                              "microflux rekey --from by-actor --to interactions --bootstrap localhost:9092",
                              options,
                              4,
                              true};
    if (!args_parse(&args, argc, argv, &rest, &n, &config, &status))
        return status;
    if (workers > 0)
        config->workers = workers;
    asked.from = asked.from ? asked.from : config->rekey_from;
    asked.to = asked.to ? asked.to : config->rekey_to;
    service_begin(config);
    status =
        setup_open(config, &asked, &setup, &info) == ERR_OK ? run(config, &setup) : complain("rekey", &info);
    setup_close(&setup);
    config_free(config);
    return status;
}
