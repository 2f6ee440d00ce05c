/* score: the worker kind that scores creators: the engine's verbs, each a few lines over the domain, the
 * layout and the record. Nothing here knows Kafka positions, fences or batches. */
#include <stdlib.h>

#include "microflux/clock.h"
#include "microflux/schemas.h"
#include "microflux/vectors.h"
#include "score_room.h"

#define GRAVE_DIGEST 1             /* what readers are told of an erased creator: a tombstone */
#define REPEATS_MS   (30 * MS_DAY) /* so long the sweep repeats it */

static void use_options(struct score_worker *w)
{
    const struct score_worker_options *o = w->options;
    text_scratch_close(w->words);
    w->words = text_scratch_open(o->text);
    w->makers = score_makers_of(o->methodology, o->market.benchmark, text_digest(o->text), &o->models);
}

static void use_campaigns(struct score_worker *w)
{
    if (w->options->campaigns)
        w->campaigns = shared_newest(w->options->campaigns, &w->judge.serial, w->campaigns);
    w->judge.set = w->campaigns;
    w->judge.m = w->options->methodology;
    w->judge.embedding = w->options->models.embedding;
    w->judge.words = w->words;
}

struct fit_judge *score_fit_judge(void *self)
{
    return &((struct score_worker *)self)->judge;
}

/* A table of other constants has other bands and levels: better the benchmarks until there is one of ours. */
static void use_market(struct score_worker *w)
{
    w->market = w->options->market;
    w->market.models = w->options->models;
    if (w->peers.methodology == w->options->methodology->digest)
        w->market.peers = &w->peers;
}

static void score_close(void *self)
{
    struct score_worker *w = self;
    if (!w)
        return;
    for (int i = 0; i < N_TOPICS; i++)
        avro_reader_close(w->readers[i]);
    avro_reader_close(w->updates);
    buffer_free(&w->value);
    avro_scratch_close(w->scratch);
    text_scratch_close(w->words);
    if (w->campaigns)
        shared_release(w->options->campaigns, w->campaigns);
    free(w);
}

static enum err score_open(const void *options, void **self, struct err_info *info)
{
    struct score_worker *w = calloc(1, sizeof *w);
    if (!w)
        return err_set(info, ERR_NO_MEMORY, "no_memory", "no memory for the score worker");
    w->options = options;
    w->scratch = avro_scratch_open();
    use_options(w);
    use_market(w);
    w->output_fingerprint = avro_fingerprint(schema_creator_score, info);
    w->edge_fingerprint = avro_fingerprint(schema_audience_edge, info);
    w->alert_fingerprint = avro_fingerprint(schema_alert, info);
    w->judge = (struct fit_judge){.makers = &w->makers,
                                  .score = &w->score,
                                  .schema_id = w->options->fit_output_id,
                                  .fingerprint = avro_fingerprint(schema_fit_score, info),
                                  .counts = w->counts,
                                  .gates = &w->measures.gates};
    score_measures_init(&w->measures);
    use_campaigns(w);
    bool known = w->output_fingerprint && w->edge_fingerprint && w->alert_fingerprint && w->judge.fingerprint;
    enum err err = known ? ERR_OK : ERR_UNSUPPORTED;
    if (err == ERR_OK)
        err = affinity_update_reader_open(w->options->max_record_bytes, &w->updates, info);
    if (err == ERR_OK)
        err = score_readers_open(w->options, w->readers, info);
    if (err != ERR_OK) {
        score_close(w);
        return err;
    }
    *self = w;
    return ERR_OK;
}

const struct score_worker_options *score_options_newest(const struct score_worker_options *options)
{
    const struct score_worker_options *newer;
    while ((newer = atomic_load_explicit(&options->newer, memory_order_acquire)) != NULL)
        options = newer;
    return options;
}

/* Between two turns nothing is half done: other constants, tables, lexicons and models may take
 * over. */
static bool score_turn(void *self)
{
    struct score_worker *w = self;
    const struct score_worker_options *before = w->options;
    w->options = score_options_newest(before);
    if (w->options != before)
        use_options(w);
    bool other = w->options->live && live_peers_newer(w->options->live, &w->peers_seen, &w->peers);
    if (other || w->options != before)
        use_market(w);
    use_campaigns(w);
    return false; /* the sweep tells them all */
}

static struct provenance provenance(const struct kafka_record *record)
{
    return (struct provenance){record->offset, record->timestamp};
}

static void score_init(void *state)
{
    creator_init(state);
}

static void score_prefetch(const void *state)
{
    creator_prefetch(state);
}

