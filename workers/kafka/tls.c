/* tls: what exactly is wrong with a broker's certificate. librdkafka says the same of a wrong authority and
 * of a wrong host name; here one handshake is made without judging, and the certificate is judged afterwards.
 */
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <strings.h>

#include "kafka_room.h"

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

static void names_of(const X509 *certificate, char *out, size_t size)
{
    GENERAL_NAMES *names = X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
    size_t len = 0;
    *out = 0;
    for (int i = 0; names && i < sk_GENERAL_NAME_num(names) && len + 1 < size; i++) {
        const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
        if (name->type == GEN_DNS)
            len += (size_t)snprintf(out + len, size - len, "%s%s", len ? ", " : "",
                                    (const char *)ASN1_STRING_get0_data(name->d.dNSName));
        else if (name->type == GEN_IPADD && name->d.iPAddress->length == 4)
            len += (size_t)snprintf(out + len, size - len, "%s%d.%d.%d.%d", len ? ", " : "",
                                    name->d.iPAddress->data[0], name->d.iPAddress->data[1],
                                    name->d.iPAddress->data[2], name->d.iPAddress->data[3]);
    }
    GENERAL_NAMES_free(names);
}

static enum err judge(const SSL *ssl, const struct peer *peer, struct err_info *info)
{
    char text[128];
    X509 *certificate = SSL_get1_peer_certificate(ssl);
    long verdict = SSL_get_verify_result(ssl);
    enum err err = ERR_OK;
    if (!certificate)
        return err_set(info, ERR_WEATHER, "tls", "%s shows no certificate", peer->server);
    if (verdict == X509_V_ERR_CERT_HAS_EXPIRED || verdict == X509_V_ERR_CERT_NOT_YET_VALID) {
        err = err_set(info, ERR_REFUSED, "tls_date",
                      "the certificate of %s is out of date (%s): renew it, or set this machine's clock",
                      peer->server, X509_verify_cert_error_string(verdict));
    } else if (verdict != X509_V_OK) {
        X509_NAME_oneline(X509_get_issuer_name(certificate), text, sizeof text);
        err =
            err_set(info, ERR_REFUSED, "tls_authority",
                    "the certificate of %s was signed by %.80s, which kafka.ssl.ca.location (%.60s) does not "
                    "hold: set it to that CA's certificate",
                    peer->server, text, peer->ca ? peer->ca : "not set: the system's");
    } else if (X509_check_host(certificate, peer->host, 0, 0, NULL) != 1 &&
               X509_check_ip_asc(certificate, peer->host, 0) != 1) {
        names_of(certificate, text, sizeof text);
        err =
            err_set(info, ERR_REFUSED, "tls_name",
                    "the certificate of %s is made for %.80s: use such a name in kafka.bootstrap.servers, or "
                    "give the broker a certificate for %.60s",
                    peer->server, *text ? text : "no name", peer->host);
    }
    X509_free(certificate);
    return err;
}

static enum err shake(SSL_CTX *context, const struct peer *peer, int timeout_ms, struct err_info *info)
{
    SSL *ssl = NULL;
    BIO *bio = BIO_new_ssl_connect(context);
    enum err err;
    BIO_get_ssl(bio, &ssl);
    BIO_set_conn_hostname(bio, peer->server);
    SSL_set_tlsext_host_name(ssl, peer->host);
    if (BIO_do_connect_retry(bio, (timeout_ms + 999) / 1000, 50) != 1)
        err = err_set(info, ERR_WEATHER, "tls", "no TLS handshake with %s", peer->server);
    else
        err = judge(ssl, peer, info);
    BIO_free_all(bio);
    ERR_clear_error();
    return err;
}

enum err inquiry_tls(const struct kafka_pair *pairs, size_t n_pairs, int timeout_ms, struct err_info *info)
{
    struct peer peer = {.ca = NULL};
    if (!read_peer(pairs, n_pairs, &peer))
        return err_set(info, ERR_USAGE, "bootstrap", "kafka.bootstrap.servers is not set");
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    if (!context)
        return err_set(info, ERR_NO_MEMORY, "tls", "no TLS context");
    SSL_CTX_set_verify(context, SSL_VERIFY_NONE, NULL);
    if (!peer.ca || SSL_CTX_load_verify_locations(context, peer.ca, NULL) != 1)
        SSL_CTX_set_default_verify_paths(context);
    enum err err = shake(context, &peer, timeout_ms, info);
    SSL_CTX_free(context);
    return err;
}
