/* top: the workers, live: what their /metrics say, a reading a second, and who is hottest in creator-scores.
 * On a terminal one screen in place, left as it was found; else a line a second; as JSON one snapshot. */
#include "top.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "microflux/args.h"
#include "microflux/clock.h"
#include "microflux/commands.h"

#define EVERY_MS     1000
#define ENTER_SCREEN "\033[?1049h\033[?25l\033[?7l" /* the other screen, no cursor, no wrapping */
#define LEAVE_SCREEN "\033[?7h\033[?25h\033[?1049l"

enum face { FACE_SCREEN, FACE_LINES, FACE_JSON };

struct top {
    const char *urls[TOP_PROCESSES];
    size_t n_urls;
    struct top_reading *readings[TOP_READINGS]; /* the newest first */
    struct hot *hot;
    int64_t begun_ms;
    enum face face;
};

static volatile sig_atomic_t stopped;

static void on_signal(int number)
{
    (void)number;
    stopped = 1;
}

static void take_reading(struct top *top)
{
    struct top_reading *now = top_read(top->urls, top->n_urls, top->readings[0]);
    top_reading_free(top->readings[TOP_READINGS - 1]);
    memmove(top->readings + 1, top->readings, (TOP_READINGS - 1) * sizeof *top->readings);
    top->readings[0] = now;
}

static int rows_of_terminal(void)
{
    struct winsize size;
    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 ? size.ws_row : 24;
}

static void show(struct top *top)
{
    struct hot_creator creators[HOT_ROWS];
    struct buffer out = {0};
    struct top_view view = {.now = top->readings[0], .before = top->readings[1], .creators = creators};
    size_t oldest = TOP_READINGS - 1;
    while (oldest > 0 && !top->readings[oldest])
        oldest--;
    view.minute_ago = oldest ? top->readings[oldest] : NULL;
    view.n_creators = hot_best(top->hot, creators, HOT_ROWS, &view.creators_why);
    view.seconds = (clock_mono_ms() - top->begun_ms) / 1000;
    if (top->face == FACE_SCREEN)
        top_show_screen(&view, rows_of_terminal(), &out);
    else if (top->face == FACE_JSON)
        top_show_json(&view, &out);
    else
        top_show_line(&view, &out);
    fwrite(out.data, 1, out.len, stdout);
    fflush(stdout);
    buffer_free(&out);
}

/* Waits out the second: reading what was published, or asleep where that cannot be read. */
static void wait_out(struct top *top, int64_t until)
{
    if (!stopped)
        hot_take(top->hot, until - clock_mono_ms());
    int64_t left = until - clock_mono_ms();
    if (left > 0 && !stopped)
        nanosleep(&(struct timespec){left / 1000, left % 1000 * 1000000}, NULL);
}

static void watch(struct top *top, int64_t seconds)
{
    int64_t next = top->begun_ms, ends = seconds ? next + seconds * 1000 : INT64_MAX;
    if (top->face == FACE_SCREEN)
        fputs(ENTER_SCREEN, stdout);
    while (!stopped && clock_mono_ms() < ends) {
        take_reading(top);
        if (top->face == FACE_SCREEN || top->readings[1])
            show(top);
        next = next + EVERY_MS > clock_mono_ms() ? next + EVERY_MS : clock_mono_ms();
        wait_out(top, next < ends ? next : ends);
    }
    if (top->face == FACE_SCREEN)
        fputs(LEAVE_SCREEN, stdout);
}

/* Two readings a second apart, for rates; the minute before is read from the topic meanwhile. */
static int snapshot(struct top *top)
{
    int silent = 0;
    take_reading(top);
    wait_out(top, clock_mono_ms() + 2 * EVERY_MS);
    take_reading(top);
    show(top);
    for (size_t i = 0; i < top->readings[0]->n_processes; i++)
        silent |= *top->readings[0]->processes[i].why != 0;
    return silent ? 69 : 0;
}

static int run(struct top *top, const struct config *config, int64_t seconds)
{
    int status = 0;
    struct sigaction action = {.sa_handler = on_signal};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    top->begun_ms = clock_mono_ms();
    top->hot = hot_open(config);
    if (top->face == FACE_JSON)
        status = snapshot(top);
    else
        watch(top, seconds);
    hot_close(top->hot);
    for (size_t i = 0; i < TOP_READINGS; i++)
        top_reading_free(top->readings[i]);
    return status;
}

int command_top(int argc, char **argv)
{
    struct config *config = NULL;
    struct top top = {0};
    char **rest;
    size_t n;
    int status = 0;
    const char *from = NULL, *format = "text";
    int64_t seconds = 0;
    const struct arg options[] = {
        {"from", ARG_TEXT, "URL,URL", "http.address of each process (default: the configuration's)", &from},
        {"seconds", ARG_INT, "N", "end after N seconds (default: at Ctrl-C)", &seconds},
        {"format", ARG_CHOICE, "text|json", "json: one snapshot, then end", &format},
    };
    const struct args args = {"top",
                              NULL,
                              "The workers, live: lanes, lag, rates, stage times, and the creators with most "
                              "scores in the last minute.",
                              "microflux top --from http://127.0.0.1:9464 --bootstrap localhost:9092",
                              options,
                              3,
                              true};
    if (!args_parse(&args, argc, argv, &rest, &n, &config, &status))
        return status;
    char *list = strdup(from ? from : config->http_address), *left = list;
    for (char *url; list && top.n_urls < TOP_PROCESSES && (url = strsep(&left, ", "));)
        if (*url)
            top.urls[top.n_urls++] = url;
    top.face = strcmp(format, "json") == 0 ? FACE_JSON : isatty(STDOUT_FILENO) ? FACE_SCREEN : FACE_LINES;
    if (top.n_urls == 0)
        status = (fprintf(stderr, "microflux top: name a process with --from http://host:port\n"), 64);
    else
        status = run(&top, config, seconds);
    free(list);
    config_free(config);
    return status;
}
