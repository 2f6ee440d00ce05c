/* generate_posts: one post: what it is, how it does, and its record. */
#include "generate.h"

static const struct figure change_figure = {.8, 1, 1.25}; /* comments per like within an account */

/* Likes per view, and the others per like, on short video; views are told of videos only. */
#define LIKES_PER_VIEW        .0535
#define COMMENTS_PER_LIKE     (.0006 / LIKES_PER_VIEW)
#define SHARES_PER_LIKE       (.0030 / LIKES_PER_VIEW)
#define SAVES_PER_LIKE        (.0025 / LIKES_PER_VIEW)
#define SPONSORED_PER_ORGANIC .945

enum { IMAGE = 1, CAROUSEL, VIDEO, SHORT_VIDEO };

static int draw_format(const struct account *a, double u)
{
    if (a->platform == 2) /* TIKTOK */
        return SHORT_VIDEO;
    return u < .5 ? IMAGE : u < .75 ? CAROUSEL : u < .85 ? VIDEO : SHORT_VIDEO;
}

struct plan post_plan(const struct account *a, int32_t post)
{
    struct random r = random_of(a->seed, 1000 + (uint64_t)post);
    struct plan plan = {.format = draw_format(a, random_unit(&r))};
    double u = random_unit(&r);
    plan.sponsored = u < (double)a->sponsored;
    plan.by_word = u < (double)a->sponsored / 6; /* the text says it, the platform does not */
    plan.undisclosed = a->fraud.kind == FRAUD_UNDISCLOSED && fraud_touches(a, post);
    plan.boosted = a->fraud.kind == FRAUD_LIKES && fraud_touches(a, post);
    plan.sponsored = plan.sponsored && !plan.undisclosed;
    plan.noise = exp((double)a->spread * random_normal(&r)) * (plan.sponsored ? SPONSORED_PER_ORGANIC : 1);
    plan.comments_per_like =
        (plan.format == SHORT_VIDEO && a->platform == 2 ? COMMENTS_PER_LIKE : (double)a->comments_per_like) *
        figure_at(&change_figure, random_normal(&r));
    plan.words = r;
    return plan;
}

void post_reactions(const struct plan *plan, int64_t likes, int64_t counts[N_KINDS])
{
    struct random r = plan->words;
    double n = (double)likes;
    for (int kind = 0; kind < N_KINDS; kind++)
        counts[kind] = 0;
    counts[KIND_LIKE] = likes;
    counts[KIND_COMMENT] = random_round(&r, n * plan->comments_per_like);
    counts[KIND_VIEW] = plan->format >= VIDEO ? random_round(&r, n / LIKES_PER_VIEW) : 0;
    counts[KIND_SHARE] = random_round(&r, n * SHARES_PER_LIKE);
    counts[KIND_SAVE] = random_round(&r, n * SAVES_PER_LIKE);
    counts[KIND_CLICK] = random_round(&r, n / 90);
    counts[KIND_PURCHASE] = random_round(&r, n / 2000);
    counts[KIND_FOLLOW] = random_round(&r, n / 300);
}

/* 68 % of posts have some; over all posts 0 / 3 / 29. */
static int64_t draw_tags(struct random *r)
{
    if (random_unit(r) < .32)
        return 0;
    int64_t n = (int64_t)(random_lognormal(r, 5.97, 1.09) + .5);
    return n < 1 ? 1 : n > 30 ? 30 : n;
}

static void put_tags(const struct account *a, struct random *r, struct buffer *out)
{
    int64_t n = draw_tags(r), start = random_below(r, NICHE_TAGS), step = random_unit(r) < .6 ? 1 : 7;
    if (n < 6) /* few tags are tags of the niche */
        start = random_below(r, 11);
    for (int64_t k = 0; k < n; k++) {
        buffer_add_text(out, k ? "\",\"" : ",\"tags\":[\"");
        buffer_add_text(out, niche_tag(a->niche, (uint64_t)(start + k * (n < 6 ? 1 : step))));
    }
    buffer_add_text(out, n ? "\"]" : "");
}

