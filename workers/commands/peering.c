/* peering: one thread a process. Whoever has lane 0 publishes, an interval after the last table, whoever made
 * that one; two that believe they have it make two tables, of which all readers take the later one in the
 * log. Nothing here is in a record's way: what fails is said once and tried again. */
#include "peering.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "microflux/clock.h"
#include "microflux/log.h"
#include "peer_topic.h"
#include "publish_once.h"

#define TURN_MS    500
#define FIRST_MS   3000  /* that the workers wait for the table at the start */
#define MISSING_MS 10000 /* without the topic */
#define AWAY_MS    1000
#define AGAIN_MS   60000 /* after a failure, and while no cell has enough creators */
#define PUBLISH_MS 5000

struct peering {
    struct peering_options options;
    struct broadcast *broadcast;
    struct buffer newest;        /* value of the newest record of our key */
    const struct methodology *m; /* by which it was read */
    struct peer_table table;     /* version 0: none yet */
    int64_t look_ms, make_ms;    /* monotonic: the topic, a table: not tried again before */
    char blind[32], stuck[32];   /* word of what was said last of each; "": all is well */
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t looked; /* first */
    bool has_looked;
    atomic_bool stop;
};

static const struct config *config_of(const struct peering *p)
{
    return p->options.config;
}

static const struct methodology *methodology_now(const struct peering *p)
{
    return score_options_newest(&p->options.setup->options)->methodology;
}

/* A change of state is said once. */
static void say(char trouble[32], const char *event, const struct err_info *why)
{
    if (strcmp(trouble, why->word) != 0)
        log_warn(event, "reason=%s message=\"%s\"", why->word, why->sentence);
    snprintf(trouble, 32, "%s", why->word);
}

/* ---- reading ---- */

static void use_newest(struct peering *p)
{
    struct err_info info;
    struct kafka_record record = {.value = {p->newest.data, p->newest.len}};
    struct peer_table table;
    p->m = methodology_now(p);
    enum err err = peer_table_decode(p->m, p->options.setup->registry, &record, &table, &info);
    if (err == ERR_WEATHER)
        p->m = NULL; /* again at the next turn */
    if (err != ERR_OK) {
        say(p->blind, "peer_table_unreadable", &info);
        return;
    }
    p->table = table;
    p->blind[0] = 0;
    live_peers_set(p->options.live, &table);
    log_info("peer_table", "version=%" PRId64 " digest=%016" PRIx64 " ours=%d", table.version, table.digest,
             table.methodology == p->m->digest);
}

static void on_record(void *owner, const struct kafka_record *record)
{
    struct peering *p = owner;
    if (!bytes_equal(record->key, bytes_of(config_of(p)->namespace_)) || !record->value.ptr)
        return;
    p->newest.len = 0;
    buffer_add(&p->newest, record->value.ptr, record->value.len);
    p->m = NULL;
}

static void look(struct peering *p)
{
    struct err_info info;
    int64_t now = clock_mono_ms();
    if (now < p->look_ms) {
        nanosleep(&(struct timespec){.tv_nsec = TURN_MS * 1000000L}, NULL);
        return;
    }
    enum err err = broadcast_turn(p->broadcast, p->has_looked ? TURN_MS : 100, &info);
    if (err != ERR_OK) {
        p->look_ms = now + (err == ERR_NOT_FOUND ? MISSING_MS : AWAY_MS);
        say(p->blind, "no_peer_tables", &info);
    } else if (!broadcast_whole(p->broadcast)) {
        return;
    }
    if (p->newest.len && p->m != methodology_now(p))
        use_newest(p);
    pthread_mutex_lock(&p->lock);
    p->has_looked = true;
    pthread_cond_signal(&p->looked);
    pthread_mutex_unlock(&p->lock);
}

/* ---- making ---- */

static bool has_lane_0(const struct peering *p)
{
    bool has = false;
    for (size_t i = 0; i < p->options.n_workers && !has; i++) {
        struct worker *worker = atomic_load(&p->options.workers[i]);
        struct lane_status *lanes = NULL;
        size_t n = worker ? worker_lanes(worker, &lanes) : 0;
        for (size_t k = 0; k < n; k++)
            has |= lanes[k].partition == 0 && lanes[k].state == LANE_READING;
        free(lanes);
    }
    return has;
}

