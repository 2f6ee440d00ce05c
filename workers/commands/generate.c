/* generate: a seeded stream of profiles, posts and interactions in time order, as NDJSON for `produce`, with
 * a truth file: every creator's lifetime counters, and who cheats, how, on which posts. Sizes, rates, delays
 * and habits follow what was measured on real accounts (docs/reference/generate.md). Among it: retractions,
 * deleted and relabelled posts, late and future events. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "generate.h"
#include "microflux/args.h"
#include "microflux/clock.h"
#include "microflux/commands.h"
#include "options.h"
#include "progress.h"

#define CHUNK 262144 /* bytes written at once */

static enum err check(const struct generate_options *o, struct err_info *info)
{
    if (o->fraud > 1 || o->totals > 1)
        return err_set(info, ERR_USAGE, "share", "--fraud and --totals are shares between 0 and 1");
    if (o->days < 1 || o->days > 20000)
        return err_set(info, ERR_USAGE, "days", "--days %" PRId64 " is not between 1 and 20000", o->days);
    if (o->creators > 100000000)
        return err_set(info, ERR_USAGE, "creators", "--creators: at most 100,000,000");
    return ERR_OK;
}

static void write_stream(struct generator *g, FILE *file)
{
    struct progress progress = progress_start();
    struct buffer out = {0};
    bool more = true;
    while (more && !ferror(file)) {
        out.len = 0;
        while (out.len < CHUNK && (more = generate_step(g, &out)))
            ;
        fwrite(out.data, 1, out.len, file);
        progress_show(&progress, generate_done(g), g->written, !more);
    }
    buffer_free(&out);
}

static enum err open_file(const char *path, FILE **file, struct err_info *info)
{
    *file = strcmp(path, "-") == 0 ? stdout : fopen(path, "w");
    if (!*file)
        return err_set(info, ERR_IO, "file", "cannot write %s: %s", path, strerror(errno));
    return ERR_OK;
}

static enum err close_file(const char *path, FILE *file, struct err_info *info)
{
    bool bad = ferror(file) || fflush(file) != 0;
    if (file != stdout)
        bad = fclose(file) != 0 || bad;
    if (bad)
        return err_set(info, ERR_IO, "file", "cannot write %s: %s", path, strerror(errno));
    return ERR_OK;
}

static enum err write_truth(const struct generator *g, const char *path, struct err_info *info)
{
    FILE *file;
    enum err err = open_file(path, &file, info);
    if (err != ERR_OK)
        return err;
    generate_truth(g, file);
    return close_file(path, file, info);
}

static enum err generate(const struct generate_options *options, const char *out, const char *truth,
                         struct err_info *info)
{
    FILE *file;
    enum err err = open_file(out, &file, info);
    if (err != ERR_OK)
        return err;
    int64_t begun = clock_mono_ms();
    struct generator *g = generate_open(options);
    write_stream(g, file);
    err = close_file(out, file, info);
    if (err == ERR_OK && truth)
        err = write_truth(g, truth, info);
    double seconds = (double)(clock_mono_ms() - begun) / 1000;
    if (err == ERR_OK)
        fprintf(stderr,
                "%" PRId64 " records of %" PRId64 " creators over %" PRId64 " days; %" PRId64
                " late, %" PRId64 " future; %.0f records a second\n",
                g->written, g->n_accounts, options->days, g->late, g->future,
                (double)g->written / (seconds > .001 ? seconds : .001));
    generate_close(g);
    return err;
}

int command_generate(int argc, char **argv)
{
    struct generate_options o = {.creators = 1000, .days = 45, .singles = 6, .seed = 1, .fraud = .1};
    const char *truth = NULL, *out = "-";
    struct err_info info;
    char **rest;
    size_t n;
    int status = 0;
    const struct arg options[] = {
        {"creators", ARG_INT, "N", "how many (default 1000)", &o.creators},
        {"days", ARG_INT, "N", "of event time, from 2026-01-01 (default 45)", &o.days},
        {"posts", ARG_INT, "N", "posts of each, about (default 0: as often as real accounts)", &o.posts},
        {"singles", ARG_INT, "N", "comments of a post that come one by one (default 6); the rest counted",
         &o.singles},
        {"fraud", ARG_REAL, "SHARE", "of creators that cheat (default 0.1)", &o.fraud},
        {"zipf", ARG_REAL, "S", "skew: records of creator r go with r^-S (default 0)", &o.zipf},
        {"totals", ARG_REAL, "SHARE", "of creators on FACEBOOK, whose posts carry metrics (default 0)",
         &o.totals},
        {"characters", ARG_FLAG, NULL, "five named creators besides, and the pod of one of them",
         &o.characters},
        {"seed", ARG_INT, "N", "equal seeds, equal bytes (default 1)", &o.seed},
        {"out", ARG_TEXT, "FILE", "NDJSON for `produce` (default stdout)", &out},
        {"truth", ARG_TEXT, "FILE", "every creator's counters and frauds, NDJSON", &truth},
    };
    const struct args args = {"generate",
                              NULL,
                              "Writes a seeded stream of profiles, posts and interactions.",
                              "microflux generate --creators 100 | microflux produce - --timestamps event",
                              options,
                              sizeof options / sizeof *options,
                              false};
    if (!args_parse(&args, argc, argv, &rest, &n, NULL, &status))
        return status;
    enum err err = check(&o, &info);
    if (err == ERR_OK)
        err = generate(&o, out, truth, &info);
    return err == ERR_OK ? 0 : complain("generate", &info);
}
