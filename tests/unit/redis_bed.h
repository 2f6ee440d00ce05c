/* redis_bed: what the tests of the store room share: a redis-server of the test's own in a folder of its own
 * (Unix socket and a free TCP port), and an ear that writes answers down as text:
 *
 *   +status -error :7 $text _ (nil) *2(:1 $a)
 */
#ifndef REDIS_BED_H
#define REDIS_BED_H

#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "microflux/clock.h"
#include "microflux/redis.h"

#define BED_WAIT_MS 30000 /* a test that waits longer hangs */
#define BED_ARGS    24

struct bed {
    char dir[64], unix_address[96], tcp_address[64];
    const char *conf; /* a Sentinel's file; NULL: none */
    pid_t pid;
    int port;
};

static struct err_info bed_info; /* OK() fills it: pass it as the last argument */

#define OK(call)                                                                                             \
    do {                                                                                                     \
        if ((call) != ERR_OK)                                                                                \
            fail_msg("%s: %s: %s", #call, bed_info.word, bed_info.sentence);                                 \
    } while (0)

/* ---- the ear ---- */

static inline void ear_write(struct buffer *ear, const struct redis_answer *answer)
{
    static const char marks[] = {[REDIS_STATUS] = '+', [REDIS_TEXT] = '$', [REDIS_ERROR] = '-'};
    switch (answer->type) {
    case REDIS_NIL:
        buffer_add_text(ear, "_");
        break;
    case REDIS_INT:
        buffer_printf(ear, ":%" PRId64, answer->number);
        break;
    case REDIS_ARRAY:
        buffer_printf(ear, "*%zu(", answer->n);
        for (size_t i = 0; i < answer->n; i++) {
            buffer_add(ear, " ", i > 0);
            ear_write(ear, answer->items[i]);
        }
        buffer_add_text(ear, ")");
        break;
    default:
        buffer_add(ear, &marks[answer->type], 1);
        buffer_add(ear, answer->text.ptr, answer->text.len);
    }
}

/* A handler: arg is a struct buffer; one line an answer. */
static inline void ear(void *arg, const struct redis_answer *answer)
{
    ear_write(arg, answer);
    buffer_add_text(arg, "\n");
}

/* Compares all that was heard and forgets it. */
static inline void ear_heard(struct buffer *heard, const char *expected)
{
    buffer_add(heard, "", 1);
    assert_string_equal(heard->data, expected);
    buffer_free(heard);
}

/* Compares the beginning of what was heard and forgets it. */
static inline void ear_heard_first(struct buffer *heard, const char *expected)
{
    if (heard->len > strlen(expected))
        heard->len = strlen(expected);
    ear_heard(heard, expected);
}

/* ---- a client ---- */

static inline struct redis_options bed_options(const char *address)
{
    return (struct redis_options){
        .address = address, .connect_timeout_ms = BED_WAIT_MS, .command_timeout_ms = BED_WAIT_MS};
}

/* Queues a command given as words between blanks. */
static inline void bed_say(struct redis *redis, const char *words, redis_handler *handler, void *arg)
{
    struct bytes args[BED_ARGS];
    size_t n = 0;
    for (const char *p = words; *p && n < BED_ARGS; n++) {
        size_t len = strcspn(p, " ");
        args[n] = (struct bytes){p, len};
        p += len + (p[len] == ' ');
    }
    redis_command(redis, args, n, handler, arg);
}

/* Turns until every answer is in, or the first error. */
static inline enum err bed_settle(struct redis *redis, struct err_info *info)
{
    int64_t patience = clock_mono_ms() + 2 * BED_WAIT_MS;
    for (;;) {
        enum err err = redis_turn(redis, info);
        if (err != ERR_OK || redis_owed(redis) == 0)
            return err;
        if (clock_mono_ms() > patience)
            fail_msg("hangs with %zu answers owed", redis_owed(redis));
        struct pollfd p = {redis_fd(redis), redis_events(redis), 0};
        poll(&p, 1, 10);
    }
}

/* Says one command and hears its answer. */
static inline void bed_tell(struct redis *redis, const char *words, const char *expected)
{
    struct buffer heard = {0};
    bed_say(redis, words, ear, &heard);
    OK(bed_settle(redis, &bed_info));
    ear_heard_first(&heard, expected);
}

/* Opens with these options, settles the handshake and whatever it says, closes. */
static inline enum err bed_try(const struct redis_options *options, struct err_info *info)
{
    struct redis *redis = NULL;
    enum err err = redis_open(options, &redis, info);
    if (err == ERR_OK)
        err = bed_settle(redis, info);
    redis_close(redis);
    return err;
}

static inline struct redis *bed_client(const char *address)
{
    struct redis_options options = bed_options(address);
    struct redis *redis = NULL;
    OK(redis_open(&options, &redis, &bed_info));
    OK(bed_settle(redis, &bed_info));
    assert_true(redis_ready(redis));
    return redis;
}

/* ---- the server ---- */

/* A listening TCP socket on a free port. */
static inline int bed_listen(int *port, int backlog)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(listen(fd, backlog), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &len), 0);
    *port = ntohs(at.sin_port);
    return fd;
}

