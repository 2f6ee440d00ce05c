/* tls_room: what the files of this room share. */
#ifndef TLS_ROOM_H
#define TLS_ROOM_H

#include <openssl/ssl.h>

#include "microflux/tls.h"

/* tls_judge: what became of the verification of the peer's certificate; ERR_OK: it is trusted. */
enum err tls_judge(const SSL *ssl, const struct tls_options *options, struct err_info *info) MF_MUST_CHECK;

/* tls_context: gives; reads the files. */
enum err tls_context(const struct tls_options *options, SSL_CTX **context,
                     struct err_info *info) MF_MUST_CHECK;
/* tls_expect: the name that the certificate must be made for, and that the server is asked by. */
void tls_expect(SSL *ssl, const char *name);

#endif
