/* score_decode: the decoded record of an input, from a value in any known writer schema. */
#ifndef SCORE_DECODE_H
#define SCORE_DECODE_H

#include "microflux/score.h"
#include "microflux/text.h"

/* score_record_decode: strings and lists stay in the value and the scratch. Errors of avro_reader_decode. */
enum err score_record_decode(struct avro_reader *reader, struct avro_scratch *scratch, int input,
                             struct bytes value, union score_record *record, uint32_t *schema_id,
                             struct err_info *info) MF_MUST_CHECK;

/* score_words: fills what the post's text, tags and mentions say. */
void score_words(struct text_scratch *scratch, struct post_record *record);

#endif
