/* redis: the connection: commands are formatted straight into an output buffer, answers come back in order,
 * each to the handler queued with its command. Commands without a handler are kept as a count: most of a
 * commit's are. Any trouble is said once by redis_turn() and the connection is then good for redis_close()
 * only. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "connect.h"
#include "microflux/clock.h"
#include "store_room.h"

struct owed { /* `times` answers go to the same handler */
    redis_handler *handler;
    void *arg;
    size_t times;
};

struct redis {
    struct redis_options options;
    int fd;
    bool connected, ready, called;
    int64_t deadline_ms; /* handshake, then silence while an answer is owed */
    struct buffer out;
    size_t written;
    size_t open_at, open_args; /* a command whose arguments are still being added; its head comes last */
    struct owed *owed;         /* a queue */
    size_t first, n, cap, answers;
    redisReader *reader;
    struct arena arena;
    struct err_info refused; /* found in an answer nobody handles */
    const struct redis_answer *call_answer;
};

static void refuse(struct redis *redis, const struct redis_answer *answer)
{
    if (redis->refused.code == ERR_OK)
        (void)redis_fate(answer, &redis->refused);
}

/* ---- the handshake ---- */

static void on_shake(void *arg, const struct redis_answer *answer)
{
    struct redis *redis = arg;
    struct err_info info;
    if (redis_fate(answer, &info) == ERR_OK || redis->refused.code != ERR_OK)
        return;
    const char *help = strcmp(info.word, "WRONGPASS") == 0 || strcmp(info.word, "NOAUTH") == 0
                           ? "check redis.username and redis.password"
                       : strcmp(info.word, "NOPERM") == 0 ? "the ACL user lacks a right"
                       : info.code == ERR_WEATHER         ? "waiting"
                                                  : "check redis.username, redis.password, redis.database";
    (void)err_set(&redis->refused, info.code, info.word, "%.160s (%s)", info.sentence, help);
}

static void on_pong(void *arg, const struct redis_answer *answer)
{
    struct redis *redis = arg;
    on_shake(arg, answer);
    redis->ready = redis->refused.code == ERR_OK;
}

static bool given(const char *text)
{
    return text && *text;
}

static void shake_hands(struct redis *redis)
{
    const struct redis_options *o = &redis->options;
    if (given(o->password)) {
        redis_begin(redis, given(o->username) ? 3 : 2, on_shake, redis);
        redis_arg(redis, BYTES("AUTH"));
        if (given(o->username))
            redis_arg(redis, bytes_of(o->username));
        redis_arg(redis, bytes_of(o->password));
    }
    if (o->database) {
        redis_begin(redis, 2, on_shake, redis);
        redis_arg(redis, BYTES("SELECT"));
        redis_arg_int(redis, o->database);
    }
    if (given(o->name))
        redis_command(redis, (struct bytes[]){BYTES("CLIENT"), BYTES("SETNAME"), bytes_of(o->name)}, 3,
                      on_shake, redis);
    redis_command(redis, (struct bytes[]){BYTES("PING")}, 1, on_pong, redis);
}

enum err redis_check(const struct redis_options *options, struct err_info *info)
{
    if (given(options->username) && !given(options->password))
        return err_set(info, ERR_USAGE, "redis_password", "redis.username is set but redis.password is not");
    return store_check(options->address, info);
}

enum err redis_open(const struct redis_options *options, struct redis **result, struct err_info *info)
{
    int fd = -1;
    enum err err = redis_check(options, info);
    if (err == ERR_OK)
        err = store_connect(options->address, &fd, info);
    if (err != ERR_OK)
        return err;
    struct redis *redis = calloc(1, sizeof *redis);
    if (!redis)
        abort();
    redis->options = *options;
    redis->fd = fd;
    redis->reader = answer_reader(&redis->arena);
    redis->deadline_ms = clock_mono_ms() + options->connect_timeout_ms;
    shake_hands(redis);
    *result = redis;
    return ERR_OK;
}

void redis_close(struct redis *redis)
{
    if (!redis)
        return;
    close(redis->fd);
    redisReaderFree(redis->reader);
    arena_free(&redis->arena);
    buffer_free(&redis->out);
    free(redis->owed);
    free(redis);
}

