/* roster: the worker kind that makes shortlists: the engine's verbs, each a few lines over state, layout,
 * shortlist and record. Its subject is the campaign; what that looks for comes from the live campaigns. */
#include <stdlib.h>

#include "microflux/alert_record.h"
#include "microflux/schemas.h"
#include "roster_room.h"

#define ENDED 1 /* what readers are told of a campaign that is not there: a tombstone */

struct roster_worker {
    const struct roster_worker_options *options;
    struct avro_reader *reader;
    struct avro_scratch *scratch;
    uint64_t output_fingerprint, alert_fingerprint;
    const struct campaign_set *campaigns; /* held; NULL: not read yet */
    uint64_t campaigns_seen;
    struct fit_record record;   /* the one decoded last */
    bool leaves;                /* it says that the creator is no longer among its lane's best */
    struct shortlist shortlist; /* the one evaluated last */
    bool deal;                  /* the record applied last is of somebody in the roster */
    struct buffer value;
    uint64_t counts[LANE_COUNTS];
};

static void roster_close(void *self)
{
    struct roster_worker *w = self;
    if (!w)
        return;
    shared_release(w->options->campaigns, w->campaigns);
    avro_reader_close(w->reader);
    avro_scratch_close(w->scratch);
    shortlist_free(&w->shortlist);
    buffer_free(&w->value);
    free(w);
}

static enum err roster_open(const void *options, void **self, struct err_info *info)
{
    struct roster_worker *w = calloc(1, sizeof *w);
    if (!w)
        return err_set(info, ERR_NO_MEMORY, "no_memory", "no memory for the roster worker");
    w->options = options;
    w->scratch = avro_scratch_open();
    w->output_fingerprint = avro_fingerprint(schema_shortlist, info);
    w->alert_fingerprint = avro_fingerprint(schema_alert, info);
    enum err err = w->output_fingerprint && w->alert_fingerprint ? ERR_OK : ERR_UNSUPPORTED;
    if (err == ERR_OK)
        err = fit_record_reader_open(w->options->max_record_bytes, w->options->registry, &w->reader, info);
    if (err != ERR_OK) {
        roster_close(w);
        return err;
    }
    *self = w;
    return ERR_OK;
}

static bool roster_turn(void *self)
{
    struct roster_worker *w = self;
    uint64_t seen = w->campaigns_seen;
    w->campaigns = shared_newest(w->options->campaigns, &w->campaigns_seen, w->campaigns);
    return w->campaigns_seen != seen;
}

static enum err roster_decode(void *self, int input, const struct kafka_record *record, uint32_t *schema_id,
                              struct err_info *info)
{
    struct roster_worker *w = self;
    struct bytes campaign, creator;
    (void)input;
    *schema_id = 0;
    if (!w->campaigns)
        return err_set(info, ERR_WEATHER, "no_campaigns", "the campaigns were not read yet");
    if (!fit_record_key(record->key, &campaign, &creator))
        return err_set(info, ERR_REJECT, "no_key", "the key must be campaign_id/creator_id, not \"%.*s\"",
                       (int)record->key.len, record->key.ptr ? record->key.ptr : "");
    w->leaves = !record->value.ptr;
    w->record = (struct fit_record){.campaign_id = campaign, .creator_id = creator};
    if (w->leaves)
        return ERR_OK;
    enum err err = fit_record_decode(w->reader, w->scratch, record->value, &w->record, schema_id, info);
    if (err != ERR_OK)
        return err;
    if (!bytes_equal(campaign, w->record.campaign_id) || !bytes_equal(creator, w->record.creator_id))
        return err_set(info, ERR_REJECT, "wrong_key",
                       "the key is \"%.*s\" but the value is of campaign \"%.*s\", creator \"%.*s\"",
                       (int)record->key.len, record->key.ptr, (int)w->record.campaign_id.len,
                       w->record.campaign_id.ptr, (int)w->record.creator_id.len, w->record.creator_id.ptr);
    return ERR_OK;
}

