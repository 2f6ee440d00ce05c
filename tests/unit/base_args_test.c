/* The command line: what is taken, and that a refusal is one sentence that helps. */
#include <string.h>

#include "capture.h"
#include "microflux/args.h"

struct line { /* a parsed line */
    bool flag, ok;
    const char *text, *choice;
    int64_t number;
    double share;
    char **rest;
    size_t n;
    struct config *config;
    int status;
    char *out, *err; /* what was printed */
};

static bool configured;
static const char *positional;

static void parse(struct line *line, char **argv)
{
    const struct arg options[] = {
        {"follow", ARG_FLAG, NULL, "go on for ever", &line->flag},
        {"creator", ARG_TEXT, "KEY", "only this one", &line->text},
        {"limit", ARG_INT, "N", "stop after N", &line->number},
        {"share", ARG_REAL, "SHARE", "of the records", &line->share},
        {"format", ARG_CHOICE, "text|json", "how to print", &line->choice},
    };
    const struct args args = {
        "tail", positional, "Prints records as they come.", "microflux tail scores", options, 5, configured};
    int argc = 0;
    while (argv[argc])
        argc++;
    *line = (struct line){.number = -1};
    struct capture out = capture_begin(STDOUT_FILENO), err = capture_begin(STDERR_FILENO);
    line->ok = args_parse(&args, argc, argv, &line->rest, &line->n, &line->config, &line->status);
    line->err = capture_end(&err);
    line->out = capture_end(&out);
}

static void forget(struct line *line)
{
    if (line->ok)
        config_free(line->config);
    free(line->out);
    free(line->err);
}

#define ARGV(...) ((char *[]){"tail", __VA_ARGS__, NULL})

/* Refused with 64 and exactly this sentence. */
static void refused(char **argv, const char *sentence)
{
    struct line line;
    parse(&line, argv);
    assert_false(line.ok);
    assert_int_equal(line.status, 64);
    assert_string_equal(line.out, "");
    assert_int_equal(strncmp(line.err, "microflux tail: ", 16), 0);
    assert_string_equal(strtok(line.err + 16, "\n"), sentence);
    assert_null(strtok(NULL, "\n"));
    forget(&line);
}

static int plain(void **state)
{
    (void)state;
    configured = false;
    positional = "TOPIC";
    return 0;
}

static void test_everything_is_taken(void **state)
{
    struct line line;
    (void)state;
    parse(&line,
          ARGV("--follow", "first", "--creator", "--odd", "--limit=7", "second", "--format", "json", "-"));
    assert_true(line.ok && line.flag);
    assert_string_equal(line.text, "--odd"); /* a value may look like an option */
    assert_string_equal(line.choice, "json");
    assert_int_equal(line.number, 7);
    assert_int_equal(line.n, 3);
    assert_string_equal(line.rest[0], "first");
    assert_string_equal(line.rest[1], "second");
    assert_string_equal(line.rest[2], "-");
    assert_string_equal(line.err, "");
    forget(&line);
    parse(&line, ARGV("--creator=a=b", "--creator="));
    assert_true(line.ok);
    assert_string_equal(line.text, ""); /* the last one counts */
    assert_int_equal(line.n, 0);
    forget(&line);
}

static void test_two_dashes_end_the_options(void **state)
{
    struct line line;
    (void)state;
    parse(&line, ARGV("--follow", "--", "--limit", "-x", "--", "--help"));
    assert_true(line.ok && line.flag);
    assert_int_equal(line.n, 4);
    assert_string_equal(line.rest[0], "--limit");
    assert_string_equal(line.rest[1], "-x");
    assert_string_equal(line.rest[2], "--");
    assert_string_equal(line.rest[3], "--help");
    forget(&line);
}

