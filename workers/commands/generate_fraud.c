/* generate_fraud: who cheats, how, and on which posts. Every touched post follows from the account's seed, so
 * that the truth file can name it without anything kept. */
#include <stdlib.h>

#include "generate.h"

#define LEAST_POD 8
#define MOST_POD  30
#define TOUCHED   0x7f4a7c15ULL

static const char *const fraud_names[N_FRAUDS] = {
    NULL, "bought_followers", "bought_likes", "pod", "generic_comments", "fake_audience", "undisclosed"};

/* A run of posts somewhere in the middle of those expected. */
static void set_block(struct generator *g, struct account *a, struct fraud *f)
{
    double expected = fmax(8, (double)g->options.days / a->interval_days);
    f->n = (int32_t)fmax(1, f->share * expected);
    f->first = (int32_t)(random_unit(&a->random) * (expected - f->n));
}

void fraud_set(struct generator *g, struct account *a, int kind)
{
    struct random *r = &a->random;
    struct fraud *f = &a->fraud;
    *f = (struct fraud){.kind = (uint8_t)kind};
    switch (kind) {
    case FRAUD_FOLLOWERS: /* some are lost again */
        f->first = (int32_t)(random_between(r, .3, .6) * (double)g->options.days);
        f->n = (int32_t)(a->followers * random_between(r, .3, 1.5));
        f->factor = (float)random_between(r, 0, .5);
        break;
    case FRAUD_LIKES:
        f->factor = (float)random_between(r, 1, 5);
        f->share = (float)random_between(r, .1, .5);
        f->block = !a->character && random_unit(r) < .5;
        if (f->block)
            set_block(g, a, f);
        break;
    case FRAUD_GENERIC:
        f->share = (float)random_between(r, .7, .95);
        break;
    case FRAUD_AUDIENCE:
        f->share = (float)random_between(r, .3, .7);
        break;
    case FRAUD_UNDISCLOSED:
        f->share = (float)random_between(r, .2, .6);
        break;
    default:
        break;
    }
}

void pod_add(struct generator *g, const int32_t *members, int32_t n)
{
    g->pods = realloc(g->pods, ((size_t)g->n_pods + 1) * sizeof *g->pods);
    struct pod pod = {malloc((size_t)n * sizeof *members), n};
    if (!g->pods || !pod.members)
        abort();
    for (int32_t i = 0; i < n; i++) {
        pod.members[i] = members[i];
        g->accounts[members[i]].fraud = (struct fraud){.kind = FRAUD_POD, .first = g->n_pods, .n = i};
    }
    g->pods[g->n_pods++] = pod;
}

/* Numbered accounts in an order of the seed's. */
static int32_t *shuffled(const struct generator *g, struct random *r)
{
    int64_t n = g->options.creators;
    int32_t *order = malloc(((size_t)n + 1) * sizeof *order);
    if (!order)
        abort();
    for (int64_t i = 0; i < n; i++) {
        int64_t k = random_below(r, i + 1);
        order[i] = order[k];
        order[k] = (int32_t)(g->n_named + i);
    }
    return order;
}

/* A third of the cheats are in pods, if that fills one; the other kinds take turns. */
void fraud_assign(struct generator *g)
{
    static const int others[] = {FRAUD_FOLLOWERS, FRAUD_LIKES, FRAUD_GENERIC, FRAUD_AUDIENCE,
                                 FRAUD_UNDISCLOSED};
    struct random r = random_of((uint64_t)g->options.seed, UINT64_MAX);
    int32_t *order = shuffled(g, &r);
    int32_t n = (int32_t)lround(g->options.fraud * (double)g->options.creators), i = 0;
    int32_t in_pods = n / 3 >= LEAST_POD ? n / 3 : n >= 2 * LEAST_POD ? LEAST_POD : 0;
    while (in_pods - i >= LEAST_POD) {
        int32_t size = LEAST_POD + (int32_t)random_below(&r, MOST_POD - LEAST_POD + 1);
        if (in_pods - i - size < LEAST_POD)
            size = in_pods - i < MOST_POD ? in_pods - i : MOST_POD;
        pod_add(g, order + i, size);
        i += size;
    }
    for (; i < n; i++)
        fraud_set(g, &g->accounts[order[i]], others[i % 5]);
    free(order);
}

bool fraud_touches(const struct account *a, int32_t post)
{
    const struct fraud *f = &a->fraud;
    struct random r = random_of(a->seed ^ TOUCHED, (uint64_t)post);
    if (f->kind == FRAUD_LIKES && f->block)
        return post >= f->first && post < f->first + f->n;
    if (f->kind == FRAUD_LIKES || f->kind == FRAUD_UNDISCLOSED)
        return random_unit(&r) < (double)f->share;
    return f->kind == FRAUD_POD;
}

static void put_posts(const struct generator *g, const struct account *a, struct buffer *out)
{
    const char *comma = "";
    buffer_add_text(out, ",\"posts\":[");
    for (int32_t post = 0; post < a->posts; post++)
        if (fraud_touches(a, post)) {
            buffer_add_text(out, comma);
            buffer_add_text(out, "\"");
            put_name(g, a - g->accounts, out);
            put_key(out, "-p", post);
            buffer_add_text(out, "\"");
            comma = ",";
        }
    buffer_add_text(out, "]");
}

static void put_members(const struct generator *g, const struct pod *pod, struct buffer *out)
{
    for (int32_t i = 0; i < pod->n; i++) {
        buffer_add_text(out, i ? ",\"" : ",\"members\":[\"");
        put_name(g, pod->members[i], out);
        buffer_add_text(out, "\"");
    }
    buffer_add_text(out, "]");
}

void put_fraud(const struct generator *g, const struct account *a, struct buffer *out)
{
    const struct fraud *f = &a->fraud;
    if (f->kind == FRAUD_NONE)
        return;
    buffer_printf(out, "{\"kind\":\"%s\"", fraud_names[f->kind]);
    if (f->kind == FRAUD_FOLLOWERS)
        buffer_printf(out, ",\"day\":%d,\"followers\":%d,\"lost\":%.3f", FIRST_DAY + f->first, f->n,
                      (double)f->factor);
    if (f->kind == FRAUD_LIKES)
        buffer_printf(out, ",\"pattern\":\"%s\",\"factor\":%.3f", f->block ? "block" : "scattered",
                      (double)f->factor);
    if (f->kind != FRAUD_FOLLOWERS && f->kind != FRAUD_POD)
        buffer_printf(out, ",\"share\":%.3f", (double)f->share);
    if (f->kind == FRAUD_POD) {
        put_key(out, ",\"pod\":", f->first);
        put_members(g, &g->pods[f->first], out);
    }
    if (f->kind == FRAUD_LIKES || f->kind == FRAUD_POD || f->kind == FRAUD_UNDISCLOSED)
        put_posts(g, a, out);
    buffer_add_text(out, "}");
}
