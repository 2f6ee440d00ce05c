/* automaton: Aho–Corasick whose patterns begin at a boundary: inside a word that begins none it stands at the
 * root, where nothing has to be looked up. Nodes lie in order of depth, so that those which most words meet
 * share a few lines of the cache; a dense table would be forty times as large. */
#include <stdlib.h>

#include "text_room.h"

static void *grown(void *array, size_t n, size_t *cap, size_t size)
{
    if (n < *cap)
        return array;
    *cap = *cap ? *cap * 2 : 1024;
    void *more = realloc(array, *cap * size);
    if (!more)
        abort();
    return more;
}

static uint32_t add_sprout(struct automaton *a, struct sprout sprout)
{
    a->sprouts = grown(a->sprouts, a->n_nodes, &a->cap_nodes, sizeof *a->sprouts);
    a->sprouts[a->n_nodes] = sprout;
    return (uint32_t)a->n_nodes++;
}

void automaton_open(struct automaton *a)
{
    *a = (struct automaton){0};
    add_sprout(a, (struct sprout){0});
    automaton_output(a, 0, 0);
    a->sprouts[0].output = 0;
}

static uint32_t child_of(struct automaton *a, uint32_t parent, uint8_t byte)
{
    for (uint32_t i = a->sprouts[parent].child; i; i = a->sprouts[i].sibling)
        if (a->sprouts[i].byte == byte)
            return i;
    uint32_t child = add_sprout(a, (struct sprout){.sibling = a->sprouts[parent].child, .byte = byte});
    a->sprouts[parent].child = child;
    return child;
}

uint32_t automaton_sprout(struct automaton *a, struct bytes pattern)
{
    uint32_t at = 0;
    for (size_t i = 0; i < pattern.len; i++)
        at = child_of(a, at, (uint8_t)pattern.ptr[i]);
    return at;
}

void automaton_output(struct automaton *a, uint32_t sprout, uint32_t entry)
{
    a->outputs = grown(a->outputs, a->n_outputs, &a->cap_outputs, sizeof *a->outputs);
    a->outputs[a->n_outputs] = (struct output){entry, a->sprouts[sprout].output};
    a->sprouts[sprout].output = (uint32_t)a->n_outputs++;
}

/* Nodes before it are linked: its parent and whatever is less deep. */
static void link_node(struct automaton *a, uint32_t parent, uint32_t node)
{
    struct node *n = &a->nodes[node];
    n->fail = parent ? automaton_step(a, a->nodes[parent].fail, (char)a->bytes[node]) : 0;
    n->suffix = a->nodes[n->fail].output ? n->fail : a->nodes[n->fail].suffix;
}

void automaton_link(struct automaton *a)
{
    uint32_t *order = calloc(a->n_nodes, sizeof *order), n = 1; /* order[node]: the sprout it was */
    a->nodes = calloc(a->n_nodes, sizeof *a->nodes);
    a->bytes = calloc(a->n_nodes, 1);
    if (!order || !a->nodes || !a->bytes)
        abort();
    for (uint32_t i = 0; i < n; i++) {
        struct node *node = &a->nodes[i];
        node->output = a->sprouts[order[i]].output;
        node->child = n;
        for (uint32_t s = a->sprouts[order[i]].child; s; s = a->sprouts[s].sibling, node->children++) {
            a->bytes[n] = a->sprouts[s].byte;
            order[n++] = s;
        }
    }
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t c = 0; c < a->nodes[i].children; c++)
            link_node(a, i, a->nodes[i].child + c);
    free(order);
    free(a->sprouts);
    a->sprouts = NULL;
}

void automaton_free(struct automaton *a)
{
    free(a->sprouts);
    free(a->nodes);
    free(a->bytes);
    free(a->outputs);
}