static struct bytes roster_subject(void *self, int input, const struct kafka_record *record)
{
    struct roster_worker *w = self;
    (void)input;
    (void)record;
    return w->record.campaign_id;
}

static void roster_init(void *state)
{
    campaign_init(state);
}

static void roster_prefetch(const void *state)
{
    __builtin_prefetch(((const struct campaign_state *)state)->pairs);
}

static void roster_clear(void *state)
{
    campaign_clear(state);
}

static size_t roster_bytes(const void *state)
{
    return campaign_bytes(state);
}

static enum err roster_load(void *self, void *state, int key, const struct redis_answer *answer,
                            struct err_info *info)
{
    (void)self;
    return campaign_read_key(state, key, answer, info);
}

static void roster_loaded(void *self, void *state)
{
    (void)self;
    (void)state;
}

/* ---- alerts ---- */

static void tell(struct roster_worker *w, const struct campaign_state *campaign, struct bytes creator,
                 const struct alert *alert, int64_t as_of, const struct lane_emitter *emitter)
{
    const struct alert_record record = {.alert = alert,
                                        .creator_id = creator,
                                        .campaign_id = bytes_of(campaign->id),
                                        .epoch = campaign->epoch,
                                        .offsets = campaign->offset,
                                        .as_of = as_of,
                                        .methodology = w->options->methodology};
    w->value.len = 0;
    avro_put_frame(&w->value, w->options->alert_output_id, w->alert_fingerprint);
    alert_encode(&record, &w->value);
    emitter->put(emitter->arg, ROSTER_ALERTS, creator, (struct bytes){w->value.data, w->value.len});
    w->counts[ROSTER_ALERTS_TOLD]++;
}

static bool lets(const struct roster_worker *w, struct watched *one, enum alert_type type, int64_t as_of)
{
    return !(w->options->alerts_muted >> type & 1) && watch_let(one, type, w->options->methodology, as_of);
}

/* The pair leaves with the next record, so what it says is looked at now. */
static bool is_deal(const struct roster_worker *w, struct campaign_state *campaign)
{
    struct watched *one = watch_find(&campaign->watch, w->record.creator_id);
    if (!bytes_equal(w->record.gate, bytes_of(fit_gate_names[GATE_COMPETITOR])) || !one || !one->rostered ||
        !lets(w, one, ALERT_COMPETITOR_DEAL, w->record.as_of))
        return false;
    return campaign->watch.dirty = true;
}

static void roster_events(void *self, const void *state, const struct kafka_record *record,
                          const struct lane_emitter *emitter)
{
    struct roster_worker *w = self;
    const struct alert alert = {.type = ALERT_COMPETITOR_DEAL};
    (void)record;
    if (w->deal)
        tell(w, state, w->record.creator_id, &alert, w->record.as_of, emitter);
}

struct telling_alerts {
    struct roster_worker *worker;
    const struct campaign_state *campaign;
    int64_t as_of;
    const struct lane_emitter *emitter;
};

static void tell_watched(void *arg, struct watched *one, const struct alert *alert)
{
    const struct telling_alerts *t = arg;
    if (lets(t->worker, one, alert->type, t->as_of))
        tell(t->worker, t->campaign, bytes_of(one->creator), alert, t->as_of, t->emitter);
}

static bool roster_more(void *self, void *state, struct bytes subject, const struct lane_view *view,
                        enum lane_reason reason, const struct lane_emitter *emitter)
{
    struct roster_worker *w = self;
    struct campaign_state *campaign = state;
    struct telling_alerts telling = {w, campaign, view->as_of, emitter};
    (void)subject;
    (void)reason;
    if (w->shortlist.campaign)
        return watch_shortlist(campaign, &w->shortlist, w->options->methodology, view->as_of, tell_watched,
                               &telling);
    bool ends = campaign->watch.there;
    watch_free(&campaign->watch);
    return campaign->watch.dirty = ends;
}

