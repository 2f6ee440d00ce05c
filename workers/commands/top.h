/* top: what its parts share: one reading of every process's /metrics, the creators of the last minute, and
 * the faces they are shown with. */
#ifndef COMMANDS_TOP_H
#define COMMANDS_TOP_H

#include "metrics_table.h"
#include "microflux/config.h"
#include "microflux/err.h"
#include "microflux/metrics.h"

#define TOP_PROCESSES 64
#define TOP_READINGS  61 /* one a second: the newest and those of the minute before */

struct top_process {
    char from[160];   /* http://host:port */
    char version[24]; /* "" = not told */
    char why[160];    /* "" = it answers */
    double resident_bytes;
};

struct top_lane {
    size_t process;
    char worker[8], lane[12], state[12];
    double records, lag, behind;
    double rate; /* records a second; below 0: not known yet */
};

/* What every process said at one time; sums and buckets over all of them. */
struct top_reading {
    int64_t at_us; /* monotonic */
    struct top_process *processes;
    size_t n_processes;
    struct top_lane *lanes; /* by number */
    size_t n_lanes;
    double sums[N_METRICS];
    double bounds[N_METRICS][HISTOGRAM_BOUNDS + 1], buckets[N_METRICS][HISTOGRAM_BOUNDS + 1];
};

/* top_read: asks each URL (host:port is enough); before: the reading that rates are counted from, may be
 * NULL. Blocks up to a second each. Gives. */
struct top_reading *top_read(const char *const *urls, size_t n, const struct top_reading *before);
/* top_read_text: adds what one process said. */
void top_read_text(struct top_reading *reading, size_t process, struct bytes text);
void top_reading_free(struct top_reading *reading); /* takes NULL */

/* ---- the last minute of creator-scores ---- */
#define HOT_ROWS 20

struct hot_creator {
    char creator[64], tier[16], band[16];
    int64_t scores; /* published in the last minute */
    int64_t followers, engagements_24h;
};

struct hot;
struct hot *hot_open(const struct config *config); /* does not ask Kafka yet */
/* hot_take: reads what was published, for so long. The first call may block until Kafka answers. */
void hot_take(struct hot *hot, int64_t ms);
/* hot_best: the creators with most scores, at most n; *why is a sentence when they cannot be known, else "".
 */
size_t hot_best(struct hot *hot, struct hot_creator *rows, size_t n, const char **why);
void hot_close(struct hot *hot);

/* ---- faces ---- */
struct top_view {
    const struct top_reading *now, *before, *minute_ago; /* before, minute_ago: NULL = none yet */
    const struct hot_creator *creators;
    size_t n_creators;
    const char *creators_why;
    int64_t seconds; /* since top started */
};

double top_rate(const struct top_view *view,
                enum metric_id id); /* a second, of all processes; below 0: not known */
/* top_quantile: of the last minute, or of everything when nothing was observed in it; below 0: nothing. */
double top_quantile(const struct top_view *view, enum metric_id id, double q);

#define TOP_STAGES 5
extern const struct top_stage {
    enum metric_id id;
    const char *word, *text;
} top_stages[TOP_STAGES];
size_t top_slowest(const struct top_view *view); /* index of the stage with the largest p99; not end to end */

void top_show_screen(const struct top_view *view, int rows, struct buffer *out); /* ANSI, in place */
void top_show_line(const struct top_view *view, struct buffer *out);             /* one line of text */
void top_show_json(const struct top_view *view, struct buffer *out);             /* one line of JSON */

#endif
