/* connect: from "host:port", "[v6]:port" or "unix:/path" to a non-blocking socket that is on its way. */
#include "connect.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "microflux/address.h"

static enum err start(int fd, const struct sockaddr *address, socklen_t len, const char *name, int *result,
                      struct err_info *info)
{
    if (fd < 0)
        return err_set(info, ERR_WEATHER, "socket", "no socket for Redis %s: %s", name, strerror(errno));
    if (connect(fd, address, len) != 0 && errno != EINPROGRESS) {
        enum err err = err_set(info, ERR_WEATHER, "connect", "Redis %s: %s", name, strerror(errno));
        close(fd);
        return err;
    }
    *result = fd;
    return ERR_OK;
}

static enum err connect_unix(const char *path, const char *name, int *fd, struct err_info *info)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path)
        return err_set(info, ERR_USAGE, "redis_address",
                       "redis.address %s: the path is too long (at most %zu bytes)", name,
                       sizeof address.sun_path - 1);
    strcpy(address.sun_path, path);
    return start(socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), (struct sockaddr *)&address,
                 sizeof address, name, fd, info);
}

static enum err split(const char *address, char *host, size_t size, const char **port, struct err_info *info)
{
    if (address_split(address, host, size, port))
        return ERR_OK;
    return err_set(info, ERR_USAGE, "redis_address",
                   "redis.address \"%s\" is not host:port, [v6]:port or unix:/path", address);
}

enum err store_check(const char *address, struct err_info *info)
{
    char host[256];
    const char *port;
    return strncmp(address, "unix:", 5) == 0 ? ERR_OK : split(address, host, sizeof host, &port, info);
}

enum err store_connect(const char *address, int *fd, struct err_info *info)
{
    char host[256];
    const char *port = NULL;
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM}, *found = NULL;
    if (strncmp(address, "unix:", 5) == 0)
        return connect_unix(address + 5, address, fd, info);
    enum err err = split(address, host, sizeof host, &port, info);
    if (err != ERR_OK)
        return err;
    int code = getaddrinfo(host, port, &hints, &found);
    if (code != 0)
        return err_set(info, ERR_WEATHER, "name", "redis.address %s: %s", address, gai_strerror(code));
    int s = socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (s >= 0)
        setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    err = start(s, found->ai_addr, found->ai_addrlen, address, fd, info);
    freeaddrinfo(found);
    return err;
}
