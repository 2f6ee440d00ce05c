/* record: what the halves of a score's encoding share: record.c begins the record (who, when, counters,
 * rates), record_signals.c goes on with the sections that are weighed. Fields go out in the order of the
 * schema. */
#ifndef SCORE_RECORD_H
#define SCORE_RECORD_H

#include "microflux/fit_record.h"
#include "microflux/score.h"

void record_tables(struct buffer *out, const struct score *s, const struct score_makers *makers);
void record_signals(struct buffer *out, const struct score *s);    /* peers .. topics */
void record_commercial(struct buffer *out, const struct score *s); /* commercial */
void record_verdicts(struct buffer *out, const struct score *s, const struct creator *c); /* whole, flags */

#endif
