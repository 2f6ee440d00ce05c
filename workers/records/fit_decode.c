/* fit_decode: which fields of a fit-score are read, and where they go. */
#include "microflux/fit_record.h"
#include "microflux/schemas.h"

#define R struct fit_record
static const struct avro_field fields[] = {
    AVRO_FIELD(R, "campaign_id", AVRO_BYTES_T, campaign_id),
    AVRO_FIELD(R, "creator_id", AVRO_BYTES_T, creator_id),
    AVRO_FIELD(R, "version.epoch", AVRO_I32, epoch),
    AVRO_FIELD(R, "version.offsets", AVRO_I64, offsets),
    AVRO_FIELD(R, "as_of", AVRO_I64, as_of),
    AVRO_FIELD(R, "methodology.name", AVRO_BYTES_T, methodology),
    AVRO_FIELD(R, "methodology.version", AVRO_BYTES_T, methodology_version),
    AVRO_FIELD(R, "methodology.digest", AVRO_BYTES_T, methodology_digest),
    AVRO_FIELD(R, "digests.campaign", AVRO_BYTES_T, campaign),
    AVRO_FIELD(R, "digests.lexicons", AVRO_BYTES_T, lexicons),
    AVRO_FIELD(R, "digests.peers", AVRO_BYTES_T, peers),
    AVRO_FIELD(R, "digests.embedding", AVRO_BYTES_T, embedding),
    AVRO_FIELD(R, "gate", AVRO_BYTES_T, gate),
    AVRO_FIELD(R, "score", AVRO_F64, score),
    AVRO_FIELD(R, "confidence", AVRO_F64, confidence),
    AVRO_FIELD(R, "affinity.score", AVRO_F64, affinity),
    AVRO_FIELD(R, "affinity.source", AVRO_I32, affinity_source),
    AVRO_MAYBE(R, "target", AVRO_F64, target.value, target.there),
    AVRO_MAYBE(R, "values", AVRO_F64, values.value, values.there),
    AVRO_FIELD(R, "platform", AVRO_BYTES_T, platform),
    AVRO_FIELD(R, "tier", AVRO_BYTES_T, tier),
    AVRO_MAYBE(R, "followers", AVRO_I64, followers, has_followers),
    AVRO_MAYBE(R, "estimate", AVRO_F64, estimate.value, estimate.there),
    AVRO_THERE(R, "price", has_price),
    AVRO_FIELD(R, "price.minor_units", AVRO_I64, price),
    AVRO_FIELD(R, "price.currency", AVRO_BYTES_T, price_currency),
    AVRO_MAYBE(R, "authenticity", AVRO_F64, authenticity.value, authenticity.there),
    AVRO_FIELD(R, "actors", AVRO_BYTES_T, actors),
    AVRO_FIELD(R, "collaboration.posts", AVRO_I32, collaboration.posts),
    AVRO_FIELD(R, "collaboration.newest", AVRO_I64, collaboration.newest),
    AVRO_FIELD(R, "collaboration.engagements", AVRO_I64, collaboration.engagements),
    AVRO_THERE(R, "delivered", has_delivered),
    AVRO_FIELD(R, "delivered.newest", AVRO_I64, delivered.newest),
    AVRO_FIELD(R, "delivered.clicks", AVRO_I64, delivered.clicks),
    AVRO_FIELD(R, "delivered.purchases", AVRO_I64, delivered.purchases),
    AVRO_FIELD(R, "delivered.value", AVRO_MAP, delivered.values),
    AVRO_MAYBE(R, "newest_post_at", AVRO_I64, newest_post_at, has_newest_post),
};

bool fit_record_key(struct bytes key, struct bytes *campaign_id, struct bytes *creator_id)
{
    const char *slash = key.ptr ? memchr(key.ptr, '/', key.len) : NULL;
    if (!slash)
        return false;
    *campaign_id = (struct bytes){key.ptr, (size_t)(slash - key.ptr)};
    *creator_id = (struct bytes){slash + 1, key.len - campaign_id->len - 1};
    return campaign_id->len && creator_id->len;
}

enum err fit_record_reader_open(size_t max_record_bytes, struct registry *registry,
                                struct avro_reader **reader, struct err_info *info)
{
    const struct avro_reader_options options = {.reader_json = schema_fit_score,
                                                .fields = fields,
                                                .n_fields = sizeof fields / sizeof fields[0],
                                                .struct_size = sizeof(struct fit_record),
                                                .max_record_bytes = max_record_bytes,
                                                .registry = registry};
    return avro_reader_open(&options, reader, info);
}

enum err fit_record_decode(struct avro_reader *reader, struct avro_scratch *scratch, struct bytes value,
                           struct fit_record *record, uint32_t *schema_id, struct err_info *info)
{
    return avro_reader_decode(reader, scratch, value, record, schema_id, info);
}
