/* command: commands are formatted straight into the output buffer, and who hears the answer is queued with
 * them. Commands without a handler are kept as a count: most of a commit's are. */
#include <stdlib.h>

#include "microflux/clock.h"
#include "store_room.h"

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
    store_push(redis);
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
