/* redis: one connection: socket and output buffer are ours, hiredis parses the answers.
 *
 * Where it goes: to the one server that is configured, to the primary that Sentinels name, or to the node of
 * a cluster that owns one slot; those are asked again for each new connection.
 *
 * Non-blocking: the owner polls redis_fd() for redis_events() and calls redis_turn(). Answers come in the
 * order of the commands, each to the handler given with its command. After any error but a reply the
 * connection is done for: close it, open a new one (no reuse, no reconnect inside). It knows no scoring and
 * no fence.
 */
#ifndef MICROFLUX_REDIS_H
#define MICROFLUX_REDIS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "microflux/bytes.h"
#include "microflux/err.h"

struct redis;

enum redis_mode { REDIS_SINGLE, REDIS_SENTINEL, REDIS_CLUSTER };
#define REDIS_ADDRESS 280 /* bytes of the longest one, NUL too */

/* What connections to a cluster learn for those after them. Zeroed by its owner. */
struct redis_learnt {
    char moved[REDIS_ADDRESS]; /* where the last MOVED pointed; the next connection goes there, once */
    char nodes[2048];          /* of the cluster, asked after the configured ones; commas between them */
};

/* TLS for every connection, Sentinels' too; the certificate and its host name are checked. PEM files, read
 * for each new connection. */
struct redis_tls {
    bool on;
    const char *ca, *cert, *key; /* NULL or "": the system's authorities; no certificate of ours */
    const char *server_name; /* that the certificates are made for; NULL or "" = the host of the address */
};

struct redis_options {
    /* SINGLE: host:port, [v6]:port, or unix:/path. SENTINEL: the sentinels', CLUSTER: some nodes', commas
     * between them; any that answers will do. */
    const char *address;
    enum redis_mode mode;
    const char *primary; /* SENTINEL: the name they know it by */
    const char *sentinel_username, *sentinel_password;
    int slot;                        /* CLUSTER: the connection goes to its owner */
    struct redis_learnt *learnt;     /* CLUSTER: outlives the connection; NULL = nothing is kept */
    const char *username, *password; /* NULL or "" = none; username without password is refused */
    const char *password_file, *sentinel_password_file; /* read for each new connection; where that fails, or
                                                           NULL or "": the password above */
    struct redis_tls tls;
    int database;
    int connect_timeout_ms; /* name, TCP, AUTH, SELECT, PING together; each one that is asked has as long */
    int command_timeout_ms; /* longest silence while an answer is owed */
    const char *name;       /* CLIENT SETNAME, no blanks */
};

enum redis_type { REDIS_NIL, REDIS_INT, REDIS_STATUS, REDIS_TEXT, REDIS_ERROR, REDIS_ARRAY };

/* Borrowed by the handler for the time of its call (an arena of the connection). */
struct redis_answer {
    enum redis_type type;
    int64_t number;
    struct bytes text; /* STATUS, TEXT, ERROR */
    struct redis_answer **items;
    size_t n;
};

typedef void redis_handler(void *arg, const struct redis_answer *answer);

/* redis_open: starts looking for the server and connecting and queues the handshake (AUTH, SELECT, CLIENT
 * SETNAME, ROLE where Sentinels named it, PING); commands may be queued at once. ERR_USAGE: the address
 * cannot be read. ERR_WEATHER: the socket cannot be had. Name look-up may block shortly. */
enum err redis_open(const struct redis_options *options, struct redis **redis,
                    struct err_info *info) MF_MUST_CHECK;
/* redis_check: whether redis_open could read these options; no connection. */
enum err redis_check(const struct redis_options *options, struct err_info *info) MF_MUST_CHECK;
void redis_close(struct redis *redis);       /* takes NULL; handlers still owed an answer are not called */
bool redis_ready(const struct redis *redis); /* the handshake succeeded */
const char *redis_at(const struct redis *redis); /* the server's address; "" = not found yet */

int redis_fd(const struct redis *redis);       /* another one once the server was found; -1: none yet */
short redis_events(const struct redis *redis); /* POLLIN, and POLLOUT while something waits to be written */