static enum lane_verdict roster_apply(void *self, void *state, int input, int32_t epoch,
                                      const struct kafka_record *record, int64_t *as_of,
                                      struct err_info *info)
{
    struct roster_worker *w = self;
    struct campaign_state *campaign = state;
    (void)input;
    (void)info; /* nothing is refused here */
    if (!campaign->id && !(campaign->id = strndup(w->record.campaign_id.ptr, w->record.campaign_id.len)))
        abort();
    bool changed =
        w->leaves ? campaign_leave(campaign, w->record.creator_id) : campaign_take(campaign, &w->record);
    w->counts[ROSTER_LATE] += !changed && !w->leaves;
    campaign->epoch = epoch;
    campaign->offset = record->offset + 1;
    campaign->dirty = true;
    w->deal = changed && !w->leaves && is_deal(w, campaign);
    if (!w->leaves && w->record.as_of > *as_of)
        *as_of = w->record.as_of;
    return LANE_APPLIED; /* a late one, too, is in the version */
}

static void roster_changes(void *self, void *state, const struct lane_writer *writer)
{
    (void)self;
    campaign_write(state, writer);
}

static uint64_t roster_evaluate(void *self, void *state, const struct lane_view *view)
{
    struct roster_worker *w = self;
    const struct campaign_state *campaign = state;
    (void)view;
    w->shortlist.names.len = 0;
    if (!campaign->id || !w->campaigns)
        return 0;
    shortlist_make(&w->shortlist, campaign, campaign_set_find(w->campaigns, campaign->id));
    if (!w->shortlist.campaign)
        return ENDED;
    return w->shortlist.digest > ENDED ? w->shortlist.digest : ENDED + 1;
}

static bool roster_tally(void *self, void *state)
{
    struct roster_worker *w = self;
    return w->shortlist.names.len > 0 && campaign_told(state, &w->shortlist.names);
}

static void roster_encode(void *self, const void *state, struct bytes subject, const struct lane_view *view,
                          enum lane_reason reason, struct buffer *out)
{
    struct roster_worker *w = self;
    const struct shortlist_origin origin = {view->partition, view->applied[0], view->as_of, view->idle,
                                            reason};
    (void)subject;
    if (!w->shortlist.campaign)
        return;
    avro_put_frame(out, w->options->output_id, w->output_fingerprint);
    shortlist_encode(&w->shortlist, state, &origin, out);
    w->counts[ROSTER_TOLD]++;
}

static void roster_counts(const void *self, uint64_t counts[LANE_COUNTS])
{
    const struct roster_worker *w = self;
    memcpy(counts, w->counts, sizeof w->counts);
}

static const struct lane_output outputs[] = {
    [ROSTER_SHORTLISTS] = {.holds_subjects = true},
    [ROSTER_ALERTS] = {.events = true},
};

const struct lane_kind roster_kind = {
    .name = "roster",
    .n_inputs = 1,
    .lane_inputs = 1u << ROSTER_FITS,
    .n_outputs = sizeof outputs / sizeof outputs[0],
    .outputs = outputs,
    .n_keys = N_CAMPAIGN_KEYS,
    .state_size = sizeof(struct campaign_state),
    .key_names = campaign_key_names,
    .open = roster_open,
    .close = roster_close,
    .turn = roster_turn,
    .decode = roster_decode,
    .subject = roster_subject,
    .init = roster_init,
    .prefetch = roster_prefetch,
    .clear = roster_clear,
    .bytes = roster_bytes,
    .load = roster_load,
    .loaded = roster_loaded,
    .apply = roster_apply,
    .events = roster_events,
    .changes = roster_changes,
    .evaluate = roster_evaluate,
    .encode = roster_encode,
    .more = roster_more,
    .tally = roster_tally,
    .counts = roster_counts,
};
