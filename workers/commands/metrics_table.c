/* metrics_table: metrics.def as a table, and its two faces: the text of /metrics and the reference page.
 * Metric by metric, as the format wants it: HELP and TYPE once, then every series. */
#include "metrics_table.h"

#include <inttypes.h>
#include <stdlib.h>

#include "microflux/audience_worker.h"
#include "microflux/clock.h"
#include "microflux/roster_worker.h"
#include "microflux/score_worker.h"

#define PREFIX "microflux_"

enum scope {
    BUILD,
    PROCESS,
    PEERS,
    WORKER,
    SCORE,
    AUDIENCE,
    ROSTER,
    AGE,
    TIMES,
    WORDS,
    TALLIES,
    SPREAD,
    LANE,
    STATE,
    INPUT
};

struct nowhere {
    int none;
};

struct peers_status { /* the newest table */
    double version, age_s, creators;
};

#define AT_BUILD    struct nowhere
#define AT_PROCESS  struct process_status
#define AT_PEERS    struct peers_status
#define AT_WORKER   struct worker_counters
#define AT_SCORE    struct worker_counters
#define AT_AUDIENCE struct worker_counters
#define AT_ROSTER   struct worker_counters
#define AT_AGE      struct worker_counters
#define AT_TIMES    struct worker_counters
#define AT_WORDS    struct worker_counters
#define AT_TALLIES  struct score_measures
#define AT_SPREAD   struct score_measures
#define AT_LANE     struct lane_status
#define AT_STATE    struct nowhere
#define AT_INPUT    struct lane_input_status

/* The process_ names are Prometheus' own. */
#define FULL_NAME(scope, name) ((scope) == PROCESS ? (name) : PREFIX name)

