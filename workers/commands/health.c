/* health: what the worker behind http.address says of itself, as an exit code: for the probe of a container,
 * which has no curl, and for a person's quick look. */
#include <stdio.h>
#include <string.h>

#include "microflux/address.h"
#include "microflux/args.h"
#include "microflux/commands.h"
#include "microflux/http.h"

#define TIMEOUT_MS 4000 /* a probe of a container usually waits five seconds */
#define MOST_BYTES 4096

static bool asks_somewhere(const char *address)
{
    char host[256];
    const char *port;
    if (address_split(address, host, sizeof host, &port) && strcmp(port, "0") != 0)
        return true;
    fprintf(stderr,
            "microflux health: http.address = \"%s\" names no port to ask: give the worker's own, as "
            "127.0.0.1:9464\n",
            address);
    return false;
}

/* 0.0.0.0 and [::], where a worker listens on all of its addresses, are this machine to a client, too. */
static int ask(const char *address, const char *path)
{
    char url[320];
    struct buffer body = {0};
    struct err_info info;
    int status = 0;
    snprintf(url, sizeof url, "http://%s%s", address, path);
    struct http_request request = {.url = url,
                                   .direct = true,
                                   .connect_timeout_ms = TIMEOUT_MS,
                                   .timeout_ms = TIMEOUT_MS,
                                   .max_bytes = MOST_BYTES};
    if (http_ask(&request, &body, &status, &info) != ERR_OK)
        printf("no answer: %s\n", info.sentence);
    else if (status == 200 || status == 503)
        printf("%.*s", (int)body.len, body.data);
    else
        printf("%s answers %d: what listens there is not microflux\n", url, status);
    buffer_free(&body);
    return status == 200 ? 0 : 1;
}

int command_health(int argc, char **argv)
{
    struct config *config = NULL;
    char **rest;
    size_t n;
    int status = 0;
    bool ready = false;
    const struct arg options[] = {{"ready", ARG_FLAG, NULL,
                                   "is it in the group, and does Redis answer? Else only: do its loops turn?",
                                   &ready}};
    const struct args args = {
        "health",
        NULL,
        "Asks the worker at http.address whether it is well: one sentence, exit status 0 or 1.",
        "microflux health --ready --config microflux.conf",
        options,
        1,
        true};
    if (!args_parse(&args, argc, argv, &rest, &n, &config, &status))
        return status;
    status =
        asks_somewhere(config->http_address) ? ask(config->http_address, ready ? "/readyz" : "/livez") : 64;
    config_free(config);
    return status;
}
