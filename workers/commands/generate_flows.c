/* generate_flows: what follows a post, in time order. A flow knows how many records it still has and how far
 * its delays are; each step draws the next one. */
#include <stdlib.h>

#include "generate.h"

static const struct figure reaction_hours = {.4, 3, 22}, comment_hours = {.19, 15, 1176},
                           reply_hours = {.06, 11, 196}, snapshot_hours = {1, 24, 336};

static double delay_hours(int what, double u)
{
    switch (what) {
    case FLOW_COMMENT:
    case FLOW_COUNTED:
        return figure_at(&comment_hours, normal_quantile(u));
    case FLOW_REPLY:
        return figure_at(&reply_hours, normal_quantile(u));
    case FLOW_POD: /* within ten minutes */
        return (20 + 520 * u) / 3600;
    case FLOW_BOUGHT:
        return .2 + 3 * u;
    case FLOW_SNAPSHOT:
        return figure_at(&snapshot_hours, normal_quantile(u));
    default:
        return figure_at(&reaction_hours, normal_quantile(u));
    }
}

/* The next of `left` delays still to come, each later than the last. False: none before the end. */
static bool advance(const struct generator *g, struct random *r, struct flow *f)
{
    if (f->left <= 0 || f->sum == 0)
        return false;
    f->u = 1 - (1 - f->u) * pow(1 - random_unit(r), 1.0 / f->left);
    double hours = delay_hours(f->what, f->u);
    int64_t at = hours < 1e6 ? f->posted_at + MS_SECOND + (int64_t)(hours * MS_HOUR) : INT64_MAX;
    f->next_at = at > f->next_at ? at : f->next_at;
    return f->next_at < g->end_at;
}

static void add_flow(const struct generator *g, struct account *a, struct flow flow)
{
    if (!advance(g, &a->random, &flow))
        return;
    if (a->n_flows == a->cap_flows) {
        a->cap_flows = a->cap_flows ? a->cap_flows * 3 / 2 : 16;
        a->flows = realloc(a->flows, (size_t)a->cap_flows * sizeof *a->flows);
        if (!a->flows)
            abort();
    }
    a->flows[a->n_flows++] = flow;
}

/* At most `most` records, together `sum`. */
static void add(const struct generator *g, struct account *a, const struct flow *post, int what, int kind,
                int64_t sum, int64_t most)
{
    struct flow flow = *post;
    flow.what = (uint8_t)what;
    flow.kind = (uint8_t)kind;
    flow.sum = sum;
    flow.left = (int32_t)(sum < most ? sum : most);
    add_flow(g, a, flow);
}

/* Comments come one by one as far as --singles goes, the rest counted; own replies in the same proportion. */
static void add_comments(const struct generator *g, struct account *a, const struct flow *post, int64_t n)
{
    struct random *r = &a->random;
    int64_t most = (int64_t)fmax(1, lround((double)g->options.singles * (double)a->activity));
    int64_t singles = n < most ? n : most;
    double replies = (double)a->own_replies / (1 - (double)a->own_replies);
    add(g, a, post, FLOW_COMMENT, KIND_COMMENT, singles, singles);
    add(g, a, post, FLOW_COUNTED, KIND_COMMENT, n - singles, 2);
    int64_t own = random_round(r, (double)n * replies), written = random_round(r, (double)singles * replies);
    add(g, a, post, FLOW_REPLY, KIND_COMMENT, own, written);
}

static void add_pod(const struct generator *g, struct account *a, const struct flow *post)
{
    if (a->fraud.kind != FRAUD_POD)
        return;
    int64_t others = g->pods[a->fraud.first].n - 1;
    int64_t n = random_round(&a->random, (double)others * random_between(&a->random, .6, 1));
    add(g, a, post, FLOW_POD, KIND_COMMENT, n, n);
}