bool redis_ready(const struct redis *redis)
{
    return redis->ready;
}
int redis_fd(const struct redis *redis)
{
    return redis->fd;
}
size_t redis_owed(const struct redis *redis)
{
    return redis->answers;
}
size_t redis_unsent(const struct redis *redis)
{
    return redis->out.len - redis->written;
}

short redis_events(const struct redis *redis)
{
    return (short)(POLLIN | (!redis->connected || redis_unsent(redis) ? POLLOUT : 0));
}

/* ---- commands ---- */

static void owe(struct redis *redis, redis_handler *handler, void *arg)
{
    if (redis->answers == 0)
        redis->deadline_ms = clock_mono_ms() + (redis->ready ? redis->options.command_timeout_ms
                                                             : redis->options.connect_timeout_ms);
    redis->answers++;
    if (redis->n > 0) {
        struct owed *last = &redis->owed[redis->first + redis->n - 1];
        if (last->handler == handler && last->arg == arg) {
            last->times++;
            return;
        }
    }
    if (redis->first + redis->n == redis->cap) {
        if (redis->first > redis->cap / 2) {
            memmove(redis->owed, redis->owed + redis->first, redis->n * sizeof *redis->owed);
            redis->first = 0;
        } else {
            redis->cap = redis->cap ? 2 * redis->cap : 64;
            redis->owed = realloc(redis->owed, redis->cap * sizeof *redis->owed);
            if (!redis->owed)
                abort();
        }
    }
    redis->owed[redis->first + redis->n++] = (struct owed){handler, arg, 1};
}

#define HEAD_MOST 24 /* a kind, a number, CR LF */

/* "*3\r\n" or "$5\r\n", where it is told; how long it is. */
static size_t put_head(char *at, char kind, size_t n)
{
    char text[HEAD_MOST], *p = text + sizeof text;
    *--p = '\n';
    *--p = '\r';
    do
        *--p = (char)('0' + n % 10);
    while (n /= 10);
    *--p = kind;
    size_t len = (size_t)(text + sizeof text - p);
    memcpy(at, p, len);
    return len;
}

static void start_command(struct redis *redis, redis_handler *handler, void *arg)
{
    if (redis->written == redis->out.len)
        redis->written = redis->out.len = 0;
    buffer_reserve(&redis->out, HEAD_MOST);
    owe(redis, handler, arg);
}

void redis_begin(struct redis *redis, size_t n, redis_handler *handler, void *arg)
{
    start_command(redis, handler, arg);
    redis->out.len += put_head(redis->out.data + redis->out.len, '*', n);
}

void redis_begin_open(struct redis *redis, redis_handler *handler, void *arg)
{
    start_command(redis, handler, arg);
    redis->open_at = redis->out.len;
    redis->open_args = 0;
    redis->out.len += HEAD_MOST;
}

/* The head takes the end of the room left for it and everything moves up to where the command begins. */
void redis_end(struct redis *redis)
{
    char *at = redis->out.data + redis->open_at;
    size_t head = put_head(at, '*', redis->open_args), args = redis->out.len - redis->open_at - HEAD_MOST;
    memmove(at + head, at + HEAD_MOST, args);
    redis->out.len = redis->open_at + head + args;
}

void redis_arg(struct redis *redis, struct bytes text)
{
    buffer_reserve(&redis->out, HEAD_MOST + text.len + 2);
    char *at = redis->out.data + redis->out.len;
    at += put_head(at, '$', text.len);
    if (text.len)
        memcpy(at, text.ptr, text.len);
    memcpy(at + text.len, "\r\n", 2);
    redis->out.len = (size_t)(at - redis->out.data) + text.len + 2;
    redis->open_args++;
}

void redis_arg_int(struct redis *redis, int64_t n)
{
    struct buffer text = {0};
    buffer_add_int(&text, n);
    redis_arg(redis, (struct bytes){text.data, text.len});
    buffer_free(&text);
}

void redis_command(struct redis *redis, const struct bytes *args, size_t n, redis_handler *handler, void *arg)
{
    redis_begin(redis, n, handler, arg);
    for (size_t i = 0; i < n; i++)
        redis_arg(redis, args[i]);
}

/* ---- input and output ---- */

static enum err lost(const struct redis *redis, const char *word, const char *why, struct err_info *info)
{
    return err_set(info, ERR_WEATHER, word, "Redis %s: %s", redis->options.address, why);
}

