/* lane: the engine under every worker kind: positions, fence, cache, batches, publishing, rebalances,
 * weather. It knows nothing of scoring: a worker kind is a table of its own verbs.
 *
 * A worker is one thread with a consumer, a publisher and its lanes. Lane i is partition i of all inputs
 * together: the unit of ownership, order, state and exactness. One Redis connection a lane.
 */
#ifndef MICROFLUX_LANE_H
#define MICROFLUX_LANE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "microflux/kafka.h"
#include "microflux/keyed_hash.h"
#include "microflux/metrics.h"
#include "microflux/redis.h"

#define LANE_INPUTS  4  /* most inputs a kind may have */
#define LANE_OUTPUTS 4  /* most outputs */
#define LANE_KEYS    6  /* most Redis keys a subject may have */
#define LANE_COUNTS  16 /* most counts a kind may keep of its own */

/* What the kind needs to know of the lane when it judges one subject. */
struct lane_view {
    int32_t partition;
    int32_t epoch;
    int64_t applied[LANE_INPUTS]; /* records below were applied */
    int64_t as_of;
    bool idle; /* as_of was advanced by the clock */
};

enum lane_reason { LANE_CHANGE, LANE_SWEEP, LANE_RECOVERY };

enum lane_verdict {
    LANE_APPLIED,
    LANE_LATE,    /* applied in part */
    LANE_ERASED,  /* the state was emptied: the subject's keys are deleted before what is left is written, and
                     readers are told */
    LANE_IGNORED, /* counted in a metric, changes nothing */
    LANE_REJECTED, /* dead letter; info says why */
};

/* Receives the changed fields of a subject. */
struct lane_writer {
    void *arg;
    void (*set)(void *arg, int key, struct bytes field, struct bytes value);
    void (*drop)(void *arg, int key, struct bytes field);
    void (*whole)(void *arg, int key, struct bytes value); /* of a key that is one string */
    void (*add)(void *arg, struct bytes field, int64_t n); /* to one of the lane's sums */
};

/* A topic the kind writes to. */
struct lane_output {
    bool holds_subjects; /* keyed by the subject: when that is erased, a tombstone goes here too */
    bool
        by_first_part; /* the partition is chosen by what stands before the key's first '/', not by the key */
    bool events;       /* of change: kept in Redis, as sent, until the reader has them */
};

/* Takes further records for readers, for the kind's outputs by number. A value of ptr NULL is a tombstone.
 * Key and value are copied. */
struct lane_emitter {
    void *arg;
    void (*put)(void *arg, int output, struct bytes key, struct bytes value);
};

/* An annex: what a kind keeps of a lane as a whole, in hashes beside the fence: <fence's prefix><word>. Asked
 * for one by one when the lane is taken over, written by the EXECs of the lane. */
struct lane_asker {
    void *arg;
    void (*ask)(void *arg, struct bytes word);
};
struct lane_annex_writer {
    void *arg;
    void (*set)(void *arg, struct bytes word, struct bytes field, struct bytes value);
    void (*drop)(void *arg, struct bytes word, struct bytes field);
    void (*remove)(void *arg, struct bytes word);
};

/* A worker kind. `self` is one per worker thread, made by open. State is state_size bytes inside the cache.
 */
