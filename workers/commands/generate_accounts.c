/* generate_accounts: who there is: size, rate, habits, by the percentiles measured on real accounts; named
 * characters for those who want to be told a story; profiles, one a day. */
#include <inttypes.h>
#include <stdlib.h>

#include "generate.h"

#define BURST .12 /* share of posts that come minutes after the one before */

static const struct size_class {
    double below;
    struct figure rate; /* (likes + comments) / followers */
    double comments_per_like;
} size_classes[] = {
    {1e4, {.0067, .041, .152}, .042}, {1e5, {.0051, .029, .102}, .028},  {5e5, {.0045, .025, .092}, .013},
    {1e6, {.0045, .025, .092}, .008}, {1e15, {.0029, .024, .088}, .007},
};
static const double niche_shares[N_NICHES] = {.41, .14, .14, .12, .05, .04, .04, .02, .04};
static const struct figure spread_figure = {.30, .59, 1.12};   /* sd of log likes within an account */
static const struct figure variation_figure = {.8, 1.85, 4.6}; /* of intervals */
static const struct figure interval_figure = {1, 12.5, 60};    /* days, of accounts */

enum { CHARACTER_POD_FRIEND = 6, POD_FRIENDS = 11, NAMED = 5 + POD_FRIENDS };
static const struct character {
    const char *name;
    int niche, fraud;
    double followers, rate, comments_per_like, sponsored, own_replies;
} characters[] = {
    {"honest-expert", NICHE_FOOD, FRAUD_NONE, 24000, .055, .06, .06, .25},
    {"celebrity", NICHE_OTHER, FRAUD_NONE, 3200000, .012, .005, .25, .01},
    {"bought-followers", NICHE_FASHION, FRAUD_FOLLOWERS, 18000, .021, .025, .08, .12},
    {"bought-likes", NICHE_TRAVEL, FRAUD_LIKES, 35000, .026, .03, .08, .15},
    {"engagement-pod", NICHE_BEAUTY, FRAUD_POD, 9000, .035, .03, .06, .20},
    {"pod-friend", NICHE_BEAUTY, FRAUD_POD, 7000, .033, .03, .06, .20},
};

void account_name(const struct generator *g, int64_t account, char out[32])
{
    if (account >= g->n_named)
        snprintf(out, 32, "creator-%" PRId64, account - g->n_named);
    else if (account < CHARACTER_POD_FRIEND - 1)
        snprintf(out, 32, "%s", characters[account].name);
    else
        snprintf(out, 32, "pod-friend-%" PRId64, account - (CHARACTER_POD_FRIEND - 2));
}

const char *character_name(const struct account *a)
{
    return a->character ? characters[a->character - 1].name : NULL;
}

/* <10k 37 %, 10–100k 47 %, 100k–1M 14 %, >1M 2 %. */
static double draw_followers(double z)
{
    return pow(10, 5 + (z - .994) * (z < .994 ? .754 : .943));
}

static int draw_niche(double u)
{
    int niche = 0;
    while (niche < NICHE_OTHER && u >= niche_shares[niche])
        u -= niche_shares[niche++];
    return niche;
}

static int draw_platform(double u)
{
    return u < .6 ? 1 : u < .8 ? 2 : u < .9 ? 3 : 4; /* INSTAGRAM TIKTOK YOUTUBE X */
}

/* The share of posts that come in bursts shortens what --posts asks for. With --zipf all post alike: the
 * records of a post make the difference. */
static double draw_interval(const struct generate_options *o, struct random *r)
{
    double z = o->zipf > 0 ? 0 : random_normal(r);
    if (o->posts == 0)
        return figure_at(&interval_figure, z);
    return (double)o->days / (double)o->posts / (1 - BURST) * exp(.2 * z);
}

static void make_account(const struct generate_options *o, struct account *a, double size)
{
    struct random *r = &a->random;
    a->followers = draw_followers(size);
    const struct size_class *class = size_classes;
    while (a->followers >= class->below)
        class ++;
    a->rate = (float)figure_at(&class->rate, random_normal(r));
    a->comments_per_like = (float)random_lognormal(r, class->comments_per_like, .5);
    a->spread = (float)figure_at(&spread_figure, random_normal(r));
    double variation = figure_at(&variation_figure, random_normal(r));
    a->interval_sigma = (float)sqrt(log(1 + variation * variation));
    a->interval_days = (float)draw_interval(o, r);
    a->sponsored = .06F;
    a->own_replies = (float)fmin(.6, random_lognormal(r, .145, .5));
    a->niche = (uint8_t)draw_niche(random_unit(r));
    a->platform = (uint8_t)draw_platform(random_unit(r));
    a->country = (uint8_t)random_below(r, 4);
    a->following = (int32_t)(200 + random_below(r, 900));
    a->activity = 1;
}

static void make_character(struct account *a, int row)
{
    const struct character *c = &characters[row];
    a->character = (uint8_t)(1 + row);
    a->niche = (uint8_t)c->niche;
    a->platform = 1;
    a->followers = c->followers * random_between(&a->random, .95, 1.05);
    a->rate = (float)c->rate;
    a->comments_per_like = (float)c->comments_per_like;
    a->sponsored = (float)c->sponsored;
    a->own_replies = (float)c->own_replies;
    a->spread = .35F;
    a->interval_days = 1.4F;
    a->interval_sigma = .5F;
}

