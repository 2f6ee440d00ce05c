/* methodology_table: the one table of constants: name, type, range, place, one sentence. Reading, showing,
 * comparing and the digest are made from it. Private to this room. */
#ifndef DOMAIN_METHODOLOGY_TABLE_H
#define DOMAIN_METHODOLOGY_TABLE_H

#include "microflux/methodology.h"

enum constant_type { CONSTANT_REAL, CONSTANT_I32, CONSTANT_I64 };

struct constant {
    const char *name; /* "section.key" of the file */
    enum constant_type type;
    size_t offset; /* of the first of n neighbours in struct methodology */
    size_t n;
    int64_t unit; /* what the file's number is multiplied with: MS_HOUR … */
    double least, most;
    size_t rising; /* so many of them, at the end, rise */
    const char *sentence;
};

extern const struct constant constants[];
extern const size_t n_constants;
#define MOST_CONSTANTS 160

/* made at build from data/methodology and data/benchmarks */
extern const char methodology_microflux_1[], benchmark_benchmarks_1[];

#endif
