/* commands: the table of sub-commands. */
#include "microflux/commands.h"

#include <jansson.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "microflux/args.h"

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *sentence;
} table[] = {
    {"run", command_run, "the main job: read, count, score, publish"},
    {"rekey", command_rekey, "copy a topic keyed by creator, exactly once, so that `run` can read it"},
    {"demo", command_demo, "a generated stream scored before your eyes, nothing needed but redis-server"},
    {"check", command_check, "is everything there that a worker needs, and what makes it"},
    {"topics", command_topics, "create the topics that are missing"},
    {"produce", command_produce, "send NDJSON as framed Avro"},
    {"generate", command_generate, "write a seeded stream of profiles, posts and interactions"},
    {"tail", command_tail, "print a topic, decoded"},
    {"lag", command_lag, "how far each lane is behind, who owns it, what it waits for"},
    {"health", command_health, "is the worker at http.address live, or ready: one sentence, an exit status"},
    {"state", command_state, "show what Redis holds of a creator"},
    {"explain", command_explain, "say a creator's scores as a person would, and why"},
    {"campaigns", command_campaigns, "list, show, put and end campaigns"},
    {"fit", command_fit, "one creator against one campaign: passes or not, how well, and why"},
    {"shortlist", command_shortlist, "who fits a campaign best and whom to choose, as published; --watch"},
    {"what-if", command_what_if, "the same from the live state, under another budget and other slots"},
    {"compare", command_compare, "creators side by side, and against a campaign"},
    {"lookalike", command_lookalike, "the creators who speak most like one, to the most alike audience"},
    {"overlap", command_overlap, "how much of two creators' audiences is the same"},
    {"top", command_top, "the workers, live: lanes, lag, rates, stage times, hottest creators"},
    {"dead-letters", command_dead_letters, "list, show and replay records that could not be used"},
    {"erase", command_erase, "forget a creator: the plan, the tombstone, and whether it is done"},
    {"verify", command_verify, "recompute creators from the log and compare them with Redis"},
    {"replay", command_replay, "rebuild the counters from the log beside the live ones and swap them in"},
    {"train", command_train, "make models from your own stream, with a report on rows they did not see"},
    {"evaluate", command_evaluate, "say how good the scores are on labelled data"},
    {"bench", command_bench, "measure: CPU per event, latency, exactness"},
    {"config", command_config, "sample file, reference page, effective values"},
    {"peers", command_peers, "the table of rates that creators are compared with"},
    {"methodology", command_methodology, "check, compare or print the constants of the scores"},
    {"metrics", command_metrics, "reference page of the metrics"},
    {"completion", command_completion, "print the completion script of a shell"},
};
#define N (sizeof table / sizeof table[0])

static int help(void)
{
    printf("Usage: microflux COMMAND [OPTION]...\n"
           "Live tier and engagement scores of creators, from Kafka, kept exact in Redis.\n\nCommands:\n");
    for (size_t i = 0; i < N; i++)
        printf("  %-13s %s\n", table[i].name, table[i].sentence);
    printf("\nmicroflux COMMAND --help says more.\n\n"
           "Exit status:\n"
           "  0    done, and all well\n"
           "  1    the answer is no: not found, not equal, something is missing\n"
           "  64   the command line or the configuration is wrong\n"
           "  69   a dependency is away, or refuses\n"
           "  70   a bug of microflux\n"
           "  74   a local file cannot be read or written\n\n"
           "Example:\n  microflux demo --seconds 20\n");
    return 0;
}

static const char *name_at(const void *commands, size_t i)
{
    (void)commands;
    return table[i].name;
}

void commands_list(void)
{
    for (size_t i = 0; i < N; i++) {
        char *argv[] = {(char *)(uintptr_t)table[i].name, "--list-options", NULL};
        printf("%s\t\t\t%s\n", table[i].name, table[i].sentence);
        table[i].run(2, argv);
    }
}

/* Else a schema would be called unusable, and good records bad, for want of memory. */
static void *memory_or_abort(size_t size)
{
    void *at = malloc(size);
    if (!at)
        abort();
    return at;
}

int commands_main(int argc, char **argv)
{
    json_set_alloc_funcs(memory_or_abort, free);
    if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
        strcmp(argv[1], "help") == 0)
        return help();
    if (strcmp(argv[1], "--version") == 0)
        return printf("microflux " MF_VERSION "\n") < 0;
    for (size_t i = 0; i < N; i++)
        if (strcmp(table[i].name, argv[1]) == 0)
            return table[i].run(argc - 1, argv + 1);
    fprintf(stderr, "microflux: there is no command \"%s\"; did you mean %s?\n", argv[1],
            nearest_name(argv[1], name_at, table, N));
    return 64;
}
