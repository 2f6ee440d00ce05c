/* generate_words: the vocabulary of made-up posts. */
#ifndef COMMANDS_GENERATE_WORDS_H
#define COMMANDS_GENERATE_WORDS_H

#include <stdbool.h>

#include "microflux/bytes.h"
#include "random.h"

enum niche {
    NICHE_FASHION,
    NICHE_TRAVEL,
    NICHE_FAMILY,
    NICHE_FOOD,
    NICHE_BEAUTY,
    NICHE_INTERIOR,
    NICHE_FITNESS,
    NICHE_PET,
    NICHE_OTHER,
    N_NICHES
};
extern const char *const niche_names[N_NICHES];
const char *niche_tag(int niche, uint64_t n); /* the first NICHE_TAGS differ */
#define NICHE_TAGS 40
void put_brand(struct buffer *out, int niche, uint64_t n);                   /* an invented handle */
void put_text(struct buffer *out, struct random *r, int niche, bool french); /* a few words */

#endif
