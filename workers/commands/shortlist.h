/* shortlist: a record of topics.shortlists, for people. */
#ifndef COMMANDS_SHORTLIST_H
#define COMMANDS_SHORTLIST_H

#include <jansson.h>
#include <stdint.h>

/* shortlist_text: ranking and roster (at most `top` of each), what was delivered, what changed, to stdout. */
void shortlist_text(const json_t *record, int64_t top);

/* shortlist_moved: places up (below 0: down) since the last ranking that was another; *entered: it was not
 * in that one. */
int shortlist_moved(const json_t *record, const char *creator, bool *entered);

#endif
