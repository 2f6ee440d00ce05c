/* rekey_status: the table of a copy's metrics and its three pages, read from atomics by the threads of the
 * HTTP room. Live: every worker's loop turns, whatever is away. Ready: every worker is in the group, may
 * begin transactions, and holds no partition. */
#include "rekey_status.h"

#include <inttypes.h>
#include <stdlib.h>

#include "microflux/clock.h"
#include "microflux/http.h"
#include "microflux/log.h"

struct rekey_status {
    struct rekey_status_options options;
    struct http *http;
};

/* ---- metrics ---- */

enum shape { NUMBER, TIMES, SIZES, WORDS };

#define METRIC(name, type, shape, member, sentence)                                                          \
    {                                                                                                        \
        "microflux_rekey_" name, METRIC_##type, shape, offsetof(struct rekey_counters, member), sentence     \
    }
static const struct {
    const char *name;
    enum metric_type type;
    enum shape shape;
    size_t offset;
    const char *sentence;
} metrics[] = {
    METRIC("records_received_total", COUNTER, NUMBER, received,
           "Source records read, those of transactions given up again."),
    METRIC("records_copied_total", COUNTER, NUMBER, copied, "Copies in committed transactions."),
    METRIC("dead_letters_total", COUNTER, NUMBER, dead_letters, "Dead letters in committed transactions."),
    METRIC("rejects_total", COUNTER, WORDS, rejects,
           "Records without a usable creator_id, by the code in their "
           "dead letter."),
    METRIC("commits_total", COUNTER, NUMBER, commits, "Transactions committed."),
    METRIC("aborts_total", COUNTER, NUMBER, aborts, "Transactions given up; their records are read again."),
    METRIC("publishers_total", COUNTER, NUMBER, publishers,
           "Producers opened: the first one, and one after each doubt."),
    METRIC("records_expired_total", COUNTER, NUMBER, expired,
           "Source records that retention removed before they were read (retention.lost=skip)."),
    METRIC("rebalances_total", COUNTER, NUMBER, rebalances, "Assignments by the consumer group."),
    METRIC("lag_records", GAUGE, NUMBER, lag,
           "Source records not read yet, as far as was heard of the ends."),
    METRIC("partitions", GAUGE, NUMBER, partitions, "Partitions assigned to the worker."),
    METRIC("partitions_reading", GAUGE, NUMBER, reading, "Of them, those whose position is known."),
    METRIC("partitions_held", GAUGE, NUMBER, held,
           "Of them, those that wait for a person; the log says why."),
    METRIC("publisher_ready", GAUGE, NUMBER, ready, "1 while the worker may begin transactions."),
    METRIC("group_joined", GAUGE, NUMBER, joined, "1 while the worker is a member of the group."),
    METRIC("kafka_away", GAUGE, NUMBER, kafka_away, "1 while no broker answers the consumer."),
    METRIC("kafka_errors_total", COUNTER, WORDS, kafka.errors,
           "Errors told by librdkafka, by its own names."),
    METRIC("commit_seconds", HISTOGRAM, TIMES, commit,
           "From the end of reading for a transaction to the broker's word that it is committed."),
    METRIC("transaction_records", HISTOGRAM, SIZES, records, "Records of a committed transaction."),
};
#define N_REKEY_METRICS (sizeof metrics / sizeof metrics[0])

static int64_t number(const void *atomic) /* counters are far from where their sign would matter */
{
    return atomic_load_explicit((const atomic_int_fast64_t *)atomic, memory_order_relaxed);
}

static void write_words(struct buffer *out, size_t id, struct buffer *labels, const struct tally *tally)
{
    size_t n = atomic_load_explicit(&tally->n, memory_order_acquire), before = labels->len;
    for (size_t i = 0; i < n; i++) {
        labels->len = before;
        metrics_label(labels, "reason", tally->at[i].word);
        metrics_sample(out, metrics[id].name, labels, (double)number(&tally->at[i].n));
    }
}

