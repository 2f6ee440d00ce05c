/* http: the one door to HTTP: a small server of pages made on demand, and a client for one URL.
 *
 * The server runs a thread a connection (a bounded number of them); handlers are called from those threads,
 * several at once. It answers GET and HEAD on the paths it was given, 404 and 405 otherwise, and knows
 * nothing of what it shows.
 */
#ifndef MICROFLUX_HTTP_H
#define MICROFLUX_HTTP_H

#include <stdatomic.h>
#include <stdbool.h>
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
struct http_request {
    const char *url;  /* http or https; redirects are not followed */
    const char *body; /* NULL: GET; else it is POSTed */
    const char *type; /* accepted as an answer, separated by commas; the body is the first; NULL: anything */
    const char *username, *password; /* basic authentication; both NULL or "": none */
    const char *ca_file;             /* PEM; NULL or "": the system's. Host names are checked */
    bool direct;                     /* proxies of the environment are not used */
    int connect_timeout_ms, timeout_ms;
    size_t max_bytes;        /* a longer answer is an error */
    const atomic_bool *stop; /* true ends the request within a second; NULL: none */
};

/* http_ask: appends the answer's body to *body, whatever *status is. ERR_WEATHER: no answer in time, or none
 * at all; ERR_USAGE: the URL cannot be read; ERR_UNSUPPORTED: longer than max_bytes. Blocks up to timeout_ms.
 */
enum err http_ask(const struct http_request *request, struct buffer *body, int *status,
                  struct err_info *info) MF_MUST_CHECK;

enum http_url { HTTP_URL_GOOD, HTTP_URL_BAD, HTTP_URL_HOLDS_LOGIN };
/* http_url: good are http and https without query; one with a login must not be repeated in logs. */
enum http_url http_url(const char *url);

#endif
