/* automaton: Aho–Corasick whose patterns begin at a boundary: inside a word that begins none it stands at the
 * root, where nothing has to be looked up. Edges lie in one hash table: a dense one would be forty times as
 * large and not fit a cache. */
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

static void put_edge(struct automaton *a, uint32_t key, uint32_t node)
{
    size_t i = key * 2654435761u & (a->cap_edges - 1);
    while (a->edges[i].key)
        i = (i + 1) & (a->cap_edges - 1);
    a->edges[i] = (struct edge){key, node};
    a->n_edges++;
}

static void add_edge(struct automaton *a, uint32_t key, uint32_t node)
{
    if (2 * a->n_edges >= a->cap_edges) {
        struct automaton old = *a;
        a->cap_edges *= 2;
        a->n_edges = 0;
        a->edges = calloc(a->cap_edges, sizeof *a->edges);
        if (!a->edges)
            abort();
        for (size_t i = 0; i < old.cap_edges; i++)
            if (old.edges[i].key)
                put_edge(a, old.edges[i].key, old.edges[i].node);
        free(old.edges);
    }
    put_edge(a, key, node);
}

static uint32_t add_node(struct automaton *a, uint32_t parent, char byte)
{
    a->nodes = grown(a->nodes, a->n_nodes, &a->cap_nodes, sizeof *a->nodes);
    a->nodes[a->n_nodes] =
        (struct node){.parent = parent, .depth = a->nodes[parent].depth + 1, .byte = (uint8_t)byte};
    add_edge(a, parent << 8 | (uint8_t)byte, (uint32_t)a->n_nodes);
    return (uint32_t)a->n_nodes++;
}

void automaton_open(struct automaton *a)
{
    *a = (struct automaton){.n_nodes = 1, .n_outputs = 1, .cap_edges = 1024};
    a->nodes = grown(NULL, 1024, &a->cap_nodes, sizeof *a->nodes);
    a->outputs = grown(NULL, 1024, &a->cap_outputs, sizeof *a->outputs);
    a->edges = calloc(a->cap_edges, sizeof *a->edges);
    if (!a->edges)
        abort();
    a->nodes[0] = (struct node){0};
}

uint32_t automaton_node(struct automaton *a, struct bytes pattern)
{
    uint32_t node = 0;
    for (size_t i = 0; i < pattern.len; i++) {
        uint32_t next = automaton_edge(a, node, pattern.ptr[i]);
        node = next ? next : add_node(a, node, pattern.ptr[i]);
    }
    return node;
}

void automaton_output(struct automaton *a, uint32_t node, uint32_t entry, bool tag_only)
{
    a->outputs = grown(a->outputs, a->n_outputs, &a->cap_outputs, sizeof *a->outputs);
    a->outputs[a->n_outputs] = (struct output){entry, a->nodes[node].output, tag_only};
    a->nodes[node].output = (uint32_t)a->n_outputs++;
}

/* Shorter ones are linked already. */
static void link_node(struct automaton *a, uint32_t node)
{
    struct node *n = &a->nodes[node];
    n->fail = automaton_step(a, a->nodes[n->parent].fail, (char)n->byte);
    n->suffix = a->nodes[n->fail].output ? n->fail : a->nodes[n->fail].suffix;
}

void automaton_link(struct automaton *a)
{
    bool more = true;
    for (uint32_t depth = 2; more; depth++) {
        more = false;
        for (uint32_t i = 1; i < a->n_nodes; i++)
            if (a->nodes[i].depth == depth) {
                link_node(a, i);
                more = true;
            }
    }
}

void automaton_free(struct automaton *a)
{
    free(a->nodes);
    free(a->outputs);
    free(a->edges);
}
