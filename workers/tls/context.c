/* context: the files of a TLS configuration: which authorities are trusted, and who we are. */
#include <errno.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "microflux/bytes.h"
#include "tls_room.h"

static enum err unusable(const char *key, const char *path, struct err_info *info)
{
    struct stat file;
    unsigned long code = ERR_peek_last_error();
    const char *reason = ERR_reason_error_string(code);
    const char *why = stat(path, &file) != 0 ? strerror(errno) : reason ? reason : "unusable";
    ERR_clear_error();
    return err_set(info, ERR_USAGE, "tls_file", "%s %.120s: %.80s", key, path, why);
}

static enum err trust(SSL_CTX *context, const struct tls_options *o, struct err_info *info)
{
    struct stat file;
    if (!given(o->ca)) {
        SSL_CTX_set_default_verify_paths(context);
        return ERR_OK;
    }
    bool folder = stat(o->ca, &file) == 0 && S_ISDIR(file.st_mode);
    return SSL_CTX_load_verify_locations(context, folder ? NULL : o->ca, folder ? o->ca : NULL) == 1
               ? ERR_OK
               : unusable(o->ca_key, o->ca, info);
}

static enum err identify(SSL_CTX *context, const struct tls_options *o, struct err_info *info)
{
    if (!given(o->cert))
        return ERR_OK;
    if (SSL_CTX_use_certificate_chain_file(context, o->cert) != 1)
        return unusable(o->cert_key, o->cert, info);
    const char *key = given(o->key) ? o->key : o->cert;
    return SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) == 1 &&
                   SSL_CTX_check_private_key(context) == 1
               ? ERR_OK
               : unusable("its private key", key, info);
}

enum err tls_context(const struct tls_options *options, SSL_CTX **result, struct err_info *info)
{
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    if (!context)
        return err_set(info, ERR_NO_MEMORY, "tls", "no TLS context");
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_verify(context, SSL_VERIFY_NONE, NULL); /* verified all the same, and judged by tls_judge */
    SSL_CTX_set_options(context, SSL_OP_IGNORE_UNEXPECTED_EOF); /* what is spoken over it has an end */
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_read_ahead(context, 1);
    enum err err = trust(context, options, info);
    if (err == ERR_OK)
        err = identify(context, options, info);
    if (err == ERR_OK)
        *result = context;
    else
        SSL_CTX_free(context);
    return err;
}

enum err tls_check(const struct tls_options *options, struct err_info *info)
{
    SSL_CTX *context = NULL;
    enum err err = tls_context(options, &context, info);
    SSL_CTX_free(context);
    return err;
}

void tls_expect(SSL *ssl, const char *name)
{
    if (X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), name) == 1)
        return;
    ERR_clear_error();
    SSL_set1_host(ssl, name);
    SSL_set_tlsext_host_name(ssl, name);
}
