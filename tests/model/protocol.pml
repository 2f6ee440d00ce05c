/* protocol: the lane, checked in every interleaving by SPIN (tests/model/check.sh).
 *
 * One lane with two input topics, two workers that may both believe they own it, Redis, Kafka's output, and
 * two readers: a consumer of scores, and another lane that reads events of change and derived edges.
 * Topic 0 holds a record of creator A and one of B, topic 1 one of A: up to three batches and their borders
 * anywhere. FAULTS of: crash, rebalance, lost answer, Redis going back; each wherever it can happen.
 *
 * Safety, when nothing can move any more: every counter exact, every reader has the score of the final state,
 * events of change arrived once and with the right value (unless Redis lost what it had acknowledged), edges
 * once. Liveness: no cycle at all (pan -l), so every run ends, and it can end nowhere else.
 *
 * Rules of architecture.md, "Rules of the fence", stand in brackets. Each -DBREAK_… takes one away; then the
 * check must fail. */
#ifndef FAULTS
#define FAULTS 2
#endif

#define A 0
#define B 1
#define CREATOR(t, o) ((t) == 0 && (o) == 1 -> B : A)
#define LENGTH(t)     ((t) == 0 -> 2 : 1)
#define RECORD(t, o)  ((t) == 0 -> (o) : 2) /* number of a record among the three */
#define VER(c, t)     ((c) * 2 + (t))
#define MAX(a, b)     ((a) > (b) -> (a) : (b))

/* What Redis holds of the lane: the fence (token, applied, published) and what is written with it. `outbox`:
 * the event of change of each record, 0 = none. */
typedef Image {
    byte token, applied[2], published[2], count[2], version[4], outbox[3]
};
/* What a commit owes its readers: a score and a version of each creator, an event of each record, edges. */
typedef Bundle {
    byte count[2], version[2], change[3];
    bool edge[2]
};
mtype = { AWAY, TAKING, READING, NONE, TAKE, COMMIT, YES, REFUSED, LOST };
/* A worker's memory. */
typedef Lane {
    mtype state;
    Image cache;     /* its truth while the fence holds; applied, published: as in the fence it last wrote */
    Bundle out;      /* of the commit under way: computed and encoded with it, sent after EXEC */
    byte next[2];    /* reading position */
    byte settled[2]; /* reading position at the last commit that Redis agreed to */
    byte asking[2];  /* the same, of the commit under way */
    byte known[2];   /* everything below is known published [2] */
    byte owed;       /* bundles without a delivery report */
    bool committing, dirty[2], edge[2], change[3]
};

Image redis, before; /* before: where Redis may go back to */
Image pending[2];    /* a transaction on its way, by worker */
mtype asked[2] = NONE, answer[2] = NONE;
bool watched[2], orphan[2]; /* orphan: its connection is gone, but Redis may still execute it */
Lane lane[2];
#define BUNDLE(m) m.count[0], m.count[1], m.version[0], m.version[1], m.change[0], m.change[1], m.change[2], \
    m.edge[0], m.edge[1]
chan kafka[2] = [4] of { byte, byte, byte, byte, byte, byte, byte, bool, bool, byte }; /* a bundle, take-over */
byte gone[2]; /* the take-over whose outputs were lost, all behind it, too */
byte assigned, faults, kafka_offset[2];
bool went_back;

/* Readers. */
byte best_version[2], best_count[2]; /* of scores: the largest version wins */
byte change_seen[2], change_sum[2];  /* the other lane: last position by source topic, sum by creator */
byte edge_seen;
bool met[2];

inline copy(to, from)
{
    to.token = from.token;
    to.applied[0] = from.applied[0]; to.applied[1] = from.applied[1];
    to.published[0] = from.published[0]; to.published[1] = from.published[1];
    to.count[0] = from.count[0]; to.count[1] = from.count[1];
    to.version[0] = from.version[0]; to.version[1] = from.version[1];
    to.version[2] = from.version[2]; to.version[3] = from.version[3];
    to.outbox[0] = from.outbox[0]; to.outbox[1] = from.outbox[1]; to.outbox[2] = from.outbox[2];
}

