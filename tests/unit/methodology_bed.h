/* methodology_bed: the program's own methodology, with scheme default alone, for the tests of a whole
 * program: cmocka_run_group_tests(tests, open_methodology, close_methodology).
 */
#ifndef METHODOLOGY_BED_H
#define METHODOLOGY_BED_H

#include "cmocka_all.h"
#include "microflux/methodology.h"

static struct methodology *m;

static int open_methodology(void **state)
{
    struct err_info info;
    (void)state;
    return methodology_open("default", &m, &info) == ERR_OK ? 0 : -1;
}

static int close_methodology(void **state)
{
    (void)state;
    methodology_close(m);
    return 0;
}

#endif
