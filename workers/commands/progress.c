/* progress: one line that is written over. */
#include "progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "microflux/clock.h"

#define WIDTH 30

struct progress progress_start(void)
{
    return (struct progress){.started_ms = clock_mono_ms()};
}

void progress_show(struct progress *p, double done, int64_t records, bool last)
{
    int64_t now = clock_mono_ms();
    if (!isatty(STDERR_FILENO) || (!last && now - p->shown_ms < 200))
        return;
    p->shown_ms = now;
    double seconds = (double)(now - p->started_ms) / 1000;
    int bar = (int)(done * WIDTH);
    fprintf(stderr, "\r[%.*s%*s] %3.0f %%  %" PRId64 " records  ETA %.0f s  %s", bar,
            "##############################", WIDTH - bar, "", 100 * done, records,
            done > 0 ? seconds / done - seconds : 0, last ? "\n" : "");
}
