/* nearest: of names that are known, the one that somebody who mistyped probably meant. */
#include <ctype.h>
#include <string.h>

#include "microflux/args.h"

static size_t least3(size_t a, size_t b, size_t c)
{
    return a < b ? (a < c ? a : c) : b < c ? b : c;
}

/* Levenshtein, one row; names are short and of small letters. */
static size_t distance(const char *a, const char *b)
{
    size_t row[128], n = strlen(b);
    if (n >= 127)
        return SIZE_MAX;
    for (size_t k = 0; k <= n; k++)
        row[k] = k;
    for (size_t i = 1; *a; a++, i++) {
        size_t left = row[0];
        row[0] = i;
        for (size_t k = 1; k <= n; k++) {
            size_t above = row[k];
            row[k] = least3(above + 1, row[k - 1] + 1,
                            left + (tolower((unsigned char)*a) != tolower((unsigned char)b[k - 1])));
            left = above;
        }
    }
    return row[n];
}

const char *nearest_name(const char *wrong, const char *(*name_at)(const void *, size_t), const void *names,
                         size_t n)
{
    const char *best = NULL;
    size_t least = SIZE_MAX;
    for (size_t i = 0; i < n; i++) {
        size_t d = distance(wrong, name_at(names, i));
        if (d < least) {
            least = d;
            best = name_at(names, i);
        }
    }
    return best;
}