static const struct metric {
    enum scope scope;
    enum metric_type type;
    double scale;
    size_t offset;
    const char *label, *sentence;
} metrics[N_METRICS] = {
#define METRIC(id, scope, type, name, scale, member, label, sentence)                                        \
    {scope, METRIC_##type, scale, offsetof(AT_##scope, member), label, sentence},
#include "metrics.def"
#undef METRIC
};

const char *const metric_names[N_METRICS] = {
#define METRIC(id, scope, type, name, scale, member, label, sentence) FULL_NAME(scope, name),
#include "metrics.def"
#undef METRIC
};

/* ---- /metrics ---- */

struct writing {
    const struct metrics_source *source;
    struct process_status process;
    struct peers_status peers;
    struct lane_status **lanes; /* of each worker */
    size_t *n_lanes;
    int64_t now_ms;
    struct buffer *out, labels;
};

static const void *at(const void *base, const struct metric *metric)
{
    return (const char *)base + metric->offset;
}

static void label_number(struct writing *w, const char *name, int64_t n)
{
    char text[24];
    snprintf(text, sizeof text, "%" PRId64, n);
    metrics_label(&w->labels, name, text);
}

static void put(struct writing *w, size_t id, double value)
{
    metrics_sample(w->out, metric_names[id], &w->labels, value * metrics[id].scale);
}

static void write_words(struct writing *w, size_t id, const struct tally *tally)
{
    size_t n = atomic_load_explicit(&tally->n, memory_order_acquire), before = w->labels.len;
    for (size_t i = 0; i < n; i++) {
        w->labels.len = before;
        metrics_label(&w->labels, metrics[id].label, tally->at[i].word);
        put(w, id, (double)atomic_load_explicit(&tally->at[i].n, memory_order_relaxed));
    }
}

static void write_worker(struct writing *w, size_t id, const struct worker *worker)
{
    bool own = metrics[id].scope == TALLIES || metrics[id].scope == SPREAD;
    const void *value =
        at(own ? worker_measures(worker) : (const void *)worker_counters(worker), &metrics[id]);
    int64_t n;
    switch (metrics[id].scope) {
    case TIMES:
    case SPREAD:
        metrics_histogram(w->out, metric_names[id], &w->labels, value, metrics[id].scale);
        return;
    case WORDS:
    case TALLIES:
        write_words(w, id, value);
        return;
    default: /* counters are far from where their sign would matter */
        n = atomic_load_explicit((const atomic_int_fast64_t *)value, memory_order_relaxed);
        if (metrics[id].scope != AGE)
            put(w, id, (double)n);
        else if (n > 0)
            put(w, id, (double)(w->now_ms > n ? w->now_ms - n : 0));
    }
}

static void write_input(struct writing *w, size_t id, const struct lane_status *lane, size_t worker)
{
    const struct worker_options *options = worker_options_of(w->source->workers[worker]);
    size_t before = w->labels.len;
    for (size_t k = 0; k < options->kind->n_inputs; k++) {
        int64_t n = *(const int64_t *)at(&lane->in[k], &metrics[id]);
        w->labels.len = before;
        metrics_label(&w->labels, "topic", options->inputs[k]);
        if (n >= 0)
            put(w, id, (double)n);
    }
}

static void write_states(struct writing *w, size_t id, const struct lane_status *lane)
{
    size_t before = w->labels.len;
    for (int state = LANE_AWAY; state <= LANE_HELD; state++) {
        w->labels.len = before;
        metrics_label(&w->labels, metrics[id].label, lane_state_names[state]);
        put(w, id, (int)lane->state == state);
    }
}

static void write_lanes(struct writing *w, size_t id, size_t worker)
{
    size_t before = w->labels.len;
    for (size_t i = 0; i < w->n_lanes[worker]; i++) {
        const struct lane_status *lane = &w->lanes[worker][i];
        w->labels.len = before;
        label_number(w, "lane", lane->partition);
        if (metrics[id].scope == STATE)
            write_states(w, id, lane);
        else if (metrics[id].scope == INPUT)
            write_input(w, id, lane, worker);
        else
            put(w, id, (double)*(const int64_t *)at(lane, &metrics[id]));
    }
}

/* What only workers of one kind count. */
static bool has(const struct worker *worker, enum scope scope)
{
    const struct lane_kind *kind = worker_options_of(worker)->kind;
    switch (scope) {
    case SCORE:
    case TALLIES:
    case SPREAD:
        return kind != &audience_kind && kind != &roster_kind;
    case AUDIENCE:
        return kind == &audience_kind;
    case ROSTER:
        return kind == &roster_kind;
    default:
        return true;
    }
}

static void write_metric(struct writing *w, size_t id)
{
    w->labels.len = 0;
    metrics_head(w->out, metric_names[id], metrics[id].type, metrics[id].sentence);
    if (metrics[id].scope == BUILD) {
        metrics_label(&w->labels, "version", MF_VERSION);
        put(w, id, 1);
        return;
    }
    if (metrics[id].scope == PROCESS) {
        put(w, id, *(const double *)at(&w->process, &metrics[id]));
        return;
    }
    if (metrics[id].scope == PEERS) {
        if (w->peers.version > 0)
            put(w, id, *(const double *)at(&w->peers, &metrics[id]));
        return;
    }
    for (size_t i = 0; i < w->source->n_workers; i++) {
        if (!w->source->workers[i] || !has(w->source->workers[i], metrics[id].scope))
            continue;
        w->labels.len = 0;
        label_number(w, "worker", (int64_t)i);
        if (metrics[id].scope >= LANE)
            write_lanes(w, id, i);
        else
            write_worker(w, id, w->source->workers[i]);
    }
}

static void read_peers(struct live_peers *live, struct peers_status *status)
{
    struct peer_table table;
    uint64_t seen = UINT64_MAX;
    if (!live || !live_peers_newer(live, &seen, &table))
        return;
    status->version = (double)table.version;
    status->age_s = (double)(clock_wall_ms() - table.published_at) / 1000;
    for (size_t i = 0; i < PEER_PLATFORMS * PEER_BANDS; i++)
        status->creators += (double)table.cells[i / PEER_BANDS][i % PEER_BANDS].n;
}

void metrics_write(const struct metrics_source *source, struct buffer *out)
{
    struct writing w = {.source = source, .out = out, .now_ms = clock_mono_ms()};
    w.lanes = calloc(source->n_workers + 1, sizeof *w.lanes);
    w.n_lanes = calloc(source->n_workers + 1, sizeof *w.n_lanes);
    if (!w.lanes || !w.n_lanes)
        abort();
    process_status_read(&w.process);
    read_peers(source->live, &w.peers);
    for (size_t i = 0; i < source->n_workers; i++)
        if (source->workers[i])
            w.n_lanes[i] = worker_lanes(source->workers[i], &w.lanes[i]);
    for (size_t id = 0; id < N_METRICS; id++)
        write_metric(&w, id);
    for (size_t i = 0; i < source->n_workers; i++)
        free(w.lanes[i]);
    free(w.lanes);
    free(w.n_lanes);
    buffer_free(&w.labels);
}

/* ---- the reference page ---- */

static void print_labels(const struct metric *metric, FILE *out)
{
    static const char *const labels[] = {[BUILD] = "version",
                                         [PROCESS] = "",
                                         [PEERS] = "",
                                         [WORKER] = "worker",
                                         [SCORE] = "worker",
                                         [AUDIENCE] = "worker",
                                         [ROSTER] = "worker",
                                         [AGE] = "worker",
                                         [TIMES] = "worker, le",
                                         [WORDS] = "worker, ",
                                         [TALLIES] = "worker, ",
                                         [SPREAD] = "worker, le",
                                         [LANE] = "worker, lane",
                                         [STATE] = "worker, lane, ",
                                         [INPUT] = "worker, lane, topic"};
    fprintf(out, "%s%s", labels[metric->scope], metric->label);
}

void metrics_print_reference(FILE *out)
{
    fprintf(out,
            "# Metrics\n\nMade by `microflux metrics reference`; do not edit.\n\n"
            "`microflux run` answers on `http.address`: `/metrics` (Prometheus text format 0.0.4), `/livez`, "
            "`/readyz`, and `/`, a page for people. `microflux top` shows the same in a terminal.\n\n"
            "Base units throughout: seconds, bytes, records. `worker` is the thread's number in its process, "
            "`lane` the partition number that all inputs share. The series of a lane vanish when the lane "
            "leaves. Counters count work done since the process started: records that were lost with a lane "
            "and read again count again. No label ever holds a creator's id; `reason`, `kind`, `tier`, "
            "`flag` and `gate` are words of the program, at most %d of them and `other`.\n\n"
            "| metric | type | labels | meaning |\n|---|---|---|---|\n",
            TALLY_WORDS);
    for (size_t i = 0; i < N_METRICS; i++) {
        fprintf(out, "| `%s` | %s | ", metric_names[i], metric_type_name(metrics[i].type));
        print_labels(&metrics[i], out);
        fprintf(out, " | %s |\n", metrics[i].sentence);
    }
}
