/* replay: rebuilds the counters from the log beside the live ones, then swaps them in, lane by lane, on a
 * running system (docs/reference/replay.md). */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "microflux/args.h"
#include "microflux/commands.h"
#include "microflux/log.h"
#include "replay.h"

static enum err check_name(const struct replay *r, struct err_info *info)
{
    size_t len = r->into ? strlen(r->into) : 0;
    if (len == 0 || len >= LANE_NAMESPACE ||
        strspn(r->into, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") != len)
        return err_set(
            info, ERR_USAGE, "into",
            "--into wants the name of a namespace to build in: letters, digits, dots and dashes, such "
            "as --into rebuilt");
    if (strcmp(r->into, r->config->namespace_) == 0)
        return err_set(info, ERR_USAGE, "into", "--into %s is the live namespace: name another one", r->into);
    if (strlen(r->config->namespace_) >= LANE_NAMESPACE)
        return err_set(info, ERR_USAGE, "namespace", "namespace %s is longer than a replay can name",
                       r->config->namespace_);
    return log_from_check(r->from, info);
}

static enum err read_all(struct replay *r, struct err_info *info)
{
    struct inquiry *inquiry = NULL;
    enum err err =
        inquiry_open(kafka_pairs_of(r->config), r->config->n_kafka, r->config->group, 6000, &inquiry, info);
    if (err == ERR_OK)
        err = log_spans(inquiry, r->topics, r->n_inputs, r->from, &r->n_lanes, &r->spans, info);
    inquiry_close(inquiry);
    if (err != ERR_OK)
        return err;
    r->lanes = calloc((size_t)r->n_lanes, sizeof *r->lanes);
    if (!r->lanes)
        abort();
    return replay_look(r, info);
}

static int say(const struct replay *r, const char *action, int64_t creators)
{
    int32_t swapped = 0;
    for (int32_t lane = 0; lane < r->n_lanes; lane++)
        swapped += r->lanes[lane].swapped;
    if (r->json)
        printf("{\"action\":\"%s\",\"into\":\"%s\",\"lanes\":%d,\"swapped\":%d,\"creators_removed\":%" PRId64
               "}\n",
               action, r->into, r->n_lanes, swapped, creators);
    else
        printf("%s: %d of %d lanes are swapped into namespace %s, %" PRId64 " creators removed\n", action,
               swapped, r->n_lanes, r->config->namespace_, creators);
    return 0;
}

static int abandon(struct replay *r)
{
    struct err_info info;
    int64_t creators = 0;
    if (replay_abandon(r, &creators, &info) != ERR_OK)
        return complain("replay", &info);
    return say(r, "abandoned", creators);
}

static void block_signals(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
}

/* A replay that was killed while it tidied up has only that left to do. */
static int replay(struct replay *r)
{
    struct err_info info;
    int64_t creators = 0;
    bool before = replay_swapped(r);
    enum err err = replay_judge(r, &info);
    if (err != ERR_OK)
        return complain("replay", &info);
    block_signals();
    int status = before ? 0 : replay_run(r);
    if (status != 0)
        return status;
    err = replay_look(r, &info);
    if (err == ERR_OK)
        err = replay_tidy(r, &creators, &info);
    if (err == ERR_OK && before && creators == 0)
        err =
            err_set(&info, ERR_NOT_FOUND, "nothing_left",
                    "every lane of namespace %s is already what was built in %s: name another namespace for "
                    "another replay",
                    r->config->namespace_, r->into);
    return err == ERR_OK ? say(r, r->no_swap ? "built" : "done", creators) : complain("replay", &info);
}

static int act(struct replay *r, bool dry, bool giving_up)
{
    struct err_info info;
    enum err err = check_name(r, &info);
    if (err == ERR_OK)
        err = read_all(r, &info);
    if (err != ERR_OK)
        return complain("replay", &info);
    if (giving_up && !dry)
        return abandon(r);
    if (!dry)
        return replay(r);
    replay_print_plan(r);
    return replay_judge(r, &info) == ERR_OK ? 0 : complain("replay", &info);
}

int command_replay(int argc, char **argv)
{
    struct config *config = NULL;
    char **rest;
    size_t n;
    int status = 0;
    const char *format = "text";
    bool dry = false, giving_up = false;
    struct replay r = {0};
    const struct arg options[] = {
        {"into", ARG_TEXT, "NAMESPACE", "where to build; another one than the live namespace", &r.into},
        {"from", ARG_TEXT, LOG_FROM, "first record to count (else the earliest); older counts are forgotten",
         &r.from},
        {"dry-run", ARG_FLAG, NULL, "print the plan and change nothing", &dry},
        {"no-swap", ARG_FLAG, NULL, "build only; the same command without it goes on and swaps", &r.no_swap},
        {"abandon", ARG_FLAG, NULL, "remove what was built there", &giving_up},
        {"format", ARG_CHOICE, "text|json", "json: one object a line", &format},
    };
    const struct args args = {
        "replay",
        NULL,
        "Rebuilds the counters from the log beside the live ones, then swaps them in, lane by lane.",
        "microflux replay --into rebuilt --dry-run",
        options,
        6,
        true};
    if (!args_parse(&args, argc, argv, &rest, &n, &config, &status))
        return status;
    r.config = config;
    r.json = strcmp(format, "json") == 0;
    r.n_inputs = (int)score_topics(config, r.topics);
    log_setup(LOG_LEVEL_WARN, strcmp(config->log_format, "json") == 0);
    status = act(&r, dry, giving_up);
    redis_close(r.redis);
    free(r.spans);
    free(r.lanes);
    config_free(config);
    return status;
}
