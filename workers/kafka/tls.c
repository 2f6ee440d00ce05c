/* tls: what exactly is wrong with a broker's certificate: librdkafka says the same of a wrong authority and
 * of a wrong host name. */
#include <string.h>

#include "kafka_room.h"
#include "microflux/tls.h"

struct peer {
    char server[300]; /* host:port */
    char host[256];
    const char *ca; /* file or folder; NULL: the system's */
};

static const char *pair_value(const struct kafka_pair *pairs, size_t n, const char *key)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(pairs[i].key, key) == 0)
            return pairs[i].value;
    return NULL;
}

/* The first of "SASL_SSL://host:9092,[::1]:9093". */
static bool read_peer(const struct kafka_pair *pairs, size_t n, struct peer *peer)
{
    const char *servers = pair_value(pairs, n, "bootstrap.servers");
    if (!servers)
        servers = pair_value(pairs, n, "metadata.broker.list");
    if (!servers)
        return false;
    const char *scheme = strstr(servers, "://"), *begin = scheme ? scheme + 3 : servers;
    snprintf(peer->server, sizeof peer->server, "%.*s", (int)strcspn(begin, ","), begin);
    if (!strrchr(peer->server, ':') || strrchr(peer->server, ':')[1] == ']')
        strncat(peer->server, ":9092", sizeof peer->server - strlen(peer->server) - 1);
    const char *colon = strrchr(peer->server, ':'), *name = peer->server;
    int len = (int)(colon - name);
    if (*name == '[' && len > 2) {
        name++;
        len -= 2;
    }
    snprintf(peer->host, sizeof peer->host, "%.*s", len, name);
    peer->ca = pair_value(pairs, n, "ssl.ca.location");
    return true;
}

enum err inquiry_tls(const struct kafka_pair *pairs, size_t n_pairs, int timeout_ms, struct err_info *info)
{
    struct peer peer = {.ca = NULL};
    if (!read_peer(pairs, n_pairs, &peer))
        return err_set(info, ERR_USAGE, "bootstrap", "kafka.bootstrap.servers is not set");
    struct tls_options options = {.peer = peer.server,
                                  .name = peer.host,
                                  .ca = peer.ca,
                                  .ca_key = "kafka.ssl.ca.location",
                                  .name_key = "kafka.bootstrap.servers"};
    return tls_inquire(&options, peer.server, timeout_ms, info);
}