static enum err finish_connect(struct redis *redis, struct err_info *info)
{
    struct pollfd p = {redis->fd, POLLOUT, 0};
    int code = 0;
    socklen_t len = sizeof code;
    if (poll(&p, 1, 0) <= 0)
        return ERR_OK;
    getsockopt(redis->fd, SOL_SOCKET, SO_ERROR, &code, &len);
    if (code)
        return lost(redis, "connect", strerror(code), info);
    redis->connected = true;
    return ERR_OK;
}

static enum err write_out(struct redis *redis, struct err_info *info)
{
    while (redis_unsent(redis)) {
        ssize_t n = send(redis->fd, redis->out.data + redis->written, redis_unsent(redis), MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return errno == EAGAIN ? ERR_OK : lost(redis, "write", strerror(errno), info);
        redis->written += (size_t)n;
    }
    redis->written = redis->out.len = 0;
    return ERR_OK;
}

static void hand_over(struct redis *redis, const struct redis_answer *answer)
{
    struct owed *owed = &redis->owed[redis->first];
    redis_handler *handler = owed->handler;
    void *arg = owed->arg;
    redis->answers--;
    if (--owed->times == 0) {
        redis->first++;
        redis->n--;
    }
    if (handler)
        handler(arg, answer);
    else if (answer->type == REDIS_ERROR)
        refuse(redis, answer);
}

static enum err take_answers(struct redis *redis, struct err_info *info)
{
    void *answer;
    for (;;) {
        if (redis->reader->ridx == -1) /* between two answers: nothing of the last one is needed any more */
            arena_reset(&redis->arena);
        if (redisReaderGetReply(redis->reader, &answer) != REDIS_OK)
            return lost(redis, "protocol", redis->reader->errstr, info);
        if (!answer)
            return ERR_OK;
        if (redis->answers == 0)
            return lost(redis, "protocol", "an answer nobody asked for", info);
        hand_over(redis, answer);
        if (redis->ready) /* the handshake has one deadline for all its answers */
            redis->deadline_ms = clock_mono_ms() + redis->options.command_timeout_ms;
        if (redis->call_answer)
            return ERR_OK;
    }
}

static enum err read_in(struct redis *redis, struct err_info *info)
{
    char chunk[65536];
    for (;;) {
        ssize_t n = recv(redis->fd, chunk, sizeof chunk, 0);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == EAGAIN)
            return ERR_OK;
        if (n <= 0)
            return lost(redis, "closed", n == 0 ? "it closed the connection" : strerror(errno), info);
        if (redisReaderFeed(redis->reader, chunk, (size_t)n) != REDIS_OK)
            return lost(redis, "protocol", redis->reader->errstr, info);
        enum err err = take_answers(redis, info);
        if (err != ERR_OK || redis->refused.code != ERR_OK)
            return err;
        if ((size_t)n < sizeof chunk || redis->call_answer)
            return ERR_OK;
    }
}

enum err redis_turn(struct redis *redis, struct err_info *info)
{
    redis->call_answer = NULL;
    enum err err = redis->connected ? ERR_OK : finish_connect(redis, info);
    if (err == ERR_OK && redis->connected)
        err = write_out(redis, info);
    if (err == ERR_OK && redis->connected)
        err = read_in(redis, info);
    if (err == ERR_OK && redis->refused.code != ERR_OK) {
        *info = redis->refused;
        return redis->refused.code;
    }
    if (err == ERR_OK && redis->answers > 0 && clock_mono_ms() > redis->deadline_ms)
        err = lost(redis, "timeout", redis->connected ? "no answer in time" : "no connection in time", info);
    return err;
}

static void on_call(void *arg, const struct redis_answer *answer)
{
    ((struct redis *)arg)->call_answer = answer;
}

enum err redis_call(struct redis *redis, const struct bytes *args, size_t n,
                    const struct redis_answer **answer, struct err_info *info)
{
    redis->call_answer = NULL;
    redis_command(redis, args, n, on_call, redis);
    for (;;) {
        enum err err = redis_turn(redis, info);
        if (err != ERR_OK)
            return err;
        if (redis->call_answer)
            break;
        struct pollfd p = {redis->fd, redis_events(redis), 0};
        poll(&p, 1, 10);
    }
    *answer = redis->call_answer;
    return ERR_OK;
}