static bool due(const struct peering *p)
{
    int64_t age = clock_wall_ms() - p->table.published_at;
    bool ours = p->m && p->table.methodology == p->m->digest;
    return clock_mono_ms() >= p->make_ms && broadcast_whole(p->broadcast) && (!p->newest.len || p->m) &&
           (!ours || age >= config_of(p)->peers_interval_s * 1000) && has_lane_0(p);
}

static bool worth_it(const struct methodology *m, const struct peer_table *table)
{
    int64_t most = 0;
    for (size_t i = 0; i < PEER_PLATFORMS * PEER_BANDS; i++) {
        int64_t n = table->cells[i / PEER_BANDS][i % PEER_BANDS].n;
        most = n > most ? n : most;
    }
    return most >= m->peer_least;
}

static enum err publish_table(struct peering *p, const struct methodology *m, struct peer_table *table,
                              struct err_info *info)
{
    struct buffer value = {0};
    table->version = p->table.version + 1;
    table->published_at = clock_wall_ms();
    enum err err = peer_table_encode(m, table, p->options.setup->peers_id, &value, info);
    if (err == ERR_OK)
        err = publish_once(config_of(p), config_of(p)->topic_peer_tables, bytes_of(config_of(p)->namespace_),
                           (struct bytes){value.data, value.len}, 0, PUBLISH_MS, info);
    buffer_free(&value);
    if (err == ERR_OK)
        log_info("peer_table_published", "version=%" PRId64 " digest=%016" PRIx64, table->version,
                 table->digest);
    return err;
}

static void make(struct peering *p)
{
    struct err_info info;
    const struct methodology *m = methodology_now(p);
    struct peer_histograms *histograms = malloc(sizeof *histograms);
    struct peer_table table;
    int64_t interval = config_of(p)->peers_interval_s * 1000;
    if (!histograms)
        abort();
    p->make_ms = clock_mono_ms() + (interval < AGAIN_MS ? interval : AGAIN_MS);
    enum err err = peers_gather(config_of(p), histograms, &info);
    if (err == ERR_OK)
        peers_table(m, histograms, &table);
    if (err == ERR_OK && (p->table.version > 0 || worth_it(m, &table)))
        err = publish_table(p, m, &table, &info);
    if (err != ERR_OK)
        say(p->stuck, "peer_table_not_made", &info);
    else
        p->stuck[0] = 0;
    free(histograms);
}

/* ---- life ---- */

static void *run(void *arg)
{
    struct peering *p = arg;
    while (!atomic_load(&p->stop)) {
        look(p);
        if (due(p))
            make(p);
    }
    return NULL;
}

static void wait_for_first_look(struct peering *p)
{
    struct timespec until;
    int err = 0;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += FIRST_MS / 1000;
    pthread_mutex_lock(&p->lock);
    while (!p->has_looked && err == 0)
        err = pthread_cond_timedwait(&p->looked, &p->lock, &until);
    pthread_mutex_unlock(&p->lock);
}

struct peering *peering_start(const struct peering_options *options)
{
    struct peering *p = calloc(1, sizeof *p);
    if (!p)
        abort();
    p->options = *options;
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->looked, NULL);
    p->broadcast = broadcast_open(&(struct broadcast_options){
        kafka_pairs_of(config_of(p)), config_of(p)->n_kafka, config_of(p)->topic_peer_tables, p, on_record});
    if (pthread_create(&p->thread, NULL, run, p) != 0)
        abort();
    wait_for_first_look(p);
    return p;
}

void peering_stop(struct peering *p)
{
    if (!p)
        return;
    atomic_store(&p->stop, true);
    pthread_join(p->thread, NULL);
    broadcast_close(p->broadcast);
    pthread_cond_destroy(&p->looked);
    pthread_mutex_destroy(&p->lock);
    buffer_free(&p->newest);
    free(p);
}
