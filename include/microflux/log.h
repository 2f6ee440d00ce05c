/* log: one line per change of state, to stderr: time, level, a stable event word, then key=value.
 *
 *   2026-03-02T12:30:00.123Z INFO  lane_taken lane=3 applied.posts=120 behind=4
 *
 * Thread-safe (one write(2) per line). Values with blanks or quotes are quoted. format json prints an object.
 */
#ifndef MICROFLUX_LOG_H
#define MICROFLUX_LOG_H

#include <stdbool.h>

enum log_level { LOG_LEVEL_DEBUG, LOG_LEVEL_INFO, LOG_LEVEL_WARN, LOG_LEVEL_ERROR };

/* log_setup: once, before any thread. */
void log_setup(enum log_level least, bool json);

/* log_level_is: by name, as the key log.level; from any thread. */
void log_level_is(const char *name);

/* log_line: event is a stable word; format makes `key=value key="a b"` pairs (values the caller quotes with
 * %s inside \" where they can hold blanks). Never blocks longer than write(2). */
void log_line(enum log_level level, const char *event, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#define log_debug(...) log_line(LOG_LEVEL_DEBUG, __VA_ARGS__)
#define log_info(...)  log_line(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_warn(...)  log_line(LOG_LEVEL_WARN, __VA_ARGS__)
#define log_error(...) log_line(LOG_LEVEL_ERROR, __VA_ARGS__)

#endif
