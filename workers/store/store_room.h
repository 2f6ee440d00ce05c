/* store_room: what the files of this room share. */
#ifndef STORE_ROOM_H
#define STORE_ROOM_H

#include <hiredis/hiredis.h>

#include "microflux/redis.h"
#include "microflux/tls.h"

/* The answers of one top-level reply live in an arena that is reset when the next one begins: +QUEUED costs
 * nothing. */
struct arena_block {
    struct arena_block *next;
    size_t used, size;
    char data[];
};

struct arena {
    struct arena_block *first, *now;
};

void *arena_take(struct arena *arena, size_t size);
void arena_reset(struct arena *arena);
void arena_free(struct arena *arena);

#if HIREDIS_MAJOR < 1 /* how it says the length of an array: Debian 12's, and later */
typedef int array_length;
#else
typedef size_t array_length;
#endif
/* answer_reader: hiredis' parser making struct redis_answer in the arena. */
redisReader *answer_reader(struct arena *arena);

/* ---- wire.c: the socket, plain or under TLS ---- */

enum err wire_check(const struct redis_options *options, struct err_info *info) MF_MUST_CHECK;
enum err wire_open(struct redis *redis, struct err_info *info) MF_MUST_CHECK; /* to redis->at */
void wire_close(struct redis *redis);
enum err wire_finish(struct redis *redis, struct err_info *info) MF_MUST_CHECK; /* connects, shakes hands */
short wire_events(const struct redis *redis); /* while it is not connected */
ssize_t wire_send(struct redis *redis, const void *from, size_t size);
ssize_t wire_receive(struct redis *redis, void *to, size_t size);
/* wire_why: why the last of these gave n <= 0. */
const char *wire_why(const struct redis *redis, ssize_t n);
const char *wire_silence(const struct redis *redis); /* why there was no answer in time */

/* ---- find.c: who the connection goes to ---- */

struct find;
struct find *find_open(const struct redis_options *options); /* borrows them; asks */
void find_close(struct find *find);                          /* takes NULL */
void find_again(struct find *find);                          /* asks once more */
/* find_turn: *address is who it is (borrowed until find_again), NULL: no answer yet. An error: nobody knows.
 */
enum err find_turn(struct find *find, const char **address, struct err_info *info) MF_MUST_CHECK;
int find_fd(const struct find *find);
short find_events(const struct find *find);
/* find_moved: notes where "MOVED 3999 host:port" points; no host: the one that says it. */
void find_moved(struct redis_learnt *learnt, const char *here, struct bytes text);
/* find_check: whether the addresses can be read. */
enum err find_check(const struct redis_options *options, struct err_info *info) MF_MUST_CHECK;

/* ---- the connection ---- */

struct redis;
/* store_push: a long transaction leaves while it is still being written: its bytes are warm, and Redis queues
 * them beside us. What fails is said by the next redis_turn(). */
void store_push(struct redis *redis);

struct owed { /* `times` answers go to the same handler */
    redis_handler *handler;
    void *arg;
    size_t times;
};

struct redis {
    struct redis_options options;
    const char *login;      /* the keys that hold it, for a refusal */
    struct find *find;      /* NULL: nobody is asked (any more) */
    char at[REDIS_ADDRESS]; /* "" = not found yet */
    struct redis_learnt own;
    int64_t look_ms; /* SENTINEL: when to ask again */
    bool looking;
    int fd;
    struct tls *tls; /* NULL: plain */
    struct tls_options tls_options;
    char peer[REDIS_ADDRESS + 8], host[REDIS_ADDRESS]; /* what tls_options points to */
    bool connected, ready;
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

#endif