static void write_metric(struct buffer *out, size_t id, size_t worker, const struct rekey_counters *counters)
{
    const void *value = (const char *)counters + metrics[id].offset;
    struct buffer labels = {0};
    char text[24];
    snprintf(text, sizeof text, "%zu", worker);
    metrics_label(&labels, "worker", text);
    if (metrics[id].shape == WORDS)
        write_words(out, id, &labels, value);
    else if (metrics[id].shape == NUMBER)
        metrics_sample(out, metrics[id].name, &labels, (double)number(value));
    else
        metrics_histogram(out, metrics[id].name, &labels, value, metrics[id].shape == TIMES ? 1e-6 : 1);
    buffer_free(&labels);
}

static void show_metrics(void *owner, struct http_answer *answer)
{
    const struct rekey_status_options *o = &((const struct rekey_status *)owner)->options;
    for (size_t id = 0; id < N_REKEY_METRICS; id++) {
        metrics_head(&answer->body, metrics[id].name, metrics[id].type, metrics[id].sentence);
        for (size_t i = 0; i < o->n_workers; i++) {
            struct rekey *worker = atomic_load(&o->workers[i]);
            if (worker)
                write_metric(&answer->body, id, i, rekey_counters(worker));
        }
    }
    answer->type = "text/plain; version=0.0.4; charset=utf-8";
}

void rekey_metrics_print_reference(FILE *out)
{
    static const char *const labels[] = {
        [NUMBER] = "worker", [TIMES] = "worker, le", [SIZES] = "worker, le", [WORDS] = "worker, reason"};
    fprintf(out, "\n## `microflux rekey`\n\n| metric | type | labels | meaning |\n|---|---|---|---|\n");
    for (size_t i = 0; i < N_REKEY_METRICS; i++)
        fprintf(out, "| `%s` | %s | %s | %s |\n", metrics[i].name, metric_type_name(metrics[i].type),
                labels[metrics[i].shape], metrics[i].sentence);
}

/* ---- live, ready ---- */

static void show_live(void *owner, struct http_answer *answer)
{
    const struct rekey_status_options *o = &((const struct rekey_status *)owner)->options;
    int64_t now = clock_mono_ms(), oldest = 0;
    for (size_t i = 0; i < o->n_workers; i++) {
        struct rekey *worker = atomic_load(&o->workers[i]);
        int64_t polled = worker ? number(&rekey_counters(worker)->polled_ms) : 0;
        if (polled && now - polled > oldest)
            oldest = now - polled;
    }
    answer->status = oldest <= o->config->http_live_s * 1000 ? 200 : 503;
    buffer_printf(&answer->body, "%zu workers, each turned within %.1f s (http.live_s is %" PRId64 ")\n",
                  o->n_workers, (double)oldest / 1000, o->config->http_live_s);
}

static const char *unready(struct rekey *worker)
{
    if (!worker)
        return "waits for Kafka";
    const struct rekey_counters *c = rekey_counters(worker);
    if (!number(&c->joined))
        return "has not joined the group";
    if (!number(&c->ready))
        return "may not begin transactions yet";
    return number(&c->held) ? "holds a partition: a person has to decide; the log says what" : NULL;
}

static void show_ready(void *owner, struct http_answer *answer)
{
    const struct rekey_status_options *o = &((const struct rekey_status *)owner)->options;
    for (size_t i = 0; i < o->n_workers; i++) {
        const char *why = unready(atomic_load(&o->workers[i]));
        if (!why)
            continue;
        answer->status = 503;
        buffer_printf(&answer->body, "worker %zu %s\n", i, why);
        return;
    }
    buffer_printf(&answer->body, "ready: %zu workers\n", o->n_workers);
}

/* ---- life ---- */

enum err rekey_status_open(const struct rekey_status_options *options, struct rekey_status **result,
                           struct err_info *info)
{
    static const struct http_route routes[] = {
        {"/metrics", show_metrics}, {"/livez", show_live}, {"/readyz", show_ready}};
    *result = NULL;
    if (!*options->config->http_address)
        return ERR_OK;
    struct rekey_status *status = calloc(1, sizeof *status);
    if (!status)
        abort();
    status->options = *options;
    struct http_options http = {"http.address", options->config->http_address, routes, 3, status};
    enum err err = http_open(&http, &status->http, info);
    if (err != ERR_OK) {
        free(status);
        return err;
    }
    log_info("http", "address=%s port=%d", options->config->http_address, http_port(status->http));
    *result = status;
    return ERR_OK;
}

void rekey_status_close(struct rekey_status *status)
{
    if (!status)
        return;
    http_close(status->http);
    free(status);
}
