/* report: see report.h. */
#include "report.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>

static const char *const verdicts[N_VERDICTS] = {"OK", "WARN", "FAIL"};

const char *say(struct report *report, const char *format, ...)
{
    char *text = report->room[report->next++ % 8];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof report->room[0], format, args);
    va_end(args);
    return text;
}

void report_add(struct report *report, enum verdict verdict, const char *subject, const char *found,
                const char *cure)
{
    report->counts[verdict]++;
    if (report->json) {
        json_t *line = json_pack("{ss ss ss ss?}", "verdict", verdicts[verdict], "subject", subject, "found",
                                 found, "cure", cure);
        json_dumpf(line, stdout, JSON_COMPACT);
        json_decref(line);
        printf("\n");
    } else {
        printf("%-4s  %s: %s\n", verdicts[verdict], subject, found);
        if (cure)
            printf("      %s\n", cure);
    }
    fflush(stdout);
}

int report_end(const struct report *report)
{
    if (!report->json)
        printf("%d well, %d doubtful, %d missing\n", report->counts[VERDICT_OK], report->counts[VERDICT_WARN],
               report->counts[VERDICT_FAIL]);
    return report->away ? 69 : report->counts[VERDICT_FAIL] > 0;
}
