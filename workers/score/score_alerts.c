/* score_alerts: what began since the creator's last published record (scoring.md §12), as events of change:
 * what is compared with is written by the EXEC that keeps them. */
#include "microflux/alert_record.h"
#include "score_room.h"

static void tell(struct score_worker *w, const struct alert_record *record,
                 const struct lane_emitter *emitter)
{
    w->value.len = 0;
    avro_put_frame(&w->value, w->options->alert_output_id, w->alert_fingerprint);
    alert_encode(record, &w->value);
    emitter->put(emitter->arg, SCORE_ALERTS, record->creator_id, (struct bytes){w->value.data, w->value.len});
    w->counts[SCORE_ALERTS_TOLD]++;
}

bool score_alerts(void *self, void *state, struct bytes subject, const struct lane_view *view,
                  enum lane_reason reason, const struct lane_emitter *emitter)
{
    struct score_worker *w = self;
    struct creator *c = state;
    struct alert found[ALERTS_OF_CREATOR];
    struct alerted before;
    (void)reason;
    if (creator_gone(c))
        return false;
    memcpy(&before, &c->alerted, sizeof before); /* with its padding, which is zero */
    size_t n = alerts_of(w->options->methodology, &w->score, w->options->alerts_muted, &c->alerted, found);
    struct alert_record record = {.creator_id = subject,
                                  .epoch = (int32_t)c->epoch,
                                  .offsets = score_version(c),
                                  .as_of = view->as_of,
                                  .methodology = w->options->methodology};
    for (size_t i = 0; i < n; i++) {
        record.alert = &found[i];
        tell(w, &record, emitter);
    }
    c->dirty.alerted |= memcmp(&before, &c->alerted, sizeof before) != 0;
    return c->dirty.alerted;
}
