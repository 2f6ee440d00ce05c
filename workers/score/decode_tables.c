/* decode_tables: which fields of the three inputs we read, and where they go. */
#include "microflux/schemas.h"
#include "microflux/score_worker.h"
#include "score_decode.h"

/* Lists and maps land here first: the records name them plainly. */
struct profile_room {
    struct profile_record profile;
    struct avro_map shares[SHARES_KINDS];
};
struct post_room {
    struct post_record post;
    struct avro_list tags, mentions, sponsors;
};

#define FIELD(type_, path_, avro_, member)                                                                   \
    {                                                                                                        \
        path_, avro_, offsetof(type_, member), AVRO_NO_PRESENT, false                                        \
    }
#define MAYBE(type_, path_, avro_, member, has)                                                              \
    {                                                                                                        \
        path_, avro_, offsetof(type_, member), offsetof(type_, has), false                                   \
    }
#define THERE(type_, path_, has)                                                                             \
    {                                                                                                        \
        path_, AVRO_BOOL, offsetof(type_, has), AVRO_NO_PRESENT, true                                        \
    }

#define P struct profile_room
static const struct avro_field profile_fields[] = {
    FIELD(P, "creator_id", AVRO_BYTES_T, profile.creator_id),
    FIELD(P, "platform", AVRO_I32, profile.platform),
    FIELD(P, "observed_at", AVRO_I64, profile.observed_at),
    FIELD(P, "followers", AVRO_I64, profile.followers),
    MAYBE(P, "following", AVRO_I64, profile.following, profile.has_following),
    MAYBE(P, "posts", AVRO_I64, profile.posts, profile.has_posts),
    FIELD(P, "verified", AVRO_BOOL, profile.verified),
    FIELD(P, "country", AVRO_BYTES_T, profile.country),
    THERE(P, "price_per_post", profile.has_price),
    FIELD(P, "price_per_post.minor_units", AVRO_I64, profile.price_minor_units),
    FIELD(P, "price_per_post.currency", AVRO_BYTES_T, profile.price_currency),
    FIELD(P, "audience.countries", AVRO_MAP, shares[SHARES_COUNTRIES]),
    FIELD(P, "audience.languages", AVRO_MAP, shares[SHARES_LANGUAGES]),
};
#undef P

#define P struct post_room
static const struct avro_field post_fields[] = {
    FIELD(P, "creator_id", AVRO_BYTES_T, post.creator_id),
    FIELD(P, "post_id", AVRO_BYTES_T, post.post_id),
    FIELD(P, "posted_at", AVRO_I64, post.posted_at),
    FIELD(P, "format", AVRO_I32, post.format),
    FIELD(P, "tags", AVRO_LIST, tags),
    FIELD(P, "mentions", AVRO_LIST, mentions),
    FIELD(P, "sponsors", AVRO_LIST, sponsors),
    FIELD(P, "disclosed", AVRO_BOOL, post.disclosed),
    FIELD(P, "language", AVRO_BYTES_T, post.language),
    FIELD(P, "text", AVRO_BYTES_T, post.text),
    FIELD(P, "deleted", AVRO_BOOL, post.deleted),
    THERE(P, "metrics", post.has_metrics),
    FIELD(P, "metrics.observed_at", AVRO_I64, post.metrics.observed_at),
    MAYBE(P, "metrics.views", AVRO_I64, post.metrics.views, post.metrics.has_views),
    MAYBE(P, "metrics.likes", AVRO_I64, post.metrics.likes, post.metrics.has_likes),
    MAYBE(P, "metrics.comments", AVRO_I64, post.metrics.comments, post.metrics.has_comments),
    MAYBE(P, "metrics.shares", AVRO_I64, post.metrics.shares, post.metrics.has_shares),
    MAYBE(P, "metrics.saves", AVRO_I64, post.metrics.saves, post.metrics.has_saves),
};
#undef P

