/* fit_record: a record of the topic fit-scores, one creator against one campaign, between the score worker
 * that tells it and the roster worker that ranks it (schemas/fit-score.avsc).
 */
#ifndef MICROFLUX_FIT_RECORD_H
#define MICROFLUX_FIT_RECORD_H

#include "microflux/avro.h"
#include "microflux/fit.h"

enum fit_affinity_source { AFFINITY_LEXICON, AFFINITY_VECTORS };

/* Texts are borrowed; one that is not there has ptr NULL, or, to encode, len 0. */
struct fit_record {
    struct bytes campaign_id, creator_id;
    int32_t epoch;
    int64_t offsets, as_of;
    struct bytes methodology, methodology_version, methodology_digest;
    struct bytes campaign, lexicons, peers, embedding; /* digests, 16 hex digits */
    struct bytes gate;                                 /* none: all passed */
    double score, confidence, affinity;
    int32_t affinity_source; /* enum fit_affinity_source */
    struct optional target, values;
    const struct fit *fit; /* quality and waterfall are of it: read by people, not decoded. NULL: neither */
    struct bytes platform, tier;
    bool has_followers, has_price;
    int64_t followers;
    struct optional estimate, authenticity;
    int64_t price; /* minor units */
    struct bytes price_currency;
    struct bytes actors; /* hll_pack */
    bool has_newest_post;
    int64_t newest_post_at;
    struct {           /* sponsored posts for the brand */
        int32_t posts; /* 0: none */
        int64_t newest, engagements;
    } collaboration;
    bool has_delivered;
    struct {
        int64_t newest, clicks, purchases;
        struct avro_map values; /* currency -> minor units */
    } delivered;
};

/* fit_record_key: the two ids of a key campaign_id/creator_id; the first slash parts them, so no campaign_id
 * has one. False: it is no such key. */
bool fit_record_key(struct bytes key, struct bytes *campaign_id, struct bytes *creator_id);
/* fit_record_encode: unframed, appended. */
void fit_record_encode(const struct fit_record *record, struct buffer *out);
/* fit_record_reader_open: as avro_reader_open; bare values are refused. fit_record_decode: as
 * avro_reader_decode; strings are borrowed from value, the map from scratch. */
enum err fit_record_reader_open(size_t max_record_bytes, struct registry *registry,
                                struct avro_reader **reader, struct err_info *info) MF_MUST_CHECK;
enum err fit_record_decode(struct avro_reader *reader, struct avro_scratch *scratch, struct bytes value,
                           struct fit_record *record, uint32_t *schema_id,
                           struct err_info *info) MF_MUST_CHECK;

/* optional_put: a union of null and double. */
void optional_put(struct optional x, struct buffer *out);
/* weighted_put: as the record Weighted that several schemas have, with the branch of its union with null. */
void weighted_put(const struct weighted *weighted, struct buffer *out);

#endif
