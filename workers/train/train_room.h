/* train_room: what the files of this room share. */
#ifndef TRAIN_ROOM_H
#define TRAIN_ROOM_H

#include "microflux/calls.h"
#include "microflux/corpus.h"
#include "microflux/train.h"

void *memory(size_t n, size_t size);                             /* zeroed, or abort */
void *more_memory(void *at, size_t n, size_t *cap, size_t size); /* room for one more than n */

/* A repeatable stream of random numbers (splitmix64). */
static inline uint64_t random_next(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
}
static inline size_t random_below(uint64_t *state, size_t n)
{
    return (size_t)(random_next(state) % n);
}
void corpus_meet(struct corpus *corpus); /* fills meetings, of comments whose creators have their numbers */
/* corpus_then: u of who is met as it was when the actor commented there, as an edge carries it; *then: of
 * each post, zeroed before the first call: u of its creator while it was the newest. */
struct corpus_then {
    struct packed_vector u;
    bool known;
};
void corpus_then(const struct corpus *corpus, const struct embedding *embedding, struct corpus_then *then,
                 const struct corpus_meeting *meeting, float u[DIMS]);

void shuffle(uint32_t *x, size_t n, uint64_t *state);

/* sparse.c: a square sparse matrix by rows */
struct sparse {
    size_t n, *first; /* n + 1 */
    uint32_t *column;
    float *value;
};
void sparse_free(struct sparse *m);
/* ppmi: of pair weights, each pair once and with i < j; sorts and merges them. The value of (i, j) takes i as
 * the word and j as its context. */
struct pair {
    uint32_t i, j;
    float weight;
};
struct sparse ppmi(size_t n, struct pair *pairs, size_t n_pairs);
/* svd: U·sqrt(S) of the first DIMS axes into out (n × DIMS), signs fixed. */
void svd(const struct sparse *m, uint64_t seed, double *out);

#endif
