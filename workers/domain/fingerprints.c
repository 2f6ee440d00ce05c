/* fingerprints: of the newest 64 comments that had one, by (occurred_at, offset); the 65th leaves for good.
 */
#include <stdlib.h>
#include <string.h>

#include "domain_room.h"

static bool newer(const struct fingerprint *a, const struct fingerprint *b)
{
    return a->occurred_at != b->occurred_at ? a->occurred_at > b->occurred_at : a->offset > b->offset;
}

static void make_room(struct fingerprints *f)
{
    if (f->n < f->cap)
        return;
    f->cap = f->cap ? (uint8_t)(f->cap * 2) : 4;
    f->at = realloc(f->at, f->cap * sizeof *f->at);
    if (!f->at)
        abort();
}

bool fingerprints_add(struct fingerprints *f, const struct fingerprint *one)
{
    uint8_t at = f->n;
    while (at > 0 && newer(&f->at[at - 1], one))
        at--;
    if (f->n == FINGERPRINTS) {
        if (at == 0)
            return false; /* older than all of them */
        memmove(f->at, f->at + 1, (size_t)(--at) * sizeof *f->at);
        f->at[at] = *one;
        return true;
    }
    make_room(f);
    memmove(f->at + at + 1, f->at + at, (size_t)(f->n - at) * sizeof *f->at);
    f->at[at] = *one;
    f->n++;
    return true;
}

void fingerprints_note(struct creator *c, const struct interaction_record *r, int64_t offset)
{
    if (!r->has_comment || r->comment_fingerprint == 0 || r->count <= 0)
        return;
    struct fingerprint one = {r->occurred_at, offset, (uint16_t)r->comment_fingerprint};
    c->dirty.actors |= fingerprints_add(&c->fingerprints, &one);
}

int32_t fingerprints_repeated(const struct fingerprints *f)
{
    uint16_t low[2 * FINGERPRINTS];
    uint8_t counts[2 * FINGERPRINTS] = {0};
    int32_t repeated = 0;
    for (uint8_t i = 0; i < f->n; i++) {
        size_t at = f->at[i].low % (2 * FINGERPRINTS);
        while (counts[at] && low[at] != f->at[i].low)
            at = (at + 1) % (2 * FINGERPRINTS);
        low[at] = f->at[i].low;
        repeated += counts[at] == 0 ? 0 : counts[at] == 1 ? 2 : 1;
        counts[at]++;
    }
    return repeated;
}
