/* layout_json: the raw state of a creator as one line of JSON, for `microflux state` and for whoever checks
 * it. */
#include <inttypes.h>

#include "layout.h"
#include "microflux/vectors.h"

static void add_text(struct buffer *out, struct bytes text)
{
    buffer_add(out, "\"", 1);
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c == '"' || c == '\\')
            buffer_printf(out, "\\%c", c);
        else if (c < 0x20)
            buffer_printf(out, "\\u%04x", c);
        else
            buffer_add(out, &text.ptr[i], 1);
    }
    buffer_add(out, "\"", 1);
}

static void add_maybe(struct buffer *out, const char *name, bool there, int64_t n)
{
    if (there)
        buffer_printf(out, ",\"%s\":%" PRId64, name, n);
    else
        buffer_printf(out, ",\"%s\":null", name);
}

static void add_erasure(const struct creator *c, struct buffer *out)
{
    buffer_printf(out, ",\"erased\":{\"at\":%" PRId64 ",\"timestamp\":%" PRId64, c->erasure.at,
                  c->erasure.timestamp);
    add_maybe(out, "since", !creator_gone(c), c->erasure.since);
    buffer_add_text(out, "}");
}

static void add_profile(const struct creator *c, struct buffer *out)
{
    if (!c->has_profile || c->n_profile_days == 0) {
        buffer_add_text(out, ",\"profile\":null");
        return;
    }
    const struct profile_day *newest = &c->profile_days[c->n_profile_days - 1];
    buffer_printf(out, ",\"profile\":{\"platform\":\"%s\",\"observed_at\":%" PRId64 ",\"followers\":%" PRId64,
                  platform_names[c->platform % N_PLATFORMS], c->profile_at, newest->followers);
    add_maybe(out, "following", newest->has_following, newest->following);
    add_maybe(out, "posts", newest->has_posts, newest->posts);
    buffer_printf(out, ",\"verified\":%s,\"country\":", c->verified ? "true" : "false");
    if (c->country[0])
        add_text(out, bytes_of(c->country));
    else
        buffer_add_text(out, "null");
    buffer_add_text(out, "}");
}

static void add_peer(const struct creator *c, struct buffer *out)
{
    if (c->peer.there)
        buffer_printf(out, ",\"peer\":{\"platform\":\"%s\",\"band\":%d,\"bin\":%d}",
                      platform_names[c->peer.platform], c->peer.band, c->peer.bin);
    else
        buffer_add_text(out, ",\"peer\":null");
}

static void add_audience(const struct creator *c, struct buffer *out)
{
    if (!c->audience) {
        buffer_add_text(out, ",\"audience\":null");
        return;
    }
    buffer_printf(out, ",\"audience\":{\"embedding\":\"%016" PRIx64 "\",\"met\":%" PRId64 ",\"y\":[",
                  c->audience->embedding, c->audience->met);
    for (size_t i = 0; i < DIMS; i++)
        buffer_printf(out, "%s%.9g", i ? "," : "", (double)c->audience->y[i]);
    buffer_add_text(out, "]}");
}

static void add_profile_days(const struct creator *c, struct buffer *out)
{
    buffer_add_text(out, ",\"profile_days\":[");
    for (size_t i = 0; i < c->n_profile_days; i++) {
        const struct profile_day *day = &c->profile_days[i];
        buffer_printf(out,
                      "%s{\"day\":%" PRId32 ",\"observed_at\":%" PRId64 ",\"offset\":%" PRId64
                      ",\"followers\":%" PRId64,
                      i ? "," : "", day->day, day->observed_at, day->offset, day->followers);
        add_maybe(out, "following", day->has_following, day->following);
        add_maybe(out, "posts", day->has_posts, day->posts);
        buffer_add_text(out, "}");
    }
    buffer_add_text(out, "]");
}

static void end_bucket(struct buffer *out, bool days, int64_t posts, int64_t sponsored)
{
    if (days)
        buffer_printf(out, ",\"posts\":%" PRId64 ",\"sponsored\":%" PRId64, posts, sponsored);
    buffer_add_text(out, "}");
}

