/* verify_log: the log, read again for a few creators: their own records are kept and applied in record time
 * by the same code that the worker runs, without Redis. Of the others only the event times count:
 * placeholders expire by the lane's as_of. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "verify.h"

#define STEP_MS 60000 /* event time between two steps that are remembered */
#define CLEAR   1000  /* records after which `anybody` starts anew */

static void *grow(void *at, size_t *cap, size_t size)
{
    *cap = *cap ? 2 * *cap : 64;
    at = realloc(at, *cap * size);
    if (!at)
        abort();
    return at;
}

static void keep(struct verify_records *list, const struct kafka_record *record)
{
    struct verify_record *r = malloc(sizeof *r + record->key.len + record->value.len);
    if (!r)
        abort();
    char *room = (char *)(r + 1);
    r->record = *record;
    r->record.native = NULL;
    memcpy(room, record->key.ptr, record->key.len);
    r->record.key.ptr = room;
    if (record->value.ptr) {
        memcpy(room + record->key.len, record->value.ptr, record->value.len);
        r->record.value.ptr = room + record->key.len;
    }
    if (list->n == list->cap)
        list->at = grow(list->at, &list->cap, sizeof(struct verify_record *));
    list->at[list->n++] = r;
}

/* A schema that is being asked for is waited for. */
static enum err decode(struct verify_log *log, const struct kafka_record *record, struct err_info *info)
{
    uint32_t schema_id;
    enum err err;
    for (int tries = 0; tries < 100; tries++) {
        err = score_kind.decode(log->self, record->input, record, &schema_id, info);
        if (err != ERR_WEATHER)
            break;
        nanosleep(&(struct timespec){.tv_nsec = 100000000}, NULL);
    }
    return err;
}

static void step(struct verify_log *log, const struct kafka_record *record)
{
    struct verify_lane *lane = &log->lanes[record->partition];
    int i = record->input;
    struct err_info info;
    size_t n = lane->n[i];
    int64_t last = n ? lane->steps[i][n - 1].as_of : 0, as_of = last;
    if (log->taken++ % CLEAR == 0)
        creator_clear(&log->anybody);
    score_kind.apply(log->self, &log->anybody, i, 0, record, &as_of, &info);
    if (as_of < last + STEP_MS)
        return;
    if (n == lane->cap[i])
        lane->steps[i] = grow(lane->steps[i], &lane->cap[i], sizeof(struct verify_step));
    lane->steps[i][lane->n[i]++] = (struct verify_step){record->timestamp, as_of};
}

enum err verify_take(struct verify_log *log, int input, const struct kafka_record *record,
                     struct err_info *info)
{
    struct kafka_record own = *record;
    own.input = input;
    if (record->partition >= log->n_lanes || !log->lanes[record->partition].wanted || !record->key.ptr ||
        record->offset < log->spans[record->partition * log->n_inputs + input].from)
        return ERR_OK;
    struct verified *v = (struct verified *)map_find(log->creators, record->key, bytes_hash(record->key));
    if (v && v->lane == record->partition && record->offset < v->creator.offsets[input])
        keep(&v->records[input], &own);
    enum err err = decode(log, &own, info);
    if (err == ERR_OK)
        step(log, &own);
    return err == ERR_REJECT || err == ERR_UNSUPPORTED ? ERR_OK : err;
}

/* ---- one creator ---- */

static int64_t as_of_at(const struct verify_lane *lane, int64_t timestamp)
{
    int64_t as_of = 0;
    for (int i = 0; i < N_INPUTS; i++) {
        size_t low = 0, high = lane->n[i];
        while (low < high) {
            size_t middle = (low + high) / 2;
            if (lane->steps[i][middle].timestamp <= timestamp)
                low = middle + 1;
            else
                high = middle;
        }
        if (low && lane->steps[i][low - 1].as_of > as_of)
            as_of = lane->steps[i][low - 1].as_of;
    }
    return as_of;
}

/* The oldest first, as the lane reads its inputs; -1: none is left. */
static int oldest(const struct verified *v, const size_t *next)
{
    int best = -1;
    for (int i = 0; i < N_INPUTS; i++)
        if (next[i] < v->records[i].n && (best < 0 || v->records[i].at[next[i]]->record.timestamp <
                                                          v->records[best].at[next[best]]->record.timestamp))
            best = i;
    return best;
}

enum err verify_recompute(struct verify_log *log, const struct verified *v, struct creator *c,
                          struct err_info *info)
{
    size_t next[N_INPUTS] = {0};
    enum err err = ERR_OK;
    for (int i; err == ERR_OK && (i = oldest(v, next)) >= 0;) {
        const struct kafka_record *record = &v->records[i].at[next[i]++]->record;
        int64_t as_of = as_of_at(&log->lanes[v->lane], record->timestamp);
        err = decode(log, record, info);
        if (err == ERR_OK)
            score_kind.apply(log->self, c, i, (int32_t)v->creator.epoch, record, &as_of, info);
        else if (err != ERR_WEATHER)
            err = ERR_OK; /* a dead letter */
    }
    return err;
}

void verified_clear(struct verified *v)
{
    for (int i = 0; i < N_INPUTS; i++) {
        for (size_t k = 0; k < v->records[i].n; k++)
            free(v->records[i].at[k]);
        free(v->records[i].at);
    }
    creator_clear(&v->creator);
}

void verify_log_clear(struct verify_log *log)
{
    for (int32_t lane = 0; log->lanes && lane < log->n_lanes; lane++)
        for (int i = 0; i < N_INPUTS; i++)
            free(log->lanes[lane].steps[i]);
    free(log->lanes);
    creator_clear(&log->anybody);
}
