/* layout: a creator's two hashes of plain text (docs/reference/redis-layout.md); writes what is dirty and
 * nothing else. Counts are letters with numbers, "v120l-3": VIEW v, LIKE l, COMMENT c, SHARE s, SAVE a,
 * CLICK k, PURCHASE p, FOLLOW f, posts n, sponsored y; a kind that was never counted is not written. */
#include "layout.h"

#include <stdio.h>

const char *const creator_key_names[N_CREATOR_KEYS] = {"c", "p", "k", "a", "y"};
const char layout_letters[N_COUNTS + 1] = "-vlcsakpfny";

struct text { /* one value being made */
    char at[512];
    size_t len;
};

static void add_int(struct text *t, int64_t n)
{
    char digits[24], *p = digits + sizeof digits;
    uint64_t left = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
    do
        *--p = (char)('0' + left % 10);
    while (left /= 10);
    if (n < 0)
        *--p = '-';
    size_t len = (size_t)(digits + sizeof digits - p);
    if (t->len + len + 2 < sizeof t->at) {
        memcpy(t->at + t->len, p, len);
        t->len += len;
    }
}

static void add_char(struct text *t, char c)
{
    t->at[t->len++] = c;
}

static void add_next(struct text *t, int64_t n)
{
    if (t->len)
        add_char(t, ' ');
    add_int(t, n);
}

static void add_count(struct text *t, int what, int64_t n)
{
    add_char(t, layout_letters[what]);
    add_int(t, n);
}

static void add_maybe(struct text *t, bool there, int64_t n)
{
    if (there) {
        add_next(t, n);
    } else {
        add_char(t, ' ');
        add_char(t, '-');
    }
}

static void set(const struct change_writer *w, int key, const char *field, size_t len, const struct text *t)
{
    w->set(w->arg, key, (struct bytes){field, len}, (struct bytes){t->at, t->len});
}

/* "h12", "3i" …: a slot with a letter before or behind it. */
static size_t slot_field(char *out, char before, int slot, char behind)
{
    struct text t = {.len = 0};
    if (before)
        add_char(&t, before);
    add_int(&t, slot);
    if (behind)
        add_char(&t, behind);
    memcpy(out, t.at, t.len);
    return t.len;
}

/* The cells of one bucket, which begin at `first`; returns where the next bucket begins. */
static uint16_t write_bucket(const struct window *window, uint16_t first, int slot, char letter,
                             const struct change_writer *w)
{
    struct text t = {.len = 0};
    char field[8];
    int32_t bucket = window->cells[first].bucket;
    uint16_t i = first;
    add_int(&t, bucket);
    for (; i < window->n && window->cells[i].bucket == bucket; i++)
        if (window->cells[i].what)
            add_count(&t, window->cells[i].what, window->cells[i].count);
    set(w, KEY_COUNTERS, field, slot_field(field, letter, slot, 0), &t);
    return i;
}

static void write_buckets(const struct window *window, const uint64_t *dirty, char letter,
                          const struct change_writer *w)
{
    for (uint16_t i = 0; i < window->n && (dirty[0] || (window->span > 64 && dirty[1]));) {
        int32_t bucket = window->cells[i].bucket;
        int slot = (int)((uint32_t)bucket % window->span);
        if (dirty[slot / 64] >> slot % 64 & 1)
            i = write_bucket(window, i, slot, letter, w);
        else
            for (; i < window->n && window->cells[i].bucket == bucket; i++)
                continue;
    }
}

static void write_version(const struct creator *c, const struct change_writer *w)
{
    struct text t = {.len = 0};
    add_int(&t, c->epoch);
    for (int i = 0; i < (c->offsets[TOPIC_AFFINITY] ? N_INPUTS : N_TOPICS); i++)
        add_next(&t, c->offsets[i]);
    set(w, KEY_COUNTERS, "v", 1, &t);
}

static void write_totals(const struct creator *c, const struct change_writer *w)
{
    struct text t = {.len = 0};
    for (int kind = KIND_VIEW; kind < N_KINDS; kind++)
        if (c->totals[kind])
            add_count(&t, kind, c->totals[kind]);
    set(w, KEY_COUNTERS, "t", 1, &t);
}

static void write_erasure(const struct creator *c, const struct change_writer *w)
{
    struct text t = {.len = 0};
    add_int(&t, c->erasure.at);
    add_next(&t, c->erasure.timestamp);
    add_maybe(&t, !creator_gone(c), c->erasure.since);
    set(w, KEY_COUNTERS, "g", 1, &t);
}

static void add_word(struct text *t, const char *word)
{
    for (const char *p = word[0] ? word : "-"; *p; p++)
        add_char(t, *p);
}

