/* apply: what can be judged without the creator, and the verbs for posts and interactions: which bucket,
 * which totals, which post a record counts in (scoring.md §0.1). */
#include <inttypes.h>
#include <stdlib.h>

#include "domain_room.h"

#define LATE_MS   (92 * MS_DAY)
#define LAST_TIME 253402300799999LL /* the end of the year 9999 */
#define MOST      1000000000000LL   /* of anything counted: millions of such records fit in a sum */

const char *const platform_names[N_PLATFORMS] = {"OTHER",    "INSTAGRAM", "TIKTOK", "YOUTUBE",   "X",
                                                 "FACEBOOK", "LINKEDIN",  "TWITCH", "PINTEREST", "SNAPCHAT"};
const char *const kind_names[N_KINDS] = {"OTHER", "VIEW",  "LIKE",     "COMMENT", "SHARE",
                                         "SAVE",  "CLICK", "PURCHASE", "FOLLOW"};
const char *const format_names[N_FORMATS] = {"OTHER", "IMAGE", "CAROUSEL", "VIDEO", "SHORT_VIDEO",
                                             "STORY", "TEXT",  "LIVE",     "AUDIO"};

void creator_init(struct creator *c)
{
    *c = (struct creator){0};
    c->hours.span = 48;
    c->days.span = 92;
}

void creator_clear(struct creator *c)
{
    for (size_t i = 0; i < (size_t)c->n_posts + c->n_placeholders; i++)
        post_free(&c->posts[i]);
    free(c->posts);
    free(c->profile_days);
    free(c->base);
    free(c->fingerprints.at);
    free(c->content);
    free(c->audience);
    free(c->shares);
    campaigns_free(c);
    actors_free(c->actors);
    window_free(&c->hours);
    window_free(&c->days);
    creator_init(c);
}

static void prefetch_newest(const struct window *window)
{
    if (window->n) {
        __builtin_prefetch(&window->cells[window->n - 1], 1);
        __builtin_prefetch(&window->cells[window->n > 4 ? window->n - 5 : 0], 1);
    }
}

void creator_prefetch(const struct creator *c)
{
    prefetch_newest(&c->hours);
    prefetch_newest(&c->days);
    if (c->posts)
        __builtin_prefetch(c->posts);
}

size_t creator_bytes(const struct creator *c)
{
    size_t cells = (size_t)c->hours.cap + c->days.cap;
    return sizeof *c + cells * sizeof(struct cell) + c->cap_profile_days * sizeof(struct profile_day) +
           c->cap_posts * (sizeof(struct post) + 32) + (c->base ? SCHEMES * sizeof *c->base : 0) +
           words_bytes(c) + topics_bytes(c) + actors_bytes(c->actors) +
           (c->shares ? SHARES_KINDS * sizeof *c->shares : 0) +
           c->fingerprints.cap * sizeof(struct fingerprint) +
           c->cap_campaigns * (sizeof(struct campaign) + 32);
}

bool is_future(const struct creator_rules *rules, int64_t time, const struct provenance *at)
{
    return at->timestamp >= 0 && time > at->timestamp + rules->max_future;
}

bool is_late(int64_t time, const struct provenance *at)
{
    return at->timestamp >= 0 && time < at->timestamp - LATE_MS;
}

void moved(struct creator *c, int topic, const struct provenance *at, int64_t time, int64_t *as_of)
{
    if (at->offset + 1 > c->offsets[topic])
        c->offsets[topic] = at->offset + 1;
    if (time > *as_of)
        *as_of = time;
    c->dirty.any = true;
}

/* ---- the judgement ---- */

static enum err judge_id(const char *field, struct bytes id, struct err_info *info)
{
    if (id.len == 0 || id.len > LONGEST_ID)
        return err_set(info, ERR_REJECT, "bad_id", "%s has %zu bytes; 1 to %d are accepted", field, id.len,
                       LONGEST_ID);
    return ERR_OK;
}

static enum err judge_time(const struct creator_rules *rules, const char *field, int64_t time,
                           const struct provenance *at, struct err_info *info)
{
    if (time < 0 || time > LAST_TIME)
        return err_set(info, ERR_REJECT, "bad_time",
                       "%s is %" PRId64 ", which is not a time between 1970 and 9999 in ms", field, time);
    if (rules->future == POLICY_REJECT && is_future(rules, time, at))
        return err_set(info, ERR_REJECT, "future",
                       "%s %" PRId64 " is %" PRId64
                       " s after the record's own timestamp; is the sender's clock wrong?",
                       field, time, (time - at->timestamp) / 1000);
    return ERR_OK;
}

