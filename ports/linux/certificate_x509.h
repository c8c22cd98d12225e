/* Facts of certificates, pairs and requests, by OpenSSL: what certificates_openssl.c judges by. Private to ports/linux.
 */
#ifndef PORTS_LINUX_CERTIFICATE_X509_H
#define PORTS_LINUX_CERTIFICATE_X509_H

#include "dlms/crypto.h"
#include "dlms/security.h"
#include <openssl/x509.h>

enum { X509_PAIR_MAX = 256 };

/* Whole DER; NULL: it is none. */
X509 *x509_parse(struct dlms_span der);

/* x and y of the certificate's key; false: it is not on the suite's curve. */
bool x509_point(X509 *certificate, uint8_t suite, uint8_t point[DLMS_POINT_MAX]);

/* The system title that is its common name. */
bool x509_title(X509 *certificate, uint8_t title[DLMS_TITLE]);

bool x509_is_authority(X509 *certificate);

/* The one purpose of a certificate that is no authority's, enum dlms_certificate_type; -1: none, or several. */
int x509_type(X509 *certificate);

/* Issued and signed by the authority, with ECDSA and SHA-256 or SHA-384, and without critical extensions unknown. */
bool x509_is_signed_by(X509 *certificate, X509 *authority);

/* Copies of its serial number and names as they stand in it; length 0: none, or longer than size. */
struct dlms_span x509_serial(X509 *certificate, uint8_t *to, size_t size);
struct dlms_span x509_issuer(X509 *certificate, uint8_t *to, size_t size);
struct dlms_span x509_subject(X509 *certificate, uint8_t *to, size_t size);
struct dlms_span x509_alternative(X509 *certificate, uint8_t *to, size_t size);

/* A key pair; a secret. */
struct x509_pair {
    uint32_t length; /* of der; 0: none */
    uint8_t der[X509_PAIR_MAX];
    uint8_t private_key[DLMS_HASH_MAX];
    uint8_t public_key[DLMS_POINT_MAX];
};
bool x509_pair_make(struct x509_pair *pair, uint8_t suite);

/* PKCS#10 for the pair, the title as common name. Octets written; 0: it failed, or has no room. */
size_t x509_request(const struct x509_pair *pair, uint8_t suite, const uint8_t title[DLMS_TITLE],
                    uint8_t *request, size_t size);

#endif