static void write_profile(const struct creator *c, const struct change_writer *w)
{
    struct text t = {.len = 0};
    add_int(&t, c->profile_at);
    add_next(&t, c->profile_offset);
    add_next(&t, c->platform);
    add_next(&t, c->verified);
    add_char(&t, ' ');
    add_word(&t, c->country);
    if (c->price_currency[0]) {
        add_next(&t, c->price);
        add_char(&t, ' ');
        add_word(&t, c->price_currency);
    }
    set(w, KEY_COUNTERS, "a", 1, &t);
}

static void write_peer(const struct creator *c, const struct change_writer *w)
{
    struct text t = {.len = 0};
    if (!c->peer.there) {
        w->drop(w->arg, KEY_COUNTERS, BYTES("q"));
        return;
    }
    add_int(&t, c->peer.platform);
    add_next(&t, c->peer.band);
    add_next(&t, c->peer.bin);
    set(w, KEY_COUNTERS, "q", 1, &t);
}

static void write_base(const struct creator *c, const struct change_writer *w)
{
    for (int scheme = 0; scheme < SCHEMES; scheme++) {
        const struct tier_fold *fold = &c->base[scheme];
        struct text t = {.len = 0};
        char field[4];
        add_int(&t, fold->entry);
        add_next(&t, fold->since);
        add_next(&t, fold->tier_run);
        add_next(&t, fold->tier_way);
        add_next(&t, fold->band_run);
        add_next(&t, fold->band_way);
        if (fold->there)
            set(w, KEY_COUNTERS, field, slot_field(field, 'b', scheme, 0), &t);
    }
}

static void write_profile_days(const struct creator *c, const struct change_writer *w)
{
    char field[8];
    for (uint64_t left = c->dirty.profile_days_gone; left; left &= left - 1)
        w->drop(w->arg, KEY_COUNTERS,
                (struct bytes){field, slot_field(field, 'f', __builtin_ctzll(left), 0)});
    for (size_t i = 0; i < c->n_profile_days; i++) {
        const struct profile_day *day = &c->profile_days[i];
        struct text t = {.len = 0};
        if (!(c->dirty.profile_days >> day->slot & 1))
            continue;
        add_int(&t, day->day);
        add_next(&t, day->observed_at);
        add_next(&t, day->offset);
        add_next(&t, day->followers);
        add_maybe(&t, day->has_following, day->following);
        add_maybe(&t, day->has_posts, day->posts);
        set(w, KEY_COUNTERS, field, slot_field(field, 'f', day->slot, 0), &t);
    }
}

static void write_campaign(const struct campaign *campaign, const struct change_writer *w)
{
    struct text t = {.len = 0};
    char field[8];
    add_int(&t, campaign->last);
    add_next(&t, campaign->clicks);
    add_next(&t, campaign->purchases);
    for (size_t i = 0; i < CAMPAIGN_CURRENCIES && campaign->values[i].currency[0]; i++) {
        add_next(&t, campaign->values[i].minor_units);
        add_char(&t, ' ');
        add_word(&t, campaign->values[i].currency);
    }
    set(w, KEY_COUNTERS, field, slot_field(field, 'm', campaign->slot, 0), &t);
    w->set(w->arg, KEY_COUNTERS, (struct bytes){field, slot_field(field, 'i', campaign->slot, 0)},
           (struct bytes){campaign->id, campaign->id_len});
}

static void write_campaigns(const struct creator *c, const struct change_writer *w)
{
    char field[8];
    for (uint32_t left = c->dirty.campaigns_gone; left; left &= left - 1)
        for (const char *letter = "mi"; *letter; letter++)
            w->drop(w->arg, KEY_COUNTERS,
                    (struct bytes){field, slot_field(field, *letter, __builtin_ctz(left), 0)});
    for (uint8_t i = 0; c->dirty.campaigns && i < c->n_campaigns; i++)
        if (c->dirty.campaigns >> c->campaigns[i].slot & 1)
            write_campaign(&c->campaigns[i], w);
}

/* ---- posts: <slot> attributes, <slot>c counters, <slot>i id, <slot>m newest totals, <slot>t
 * traits, <slot>u comments by minute, <slot>l lexicon ---- */

static void write_post_counts(const struct post *post, const struct change_writer *w)
{
    struct text t = {.len = 0};
    char field[8];
    for (int kind = KIND_VIEW; kind < N_KINDS; kind++)
        if (post->counts[kind])
            add_count(&t, kind, post->counts[kind]);
    set(w, KEY_POSTS, field, slot_field(field, 0, post->slot, 'c'), &t);
}

static void write_post_metrics(const struct post *post, const struct change_writer *w)
{
    struct text t = {.len = 0};
    char field[8];
    if (!post->metrics_at)
        return;
    add_int(&t, post->metrics_at);
    for (int i = 0; i < 5; i++)
        if (post->metrics[i] >= 0)
            add_count(&t, KIND_VIEW + i, post->metrics[i]);
    set(w, KEY_POSTS, field, slot_field(field, 0, post->slot, 'm'), &t);
}