struct lane_kind {
    const char *name;
    size_t n_inputs, n_outputs, n_keys, state_size;
    const struct lane_output *outputs; /* n_outputs; encode writes to the first */
    uint32_t lane_inputs; /* bit = input written by lanes (derived records, events): each record says its
                             position there, and what was met before is dropped; a tombstone may have none */
    bool unswept;         /* its subjects need no repetition: they stand in no index */
    uint32_t whole_keys;  /* bit = key that is one string, not a hash; never the first */
    const char *const *key_names; /* the word in mf:<namespace>:<kind>:{tag}:<word>:<subject> */
    enum err (*open)(const void *options, void **self, struct err_info *info);
    void (*close)(void *self);
    /* turn: between two turns, when no batch is under way in the kind; true: subjects may be evaluated to
     * something else now, so those in the cache are. NULL: nothing to do. */
    bool (*turn)(void *self);
    /* decode: the record's own story, without state: ERR_REJECT = dead letter, *schema_id is set even then.
     * ERR_WEATHER = not now: the lane stops before it and hands it over again. What was decoded once always
     * can be. */
    enum err (*decode)(void *self, int input, const struct kafka_record *record, uint32_t *schema_id,
                       struct err_info *info);
    /* subject: whose the record decoded last is; NULL: its key's, and then a tombstone asks for erasure. */
    struct bytes (*subject)(void *self, int input, const struct kafka_record *record);
    void (*init)(void *state);
    void (*prefetch)(const void *state); /* asks for the memory that apply will touch; a hint */
    void (*clear)(void *state);
    size_t (*bytes)(const void *state);
    /* load: the answer to HGETALL, or to GET where the key is one string. */
    enum err (*load)(void *self, void *state, int key, const struct redis_answer *answer,
                     struct err_info *info);
    void (*loaded)(void *self, void *state);
    /* apply: the record decoded last. Raises *as_of. */
    enum lane_verdict (*apply)(void *self, void *state, int input, int32_t epoch,
                               const struct kafka_record *record, int64_t *as_of, struct err_info *info);
    /* events: events of change of the apply that just happened; NULL: the kind has none. They are stored by
     * the EXEC that stores the change, so each is made once. */
    void (*events)(void *self, const void *state, const struct kafka_record *record,
                   const struct lane_emitter *emitter);
    /* derive: derived outputs of the record decoded last, a function of it and of the state as it is then;
     * again when it is met again after a crash; NULL: none. */
    void (*derive)(void *self, void *state, const struct kafka_record *record,
                   const struct lane_emitter *emitter);
    void (*changes)(void *self, void *state, const struct lane_writer *writer);
    /* expire_s: Redis may forget a subject so long after this change; -1: at once. NULL: never. */
    int64_t (*expire_s)(const void *state);
    /* evaluate: what a reader would be told now; equal digests = nothing to tell; it may keep in the state
     * what follows from it. encode: the one evaluated last, framed; it appends nothing when the subject is
     * erased: a tombstone. */
    uint64_t (*evaluate)(void *self, void *state, const struct lane_view *view);
    void (*encode)(void *self, const void *state, struct bytes subject, const struct lane_view *view,
                   enum lane_reason reason, struct buffer *out);
    /* more: after encode: what else readers are told of the subject, in other outputs; NULL: nothing. Events
     * of change, too: what it finds told is marked told by the EXEC that keeps them. True: the subject's
     * state changed with it. */
    bool (*more)(void *self, void *state, struct bytes subject, const struct lane_view *view,
                 enum lane_reason reason, const struct lane_emitter *emitter);
    /* The annex: all of these, or NULL; a silent lane has none.
     * annex_load: the answer to HGETALL of a word: of annex_word first, then of what that asked for.
     * annex_loaded: nothing is asked for any more; before: the annex as it was when this worker lost the
     * lane, NULL: it is new to it.
     * judge: after evaluate, news or not: what follows from the subject for the annex; visited: it is only,
     * or also, met because annex_wants asked. True: the subject's state changed with it.
     * annex_wants: the slot of the index whose subjects are to be judged next, -1: none. annex_visited: they
     * will be by the next commit; true: that must not wait for a change.
     * annex_settle: once at the end of a commit. */
    const char *annex_word;
    void *(*annex_open)(void *self);
    void (*annex_close)(void *self, void *annex); /* takes NULL */
    enum err (*annex_load)(void *self, void *annex, struct bytes word, const struct redis_answer *answer,
                           const struct lane_asker *asker, struct err_info *info);
    void (*annex_loaded)(void *self, void *annex, const void *before);
    bool (*judge)(void *self, void *annex, void *state, struct bytes subject, const struct lane_view *view,
                  enum lane_reason reason, bool visited, const struct lane_emitter *emitter);
    int (*annex_wants)(void *self, void *annex, const struct lane_view *view);
    bool (*annex_visited)(void *self, void *annex, int slot);
    void (*annex_settle)(void *self, void *annex, const struct lane_view *view,
                         const struct lane_emitter *emitter, const struct lane_annex_writer *writer);
    /* Sums over a lane's subjects: a hash of numbers, <prefix><sums_key>, written by the EXEC that writes the
     * subjects they are of; a lane that begins anew begins without. tally: after evaluate: what that found
     * moves what the subject adds to the sums, or what the state remembers of it; true: the state changed
     * with it. sums: once at the end of a commit: hands over what the tallies since the last one add up to.
     * Of a kind without sums, sums_key and sums are NULL. */
    const char *sums_key;
    bool (*tally)(void *self, void *state);
    void (*sums)(void *self, const struct lane_writer *writer);
    /* counts: what the kind counted since open, for metrics; NULL: nothing. */
    void (*counts)(const void *self, uint64_t counts[LANE_COUNTS]);
    /* measures: tallies and histograms of the kind's own, for metrics: read by any thread while the worker is
     * there; NULL: none. */
    const void *(*measures)(const void *self);
};

