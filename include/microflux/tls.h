/* tls: TLS over a socket that somebody else owns, and what exactly is wrong with a certificate.
 *
 * Chain, dates and host name are always checked (TLS 1.2 and later). Files are read at tls_open, so whoever
 * opens a new one for each connection takes renewed certificates without a restart. Nothing here blocks but
 * tls_inquire.
 */
#ifndef MICROFLUX_TLS_H
#define MICROFLUX_TLS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "microflux/err.h"

struct tls;

struct tls_options {
    const char *peer;       /* who that is, in sentences: "Redis 10.0.0.1:6380" */
    const char *name;       /* host name or IP address the certificate must be made for */
    const char *ca;         /* PEM file or folder of trusted CAs; NULL or "" = the system's */
    const char *cert, *key; /* PEM files of our own certificate; NULL or "" = none */
    const char *ca_key, *name_key, *cert_key; /* the configuration's keys for these, for sentences */
};

/* tls_check: whether the files can be read and the key fits; ERR_USAGE names the key. */
enum err tls_check(const struct tls_options *options, struct err_info *info) MF_MUST_CHECK;
/* tls_open: borrows the socket; copies nothing of options, which must outlive it. ERR_USAGE as tls_check. */
enum err tls_open(const struct tls_options *options, int fd, struct tls **tls,
                  struct err_info *info) MF_MUST_CHECK;
void tls_close(struct tls *tls); /* takes NULL; leaves the socket open */

/* tls_shake: goes on with the handshake; ERR_OK with *done false: poll for tls_events first. ERR_REFUSED: the
 * certificate is not to be trusted, the sentence says why (word tls_authority, tls_name or tls_date).
 * ERR_WEATHER: no handshake (word tls). */
enum err tls_shake(struct tls *tls, bool *done, struct err_info *info) MF_MUST_CHECK;
short tls_events(const struct tls *tls); /* what the handshake waits for: POLLIN or POLLOUT */

/* As recv and send with MSG_NOSIGNAL; errno EPROTO: tls_why says it. */
ssize_t tls_read(struct tls *tls, void *to, size_t size);
ssize_t tls_write(struct tls *tls, const void *from, size_t size);
bool tls_pending(const struct tls *tls); /* something was received that poll will not tell of */
const char *tls_why(const struct tls *tls);

/* tls_inquire: connects to "host:port" and judges its certificate, as tls_shake does; a server that wants a
 * certificate of ours is not at fault. Blocks up to timeout_ms. */
enum err tls_inquire(const struct tls_options *options, const char *address, int timeout_ms,
                     struct err_info *info) MF_MUST_CHECK;

#endif
