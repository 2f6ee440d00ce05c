/* dead_letters: a dead letter as its headers tell it; shared by the parts of `microflux dead-letters`. */
#ifndef COMMANDS_DEAD_LETTERS_H
#define COMMANDS_DEAD_LETTERS_H

#include "options.h"

#define LETTER_HEADERS 64
#define REPLAYED       "microflux.replayed" /* header: the dead letter this record comes from */

struct letter { /* borrowed from the record */
    struct kafka_record record;
    struct kafka_header headers[LETTER_HEADERS];
    size_t n;
    struct bytes topic, code, message, stage;
    int64_t partition, offset, timestamp; /* where and when it was written first */
    bool left_behind;                     /* its value was too large and is not here */
    bool replayed;                        /* it is the second refusal of the same record */
};

struct letters { /* which of them, and what to do with them */
    const struct config *config;
    const char *reason, *topic; /* filters; NULL: all */
    int64_t partition, offset;  /* one of them; -1: all */
    bool json;
};

/* letters_each: every dead letter that passes the filters, up to the end as it is now. *found says how many.
 */
enum err letters_each(const struct letters *letters,
                      enum err (*take)(void *arg, const struct letter *letter, struct err_info *info),
                      void *arg, int64_t *found, struct err_info *info) MF_MUST_CHECK;

int letters_show(const struct letters *letters);
/* letters_replay: sends them to where they came from; dry: only says what it would do. */
int letters_replay(const struct letters *letters, bool dry);
/* letters_of: how many a creator has. letters_erase: deletes them, and what is older in their partitions. */
enum err letters_of(const struct config *config, const char *creator, int64_t *found,
                    struct err_info *info) MF_MUST_CHECK;
int letters_erase(const struct letters *letters, const char *creator, bool dry);

#endif
