/* bench_machine: what a reader must know to relate the figures: machine, how busy it was, versions. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "bench.h"

#ifdef __clang__
#define COMPILER __VERSION__
#else
#define COMPILER "gcc " __VERSION__
#endif

/* The value behind "name", separator, blanks and quotes left out, of the first such line; "unknown" if none.
 */
static void line_of(const char *path, const char *name, char *out, size_t size)
{
    char line[512];
    FILE *file = fopen(path, "r");
    snprintf(out, size, "unknown");
    while (file && fgets(line, sizeof line, file))
        if (strncmp(line, name, strlen(name)) == 0) {
            const char *value = line + strlen(name) + strspn(line + strlen(name), " \t:=\"");
            snprintf(out, size, "%.*s", (int)strcspn(value, "\"\n"), value);
            break;
        }
    if (file)
        fclose(file);
}

json_t *bench_machine_json(const struct bench_result *r)
{
    char cpu[128], os[128], memory[64];
    line_of("/proc/cpuinfo", "model name", cpu, sizeof cpu);
    line_of("/etc/os-release", "PRETTY_NAME", os, sizeof os);
    line_of("/proc/meminfo", "MemTotal", memory, sizeof memory);
    return json_pack("{s:s, s:I, s:I, s:s, s:[f, f, f]}", "cpu", cpu, "cores",
                     (json_int_t)sysconf(_SC_NPROCESSORS_ONLN), "memory_mib",
                     (json_int_t)(strtoll(memory, NULL, 10) / 1024), "os", os, "load_average_before",
                     r->load[0], r->load[1], r->load[2]);
}

json_t *bench_versions_json(const struct bench *b, const struct bench_result *r)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:s?, s:s?, s:s}", "microflux", MF_VERSION, "git", MF_GIT,
                     "librdkafka", MF_LIBRDKAFKA, "hiredis", MF_HIREDIS, "redis",
                     r->redis_version[0] ? r->redis_version : NULL, "broker", b->broker, "compiler",
                     COMPILER);
}
