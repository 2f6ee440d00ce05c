/* err: what went wrong, what to do about it, and one sentence for the person who reads it.
 *
 * Every function that can fail returns `enum err` (ERR_OK = 0) and takes `struct err_info *` last; the place
 * that knows fills it with err_set(). Nothing allocates. Out-parameters are valid only on ERR_OK.
 */
#ifndef MICROFLUX_ERR_H
#define MICROFLUX_ERR_H

#define MF_MUST_CHECK   __attribute__((warn_unused_result))
#define MF_PRINTF(a, b) __attribute__((format(printf, a, b)))

enum err {
    ERR_OK = 0,
    ERR_USAGE,       /* the command line or configuration is wrong: fatal at start */
    ERR_WEATHER,     /* a dependency is away or slow: try again later */
    ERR_REJECT,      /* this record cannot be used: dead letter */
    ERR_LOST,        /* the lane belongs to somebody else now: drop everything, take over again */
    ERR_REFUSED,     /* a person has to decide (other log, Redis lost, partition count): hold the lane */
    ERR_UNSUPPORTED, /* a schema or format this program does not read */
    ERR_NOT_FOUND,
    ERR_NO_MEMORY,
    ERR_IO, /* a local file */
};

struct err_info {
    enum err code;
    char word[32];      /* stable, for machines: "truncated", "future", "schema_unknown" */
    char sentence[256]; /* for people: names the key, value or offset, and what to do */
};

/* err_set: fills *info (may be NULL) and returns code, so that `return err_set(...)` is the whole error path.
 */
enum err err_set(struct err_info *info, enum err code, const char *word, const char *format, ...)
    MF_PRINTF(4, 5);

/* err_name: "weather", "reject" …; static text. */
const char *err_name(enum err code);

#endif