/* What goes wrong: unlikes, late and future events, posts relabelled or deleted. */
static void add_oddities(const struct generator *g, struct account *a, const struct flow *post)
{
    struct random *r = &a->random;
    if (random_unit(r) < .1)
        add(g, a, post, FLOW_UNLIKE, KIND_LIKE, 1 + random_below(r, 3), 1);
    if (random_unit(r) < .01)
        add(g, a, post, FLOW_LATE, KIND_LIKE, 1 + random_below(r, 9), 1);
    if (random_unit(r) < .01)
        add(g, a, post, FLOW_FUTURE, KIND_LIKE, 5, 1);
    double u = random_unit(r);
    if (u < .05)
        add(g, a, post, u < .03 ? FLOW_RELABEL : FLOW_DELETE, 0, 1, 1);
}

static void add_reactions(const struct generator *g, struct account *a, const struct flow *post,
                          const int64_t counts[N_KINDS], int64_t bought)
{
    int64_t batches = (int64_t)fmax(1, lround((double)a->activity));
    for (int kind = KIND_VIEW; kind < N_KINDS; kind++)
        if (kind != KIND_COMMENT && (!a->sends_totals || kind > KIND_SAVE))
            add(g, a, post, FLOW_REACTION, kind, counts[kind], kind == KIND_LIKE ? 2 * batches : batches);
    if (a->sends_totals) {
        add(g, a, post, FLOW_SNAPSHOT, 0, counts[KIND_LIKE] + bought, 5);
    } else {
        add(g, a, post, FLOW_BOUGHT, KIND_LIKE, bought, 3);
        add_oddities(g, a, post);
    }
}

void account_publish(struct generator *g, struct account *a, struct buffer *out)
{
    struct flow post = {.posted_at = a->next_post_at, .next_at = a->next_post_at, .post = a->posts++};
    struct plan plan = post_plan(a, post.post);
    int64_t counts[N_KINDS];
    double rate = (double)a->rate / (1 + plan.comments_per_like);
    int64_t likes = random_round(&a->random, a->followers * fmin(.9, rate * plan.noise));
    post_reactions(&plan, likes, counts);
    put_post(g, a, &post, post.posted_at, false, false, out);
    add_reactions(g, a, &post, counts, plan.boosted ? (int64_t)((double)likes * (double)a->fraud.factor) : 0);
    add_comments(g, a, &post, counts[KIND_COMMENT]);
    add_pod(g, a, &post);
    a->next_post_at += account_interval(a);
}

static void put_flow(struct generator *g, struct account *a, struct flow *f, struct buffer *out)
{
    struct random *r = &a->random;
    int64_t count = f->left == 1 ? f->sum : f->sum / f->left;
    switch (f->what) {
    case FLOW_COMMENT:
    case FLOW_COUNTED:
    case FLOW_REPLY:
    case FLOW_POD:
        put_comment(g, a, f, count, out);
        break;
    case FLOW_UNLIKE: /* dated as the like it takes back */
        put_interaction(g, a, f, -count, f->next_at - random_below(r, f->next_at - f->posted_at), out);
        break;
    case FLOW_LATE:
        put_interaction(g, a, f, count, f->next_at - (93 + random_below(r, 107)) * MS_DAY, out);
        g->late++;
        break;
    case FLOW_FUTURE: /* a wrong clock: rejected */
        put_interaction(g, a, f, count, f->next_at + MS_HOUR + random_below(r, 400 * MS_DAY), out);
        g->future++;
        break;
    case FLOW_RELABEL: /* the label came later, or went */
    case FLOW_DELETE:
        put_post(g, a, f, f->next_at, f->what == FLOW_RELABEL, f->what == FLOW_DELETE, out);
        break;
    case FLOW_SNAPSHOT:
        put_snapshot(g, a, f, out);
        return;
    default:
        put_interaction(g, a, f, count, f->next_at, out);
    }
    f->sum -= count;
}

void flow_fire(struct generator *g, struct account *a, int32_t flow, struct buffer *out)
{
    struct flow *f = &a->flows[flow];
    bool reachable = a->posts - f->post <= REACHABLE;
    if (reachable)
        put_flow(g, a, f, out);
    f->left--;
    if (!reachable || !advance(g, &a->random, f))
        a->flows[flow] = a->flows[--a->n_flows];
}