static void score_clear(void *state)
{
    creator_clear(state);
}

static size_t score_bytes(const void *state)
{
    return creator_bytes(state);
}

static enum err score_load(void *self, void *state, int key, const struct redis_answer *answer,
                           struct err_info *info)
{
    (void)self;
    return layout_load(state, key, answer, info);
}

static void score_loaded(void *self, void *state)
{
    (void)self;
    layout_loaded(state);
}

static enum lane_verdict verdict(struct score_worker *w, int input, const struct kafka_record *record,
                                 enum applied applied)
{
    switch (applied) {
    case APPLIED:
        return LANE_APPLIED;
    case APPLIED_LATE:
        w->counts[SCORE_LATE]++;
        return LANE_LATE;
    case APPLIED_ERASED:
        w->counts[SCORE_SUPPRESSED]++;
        return LANE_APPLIED;
    case IGNORED_OTHER:
        w->counts[SCORE_OTHER]++;
        return LANE_IGNORED;
    default: /* dropped by policy: before its record it is late, else it is future */
        if (input == TOPIC_INTERACTIONS && w->record.interaction.occurred_at < record->timestamp)
            w->counts[SCORE_LATE]++;
        else
            w->counts[SCORE_FUTURE]++;
        return LANE_IGNORED;
    }
}

/* A creator met for the first time in a new log epoch starts its own offsets anew: the version orders by
 * epoch first. */
static void enter_epoch(struct creator *c, int32_t epoch)
{
    if (c->epoch == epoch)
        return;
    c->epoch = epoch;
    memset(c->offsets, 0, sizeof c->offsets);
}

static enum lane_verdict score_apply(void *self, void *state, int input, int32_t epoch,
                                     const struct kafka_record *record, int64_t *as_of, struct err_info *info)
{
    struct score_worker *w = self;
    struct provenance at = provenance(record);
    struct applied_counts counts = {0};
    (void)info; /* nothing is refused here: score_decode judged */
    enter_epoch(state, epoch);
    if (w->tombstone) {
        creator_erase(state, &at, clock_wall_ms());
        w->counts[SCORE_ERASED]++;
        return LANE_ERASED;
    }
    if (input == TOPIC_AFFINITY)
        return verdict(w, input, record,
                       creator_learnt(state, w->options->models.embedding, &w->update, &at, as_of));
    enum applied applied =
        input == TOPIC_PROFILES ? creator_profile(state, &w->options->rules, &w->record.profile, &at, as_of)
        : input == TOPIC_POSTS
            ? creator_post(state, &w->options->rules, &w->record.post, &at, as_of, &counts)
            : creator_interaction(state, &w->options->rules, &w->record.interaction, &at, as_of, &counts);
    w->counts[SCORE_PLACEHOLDERS_EXPIRED] += counts.placeholders_expired;
    w->counts[SCORE_PLACEHOLDERS_REFUSED] += counts.placeholders_refused;
    return verdict(w, input, record, applied);
}

/* The edge of a comment, with the creator's content as it is now. */
static void score_derive(void *self, void *state, const struct kafka_record *record,
                         const struct lane_emitter *emitter)
{
    struct score_worker *w = self;
    const struct interaction_record *r = &w->record.interaction;
    const struct embedding *embedding = w->options->models.embedding;
    struct provenance at = provenance(record);
    char key[EDGE_KEY + 1];
    if (record->input != TOPIC_INTERACTIONS || !embedding || !creator_edge(state, &w->options->rules, r, &at))
        return;
    const struct edge edge = {r->actor_hash, r->creator_id, r->occurred_at, embedding->digest,
                              *creator_content(state, embedding)};
    edge_key(r->actor_hash, key);
    w->value.len = 0;
    avro_put_frame(&w->value, 0, w->edge_fingerprint);
    edge_encode(&edge, &w->value);
    emitter->put(emitter->arg, SCORE_EDGES, (struct bytes){key, EDGE_KEY},
                 (struct bytes){w->value.data, w->value.len});
}

static void score_counts(const void *self, uint64_t counts[LANE_COUNTS])
{
    const struct score_worker *w = self;
    memcpy(counts, w->counts, sizeof w->counts);
}

static void score_changes(void *self, void *state, const struct lane_writer *writer)
{
    (void)self;
    struct change_writer fields = {writer->arg, writer->set, writer->drop, writer->whole};
    layout_write(state, &fields);
}

int64_t score_version(const struct creator *c)
{
    int64_t sum = 0;
    for (int i = 0; i < N_INPUTS; i++)
        sum += c->offsets[i];
    return sum;
}

