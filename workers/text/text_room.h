/* text_room: what the files of this room share: the normal form, the automaton, the lexicon files. */
#ifndef TEXT_ROOM_H
#define TEXT_ROOM_H

#include <utf8proc.h>

#include "microflux/text.h"

/* ---- normal.c: a run of tokens, each behind one boundary: ' ' a word, '#' a tag, '@' a mention; a ' ' ends
 * it ---- */
#define MOST_POINTS 8192 /* of a segment of 256 bytes: no character becomes more than 18 */

struct normal {
    struct buffer out;
    char sigil; /* boundary of the token that is being written */
    bool name;  /* inside a listed tag or mention: punctuation vanishes */
    utf8proc_int32_t points[MOST_POINTS];
};

static inline bool is_boundary(char c)
{
    return c == ' ' || c == '#' || c == '@';
}

void normal_begin(struct normal *n);
void normal_name(struct normal *n, char sigil, struct bytes name); /* one token */
void normal_text(struct normal *n, struct bytes text);
void normal_end(struct normal *n);

/* ---- automaton.c: Aho–Corasick over normal forms; patterns begin and end with a boundary ---- */
struct sprout { /* a node while patterns come in */
    uint32_t child, sibling, output;
    uint8_t byte;
};

struct node { /* in order of depth; the children of one are neighbours */
    uint32_t child;
    uint32_t children;
    uint32_t fail;   /* the longest proper suffix that begins a pattern */
    uint32_t suffix; /* the next shorter pattern that ends here too; 0 = none */
    uint32_t output; /* into outputs; 0 = no pattern ends here */
};

struct output { /* one entry whose pattern ends at a node */
    uint32_t entry, next;
};

struct automaton {
    struct sprout *sprouts; /* [0] is the root; gone once linked */
    struct output *outputs; /* [0] is no output */
    struct node *nodes;     /* [0] is the root */
    uint8_t *bytes;         /* that lead to the nodes */
    size_t n_nodes, cap_nodes, n_outputs, cap_outputs;
};

void automaton_open(struct automaton *a);
/* automaton_sprout: where the pattern " word word " or "#tag " ends; made if it is new. automaton_output: an
 * entry more that ends there. */
uint32_t automaton_sprout(struct automaton *a, struct bytes pattern);
void automaton_output(struct automaton *a, uint32_t sprout, uint32_t entry);
void automaton_link(struct automaton *a); /* once, after the last pattern */
void automaton_free(struct automaton *a);

/* automaton_step: the state after one more byte. */
static inline uint32_t automaton_step(const struct automaton *a, uint32_t state, char byte)
{
    for (;; state = a->nodes[state].fail) {
        const struct node *node = &a->nodes[state];
        for (uint32_t i = node->child; i < node->child + node->children; i++)
            if (a->bytes[i] == (uint8_t)byte)
                return i;
        if (state == 0)
            return 0;
    }
}

/* ---- lexicon.c ---- */
#define MOST_CLASSES (64 + N_SIGNS)

struct entry {
    uint8_t class;
    uint16_t file, line; /* where it stands: file is an index into names */
    uint32_t token;      /* as a tag */
};

struct text {
    struct text_class classes[MOST_CLASSES];
    size_t n_classes;
    struct entry *entries;
    size_t n_entries, cap_entries;
    char **names; /* of the files */
    size_t n_names;
    struct automaton automaton;
    uint64_t digest;
};

/* made at build from data/lexicons and data/disclosure */
extern const char lexicon_classes[], lexicon_niches_en[], lexicon_niches_fr[], lexicon_topics_en[],
    lexicon_topics_fr[], lexicon_values_en[], lexicon_values_fr[], lexicon_unsafe_en[], lexicon_unsafe_fr[],
    lexicon_disclosure_en[], lexicon_disclosure_fr[];

#endif
