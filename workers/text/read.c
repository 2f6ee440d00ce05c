/* read: one post through the automaton: which entries occur, what its tokens are. */
#include <stdlib.h>
#include <strings.h>

#include "text_room.h"

struct text_scratch {
    const struct text *text;
    struct normal normal;
    uint32_t turn, *seen; /* seen[entry]: the turn of the post it was met in last */
};

struct text_scratch *text_scratch_open(const struct text *text)
{
    struct text_scratch *s = calloc(1, sizeof *s);
    if (!s || !(s->seen = calloc(text->n_entries + 1, sizeof *s->seen)))
        abort();
    s->text = text;
    return s;
}

void text_scratch_close(struct text_scratch *s)
{
    if (!s)
        return;
    buffer_free(&s->normal.out);
    free(s->seen);
    free(s);
}

/* ---- what was found ---- */

static void add_token(struct text_found *found, const char *from, const char *to)
{
    if (to - from < 2 || *from == ' ')
        return;
    found->mention = found->mention || *from == '@';
    if (found->n_tokens == TEXT_TOKENS)
        return;
    uint32_t token = (uint32_t)bytes_hash((struct bytes){from, (size_t)(to - from)});
    for (size_t i = 0; i < found->n_tokens; i++)
        if (found->tokens[i] == token)
            return;
    found->tokens[found->n_tokens++] = token;
}

static void add_entry(struct text_scratch *s, uint32_t entry, struct text_found *found)
{
    const struct text_class *class = &s->text->classes[s->text->entries[entry].class];
    if (s->seen[entry] == s->turn)
        return;
    s->seen[entry] = s->turn;
    if (class->kind == TEXT_SIGN)
        found->signs |= (uint8_t)(1u << class->bit);
    else
        found->lexicon |= 1ULL << class->bit;
    if (class->kind == TEXT_NICHE && found->niche_hits[class->bit] < UINT8_MAX)
        found->niche_hits[class->bit]++;
}

/* All patterns that end at a boundary. */
static void add_matches(struct text_scratch *s, uint32_t state, struct text_found *found)
{
    const struct automaton *a = &s->text->automaton;
    for (; state; state = a->nodes[state].suffix)
        for (uint32_t o = a->nodes[state].output; o; o = a->outputs[o].next)
            add_entry(s, a->outputs[o].entry, found);
}

static void scan(struct text_scratch *s, struct text_found *found)
{
    const struct automaton *a = &s->text->automaton;
    const char *token = s->normal.out.data, *end = token + s->normal.out.len;
    uint32_t state = 0;
    for (const char *p = token; p < end; p++) {
        if (!is_boundary(*p)) {
            state = state ? automaton_step(a, state, *p) : 0;
            continue;
        }
        add_token(found, token, p);
        token = p;
        state = automaton_step(a, state, ' ');
        add_matches(s, state, found);
        if (*p != ' ') /* a tag is none of the words around it, and nobody's handle is a word of a lexicon */
            state = *p == '#' ? automaton_step(a, 0, '#') : 0;
    }
}

static bool has(const struct text_found *found, enum text_sign sign)
{
    return found->signs >> sign & 1;
}

void text_read(struct text_scratch *s, const struct text_post *post, struct text_found *found)
{
    *found = (struct text_found){0};
    if (++s->turn == 0) {
        memset(s->seen, 0, s->text->n_entries * sizeof *s->seen);
        s->turn = 1;
    }
    normal_begin(&s->normal);
    for (size_t i = 0; i < post->n_tags; i++)
        normal_name(&s->normal, '#', post->tags[i]);
    for (size_t i = 0; i < post->n_mentions; i++)
        normal_name(&s->normal, '@', post->mentions[i]);
    normal_text(&s->normal, post->text);
    normal_end(&s->normal);
    scan(s, found);
    found->disclosed_word = has(found, SIGN_DISCLOSED);
    found->likely =
        found->mention && (has(found, SIGN_CODE) || has(found, SIGN_LINK) || has(found, SIGN_CALL));
}

uint32_t text_token(struct text_scratch *s, char sigil, struct bytes name)
{
    struct text_found found = {0};
    const struct buffer *out = &s->normal.out;
    normal_begin(&s->normal);
    normal_name(&s->normal, sigil, name);
    add_token(&found, out->data, out->data + out->len - 1);
    return found.tokens[0];
}

/* ---- what the lexicons are ---- */

uint64_t text_digest(const struct text *text)
{
    return text->digest;
}

size_t text_entries(const struct text *text)
{
    return text->n_entries;
}

const struct text_class *text_class_of(const struct text *text, struct bytes name)
{
    for (size_t i = 0; i < text->n_classes; i++)
        if (strlen(text->classes[i].name) == name.len &&
            strncasecmp(text->classes[i].name, name.ptr, name.len) == 0)
            return &text->classes[i];
    return NULL;
}

const char *text_niche(const struct text *text, size_t bit)
{
    for (size_t i = 0; i < text->n_classes; i++)
        if (text->classes[i].kind == TEXT_NICHE && text->classes[i].bit == bit)
            return text->classes[i].name;
    return NULL;
}

size_t text_class_tokens(const struct text *text, const struct text_class *class, uint32_t *tokens,
                         size_t most)
{
    size_t n = 0;
    for (size_t i = 0; i < text->n_entries && n < most; i++) {
        bool new = text->entries[i].class == class - text->classes;
        for (size_t k = 0; k < n && new; k++)
            new = tokens[k] != text->entries[i].token;
        if (new)
            tokens[n++] = text->entries[i].token;
    }
    return n;
}