/* The whole value is compared, never a number in it [1]. */
#define SAME_FENCE(w) (redis.token == lane[w].cache.token && \
    redis.applied[0] == lane[w].cache.applied[0] && redis.applied[1] == lane[w].cache.applied[1] && \
    redis.published[0] == lane[w].cache.published[0] && redis.published[1] == lane[w].cache.published[1])

inline clear_image(i)
{
    i.token = 0;
    i.applied[0] = 0; i.applied[1] = 0; i.published[0] = 0; i.published[1] = 0;
    i.count[0] = 0; i.count[1] = 0;
    i.version[0] = 0; i.version[1] = 0; i.version[2] = 0; i.version[3] = 0;
    i.outbox[0] = 0; i.outbox[1] = 0; i.outbox[2] = 0;
}

inline clear_bundle(m)
{
    m.count[0] = 0; m.count[1] = 0; m.version[0] = 0; m.version[1] = 0;
    m.change[0] = 0; m.change[1] = 0; m.change[2] = 0; m.edge[0] = false; m.edge[1] = false
}

inline clear_batch(w)
{
    lane[w].dirty[0] = false; lane[w].dirty[1] = false;
    lane[w].edge[0] = false; lane[w].edge[1] = false;
    lane[w].change[0] = false; lane[w].change[1] = false; lane[w].change[2] = false;
}

/* Any doubt: the cache is dropped. A transaction that was sent may still be executed. */
inline lost(w)
{
    lane[w].state = AWAY;
    clear_image(lane[w].cache);
    lane[w].next[0] = 0; lane[w].next[1] = 0; lane[w].settled[0] = 0; lane[w].settled[1] = 0;
    lane[w].asking[0] = 0; lane[w].asking[1] = 0; lane[w].known[0] = 0; lane[w].known[1] = 0;
    lane[w].owed = 0; lane[w].committing = false;
    clear_batch(w);
    clear_bundle(lane[w].out);
    orphan[w] = asked[w] != NONE;
    answer[w] = NONE;
    watched[w] = false
}

/* ---- a worker ---- */

/* Who looks for the smallest name nobody remembers finds the same as with a new one, in fewer states. */
#define SENT(w, t)  kafka[w]??[_, _, _, _, _, _, _, _, _, eval(t)]
#define KNOWN(t)                                                                                               \
    (redis.token == t || before.token == t || lane[0].cache.token == t || lane[1].cache.token == t ||          \
     pending[0].token == t || pending[1].token == t || gone[0] == t || gone[1] == t || SENT(0, t) || SENT(1, t))

inline take(w) /* WATCH, GET; MULTI, SET with a new token, EXEC [1] */
{
    copy(lane[w].cache, redis);
    token = 1;
    do
    :: KNOWN(token) -> token++
    :: else -> break
    od;
    lane[w].cache.token = token;
    token = 0;
    copy(pending[w], lane[w].cache);
    watched[w] = true;
    asked[w] = TAKE;
    lane[w].state = TAKING;
}

inline send(w)
{
    kafka[w]!BUNDLE(lane[w].out), lane[w].cache.token;
    clear_bundle(lane[w].out);
    lane[w].owed++
}

inline all_known(w) /* nothing is owed to a reader of what was read before the last agreed commit [2] */
{
    if
    :: lane[w].owed == 0 -> lane[w].known[0] = lane[w].settled[0]; lane[w].known[1] = lane[w].settled[1]
    :: else
    fi
}

