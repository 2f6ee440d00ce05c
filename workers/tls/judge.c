/* judge: what exactly is wrong with a certificate: its authority, its name or its date. */
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>

#include "tls_room.h"

/* "elsewhere.example, 10.0.0.1" */
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

static enum err wrong_authority(const X509 *certificate, const struct tls_options *o, struct err_info *info)
{
    char issuer[128];
    X509_NAME_oneline(X509_get_issuer_name(certificate), issuer, sizeof issuer);
    return err_set(info, ERR_REFUSED, "tls_authority",
                   "the certificate of %.60s was signed by %.50s, which %s (%.50s) does not hold: set it to "
                   "that CA's certificate",
                   o->peer, issuer, o->ca_key, o->ca && *o->ca ? o->ca : "not set: the system's");
}

static enum err wrong_name(const X509 *certificate, const struct tls_options *o, struct err_info *info)
{
    char names[80];
    names_of(certificate, names, sizeof names);
    return err_set(info, ERR_REFUSED, "tls_name",
                   "the certificate of %.60s is made for %.60s: use such a name in %s, or give the server a "
                   "certificate for %.40s",
                   o->peer, *names ? names : "no name", o->name_key, o->name);
}

enum err tls_judge(const SSL *ssl, const struct tls_options *options, struct err_info *info)
{
    X509 *certificate = SSL_get1_peer_certificate(ssl);
    long verdict = SSL_get_verify_result(ssl);
    enum err err = ERR_OK;
    if (!certificate)
        return err_set(info, ERR_WEATHER, "tls", "%.80s shows no certificate", options->peer);
    if (verdict == X509_V_ERR_CERT_HAS_EXPIRED || verdict == X509_V_ERR_CERT_NOT_YET_VALID)
        err = err_set(info, ERR_REFUSED, "tls_date",
                      "the certificate of %.80s is out of date (%s): renew it, or set this machine's clock",
                      options->peer, X509_verify_cert_error_string(verdict));
    else if (verdict == X509_V_ERR_HOSTNAME_MISMATCH || verdict == X509_V_ERR_IP_ADDRESS_MISMATCH)
        err = wrong_name(certificate, options, info);
    else if (verdict != X509_V_OK)
        err = wrong_authority(certificate, options, info);
    X509_free(certificate);
    return err;
}
