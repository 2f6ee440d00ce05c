/* metrics_read: Prometheus' text format 0.0.4 read back, a line at a time, for tools that watch a worker from
 * outside. */
#include <stdlib.h>

#include "microflux/metrics.h"

static struct bytes cut_line(struct bytes *text)
{
    const char *end = memchr(text->ptr, '\n', text->len);
    struct bytes line = {text->ptr, end ? (size_t)(end - text->ptr) : text->len};
    size_t step = line.len + (end != NULL);
    *text = (struct bytes){text->ptr + step, text->len - step};
    return line;
}

/* The length of what stands between braces: a brace inside quotes does not close them. */
static size_t labels_len(const char *p, const char *end)
{
    bool quoted = false;
    const char *begin = p;
    for (; p < end && (quoted || *p != '}'); p++)
        if (*p == '\\' && p + 1 < end)
            p++;
        else if (*p == '"')
            quoted = !quoted;
    return (size_t)(p - begin);
}

static bool read_value(const char *p, const char *end, double *value)
{
    char copy[64], *rest;
    size_t len = (size_t)(end - p) < sizeof copy ? (size_t)(end - p) : sizeof copy - 1;
    memcpy(copy, p, len);
    copy[len] = 0;
    *value = strtod(copy, &rest);
    return rest > copy;
}

static bool read_line(struct bytes text, struct metrics_line *line)
{
    const char *p = text.ptr, *end = text.ptr + text.len;
    while (p < end && *p != '{' && *p != ' ')
        p++;
    *line = (struct metrics_line){.name = {text.ptr, (size_t)(p - text.ptr)}, .labels = {"", 0}};
    if (p < end && *p == '{') {
        line->labels = (struct bytes){p + 1, labels_len(p + 1, end)};
        p += line->labels.len + 2;
    }
    return line->name.len > 0 && p < end && read_value(p, end, &line->value);
}

bool metrics_next(struct bytes *text, struct metrics_line *line)
{
    while (text->len > 0) {
        struct bytes one = cut_line(text);
        if (one.len > 0 && one.ptr[0] != '#' && read_line(one, line))
            return true;
    }
    return false;
}

/* From behind an opening quote: unescapes up to the closing one; returns where that stands. */
static const char *read_quoted(const char *p, const char *end, char *out, size_t size)
{
    size_t n = 0;
    for (; p < end && *p != '"'; p++) {
        char c = *p;
        if (c == '\\' && p + 1 < end) {
            c = *++p;
            c = c == 'n' ? '\n' : c;
        }
        if (n + 1 < size)
            out[n++] = c;
    }
    if (size)
        out[n] = 0;
    return p;
}

bool metrics_label_of(const struct metrics_line *line, const char *name, char *out, size_t size)
{
    const char *p = line->labels.ptr, *end = p + line->labels.len;
    while (p < end) {
        const char *equals = memchr(p, '=', (size_t)(end - p));
        if (!equals || equals + 1 >= end)
            return false;
        bool found = bytes_equal((struct bytes){p, (size_t)(equals - p)}, bytes_of(name));
        p = read_quoted(equals + 2, end, out, found ? size : 0);
        if (found)
            return true;
        p += p < end;
        p += p < end && *p == ',';
    }
    return false;
}

double metrics_quantile(double q, const double *bounds, const double *cumulative, size_t n)
{
    double total = n ? cumulative[n - 1] : 0, rank = q * total;
    size_t i = 0;
    if (total <= 0)
        return -1;
    while (i + 1 < n && cumulative[i] < rank)
        i++;
    double low = i ? bounds[i - 1] : 0, below = i ? cumulative[i - 1] : 0, here = cumulative[i] - below;
    if (i + 1 == n)
        return low; /* above every bound: at least the largest */
    return here > 0 ? low + (bounds[i] - low) * (rank - below) / here : bounds[i];
}
