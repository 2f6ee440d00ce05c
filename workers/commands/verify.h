/* verify: what the files of this command share. */
#ifndef COMMANDS_VERIFY_H
#define COMMANDS_VERIFY_H

#include "log_span.h"
#include "microflux/map.h"
#include "microflux/score_worker.h"

/* A record of a sampled creator; key and value follow in memory. */
struct verify_record {
    struct kafka_record record;
};

struct verify_records {
    struct verify_record **at;
    size_t n, cap;
};

/* A creator that is compared: as Redis had it at one moment, and its own records below the offsets it names.
 */
struct verified {
    struct map_entry head;
    int32_t lane;
    bool found;
    struct creator creator;
    struct verify_records records[N_INPUTS];
};

/* How far the lane's event time had come at a record's timestamp: steps of one input, ascending. */
struct verify_step {
    int64_t timestamp, as_of;
};

struct verify_lane {
    bool wanted;
    struct verify_step *steps[N_INPUTS];
    size_t n[N_INPUTS], cap[N_INPUTS];
};

struct verify_log {
    const struct log_span *spans; /* n_inputs a lane */
    int n_inputs;
    struct verify_lane *lanes;
    int32_t n_lanes;
    const struct map *creators; /* struct verified, by name */
    void *self;                 /* the score worker */
    struct creator anybody;     /* takes the records of the others, for their event times */
    uint32_t taken;
};

/* verify_take: one record of an input: remembered when it is of a creator to be compared. */
enum err verify_take(struct verify_log *log, int input, const struct kafka_record *record,
                     struct err_info *info) MF_MUST_CHECK;
/* verify_recompute: *c (initialised) becomes what the creator's records make of it, in record time. */
enum err verify_recompute(struct verify_log *log, const struct verified *v, struct creator *c,
                          struct err_info *info) MF_MUST_CHECK;
void verified_clear(struct verified *v);
void verify_log_clear(struct verify_log *log);

/* verify_compare: calls `differs` for each field of Redis that is not what it should be ("" = not there);
 * *fields: how many were compared. */
typedef void verify_differs(void *arg, const char *field, struct bytes wanted, struct bytes found);
void verify_compare(struct creator *wanted, struct creator *found, verify_differs *differs, void *arg,
                    size_t *fields);

#endif
