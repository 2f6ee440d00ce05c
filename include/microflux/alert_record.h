/* alert_record: an alert as a record of the topic alerts (schemas/alert.avsc), whoever raises it.
 */
#ifndef MICROFLUX_ALERT_RECORD_H
#define MICROFLUX_ALERT_RECORD_H

#include "microflux/alert.h"
#include "microflux/avro.h"
#include "microflux/methodology.h"

/* Texts are borrowed. */
struct alert_record {
    const struct alert *alert;
    struct bytes creator_id, campaign_id; /* ptr NULL: no campaign */
    int32_t epoch;                        /* version: where the cause stands */
    int64_t offsets;
    int64_t as_of;
    const struct methodology *methodology;
};
/* alert_encode: unframed, appended. */
void alert_encode(const struct alert_record *record, struct buffer *out);

#endif