#define P struct interaction_record
static const struct avro_field interaction_fields[] = {
    FIELD(P, "creator_id", AVRO_BYTES_T, creator_id),
    FIELD(P, "post_id", AVRO_BYTES_T, post_id),
    FIELD(P, "actor_id", AVRO_BYTES_T, actor_id),
    FIELD(P, "kind", AVRO_I32, kind),
    FIELD(P, "count", AVRO_I64, count),
    FIELD(P, "occurred_at", AVRO_I64, occurred_at),
    THERE(P, "comment", has_comment),
    FIELD(P, "comment.words", AVRO_I32, comment_words),
    FIELD(P, "comment.emoji", AVRO_I32, comment_emoji),
    FIELD(P, "comment.mentions", AVRO_I32, comment_mentions),
    FIELD(P, "comment.reply", AVRO_BOOL, comment_reply),
    FIELD(P, "comment.fingerprint", AVRO_I64, comment_fingerprint),
    THERE(P, "actor", has_actor),
    FIELD(P, "actor.followers", AVRO_I64, actor_followers),
    FIELD(P, "actor.following", AVRO_I64, actor_following),
    FIELD(P, "actor.posts", AVRO_I64, actor_posts),
    MAYBE(P, "actor.has_picture", AVRO_BOOL, actor_has_picture, actor_has_picture_known),
    MAYBE(P, "actor.name_digits", AVRO_I32, actor_name_digits, actor_has_digits),
    THERE(P, "value", has_value),
    FIELD(P, "value.minor_units", AVRO_I64, value_minor_units),
    FIELD(P, "value.currency", AVRO_BYTES_T, value_currency),
    FIELD(P, "campaign_id", AVRO_BYTES_T, campaign_id),
};
#undef P

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

enum err score_reader_open(int input, const char *bare_json, size_t max_record_bytes,
                           struct registry *registry, struct avro_reader **reader, struct err_info *info)
{
    const struct avro_reader_options inputs[N_TOPICS] = {
        [TOPIC_PROFILES] = {schema_profile, profile_fields, COUNT_OF(profile_fields),
                            sizeof(struct profile_room), bare_json, max_record_bytes, registry},
        [TOPIC_POSTS] = {schema_post, post_fields, COUNT_OF(post_fields), sizeof(struct post_room), bare_json,
                         max_record_bytes, registry},
        [TOPIC_INTERACTIONS] = {schema_interaction, interaction_fields, COUNT_OF(interaction_fields),
                                sizeof(struct interaction_record), bare_json, max_record_bytes, registry},
    };
    return avro_reader_open(&inputs[input], reader, info);
}

enum err score_readers_open(const struct score_worker_options *options, struct avro_reader *readers[N_TOPICS],
                            struct err_info *info)
{
    enum err err = ERR_OK;
    for (int i = 0; i < N_TOPICS && err == ERR_OK; i++)
        err = score_reader_open(i, options->bare_json[i], options->max_record_bytes, options->registry,
                                &readers[i], info);
    for (size_t i = 0; i < options->n_writers && err == ERR_OK; i++)
        err = avro_reader_add(readers[options->writers[i].input], options->writers[i].id,
                              options->writers[i].json, info);
    return err;
}

static enum err decode_profile(struct avro_reader *reader, struct avro_scratch *scratch, struct bytes value,
                               struct profile_record *profile, uint32_t *schema_id, struct err_info *info)
{
    struct profile_room room;
    enum err err = avro_reader_decode(reader, scratch, value, &room, schema_id, info);
    if (err != ERR_OK)
        return err;
    *profile = room.profile;
    for (int kind = 0; kind < SHARES_KINDS; kind++)
        for (size_t i = 0; i < room.shares[kind].n; i++)
            audience_shares_add(&profile->shares[kind], room.shares[kind].entries[i].key,
                                room.shares[kind].entries[i].value);
    return ERR_OK;
}

enum err score_record_decode(struct avro_reader *reader, struct avro_scratch *scratch, int input,
                             struct bytes value, union score_record *record, uint32_t *schema_id,
                             struct err_info *info)
{
    struct post_room room;
    if (input == TOPIC_PROFILES)
        return decode_profile(reader, scratch, value, &record->profile, schema_id, info);
    if (input != TOPIC_POSTS)
        return avro_reader_decode(reader, scratch, value, record, schema_id, info);
    enum err err = avro_reader_decode(reader, scratch, value, &room, schema_id, info);
    if (err != ERR_OK)
        return err;
    record->post = room.post;
    record->post.tags = room.tags.items;
    record->post.n_tags = room.tags.n;
    record->post.mentions = room.mentions.items;
    record->post.n_mentions = room.mentions.n;
    record->post.sponsors = room.sponsors.items;
    record->post.n_sponsors = room.sponsors.n;
    return ERR_OK;
}