static void test_unknown_options_name_the_nearest(void **state)
{
    (void)state;
    refused(ARGV("--folow"), "there is no option --folow; did you mean --follow?");
    refused(ARGV("--creators=x"), "there is no option --creators; did you mean --creator?");
    refused(ARGV("--fromat", "1"), "there is no option --fromat; did you mean --format?");
    refused(ARGV("-limit"), "there is no option --limit; did you mean --limit?");
    refused(ARGV("--hlep"), "there is no option --hlep; did you mean --help?");
    refused(ARGV("--setx"), "there is no option --setx; did you mean --help?"); /* not configured: no --set */
    configured = true;
    refused(ARGV("--setx"), "there is no option --setx; did you mean --set?");
    refused(ARGV("--botstrap"), "there is no option --botstrap; did you mean --bootstrap?");
}

static void test_an_endless_option(void **state)
{
    char endless[5000] = "--";
    struct line line;
    (void)state;
    memset(endless + 2, 'x', sizeof endless - 3);
    endless[sizeof endless - 1] = 0;
    parse(&line, ARGV(endless));
    assert_false(line.ok);
    assert_non_null(strstr(line.err, "did you mean --"));
    forget(&line);
}

static void test_values_that_will_not_do(void **state)
{
    (void)state;
    refused(ARGV("--creator"), "--creator wants a value");
    refused(ARGV("x", "--limit"), "--limit wants a value");
    refused(ARGV("--limit", "many"), "--limit wants a whole number, not \"many\"");
    refused(ARGV("--limit=10s"), "--limit wants a whole number, not \"10s\"");
    refused(ARGV("--limit="), "--limit wants a whole number, not \"\"");
    refused(ARGV("--limit=-1"), "--limit wants a whole number, not \"-1\"");
    refused(ARGV("--limit=99999999999999999999"),
            "--limit wants a whole number, not \"99999999999999999999\"");
    refused(ARGV("--share", "half"), "--share wants a number such as 0.1, not \"half\"");
    refused(ARGV("--share=-0.1"), "--share wants a number such as 0.1, not \"-0.1\"");
    refused(ARGV("--share", "nan"), "--share wants a number such as 0.1, not \"nan\"");
    refused(ARGV("--follow=yes"), "--follow takes no value, not \"yes\"");
    configured = true;
    refused(ARGV("--config"), "--config wants a value");
}

static void test_choices(void **state)
{
    (void)state;
    refused(ARGV("--format", "xml"), "\"xml\" is none of text|json");
    refused(ARGV("--format", "tex"), "\"tex\" is none of text|json");
    refused(ARGV("--format", "son"), "\"son\" is none of text|json");
    refused(ARGV("--format", "JSON"), "\"JSON\" is none of text|json");
    refused(ARGV("--format", "text|json"), "\"text|json\" is none of text|json");
    refused(ARGV("--format="), "\"\" is none of text|json");
}

static void test_help(void **state)
{
    struct line line;
    char *const asked[] = {"--help", "-h"};
    (void)state;
    for (int i = 0; i < 2; i++) {
        parse(&line, ARGV("--follow", asked[i], "--nonsense"));
        assert_false(line.ok);
        assert_int_equal(line.status, 0);
        assert_string_equal(line.err, "");
        assert_int_equal(strncmp(line.out, "Usage: microflux tail [OPTION]... TOPIC\n", 40), 0);
        assert_non_null(strstr(line.out, "--limit N "));
        assert_non_null(strstr(line.out, "--format text|json "));
        assert_non_null(strstr(line.out, "go on for ever"));
        assert_non_null(strstr(line.out, "Example:\n  microflux tail scores\n"));
        assert_null(strstr(line.out, "--set"));
        forget(&line);
    }
    configured = true;
    parse(&line, ARGV("--help"));
    assert_non_null(strstr(line.out, "--set KEY=VALUE"));
    forget(&line);
}

static void test_a_command_without_positionals(void **state)
{
    (void)state;
    positional = NULL;
    refused(ARGV("--follow", "surplus"), "\"surplus\" is not expected");
    configured = true;
    refused(ARGV("surplus"), "\"surplus\" is not expected"); /* and the configuration is freed */
}

