/* log: one write(2) a line. In JSON the key=value pairs become members; a value is what stands between blanks
 * or quotes. */
#include "microflux/log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static struct {
    _Atomic enum log_level least;
    bool json;
} settings = {LOG_LEVEL_INFO, false};

void log_setup(enum log_level least, bool json)
{
    settings.least = least;
    settings.json = json;
}

void log_level_is(const char *name)
{
    settings.least = strcmp(name, "debug") == 0   ? LOG_LEVEL_DEBUG
                     : strcmp(name, "warn") == 0  ? LOG_LEVEL_WARN
                     : strcmp(name, "error") == 0 ? LOG_LEVEL_ERROR
                                                  : LOG_LEVEL_INFO;
}

static void stamp(char *out, size_t size)
{
    struct timespec now;
    struct tm utc;
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &utc);
    size_t n = strftime(out, size, "%Y-%m-%dT%H:%M:%S", &utc);
    snprintf(out + n, size - n, ".%03ldZ", now.tv_nsec / 1000000);
}

/* Appends c as it may stand inside a JSON string. */
static size_t add_escaped(char *out, size_t at, size_t size, char c)
{
    if (at + 8 >= size)
        return at;
    if (c == '"' || c == '\\')
        out[at++] = '\\';
    out[at++] = (unsigned char)c < 0x20 ? ' ' : c;
    return at;
}

/* A quote closes a value when the next pair or the end follows: sentences may quote names themselves. */
static bool closes(const char *quote)
{
    const char *next = quote + 1 + strspn(quote + 1, " ");
    size_t word = strcspn(next, " =\"");
    return *quote == '"' && (!*next || (next > quote + 1 && word > 0 && next[word] == '='));
}

static size_t pairs_to_json(const char *text, char *out, size_t size)
{
    size_t at = 0;
    for (const char *p = text + strspn(text, " "); *p && at + 32 < size; p += strspn(p, " ")) {
        at += (size_t)snprintf(out + at, size - at, ",\"");
        for (; *p && *p != '=' && *p != ' '; p++)
            at = add_escaped(out, at, size, *p);
        p += *p == '=';
        bool quoted = *p == '"';
        p += quoted;
        at += (size_t)snprintf(out + at, size - at, "\":\"");
        for (; *p && !(quoted ? closes(p) : *p == ' '); p++)
            at = add_escaped(out, at, size, *p);
        at += (size_t)snprintf(out + at, size - at, "\"");
        p += quoted && *p;
    }
    return at < size ? at : size - 1;
}

/* Text that was cut after len bytes: takes the rest of a cut UTF-8 letter away. */
static void cut_at_letter(char *text, size_t len)
{
    size_t lead = len;
    while (lead > 0 && len - lead < 3 && ((unsigned char)text[lead - 1] & 0xc0) == 0x80)
        lead--;
    if (lead > 0 && (unsigned char)text[lead - 1] >= 0xc0) /* whole or not */
        text[lead - 1] = 0;
}

void log_line(enum log_level level, const char *event, const char *format, ...)
{
    static const char *const names[] = {"DEBUG", "INFO", "WARN", "ERROR"};
    char text[1024], line[4600], when[40];
    if (level < settings.least)
        return;
    va_list args;
    va_start(args, format);
    if (vsnprintf(text, sizeof text, format, args) >= (int)sizeof text)
        cut_at_letter(text, sizeof text - 1);
    va_end(args);
    for (char *p = text; *p; p++)
        if (*p == '\n' || *p == '\r')
            *p = ' ';
    stamp(when, sizeof when);
    int n;
    if (settings.json) {
        char members[4200] = "";
        members[pairs_to_json(text, members, sizeof members)] = 0;
        n = snprintf(line, sizeof line, "{\"time\":\"%s\",\"level\":\"%s\",\"event\":\"%s\"%s}\n", when,
                     names[level], event, members);
    } else {
        n = snprintf(line, sizeof line, "%s %-5s %s %s\n", when, names[level], event, text);
    }
    size_t len = (size_t)n < sizeof line ? (size_t)n : sizeof line - 1;
    if (write(STDERR_FILENO, line, len) < 0)
        return; /* nowhere left to say it */
}
