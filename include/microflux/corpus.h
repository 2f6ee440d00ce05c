/* corpus: a stream in memory, for training and evaluation: who posted which tokens, and whose audiences meet.
 * Filled record by record, settled once, then read only. Equal records give an equal corpus in any order that
 * keeps each creator's own of a topic: by event time, and where that is equal by id.
 */
#ifndef MICROFLUX_CORPUS_H
#define MICROFLUX_CORPUS_H

#include "microflux/map.h"
#include "microflux/rings.h"
#include "microflux/text.h"

struct corpus_token {
    struct map_entry entry;
    uint32_t token;           /* text_token() */
    uint32_t index;           /* in corpus.tokens */
    bool mention, listed;     /* listed: some post names it as a tag or a mention */
    int8_t niche;             /* the one niche that the lexicon gives it; -1: none, or several */
    uint32_t posts, creators; /* that have it */
};

#define CORPUS_TOKENS 100 /* of a post, at most */

struct corpus_post {
    struct map_entry entry;
    uint32_t creator; /* index */
    char *id;
    int64_t posted_at, likes, comments;
    uint32_t
        *tokens;     /* indices of distinct tokens: the n_tokens that a score keeps, then other listed ones */
    uint32_t *names; /* text_token('@') of every mention and sponsor */
    uint16_t n_tokens, n_all_tokens, n_names;
    bool deleted, has_counts, forgotten;
    uint8_t niche_hits[NICHES];
};

struct corpus_comment {
    uint64_t actor; /* bytes_hash of the id */
    int64_t at;
    uint32_t creator;
    bool forgotten;
};

struct corpus_meeting { /* one actor met this creator and another one */
    uint32_t creator, other;
    uint64_t actor; /* bytes_hash of the id */
    int64_t at;     /* of the actor's newest comment on the other, then */
};

struct corpus_creator {
    struct map_entry entry;
    char *id;
    uint32_t index;
    int64_t followers; /* newest snapshot; -1: none */
    int64_t profile_at;
    struct corpus_post **posts;  /* newest first, of the newest POSTS those not deleted */
    size_t n_posts, n_all_posts; /* those of the ring; all that follow one another from there */
    const struct corpus_meeting *meetings;
    size_t n_meetings;
};

struct corpus {
    struct map creator_map, post_map, token_map;
    struct corpus_creator **creators;
    struct corpus_post **posts;
    struct corpus_token **tokens;
    struct corpus_comment *comments;
    struct corpus_meeting *meetings; /* by creator, once settled */
    size_t n_creators, n_posts, n_tokens, n_comments, n_meetings;
    size_t cap_creators, cap_posts, cap_tokens, cap_comments, cap_meetings;
    bool as_live; /* meetings as the workers count them; else of all of history (docs/decisions/0015) */
    struct corpus_post **ordered;
    struct text_scratch *scratch;
};

/* corpus_open: borrows the lexicons as long as it lives. Memory running out aborts. */
struct corpus *corpus_open(const struct text *text);
void corpus_close(struct corpus *corpus); /* takes NULL */
/* The three records; strings are borrowed for the call. A post replaces the one of its id. Of interactions
 * only comments of others count: each actor's last two creators meet the next one (scoring.md §7); as_live:
 * within RING_DAYS. */
void corpus_profile(struct corpus *corpus, const struct profile_record *record);
void corpus_post(struct corpus *corpus, const struct post_record *record);
void corpus_interaction(struct corpus *corpus, const struct interaction_record *record);
/* corpus_forget: what this input told of a creator so far: a tombstone. */
void corpus_forget(struct corpus *corpus, enum topic input, struct bytes creator_id);
void corpus_settle(struct corpus *corpus);
struct corpus_creator *corpus_find(const struct corpus *corpus, struct bytes id); /* NULL: unknown */
/* corpus_names: does the post name the brand, whose token is text_token('@')? */
bool corpus_names(const struct corpus_post *post, uint32_t brand);

/* ---- vectors of all creators ---- */
/* corpus_ring: the newest POSTS of a creator as of a time (INT64_MAX: all), without those deleted since. */
struct corpus_ring {
    struct corpus_post *const *posts;
    size_t n;
};
struct corpus_ring corpus_ring(const struct corpus_creator *creator, int64_t at);
/* corpus_vectors: n_creators of them; gives, free(). Who is met is met with the content of the end; as_live:
 * with that of the meeting, packed as an edge carries it. */
struct creator_vectors *corpus_vectors(const struct corpus *corpus, const struct embedding *embedding,
                                       const struct methodology *m);

#endif
