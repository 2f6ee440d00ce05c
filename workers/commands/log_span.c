/* log_span: see log_span.h. A time is looked up in each partition by the records' own timestamps. */
#include "log_span.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* True: *n is an offset; false: it is a time in ms, or *n is -1 when it is neither. */
static bool is_offset(const char *from, int64_t *n)
{
    static const char *const shapes[] = {"%Y-%m-%d", "%Y-%m-%dT%H:%MZ", "%Y-%m-%dT%H:%M:%SZ"};
    struct bytes text = bytes_of(from);
    if (from[0] >= '0' && from[0] <= '9' && bytes_int(&text, n) && text.len == 0)
        return true;
    *n = -1;
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        struct tm tm = {.tm_mday = 1};
        const char *rest = strptime(from, shapes[i], &tm);
        if (rest && !*rest)
            *n = (int64_t)timegm(&tm) * 1000;
    }
    return false;
}

enum err log_from_check(const char *from, struct err_info *info)
{
    int64_t n;
    if (!from || is_offset(from, &n) || n >= 0)
        return ERR_OK;
    return err_set(info, ERR_USAGE, "from",
                   "--from wants an offset such as 1200, or a time such as 2026-03-01 or 2026-03-01T12:30Z, "
                   "not \"%s\"",
                   from);
}

static int64_t within(const struct log_span *span, int64_t offset)
{
    return offset < span->begin ? span->begin : offset > span->end ? span->end : offset;
}

/* spans: of the first lane, n_inputs to the next one. */
static enum err read_input(struct inquiry *inquiry, const char *topic, const char *from, int32_t n,
                           struct log_span *spans, int n_inputs, struct err_info *info)
{
    int64_t *numbers = calloc(3 * (size_t)n, sizeof *numbers), *begin = numbers, *end = numbers + n,
            *since = numbers + 2 * n, at = 0;
    if (!numbers)
        abort();
    enum err err = inquiry_edges(inquiry, topic, n, begin, end, info);
    bool offset = !from || is_offset(from, &at);
    if (err == ERR_OK && !offset)
        err = inquiry_since(inquiry, topic, n, at, since, info);
    for (int32_t lane = 0; lane < n && err == ERR_OK; lane++) {
        struct log_span *span = &spans[lane * n_inputs];
        *span = (struct log_span){.begin = begin[lane], .end = end[lane]};
        span->from = within(span, offset ? at : since[lane] < 0 ? span->end : since[lane]);
    }
    free(numbers);
    return err;
}

enum err log_spans(struct inquiry *inquiry, const char *const *topics, int n_inputs, const char *from,
                   int32_t *lanes, struct log_span **result, struct err_info *info)
{
    enum err err = inquiry_reach(inquiry, info);
    int32_t n = 0;
    *result = NULL;
    for (int i = 0; i < n_inputs && err == ERR_OK; i++) {
        err = inquiry_partitions(inquiry, topics[i], &n, info);
        *lanes = i == 0 ? n : *lanes;
        if (err == ERR_OK && n != *lanes)
            err = err_set(info, ERR_REFUSED, "partitions_differ",
                          "topic %s has %d partitions but %s has %d: the inputs must be co-partitioned",
                          topics[i], n, topics[0], *lanes);
    }
    struct log_span *spans = err == ERR_OK ? calloc((size_t)n * (size_t)n_inputs, sizeof *spans) : NULL;
    if (err == ERR_OK && !spans)
        abort();
    for (int i = 0; i < n_inputs && err == ERR_OK; i++)
        err = read_input(inquiry, topics[i], from, n, spans + i, n_inputs, info);
    if (err != ERR_OK)
        free(spans);
    else
        *result = spans;
    return err;
}
