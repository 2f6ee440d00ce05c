/* peering: whoever has lane 0 publishes, an interval after the last table, whoever made that one; two that
 * believe they have it make two tables, of which all readers take the later one in the log. Nothing here is
 * in a record's way: what fails is said once and tried again. */
#include "peering.h"

#include <inttypes.h>
#include <stdlib.h>

#include "microflux/clock.h"
#include "microflux/log.h"
#include "peer_topic.h"
#include "publish_once.h"

#define AGAIN_MS   60000 /* after a failure, and while no cell has enough creators */
#define PUBLISH_MS 5000

struct peering {
    struct peering_options options;
    struct buffer newest;        /* value of the newest record of our key */
    const struct methodology *m; /* by which it was read */
    struct peer_table table;     /* version 0: none yet */
    int64_t make_ms;             /* monotonic: not tried again before */
    char blind[32], stuck[32];   /* word of what was said last of each; "": all is well */
};

static const struct config *config_of(const struct peering *p)
{
    return p->options.config;
}

static const struct methodology *methodology_now(const struct peering *p)
{
    return score_options_newest(&p->options.setup->options)->methodology;
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
        say_once(p->blind, "peer_table_unreadable", &info);
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

static bool due(const struct peering *p, bool whole)
{
    int64_t age = clock_wall_ms() - p->table.published_at;
    bool ours = p->m && p->table.methodology == p->m->digest;
    return clock_mono_ms() >= p->make_ms && whole && (!p->newest.len || p->m) &&
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
        say_once(p->stuck, "peer_table_not_made", &info);
    else
        p->stuck[0] = 0;
    free(histograms);
}

/* ---- life ---- */

static void on_turn(void *owner, bool whole)
{
    struct peering *p = owner;
    if (whole && p->newest.len && p->m != methodology_now(p))
        use_newest(p);
    if (due(p, whole))
        make(p);
}

struct peering *peering_open(const struct peering_options *options)
{
    struct peering *p = calloc(1, sizeof *p);
    if (!p)
        abort();
    p->options = *options;
    return p;
}

struct listener peering_listener(struct peering *p)
{
    return (struct listener){config_of(p)->topic_peer_tables, "no_peer_tables", p, on_record, on_turn};
}

void peering_close(struct peering *p)
{
    if (!p)
        return;
    buffer_free(&p->newest);
    free(p);
}
