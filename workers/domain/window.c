/* window: a sparse ring of buckets: only what was counted is kept. A slot (bucket mod span) belongs to the
 * newest bucket seen for it, so the ring is a function of the set of events, whatever their order (scoring.md
 * §0.1). */
#include <stdlib.h>

#include "microflux/creator.h"

/* The order of cells as one number, so that a search has one branch a step. */
static int64_t place(int64_t bucket, int what)
{
    return bucket << 8 | what;
}

static int64_t place_of(const struct cell *cell)
{
    return place(cell->bucket, cell->what);
}

/* Where a cell of this place stands or would stand; most are among the newest. */
static uint16_t find(const struct window *w, int64_t wanted)
{
    uint16_t at = w->n;
    while (at > 0 && place_of(&w->cells[at - 1]) >= wanted)
        at--;
    return at;
}

static bool same_slot(const struct window *w, int64_t older, int64_t newer)
{
    return (uint32_t)(newer - older) % w->span == 0;
}

/* A newer bucket takes the slot from an older one; false: a newer one has it already. */
static bool take_slot(struct window *w, int64_t bucket)
{
    uint16_t kept = 0;
    if (w->n == 0 || (bucket - w->cells[0].bucket < w->span && w->cells[w->n - 1].bucket - bucket < w->span))
        return true; /* as most: within one turn of the ring each bucket has its own slot */
    for (uint16_t i = 0; i < w->n; i++)
        if (w->cells[i].bucket > bucket && same_slot(w, bucket, w->cells[i].bucket))
            return false;
    for (uint16_t i = 0; i < w->n; i++)
        if (w->cells[i].bucket >= bucket || !same_slot(w, w->cells[i].bucket, bucket))
            w->cells[kept++] = w->cells[i];
    w->n = kept;
    return true;
}

static void make_room(struct window *w)
{
    if (w->n < w->cap)
        return;
    w->cap = w->cap ? (uint16_t)(w->cap + w->cap / 2) : 4;
    w->cells = realloc(w->cells, w->cap * sizeof *w->cells);
    if (!w->cells)
        abort();
}

bool window_add(struct window *w, int64_t bucket, int what, int64_t count, int *slot)
{
    int64_t wanted = place(bucket, what);
    uint16_t at = find(w, wanted);
    *slot = (int)((uint32_t)bucket % w->span);
    if (at < w->n && place_of(&w->cells[at]) == wanted) {
        w->cells[at].count += count;
        return true;
    }
    bool known =
        (at > 0 && w->cells[at - 1].bucket == bucket) || (at < w->n && w->cells[at].bucket == bucket);
    if (!known) {
        if (!take_slot(w, bucket))
            return false;
        at = find(w, wanted);
    }
    make_room(w);
    memmove(w->cells + at + 1, w->cells + at, (size_t)(w->n - at) * sizeof *w->cells);
    w->cells[at] = (struct cell){count, (int32_t)bucket, (int16_t)what};
    w->n++;
    return true;
}

void window_sum(const struct window *w, int64_t width, int64_t after, int64_t *sums)
{
    memset(sums, 0, N_COUNTS * sizeof *sums);
    for (uint16_t i = w->n; i > 0 && w->cells[i - 1].bucket * width > after; i--)
        sums[w->cells[i - 1].what] += w->cells[i - 1].count;
}

void window_free(struct window *w)
{
    free(w->cells);
    w->cells = NULL;
    w->n = w->cap = 0;
}