static void write_minutes(const struct post *post, const struct change_writer *w)
{
    struct text t = {.len = 0};
    char field[8];
    int last = MINUTES - 1;
    while (last > 0 && post->minutes->counts[last] == 0)
        last--;
    add_int(&t, post->minutes->first);
    for (int i = 0; i <= last; i++)
        add_next(&t, post->minutes->counts[i]);
    set(w, KEY_POSTS, field, slot_field(field, 0, post->slot, 'u'), &t);
}

static void write_traits(const struct post *post, const struct change_writer *w)
{
    struct text t = {.len = 0};
    char field[8];
    add_int(&t, post->traits.comments);
    add_next(&t, post->traits.generic);
    add_next(&t, post->traits.own);
    add_next(&t, post->traits.early);
    set(w, KEY_POSTS, field, slot_field(field, 0, post->slot, 't'), &t);
    if (post->minutes)
        write_minutes(post, w);
}

static bool any_traits(const struct post *post)
{
    const struct traits *t = &post->traits;
    return t->comments || t->generic || t->own || t->early || post->minutes;
}

static int last_niche(const struct post *post)
{
    int last = NICHES - 1;
    while (last >= 0 && post->niche_hits[last] == 0)
        last--;
    return last;
}

static void write_lexicon(const struct post *post, const struct change_writer *w)
{
    struct text t = {.len = 0};
    char field[8];
    for (int shift = post->lexicon ? (63 - __builtin_clzll(post->lexicon)) / 4 * 4 : 0; shift >= 0;
         shift -= 4)
        add_char(&t, "0123456789abcdef"[post->lexicon >> shift & 15]);
    for (int i = 0; i <= last_niche(post); i++)
        add_next(&t, post->niche_hits[i]);
    set(w, KEY_POSTS, field, slot_field(field, 0, post->slot, 'l'), &t);
}

static void write_post(const struct creator *c, const struct post *post, const struct change_writer *w)
{
    struct text t = {.len = 0};
    char field[8];
    int flags = post->placeholder | post->deleted << 1 | post->official << 2 | post->disclosed_word << 3 |
                post->likely << 4 | post->followers_fixed << 5 | post->followers_late << 6 |
                post->counted << 7;
    add_int(&t, post->posted_at);
    add_next(&t, post->offset);
    add_next(&t, flags);
    add_next(&t, post->format);
    add_next(&t, post->followers);
    set(w, KEY_POSTS, field, slot_field(field, 0, post->slot, 0), &t);
    w->set(w->arg, KEY_POSTS, (struct bytes){field, slot_field(field, 0, post->slot, 'i')},
           (struct bytes){post->id, post->id_len});
    write_post_counts(post, w);
    write_post_metrics(post, w);
    if (any_traits(post))
        write_traits(post, w);
    if (post->lexicon || last_niche(post) >= 0 || c->dirty.lexicon >> post->slot & 1)
        write_lexicon(post, w);
}

static void drop_posts(const struct creator *c, const struct change_writer *w)
{
    static const char letters[] = {0, 'c', 'i', 'm', 't', 'u', 'l'};
    char field[8];
    for (uint64_t left = c->dirty.posts_gone; left; left &= left - 1)
        for (size_t i = 0; i < sizeof letters; i++)
            w->drop(w->arg, KEY_POSTS,
                    (struct bytes){field, slot_field(field, 0, __builtin_ctzll(left), letters[i])});
}

static void write_posts(const struct creator *c, const struct change_writer *w)
{
    drop_posts(c, w);
    if (!(c->dirty.posts | c->dirty.post_counts | c->dirty.traits))
        return;
    for (size_t i = 0; i < (size_t)c->n_posts + c->n_placeholders; i++) {
        const struct post *post = &c->posts[i];
        if (c->dirty.posts >> post->slot & 1) {
            write_post(c, post, w);
            continue;
        }
        if (c->dirty.post_counts >> post->slot & 1)
            write_post_counts(post, w);
        if (c->dirty.traits >> post->slot & 1)
            write_traits(post, w);
    }
}

void layout_write(struct creator *c, const struct change_writer *w)
{
    if (c->dirty.any)
        write_version(c, w);
    if (c->dirty.erasure)
        write_erasure(c, w);
    if (c->dirty.totals)
        write_totals(c, w);
    if (c->dirty.profile)
        write_profile(c, w);
    if (c->dirty.shares)
        layout_write_shares(c, w);
    if (c->dirty.peer)
        write_peer(c, w);
    if (c->dirty.alerted)
        layout_write_alerts(c, w);
    if (c->dirty.base && c->base)
        write_base(c, w);
    write_buckets(&c->hours, &c->dirty.hours, 'h', w);
    write_buckets(&c->days, c->dirty.days, 'd', w);
    write_profile_days(c, w);
    write_campaigns(c, w);
    write_posts(c, w);
    layout_write_whole(c, w);
    c->dirty = (struct creator_dirty){0};
}
