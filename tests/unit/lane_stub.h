/* lane_stub: a kind whose subjects have no state and always write the same field; the tests of the engine add
 * the verbs they are about. */
#ifndef LANE_STUB_H
#define LANE_STUB_H

#include "lane_room.h"

static void state_init(void *state)
{
    (void)state;
}

static size_t state_bytes(const void *state)
{
    (void)state;
    return 0;
}

static void changes(void *self, void *state, const struct lane_writer *writer)
{
    (void)self;
    (void)state;
    writer->set(writer->arg, 0, BYTES("v"), BYTES("7"));
}

#endif
