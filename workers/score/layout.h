/* layout: what writing and loading share. */
#ifndef SCORE_LAYOUT_H
#define SCORE_LAYOUT_H

#include "microflux/score.h"

/* The keys that are one binary string. layout_load_whole: false: it cannot be read. */
void layout_write_whole(const struct creator *c, const struct change_writer *writer);
bool layout_load_whole(struct creator *c, int key, struct bytes text);

/* What alerts are raised by: fields n, nh and nl. layout_load_alerts: false: it cannot be read. */
void layout_write_alerts(const struct creator *c, const struct change_writer *writer);
bool layout_load_alerts(struct creator *c, struct bytes field, struct bytes text);

/* What loading shares. layout_ints: n numbers; layout_maybe: one, or "-"; layout_word: up to the next blank;
 * layout_counts: letters with numbers, to the end of the text. False: it is something else. */
bool layout_ints(struct bytes *text, int64_t *out, int n);
bool layout_maybe(struct bytes *text, bool *there, int64_t *n);
struct bytes layout_word(struct bytes *text);
bool layout_counts(struct bytes text, int64_t *counts, int n);
/* layout_peer: "platform band bin", all of the text. */
bool layout_peer(struct bytes text, struct peer_entry *entry);
/* layout_load_post: one field; by_slot has POSTS + PLACEHOLDERS. layout_gather_posts: gives them to c;
 * false: more than a creator keeps. */
bool layout_load_post(struct post *by_slot, struct bytes field, struct bytes text);
bool layout_gather_posts(struct creator *c, struct post *by_slot);

/* layout_shares.c: the shares of the audience; letter: as the fields that hold them begin. */
void layout_write_shares(const struct creator *c, const struct change_writer *writer);
bool layout_load_shares(struct creator *c, char letter, struct bytes text);
void layout_shares_json(const struct creator *c, struct buffer *out);

extern const char layout_letters[N_COUNTS + 1]; /* by enum kind, COUNT_POSTS, COUNT_SPONSORED; [0] unused */

#endif