struct worker_options {
    const struct lane_kind *kind;
    const void *kind_options;              /* given to kind->open */
    int index;                             /* of this worker in the process */
    const char *group, *namespace_, *name; /* name: host-pid-index, in dead letters and CLIENT SETNAME */
    const char *const *inputs;             /* topic names, kind->n_inputs */
    const char *const *outputs;            /* topic names, kind->n_outputs */
    const char *dead_letter_topic;
    const struct kafka_pair *pairs;
    size_t n_pairs;
    struct redis_options redis;
    const struct keyed_secret *secret; /* names erased subjects in the log */
    size_t cache_bytes, prefetch_bytes;
    int32_t epoch;
    bool redis_lost_rebuild, log_lost_skip;
    bool restore;     /* first writes by RESTORE */
    bool cloudevents; /* outputs carry the attributes of CloudEvents as headers */
    /* A lane built beside the live one (docs/decisions/0008): */
    bool silent;           /* nothing is published, no dead letter sent, nothing swept */
    const char *swap_into; /* the live namespace whose lane it becomes once caught up; NULL: of none */
    const int64_t *start;  /* where a lane without a fence begins, kind->n_inputs a lane; NULL: earliest */
    int64_t flush_ms, commit_ms, align_ms, watchdog_ms, min_interval_ms, sweep_interval_ms;
};

/* Written by the worker's thread alone, read by others as they are (relaxed). What is lost and read again is
 * counted again: these are counts of work done. Times are monotonic ms, 0 = never. */
struct worker_counters {
    atomic_uint_fast64_t received, decoded, applied, ignored, rejected, dead_letters, stored, published,
        delivered, committed, commits, refused, takeovers, hits, misses, loads, evictions, rebalances,
        redis_connects, unchanged, throttled, swept, skipped_lost, repeated, kind[LANE_COUNTS];
    atomic_int_fast64_t lanes, lanes_running, lanes_held, lag, subjects, cache_bytes, dirty_ppm, queued,
        joined, redis_away, kafka_away, polled_ms, rebalanced_ms;
    struct histogram read, build, exec, end_to_end; /* µs */
    struct histogram batch_records, batch_subjects;
    struct tally rejects, redis_errors;
    struct kafka_watch kafka;
};

enum lane_state { LANE_AWAY, LANE_TAKING, LANE_SEEKING, LANE_READING, LANE_HELD, LANE_SWAPPED };
extern const char *const lane_state_names[]; /* "away", "taking", "seeking", "reading", "held", "swapped" */

