/* tls: the connection: handshake, bytes in and out of a non-blocking socket. OpenSSL writes to a socket with
 * write(), which raises SIGPIPE on a dead one; here it is handed a socket that does not. */
#include <errno.h>
#include <openssl/err.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "tls_room.h"

struct tls {
    struct tls_options options;
    int fd;
    SSL_CTX *context;
    BIO_METHOD *quiet;
    SSL *ssl;
    char why[160];
};

/* ---- a socket without SIGPIPE ---- */

static int quiet_write(BIO *bio, const char *from, int size)
{
    const struct tls *tls = BIO_get_data(bio);
    ssize_t n = send(tls->fd, from, (size_t)size, MSG_NOSIGNAL);
    BIO_clear_retry_flags(bio);
    if (n < 0 && BIO_sock_should_retry((int)n))
        BIO_set_retry_write(bio);
    return (int)n;
}

static int quiet_read(BIO *bio, char *to, int size)
{
    const struct tls *tls = BIO_get_data(bio);
    ssize_t n = recv(tls->fd, to, (size_t)size, 0);
    BIO_clear_retry_flags(bio);
    if (n < 0 && BIO_sock_should_retry((int)n))
        BIO_set_retry_read(bio);
    if (n == 0)
        BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
    return (int)n;
}

static long quiet_control(BIO *bio, int question, long number, void *arg)
{
    (void)number, (void)arg;
    return question == BIO_CTRL_FLUSH || (question == BIO_CTRL_EOF && BIO_test_flags(bio, BIO_FLAGS_IN_EOF));
}

static BIO_METHOD *quiet_socket(void)
{
    BIO_METHOD *quiet = BIO_meth_new(BIO_TYPE_SOURCE_SINK, "socket without SIGPIPE");
    if (!quiet)
        abort();
    BIO_meth_set_write(quiet, quiet_write);
    BIO_meth_set_read(quiet, quiet_read);
    BIO_meth_set_ctrl(quiet, quiet_control);
    return quiet;
}

/* ---- life ---- */

enum err tls_open(const struct tls_options *options, int fd, struct tls **result, struct err_info *info)
{
    struct tls *tls = calloc(1, sizeof *tls);
    if (!tls)
        abort();
    tls->options = *options;
    tls->fd = fd;
    enum err err = tls_context(options, &tls->context, info);
    if (err != ERR_OK) {
        tls_close(tls);
        return err;
    }
    tls->quiet = quiet_socket();
    tls->ssl = SSL_new(tls->context);
    BIO *bio = BIO_new(tls->quiet);
    if (!tls->ssl || !bio)
        abort();
    BIO_set_data(bio, tls);
    BIO_set_init(bio, 1);
    SSL_set_bio(tls->ssl, bio, bio);
    tls_expect(tls->ssl, options->name);
    SSL_set_connect_state(tls->ssl);
    *result = tls;
    return ERR_OK;
}

void tls_close(struct tls *tls)
{
    if (!tls)
        return;
    SSL_free(tls->ssl);
    BIO_meth_free(tls->quiet);
    SSL_CTX_free(tls->context);
    free(tls);
}

/* ---- handshake ---- */

static const char *reason_of(unsigned long code)
{
    const char *reason = ERR_reason_error_string(code);
    return reason ? reason : "it closed the connection";
}

static enum err not_shaken(struct tls *tls, int error, struct err_info *info)
{
    const struct tls_options *o = &tls->options;
    unsigned long code = ERR_peek_last_error();
    bool system = error == SSL_ERROR_SYSCALL && errno != 0;
    const char *system_reason = strerror(errno);
    ERR_clear_error();
    if (ERR_GET_REASON(code) == SSL_R_WRONG_VERSION_NUMBER ||
        ERR_GET_REASON(code) == SSL_R_PACKET_LENGTH_TOO_LONG)
        return err_set(info, ERR_WEATHER, "tls_plain", "%.100s does not speak TLS there", o->peer);
    return err_set(info, ERR_WEATHER, "tls", "no TLS handshake with %.80s: %.80s", o->peer,
                   system ? system_reason : reason_of(code));
}

enum err tls_shake(struct tls *tls, bool *done, struct err_info *info)
{
    ERR_clear_error();
    int n = SSL_do_handshake(tls->ssl);
    int error = SSL_get_error(tls->ssl, n);
    *done = n == 1;
    if (n == 1)
        return tls_judge(tls->ssl, &tls->options, info);
    return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE ? ERR_OK
                                                                         : not_shaken(tls, error, info);
}

short tls_events(const struct tls *tls)
{
    return SSL_want_read(tls->ssl) ? POLLIN : POLLOUT;
}

/* ---- bytes ---- */

/* With TLS 1.3 a server refuses our certificate after the handshake. */
static void explain(struct tls *tls, unsigned long code)
{
    int reason = ERR_GET_REASON(code);
    bool wanted = reason == SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED;
    bool of_ours = reason == SSL_R_TLSV1_ALERT_UNKNOWN_CA || reason == SSL_R_SSLV3_ALERT_BAD_CERTIFICATE ||
                   reason == SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED ||
                   reason == SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN;
    const char *form = wanted    ? "it wants a client certificate: set %s and its key (%s)"
                       : of_ours ? "it does not accept our certificate, %s: %s"
                                 : "%.0s%s";
    snprintf(tls->why, sizeof tls->why, form, tls->options.cert_key, reason_of(code));
}

static ssize_t outcome(struct tls *tls, int n)
{
    if (n > 0)
        return n;
    int system = errno;
    switch (SSL_get_error(tls->ssl, n)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
        errno = EAGAIN;
        return -1;
    case SSL_ERROR_ZERO_RETURN:
        return 0;
    case SSL_ERROR_SYSCALL:
        errno = system;
        return system ? -1 : 0;
    default:
        explain(tls, ERR_peek_last_error());
        errno = EPROTO;
        return -1;
    }
}

static int most(size_t size)
{
    return size > 1 << 30 ? 1 << 30 : (int)size;
}

ssize_t tls_read(struct tls *tls, void *to, size_t size)
{
    ERR_clear_error();
    errno = 0;
    return outcome(tls, SSL_read(tls->ssl, to, most(size)));
}

ssize_t tls_write(struct tls *tls, const void *from, size_t size)
{
    ERR_clear_error();
    errno = 0;
    return outcome(tls, SSL_write(tls->ssl, from, most(size)));
}

bool tls_pending(const struct tls *tls)
{
    return SSL_has_pending(tls->ssl) == 1;
}

const char *tls_why(const struct tls *tls)
{
    return tls->why;
}
