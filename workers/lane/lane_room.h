/* lane_room: what the files of this room share. Never included from outside.
 *
 * The one complication: a lane's cache runs ahead of Redis. Records go into the cache at once; a commit
 * writes what changed under the fence; while it is under way the cache goes on changing for the next one. Any
 * doubt = lane_lost: cache, outputs and connection are thrown away and the lane takes over again from what
 * the fence says.
 */
#ifndef LANE_ROOM_H
#define LANE_ROOM_H

#include <pthread.h>

#include "microflux/clock.h"
#include "microflux/lane.h"
#include "microflux/log.h"
#include "microflux/map.h"
#include "microflux/metrics.h"

#define TURN_RECORDS         20000 /* most records one lane reads in one turn of the worker */
#define COUNT(c, field)      count_up(&(c)->field, 1)
#define COUNT_N(c, field, n) count_up(&(c)->field, (n))

/* A record that waits until its subject is loaded: key and value follow in memory. */
struct waiting_record {
    struct waiting_record *next;
    struct kafka_record record;
};

/* One cached creator (actor, campaign …): what the engine keeps of it; the kind's state and the key follow in
 * memory. */
struct subject {
    struct map_entry head;
    struct subject *next_changed;
    struct waiting_record *first_waiting, *last_waiting;
    char *trace;     /* traceparent for its next output, owned; NULL: none */
    uint64_t told;   /* digest last told to readers */
    int64_t sent_ms; /* monotonic, of the last output; 0 = not by this owner */
    uint64_t hold;   /* ledger mark kept open while the output waits for score.min_interval; 0 = none */
    size_t bytes;
    uint32_t index; /* in cache.all */
    uint8_t loads_owed;
    bool changed;                           /* state differs from Redis */
    bool queued;                            /* in lane.changed */
    bool told_known, forced, recent, stale; /* stale: DEL before the first write */
    bool indexed;                           /* stands in the sweep's index */
    bool throttled;                         /* in lane.due */
    bool visited;                           /* the annex asked for it */
    enum lane_reason reason;
    _Alignas(16) char state[];
};

struct cache {
    struct map map;
    struct subject **all; /* n of them, any order: the clock hand's round */
    size_t n, cap, hand, bytes;
};

struct subject *cache_find(const struct cache *cache, struct bytes key, uint64_t hash);
struct subject *cache_add(struct cache *cache, const struct lane_kind *kind, struct bytes key, uint64_t hash);
void cache_account(struct cache *cache, const struct lane_kind *kind,
                   struct subject *s); /* after its state grew */
size_t cache_evict(struct cache *cache, const struct lane_kind *kind,
                   size_t limit); /* unchanged ones; how many */
void cache_clear(struct cache *cache, const struct lane_kind *kind);
void subject_wait(struct subject *s, const struct kafka_record *record);

/* The ledger says up to where everything is known published: a mark a commit, open while any output of it is.
 */
struct mark {
    uint32_t open;
    int64_t before[LANE_INPUTS]; /* reading positions when it was opened */
    int64_t oldest_ms;           /* record time of the oldest record of its commit, 0 = none */
    int64_t sweep;               /* number of the slot whose outputs are its, 0 = none */
};

struct ledger {
    struct mark *marks; /* a queue: first .. first + n - 1 have the numbers base .. base + n - 1; the last one
                           is current */
    size_t first, n, cap;
    uint64_t base;
    int64_t swept; /* number of the last slot whose outputs are all delivered */
};

#define LEDGER_FIRST 1 /* the mark a ledger starts with */
void ledger_start(struct ledger *ledger, const int64_t *before);
uint64_t ledger_now(const struct ledger *ledger);           /* number of the current mark */
void ledger_open(struct ledger *ledger, uint64_t mark);     /* one more output of this mark */
bool ledger_done(struct ledger *ledger, uint64_t mark);     /* one less; true: that was the last one */
void ledger_date(struct ledger *ledger, int64_t oldest_ms); /* of the current mark */
void ledger_sweep(struct ledger *ledger, int64_t slot);     /* the same */
int64_t ledger_dated(const struct ledger *ledger, uint64_t mark);
void ledger_next(struct ledger *ledger, const int64_t *before); /* a commit was encoded: a new current mark */
const int64_t *ledger_published(const struct ledger *ledger);   /* positions of the first open mark */
void ledger_free(struct ledger *ledger);

struct telling { /* outputs of this mark */
    struct lane *lane;
    const struct subject *subject; /* that they are of; NULL: of none */
    uint64_t mark;
};

