/* layout_alerts: what a creator's alerts are raised by (docs/decisions/0016), in three fields of hash c:
 *   n   "tier moved fell flags likely saturation", saturation in 1e-7; "-" = none
 *   nh  "day" and the highest authenticity told on that day and those before it, thousandths
 *   nl  "time" of the last alert, and how many ms earlier each type had its last one; none: all are long ago
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "layout.h"

#define RATE 1e7

static void set(const struct change_writer *w, const char *field, const char *text, int len)
{
    w->set(w->arg, KEY_COUNTERS, bytes_of(field), (struct bytes){text, (size_t)len});
}

static int put_maybe(char *at, bool there, int64_t n)
{
    return there ? sprintf(at, " %" PRId64, n) : sprintf(at, " -");
}

static void write_told(const struct alerted *a, const struct change_writer *w)
{
    char text[128];
    int len = sprintf(text, "%s %d %d %d %" PRId32, *a->tier ? a->tier : "-", a->moved, a->fell, a->flags,
                      a->likely);
    len += put_maybe(text + len, a->has_saturation, llround(a->saturation * RATE));
    set(w, "n", text, len);
}

static void write_highs(const struct alerted *a, const struct change_writer *w)
{
    char text[128];
    int len = sprintf(text, "%" PRId32, a->day), end = len;
    for (int32_t back = 0; back < ALERT_DAYS; back++) {
        int32_t high = a->highs[back];
        len += put_maybe(text + len, high >= 0, high);
        end = high >= 0 ? len : end;
    }
    set(w, "nh", text, end);
}

static void write_last(const struct alerted *a, const struct change_writer *w)
{
    char text[256];
    int64_t newest = 0;
    for (int type = ALERT_OTHER + 1; type < ALERTS_OF_CREATOR; type++)
        newest = a->last[type] > newest ? a->last[type] : newest;
    int len = sprintf(text, "%" PRId64, newest);
    for (int type = ALERT_OTHER + 1; type < ALERTS_OF_CREATOR; type++)
        len += put_maybe(text + len, a->last[type] != 0, newest - a->last[type]);
    if (newest)
        set(w, "nl", text, len);
    else
        w->drop(w->arg, KEY_COUNTERS, BYTES("nl"));
}

void layout_write_alerts(const struct creator *c, const struct change_writer *w)
{
    write_told(&c->alerted, w);
    write_highs(&c->alerted, w);
    write_last(&c->alerted, w);
}

/* ---- and back ---- */

static bool load_told(struct alerted *a, struct bytes text)
{
    int64_t n[4], saturation;
    struct bytes tier = layout_word(&text);
    if (tier.len == 0 || tier.len >= sizeof a->tier || !layout_ints(&text, n, 4) ||
        !layout_maybe(&text, &a->has_saturation, &saturation))
        return false;
    if (tier.ptr[0] != '-')
        memcpy(a->tier, tier.ptr, tier.len);
    a->there = true;
    a->moved = (int8_t)n[0];
    a->fell = n[1] != 0;
    a->flags = (uint8_t)n[2];
    a->likely = (int32_t)n[3];
    a->saturation = (double)saturation / RATE;
    return text.len == 0;
}

static bool load_highs(struct alerted *a, struct bytes text)
{
    int64_t n;
    bool there;
    if (!layout_ints(&text, &n, 1))
        return false;
    a->day = (int32_t)n;
    for (int32_t back = 0; back < ALERT_DAYS; back++) {
        there = false;
        if (text.len && !layout_maybe(&text, &there, &n))
            return false;
        a->highs[back] = there ? (int32_t)n : -1;
    }
    return text.len == 0;
}

static bool load_last(struct alerted *a, struct bytes text)
{
    int64_t newest, back;
    bool there, ok = layout_ints(&text, &newest, 1);
    for (int type = ALERT_OTHER + 1; ok && type < ALERTS_OF_CREATOR; type++) {
        ok = layout_maybe(&text, &there, &back);
        a->last[type] = ok && there ? newest - back : 0;
    }
    return ok && text.len == 0;
}

bool layout_load_alerts(struct creator *c, struct bytes field, struct bytes text)
{
    switch (field.len > 1 ? field.ptr[1] : 0) {
    case 0:
        return load_told(&c->alerted, text);
    case 'h':
        return load_highs(&c->alerted, text);
    case 'l':
        return load_last(&c->alerted, text);
    default:
        return true; /* not ours */
    }
}
