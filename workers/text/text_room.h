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
struct node {
    uint32_t parent, depth;
    uint32_t fail;   /* the longest proper suffix that begins a pattern */
    uint32_t suffix; /* the next shorter pattern that ends here too; 0 = none */
    uint32_t output; /* into outputs; 0 = no pattern ends here */
    uint8_t byte;
};

struct output { /* one entry whose pattern ends at a node */
    uint32_t entry, next;
    bool tag_only;
};

struct edge { /* key: node << 8 | byte, 0 = free */
    uint32_t key, node;
};

struct automaton {
    struct node *nodes;     /* [0] is the root */
    struct output *outputs; /* [0] is no output */
    struct edge *edges;
    size_t n_nodes, cap_nodes, n_outputs, cap_outputs, n_edges, cap_edges;
};

void automaton_open(struct automaton *a);
/* automaton_node: where the pattern " word word " ends; made if it is new. automaton_output: an entry more
 * that ends there; tag_only: where the pattern began with '#'. */
uint32_t automaton_node(struct automaton *a, struct bytes pattern);
void automaton_output(struct automaton *a, uint32_t node, uint32_t entry, bool tag_only);
void automaton_link(struct automaton *a); /* once, after the last pattern */
void automaton_free(struct automaton *a);

static inline uint32_t automaton_edge(const struct automaton *a, uint32_t node, char byte)
{
    uint32_t key = node << 8 | (uint8_t)byte;
    for (size_t i = key * 2654435761u & (a->cap_edges - 1);; i = (i + 1) & (a->cap_edges - 1))
        if (a->edges[i].key == key || a->edges[i].key == 0)
            return a->edges[i].key ? a->edges[i].node : 0;
}

/* automaton_step: the state after one more byte. */
static inline uint32_t automaton_step(const struct automaton *a, uint32_t state, char byte)
{
    uint32_t next;
    while ((next = automaton_edge(a, state, byte)) == 0 && state)
        state = a->nodes[state].fail;
    return next;
}

/* ---- lexicon.c ---- */
#define MOST_CLASSES (64 + N_SIGNS)

struct entry {
    uint8_t class;
    uint16_t file, line; /* where it stands: file is an index into names */
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
