/* generate_stream: all accounts side by side, in time order: a heap of who is due next; and at the end the
 * truth of what every counter must be. */
#include <inttypes.h>
#include <stdlib.h>

#include "generate.h"

enum { DUE_PROFILE = -1, DUE_POST = -2 };

static int64_t due_of(const struct account *a, int32_t *what)
{
    int64_t at = a->next_profile_at;
    *what = DUE_PROFILE;
    if (a->next_post_at < at) {
        at = a->next_post_at;
        *what = DUE_POST;
    }
    for (int32_t i = 0; i < a->n_flows; i++)
        if (a->flows[i].next_at < at) {
            at = a->flows[i].next_at;
            *what = i;
        }
    return at;
}

static bool before(const struct due *a, const struct due *b)
{
    return a->at != b->at ? a->at < b->at : a->account < b->account;
}

static void sink(struct due *heap, int64_t n, int64_t at)
{
    struct due moving = heap[at];
    for (int64_t child; (child = 2 * at + 1) < n; at = child) {
        if (child + 1 < n && before(&heap[child + 1], &heap[child]))
            child++;
        if (!before(&heap[child], &moving))
            break;
        heap[at] = heap[child];
    }
    heap[at] = moving;
}

struct generator *generate_open(const struct generate_options *options)
{
    struct generator *g = calloc(1, sizeof *g);
    int32_t what;
    if (!g)
        abort();
    g->options = *options;
    g->end_at = (FIRST_DAY + options->days) * MS_DAY;
    accounts_make(g);
    g->heap = malloc(((size_t)g->n_accounts + 1) * sizeof *g->heap);
    if (!g->heap)
        abort();
    for (int64_t i = 0; i < g->n_accounts; i++)
        g->heap[i] = (struct due){due_of(&g->accounts[i], &what), (int32_t)i};
    for (int64_t i = g->n_accounts / 2; i-- > 0;)
        sink(g->heap, g->n_accounts, i);
    return g;
}

bool generate_step(struct generator *g, struct buffer *out)
{
    int32_t what;
    if (g->n_accounts == 0 || g->heap[0].at >= g->end_at)
        return false;
    struct account *a = &g->accounts[g->heap[0].account];
    due_of(a, &what);
    if (what == DUE_PROFILE)
        put_profile(g, a, out);
    else if (what == DUE_POST)
        account_publish(g, a, out);
    else
        flow_fire(g, a, what, out);
    g->heap[0].at = due_of(a, &what);
    sink(g->heap, g->n_accounts, 0);
    return true;
}

double generate_done(const struct generator *g)
{
    double all = (double)(g->options.days * MS_DAY);
    return g->n_accounts ? 1 - fmax(0, (double)(g->end_at - g->heap[0].at)) / all : 1;
}

void generate_close(struct generator *g)
{
    for (int64_t i = 0; i < g->n_accounts; i++)
        free(g->accounts[i].flows);
    for (int32_t i = 0; i < g->n_pods; i++)
        free(g->pods[i].members);
    free(g->pods);
    free(g->accounts);
    free(g->heap);
    free(g);
}

/* ---- JSON shared by the records ---- */

void put_name(const struct generator *g, int64_t account, struct buffer *out)
{
    char name[32];
    if (account >= g->n_named) {
        put_key(out, "creator-", account - g->n_named);
        return;
    }
    account_name(g, account, name);
    buffer_add_text(out, name);
}

void put_head(struct generator *g, const struct account *a, const char *topic, int64_t timestamp,
              struct buffer *out)
{
    buffer_add_text(out, "{\"topic\":\"");
    buffer_add_text(out, topic);
    put_key(out, "\",\"timestamp\":", timestamp);
    buffer_add_text(out, ",\"value\":{\"creator_id\":\"");
    put_name(g, a - g->accounts, out);
    buffer_add_text(out, "\"");
}

void put_tail(struct generator *g, struct buffer *out)
{
    buffer_add_text(out, "}}\n");
    g->written++;
}

/* ---- the truth ---- */

static void put_truth(const struct generator *g, const struct account *a, struct buffer *out)
{
    buffer_add_text(out, "{\"creator\":\"");
    put_name(g, a - g->accounts, out);
    buffer_add_text(out, "\",\"creator_id\":\""); /* as `state` says it, and as the records do */
    put_name(g, a - g->accounts, out);
    buffer_add_text(out, a->character ? "\",\"character\":\"" : "\",\"character\":null");
    if (a->character)
        buffer_printf(out, "%s\"", character_name(a));
    buffer_printf(out, ",\"platform\":\"%s\",\"niche\":\"%s\"", platform_names[a->platform],
                  niche_names[a->niche]);
    put_key(out, ",\"followers\":", account_followers(a, g->options.days));
    put_key(out, ",\"posts\":", a->posts);
    buffer_add_text(out, a->sends_totals ? ",\"sends_totals\":true" : ",\"sends_totals\":false");
    for (int kind = KIND_VIEW; kind < N_KINDS; kind++)
        buffer_printf(out, "%s\"%s\":%" PRId64, kind == KIND_VIEW ? ",\"totals\":{" : ",", kind_names[kind],
                      a->totals[kind]);
    buffer_add_text(out, "},\"fraud\":[");
    put_fraud(g, a, out);
    buffer_add_text(out, "]}\n");
}

void generate_truth(const struct generator *g, FILE *file)
{
    struct buffer out = {0};
    for (int64_t i = 0; i < g->n_accounts && !ferror(file); i++) {
        out.len = 0;
        put_truth(g, &g->accounts[i], &out);
        fwrite(out.data, 1, out.len, file);
    }
    buffer_free(&out);
}