inline taken(w) /* the outbox goes first, verbatim; reading starts at published */
{
    lane[w].state = READING;
    for (i : 0 .. 1) {
#ifdef BREAK_KAFKA_OFFSET
        lane[w].cache.applied[i] = kafka_offset[i];
        lane[w].next[i] = kafka_offset[i];
#else
        lane[w].next[i] = lane[w].cache.published[i];
#endif
        lane[w].settled[i] = lane[w].next[i];
        lane[w].known[i] = lane[w].next[i]
    }
    if
    :: lane[w].cache.outbox[0] || lane[w].cache.outbox[1] || lane[w].cache.outbox[2] ->
        for (i : 0 .. 2) {
            lane[w].out.change[i] = lane[w].cache.outbox[i]
        }
        send(w)
    :: else
    fi;
    i = 0
}

inline apply(w, t) /* counted from `applied` on; below it the creator is only published again */
{
    c = CREATOR(t, lane[w].next[t]);
    r = RECORD(t, lane[w].next[t]);
    lane[w].dirty[c] = true;
#ifdef BREAK_FIRST_BY_SENDER
    if
    :: t == 0 && lane[w].cache.version[VER(c, 0)] == 0 -> lane[w].edge[lane[w].next[0]] = true
    :: else
    fi;
#else
    if
    :: t == 0 -> lane[w].edge[lane[w].next[0]] = true
    :: else
    fi;
#endif
    if
    :: lane[w].next[t] >= lane[w].cache.applied[t] ->
        lane[w].cache.count[c]++;
        lane[w].cache.version[VER(c, t)] = lane[w].next[t] + 1;
        lane[w].cache.outbox[r] = lane[w].cache.count[c];
        lane[w].change[r] = true
    :: else
    fi;
    lane[w].next[t]++;
    c = 0; r = 0
}

#if defined BREAK_VERSION_IN_REDIS
#define VERSION(w, c) lane[w].cache.version[VER(c, 0)]
#elif defined BREAK_LANE_SUM
#define VERSION(w, c) (lane[w].cache.applied[0] + lane[w].cache.applied[1])
#else
#define VERSION(w, c) (lane[w].cache.version[VER(c, 0)] + lane[w].cache.version[VER(c, 1)])
#endif

/* The fence's values are settled before anything is encoded; outputs are encoded in the same pass. */
inline commit(w)
{
    for (i : 0 .. 1) {
        lane[w].cache.applied[i] = MAX(lane[w].next[i], lane[w].cache.applied[i]);
        lane[w].cache.published[i] = lane[w].known[i];
        lane[w].asking[i] = lane[w].next[i];
    }
    for (i : 0 .. 1) {
        if
        :: lane[w].dirty[i] ->
#ifdef BREAK_VERSION_IN_REDIS
            lane[w].cache.version[VER(i, 0)]++;
#endif
            lane[w].out.count[i] = lane[w].cache.count[i];
            lane[w].out.version[i] = VERSION(w, i)
        :: else
        fi;
        lane[w].out.edge[i] = lane[w].edge[i]
    }
    for (i : 0 .. 2) {
        if
        :: lane[w].change[i] -> lane[w].out.change[i] = lane[w].cache.outbox[i]
        :: else
        fi
    }
    for (i : 0 .. 2) { /* what is known published leaves the outbox with the EXEC that says so */
        if
        :: (i < 2 -> i < lane[w].known[0] : lane[w].known[1] == 1) -> lane[w].cache.outbox[i] = 0
        :: else
        fi
    }
    i = 0;
    copy(pending[w], lane[w].cache);
    asked[w] = COMMIT;
    lane[w].committing = true;
    clear_batch(w);
#ifdef BREAK_PUBLISH_FIRST
    send(w)
#endif
}

inline agreed(w)
{
    lane[w].committing = false;
    lane[w].settled[0] = lane[w].asking[0]; lane[w].settled[1] = lane[w].asking[1];
    lane[w].asking[0] = 0; lane[w].asking[1] = 0;
#ifndef BREAK_PUBLISH_FIRST
    send(w);
#endif
    all_known(w)
}

#define CAN_READ(w, t)  (lane[w].next[t] < LENGTH(t))
#define BATCH(w)        (lane[w].dirty[0] || lane[w].dirty[1])
#define KNOWN_MOVED(w)                                                                                         \
    (lane[w].known[0] > lane[w].cache.published[0] || lane[w].known[1] > lane[w].cache.published[1])
