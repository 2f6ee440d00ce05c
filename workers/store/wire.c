/* wire: the socket under a connection, plain or with TLS over it, and what its silence means. A plain client
 * on a TLS port, or the other way round, is told so: neither server says it. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "connect.h"
#include "microflux/address.h"
#include "store_room.h"

static struct tls_options tls_options_of(const struct redis_tls *tls)
{
    return (struct tls_options){.ca = tls->ca,
                                .cert = tls->cert,
                                .key = tls->key,
                                .ca_key = "redis.tls.ca_file",
                                .name_key = "redis.address or redis.tls.server_name",
                                .cert_key = "redis.tls.cert_file"};
}

enum err wire_check(const struct redis_options *options, struct err_info *info)
{
    struct tls_options tls = tls_options_of(&options->tls);
    if (!options->tls.on)
        return ERR_OK;
    if (strncmp(options->address, "unix:", 5) == 0)
        return err_set(
            info, ERR_USAGE, "redis_address",
            "redis.tls = yes, but redis.address %.120s is a socket of this machine: Redis speaks no "
            "TLS there",
            options->address);
    return tls_check(&tls, info);
}

/* ---- life ---- */

static enum err open_tls(struct redis *redis, struct err_info *info)
{
    const struct redis_tls *tls = &redis->options.tls;
    const char *port;
    redis->tls_options = tls_options_of(tls);
    snprintf(redis->peer, sizeof redis->peer, "Redis %s", redis->at);
    if (tls->server_name && *tls->server_name)
        snprintf(redis->host, sizeof redis->host, "%s", tls->server_name);
    else
        address_split(redis->at, redis->host, sizeof redis->host, &port);
    redis->tls_options.peer = redis->peer;
    redis->tls_options.name = redis->host;
    return tls_open(&redis->tls_options, redis->fd, &redis->tls, info);
}

enum err wire_open(struct redis *redis, struct err_info *info)
{
    enum err err = store_connect(redis->at, &redis->fd, info);
    return err == ERR_OK && redis->options.tls.on ? open_tls(redis, info) : err;
}

void wire_close(struct redis *redis)
{
    tls_close(redis->tls);
    if (redis->fd >= 0)
        close(redis->fd);
}

/* ---- the connection is made ---- */

static enum err finish_tls(struct redis *redis, struct err_info *info)
{
    struct err_info why;
    if (tls_shake(redis->tls, &redis->connected, &why) == ERR_OK)
        return ERR_OK;
    redis->connected = false;
    return err_set(info, ERR_WEATHER, why.word, "%s%s", why.sentence, /* a renewed certificate ends it */
                   strcmp(why.word, "tls_plain") == 0 ? ": redis.tls = no, or the port that does" : "");
}

enum err wire_finish(struct redis *redis, struct err_info *info)
{
    struct pollfd p = {redis->fd, POLLOUT, 0};
    int code = 0;
    socklen_t len = sizeof code;
    if (poll(&p, 1, 0) <= 0)
        return ERR_OK;
    getsockopt(redis->fd, SOL_SOCKET, SO_ERROR, &code, &len);
    if (code)
        return err_set(info, ERR_WEATHER, "connect", "Redis %s: %s", redis->at, strerror(code));
    if (redis->tls)
        return finish_tls(redis, info);
    redis->connected = true;
    return ERR_OK;
}

short wire_events(const struct redis *redis)
{
    return redis->tls ? tls_events(redis->tls) : POLLIN | POLLOUT;
}

/* ---- bytes ---- */

ssize_t wire_send(struct redis *redis, const void *from, size_t size)
{
    return redis->tls ? tls_write(redis->tls, from, size) : send(redis->fd, from, size, MSG_NOSIGNAL);
}

ssize_t wire_receive(struct redis *redis, void *to, size_t size)
{
    return redis->tls ? tls_read(redis->tls, to, size) : recv(redis->fd, to, size, 0);
}

const char *wire_why(const struct redis *redis, ssize_t n)
{
    if (n < 0 && redis->tls && errno == EPROTO)
        return tls_why(redis->tls);
    bool at_once = !redis->ready && (n == 0 || errno == ECONNRESET);
    const char *ours = redis->tls_options.cert;
    if (at_once && !redis->tls)
        return "it closed the connection at once: does it want TLS (redis.tls = yes)?";
    if (at_once && !(ours && *ours)) /* its alert was lost under what we had sent */
        return "it closed the connection at once: does it want a client certificate (redis.tls.cert_file)?";
    return n == 0 ? "it closed the connection" : strerror(errno);
}

const char *wire_silence(const struct redis *redis)
{
    if (redis->connected)
        return "no answer in time";
    return redis->tls && tls_events(redis->tls) == POLLIN
               ? "no TLS handshake in time: is it a port without TLS (redis.tls = no)?"
               : "no connection in time";
}
