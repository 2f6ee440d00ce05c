/* inputs: which input of a lane is read next, and which stands still. A record that cannot be decoded yet
 * (its schema is being asked for) stays in its feed and is met again. Its input stands still, and soon the
 * lane, since inputs are read side by side; other lanes, the group and what was read before go on. */
#include <inttypes.h>

#include "lane_room.h"

#define SAID_MS 1000 /* a shorter wait is not worth a line */

int lane_next_input(const struct lane *lane, const bool *dry, int64_t *limit)
{
    int oldest = -1;
    int64_t other = INT64_MAX;
    for (size_t i = 0; i < lane->kind->n_inputs; i++) {
        const struct lane_input *in = &lane->in[i];
        if (in->ended && dry[i])
            continue;
        if (oldest < 0 || in->frontier < lane->in[oldest].frontier) {
            if (oldest >= 0 && lane->in[oldest].frontier < other)
                other = lane->in[oldest].frontier;
            oldest = (int)i;
        } else if (in->frontier < other) {
            other = in->frontier;
        }
    }
    *limit = other > INT64_MAX - lane->options->align_ms ? INT64_MAX : other + lane->options->align_ms;
    return oldest;
}

/* ---- waiting ---- */

bool lane_waits(const struct lane *lane)
{
    for (size_t i = 0; i < lane->kind->n_inputs; i++)
        if (lane->in[i].waits_since_ms)
            return true;
    return false;
}

int64_t lane_patience_ms(const struct lane *lane, int64_t now)
{
    int64_t least = INT64_MAX;
    for (size_t i = 0; i < lane->kind->n_inputs; i++) {
        int64_t waited = now - lane->in[i].waits_since_ms;
        if (lane->in[i].waits_since_ms && waited < least)
            least = waited < 1 ? 1 : waited;
    }
    return least;
}

void lane_wait(struct lane *lane, const struct kafka_record *record, const struct err_info *why)
{
    struct lane_input *in = &lane->in[record->input];
    int64_t now = clock_mono_ms();
    if (!in->waits_since_ms)
        in->waits_since_ms = now;
    if (in->wait_said || now - in->waits_since_ms < SAID_MS)
        return;
    in->wait_said = true;
    log_warn("lane_waits", "lane=%d topic=%s offset=%" PRId64 " reason=%s message=\"%s\"", lane->partition,
             lane->options->inputs[record->input], record->offset, why->word, why->sentence);
}

void lane_wait_over(struct lane *lane, const struct kafka_record *record)
{
    struct lane_input *in = &lane->in[record->input];
    if (in->wait_said)
        log_info("lane_goes_on", "lane=%d topic=%s offset=%" PRId64 " waited_ms=%" PRId64, lane->partition,
                 lane->options->inputs[record->input], record->offset, clock_mono_ms() - in->waits_since_ms);
    in->waits_since_ms = 0;
    in->wait_said = false;
}