/* Zipf: the records of creator r go with r^-S, its followers fall with r. */
static void make_ranks(const struct generator *g)
{
    const struct generate_options *o = &g->options;
    double sum = 0;
    for (int64_t i = 1; i <= o->creators; i++)
        sum += pow((double)i, -o->zipf);
    for (int64_t i = g->n_named; i < g->n_accounts; i++)
        g->accounts[i].activity =
            (float)(pow((double)(i - g->n_named + 1), -o->zipf) * (double)o->creators / sum);
}

static void make_characters(struct generator *g)
{
    int32_t pod[1 + POD_FRIENDS];
    for (int32_t i = 0; i < NAMED; i++) {
        struct account *a = &g->accounts[i];
        int row = i < CHARACTER_POD_FRIEND - 1 ? i : CHARACTER_POD_FRIEND - 1;
        make_character(a, row);
        if (characters[row].fraud != FRAUD_POD)
            fraud_set(g, a, characters[row].fraud);
        else
            pod[i - (CHARACTER_POD_FRIEND - 2)] = i;
    }
    pod_add(g, pod, 1 + POD_FRIENDS);
}

static void set_clock(struct account *a)
{
    const int64_t start = FIRST_DAY * MS_DAY;
    struct random *r = &a->random;
    /* totals count only once the profile has named the platform */
    a->next_profile_at = start + random_below(r, a->sends_totals ? MS_HOUR : MS_DAY);
    a->next_post_at =
        start + (a->sends_totals ? 2 * MS_HOUR : 0) + (int64_t)(random_unit(r) * a->interval_days * MS_DAY);
}

void accounts_make(struct generator *g)
{
    const struct generate_options *o = &g->options;
    g->n_named = o->characters ? NAMED : 0;
    g->n_accounts = g->n_named + o->creators;
    g->accounts = calloc((size_t)g->n_accounts + 1, sizeof *g->accounts);
    if (!g->accounts)
        abort();
    for (int64_t i = 0; i < g->n_accounts; i++) {
        struct account *a = &g->accounts[i];
        double rank = 1 - ((double)(i - g->n_named) + .5) / (double)o->creators;
        a->random = random_of((uint64_t)o->seed, (uint64_t)(i - g->n_named));
        a->seed = random_next(&a->random);
        make_account(o, a,
                     o->zipf > 0 && i >= g->n_named ? normal_quantile(rank) : random_normal(&a->random));
    }
    if (o->zipf > 0)
        make_ranks(g);
    if (o->characters)
        make_characters(g);
    fraud_assign(g);
    for (int64_t i = 0; i < g->n_accounts; i++) {
        struct account *a = &g->accounts[i];
        if (!a->character && random_unit(&a->random) < o->totals) {
            a->sends_totals = true;
            a->platform = 5; /* FACEBOOK */
        }
        set_clock(a);
    }
}

int64_t account_interval(struct account *a)
{
    struct random *r = &a->random;
    double sigma = a->interval_sigma;
    double days = random_unit(r) < BURST
                      ? random_lognormal(r, .006, .8)
                      : a->interval_days * exp(sigma * random_normal(r) - sigma * sigma / 2);
    return MS_MINUTE + (int64_t)(days * MS_DAY);
}

int64_t account_followers(const struct account *a, int64_t day)
{
    double bought = 0;
    if (a->fraud.kind == FRAUD_FOLLOWERS && day >= a->fraud.first) {
        double since = (double)(day - a->fraud.first);
        bought = a->fraud.n * (since < 1 ? .6 : 1 - a->fraud.factor * fmin((since - 1) / 14, 1));
    }
    return (int64_t)(a->followers + bought);
}

static const char *const countries[4] = {"FR", "FR", "BE", "GB"};
static const char *const languages[4] = {"fr", "fr", "fr", "en"};

/* A few fields that not every platform tells. */
static void put_more(const struct account *a, struct buffer *out)
{
    struct random r = random_of(a->seed, 1);
    if (random_unit(&r) < .5)
        buffer_printf(out, ",\"topics\":[\"%s\"]", niche_names[a->niche]);
    if (random_unit(&r) < .3)
        buffer_printf(out, ",\"price_per_post\":{\"minor_units\":%" PRId64 ",\"currency\":\"EUR\"}",
                      500 * (1 + (int64_t)(a->followers / 500)));
    double home = random_between(&r, .4, .9);
    if (random_unit(&r) < .2)
        buffer_printf(out,
                      ",\"audience\":{\"countries\":{\"%s\":%.2f,\"DE\":%.2f},\"languages\":{\"%s\":%.2f}}",
                      countries[a->country], home, .9 - home, languages[a->country], home);
}

void put_profile(struct generator *g, struct account *a, struct buffer *out)
{
    struct random *r = &a->random;
    int64_t at = a->next_profile_at, day = at / MS_DAY;
    a->followers *= 1 + .003 * random_normal(r) + .001;
    put_head(g, a, "profiles", at, out);
    buffer_add_text(out, ",\"platform\":\"");
    buffer_add_text(out, platform_names[a->platform]);
    put_key(out, "\",\"observed_at\":", at);
    put_key(out, ",\"followers\":", account_followers(a, day - FIRST_DAY));
    put_key(out, ",\"following\":", a->following);
    put_key(out, ",\"posts\":", a->posts);
    buffer_add_text(out, a->followers > 3e5 ? ",\"verified\":true,\"country\":\"" : ",\"country\":\"");
    buffer_add_text(out, countries[a->country]);
    buffer_add_text(out, "\",\"languages\":[\"");
    buffer_add_text(out, languages[a->country]);
    buffer_add_text(out, "\"]");
    put_more(a, out);
    put_tail(g, out);
    a->next_profile_at = (day + 1) * MS_DAY + random_below(r, MS_DAY);
}
