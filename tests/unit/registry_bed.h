/* registry_bed: a registry of the test's own: tests/registry/stub.py, told what to do through a pipe. */
#ifndef REGISTRY_BED_H
#define REGISTRY_BED_H

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "microflux/clock.h"
#include "microflux/registry.h"

#define BED_WAIT_MS 20000

struct bed {
    pid_t pid;
    FILE *to, *from;
    char url[64];
    char heard[64];
};

static struct err_info bed_info; /* OK() fills it: pass it as the last argument */

#define OK(call)                                                                                             \
    do {                                                                                                     \
        if ((call) != ERR_OK)                                                                                \
            fail_msg("%s: %s: %s", #call, bed_info.word, bed_info.sentence);                                 \
    } while (0)

/* Says one line, waits for the answer, which stays in bed->heard. */
__attribute__((format(printf, 2, 3))) static inline void bed_tell(struct bed *bed, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vfprintf(bed->to, format, args);
    va_end(args);
    fputs("\n", bed->to);
    fflush(bed->to);
    assert_non_null(fgets(bed->heard, sizeof bed->heard, bed->from));
}

static inline int bed_count(struct bed *bed, const char *path)
{
    bed_tell(bed, "count %s", path);
    return atoi(bed->heard);
}

/* more: further arguments of the stub, NULL at the end. */
static inline void bed_up(struct bed *bed, const char *scheme, const char *const *more)
{
    int in[2], out[2];
    const char *argv[16] = {"python3", MF_SOURCE_DIR "/tests/registry/stub.py"};
    for (size_t n = 2; more && *more && n < 15; n++)
        argv[n] = *more++;
    assert_int_equal(pipe(in) | pipe(out), 0);
    bed->pid = fork();
    if (bed->pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        dup2(in[0], STDIN_FILENO);
        dup2(out[1], STDOUT_FILENO);
        close(in[1]);
        execvp(argv[0], (char *const *)(uintptr_t)argv);
        _exit(127);
    }
    close(in[0]);
    close(out[1]);
    bed->to = fdopen(in[1], "w");
    bed->from = fdopen(out[0], "r");
    assert_non_null(fgets(bed->heard, sizeof bed->heard, bed->from));
    snprintf(bed->url, sizeof bed->url, "%s://127.0.0.1:%d", scheme, atoi(bed->heard));
}

static inline void bed_down(struct bed *bed)
{
    fclose(bed->to);
    kill(bed->pid, SIGKILL);
    waitpid(bed->pid, NULL, 0);
    fclose(bed->from);
}

/* Looks until the id is settled (or patience ends): what a lane does. */
static inline enum err bed_settled(struct registry *registry, uint32_t id, const char **schema)
{
    enum err err;
    int64_t until = clock_mono_ms() + BED_WAIT_MS;
    while ((err = registry_schema(registry, id, schema, &bed_info)) == ERR_WEATHER && clock_mono_ms() < until)
        usleep(2000);
    return err;
}

#endif
