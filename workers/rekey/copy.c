/* copy: one record: whose it is, its copy under that key, or its dead letter. Both are part of the open
 * transaction. A record that only the brokers can judge (too large for the topic, a date they do not take)
 * takes its whole batch with it: the transaction is read again with a batch for each record, which names the
 * culprit, and again with a dead letter in its place. */
#include <stdlib.h>

#include "rekey_room.h"

#define OFFSET_BITS 48
#define TWICE       ((uint64_t)1 << 63) /* set in a refused ticket: its dead letter was refused, too */

static uint64_t ticket_of(int32_t partition, int64_t offset)
{
    return (uint64_t)partition << OFFSET_BITS | (uint64_t)offset;
}

/* ---- what the brokers refuse ---- */

static uint64_t *find(const struct rekey *r, uint64_t ticket)
{
    for (size_t i = 0; i < r->n_refused; i++)
        if ((r->refused[i] & ~TWICE) == ticket)
            return &r->refused[i];
    return NULL;
}

static void refuse(struct rekey *r, uint64_t ticket)
{
    uint64_t *known = find(r, ticket);
    if (known) {
        *known |= TWICE;
        return;
    }
    r->refused = realloc(r->refused, (r->n_refused + 1) * sizeof *r->refused);
    if (!r->refused)
        abort();
    r->refused[r->n_refused++] = ticket;
}

void copy_delivered(void *owner, uint64_t ticket, const struct err_info *failure)
{
    struct rekey *r = owner;
    if (!failure || r->aborting)
        return;
    if (r->doubt.code == ERR_OK)
        r->doubt = *failure;
    if (failure->code != ERR_REJECT)
        return;
    r->careful = true;
    if (r->alone)
        refuse(r, ticket);
}

static bool settled(const struct rekey *r, uint64_t ticket)
{
    for (size_t i = 0; i < r->n_parts; i++)
        if (r->parts[i].partition == (int32_t)(ticket >> OFFSET_BITS))
            return r->parts[i].state == PART_READING &&
                   ticket < ticket_of(r->parts[i].partition, r->parts[i].next);
    return true;
}

void copy_forget(struct rekey *r)
{
    size_t kept = 0;
    for (size_t i = 0; i < r->n_refused; i++)
        if (!settled(r, r->refused[i] & ~TWICE))
            r->refused[kept++] = r->refused[i];
    r->n_refused = kept;
    r->careful = kept > 0;
}

/* ---- one record ---- */

struct keyed { /* all that is read of a value */
    struct bytes creator_id;
};

static enum err creator_of(struct rekey *r, const struct kafka_record *record, struct bytes *creator,
                           uint32_t *schema_id, struct err_info *info)
{
    struct keyed keyed = {{NULL, 0}};
    if (find(r, ticket_of(record->partition, record->offset)))
        return err_set(info, ERR_REJECT, "refused",
                       "the brokers do not take this record into %s: too large, or its date", r->options.to);
    if (!record->value.ptr && r->options.tombstones_keyed && record->key.len) {
        *creator = record->key;
        return ERR_OK;
    }
    if (!record->value.ptr)
        return err_set(info, ERR_REJECT, "tombstone",
                       "no value, so no creator_id; where the key is one, set rekey.tombstones=key");
    enum err err = avro_reader_decode(r->reader, r->scratch, record->value, &keyed, schema_id, info);
    if (err == ERR_OK && keyed.creator_id.len == 0)
        return err_set(info, ERR_REJECT, "no_creator", "creator_id is empty");
    *creator = keyed.creator_id;
    return err;
}

/* Without its value when that was too large even for the dead letters: it is in the source. */
static enum err bury(struct rekey *r, const struct kafka_record *record, uint32_t schema_id,
                     const struct err_info *why, struct err_info *info)
{
    const struct dead_letter_story story = {r->options.from, schema_id, "rekey", why, r->options.name};
    uint64_t ticket = ticket_of(record->partition, record->offset), *refused = find(r, ticket);
    struct kafka_record letter = *record;
    if (refused && *refused & TWICE)
        letter.value = (struct bytes){NULL, 0};
    enum err err = dead_letter_publish(r->publisher, DEAD_LETTERS, &letter, &story, ticket, info);
    if (err == ERR_OK) {
        r->transaction.letters++;
        tally_count(&r->counters.rejects, why->word);
    }
    return err;
}

enum err copy_record(struct rekey *r, const struct kafka_record *record, struct err_info *info)
{
    struct err_info why = {0};
    struct bytes creator;
    uint32_t schema_id = 0;
    enum err err = creator_of(r, record, &creator, &schema_id, &why);
    if (err == ERR_OK)
        err = publish_again(r->publisher, TO, creator, record, ticket_of(record->partition, record->offset),
                            &why);
    if (err == ERR_REJECT)
        return bury(r, record, schema_id, &why, info);
    *info = why;
    return err;
}
