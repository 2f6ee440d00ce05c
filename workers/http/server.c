/* server: pages on a socket of ours, so that a port in use is said in our words. Each connection has a thread
 * of its own, so one that is slow holds nobody up; there are few of them and they are given little time. */
#include <errno.h>
#include <microhttpd.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <unistd.h>

#include "microflux/address.h"
#include "microflux/http.h"

#define MOST_CONNECTIONS 32
#define TIMEOUT_S        10

struct http {
    struct http_options options;
    struct MHD_Daemon *daemon;
    int fd, port;
};

/* ---- answers ---- */

/* Takes the body. What a browser may do with it: show it and ask the same server again. */
static enum MHD_Result answer_with(struct MHD_Connection *connection, struct http_answer *answer)
{
    static const char *const headers[][2] = {
        {"Cache-Control", "no-store"},
        {"X-Content-Type-Options", "nosniff"},
        {"Content-Security-Policy",
         "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; "
         "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'"}};
    struct MHD_Response *response =
        MHD_create_response_from_buffer(answer->body.len, answer->body.data, MHD_RESPMEM_MUST_FREE);
    if (!response) {
        buffer_free(&answer->body);
        return MHD_NO;
    }
    MHD_add_response_header(response, "Content-Type", answer->type);
    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++)
        MHD_add_response_header(response, headers[i][0], headers[i][1]);
    if (answer->status == MHD_HTTP_METHOD_NOT_ALLOWED)
        MHD_add_response_header(response, "Allow", "GET, HEAD");
    enum MHD_Result result = MHD_queue_response(connection, (unsigned)answer->status, response);
    MHD_destroy_response(response);
    return result;
}

static const struct http_route *route_of(const struct http *http, const char *path)
{
    for (size_t i = 0; i < http->options.n_routes; i++)
        if (strcmp(http->options.routes[i].path, path) == 0)
            return &http->options.routes[i];
    return NULL;
}

static enum MHD_Result on_request(void *arg, struct MHD_Connection *connection, const char *path,
                                  const char *method, const char *version, const char *data, size_t *size,
                                  void **state)
{
    const struct http *http = arg;
    struct http_answer answer = {.status = MHD_HTTP_OK, .type = "text/plain; charset=utf-8"};
    (void)version, (void)data;
    if (!*state) { /* the head alone: the rest comes in further calls */
        *state = (void *)(uintptr_t)http;
        return MHD_YES;
    }
    if (*size) { /* a body nobody wants */
        *size = 0;
        return MHD_YES;
    }
    const struct http_route *route = route_of(http, path);
    if (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0) {
        answer.status = MHD_HTTP_METHOD_NOT_ALLOWED;
        buffer_add_text(&answer.body, "only GET and HEAD\n");
    } else if (!route) {
        answer.status = MHD_HTTP_NOT_FOUND;
        buffer_add_text(&answer.body, "there is no such page; / shows what there is\n");
    } else {
        route->handler(http->options.owner, &answer);
    }
    return answer_with(connection, &answer);
}

/* ---- life ---- */

static enum err listen_at(struct http *http, const struct addrinfo *at, struct err_info *info)
{
    struct sockaddr_storage bound;
    socklen_t len = sizeof bound;
    const char *key = http->options.key, *address = http->options.address;
    http->fd = socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (http->fd >= 0)
        setsockopt(http->fd, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
    if (http->fd < 0 || bind(http->fd, at->ai_addr, at->ai_addrlen) != 0 || listen(http->fd, 64) != 0 ||
        getsockname(http->fd, (struct sockaddr *)&bound, &len) != 0)
        return err_set(
            info, ERR_USAGE, errno == EADDRINUSE ? "address_in_use" : "address",
            "%s = %s: %s; name another address, port 0 for any free one, or nothing for no HTTP at "
            "all",
            key, address, strerror(errno));
    http->port = ntohs(bound.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&bound)->sin6_port
                                                   : ((struct sockaddr_in *)&bound)->sin_port);
    return ERR_OK;
}

static enum err listen_on(struct http *http, struct err_info *info)
{
    char host[256];
    const char *port = NULL;
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE};
    struct addrinfo *found = NULL;
    if (!address_split(http->options.address, host, sizeof host, &port))
        return err_set(info, ERR_USAGE, "address", "%s = \"%s\" is neither host:port nor [v6]:port",
                       http->options.key, http->options.address);
    int code = getaddrinfo(host, port, &hints, &found);
    if (code != 0)
        return err_set(info, ERR_USAGE, "address", "%s = %s: %s", http->options.key, http->options.address,
                       gai_strerror(code));
    enum err err = listen_at(http, found, info);
    freeaddrinfo(found);
    return err;
}

enum err http_open(const struct http_options *options, struct http **result, struct err_info *info)
{
    struct http *http = calloc(1, sizeof *http);
    if (!http)
        abort();
    http->options = *options;
    http->fd = -1;
    enum err err = listen_on(http, info);
    if (err == ERR_OK) {
        http->daemon = MHD_start_daemon(
            MHD_USE_POLL_INTERNAL_THREAD | MHD_USE_THREAD_PER_CONNECTION | MHD_USE_ITC, 0, NULL, NULL,
            on_request, http, MHD_OPTION_LISTEN_SOCKET, http->fd, MHD_OPTION_CONNECTION_LIMIT,
            (unsigned)MOST_CONNECTIONS, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)TIMEOUT_S, MHD_OPTION_END);
        if (!http->daemon)
            err = err_set(info, ERR_IO, "http", "%s = %s: no HTTP server could be started", options->key,
                          options->address);
    }
    if (err != ERR_OK) {
        http_close(http);
        return err;
    }
    *result = http;
    return ERR_OK;
}

int http_port(const struct http *http)
{
    return http->port;
}

void http_close(struct http *http)
{
    if (!http)
        return;
    if (http->daemon)
        MHD_stop_daemon(http->daemon); /* closes the socket */
    else if (http->fd >= 0)
        close(http->fd);
    free(http);
}
