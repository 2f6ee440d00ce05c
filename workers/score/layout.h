/* layout: what writing and loading share. */
#ifndef SCORE_LAYOUT_H
#define SCORE_LAYOUT_H

#include "microflux/score.h"

extern const char layout_letters[N_COUNTS + 1]; /* by enum kind, COUNT_POSTS, COUNT_SPONSORED; [0] unused */

#endif