struct lane_input_status { /* -1: not known */
    int64_t applied, published, lag, lag_ms;
};

/* A lane as it was when its worker last looked, a second ago at most. */
struct lane_status {
    int32_t partition;
    enum lane_state state;
    char why[32];    /* word of the last trouble, "" = none */
    int64_t records; /* counted since the lane was assigned */
    struct lane_input_status in[LANE_INPUTS];
};

struct worker;
/* worker_open: makes the kind and reads the topics' partition counts (must be equal: ERR_REFUSED names them).
 * ERR_WEATHER: no broker yet, try again. */
enum err worker_open(const struct worker_options *options, struct worker **worker,
                     struct err_info *info) MF_MUST_CHECK;
/* worker_run: until *stop; drains within drain_ms; ERR_OK = all settled, ERR_WEATHER = something was left (it
 * is read again later). */
enum err worker_run(struct worker *worker, const atomic_bool *stop, int drain_ms,
                    struct err_info *info) MF_MUST_CHECK;
const struct worker_counters *worker_counters(const struct worker *worker);
const void *worker_measures(const struct worker *worker); /* of its kind; NULL: none */
const struct worker_options *worker_options_of(const struct worker *worker);
/* worker_lanes: gives the lanes of now (free() them) and their number; from any thread. */
size_t worker_lanes(struct worker *worker, struct lane_status **lanes);
void worker_close(struct worker *worker); /* takes NULL */

/* lane_tag: the hash tag of lane i: fixed for ever, spread evenly over the 16,384 cluster slots. Writes at
 * most 24 bytes. */
void lane_tag(int32_t partition, char *tag, size_t size);
/* lane_of: the partition the Java clients' default partitioner (murmur2) gives a key. */
int32_t lane_of(struct bytes key, int32_t partitions);

/* ---- the index: which subjects a lane has: keys <prefix>i:<0..LANE_INDEX_SLOTS - 1> ---- */
#define LANE_INDEX_SLOTS 1024
void lane_index_add(struct buffer *out, struct bytes name);
/* lane_index_next: takes one name off the front of *text (borrowed from it); false: none is left, or it
 * cannot be read. */
bool lane_index_next(struct bytes *text, struct bytes *name);

/* ---- the fence: the lane's one key, plain text; the whole value is compared, never a part ---- */
struct fence_position {
    int64_t applied, published; /* next offset to count; below: outputs known delivered */
    int64_t timestamp;          /* of the last applied record, -1 none */
    uint64_t hash;              /* of its key and value */
};

#define LANE_NAMESPACE 64 /* room for the name of a namespace that is swapped in */

struct fence {
    int32_t partitions, epoch;
    uint64_t token;       /* random, one a take-over */
    uint64_t generation;  /* random, one a lane's life: creators of another are from before Redis was lost */
    int64_t as_of, sweep; /* sweep: number of the last slot swept and delivered */
    size_t n;
    struct fence_position at[LANE_INPUTS];
    int64_t told;              /* scores were dated up to here: later than as_of when the clock advanced it */
    int64_t events;            /* number of the last event of `more`: rises, and follows the clock */
    char data[LANE_NAMESPACE]; /* namespace under which the lane's subjects lie; "" = the fence's own */
};

void fence_write(const struct fence *fence, struct buffer *out);
enum err fence_read(struct bytes text, struct fence *fence, struct err_info *info) MF_MUST_CHECK;
int64_t fence_now(const struct fence *fence); /* as_of of a score made now */
/* The fence of a lane that was swapped: nobody takes it over any more (fence_read: ERR_REFUSED "swapped").
 * into: the namespace it serves now; was: where that one's subjects lay before. Each LANE_NAMESPACE bytes. */
void fence_write_swapped(const char *into, const char *was, struct buffer *out);
bool fence_swapped(struct bytes text, char *into, char *was);

#endif