/* redis_turn: looks, connects, writes, reads, calls handlers; never blocks. ERR_WEATHER: closed, timed out,
 * LOADING, away, no TLS, a certificate that is not to be trusted, the Sentinels name another primary (asked
 * every 2 s) …; ERR_REFUSED: the handshake was refused (WRONGPASS, NOAUTH, NOPERM, bad DB): the sentence says
 * which. */
enum err redis_turn(struct redis *redis, struct err_info *info) MF_MUST_CHECK;

/* A command of n arguments: redis_begin, then n times redis_arg. handler NULL: the answer is read and dropped
 * unless it is an error, which then fails this redis_turn; what was answered behind it is not handed over, so
 * that EXECABORT does not hide its cause. */
void redis_begin(struct redis *redis, size_t n, redis_handler *handler, void *arg);
void redis_arg(struct redis *redis, struct bytes text);
/* The same when n is known only at the end: redis_begin_open, redis_arg as often as wanted, redis_end.
 * Nothing else may be queued in between. */
void redis_begin_open(struct redis *redis, redis_handler *handler, void *arg);
void redis_end(struct redis *redis);
void redis_arg_int(struct redis *redis, int64_t n);
void redis_command(struct redis *redis, const struct bytes *args, size_t n, redis_handler *handler,
                   void *arg);
size_t redis_owed(const struct redis *redis);   /* answers not yet read */
size_t redis_unsent(const struct redis *redis); /* bytes not yet written */

/* redis_fate: what an answer of type ERROR means for the caller: ERR_WEATHER for ASK TRYAGAIN MOVED
 * CLUSTERDOWN EXECABORT LOADING READONLY OOM NOREPLICAS MASTERDOWN BUSY MISCONF; ERR_REFUSED for the rest
 * (WRONGTYPE, NOPERM …); ERR_OK when not an error. Fills info with the server's words. */
enum err redis_fate(const struct redis_answer *answer, struct err_info *info);

/* redis_slot: the cluster slot of a key: of what stands between its first { and the next }, or of all of it.
 */
int redis_slot(struct bytes key);

/* redis_call: for tools: sends one command and waits for its answer (borrowed until the next call). In a
 * cluster it goes where MOVED points and asks there. */
enum err redis_call(struct redis *redis, const struct bytes *args, size_t n,
                    const struct redis_answer **answer, struct err_info *info) MF_MUST_CHECK;

/* ---- settings: how the server was set up, read out of what INFO or CONFIG GET answered ---- */
struct redis_settings {
    char policy[32]; /* maxmemory-policy; "" = not told */
    char role[16];   /* master | slave; "" = not told */
    char mode[16];   /* standalone | sentinel | cluster; "" = not told */
    bool aof_told, aof;
    int64_t replicas;                     /* connected ones */
    bool min_replicas_told, min_replicas; /* min-replicas-to-write is set */
};
/* A pattern for CONFIG GET: appendonly, maxmemory-policy, min-replicas-to-write. */
#define REDIS_SETTINGS "[am][pai][pxn]*"
/* redis_settings_read: adds what an answer to INFO or to CONFIG GET tells. */
void redis_settings_read(struct redis_settings *settings, const struct redis_answer *answer);
/* redis_settings_judge: ERR_REFUSED: counters could be evicted. The sentence says what to do. */
enum err redis_settings_judge(const struct redis_settings *settings, struct err_info *info) MF_MUST_CHECK;
/* redis_settings_doubt: what could lose acknowledged writes, from number *next on; NULL = no more. Static
 * text. */
struct redis_doubt {
    const char *sentence, *cure;
};
const struct redis_doubt *redis_settings_doubt(const struct redis_settings *settings, size_t *next);

/* ---- a hash as one value, for RESTORE: begin, add fields (each name once), end ---- */
struct hash_dump { /* {0} is valid */
    struct buffer out;
    size_t elements;
};
void hash_dump_begin(struct hash_dump *dump);
void hash_dump_add(struct hash_dump *dump, struct bytes field, struct bytes value);
/* hash_dump_end: the value, borrowed until the next begin. */
struct bytes hash_dump_end(struct hash_dump *dump);
void hash_dump_free(struct hash_dump *dump);

/* redis_raw_exec: everything a MULTI block needs is a plain command: MULTI, …, EXEC; the handlers of the
 * queued commands see +QUEUED (or an error), EXEC's handler the array. */

#endif
