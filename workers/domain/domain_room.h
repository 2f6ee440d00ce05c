/* domain_room: what the files of this room share. */
#ifndef DOMAIN_ROOM_H
#define DOMAIN_ROOM_H

#include "microflux/methodology.h"

/* is_future: dated more than max_future after its own Kafka timestamp (§0.1). */
bool is_future(const struct creator_rules *rules, int64_t time, const struct provenance *at);
/* moved: the record was applied: the creator's version and the lane's as_of follow. */
void moved(struct creator *c, int topic, const struct provenance *at, int64_t time, int64_t *as_of);

/* profile_erased, record_erased (posts and interactions): of before an erasure, or not surely of after it:
 * moves the version and counts nowhere. The first profile dated after the tombstone brings the creator back.
 */
bool profile_erased(struct creator *c, const struct provenance *at);
bool record_erased(const struct creator *c, const struct provenance *at);

/* profile_day_for: newest kept day observed at or before the post, else the earliest later one (*late); NULL:
 * none. */
const struct profile_day *profile_day_for(const struct creator *c, int64_t posted_at, bool *late);

/* posts_fix_followers: the oldest kept day leaves: posts that count on it keep its followers for good. */
void posts_fix_followers(struct creator *c);

struct post *posts_find(struct creator *c, struct bytes id);
/* posts_placeholder: opens one for an unknown post, NULL where the rules open none. */
struct post *posts_placeholder(struct creator *c, struct bytes id, int64_t occurred_at, int64_t as_of,
                               struct applied_counts *counts);
void posts_expire(struct creator *c, int64_t as_of, struct applied_counts *counts);
/* posts_enter: a post record: found and replaced, filled into its placeholder, or new. NULL: too old for the
 * ring. */
struct post *posts_enter(struct creator *c, const struct post_record *record, int64_t offset);
static inline bool post_sponsored(const struct post *post)
{
    return post->official || post->disclosed_word;
}

#endif