static inline void bed_become(const struct bed *bed, const char *const *more)
{
    char port[16], path[96];
    const char *const own[] = {"--port",
                               port,
                               "--unixsocket",
                               path,
                               "--dir",
                               bed->dir,
                               "--logfile",
                               "log",
                               "--save",
                               "",
                               "--bind",
                               "127.0.0.1",
                               "--enable-debug-command",
                               "yes",
                               NULL};
    const char *argv[64] = {"redis-server", bed->conf};
    size_t n = bed->conf ? 2 : 1;
    for (const char *const *arg = own; *arg;)
        argv[n++] = *arg++;
    snprintf(port, sizeof port, "%d", bed->port);
    snprintf(path, sizeof path, "%s/s", bed->dir);
    while (more && *more && n < 63)
        argv[n++] = *more++;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    execvp(argv[0], (char *const *)argv);
    _exit(127);
}

static inline bool bed_answers(struct bed *bed)
{
    struct redis_options options = bed_options(bed->unix_address);
    for (int64_t patience = clock_mono_ms() + BED_WAIT_MS; clock_mono_ms() < patience; usleep(2000)) {
        enum err err = bed_try(&options, &bed_info);
        if (err == ERR_OK || strcmp(bed_info.word, "LOADING") == 0 || err == ERR_REFUSED)
            return true;
        if (waitpid(bed->pid, NULL, WNOHANG) == bed->pid)
            return false; /* somebody took the port */
    }
    return false;
}

/* Starts the server in bed->dir; more: further arguments, NULL at the end. */
static inline void bed_run(struct bed *bed, const char *const *more)
{
    for (int tries = 0; tries < 5; tries++) {
        close(bed_listen(&bed->port, 1));
        snprintf(bed->tcp_address, sizeof bed->tcp_address, "127.0.0.1:%d", bed->port);
        bed->pid = fork();
        if (bed->pid == 0)
            bed_become(bed, more);
        if (bed_answers(bed))
            return;
    }
    fail_msg("no redis-server: %s", bed_info.sentence);
}

static inline void bed_open(struct bed *bed, const char *const *more)
{
    *bed = (struct bed){.dir = "/tmp/mf-redis-XXXXXX"};
    assert_non_null(mkdtemp(bed->dir));
    snprintf(bed->unix_address, sizeof bed->unix_address, "unix:%s/s", bed->dir);
    bed_run(bed, more);
}

static inline void bed_kill(struct bed *bed)
{
    if (bed->pid <= 0)
        return;
    kill(bed->pid, SIGKILL);
    waitpid(bed->pid, NULL, 0);
    bed->pid = 0;
}

static inline void bed_close(struct bed *bed)
{
    char path[400];
    bed_kill(bed);
    DIR *dir = opendir(bed->dir);
    for (struct dirent *entry; dir && (entry = readdir(dir));) {
        snprintf(path, sizeof path, "%s/%s", bed->dir, entry->d_name);
        (void)unlink(path);
    }
    if (dir)
        closedir(dir);
    rmdir(bed->dir);
}

/* Each test gets a server of its own: cmocka's setup and teardown, *state is the bed. */
static inline int bed_setup(void **state)
{
    struct bed *bed = malloc(sizeof *bed);
    if (!bed)
        return -1;
    bed_open(bed, NULL);
    *state = bed;
    return 0;
}

static inline int bed_teardown(void **state)
{
    bed_close(*state);
    free(*state);
    return 0;
}

#define BED_TEST(test) cmocka_unit_test_setup_teardown(test, bed_setup, bed_teardown)

#endif