static void put_brands(const struct account *a, struct random *r, const struct plan *plan, bool sponsored,
                       struct buffer *out)
{
    uint64_t brand = (uint64_t)random_below(r, 16);
    bool mention = random_unit(r) < .3;
    double label = random_unit(r);
    if (mention || plan->sponsored || plan->undisclosed) {
        buffer_add_text(out, ",\"mentions\":[\"");
        put_brand(out, a->niche, brand);
        buffer_add_text(out, "\"]");
    }
    if (sponsored && label < .8) {
        buffer_add_text(out, ",\"sponsors\":[\"");
        put_brand(out, a->niche, brand);
        buffer_add_text(out, "\"]");
    }
    if (sponsored && label >= .6)
        buffer_add_text(out, ",\"disclosed\":true");
}

static void put_words(const struct account *a, struct random *r, const struct plan *plan, struct buffer *out)
{
    bool french = a->country < 3 && random_unit(r) < .9;
    buffer_add_text(out, french ? ",\"language\":\"fr\",\"text\":\"" : ",\"language\":\"en\",\"text\":\"");
    put_text(out, r, a->niche, french);
    if (plan->by_word)
        buffer_add_text(out, french ? " (collaboration commerciale)" : " #ad paid partnership");
    if (plan->undisclosed) {
        put_key(out, french ? " -15 % avec le code MERCI" : " 15 % off with code HELLO",
                10 + random_below(r, 90));
        buffer_add_text(out, french ? ", lien en bio" : ", link in bio");
    }
    buffer_add_text(out, "\"");
}

static void put_post_head(struct generator *g, const struct account *a, const struct flow *post,
                          int64_t timestamp, bool relabelled, struct buffer *out)
{
    struct plan plan = post_plan(a, post->post);
    bool sponsored = plan.sponsored && !plan.by_word;
    put_head(g, a, "posts", timestamp, out);
    buffer_add_text(out, ",\"post_id\":\"");
    put_name(g, a - g->accounts, out);
    put_key(out, "-p", post->post);
    put_key(out, "\",\"posted_at\":", post->posted_at);
    buffer_add_text(out, ",\"format\":\"");
    buffer_add_text(out, format_names[plan.format]);
    buffer_add_text(out, "\"");
    put_tags(a, &plan.words, out);
    put_brands(a, &plan.words, &plan, sponsored != relabelled, out);
    put_words(a, &plan.words, &plan, out);
}

void put_post(struct generator *g, const struct account *a, const struct flow *post, int64_t timestamp,
              bool relabelled, bool deleted, struct buffer *out)
{
    put_post_head(g, a, post, timestamp, relabelled, out);
    buffer_add_text(out, deleted ? ",\"deleted\":true" : "");
    put_tail(g, out);
}

static void put_metrics(struct generator *g, const struct account *a, const struct flow *flow,
                        const int64_t counts[N_KINDS], int64_t observed_at, double share, struct buffer *out)
{
    static const char *const keys[] = {
        ",\"views\":", ",\"likes\":", ",\"comments\":", ",\"shares\":", ",\"saves\":"};
    put_post_head(g, a, flow, flow->next_at, false, out);
    put_key(out, ",\"metrics\":{\"observed_at\":", observed_at);
    for (int kind = KIND_VIEW; kind <= KIND_SAVE; kind++)
        put_key(out, keys[kind - KIND_VIEW], (int64_t)((double)counts[kind] * share));
    buffer_add_text(out, "}");
    put_tail(g, out);
}

/* A snapshot of the totals: the difference to the last one counts. Some go down a little, some come again
 * older than what is known and count for nothing. */
void put_snapshot(struct generator *g, struct account *a, struct flow *flow, struct buffer *out)
{
    struct plan plan = post_plan(a, flow->post);
    int64_t counts[N_KINDS];
    double share = flow->u * (random_unit(&a->random) < .1 ? .9 : 1);
    post_reactions(&plan, flow->sum, counts);
    put_metrics(g, a, flow, counts, flow->next_at, share, out);
    for (int kind = KIND_VIEW; kind <= KIND_SAVE; kind++)
        a->totals[kind] +=
            (int64_t)((double)counts[kind] * share) - (int64_t)((double)counts[kind] * flow->told);
    flow->told = share;
    if (random_unit(&a->random) < .05)
        put_metrics(g, a, flow, counts, flow->next_at - 10 * MS_MINUTE, share / 2, out);
}
