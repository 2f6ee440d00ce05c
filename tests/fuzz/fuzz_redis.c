/* fuzz_redis: the bytes a Redis, a Sentinel or a node of a cluster sends. store_connect is ours: each
 * connection that is asked for is one end of a socket pair in which the next part of the input waits, up to a
 * byte 0xff. Answers reach the readers a worker has: fences, settings, fates, addresses. Nothing is read that
 * was not sent. */
#include <assert.h>
#include <sys/socket.h>

#include "connect.h"
#include "fuzz.h"
#include "microflux/lane.h"
#include "store_room.h"

#define MOST_TURNS 12
#define MOST_ENDS  16

static struct bytes input;
static int ends[MOST_ENDS];
static size_t n_ends;

enum err store_check(const char *address, struct err_info *info)
{
    (void)address, (void)info;
    return ERR_OK;
}

enum err store_connect(const char *address, int *fd, struct err_info *info)
{
    int pair[2];
    struct bytes part = fuzz_take(&input, (char)0xff);
    (void)address;
    if (n_ends == MOST_ENDS || socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair) != 0)
        return err_set(info, ERR_WEATHER, "connect", "no more");
    if (send(pair[1], part.ptr, part.len, MSG_NOSIGNAL) != (ssize_t)part.len)
        abort();
    ends[n_ends++] = pair[1];
    *fd = pair[0];
    return ERR_OK;
}

static void touch(const struct redis_answer *answer)
{
    fuzz_touch(answer->text);
    for (size_t i = 0; i < answer->n; i++)
        touch(answer->items[i]);
}

static void on_answer(void *arg, const struct redis_answer *answer)
{
    struct redis_settings settings = {0};
    struct err_info info = {0};
    struct fence fence;
    size_t next = 0;
    (void)arg;
    touch(answer);
    redis_settings_read(&settings, answer);
    (void)!redis_settings_judge(&settings, &info);
    while (redis_settings_doubt(&settings, &next))
        continue;
    assert(redis_fate(answer, &info) == ERR_OK || (info.word[0] && info.sentence[0]));
    if (answer->type == REDIS_TEXT)
        (void)!fence_read(answer->text, &fence, &info);
}

static void talk(const struct redis_options *options)
{
    struct redis *redis;
    struct err_info info = {0};
    enum err err = redis_open(options, &redis, &info);
    if (err != ERR_OK)
        return;
    for (int i = 0; i < 3; i++)
        redis_command(redis, (struct bytes[]){BYTES("GET"), BYTES("k")}, 2, i < 2 ? on_answer : NULL, redis);
    for (int i = 0; i < MOST_TURNS && err == ERR_OK; i++)
        err = redis_turn(redis, &info);
    assert(err == ERR_OK || ((err == ERR_WEATHER || err == ERR_REFUSED) && info.word[0] && info.sentence[0]));
    redis_close(redis);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct redis_learnt learnt = {0};
    input = (struct bytes){(const char *)data, size};
    struct redis_options options = {.address = "127.0.0.1:6379",
                                    .mode = fuzz_byte(&input) % 3,
                                    .primary = "mymaster",
                                    .slot = 413,
                                    .learnt = &learnt,
                                    .connect_timeout_ms = 1000,
                                    .command_timeout_ms = 1000,
                                    .name = "fuzz"};
    talk(&options);
    if (options.mode == REDIS_CLUSTER) /* the next connection goes where the last one was told */
        talk(&options);
    while (n_ends > 0)
        close(ends[--n_ends]);
    return 0;
}
