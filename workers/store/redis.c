/* redis: the connection: first it finds its server, then what was queued goes out and answers come back in
 * order, each to the handler queued with its command. Any trouble is said once by redis_turn() and the
 * connection is then good for redis_close() only. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "microflux/clock.h"
#include "microflux/file.h"
#include "store_room.h"

#define MOST_HOPS 4
#define LOOK_MS   2000 /* so often Sentinels are asked whether this is still their primary */

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
    if (strcmp(info.word, "NOPERM") == 0 || info.code == ERR_WEATHER)
        (void)err_set(&redis->refused, info.code, info.word, "%.160s (%s)", info.sentence,
                      info.code == ERR_WEATHER ? "waiting" : "the ACL user lacks a right");
    else
        (void)err_set(&redis->refused, info.code, info.word, "%.160s (check %s%s)", info.sentence,
                      redis->login, redis->options.database ? ", and redis.database" : "");
}

/* A primary that was replaced while it slept answers as if nothing had happened, until it is told. */
static void on_role(void *arg, const struct redis_answer *answer)
{
    struct redis *redis = arg;
    on_shake(arg, answer);
    if (answer->type == REDIS_ARRAY && answer->n > 0 &&
        !bytes_equal(answer->items[0]->text, BYTES("master")) && redis->refused.code == ERR_OK)
        (void)err_set(&redis->refused, ERR_WEATHER, "not_primary",
                      "Redis %s is a replica; waiting until the sentinels name its primary", redis->at);
}

static void on_pong(void *arg, const struct redis_answer *answer)
{
    struct redis *redis = arg;
    on_shake(arg, answer);
    redis->ready = redis->refused.code == ERR_OK;
}

static void log_in(struct redis *redis)
{
    const struct redis_options *o = &redis->options;
    struct err_info info;
    char fresh[FILE_SECRET];
    const char *password = o->password;
    if (given(o->password_file) && file_secret(o->password_file, fresh, &info) == ERR_OK)
        password = fresh;
    if (given(password)) {
        redis_begin(redis, given(o->username) ? 3 : 2, on_shake, redis);
        redis_arg(redis, BYTES("AUTH"));
        if (given(o->username))
            redis_arg(redis, bytes_of(o->username));
        redis_arg(redis, bytes_of(password));
    }
    explicit_bzero(fresh, sizeof fresh);
}

static void shake_hands(struct redis *redis)
{
    const struct redis_options *o = &redis->options;
    log_in(redis);
    if (o->database) {
        redis_begin(redis, 2, on_shake, redis);
        redis_arg(redis, BYTES("SELECT"));
        redis_arg_int(redis, o->database);
    }
    if (given(o->name))
        redis_command(redis, (struct bytes[]){BYTES("CLIENT"), BYTES("SETNAME"), bytes_of(o->name)}, 3,
                      on_shake, redis);
    if (o->mode == REDIS_SENTINEL)
        redis_command(redis, (struct bytes[]){BYTES("ROLE")}, 1, on_role, redis);
    redis_command(redis, (struct bytes[]){BYTES("PING")}, 1, on_pong, redis);
}

enum err redis_check(const struct redis_options *options, struct err_info *info)
{
    if (given(options->username) && !given(options->password))
        return err_set(info, ERR_USAGE, "redis_password", "redis.username is set but redis.password is not");
    enum err err = find_check(options, info);
    return err == ERR_OK ? wire_check(options, info) : err;
}

/* ---- where it goes ---- */

static enum err go(struct redis *redis, const char *address, struct err_info *info)
{
    snprintf(redis->at, sizeof redis->at, "%s", address);
    redis->deadline_ms = clock_mono_ms() + redis->options.connect_timeout_ms;
    return wire_open(redis, info);
}

static enum err start(struct redis *redis, struct err_info *info)
{
    struct redis_learnt *learnt = redis->options.learnt;
    redis->fd = -1;
    redis->reader = answer_reader(&redis->arena);
    shake_hands(redis);
    if (redis->options.mode == REDIS_SINGLE)
        return go(redis, redis->options.address, info);
    if (*learnt->moved) {
        char address[REDIS_ADDRESS];
        memcpy(address, learnt->moved, sizeof address);
        *learnt->moved = 0;
        return go(redis, address, info);
    }
    redis->find = find_open(&redis->options);
    return ERR_OK;
}

static void stop(struct redis *redis)
{
    wire_close(redis);
    find_close(redis->find);
    redisReaderFree(redis->reader);
    arena_free(&redis->arena);
    buffer_free(&redis->out);
    free(redis->owed);
}

enum err redis_open(const struct redis_options *options, struct redis **result, struct err_info *info)
{
    enum err err = redis_check(options, info);
    if (err != ERR_OK)
        return err;
    struct redis *redis = calloc(1, sizeof *redis);
    if (!redis)
        abort();
    redis->options = *options;
    redis->login = "redis.username and redis.password";
    if (!redis->options.learnt)
        redis->options.learnt = &redis->own;
    err = start(redis, info);
    if (err != ERR_OK)
        redis_close(redis);
    else
        *result = redis;
    return err;
}

void redis_close(struct redis *redis)
{
    if (redis)
        stop(redis);
    free(redis);
}

static enum err look(struct redis *redis, struct err_info *info)
{
    const char *address;
    enum err err = find_turn(redis->find, &address, info);
    if (err != ERR_OK || !address)
        return err;
    err = go(redis, address, info);
    redis->look_ms = clock_mono_ms() + LOOK_MS;
    if (redis->options.mode == REDIS_CLUSTER) { /* a node that is no owner any more says so itself */
        find_close(redis->find);
        redis->find = NULL;
    }
    return err;
}

