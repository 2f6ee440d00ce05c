/* layout: what writing and loading share. */
#ifndef SCORE_LAYOUT_H
#define SCORE_LAYOUT_H

#include "microflux/score.h"

/* The keys that are one binary string. layout_load_whole: false: it cannot be read. */
void layout_write_whole(const struct creator *c, const struct change_writer *writer);
bool layout_load_whole(struct creator *c, int key, struct bytes text);

extern const char layout_letters[N_COUNTS + 1]; /* by enum kind, COUNT_POSTS, COUNT_SPONSORED; [0] unused */

#endif