static void test_the_first_word_is_a_verb(void **state)
{
    struct line line;
    (void)state;
    positional = "list|show [ID]";
    parse(&line, ARGV("show", "7"));
    assert_true(line.ok);
    assert_int_equal(line.n, 2);
    forget(&line);
    refused(ARGV("shwo"), "there is no \"shwo\"; did you mean show?");
    refused(ARGV("--follow"), "say which: list|show [ID]");
    positional = "create";
    refused(ARGV("create", "surplus"), "\"surplus\" is not expected");
}

static void test_options_are_listed_for_completion(void **state)
{
    struct line line;
    (void)state;
    positional = "list|show [ID]";
    parse(&line, ARGV("--list-options"));
    assert_false(line.ok);
    assert_int_equal(line.status, 0);
    assert_string_equal(line.out, "tail\tlist\t\t\n"
                                  "tail\tshow\t\t\n"
                                  "tail\t--follow\t\tgo on for ever\n"
                                  "tail\t--creator\tKEY\tonly this one\n"
                                  "tail\t--limit\tN\tstop after N\n"
                                  "tail\t--share\tSHARE\tof the records\n"
                                  "tail\t--format\ttext|json\thow to print\n"
                                  "tail\t--help\t\tthis text\n"
                                  "tail\t--version\t\tthe version\n");
    forget(&line);
    parse(&line, ARGV("--version"));
    assert_string_equal(line.out, "microflux-tail " MF_VERSION "\n");
    forget(&line);
}

static void test_configured(void **state)
{
    struct line line;
    (void)state;
    configured = true;
    parse(&line, ARGV("--set", "workers=3", "topic", "--bootstrap", "a:1", "--set=workers=4", "--follow"));
    assert_true(line.ok && line.flag);
    assert_int_equal(line.config->workers, 4);
    assert_int_equal(line.config->n_kafka, 1);
    assert_string_equal(line.config->kafka[0].key, "bootstrap.servers");
    assert_string_equal(line.config->kafka[0].value, "a:1");
    forget(&line);
    refused(ARGV("--set", "workers"), "--set workers: write key=value");
    refused(ARGV("--set", "wokers=1"), "--set: there is no key wokers; did you mean workers?");
    refused(ARGV("--config", "/no/such/file"), "--config /no/such/file: No such file or directory");
}

static void test_the_last_bootstrap_counts(void **state)
{
    struct line line;
    (void)state;
    configured = true;
    parse(&line, ARGV("--bootstrap", "first:9092", "--bootstrap=second:9092", "--bootstrap", "third:9092"));
    assert_true(line.ok);
    assert_int_equal(line.config->n_kafka, 1);
    assert_string_equal(line.config->kafka[0].value, "third:9092");
    forget(&line);
}

static void test_too_many_sets(void **state)
{
    char *argv[2 * 66 + 2] = {"tail"};
    (void)state;
    configured = true;
    for (int i = 0; i < 65; i++)
        argv[i + 1] = "--set=workers=2";
    refused(argv, "more than 64 --set: use --config FILE");
    argv[65] = NULL;
    struct line line;
    parse(&line, argv);
    assert_true(line.ok);
    forget(&line);
}

#define PLAIN(test) cmocka_unit_test_setup(test, plain)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PLAIN(test_everything_is_taken),
        PLAIN(test_two_dashes_end_the_options),
        PLAIN(test_unknown_options_name_the_nearest),
        PLAIN(test_an_endless_option),
        PLAIN(test_values_that_will_not_do),
        PLAIN(test_choices),
        PLAIN(test_help),
        PLAIN(test_a_command_without_positionals),
        PLAIN(test_the_first_word_is_a_verb),
        PLAIN(test_options_are_listed_for_completion),
        PLAIN(test_configured),
        PLAIN(test_the_last_bootstrap_counts),
        PLAIN(test_too_many_sets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
