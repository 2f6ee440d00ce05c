/* replay_plan: what is there, what a replay would read, replace and forget, and whether it may begin. */
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>

#include "replay.h"

#define RECORDS_A_SECOND 150000 /* docs/reference/performance.md: catch-up, rounded down */

/* ---- what Redis says ---- */

static enum err look_at(const struct replay *r, int32_t lane, struct replay_lane *l, struct err_info *info)
{
    char into[LANE_NAMESPACE];
    struct buffer text = {0};
    l->live = l->built = (struct fence){0};
    enum err err = fence_of(r->redis, r->config->namespace_, lane, &l->live, info);
    l->has_live = err == ERR_OK;
    if (err == ERR_OK || err == ERR_NOT_FOUND)
        err = fence_text(r->redis, r->into, lane, &text, info);
    struct bytes built = {text.data, text.len};
    l->swapped = l->has_built = false;
    if (err == ERR_OK && fence_swapped(built, into, l->was))
        l->swapped = strcmp(into, r->config->namespace_) == 0 && strcmp(l->live.data, r->into) == 0;
    else if (err == ERR_OK)
        l->has_built = (err = fence_read(built, &l->built, info)) == ERR_OK;
    buffer_free(&text);
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

enum err replay_look(struct replay *r, struct err_info *info)
{
    struct redis_options options = redis_options_of(r->config, "microflux-replay");
    enum err err = r->redis ? ERR_OK : redis_open(&options, &r->redis, info);
    for (int32_t lane = 0; lane < r->n_lanes && err == ERR_OK; lane++)
        err = look_at(r, lane, &r->lanes[lane], info);
    return err;
}

bool replay_swapped(const struct replay *r)
{
    for (int32_t lane = 0; lane < r->n_lanes; lane++)
        if (!r->lanes[lane].swapped)
            return false;
    return true;
}

/* ---- may it begin? ---- */

enum err replay_judge(const struct replay *r, struct err_info *info)
{
    for (int32_t lane = 0; lane < r->n_lanes; lane++) {
        const struct replay_lane *l = &r->lanes[lane];
        if ((l->has_live && l->live.partitions != r->n_lanes) ||
            (l->has_built && l->built.partitions != r->n_lanes))
            return err_set(info, ERR_REFUSED, "partitions_changed",
                           "lane %d was counted with another number of partitions than the %d of the topics: "
                           "a replay cannot mend that",
                           lane, r->n_lanes);
        if (!l->swapped && l->has_live && strcmp(l->live.data, r->into) == 0)
            return err_set(info, ERR_REFUSED, "data_in_use",
                           "namespace %s holds the live counters of lane %d: name another one", r->into,
                           lane);
    }
    return ERR_OK;
}

/* ---- the plan ---- */

static int64_t next_of(const struct replay *r, int32_t lane, int input)
{
    const struct replay_lane *l = &r->lanes[lane];
    const struct log_span *span = &r->spans[lane * r->n_inputs + input];
    if (l->swapped)
        return span->end;
    int64_t next = l->has_built ? l->built.at[input].applied : span->from;
    return next < span->begin ? span->begin : next > span->end ? span->end : next;
}

int64_t replay_left(const struct replay *r, int64_t *all)
{
    int64_t left = 0;
    *all = 0;
    for (int32_t lane = 0; lane < r->n_lanes; lane++)
        for (int i = 0; i < r->n_inputs; i++) {
            const struct log_span *span = &r->spans[lane * r->n_inputs + i];
            left += span->end - next_of(r, lane, i);
            *all += span->end - span->from;
        }
    return left;
}

static const char *state_of(const struct replay_lane *l)
{
    return l->swapped ? "swapped" : l->has_built ? "begun" : "new";
}

static void print_json(const struct replay *r, int32_t lane, int input)
{
    const struct replay_lane *l = &r->lanes[lane];
    const struct log_span *span = &r->spans[lane * r->n_inputs + input];
    int64_t next = next_of(r, lane, input);
    json_t *line = json_pack(
        "{si ss sI sI sI sI sI so so ss}", "lane", lane, "input", r->topics[input], "earliest",
        (json_int_t)span->begin, "from", (json_int_t)span->from, "next", (json_int_t)next, "end",
        (json_int_t)span->end, "records", (json_int_t)(span->end - next), "live",
        l->has_live ? json_integer(l->live.at[input].applied) : json_null(), "built",
        l->has_built ? json_integer(l->built.at[input].applied) : json_null(), "state", state_of(l));
    json_dumpf(line, stdout, JSON_COMPACT);
    json_decref(line);
    printf("\n");
}

static void print_row(const struct replay *r, int32_t lane, int input)
{
    const struct replay_lane *l = &r->lanes[lane];
    const struct log_span *span = &r->spans[lane * r->n_inputs + input];
    char live[24] = "-", built[24] = "-";
    if (l->has_live)
        snprintf(live, sizeof live, "%" PRId64, l->live.at[input].applied);
    if (l->has_built)
        snprintf(built, sizeof built, "%" PRId64, l->built.at[input].applied);
    printf("%4d  %-16s %12" PRId64 " %12" PRId64 " %12" PRId64 " %12" PRId64 " %12s %12s  %s\n", lane,
           r->topics[input], span->begin, span->from, span->end, span->end - next_of(r, lane, input), live,
           built, state_of(l));
}

/* What the log holds no more, and what --from leaves out. */
static void print_forgotten(const struct replay *r)
{
    int64_t gone = 0, left_out = 0;
    for (int32_t i = 0; i < r->n_lanes * r->n_inputs; i++) {
        gone += r->spans[i].begin;
        left_out += r->spans[i].from - r->spans[i].begin;
    }
    if (gone)
        printf("The log begins later than its first record: %" PRId64
               " records are gone. Counts that only they made are forgotten.\n",
               gone);
    if (r->config->log_epoch > 0)
        printf("This is log epoch %" PRId64 ": counts of earlier epochs are forgotten.\n",
               r->config->log_epoch);
    if (left_out)
        printf("--from leaves out %" PRId64
               " records that are still there. Counts and creators that only they "
               "made are forgotten.\n",
               left_out);
}

void replay_print_plan(const struct replay *r)
{
    int64_t all, left = replay_left(r, &all);
    if (!r->json)
        printf("%4s  %-16s %12s %12s %12s %12s %12s %12s  %s\n", "lane", "input", "earliest", "from", "end",
               "to read", "live", "built", "state");
    for (int32_t lane = 0; lane < r->n_lanes; lane++)
        for (int i = 0; i < r->n_inputs; i++)
            (r->json ? print_json : print_row)(r, lane, i);
    if (r->json)
        return;
    printf("%" PRId64 " records to read into namespace %s: about %" PRId64 " s at %d a second.\n", left,
           r->into, left / RECORDS_A_SECOND + 1, RECORDS_A_SECOND);
    print_forgotten(r);
    if (r->no_swap)
        printf("Namespace %s stays as it is.\n", r->config->namespace_);
    else
        printf("Then each lane of namespace %s becomes the one that was built, every creator is published "
               "again, "
               "and what lay there before is removed.\n",
               r->config->namespace_);
}
