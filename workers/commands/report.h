/* report: findings, one line each: OK, WARN or FAIL, what was looked at, what was found, and the command that
 * mends it. */
#ifndef COMMANDS_REPORT_H
#define COMMANDS_REPORT_H

#include <stdbool.h>

#include "microflux/err.h"

enum verdict { VERDICT_OK, VERDICT_WARN, VERDICT_FAIL, N_VERDICTS };

struct report {
    bool json; /* one object a line */
    bool away; /* a dependency did not answer */
    int counts[N_VERDICTS];
    char room[8][512]; /* of say() */
    unsigned next;
};

/* say: formats a text that lives until the eighth say() after it. */
const char *say(struct report *report, const char *format, ...) MF_PRINTF(2, 3);
/* report_add: cure NULL: nothing to do. Borrows the texts for the call. */
void report_add(struct report *report, enum verdict verdict, const char *subject, const char *found,
                const char *cure);
/* report_end: the summary; returns the exit status: 0 nothing fails, 1 something does, 69 a dependency is
 * away. */
int report_end(const struct report *report);

#endif
