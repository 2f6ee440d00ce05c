/* alert_encode: an alert in the order of schemas/alert.avsc, with its id and a sentence for people. */
#include <inttypes.h>
#include <stdio.h>

#include "microflux/alert_record.h"

static void put_text(const struct buffer *text, struct buffer *out)
{
    avro_put_bytes(out, (struct bytes){text->data, text->len});
}

static void put_id(const struct alert_record *r, struct buffer *text, struct buffer *out)
{
    text->len = 0;
    buffer_printf(text, "%s/%.*s/%" PRId32 "/%" PRId64 "/%.*s", alert_names[r->alert->type],
                  (int)r->campaign_id.len, r->campaign_id.ptr ? r->campaign_id.ptr : "", r->epoch, r->offsets,
                  (int)r->creator_id.len, r->creator_id.ptr);
    put_text(text, out);
}

static void put_value(const struct alert_value *value, struct buffer *out)
{
    avro_put_long(out, value->kind);
    if (value->kind == ALERT_NUMBER)
        avro_put_double(out, value->number);
    else if (value->kind == ALERT_WORDS)
        avro_put_bytes(out, bytes_of(value->words));
}

static void put_makers(const struct methodology *m, struct buffer *out)
{
    char digest[17];
    snprintf(digest, sizeof digest, "%016" PRIx64, m->digest);
    avro_put_bytes(out, bytes_of(m->name));
    avro_put_bytes(out, bytes_of(m->version));
    avro_put_bytes(out, bytes_of(digest));
}

/* ---- the sentence: who, what, and where it concerns a campaign, which ---- */

static void say_of_creator(const struct alert *a, const struct methodology *m, struct buffer *out)
{
    double was = a->was.number, now = a->now.number;
    switch (a->type) {
    case ALERT_TIER_CHANGED:
        buffer_printf(out, " went from %s to %s", a->was.words, a->now.words);
        return;
    case ALERT_FOLLOWERS_MOVED:
        buffer_printf(out, " %s %.1f %% of its followers in 7 days: %.0f, now %.0f",
                      now > was ? "won" : "lost",
                      100 * (now > was ? now - was : was - now) / (was > 0 ? was : 1), was, now);
        return;
    case ALERT_AUTHENTICITY_FELL:
        buffer_printf(out, " fell in authenticity from %.1f to %.1f within %" PRId32 " days", was, now,
                      m->alert_days);
        return;
    case ALERT_NEW_FLAG:
        buffer_printf(out, " has a new flag: %s", a->now.words);
        return;
    case ALERT_SATURATION_LEFT:
        buffer_printf(out, " has %.1f %% sponsored posts, after %.1f %%: outside %.0f to %.0f %%", 100 * now,
                      100 * was, 100 * m->healthy_low, 100 * m->healthy_high);
        return;
    default:
        buffer_printf(out, " has %.0f posts that look paid and do not say so, after %.0f", now, was);
    }
}

static void say_of_campaign(const struct alert *a, const struct methodology *m, struct buffer *out)
{
    switch (a->type) {
    case ALERT_FIT_ENTERED:
        buffer_printf(out, " entered the %" PRId32 " best, with a fit of %.1f, of campaign ", m->alert_top,
                      a->now.number);
        return;
    case ALERT_FIT_LEFT:
        buffer_printf(out, " left the %" PRId32 " best, after a fit of %.1f, of campaign ", m->alert_top,
                      a->was.number);
        return;
    case ALERT_COMPETITOR_DEAL:
        buffer_printf(out,
                      " has a paid post for a competitor of the brand, and is in the roster of campaign ");
        return;
    default:
        buffer_printf(out, " has not posted for %.0f days, and is in the roster of campaign ", a->now.number);
    }
}

static void put_sentence(const struct alert_record *r, struct buffer *text, struct buffer *out)
{
    text->len = 0;
    buffer_add(text, r->creator_id.ptr, r->creator_id.len);
    if (r->alert->type < ALERTS_OF_CREATOR)
        say_of_creator(r->alert, r->methodology, text);
    else
        say_of_campaign(r->alert, r->methodology, text);
    buffer_add(text, r->campaign_id.ptr, r->campaign_id.len);
    buffer_add_text(text, ".");
    put_text(text, out);
}

void alert_encode(const struct alert_record *r, struct buffer *out)
{
    struct buffer text = {0};
    put_id(r, &text, out);
    avro_put_bytes(out, r->creator_id);
    avro_put_long(out, r->alert->type);
    avro_put_maybe_bytes(out, r->campaign_id);
    avro_put_long(out, r->epoch);
    avro_put_long(out, r->offsets);
    avro_put_long(out, r->as_of);
    put_makers(r->methodology, out);
    put_value(&r->alert->was, out);
    put_value(&r->alert->now, out);
    put_sentence(r, &text, out);
    buffer_free(&text);
}