static void add_window(const struct window *w, const char *name, bool days, struct buffer *out)
{
    int64_t posts = 0, sponsored = 0;
    buffer_printf(out, ",\"%s\":[", name);
    for (uint16_t i = 0; i < w->n; i++) {
        const struct cell *cell = &w->cells[i];
        if (i == 0 || cell->bucket != w->cells[i - 1].bucket) {
            if (i)
                end_bucket(out, days, posts, sponsored);
            posts = sponsored = 0;
            buffer_printf(out, "%s{\"at\":%" PRId32, i ? "," : "", cell->bucket);
        }
        if (cell->what == COUNT_POSTS)
            posts = cell->count;
        else if (cell->what == COUNT_SPONSORED)
            sponsored = cell->count;
        else if (cell->count)
            buffer_printf(out, ",\"%s\":%" PRId64, kind_names[cell->what], cell->count);
    }
    if (w->n)
        end_bucket(out, days, posts, sponsored);
    buffer_add_text(out, "]");
}

static void add_post(const struct creator *c, const struct post *post, struct buffer *out)
{
    static const char *const names[N_KINDS] = {"",      "views",  "likes",     "comments", "shares",
                                               "saves", "clicks", "purchases", "follows"};
    int64_t followers = 0;
    bool late = false;
    buffer_add_text(out, "{\"post_id\":");
    add_text(out, (struct bytes){post->id, post->id_len});
    for (int kind = KIND_VIEW; kind < N_KINDS; kind++)
        buffer_printf(out, ",\"%s\":%" PRId64, names[kind], post->counts[kind]);
    if (!post->placeholder) {
        bool known = creator_post_followers(c, post, &followers, &late);
        buffer_printf(out, ",\"posted_at\":%" PRId64, post->posted_at);
        add_maybe(out, "followers", known, followers);
        buffer_printf(out, ",\"followers_late\":%s,\"format\":\"%s\",\"sponsored\":%s,\"deleted\":%s",
                      late ? "true" : "false", format_names[post->format % N_FORMATS],
                      post->official || post->disclosed_word ? "true" : "false",
                      post->deleted ? "true" : "false");
    }
    buffer_add_text(out, "}");
}

void layout_json(const struct creator *c, struct bytes creator_id, int lane, struct buffer *out)
{
    buffer_add_text(out, "{\"creator\":");
    add_text(out, creator_id);
    buffer_printf(out,
                  ",\"lane\":%d,\"version\":{\"epoch\":%" PRId64 ",\"offsets\":{\"profiles\":%" PRId64
                  ",\"posts\":%" PRId64 ",\"interactions\":%" PRId64,
                  lane, c->epoch, c->offsets[0], c->offsets[1], c->offsets[2]);
    if (c->offsets[TOPIC_AFFINITY])
        buffer_printf(out, ",\"affinity_updates\":%" PRId64, c->offsets[TOPIC_AFFINITY]);
    buffer_add_text(out, "}}");
    if (c->erasure.there)
        add_erasure(c, out);
    add_profile(c, out);
    add_profile_days(c, out);
    layout_shares_json(c, out);
    add_peer(c, out);
    add_audience(c, out);
    buffer_add_text(out, ",\"totals\":{");
    for (int kind = KIND_VIEW; kind < N_KINDS; kind++)
        buffer_printf(out, "%s\"%s\":%" PRId64, kind == KIND_VIEW ? "" : ",", kind_names[kind],
                      c->totals[kind]);
    buffer_add_text(out, "}");
    add_window(&c->hours, "hours", false, out);
    add_window(&c->days, "days", true, out);
    buffer_add_text(out, ",\"posts\":[");
    for (size_t i = 0; i < c->n_posts; i++) {
        buffer_add_text(out, i ? "," : "");
        add_post(c, &c->posts[i], out);
    }
    buffer_add_text(out, "],\"placeholders\":[");
    for (size_t i = c->n_posts; i < (size_t)c->n_posts + c->n_placeholders; i++) {
        buffer_add_text(out, i > c->n_posts ? "," : "");
        add_post(c, &c->posts[i], out);
    }
    buffer_add_text(out, "]}");
}
