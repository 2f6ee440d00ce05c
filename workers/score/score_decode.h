/* score_decode: the decoded record of an input, from a value in any known writer schema. */
#ifndef SCORE_DECODE_H
#define SCORE_DECODE_H

#include "microflux/score.h"
#include "microflux/text.h"

/* score_words: fills what the post's text, tags and mentions say. */
void score_words(struct text_scratch *scratch, struct post_record *record);

#endif
