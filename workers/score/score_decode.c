/* score_decode: a record's own story, without the creator's state: read by its schema, its key compared,
 * judged by the rules, its words looked up. */
#include "score_room.h"

static struct bytes creator_of(const struct score_worker *w, int input)
{
    switch (input) {
    case TOPIC_PROFILES:
        return w->record.profile.creator_id;
    case TOPIC_POSTS:
        return w->record.post.creator_id;
    case TOPIC_AFFINITY:
        return w->update.creator_id;
    default:
        return w->record.interaction.creator_id;
    }
}

static enum err decode_tombstone(struct score_worker *w, const struct kafka_record *record)
{
    w->record.profile = (struct profile_record){.creator_id = record->key};
    return ERR_OK;
}

static void name_actor(const struct score_worker *w, struct interaction_record *r)
{
    r->own = bytes_equal(r->actor_id, r->creator_id);
    r->actor_hash = r->actor_id.len ? keyed_hash(&w->options->secret, r->actor_id) : 0;
}

static enum err decode_record(struct score_worker *w, int input, const struct kafka_record *record,
                              uint32_t *schema_id, struct err_info *info)
{
    if (input == TOPIC_AFFINITY)
        return affinity_update_decode(w->updates, w->scratch, record->value, &w->update, schema_id, info);
    return score_record_decode(w->readers[input], w->scratch, input, record->value, &w->record, schema_id,
                               info);
}

enum err score_decode(void *self, int input, const struct kafka_record *record, uint32_t *schema_id,
                      struct err_info *info)
{
    struct score_worker *w = self;
    *schema_id = 0;
    if (!record->key.ptr || record->key.len == 0)
        return err_set(info, ERR_REJECT, "no_key", "the record has no key; the key must be the creator_id");
    w->tombstone = input == TOPIC_PROFILES && !record->value.ptr;
    enum err err =
        w->tombstone ? decode_tombstone(w, record) : decode_record(w, input, record, schema_id, info);
    if (err != ERR_OK)
        return err;
    if (input == TOPIC_INTERACTIONS)
        name_actor(w, &w->record.interaction);
    if (!bytes_equal(record->key, creator_of(w, input)))
        return err_set(info, ERR_REJECT, "wrong_key",
                       "the key is \"%.*s\" but creator_id is \"%.*s\"; they must be equal",
                       (int)record->key.len, record->key.ptr, (int)creator_of(w, input).len,
                       creator_of(w, input).ptr);
    if (input == TOPIC_AFFINITY)
        return ERR_OK;
    err = creator_judge(&w->options->rules, input, &w->record,
                        &(struct provenance){record->offset, record->timestamp}, info);
    if (err == ERR_OK && input == TOPIC_POSTS)
        score_words(w->words, &w->record.post);
    if (err != ERR_OK) {
        w->counts[SCORE_LATE] += strcmp(info->word, "late") == 0;
        w->counts[SCORE_FUTURE] += strcmp(info->word, "future") == 0;
    }
    return err;
}