struct number {
    const char *field;
    int64_t n;
};

static enum err judge_numbers(const struct number *numbers, size_t n, struct err_info *info)
{
    for (size_t i = 0; i < n; i++)
        if (numbers[i].n < -MOST || numbers[i].n > MOST)
            return err_set(info, ERR_REJECT, "bad_number", "%s is %" PRId64 "; -10^12 to 10^12 are accepted",
                           numbers[i].field, numbers[i].n);
    return ERR_OK;
}

static enum err judge_profile(const struct creator_rules *rules, const struct profile_record *r,
                              const struct provenance *at, struct err_info *info)
{
    if (r->followers < 0 || (r->has_following && r->following < 0) || (r->has_posts && r->posts < 0))
        return err_set(info, ERR_REJECT, "negative_followers",
                       "followers, following or posts is negative (followers %" PRId64 ")", r->followers);
    const struct number numbers[] = {{"followers", r->followers},
                                     {"following", r->following},
                                     {"posts", r->posts},
                                     {"price_per_post.minor_units", r->price_minor_units}};
    if (judge_numbers(numbers, 4, info) != ERR_OK)
        return ERR_REJECT;
    return judge_time(rules, "observed_at", r->observed_at, at, info);
}

static enum err judge_post(const struct creator_rules *rules, const struct post_record *r,
                           const struct provenance *at, struct err_info *info)
{
    const struct post_metrics *m = &r->metrics;
    const struct number numbers[] = {{"metrics.views", m->views},
                                     {"metrics.likes", m->likes},
                                     {"metrics.comments", m->comments},
                                     {"metrics.shares", m->shares},
                                     {"metrics.saves", m->saves}};
    if (judge_id("post_id", r->post_id, info) != ERR_OK || judge_numbers(numbers, 5, info) != ERR_OK)
        return ERR_REJECT;
    return judge_time(rules, "posted_at", r->posted_at, at, info);
}

static enum err judge_interaction(const struct creator_rules *rules, const struct interaction_record *r,
                                  const struct provenance *at, struct err_info *info)
{
    const struct number numbers[] = {{"count", r->count}, {"value.minor_units", r->value_minor_units}};
    if (r->post_id.ptr && judge_id("post_id", r->post_id, info) != ERR_OK)
        return ERR_REJECT;
    if (judge_numbers(numbers, 2, info) != ERR_OK)
        return ERR_REJECT;
    if (rules->late == POLICY_REJECT && is_late(r->occurred_at, at) && r->occurred_at >= 0)
        return err_set(info, ERR_REJECT, "late",
                       "occurred_at %" PRId64 " is more than 92 days before the record's own timestamp",
                       r->occurred_at);
    return judge_time(rules, "occurred_at", r->occurred_at, at, info);
}

enum err creator_judge(const struct creator_rules *rules, int topic, const union score_record *record,
                       const struct provenance *at, struct err_info *info)
{
    enum err err = judge_id("creator_id", record->profile.creator_id, info); /* all three begin with it */
    if (err != ERR_OK)
        return err;
    switch (topic) {
    case TOPIC_PROFILES:
        return judge_profile(rules, &record->profile, at, info);
    case TOPIC_POSTS:
        return judge_post(rules, &record->post, at, info);
    default:
        return judge_interaction(rules, &record->interaction, at, info);
    }
}

/* ---- counting ---- */

static void count_buckets(struct creator *c, int kind, int64_t count, int64_t time)
{
    int slot;
    if (window_add(&c->hours, time / MS_HOUR, kind, count, &slot))
        c->dirty.hours |= 1ULL << slot;
    if (window_add(&c->days, time / MS_DAY, kind, count, &slot))
        c->dirty.days[slot / 64] |= 1ULL << slot % 64;
}

static void count_total(struct creator *c, int kind, int64_t count)
{
    c->totals[kind] += count;
    c->dirty.totals = true;
}

static bool totals_count(const struct creator *c, const struct creator_rules *rules, int kind)
{
    return c->has_profile && rules->totals[c->platform] >> kind & 1;
}

/* Platforms that send totals: the difference to the newest snapshot known goes to the bucket of observed_at.
 */
