/* meetings: which creators an actor's comments make meet, in the order of event time (scoring.md §7). */
#include <stdlib.h>

#include "train_room.h"

struct last {
    uint32_t creator;
    int64_t at;
};

struct memory_of { /* one actor's, the newest first */
    uint64_t actor;
    struct last met[RING_CREATORS];
    size_t n;
};

static void meet(struct corpus *c, const struct memory_of *actor, uint32_t creator, const struct last *other)
{
    c->meetings = more_memory(c->meetings, c->n_meetings, &c->cap_meetings, sizeof *c->meetings);
    c->meetings[c->n_meetings++] = (struct corpus_meeting){creator, other->creator, actor->actor, other->at};
}

static void comments_next(struct corpus *c, struct memory_of *actor, const struct last *met)
{
    int64_t oldest = c->as_live ? met->at - RING_DAYS * MS_DAY : INT64_MIN;
    struct last others[RING_CREATORS] = {{0, 0}};
    size_t n = 0;
    bool again = false;
    for (size_t i = 0; i < actor->n; i++) {
        if (actor->met[i].at < oldest)
            continue;
        if (actor->met[i].creator == met->creator)
            again = true;
        else
            others[n++] = actor->met[i];
    }
    for (size_t i = 0; i < n && !again; i++) {
        meet(c, actor, met->creator, &others[i]);
        meet(c, actor, others[i].creator, met);
    }
    actor->met[0] = *met;
    memcpy(actor->met + 1, others, (RING_CREATORS - 1) * sizeof *others);
    actor->n = n < RING_CREATORS ? n + 1 : RING_CREATORS;
}

#define BY(field)                                                                                            \
    if (x->field != y->field)                                                                                \
    return x->field < y->field ? -1 : 1

static int by_time(const void *a, const void *b)
{
    const struct corpus_comment *x = a, *y = b;
    BY(actor);
    BY(at);
    BY(creator);
    return 0;
}

static int by_creator(const void *a, const void *b)
{
    const struct corpus_meeting *x = a, *y = b;
    BY(creator);
    BY(other);
    BY(actor);
    BY(at);
    return 0;
}

void corpus_meet(struct corpus *c)
{
    struct memory_of actor = {.n = 0};
    size_t m = 0;
    if (c->n_comments)
        qsort(c->comments, c->n_comments, sizeof *c->comments, by_time);
    for (size_t i = 0; i < c->n_comments; i++) {
        const struct corpus_comment *comment = &c->comments[i];
        if (comment->forgotten)
            continue;
        if (comment->actor != actor.actor)
            actor = (struct memory_of){.actor = comment->actor};
        comments_next(c, &actor, &(struct last){comment->creator, comment->at});
    }
    if (c->n_meetings)
        qsort(c->meetings, c->n_meetings, sizeof *c->meetings, by_creator);
    for (size_t i = 0; i < c->n_creators; i++) {
        struct corpus_creator *creator = c->creators[i];
        for (creator->meetings = c->meetings + m; m < c->n_meetings && c->meetings[m].creator == i; m++)
            creator->n_meetings++;
    }
}
