/* check_lanes: do the fences in Redis, the logs and the group's committed offsets tell the same story? What a
 * worker would hold its lane for is said here before it starts. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "check.h"
#include "fences.h"

struct logs { /* of one input, by partition */
    int64_t *begin, *end, *committed;
};

static enum err read_logs(struct checking *c, struct logs *logs, struct err_info *info)
{
    enum err err = ERR_OK;
    size_t n = (size_t)c->partitions;
    for (int i = 0; i < N_TOPICS && err == ERR_OK; i++) {
        logs[i] = (struct logs){calloc(n, 8), calloc(n, 8), calloc(n, 8)};
        if (!logs[i].begin || !logs[i].end || !logs[i].committed)
            abort();
        err = inquiry_edges(c->inquiry, c->topics[i], c->partitions, logs[i].begin, logs[i].end, info);
        if (err == ERR_OK)
            err = inquiry_committed(c->inquiry, c->topics[i], c->partitions, logs[i].committed, info);
    }
    return err;
}

/* True: told. */
static bool judge_missing(struct checking *c, int32_t lane, const struct logs *logs)
{
    bool read = false, rebuild = c->config->redis_lost == LOST_GO_ON;
    for (int i = 0; i < N_TOPICS; i++)
        read |= logs[i].committed[lane] > 0;
    if (read)
        report_add(&c->report, rebuild ? VERDICT_WARN : VERDICT_FAIL, say(&c->report, "lane %d", lane),
                   say(&c->report,
                       "has no fence in Redis though group %s has read: its counters were lost, or "
                       "redis.address or namespace is another one",
                       c->config->group),
                   rebuild ? NULL : "restore Redis, or microflux run --set redis.lost=rebuild counts again");
    return read;
}

static bool judge_position(struct checking *c, int32_t lane, int input, const struct fence *fence,
                           const struct logs *log)
{
    int64_t applied = fence->at[input].applied;
    const char *subject = say(&c->report, "lane %d of %s", lane, c->topics[input]);
    if (applied > log->end[lane])
        report_add(&c->report, VERDICT_FAIL, subject,
                   say(&c->report,
                       "was read up to %" PRId64 " but its log ends at %" PRId64 ": it is another log",
                       applied, log->end[lane]),
                   say(&c->report, "when the topic was made anew: epoch = %d in the configuration",
                       fence->epoch + 1));
    else if (applied < log->begin[lane])
        report_add(&c->report, c->config->log_lost == LOST_GO_ON ? VERDICT_WARN : VERDICT_FAIL, subject,
                   say(&c->report, "records %" PRId64 " to %" PRId64 " expired before they were read",
                       applied, log->begin[lane] - 1),
                   "microflux run --set retention.lost=skip goes on without them");
    else
        return false;
    return true;
}

static bool judge_fence(struct checking *c, int32_t lane, const struct fence *fence, const struct logs *logs)
{
    const char *subject = say(&c->report, "lane %d", lane);
    bool told = false;
    if (fence->partitions != c->partitions)
        report_add(&c->report, VERDICT_FAIL, subject,
                   say(&c->report, "its counters were made with %d partitions but the topics have %d",
                       fence->partitions, c->partitions),
                   say(&c->report, "topics with %d partitions, or another namespace", fence->partitions));
    else if (fence->epoch > c->config->log_epoch)
        report_add(&c->report, VERDICT_FAIL, subject,
                   say(&c->report, "its fence says epoch %d, the configuration %" PRId64, fence->epoch,
                       c->config->log_epoch),
                   say(&c->report, "epoch = %d in the configuration", fence->epoch));
    else if (fence->n < N_TOPICS)
        report_add(&c->report, VERDICT_FAIL, subject, "its fence was written by another version", NULL);
    else {
        for (int i = 0; i < N_TOPICS && fence->epoch == c->config->log_epoch; i++)
            told |= judge_position(c, lane, i, fence, &logs[i]);
        return told;
    }
    return true;
}

static void judge_all(struct checking *c, const struct logs *logs)
{
    struct err_info info;
    struct fence fence;
    int32_t well = 0, fresh = 0;
    for (int32_t lane = 0; lane < c->partitions; lane++) {
        enum err err = fence_of(c->redis, c->config->namespace_, lane, &fence, &info);
        bool told = true;
        if (err == ERR_OK)
            told = judge_fence(c, lane, &fence, logs);
        else if (err == ERR_NOT_FOUND)
            fresh += !(told = judge_missing(c, lane, logs));
        else
            report_add(&c->report, VERDICT_FAIL, say(&c->report, "lane %d", lane), info.sentence, NULL);
        well += err == ERR_OK && !told;
        if (err == ERR_WEATHER) {
            c->report.away = true;
            return;
        }
    }
    if (well || fresh)
        report_add(&c->report, VERDICT_OK, "lanes",
                   say(&c->report, "%d go on where their fence says, %d begin anew", well, fresh), NULL);
}

void check_lanes(struct checking *c)
{
    struct logs logs[N_TOPICS] = {{NULL, NULL, NULL}};
    struct err_info info;
    if (read_logs(c, logs, &info) == ERR_OK) {
        judge_all(c, logs);
    } else {
        c->report.away |= info.code == ERR_WEATHER;
        report_add(&c->report, VERDICT_FAIL, "lanes", info.sentence, NULL);
    }
    for (int i = 0; i < N_TOPICS; i++) {
        free(logs[i].begin);
        free(logs[i].end);
        free(logs[i].committed);
    }
}
