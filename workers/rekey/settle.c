/* settle: the life of a transaction and of the publisher that makes them. There is one way out of every
 * doubt: throw the publisher away, open another one under the same id (which makes the brokers end what was
 * open), and only then ask the group where to read on. So it does not matter whether a commit whose answer
 * was lost took place. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "rekey_room.h"

#define INIT_MS     500
#define ABORT_MS    1000
#define WAIT_MS     100 /* doubled each time a transaction is given up again */
#define WAIT_MAX_MS 5000

/* ---- the publisher ---- */

static void drop_publisher(struct rekey *r)
{
    r->aborting = true; /* what comes back now says nothing new */
    publisher_close(r->publisher);
    r->aborting = false;
    r->publisher = NULL;
    r->ready = false;
    GAUGE(r, ready, 0);
}

static enum err open_publisher(struct rekey *r, struct err_info *info)
{
    const struct rekey_options *o = &r->options;
    const char *topics[] = {[TO] = o->to, [DEAD_LETTERS] = o->dead_letter_topic};
    const struct publisher_options options = {o->pairs, o->n_pairs, topics, 2, r, copy_delivered, 0};
    const struct transaction_options transactions = {o->transactional_id, (int)o->timeout_ms, r->careful};
    enum err err = transaction_publisher(&options, &transactions, &r->publisher, info);
    if (err != ERR_OK)
        return err;
    r->alone = r->careful;
    publisher_watch(r->publisher, &r->counters.kafka);
    COUNT(r, publishers, 1);
    return ERR_OK;
}

static void is_ready(struct rekey *r, int64_t now)
{
    r->ready = true;
    GAUGE(r, ready, 1);
    for (size_t i = 0; i < r->n_parts; i++)
        r->parts[i].heard_ms = now;
    log_info("publisher_ready", "worker=%s transactional.id=%s%s", r->options.name,
             r->options.transactional_id, r->alone ? " batch.num.messages=1" : "");
}

enum err settle_ready(struct rekey *r, int64_t now, struct err_info *info)
{
    struct err_info why;
    if (r->ready || now < r->retry_ms)
        return ERR_OK;
    enum err err = r->publisher ? ERR_OK : open_publisher(r, &why);
    if (err == ERR_OK)
        err = transaction_init(r->publisher, INIT_MS, &why);
    if (err == ERR_OK) {
        is_ready(r, now);
    } else if (err == ERR_USAGE) {
        return err_set(info, err, why.word, "%s; rekey.transaction_timeout_ms is %" PRId64, why.sentence,
                       r->options.timeout_ms);
    } else if (err == ERR_WEATHER) {
        r->retry_ms = now + WAIT_MS;
    } else {
        settle_abandon(r, &why);
    }
    return ERR_OK;
}

/* ---- a transaction ---- */

bool settle_begin(struct rekey *r)
{
    if (r->transaction.open || !r->ready || r->doubt.code != ERR_OK)
        return r->transaction.open && r->doubt.code == ERR_OK;
    if (transaction_begin(r->publisher, &r->doubt) != ERR_OK)
        return false;
    r->transaction = (struct transaction){.open = true, .begun_ms = clock_mono_ms()};
    return true;
}

static size_t positions_of(const struct rekey *r, struct kafka_position *positions)
{
    size_t n = 0;
    for (size_t i = 0; i < r->n_parts; i++)
        if (r->parts[i].moved)
            positions[n++] = (struct kafka_position){0, r->parts[i].partition, r->parts[i].next};
    return n;
}

static enum err commit(struct rekey *r, int timeout_ms, struct err_info *info)
{
    struct kafka_position *positions = calloc(r->n_parts + 1, sizeof *positions);
    if (!positions)
        abort();
    size_t n = positions_of(r, positions);
    enum err err = transaction_commit(r->publisher, r->consumer, positions, n, timeout_ms, info);
    free(positions);
    return err;
}

static void committed(struct rekey *r)
{
    const struct transaction *t = &r->transaction;
    COUNT(r, commits, 1);
    COUNT(r, copied, t->records - t->letters);
    COUNT(r, dead_letters, t->letters);
    histogram_observe(&r->counters.commit, clock_mono_us() - t->ending_us);
    histogram_observe(&r->counters.records, (int64_t)t->records);
    for (size_t i = 0; i < r->n_parts; i++)
        r->parts[i].moved = false;
    if (*r->told)
        log_info("transactions_again", "worker=%s records=%zu", r->options.name, t->records);
    r->told[0] = '\0';
    r->wait_ms = 0;
    r->transaction = (struct transaction){0};
    copy_forget(r);
    if (r->alone && !r->careful)
        drop_publisher(r);
}

bool settle_end(struct rekey *r, int timeout_ms)
{
    struct transaction *t = &r->transaction;
    struct err_info why = r->doubt;
    if (!t->open)
        return true;
    if (!t->ending)
        t->ending_us = clock_mono_us();
    t->ending = true;
    enum err err = why.code != ERR_OK ? ERR_LOST : commit(r, timeout_ms, &why);
    if (err == ERR_WEATHER && clock_mono_ms() - t->begun_ms < r->options.timeout_ms)
        return false;
    if (err == ERR_OK)
        committed(r);
    else
        settle_abandon(r, &why);
    return true;
}

bool settle_within(struct rekey *r, int timeout_ms)
{
    struct err_info why;
    int64_t until = clock_mono_ms() + timeout_ms, left = timeout_ms;
    while (left > 0 && !settle_end(r, (int)left)) {
        publisher_poll(r->publisher, 5);
        left = until - clock_mono_ms();
    }
    if (!r->transaction.open)
        return true;
    (void)err_set(&why, ERR_WEATHER, "not_in_time", "the transaction did not end within %d ms", timeout_ms);
    settle_abandon(r, &why);
    return false;
}

static int64_t backed_off(struct rekey *r)
{
    r->wait_ms = r->wait_ms ? r->wait_ms * 2 : WAIT_MS;
    r->wait_ms = r->wait_ms < WAIT_MAX_MS ? r->wait_ms : WAIT_MAX_MS;
    return r->wait_ms / 2 + rand() % (r->wait_ms / 2);
}

void settle_abandon(struct rekey *r, const struct err_info *why)
{
    struct err_info ignored;
    if (strcmp(r->told, why->word) != 0)
        log_warn("transaction_lost", "worker=%s reason=%s records=%zu message=\"%s\" action=new_publisher",
                 r->options.name, why->word, r->transaction.records, why->sentence);
    snprintf(r->told, sizeof r->told, "%s", why->word);
    if (r->transaction.open) {
        COUNT(r, aborts, 1);
        r->aborting = true;
        if (transaction_abort(r->publisher, ABORT_MS, &ignored) != ERR_OK)
            log_debug("not_aborted", "worker=%s message=\"%s\"", r->options.name, ignored.sentence);
    }
    drop_publisher(r);
    for (size_t i = 0; i < r->n_parts; i++)
        r->parts[i] = part_of(r, r->parts[i].feed, r->parts[i].partition);
    r->transaction = (struct transaction){0};
    r->doubt = (struct err_info){0};
    r->retry_ms = clock_mono_ms() + backed_off(r);
}