/* What a reader is told is also by which constants, tables and models. */
static uint64_t told(const struct score_worker_options *o, const struct score *score)
{
    const struct peer_table *benchmark = o->market.benchmark;
    uint64_t all[] = {score_digest(score), o->methodology->digest,
                      score->peers.there ? score->peers.table
                      : benchmark        ? benchmark->digest
                                         : 0,
                      o->models.embedding ? o->models.embedding->digest : 0,
                      o->models.niche ? o->models.niche->digest : 0};
    size_t n = o->models.embedding ? 5 : 3;
    uint64_t digest = bytes_hash((struct bytes){(const char *)all, n * sizeof *all});
    return digest ? digest : 1; /* 0 is nothing to tell */
}

static uint64_t score_evaluate(void *self, void *state, const struct lane_view *view)
{
    struct score_worker *w = self;
    w->entry = (struct peer_entry){.there = false};
    if (score_version(state) == 0)
        return 0; /* nothing of it was ever applied */
    struct creator *c = state;
    if (creator_gone(c))
        return clock_wall_ms() - c->erasure.at < REPEATS_MS ? GRAVE_DIGEST : 0;
    if (w->options->models.embedding)
        creator_content(c, w->options->models.embedding);
    creator_score(c, w->options->methodology, &w->market, view->as_of, &w->score);
    w->entry = peers_entry(w->options->methodology, &w->score);
    return told(w->options, &w->score);
}

static bool score_tally(void *self, void *state)
{
    struct score_worker *w = self;
    struct creator *c = state;
    if (peers_same(c->peer, w->entry))
        return false;
    entries_move(&w->entries, c->peer, w->entry);
    c->peer = w->entry;
    return c->dirty.peer = true;
}

static void score_sums(void *self, const struct lane_writer *writer)
{
    struct score_worker *w = self;
    entries_write(&w->entries, writer);
}

static void score_encode_record(void *self, const void *state, struct bytes subject,
                                const struct lane_view *view, enum lane_reason reason, struct buffer *out)
{
    struct score_worker *w = self;
    const struct creator *c = state;
    struct score_origin origin = {.creator_id = subject,
                                  .partition = view->partition,
                                  .epoch = (int32_t)c->epoch,
                                  .offsets = score_version(c),
                                  .idle = view->idle,
                                  .reason = (enum record_reason)reason};
    if (creator_gone(c))
        return;
    memcpy(origin.applied, view->applied, sizeof origin.applied);
    avro_put_frame(out, w->options->output_id, w->output_fingerprint);
    score_encode(&w->score, c, &w->makers, &origin, out);
    score_measure(&w->measures, &w->score, reason);
}

static const struct lane_output outputs[SCORE_OUTPUTS] = {
    [SCORE_SCORES] = {.holds_subjects = true},
    [SCORE_EDGES] = {.events = false},
    [SCORE_FITS] = {.by_first_part = true, .events = true},
    [SCORE_ALERTS] = {.holds_subjects = true, .events = true},
};

const struct lane_kind score_kind = {
    .name = "score",
    .n_inputs = N_TOPICS,
    .n_outputs = SCORE_OUTPUTS,
    .outputs = outputs,
    .n_keys = N_CREATOR_KEYS,
    .whole_keys = CREATOR_WHOLE_KEYS,
    .state_size = sizeof(struct creator),
    .key_names = creator_key_names,
    .open = score_open,
    .close = score_close,
    .turn = score_turn,
    .decode = score_decode,
    .init = score_init,
    .prefetch = score_prefetch,
    .clear = score_clear,
    .bytes = score_bytes,
    .load = score_load,
    .loaded = score_loaded,
    .apply = score_apply,
    .changes = score_changes,
    .evaluate = score_evaluate,
    .encode = score_encode_record,
    .more = score_alerts,
    .sums_key = PEERS_KEY,
    .tally = score_tally,
    .sums = score_sums,
    .counts = score_counts,
    .measures = score_measures,
    .annex_word = FITS_WORD,
    .annex_open = fits_open,
    .annex_close = fits_close,
    .annex_load = fits_load,
    .annex_loaded = fits_loaded,
    .judge = fits_judge,
    .annex_wants = fits_want,
    .annex_visited = fits_visited,
    .annex_settle = fits_settle,
};

struct lane_kind score_kind_of(const struct score_worker_options *options)
{
    struct lane_kind kind = score_kind;
    if (options->models.embedding) {
        kind.n_inputs = N_INPUTS;
        kind.lane_inputs = 1u << TOPIC_AFFINITY;
        kind.derive = score_derive;
    }
    return kind;
}