static void count_metrics(struct creator *c, const struct creator_rules *rules, struct post *post,
                          const struct post_metrics *m)
{
    const int64_t now[5] = {m->has_views ? m->views : -1, m->has_likes ? m->likes : -1,
                            m->has_comments ? m->comments : -1, m->has_shares ? m->shares : -1,
                            m->has_saves ? m->saves : -1};
    if (m->observed_at < post->metrics_at || m->observed_at < 0 || m->observed_at > LAST_TIME)
        return;
    for (int i = 0; i < 5; i++) {
        int kind = KIND_VIEW + i;
        if (now[i] < 0 || !totals_count(c, rules, kind))
            continue;
        int64_t change = now[i] - (post->metrics[i] > 0 ? post->metrics[i] : 0);
        count_buckets(c, kind, change, m->observed_at);
        count_total(c, kind, change);
        post->counts[kind] += change;
        post->metrics[i] = now[i];
    }
    post->metrics_at = m->observed_at;
    c->dirty.posts |= 1ULL << post->slot;
}

enum applied creator_post(struct creator *c, const struct creator_rules *rules, const struct post_record *r,
                          const struct provenance *at, int64_t *as_of, struct applied_counts *counts)
{
    if (is_future(rules, r->posted_at, at))
        return IGNORED_POLICY;
    moved(c, TOPIC_POSTS, at, r->posted_at, as_of);
    if (record_erased(c, at))
        return APPLIED_ERASED;
    struct post *post = posts_enter(c, rules->methodology, r, at->offset);
    if (post && r->has_metrics && !is_future(rules, r->metrics.observed_at, at))
        count_metrics(c, rules, post, &r->metrics);
    posts_expire(c, *as_of, counts);
    creator_words(c);
    return APPLIED;
}

/* The post an interaction is about, or a placeholder; NULL: none is kept. */
static struct post *post_of(struct creator *c, const struct interaction_record *r, int64_t as_of,
                            struct applied_counts *counts)
{
    if (!r->post_id.ptr)
        return NULL;
    if (c->n_placeholders)
        posts_expire(c, as_of, counts);
    struct post *post = posts_find(c, r->post_id);
    return post ? post : posts_placeholder(c, r->post_id, r->occurred_at, as_of, counts);
}

static void count_in_post(struct creator *c, const struct methodology *m, const struct interaction_record *r,
                          int64_t as_of, struct applied_counts *counts)
{
    struct post *post = post_of(c, r, as_of, counts);
    if (!post)
        return;
    post->counts[r->kind] += r->count;
    c->dirty.post_counts |= 1ULL << post->slot;
    if (r->kind == KIND_COMMENT)
        comments_note(c, m, post, r);
}

/* §6: the creator's own comments count as own replies and nowhere else. */
static void count_own_reply(struct creator *c, const struct interaction_record *r, int64_t as_of,
                            struct applied_counts *counts)
{
    struct post *post = post_of(c, r, as_of, counts);
    if (post)
        comments_own(c, post, r->count);
}

/* What is kept beside the counters, of an interaction that is not late. */
static void note(struct creator *c, const struct interaction_record *r, int64_t offset)
{
    if (r->kind == KIND_COMMENT)
        fingerprints_note(c, r, offset);
    if (r->campaign_id.ptr)
        campaigns_note(c, r);
}

enum applied creator_interaction(struct creator *c, const struct creator_rules *rules,
                                 const struct interaction_record *r, const struct provenance *at,
                                 int64_t *as_of, struct applied_counts *counts)
{
    if (r->kind <= KIND_OTHER || r->kind >= N_KINDS)
        return IGNORED_OTHER;
    bool late = is_late(r->occurred_at, at);
    if (is_future(rules, r->occurred_at, at) || (late && rules->late == POLICY_DROP))
        return IGNORED_POLICY;
    moved(c, TOPIC_INTERACTIONS, at, r->occurred_at, as_of);
    if (record_erased(c, at))
        return APPLIED_ERASED;
    bool own_comment = r->own && r->kind == KIND_COMMENT;
    bool counts_here = !own_comment && !totals_count(c, rules, r->kind);
    if (counts_here)
        count_total(c, r->kind, r->count);
    if (late)
        return APPLIED_LATE;
    actors_note(c, rules->methodology, r);
    if (own_comment)
        count_own_reply(c, r, *as_of, counts);
    if (!counts_here)
        return APPLIED;
    count_buckets(c, r->kind, r->count, r->occurred_at);
    count_in_post(c, rules->methodology, r, *as_of, counts);
    note(c, r, at->offset);
    return APPLIED;
}
