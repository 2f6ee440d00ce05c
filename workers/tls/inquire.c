/* inquire: one handshake to hear what is wrong with a certificate, for a library that does not say it. */
#include <openssl/err.h>

#include "tls_room.h"

static enum err shake(SSL_CTX *context, const struct tls_options *options, const char *address,
                      int timeout_ms, struct err_info *info)
{
    SSL *ssl = NULL;
    BIO *bio = BIO_new_ssl_connect(context);
    enum err err;
    if (!bio)
        return err_set(info, ERR_NO_MEMORY, "tls", "no TLS connection");
    BIO_get_ssl(bio, &ssl);
    BIO_set_conn_hostname(bio, address);
    tls_expect(ssl, options->name);
    if (BIO_do_connect_retry(bio, (timeout_ms + 999) / 1000, 50) == 1)
        err = tls_judge(ssl, options, info);
    else
        err = err_set(info, ERR_WEATHER, "tls", "no TLS handshake with %.100s", options->peer);
    BIO_free_all(bio);
    ERR_clear_error();
    return err;
}

enum err tls_inquire(const struct tls_options *options, const char *address, int timeout_ms,
                     struct err_info *info)
{
    SSL_CTX *context;
    enum err err = tls_context(options, &context, info);
    if (err != ERR_OK)
        return err;
    err = shake(context, options, address, timeout_ms, info);
    SSL_CTX_free(context);
    return err;
}