struct output { /* a score or a tombstone, waiting for EXEC and for room in the producer's queue */
    uint64_t mark;
    size_t key_at, value_at; /* position and traceparent, where it has them, stand behind the value */
    int topic;
    uint32_t key_len, value_len, position_len, trace_len;
    bool tombstone;
};

struct derived { /* of one record, waiting for its commit; its value stands behind its key */
    int input, output;
    int64_t offset;
    uint32_t ordinal, key_len, value_len;
    bool tombstone;
    size_t at;
};

struct outbox_mark { /* n entries of the outbox in Redis are this mark's */
    uint64_t mark;
    int64_t n;
};

struct outbox { /* a queue, as in Redis */
    struct outbox_mark *marks;
    size_t first, n, cap;
};

struct sources { /* last positions met of other lanes, for the inputs they write */
    struct map map;
    struct source **all;
    size_t n;
    bool changed;
};

struct erased { /* a tombstone met, to be told in the log when Redis has it */
    int input;
    int64_t offset, timestamp;
    uint64_t subject; /* keyed hash */
};

struct due {
    struct subject *subject;
    int64_t at_ms;
};

struct lane_input {
    struct feed *feed;
    int64_t next;      /* reading position */
    int64_t timestamp; /* of the last record at or past `applied` */
    uint64_t hash;
    int64_t frontier;       /* largest record time met: inputs are read side by side in time */
    int64_t heard_ms;       /* monotonic: when the feed last said anything */
    int64_t waits_since_ms; /* its next record cannot be decoded yet; 0 = it can */
    int64_t ended_ms;       /* monotonic: when it last stood at the end, 0 = never */
    bool ended;             /* stands at the end of the log */
    bool caught_up;         /* stood there since the take-over */
    bool sought, wait_said;
    bool first;  /* nothing was heard since the seek */
    int64_t gap; /* where a gap right after a seek ended; seen twice it is one of the log, not of the seek */
};

struct lane {
    struct worker *worker;
    const struct worker_options *options;
    const struct lane_kind *kind;
    void *self; /* the kind's */
    struct worker_counters *counters;
    int32_t partition;
    uint32_t announced; /* the take-over that was logged */
    uint32_t takeover;  /* number of the take-over: delivery reports of an earlier one are ignored */
    enum lane_state state;
    struct redis *redis;
    struct redis_learnt learnt;
    char why[32];            /* word of the last trouble */
    struct err_info trouble; /* code != ERR_OK: found inside a handler, settled after the turn */
    int64_t retry_ms, backoff_ms, idle_check_ms, offsets_ms;
    char fence_key[168];
    char prefix[160]; /* mf:<namespace of the data>:<kind>:{tag}: */
    size_t prefix_len;

    struct fence fence; /* as last written or being written */
    struct buffer fence_text;
    bool fence_watched; /* the GET behind the last EXEC answered, equal */
    bool fresh;         /* the lane began empty and nothing was evicted: unknown subjects are new */
    bool blank;         /* and nothing of an earlier life lay there */
    bool committing, checking, draining, swapping;

    struct lane_input in[LANE_INPUTS];
    int64_t as_of, read_mono_ms;
    int64_t offsets_told[LANE_INPUTS];
    uint64_t records, stored;  /* counted; of these, in a commit */
    size_t committing_records; /* in the one under way */
    int64_t batch_oldest_ms;   /* record time of the oldest one of the next commit */
    int64_t commit_us;         /* monotonic: when the one under way was handed to the socket */
    bool live;                 /* the last record was young when it was read: not a replay */
    struct cache cache;
    struct subject *changed, **changed_end;
    size_t n_changed, changed_bytes;
    struct subject **loading; /* a queue of subjects whose keys are on the way */
    size_t loading_first, n_loading, cap_loading, loading_key;
    int64_t oldest_change_ms; /* monotonic; 0 = nothing to commit */
    int64_t committed_ms;     /* monotonic, when the last commit was sent */
    int64_t sweep_asked;      /* slot being swept; 0 = none */
    int64_t sweep_last;       /* the last one before it; the fence follows when its outputs are delivered */
    bool sweep_ready;
    int64_t swap_ms; /* monotonic: not tried again before */

    void *annex, *annex_before; /* the kind's; before: as it was when the lane was lost, until it is loaded */
    struct buffer annex_words;  /* asked for, in this order; those before `annex_answered` are there */
    size_t annex_answered;
    size_t annex_owed;
    int visiting; /* slot whose subjects are asked for, -1: none */

