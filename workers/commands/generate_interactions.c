/* generate_interactions: the records of the audience: who acted, what is known of them, what they wrote. An
 * actor is a function of its number, so that it is the same wherever it turns up. */
#include "generate.h"

#define POOLED        .3   /* of an account's commenters are known in the whole niche */
#define FAKE_ANYWHERE .06  /* base rate of fakes */
#define SHORT_PHRASES 5000 /* of two words or less, that people write alike */
#define BOT_PHRASES   12

/* 83 % of commenters write once, 10.6 % twice, the rest more often: some of them become regulars, of whom
 * each newcomer displaces one. */
#define NEWCOMER .786
#define REGULAR  .4515

struct actor {
    uint64_t seed;
    int64_t followers, following, posts;
    int digits, age_days;
    bool picture, hidden, digits_known;
};

static const struct figure words_figure = {1, 4, 19}; /* of a comment */

static struct actor actor_of(uint64_t seed, double fakes)
{
    struct random r = random_of(seed, 0);
    bool fake = random_unit(&r) < fakes;
    struct actor a = {.seed = seed};
    a.followers = (int64_t)random_lognormal(&r, fake ? 30 : 320, 1.1);
    a.following = (int64_t)random_lognormal(&r, fake ? 1500 : 420, fake ? .7 : .8);
    a.posts = (int64_t)random_lognormal(&r, fake ? 2 : 60, 1);
    a.picture = random_unit(&r) < (fake ? .55 : .97);
    a.digits = random_unit(&r) < (fake ? .2 : .75) ? 0 : (int)random_below(&r, fake ? 6 : 4);
    a.digits_known = random_unit(&r) < .8;
    a.hidden = random_unit(&r) < .3;
    a.age_days = (int)random_lognormal(&r, fake ? 90 : 1500, .8);
    return a;
}

static void put_actor(const struct actor *a, struct buffer *out)
{
    put_key(out, ",\"actor\":{\"followers\":", a->followers);
    put_key(out, ",\"following\":", a->following);
    put_key(out, ",\"posts\":", a->posts);
    buffer_add_text(out, a->picture ? ",\"has_picture\":true" : ",\"has_picture\":false");
    buffer_add_text(out, a->hidden ? ",\"is_private\":true" : ",\"is_private\":false");
    if (a->digits_known)
        put_key(out, ",\"name_digits\":", a->digits);
    put_key(out, ",\"age_days\":", a->age_days);
    buffer_add_text(out, "}");
}

/* The number of the one who acts: somebody new, or one of the regulars. */
static uint32_t draw_commenter(struct account *a)
{
    struct random *r = &a->random;
    uint32_t *slot = &a->regulars[random_below(r, REGULARS)];
    if (*slot && random_unit(r) > NEWCOMER)
        return *slot - 1;
    uint32_t commenter = a->n_commenters++;
    if (random_unit(r) < REGULAR)
        *slot = commenter + 1;
    return commenter;
}

/* Some are fans of one account, some of the niche: those meet several accounts. */
static void put_commenter(struct generator *g, struct account *a, uint32_t commenter, struct buffer *out)
{
    struct random r = random_of(a->seed ^ 0x5eed, commenter);
    bool bought = a->fraud.kind == FRAUD_AUDIENCE && random_unit(&r) < (double)a->fraud.share;
    uint64_t seed = random_next(&r);
    buffer_add_text(out, ",\"actor_id\":\"");
    if (!bought && random_unit(&r) < POOLED) {
        int64_t k = random_below(&r, 50 * g->n_accounts + 1000);
        seed = random_of((uint64_t)g->options.seed, (uint64_t)k * N_NICHES + a->niche).state;
        buffer_add_text(out, "fan-");
        buffer_add_text(out, niche_names[a->niche]);
        put_key(out, "-", k);
    } else {
        put_key(out, "u", a - g->accounts);
        put_key(out, "-", commenter);
    }
    buffer_add_text(out, "\"");
    struct actor actor = actor_of(seed, bought ? 1 : FAKE_ANYWHERE);
    put_actor(&actor, out);
}

