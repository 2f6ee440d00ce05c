/* err: fills a struct err_info; no allocation, no output. */
#include "microflux/err.h"

#include <stdarg.h>
#include <stdio.h>

enum err err_set(struct err_info *info, enum err code, const char *word, const char *format, ...)
{
    if (!info)
        return code;
    va_list args;
    va_start(args, format);
    info->code = code;
    snprintf(info->word, sizeof info->word, "%s", word);
    vsnprintf(info->sentence, sizeof info->sentence, format, args);
    va_end(args);
    return code;
}

const char *err_name(enum err code)
{
    static const char *const names[] = {"ok",      "usage",       "weather",   "reject",    "lost",
                                        "refused", "unsupported", "not_found", "no_memory", "io"};
    return (unsigned)code < sizeof names / sizeof names[0] ? names[code] : "unknown";
}
