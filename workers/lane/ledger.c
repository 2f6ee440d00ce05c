/* ledger: up to where is everything published? A mark a commit, in order; an output opens its mark and its
 * delivery report closes it. The first open mark's positions are the answer: nothing before them is still
 * owed to a reader. The current mark is always open (its batch is still being read). */
#include <assert.h>
#include <stdlib.h>

#include "lane_room.h"

static struct mark *mark_at(const struct ledger *ledger, uint64_t number)
{
    assert(number >= ledger->base && number < ledger->base + ledger->n);
    return &ledger->marks[ledger->first + (number - ledger->base)];
}

static void push(struct ledger *ledger, const int64_t *before)
{
    if (ledger->first + ledger->n == ledger->cap) {
        if (ledger->first > ledger->cap / 2) {
            memmove(ledger->marks, ledger->marks + ledger->first, ledger->n * sizeof *ledger->marks);
            ledger->first = 0;
        } else {
            ledger->cap = ledger->cap ? ledger->cap * 2 : 64;
            ledger->marks = realloc(ledger->marks, ledger->cap * sizeof *ledger->marks);
            if (!ledger->marks)
                abort();
        }
    }
    struct mark *mark = &ledger->marks[ledger->first + ledger->n++];
    mark->open = 1;
    mark->oldest_ms = mark->sweep = 0;
    memcpy(mark->before, before, sizeof mark->before);
}

static void drop_closed(struct ledger *ledger)
{
    while (ledger->n > 1 && ledger->marks[ledger->first].open == 0) {
        if (ledger->marks[ledger->first].sweep)
            ledger->swept = ledger->marks[ledger->first].sweep;
        ledger->first++;
        ledger->base++;
        ledger->n--;
    }
}

void ledger_start(struct ledger *ledger, const int64_t *before)
{
    ledger->first = ledger->n = 0;
    ledger->base = LEDGER_FIRST;
    push(ledger, before);
}

uint64_t ledger_now(const struct ledger *ledger)
{
    return ledger->base + ledger->n - 1;
}

void ledger_open(struct ledger *ledger, uint64_t mark)
{
    mark_at(ledger, mark)->open++;
}

bool ledger_done(struct ledger *ledger, uint64_t mark)
{
    struct mark *m = mark_at(ledger, mark);
    assert(m->open > 0);
    bool last = --m->open == 0;
    drop_closed(ledger);
    return last;
}

void ledger_date(struct ledger *ledger, int64_t oldest_ms)
{
    mark_at(ledger, ledger_now(ledger))->oldest_ms = oldest_ms;
}

void ledger_sweep(struct ledger *ledger, int64_t slot)
{
    mark_at(ledger, ledger_now(ledger))->sweep = slot;
}

int64_t ledger_dated(const struct ledger *ledger, uint64_t mark)
{
    return mark_at(ledger, mark)->oldest_ms;
}

void ledger_next(struct ledger *ledger, const int64_t *before)
{
    uint64_t old = ledger_now(ledger);
    push(ledger, before);
    ledger_done(ledger, old);
}

const int64_t *ledger_published(const struct ledger *ledger)
{
    return ledger->marks[ledger->first].before;
}

void ledger_free(struct ledger *ledger)
{
    free(ledger->marks);
    *ledger = (struct ledger){0};
}