static void put_member(struct generator *g, const struct account *a, const struct flow *f, struct buffer *out)
{
    const struct pod *pod = &g->pods[a->fraud.first];
    uint64_t start = random_of(a->seed, (uint64_t)f->post).state % (uint64_t)(pod->n - 1);
    int32_t place = (int32_t)((start + (uint64_t)f->left) % (uint64_t)(pod->n - 1));
    int32_t member = pod->members[(a->fraud.n + 1 + place) % pod->n];
    const struct account *other = &g->accounts[member];
    struct actor actor = {.followers = account_followers(other, 0),
                          .following = other->following,
                          .posts = 200 + other->posts,
                          .picture = true,
                          .digits_known = true,
                          .age_days = 1500};
    buffer_add_text(out, ",\"actor_id\":\"");
    put_name(g, member, out);
    buffer_add_text(out, "\"");
    put_actor(&actor, out);
}

/* Words, and a fingerprint that short phrases share. */
static void put_wording(struct account *a, const struct flow *f, struct buffer *out)
{
    struct random *r = &a->random;
    double canned = f->what == FLOW_REPLY            ? 0
                    : f->what == FLOW_POD            ? .5
                    : a->fraud.kind == FRAUD_GENERIC ? (double)a->fraud.share
                                                     : 0;
    bool bot = random_unit(r) < canned;
    int64_t words = bot ? random_below(r, 3) : (int64_t)(figure_at(&words_figure, random_normal(r)) + .5);
    int64_t phrase = bot         ? random_below(r, BOT_PHRASES)
                     : words < 3 ? random_below(r, SHORT_PHRASES)
                                 : (int64_t)(random_next(r) >> 1);
    uint64_t fingerprint = random_of(bot ? 7 : 11, (uint64_t)phrase).state >> 16;
    put_key(out, ",\"comment\":{\"words\":", words);
    put_key(out, ",\"emoji\":", random_below(r, 3));
    put_key(out, ",\"mentions\":", random_unit(r) < .08);
    buffer_add_text(out, f->what == FLOW_REPLY || random_unit(r) < .1 ? ",\"reply\":true" : "");
    put_key(out, ",\"fingerprint\":", (int64_t)fingerprint);
    buffer_add_text(out, "}");
}

static void put_act(struct generator *g, const struct account *a, const struct flow *f, int64_t count,
                    int64_t occurred_at, struct buffer *out)
{
    put_head(g, a, "interactions", f->next_at, out);
    buffer_add_text(out, ",\"post_id\":\"");
    put_name(g, a - g->accounts, out);
    put_key(out, "-p", f->post);
    buffer_add_text(out, "\",\"kind\":\"");
    buffer_add_text(out, kind_names[f->kind]);
    put_key(out, "\",\"count\":", count);
    put_key(out, ",\"occurred_at\":", occurred_at);
}

/* What counts: not rejected ones, nor those that come as totals. */
static void count_act(struct account *a, const struct flow *f, int64_t count)
{
    bool as_totals = a->sends_totals && f->kind <= KIND_SAVE;
    if (f->what != FLOW_FUTURE && f->what != FLOW_REPLY && !as_totals)
        a->totals[f->kind] += count;
}

void put_interaction(struct generator *g, struct account *a, const struct flow *f, int64_t count,
                     int64_t occurred_at, struct buffer *out)
{
    put_act(g, a, f, count, occurred_at, out);
    if (f->kind == KIND_CLICK || f->kind == KIND_PURCHASE)
        put_key(out, ",\"campaign_id\":\"campaign-", f->post % 5);
    buffer_add_text(out, f->kind == KIND_CLICK || f->kind == KIND_PURCHASE ? "\"" : "");
    if (f->kind == KIND_PURCHASE) {
        put_key(out, ",\"value\":{\"minor_units\":", count * (990 + random_below(&a->random, 8000)));
        buffer_add_text(out, ",\"currency\":\"EUR\"}");
    }
    if (count == 1 && f->what == FLOW_REACTION && f->kind <= KIND_SAVE)
        put_commenter(g, a, draw_commenter(a), out);
    put_tail(g, out);
    count_act(a, f, count);
}

void put_comment(struct generator *g, struct account *a, const struct flow *f, int64_t count,
                 struct buffer *out)
{
    put_act(g, a, f, count, f->next_at, out);
    if (f->what == FLOW_REPLY) {
        buffer_add_text(out, ",\"actor_id\":\"");
        put_name(g, a - g->accounts, out);
        buffer_add_text(out, "\"");
    } else if (f->what == FLOW_POD) {
        put_member(g, a, f, out);
    } else if (f->what == FLOW_COMMENT) {
        put_commenter(g, a, draw_commenter(a), out);
    }
    if (f->what != FLOW_COUNTED)
        put_wording(a, f, out);
    put_tail(g, out);
    count_act(a, f, count);
}