#define AT_REST(w)      (lane[w].state == READING && !lane[w].committing)

/* What touches nobody else is one step: after the GET under the next WATCH, read any number of records, then
 * send the transaction. Others may come between that and its execution. */
proctype Worker(bit w)
{
    byte i, c, r, token;
end:
    do
    :: atomic { lane[w].state == AWAY && assigned == w && asked[w] == NONE && nfull(kafka[w]) -> take(w) }
    :: atomic { lane[w].state == TAKING && answer[w] == YES && nfull(kafka[w]) -> answer[w] = NONE; taken(w) }
    :: atomic { lane[w].committing && CAN_READ(w, 0) -> apply(w, 0) } /* the cache runs ahead of Redis */
    :: atomic { lane[w].committing && CAN_READ(w, 1) -> apply(w, 1) }
    :: atomic { AT_REST(w) && SAME_FENCE(w) && nfull(kafka[w]) &&
        (BATCH(w) || KNOWN_MOVED(w) || CAN_READ(w, 0) || CAN_READ(w, 1)) ->
        watched[w] = true;
        do
        :: CAN_READ(w, 0) -> apply(w, 0)
        :: CAN_READ(w, 1) -> apply(w, 1)
        :: BATCH(w) || KNOWN_MOVED(w) -> break
        od;
        commit(w) }
#ifndef BREAK_NO_COMPARE
    :: atomic { AT_REST(w) && !SAME_FENCE(w) -> lost(w) } /* behind EXEC, and once a second while idle [3] */
#endif
    :: atomic { lane[w].committing && answer[w] == YES && nfull(kafka[w]) -> answer[w] = NONE; agreed(w) }
    :: atomic { answer[w] == REFUSED || answer[w] == LOST -> lost(w) }
    :: atomic { lane[w].state != AWAY && assigned != w -> lost(w) } /* it hears of the rebalance, some time [5] */
#ifdef BREAK_KAFKA_OFFSET
    :: atomic { AT_REST(w) && (kafka_offset[0] < lane[w].settled[0] || kafka_offset[1] < lane[w].settled[1]) ->
        kafka_offset[0] = lane[w].settled[0]; kafka_offset[1] = lane[w].settled[1] }
#endif
    od
}

/* ---- Redis ---- */

inline execute(w)
{
    if
#ifdef BREAK_NO_WATCH
    :: true ->
#else
    :: watched[w] ->
#endif
        if
        :: faults < FAULTS -> copy(before, redis)
        :: faults < FAULTS
        :: faults >= FAULTS
        fi;
        copy(redis, pending[w]);
        watched[0] = false; watched[1] = false;
        answer[w] = (orphan[w] -> answer[w] : YES)
#ifndef BREAK_NO_WATCH
    :: else -> answer[w] = (orphan[w] -> answer[w] : REFUSED)
#endif
    fi;
    asked[w] = NONE;
    orphan[w] = false;
    clear_image(pending[w])
}

proctype Redis()
{
end:
    do
    :: atomic { asked[0] != NONE -> execute(0) }
    :: atomic { asked[1] != NONE -> execute(1) }
    :: atomic { orphan[0] -> asked[0] = NONE; orphan[0] = false; clear_image(pending[0]) }
    :: atomic { orphan[1] -> asked[1] = NONE; orphan[1] = false; clear_image(pending[1]) }
    od
}

/* ---- Kafka's side of the outputs, and the readers ---- */

inline read_scores(m)
{
    for (i : 0 .. 1) {
        if
        :: m.version[i] > best_version[i] -> best_version[i] = m.version[i]; best_count[i] = m.count[i]
        :: m.version[i] && m.version[i] == best_version[i] -> best_count[i] = m.count[i]
        :: m.version[i] == best_version[i] /* equals may come in any order */
        :: m.version[i] < best_version[i]
        fi
    }
    i = 0
}

