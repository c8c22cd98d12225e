/* A certificate authority for tests, by OpenSSL. */
#ifndef TEST_DLMS_AUTHORITY_H
#define TEST_DLMS_AUTHORITY_H

#include "dlms/security.h"
#include <openssl/x509.h>

struct authority {
    EVP_PKEY *key;
    X509 *certificate;
};

/* Who is named in a certificate, and what it may be used for. */
struct subject {
    const char *name;
    const char *usage; /* as OpenSSL writes it: "digitalSignature" … */
    EVP_PKEY *key;
    bool is_authority;
};

EVP_PKEY *authority_key(const char *curve);

/* A certificate in DER; issuer NULL: signed with its own key. Returns its length; der has room for 1024 octets. */
size_t authority_issue(const struct authority *issuer, const struct subject *subject, uint8_t *der);

/* An authority of its own, P-256. */
void authority_make(struct authority *authority, const char *name);
void authority_free(struct authority *authority);

/* A public key as an EVP_PKEY, of PKCS#10; NULL: it is no good request of that name. */
EVP_PKEY *authority_read_request(struct dlms_span request, const char *name);

#endif
