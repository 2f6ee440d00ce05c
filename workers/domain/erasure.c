/* erasure: a tombstone forgets a creator, and what was sent before they came back stays forgotten in whatever
 * order it is met: the inputs of a lane are read side by side, and a replay reads them all again
 * (docs/decisions/0007-erasure.md).
 *
 * Such records still move the version and as_of: both come from the set of records, not from the order. */
#include "domain_room.h"

/* Posts and interactions dated later than this after the profile that brought the creator back are never met
 * before it: lane.align_ms, and a profile's way into the log, are shorter. */
#define SETTLES_MS (5 * MS_MINUTE)

void creator_erase(struct creator *c, const struct provenance *at, int64_t now)
{
    struct creator before = *c;
    struct erasure erasure = {true, now, at->timestamp, NOT_BACK};
    int64_t as_of = 0; /* a tombstone says nothing of the time of events */
    if (before.erasure.there && before.erasure.timestamp > erasure.timestamp)
        erasure.timestamp = before.erasure.timestamp;
    creator_clear(c);
    c->epoch = before.epoch;
    memcpy(c->offsets, before.offsets, sizeof c->offsets);
    c->peer = before.peer; /* until it is scored, which takes it out of the histograms */
    c->erasure = erasure;
    c->dirty.erasure = true;
    moved(c, TOPIC_PROFILES, at, 0, &as_of);
}

bool creator_gone(const struct creator *c)
{
    return c->erasure.there && c->erasure.since == NOT_BACK;
}

bool profile_erased(struct creator *c, const struct provenance *at)
{
    if (!c->erasure.there)
        return false;
    if (at->timestamp <= c->erasure.timestamp)
        return true;
    if (c->erasure.since == NOT_BACK) {
        c->erasure.since = at->timestamp;
        c->dirty.erasure = true;
    }
    return false;
}

bool record_erased(const struct creator *c, const struct provenance *at)
{
    return c->erasure.there && at->timestamp - SETTLES_MS <= c->erasure.since;
}
