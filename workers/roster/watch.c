/* watch: what alerts of a campaign are raised by (scoring.md §12): who is among its best, who is in its
 * roster, and when each was last told of. Field `watch` of a campaign's hash c, for each creator two
 * netstrings: the name, and "top rostered silent fit entered left deal silence", the last four the times of
 * the last alerts, 0 = long ago. Whom neither the ranking nor a recent alert names is forgotten. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "roster_room.h"

void watch_free(struct watch *watch)
{
    for (size_t i = 0; i < watch->n; i++)
        free(watch->all[i].creator);
    free(watch->all);
    *watch = (struct watch){0};
}

struct watched *watch_find(const struct watch *watch, struct bytes creator)
{
    for (size_t i = 0; i < watch->n; i++)
        if (bytes_equal(bytes_of(watch->all[i].creator), creator))
            return &watch->all[i];
    return NULL;
}

static struct watched *enter(struct watch *watch, struct bytes creator)
{
    struct watched *found = watch_find(watch, creator);
    if (found)
        return found;
    if (watch->n == watch->cap) {
        watch->cap = watch->cap ? 2 * watch->cap : 32;
        watch->all = realloc(watch->all, watch->cap * sizeof *watch->all);
        if (!watch->all)
            abort();
    }
    found = &watch->all[watch->n++];
    *found = (struct watched){.creator = strndup(creator.ptr, creator.len)};
    if (!found->creator)
        abort();
    return found;
}

static int64_t *last_of(struct watched *one, enum alert_type type)
{
    return &one->last[type - ALERT_FIT_ENTERED];
}

bool watch_let(struct watched *one, enum alert_type type, const struct methodology *m, int64_t as_of)
{
    return alert_let(m, as_of, last_of(one, type));
}

/* ---- a shortlist as it is published ---- */

struct looking {
    const struct methodology *m;
    struct watch *watch;
    int64_t as_of;
    watch_tell *tell;
    void *arg;
};

static void say(const struct looking *l, struct watched *one, enum alert_type type, struct alert_value was,
                struct alert_value now)
{
    struct alert alert = {type, was, now};
    if (l->watch->there)
        l->tell(l->arg, one, &alert);
}

/* Those who are there now; `seen` keeps apart who was met in this shortlist. */
static void look_at_best(const struct looking *l, const struct shortlist *s)
{
    for (size_t i = 0; i < s->n && i < (size_t)l->m->alert_top; i++) {
        struct watched *one =
            enter(l->watch, (struct bytes){s->ranking[i]->creator, s->ranking[i]->creator_len});
        if (!one->top)
            say(l, one, ALERT_FIT_ENTERED, (struct alert_value){0}, alert_number(s->ranking[i]->score));
        one->top = one->seen = true;
        one->fit = s->ranking[i]->score;
    }
    for (size_t i = 0; i < l->watch->n; i++) {
        struct watched *one = &l->watch->all[i];
        if (one->top && !one->seen)
            say(l, one, ALERT_FIT_LEFT, alert_number(one->fit), (struct alert_value){0});
        one->top = one->seen;
        one->seen = false;
    }
}

static int64_t silent_days(const struct pair *pair, int64_t as_of)
{
    return pair->newest_post_at < 0 || as_of < pair->newest_post_at ? 0
                                                                    : (as_of - pair->newest_post_at) / MS_DAY;
}

/* Whoever joins the roster silent is not said to have fallen silent. */
static void look_at_roster(const struct looking *l, const struct campaign_state *state,
                           const struct roster *roster)
{
    for (size_t i = 0; i < roster->n; i++) {
        struct bytes creator = roster->members[i].candidate->creator_id;
        struct watched *one = enter(l->watch, creator);
        int64_t days = silent_days(campaign_pair(state, creator), l->as_of);
        bool silent = days >= l->m->alert_silent_days;
        if (silent && one->rostered && !one->silent)
            say(l, one, ALERT_CREATOR_SILENT, (struct alert_value){0}, alert_number((double)days));
        one->silent = silent;
        one->rostered = one->seen = true;
    }
    for (size_t i = 0; i < l->watch->n; i++) {
        struct watched *one = &l->watch->all[i];
        one->rostered = one->seen;
        one->silent &= one->seen;
        one->seen = false;
    }
}

static void forget(const struct looking *l)
{
    size_t kept = 0;
    for (size_t i = 0; i < l->watch->n; i++) {
        struct watched one = l->watch->all[i];
        bool needed = one.top || one.rostered;
        for (int type = 0; type < ALERTS_OF_CAMPAIGN; type++) {
            if (one.last[type] && l->as_of - one.last[type] >= l->m->alert_ms)
                one.last[type] = 0;
            needed |= one.last[type] != 0;
        }
        if (needed)
            l->watch->all[kept++] = one;
        else
            free(one.creator);
    }
    l->watch->n = kept;
}

bool watch_shortlist(struct campaign_state *state, const struct shortlist *s, const struct methodology *m,
                     int64_t as_of, watch_tell *tell, void *arg)
{
    struct looking l = {m, &state->watch, as_of, tell, arg};
    struct buffer before = {0}, after = {0};
    watch_text(&state->watch, &before);
    look_at_best(&l, s);
    look_at_roster(&l, state, &s->roster);
    forget(&l);
    state->watch.there = true;
    watch_text(&state->watch, &after);
    bool moved = before.len != after.len || memcmp(before.data, after.data, after.len) != 0;
    buffer_free(&before);
    buffer_free(&after);
    state->watch.dirty |= moved;
    return state->watch.dirty;
}

/* ---- in Redis ---- */

void watch_text(const struct watch *watch, struct buffer *out)
{
    char text[160];
    out->len = 0;
    if (watch->there)
        buffer_add(out, "1 ", 2);
    for (size_t i = 0; i < watch->n; i++) {
        const struct watched *one = &watch->all[i];
        int len = snprintf(text, sizeof text, "%d %d %d %.17g %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64,
                           one->top, one->rostered, one->silent, one->fit, one->last[0], one->last[1],
                           one->last[2], one->last[3]);
        lane_index_add(out, bytes_of(one->creator));
        lane_index_add(out, (struct bytes){text, (size_t)len});
    }
}

bool watch_read(struct watch *watch, struct bytes text)
{
    struct bytes creator, words;
    char copy[160];
    int top, rostered, silent;
    if (text.len < 2 || memcmp(text.ptr, "1 ", 2) != 0)
        return false;
    text = (struct bytes){text.ptr + 2, text.len - 2};
    watch->there = true;
    while (text.len) {
        if (!lane_index_next(&text, &creator) || !lane_index_next(&text, &words) || words.len >= sizeof copy)
            return false;
        struct watched *one = enter(watch, creator);
        snprintf(copy, sizeof copy, "%.*s", (int)words.len, words.ptr);
        if (sscanf(copy, "%d %d %d %lf %" SCNd64 " %" SCNd64 " %" SCNd64 " %" SCNd64, &top, &rostered,
                   &silent, &one->fit, &one->last[0], &one->last[1], &one->last[2], &one->last[3]) != 8)
            return false;
        one->top = top;
        one->rostered = rostered;
        one->silent = silent;
    }
    return true;
}
