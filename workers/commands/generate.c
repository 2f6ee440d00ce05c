/* generate: a seeded stream of profiles, posts and interactions in time order, as NDJSON for `produce`, with
 * a truth file of every creator's lifetime counters. Sizes and rates follow what was measured on real
 * accounts: followers log-normal, engagement rate by size, comments per like, days between posts, 6 %
 * sponsored posts. Among it: retractions, deleted and replaced posts, late and future events.
 *
 * It goes day by day: what happens on a day is drawn, sorted by time and written; memory is one day. */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "microflux/args.h"
#include "microflux/commands.h"
#include "microflux/creator.h"
#include "options.h"
#include "random.h"

#define FIRST_DAY 20454 /* 2026-01-01 */

struct generated_creator {
    double followers, rate, comments_per_like, post_chance;
    int64_t posts, totals[N_KINDS];
    int platform;
};

struct line {
    int64_t timestamp, order;
    char *text;
};

struct generator {
    struct random random;
    struct generated_creator *creators;
    int64_t n_creators, n_days, posts_each, written, late, future;
    struct line *lines;
    size_t n_lines, cap_lines;
    FILE *out;
};

static const char *const tags[] = {"ootd",      "travel",   "recipe",   "fitfam",     "catsofinstagram",
                                   "homedecor", "skincare", "momlife",  "slowliving", "vegan",
                                   "running",   "vintage",  "giveaway", "sunset",     "diy"};

/* A record for the day's sheet. The value is JSON of the input contract. */
static void add_line(struct generator *g, const char *topic, int64_t timestamp, const char *format, ...)
    MF_PRINTF(4, 5);
static void add_line(struct generator *g, const char *topic, int64_t timestamp, const char *format, ...)
{
    char value[1024], *text;
    va_list args;
    va_start(args, format);
    vsnprintf(value, sizeof value, format, args);
    va_end(args);
    if (asprintf(&text, "{\"topic\":\"%s\",\"timestamp\":%" PRId64 ",\"value\":%s}\n", topic, timestamp,
                 value) < 0)
        abort();
    if (g->n_lines == g->cap_lines) {
        g->cap_lines = g->cap_lines ? 2 * g->cap_lines : 4096;
        g->lines = realloc(g->lines, g->cap_lines * sizeof *g->lines);
        if (!g->lines)
            abort();
    }
    g->lines[g->n_lines] = (struct line){timestamp, (int64_t)g->n_lines, text};
    g->n_lines++;
}