inline read_events(m) /* positions at or below the last one are dropped; first-ness is the reader's to say */
{
    for (i : 0 .. 2) {
        if
        :: m.change[i] && (i == 2 -> 1 : i + 1) > change_seen[i / 2] ->
            change_seen[i / 2] = (i == 2 -> 1 : i + 1);
            change_sum[(i == 1 -> B : A)] = change_sum[(i == 1 -> B : A)] + m.change[i]
        :: else
        fi
    }
    for (i : 0 .. 1) {
        if
        :: m.edge[i] && i + 1 > edge_seen -> edge_seen = i + 1; met[i] = true
        :: else
        fi
    }
    i = 0
}

inline report(w) /* of an earlier take-over nobody waits for it [2] */
{
    if
#ifdef BREAK_ANY_REPORT
    :: lane[w].state == READING && lane[w].owed -> lane[w].owed--; all_known(w)
#else
    :: lane[w].state == READING && token == lane[w].cache.token -> lane[w].owed--; all_known(w)
#endif
    :: else
    fi
}

/* Outputs of a take-over that ended may be lost, each kind for itself, with all behind them. */
proctype Kafka(bit w)
{
    Bundle m;
    byte i, token;
end:
    do
    :: atomic { kafka[w]?BUNDLE(m), token ->
        if
        :: token != gone[w] -> gone[w] = 0; read_scores(m); read_events(m); report(w)
        :: lane[w].state != READING || token != lane[w].cache.token ->
            if
            :: token != gone[w] -> read_scores(m)
            :: token != gone[w] -> read_events(m)
            :: true
            fi;
            gone[w] = token
        fi;
        clear_bundle(m); token = 0 }
    od
}

/* ---- bad weather ---- */

inline fault() /* after the last one nobody asks any more where Redis could have gone back to */
{
    faults++;
    if
    :: faults == FAULTS -> clear_image(before)
    :: else
    fi
}

proctype Faults()
{
end:
    do
    :: atomic { faults < FAULTS && lane[0].state != AWAY -> fault(); lost(0) } /* crash */
    :: atomic { faults < FAULTS && lane[1].state != AWAY -> fault(); lost(1) }
    :: atomic { faults < FAULTS && lane[assigned].state != AWAY -> fault(); lost(assigned); /* the other goes on */
        assigned = 1 - assigned }
    :: atomic { faults < FAULTS -> fault(); assigned = 1 - assigned } /* the old one does not know yet */
    :: atomic { faults < FAULTS && asked[0] != NONE && !orphan[0] -> fault(); /* the answer is lost */
        if
        :: execute(0)
        :: orphan[0] = true
        fi;
        answer[0] = LOST }
    :: atomic { faults < FAULTS && asked[1] != NONE && !orphan[1] -> fault();
        if
        :: execute(1)
        :: orphan[1] = true
        fi;
        answer[1] = LOST }
    :: atomic { faults < FAULTS -> copy(redis, before); /* a failover or a restore: an earlier image, watches touched */
        fault();
        watched[0] = false; watched[1] = false;
        went_back = true }
    od
}

proctype Judge()
{
end:
    timeout ->
        assert(redis.count[A] == 2 && redis.count[B] == 1);
        assert(redis.applied[0] == 2 && redis.applied[1] == 1);
        assert(redis.published[0] == 2 && redis.published[1] == 1);
        assert(best_count[A] == 2 && best_count[B] == 1);
        assert(met[A] && met[B]);
        assert(went_back || (change_sum[A] == 3 && change_sum[B] == 1));
        assert(redis.outbox[0] == 0 && redis.outbox[1] == 0 && redis.outbox[2] == 0)
}

init {
    byte i;
    atomic {
        for (i : 0 .. 1) {
            lane[i].state = AWAY
        }
        i = 0;
        run Worker(0); run Worker(1); run Redis(); run Kafka(0); run Kafka(1); run Faults(); run Judge()
    }
}