    struct ledger ledger;
    struct output *outputs;
    size_t n_outputs, cap_outputs, sent_outputs;
    struct buffer output_bytes;
    bool outputs_free;                 /* EXEC said yes: they may go out */
    struct derived *derived, deriving; /* deriving: whose the next one is */
    size_t n_derived, cap_derived;
    struct buffer derived_bytes, position;
    struct outbox outbox;
    struct sources sources;
    struct due *due; /* a queue in time order */
    size_t due_first, n_due, cap_due;

    struct erased *erased;
    size_t n_erased, n_erasing, cap_erased; /* n_erasing of them are in the commit under way */

    struct buffer scratch;
    int opened, opened_key; /* the command whose fields are being added */
    bool whole;             /* the subject's first write: each key in one piece */
    struct hash_dump dumps[LANE_KEYS];
    struct subject *writing, **newcomers;
    size_t n_newcomers, cap_newcomers;
};

struct worker {
    struct worker_options options;
    void *self;
    struct consumer *consumer;
    struct publisher *publisher;
    struct worker_counters counters;
    struct lane **lanes;
    size_t n_lanes;
    int32_t partitions;
    bool redis_away, recreate, settings_told;
    int64_t ask_ms;                 /* monotonic: when a silent feed may be asked about again */
    struct redis_settings settings; /* of Redis, as last told in the log */
    int64_t measured_ms;
    pthread_mutex_t status_lock; /* of the two below */
    struct lane_status *status;
    size_t n_status;
    struct err_info fatal;
};

/* measure.c */
void worker_counters_init(struct worker_counters *counters);
void lane_measure_batch(struct lane *lane);
void worker_measure(struct worker *worker, int64_t now); /* gauges and lanes, for other threads */

/* lane.c */
struct lane *lane_open(struct worker *worker, int32_t partition);
void lane_close(struct lane *lane);
void lane_turn(struct lane *lane, int64_t now);
void lane_delivered(struct lane *lane, uint32_t takeover, uint32_t mark, const struct err_info *failure);
bool lane_settled(const struct lane *lane);
int64_t lane_wants_ms(const struct lane *lane,
                      int64_t now); /* longest the worker may sleep for this lane's sake */
void lane_trouble(struct lane *lane, enum err code, const char *word, const char *format, ...)
    MF_PRINTF(4, 5);
void lane_lost(struct lane *lane, int64_t now);
void lane_view_of(const struct lane *lane, struct lane_view *view);
void lane_key(struct lane *lane, const char *word, struct bytes subject, struct buffer *out);
/* lane_key_…: a key of the lane as a whole, in the namespace of its subjects, or of its fence: a lane that
 * was swapped in has two. Borrowed until the scratch is used again. */
struct bytes lane_key_beside_data(struct lane *lane, const char *word);
struct bytes lane_key_beside_fence(struct lane *lane, struct bytes word);
void lane_lies_in(struct lane *lane, const char *data); /* namespace of its subjects, "" = its own */

/* take_over.c */
uint64_t lane_random(void); /* never 0 */
MF_MUST_CHECK enum err partitions_changed(int32_t before, int32_t now, struct err_info *info);
void lane_connect(struct lane *lane, int64_t now);
void lane_seek(struct lane *lane);
void lane_check_fence(struct lane *lane, int64_t now);
void lane_watch_behind_exec(struct lane *lane); /* WATCH + GET, compared when they answer */

/* read.c */
void lane_read(struct lane *lane, int64_t now);
struct subject *lane_subject(struct lane *lane, struct bytes key, uint64_t hash);
void lane_queue(struct lane *lane, struct subject *s);
void lane_queue_cached(struct lane *lane);
void lane_loaded(struct lane *lane, struct subject *s); /* what waited for it is applied */

/* load.c */
void lane_ask_load(struct lane *lane, struct subject *s);

/* reject.c */
void lane_reject(struct lane *lane, const struct kafka_record *record, const char *stage, uint32_t schema_id,
                 const struct err_info *why);

/* erase.c */
void lane_erase(struct lane *lane, struct subject *s, const struct kafka_record *record);
void lane_note_erased(struct lane *lane, const struct subject *s, const struct kafka_record *record);
void lane_log_erased(struct lane *lane); /* those of the commit that Redis has now */

/* inputs.c */
/* The input whose records are oldest goes first; the others wait at its frontier + align. -1: all stand at
 * their end. */
