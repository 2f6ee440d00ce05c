/* score: the score worker kind: how creators lie in Redis, how records become changes, how scores become
 * records. */
#ifndef MICROFLUX_SCORE_H
#define MICROFLUX_SCORE_H

#include "microflux/avro.h"
#include "microflux/creator.h"
#include "microflux/methodology.h"
#include "microflux/redis.h"

/* ---- layout: a creator in Redis, two hashes and three strings (docs/reference/redis-layout.md) ---- */
enum creator_key { KEY_COUNTERS, KEY_POSTS, KEY_WORDS, KEY_AUDIENCE, KEY_MET, N_CREATOR_KEYS };
#define CREATOR_WHOLE_KEYS                                                                                   \
    (1u << KEY_WORDS | 1u << KEY_AUDIENCE | 1u << KEY_MET) /* strings: SET and GET, not HSET and HGETALL */
extern const char *const
    creator_key_names[N_CREATOR_KEYS]; /* c p k a y: the word in mf:<ns>:score:{tag}:<word>:<creator> */

/* Where changed fields go: called once a field, in ascending key order. A field is at most 64 bytes in name
 * and value (else its hash stops being a listpack; only post ids may be longer). */
struct change_writer {
    void *arg;
    void (*set)(void *arg, int key, struct bytes field, struct bytes value);
    void (*drop)(void *arg, int key, struct bytes field);
    void (*whole)(void *arg, int key, struct bytes value); /* of a key that is one string */
};

/* layout_write: hands every dirty field to the writer and clears `dirty`. */
void layout_write(struct creator *c, const struct change_writer *writer);
/* layout_load: the HGETALL (or GET) of one of the keys into an empty creator, in the order of the keys
 * (fields the layout does not own are skipped). ERR_REJECT word "state": a field cannot be read; the sentence
 * names it. layout_loaded: once after the last key. */
enum err layout_load(struct creator *c, int key, const struct redis_answer *answer,
                     struct err_info *info) MF_MUST_CHECK;
void layout_loaded(struct creator *c);
/* layout_json: the creator as `microflux state --format json` prints it. Appends one line without newline. */
void layout_json(const struct creator *c, struct bytes creator_id, int lane, struct buffer *out);

/* ---- entries: the lane's histograms of peers, a hash of numbers mf:<ns>:score:{tag}:peers ---- */
#define PEERS_KEY "peers"
/* entries_load: adds the HGETALL of it. ERR_REJECT word "peers": a field cannot be read; the sentence names
 * it.
 */
enum err entries_load(const struct redis_answer *hash, struct peer_histograms *histograms,
                      struct err_info *info) MF_MUST_CHECK;

/* ---- decode: field tables of the three inputs (input = enum topic) ---- */
enum err score_reader_open(int input, const char *bare_json, size_t max_record_bytes,
                           struct registry *registry, struct avro_reader **reader,
                           struct err_info *info) MF_MUST_CHECK;

/* score_record_decode: strings and lists stay in the value and the scratch. Errors of avro_reader_decode. */
enum err score_record_decode(struct avro_reader *reader, struct avro_scratch *scratch, int input,
                             struct bytes value, union score_record *record, uint32_t *schema_id,
                             struct err_info *info) MF_MUST_CHECK;

/* ---- record: a score as creator-score.avsc, unframed ---- */
enum record_reason { REASON_CHANGE, REASON_SWEEP, REASON_RECOVERY };
struct score_origin {
    struct bytes creator_id;
    int32_t partition;
    int64_t applied[N_INPUTS]; /* records below were applied in the lane */
    int32_t epoch;
    int64_t offsets; /* version: sum of the creator's own */
    bool idle;       /* as_of_source */
    enum record_reason reason;
};
/* What a score was made with, its digests in words once for all records; "" = none. */
struct score_makers {
    const struct methodology *methodology;
    char digest[17], peers[17], lexicons[17], embedding[17],
        niche[17]; /* peers: of who is compared with nobody */
};
struct score_makers score_makers_of(const struct methodology *methodology, const struct peer_table *peers,
                                    uint64_t lexicons, const struct models *models);
/* score_version: sum of the creator's own offsets. */
int64_t score_version(const struct creator *c);
/* score_encode: of that creator: flags name its posts. */
void score_encode(const struct score *score, const struct creator *c, const struct score_makers *makers,
                  const struct score_origin *origin, struct buffer *out);

#endif
