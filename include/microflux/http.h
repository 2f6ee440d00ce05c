/* http: the one door to HTTP: a small server of pages made on demand, and a client that gets one URL.
 *
 * The server runs a thread a connection (a bounded number of them); handlers are called from those threads,
 * several at once. It answers GET and HEAD on the paths it was given, 404 and 405 otherwise, and knows
 * nothing of what it shows.
 */
#ifndef MICROFLUX_HTTP_H
#define MICROFLUX_HTTP_H

#include <stddef.h>

#include "microflux/bytes.h"
#include "microflux/err.h"

struct http_answer {
    int status;       /* 200 unless the handler says otherwise */
    const char *type; /* static text; text/plain unless the handler says otherwise */
    struct buffer body;
};

struct http_route {
    const char *path;
    void (*handler)(void *owner, struct http_answer *answer);
};

struct http_options {
    const char *key;                 /* the configuration key of the address, for sentences */
    const char *address;             /* host:port or [v6]:port; port 0 = any free one */
    const struct http_route *routes; /* borrowed as long as the server */
    size_t n_routes;
    void *owner; /* given to the handlers */
};

struct http;
/* http_open: listens and answers from then on. ERR_USAGE: the address cannot be had (in use, not ours, not
 * readable). Gives. */
enum err http_open(const struct http_options *options, struct http **http,
                   struct err_info *info) MF_MUST_CHECK;
int http_port(const struct http *http);
void http_close(struct http *http); /* waits for the handlers under way; takes NULL */

/* ---- client ---- */
struct http_get_options {
    const char *url; /* http or https; proxies of the environment are not used */
    int connect_timeout_ms, timeout_ms;
    size_t max_bytes; /* a longer body is an error */
};

/* http_get: appends the body to *body, whatever *status is. ERR_WEATHER: no answer in time, or none at all;
 * ERR_USAGE: the URL cannot be read; ERR_UNSUPPORTED: longer than max_bytes. Blocks up to timeout_ms. */
enum err http_get(const struct http_get_options *options, struct buffer *body, int *status,
                  struct err_info *info) MF_MUST_CHECK;

#endif
