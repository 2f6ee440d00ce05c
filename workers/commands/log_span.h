/* log_span: what a log holds of each lane, and the part of it that is to be read: --from. */
#ifndef COMMANDS_LOG_SPAN_H
#define COMMANDS_LOG_SPAN_H

#include "microflux/creator.h"
#include "microflux/kafka.h"

#define LOG_FROM "TIME|OFFSET" /* how --from is shown in help */

struct log_span { /* one input of one lane */
    int64_t begin, from, end;
};

/* log_from_check: ERR_USAGE: what --from says is no offset and no time. NULL = the earliest record. */
enum err log_from_check(const char *from, struct err_info *info) MF_MUST_CHECK;
/* log_spans: gives n_inputs spans a lane, free(). ERR_REFUSED: the inputs are not co-partitioned. */
enum err log_spans(struct inquiry *inquiry, const char *const *topics, int n_inputs, const char *from,
                   int32_t *lanes, struct log_span **spans, struct err_info *info) MF_MUST_CHECK;

#endif