int lane_next_input(const struct lane *lane, const bool *dry, int64_t *limit);
bool lane_waits(const struct lane *lane); /* an input stands before a record that cannot be decoded yet */
int64_t lane_patience_ms(const struct lane *lane, int64_t now); /* again after as long as it has waited */
void lane_wait(struct lane *lane, const struct kafka_record *record, const struct err_info *why);
void lane_wait_over(struct lane *lane, const struct kafka_record *record);

/* index.c */
void lane_newcomer(struct lane *lane, struct subject *s); /* it enters the index with this commit */
void lane_write_index(struct lane *lane);

/* commit.c */
bool lane_full(const struct lane *lane); /* half of its cache is not in Redis yet */
bool lane_at_end(const struct lane *lane);
bool lane_commit_due(const struct lane *lane, int64_t now);
void lane_commit(struct lane *lane, int64_t now);
void lane_commit_offsets(struct lane *lane, int64_t now);

/* outputs.c */
uint64_t lane_ticket(const struct lane *lane, uint64_t mark);
/* lane_tell: its record, now or after score.min_interval, or nothing. True: its told digest changed. */
bool lane_tell(struct lane *lane, struct subject *s, const struct lane_view *view, int64_t now);
void lane_due(struct lane *lane,
              int64_t now);        /* those whose interval is over are evaluated with this commit */
void lane_send(struct lane *lane); /* to the producer, what Redis has */
struct output *lane_add_output(struct lane *lane, int topic, struct bytes key, uint64_t mark);
void lane_end_output(struct lane *lane, struct output *output, struct bytes value, struct bytes position);
/* lane_output: one more of this mark, which it opens; an event is kept, too. Between MULTI and EXEC. */
void lane_output(struct lane *lane, int topic, struct bytes key, struct bytes value, struct bytes position,
                 uint64_t mark);

/* trace.c */
void lane_trace(struct subject *s,
                const struct kafka_record *record); /* what it causes is part of its trace */
void lane_trace_output(struct lane *lane, struct output *o,
                       const struct subject *s); /* once its value ended */
void lane_trace_told(struct subject *s);         /* the next one is of others */
struct kafka_header lane_trace_header(const struct output *o, const char *bytes);

/* cloudevents.c */
#define CLOUDEVENT_HEADERS 6
struct cloudevent { /* what the headers borrow */
    char id[17], type[272], source[160], time[32];
};
size_t cloudevent_headers(const struct lane *lane, const struct output *o, const char *bytes,
                          struct cloudevent *event, struct kafka_header *headers);

/* derived.c */
#define LANE_POSITION "microflux.position"
void lane_derive(struct lane *lane, struct subject *s, const struct kafka_record *record, bool first);
void lane_send_derived(struct lane *lane);
/* Borrowed until the next one. */
struct bytes lane_position(struct lane *lane, const char *topic, int64_t offset, uint32_t ordinal);
struct bytes lane_event_position(struct lane *lane);

/* outbox.c */
bool lane_has_outbox(const struct lane *lane);
void lane_ask_outbox(struct lane *lane);    /* what stands there goes out first */
void lane_forget_outbox(struct lane *lane); /* this and the next two: between MULTI and EXEC */
void lane_keep_event(struct lane *lane, const struct output *output);
void lane_trim_outbox(struct lane *lane);
bool outbox_delivered(const struct outbox *outbox, const struct ledger *ledger); /* its head, at least */

/* annex.c */
void lane_ask_annex(struct lane *lane);
void lane_forget_annex(struct lane *lane); /* what was asked for; the annex itself stays to be compared */
void lane_close_annex(struct lane *lane);
bool lane_judge(struct lane *lane, struct subject *s, const struct lane_view *view);
void lane_visit(struct lane *lane);
void lane_settle_annex(struct lane *lane, const struct lane_view *view);

/* outputs.c */
struct lane_emitter lane_emitter_of(struct telling *telling);

/* sources.c */
/* lane_meet: was a record of this position met before? ERR_REJECT: that is no position. */
enum err lane_meet(struct lane *lane, int input, struct bytes position, bool *repeated,
                   struct err_info *info) MF_MUST_CHECK;
void lane_ask_sources(struct lane *lane);
void lane_forget_sources(struct lane *lane); /* between MULTI and EXEC, and the next one */
void lane_write_sources(struct lane *lane);
void sources_clear(struct sources *sources);

/* sweep.c */
void lane_sweep(struct lane *lane);
void lane_slot_swept(struct lane *lane); /* its outputs are those of the current mark */

/* swap.c */
void lane_swap(struct lane *lane, int64_t now);

#endif