/* Sentinels that do not answer change nothing. */
static enum err look_again(struct redis *redis, struct err_info *info)
{
    const char *address;
    struct err_info nobody;
    if (!redis->looking && clock_mono_ms() >= redis->look_ms) {
        find_again(redis->find);
        redis->looking = true;
    }
    if (!redis->looking)
        return ERR_OK;
    enum err err = find_turn(redis->find, &address, &nobody);
    if (err == ERR_OK && !address)
        return ERR_OK;
    redis->looking = false;
    redis->look_ms = clock_mono_ms() + LOOK_MS;
    if (err != ERR_OK || strcmp(address, redis->at) == 0)
        return ERR_OK;
    return err_set(info, ERR_WEATHER, "primary_moved",
                   "the sentinels name %.80s the primary, no longer %.80s", address, redis->at);
}

bool redis_ready(const struct redis *redis)
{
    return redis->ready;
}
const char *redis_at(const struct redis *redis)
{
    return redis->at;
}
int redis_fd(const struct redis *redis)
{
    return redis->fd < 0 && redis->find ? find_fd(redis->find) : redis->fd;
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
    if (redis->fd < 0 && redis->find)
        return find_events(redis->find);
    if (!redis->connected)
        return wire_events(redis);
    return (short)(POLLIN | (redis_unsent(redis) ? POLLOUT : 0));
}

/* ---- input and output ---- */

static enum err lost(const struct redis *redis, const char *word, const char *why, struct err_info *info)
{
    return err_set(info, ERR_WEATHER, word, "Redis %s: %s", redis->at, why);
}

static enum err write_out(struct redis *redis, struct err_info *info)
{
    while (redis_unsent(redis)) {
        ssize_t n = wire_send(redis, redis->out.data + redis->written, redis_unsent(redis));
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0 && errno == EAGAIN ? ERR_OK : lost(redis, "write", wire_why(redis, n), info);
        redis->written += (size_t)n;
    }
    buffer_empty(&redis->out);
    redis->written = 0;
    return ERR_OK;
}

#define PUSH_AT 131072 /* bytes */

void store_push(struct redis *redis)
{
    struct err_info info;
    if (redis->connected && redis_unsent(redis) >= PUSH_AT && write_out(redis, &info) != ERR_OK &&
        redis->refused.code == ERR_OK)
        redis->refused = info;
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
    if (answer->type == REDIS_ERROR && redis->options.mode == REDIS_CLUSTER)
        find_moved(redis->options.learnt, redis->at, answer->text);
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
        if (redis->call_answer || redis->refused.code != ERR_OK)
            return ERR_OK;
    }
}

static enum err read_in(struct redis *redis, struct err_info *info)
{
    char chunk[65536];
    for (;;) {
        ssize_t n = wire_receive(redis, chunk, sizeof chunk);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == EAGAIN)
            return ERR_OK;
        if (n <= 0)
            return lost(redis, "closed", wire_why(redis, n), info);
        if (redisReaderFeed(redis->reader, chunk, (size_t)n) != REDIS_OK)
            return lost(redis, "protocol", redis->reader->errstr, info);
        enum err err = take_answers(redis, info);
        if (err != ERR_OK || redis->refused.code != ERR_OK)
            return err;
        bool more = (size_t)n == sizeof chunk || (redis->tls && tls_pending(redis->tls));
        if (!more || redis->call_answer)
            return ERR_OK;
    }
}

enum err redis_turn(struct redis *redis, struct err_info *info)
{
    redis->call_answer = NULL;
    enum err err = redis->fd >= 0 ? ERR_OK : look(redis, info);
    if (err != ERR_OK || redis->fd < 0)
        return err;
    if (!redis->connected)
        err = wire_finish(redis, info);
    if (err == ERR_OK && redis->connected)
        err = write_out(redis, info);
    if (err == ERR_OK && redis->connected)
        err = read_in(redis, info);
    if (err == ERR_OK && redis->refused.code != ERR_OK) {
        *info = redis->refused;
        return redis->refused.code;
    }
    if (err == ERR_OK && redis->answers > 0 && clock_mono_ms() > redis->deadline_ms)
        err = lost(redis, "timeout", wire_silence(redis), info);
    return err == ERR_OK && redis->find && redis->ready ? look_again(redis, info) : err;
}

static void on_call(void *arg, const struct redis_answer *answer)
{
    ((struct redis *)arg)->call_answer = answer;
}

static enum err call(struct redis *redis, const struct bytes *args, size_t n, struct err_info *info)
{
    redis_command(redis, args, n, on_call, redis);
    for (;;) {
        enum err err = redis_turn(redis, info);
        if (err != ERR_OK || redis->call_answer)
            return err;
        struct pollfd p = {redis_fd(redis), redis_events(redis), 0};
        poll(&p, 1, 10);
    }
}

static enum err follow(struct redis *redis, struct err_info *info)
{
    struct redis fresh = {.options = redis->options, .login = redis->login};
    stop(redis);
    fresh.own = redis->own;
    *redis = fresh;
    return start(redis, info);
}

enum err redis_call(struct redis *redis, const struct bytes *args, size_t n,
                    const struct redis_answer **answer, struct err_info *info)
{
    *redis->options.learnt->moved = 0;
    enum err err = call(redis, args, n, info);
    for (int hops = 0; err == ERR_OK && *redis->options.learnt->moved && hops < MOST_HOPS; hops++) {
        err = follow(redis, info);
        if (err == ERR_OK)
            err = call(redis, args, n, info);
    }
    *answer = redis->call_answer;
    return err;
}