static int by_time(const void *a, const void *b)
{
    const struct line *x = a, *y = b;
    if (x->timestamp != y->timestamp)
        return x->timestamp < y->timestamp ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

static void write_day(struct generator *g)
{
    qsort(g->lines, g->n_lines, sizeof *g->lines, by_time);
    for (size_t i = 0; i < g->n_lines; i++) {
        fputs(g->lines[i].text, g->out);
        free(g->lines[i].text);
    }
    g->written += (int64_t)g->n_lines;
    g->n_lines = 0;
}

static void make_creator(struct generator *g, struct generated_creator *c)
{
    struct random *r = &g->random;
    double draw = random_unit(r);
    double median = draw < .37 ? 4000 : draw < .84 ? 30000 : draw < .98 ? 250000 : 2000000;
    c->followers = 1 + random_lognormal(r, median, .6);
    c->rate = random_lognormal(r, c->followers < 10000 ? .041 : c->followers < 100000 ? .029 : .025, .8);
    c->comments_per_like = c->followers < 10000 ? .042 : c->followers < 100000 ? .028 : .013;
    c->post_chance = (double)g->posts_each / (double)g->n_days * exp(.2 * random_normal(r));
    c->platform = 1 + (int)random_below(r, 4);
}

static void add_profile(struct generator *g, int64_t i, int64_t day)
{
    struct generated_creator *c = &g->creators[i];
    int64_t at = (FIRST_DAY + day) * MS_DAY + random_below(&g->random, MS_DAY);
    c->followers *= 1 + .003 * random_normal(&g->random) + .001;
    add_line(g, "profiles", at,
             "{\"creator_id\":\"creator-%" PRId64 "\",\"platform\":\"%s\",\"observed_at\":%" PRId64
             ",\"followers\":%" PRId64 ",\"following\":%" PRId64 ",\"posts\":%" PRId64 "}",
             i, platform_names[c->platform], at, (int64_t)c->followers, 200 + random_below(&g->random, 900),
             c->posts);
}

static void add_interaction(struct generator *g, int64_t i, int64_t post, int kind, int64_t count, int64_t at,
                            int64_t timestamp)
{
    struct random *r = &g->random;
    char more[320] = "";
    if (kind == KIND_COMMENT)
        snprintf(more, sizeof more,
                 ",\"actor_id\":\"fan-%" PRId64
                 "\",\"comment\":{\"words\":%d,\"emoji\":%d,\"fingerprint\":%" PRId64
                 "},\"actor\":{\"followers\":%" PRId64 ",\"following\":%" PRId64 ",\"posts\":%" PRId64 "}",
                 random_below(r, 50000), (int)(1 + exp(1.4 + random_normal(r))), (int)random_below(r, 3),
                 1 + random_below(r, 1LL << 40), (int64_t)random_lognormal(r, 300, 1.2),
                 (int64_t)random_lognormal(r, 400, 1), random_below(r, 300));
    add_line(g, "interactions", timestamp,
             "{\"creator_id\":\"creator-%" PRId64 "\",\"post_id\":\"c%" PRId64 "-p%" PRId64
             "\",\"kind\":\"%s\",\"count\":%" PRId64 ",\"occurred_at\":%" PRId64 "%s}",
             i, i, post, kind_names[kind], count, at, more);
    g->creators[i].totals[kind] += count;
}

/* Some hours after the post, most of them soon; never past the end of the next day, so that days stay in
 * order. */
static int64_t soon(struct generator *g, int64_t posted_at, int64_t end)
{
    int64_t at = posted_at + (int64_t)(random_lognormal(&g->random, 3, 1.2) * MS_HOUR);
    return at < end ? at : posted_at + random_below(&g->random, end - posted_at);
}

static void add_audience(struct generator *g, int64_t i, int64_t post, int64_t posted_at, int64_t end)
{
    struct random *r = &g->random;
    struct generated_creator *c = &g->creators[i];
    int64_t likes = (int64_t)(c->followers * random_lognormal(r, c->rate, .59)) + 1;
    int64_t comments = (int64_t)((double)likes * c->comments_per_like * 2 * random_unit(r)) + 1;
    for (int k = 0; k < 2; k++) {
        int64_t at = soon(g, posted_at, end);
        add_interaction(g, i, post, KIND_LIKE, likes / 2 + k, at, at);
    }
    for (int64_t k = 0; k < comments && k < 3; k++) {
        int64_t at = soon(g, posted_at, end);
        add_interaction(g, i, post, KIND_COMMENT, 1 + (comments - 3 > 0 && k == 0 ? comments - 3 : 0), at,
                        at);
    }
    const int64_t counts[N_KINDS] = {
        [KIND_VIEW] = likes * 19,  [KIND_SHARE] = likes / 18,      [KIND_SAVE] = likes / 21,
        [KIND_CLICK] = likes / 90, [KIND_PURCHASE] = likes / 2000, [KIND_FOLLOW] = likes / 300};
    for (int kind = KIND_VIEW; kind < N_KINDS; kind++)
        if (counts[kind] > 0) {
            int64_t at = soon(g, posted_at, end);
            add_interaction(g, i, post, kind, counts[kind], at, at);
        }
    if (random_unit(r) < .1) { /* an unlike, dated as the like it takes back */
        int64_t at = soon(g, posted_at, end);
        add_interaction(g, i, post, KIND_LIKE, -1 - random_below(r, 3), at, at + random_below(r, MS_HOUR));
    }
    if (random_unit(r) < .01) { /* late: 93 to 200 days before its own record */
        int64_t at = soon(g, posted_at, end);
        add_interaction(g, i, post, KIND_LIKE, 1 + random_below(r, 9),
                        at - (93 + random_below(r, 107)) * MS_DAY, at);
        g->late++;
    }
    if (random_unit(r) < .01) { /* future: a wrong clock; rejected, so taken out of the truth again */
        int64_t at = soon(g, posted_at, end);
        add_interaction(g, i, post, KIND_LIKE, 5, at + MS_HOUR + random_below(r, 400 * MS_DAY), at);
        c->totals[KIND_LIKE] -= 5;
        g->future++;
    }
}

static void add_post_record(struct generator *g, int64_t i, int64_t post, int64_t posted_at,
                            int64_t timestamp, bool deleted, bool sponsored)
{
    struct random *r = &g->random;
    add_line(g, "posts", timestamp,
             "{\"creator_id\":\"creator-%" PRId64 "\",\"post_id\":\"c%" PRId64 "-p%" PRId64
             "\",\"posted_at\":%" PRId64
             ",\"format\":\"%s\",\"tags\":[\"%s\",\"%s\"],\"sponsors\":[%s],\"deleted\":%s}",
             i, i, post, posted_at, format_names[1 + random_below(r, 4)], tags[random_below(r, 15)],
             tags[random_below(r, 15)], sponsored ? "\"brand-7\"" : "", deleted ? "true" : "false");
}

static void add_posts(struct generator *g, int64_t i, int64_t day)
{
    struct random *r = &g->random;
    struct generated_creator *c = &g->creators[i];
    int64_t n = (int64_t)c->post_chance + (random_unit(r) < c->post_chance - floor(c->post_chance));
    for (int64_t k = 0; k < n; k++) {
        int64_t post = c->posts++;
        int64_t start = (FIRST_DAY + day) * MS_DAY, end = start + MS_DAY;
        int64_t posted_at = start + random_below(r, MS_DAY * 3 / 4);
        bool sponsored = random_unit(r) < .06;
        add_post_record(g, i, post, posted_at, posted_at, false, sponsored);
        add_audience(g, i, post, posted_at, end);
        if (random_unit(r) < .03) /* replaced: the label came later */
            add_post_record(g, i, post, posted_at, soon(g, posted_at, end), false, !sponsored);
        else if (random_unit(r) < .02)
            add_post_record(g, i, post, posted_at, soon(g, posted_at, end), true, sponsored);
    }
}

static void write_truth(const struct generator *g, FILE *file)
{
    for (int64_t i = 0; i < g->n_creators; i++) {
        const struct generated_creator *c = &g->creators[i];
        fprintf(file,
                "{\"creator\":\"creator-%" PRId64 "\",\"posts\":%" PRId64 ",\"followers\":%" PRId64
                ",\"totals\":{",
                i, c->posts, (int64_t)c->followers);
        for (int kind = KIND_VIEW; kind < N_KINDS; kind++)
            fprintf(file, "%s\"%s\":%" PRId64, kind == KIND_VIEW ? "" : ",", kind_names[kind],
                    c->totals[kind]);
        fprintf(file, "}}\n");
    }
}

static void generate_stream(struct generator *g)
{
    g->creators = calloc((size_t)g->n_creators, sizeof *g->creators);
    if (!g->creators)
        abort();
    for (int64_t i = 0; i < g->n_creators; i++)
        make_creator(g, &g->creators[i]);
    for (int64_t day = 0; day < g->n_days && !ferror(g->out); day++) {
        for (int64_t i = 0; i < g->n_creators; i++) {
            add_profile(g, i, day);
            add_posts(g, i, day);
        }
        write_day(g);
    }
    free(g->lines);
}

int command_generate(int argc, char **argv)
{
    struct generator g = {.n_creators = 1000, .n_days = 45, .posts_each = 32};
    int64_t seed = 1;
    const char *truth = NULL, *out = "-";
    char **rest;
    size_t n;
    int status = 0;
    const struct arg options[] = {
        {"creators", ARG_INT, "N", "how many (default 1000)", &g.n_creators},
        {"days", ARG_INT, "N", "of event time (default 45)", &g.n_days},
        {"posts", ARG_INT, "N", "posts of each, about (default 32)", &g.posts_each},
        {"seed", ARG_INT, "N", "equal seeds, equal streams (default 1)", &seed},
        {"out", ARG_TEXT, "FILE", "NDJSON for `produce` (default stdout)", &out},
        {"truth", ARG_TEXT, "FILE", "every creator's lifetime counters, NDJSON", &truth},
    };
    const struct args args = {"generate",
                              NULL,
                              "Writes a seeded stream of profiles, posts and interactions.",
                              "microflux generate --creators 100 | microflux produce - --timestamps event",
                              options,
                              6,
                              false};
    if (!args_parse(&args, argc, argv, &rest, &n, NULL, &status))
        return status;
    struct err_info info = {0};
    FILE *truth_file = truth ? fopen(truth, "w") : NULL;
    g.random.state = (uint64_t)seed;
    g.out = strcmp(out, "-") == 0 ? stdout : fopen(out, "w");
    if (!g.out || (truth && !truth_file))
        return err_set(&info, ERR_IO, "file", "cannot write %s: %s", g.out ? truth : out, strerror(errno)),
               complain("generate", &info);
    generate_stream(&g);
    if (truth_file) {
        write_truth(&g, truth_file);
        fclose(truth_file);
    }
    if (fflush(g.out) != 0 || ferror(g.out))
        status = (err_set(&info, ERR_IO, "file", "cannot write %s: %s", out, strerror(errno)),
                  complain("generate", &info));
    fprintf(stderr,
            "%" PRId64 " records of %" PRId64 " creators over %" PRId64 " days; %" PRId64 " late, %" PRId64
            " future\n",
            g.written, g.n_creators, g.n_days, g.late, g.future);
    if (g.out != stdout)
        fclose(g.out);
    free(g.creators);
    return status;
}
