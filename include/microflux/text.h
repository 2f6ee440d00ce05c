/* text: what the words of a post say: is it disclosed as paid, which topics does it touch, what are its
 * tokens.
 *
 * Lexicons (data/lexicons/, data/disclosure/; format in data/README.md) become one automaton at open, which
 * sees tags, mentions and text of a post in one pass. Everything is compared in one normal form, Unicode's
 * NFKC_Casefold: full width, ligatures and capitals make no difference, accents do. A word matches whole
 * words only, across any punctuation; a tag also matches what a phrase looks like without its blanks.
 */
#ifndef MICROFLUX_TEXT_H
#define MICROFLUX_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "microflux/bytes.h"
#include "microflux/err.h"

#define TEXT_TOKENS 30 /* most distinct tokens of a post that are kept */
#define TEXT_NICHES 16 /* most niches: classes of bit 0 to 15 */

enum text_kind { TEXT_NICHE, TEXT_TOPIC, TEXT_VALUE, TEXT_UNSAFE, TEXT_SIGN };

struct text_class {
    char name[32];
    enum text_kind kind;
    uint8_t bit; /* of text_found.lexicon; of a sign: enum text_sign */
};

enum text_sign { SIGN_DISCLOSED, SIGN_CODE, SIGN_LINK, SIGN_CALL, N_SIGNS };

struct text; /* the lexicons, immutable: share between threads */

/* text_open: the lexicons of the program; a *.lex file of `dir` (NULL or "" = none) takes the place of the
 * one of its name, or comes on top. ERR_USAGE: a file cannot be used; the sentence names file and line.
 * Gives. */
enum err text_open(const char *dir, struct text **text, struct err_info *info) MF_MUST_CHECK;
void text_close(struct text *text); /* takes NULL */

/* text_digest: XXH3 of every class and entry in order; comments and blanks do not change it. */
uint64_t text_digest(const struct text *text);
size_t text_entries(const struct text *text);
/* text_class_of: by name in any case; NULL: there is none. text_niche: the name of a niche's bit, or NULL. */
const struct text_class *text_class_of(const struct text *text, struct bytes name);
const char *text_niche(const struct text *text, size_t bit);
/* text_class_tokens: the tokens of a class's entries, each as a tag, once; at most `most`; how many. */
size_t text_class_tokens(const struct text *text, const struct text_class *class, uint32_t *tokens,
                         size_t most);

/* A thread's room for one post at a time. `text` is borrowed as long as it lives. */
struct text_scratch;
struct text_scratch *text_scratch_open(const struct text *text);
void text_scratch_close(struct text_scratch *scratch); /* takes NULL */

struct text_post {                       /* borrowed for the call */
    struct bytes text;                   /* ptr NULL: none; what is beyond 64 KiB is not read */
    const struct bytes *tags, *mentions; /* with or without their # and @ */
    size_t n_tags, n_mentions;
};

struct text_found {
    bool disclosed_word;
    bool mention;                    /* in the list or in the text */
    bool likely;                     /* a mention together with a code, a link or a call to action */
    uint8_t signs;                   /* bit = enum text_sign */
    uint64_t lexicon;                /* bit = class touched */
    uint8_t niche_hits[TEXT_NICHES]; /* entries of each niche that occur, each once */
    uint32_t tokens[TEXT_TOKENS];    /* the first distinct ones: tags, mentions, then those in the text */
    uint8_t n_tokens;
};

/* text_read: fills *found. Never blocks, never fails, allocates only while a post is longer than any before;
 * bytes that are not UTF-8 part words. */
void text_read(struct text_scratch *scratch, const struct text_post *post, struct text_found *found);

/* text_token: the token of a tag (sigil '#') or mention ('@'): the lower half of XXH3 of sigil and normal
 * form without blanks and punctuation (a mention keeps its dots); 0: nothing is left. */
uint32_t text_token(struct text_scratch *scratch, char sigil, struct bytes name);

#endif
