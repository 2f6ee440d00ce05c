/* dead_letters_erase: the dead letters of a creator go. Kafka deletes only from a partition's beginning up to
 * an offset, so the letters of others that are older than the creator's newest go too: the plan says how
 * many. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "dead_letters.h"

#define DELETE_MS 15000

struct letter_place { /* a partition with letters of the creator */
    int32_t partition;
    int64_t own, others, newest; /* others: older than the newest own */
    int64_t seen;                /* letters of others so far */
};

struct erasing {
    struct bytes creator;
    struct letter_place *places; /* of every partition met */
    size_t n;
};

static struct letter_place *place_of(struct erasing *e, int32_t partition)
{
    for (size_t i = 0; i < e->n; i++)
        if (e->places[i].partition == partition)
            return &e->places[i];
    e->places = realloc(e->places, (e->n + 1) * sizeof *e->places);
    if (!e->places)
        abort();
    e->places[e->n] = (struct letter_place){.partition = partition, .newest = -1};
    return &e->places[e->n++];
}

static enum err look_at(void *arg, const struct letter *letter, struct err_info *info)
{
    struct erasing *e = arg;
    struct letter_place *p = place_of(e, letter->record.partition);
    (void)info;
    if (!letter->record.key.ptr || !bytes_equal(letter->record.key, e->creator)) {
        p->seen++;
        return ERR_OK;
    }
    p->own++;
    p->others = p->seen;
    p->newest = letter->record.offset;
    return ERR_OK;
}

static enum err erase_place(const struct letters *letters, const struct letter_place *p, bool dry,
                            struct err_info *info)
{
    const struct config *c = letters->config;
    printf(letters->json ? "{\"topic\":\"%s\",\"partition\":%" PRId32 ",\"before\":%" PRId64
                           ",\"letters\":%" PRId64 ",\"others\":%" PRId64 ",\"action\":\"%s\"}\n"
                         : "%s/%" PRId32 " before offset %" PRId64 ": %" PRId64 " of the creator and %" PRId64
                           " older ones of others: %s\n",
           c->topic_dead_letters, p->partition, p->newest + 1, p->own, p->others,
           dry ? "would be deleted" : "delete");
    return dry ? ERR_OK
               : topics_delete_records(kafka_pairs_of(c), c->n_kafka, c->topic_dead_letters, p->partition,
                                       p->newest + 1, DELETE_MS, info);
}

/* Every letter is looked at: the filters of `list` would hide whose go too. */
static enum err look(const struct config *config, const char *creator, struct erasing *e, int64_t *own,
                     struct err_info *info)
{
    const struct letters all = {.config = config, .partition = -1, .offset = -1};
    int64_t read;
    *e = (struct erasing){.creator = bytes_of(creator)};
    enum err err = letters_each(&all, look_at, e, &read, info);
    *own = 0;
    for (size_t i = 0; i < e->n; i++)
        *own += e->places[i].own;
    return err;
}

enum err letters_of(const struct config *config, const char *creator, int64_t *found, struct err_info *info)
{
    struct erasing e;
    enum err err = look(config, creator, &e, found, info);
    free(e.places);
    return err;
}

int letters_erase(const struct letters *letters, const char *creator, bool dry)
{
    struct erasing e;
    struct err_info info;
    int64_t own;
    enum err err = look(letters->config, creator, &e, &own, &info);
    for (size_t i = 0; i < e.n && err == ERR_OK; i++)
        if (e.places[i].own)
            err = erase_place(letters, &e.places[i], dry, &info);
    free(e.places);
    if (err != ERR_OK)
        return complain("dead-letters", &info);
    fprintf(stderr, "%" PRId64 " dead letters of %s\n", own, creator);
    return own == 0;
}
