/* process_status: /proc/self/stat and its siblings, read anew each time. */
#include "process_status.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

static double count_fds(void)
{
    DIR *dir = opendir("/proc/self/fd");
    double n = 0;
    while (dir && readdir(dir))
        n++;
    if (dir)
        closedir(dir);
    return n > 3 ? n - 3 : 0; /* without ".", ".." and the folder itself */
}

/* Seconds since 1970 of the kernel's start. */
static double boot_seconds(void)
{
    struct timespec wall, up;
    clock_gettime(CLOCK_REALTIME, &wall);
    clock_gettime(CLOCK_BOOTTIME, &up);
    return (double)(wall.tv_sec - up.tv_sec) + (double)(wall.tv_nsec - up.tv_nsec) * 1e-9;
}

/* The fields behind the name, which may hold anything: utime 14, stime 15, start 22, vsize 23, rss 24. */
static void read_stat(struct process_status *status)
{
    char text[1024];
    unsigned long long user = 0, system = 0, start = 0, bytes = 0;
    long pages = 0;
    FILE *file = fopen("/proc/self/stat", "r");
    size_t n = file ? fread(text, 1, sizeof text - 1, file) : 0;
    if (file)
        fclose(file);
    text[n] = 0;
    const char *rest = strrchr(text, ')');
    double tick = (double)sysconf(_SC_CLK_TCK);
    if (!rest || sscanf(rest + 1,
                        " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu %*d %*d %*d %*d %*d %*d %llu "
                        "%llu %ld",
                        &user, &system, &start, &bytes, &pages) != 5)
        return;
    status->cpu_seconds = (double)(user + system) / tick;
    status->start_seconds = boot_seconds() + (double)start / tick;
    status->virtual_bytes = (double)bytes;
    status->resident_bytes = (double)pages * (double)sysconf(_SC_PAGESIZE);
}

void process_status_read(struct process_status *status)
{
    struct rlimit limit;
    *status = (struct process_status){.open_fds = count_fds()};
    read_stat(status);
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0)
        status->max_fds = (double)limit.rlim_cur;
}
