/* Certificates of one Security setup (dlms/certificates.h) by OpenSSL 3: the server's own, those of its client, and a few
 * more, with the key pairs that the server makes for itself.
 *
 * A certificate is taken when a trusted authority signed it: the anchor given, or one that the anchor signed. Its subject
 * has the system title as common name, 16 hexadecimal digits; key usage is digitalSignature, keyAgreement or, for an
 * authority, keyCertSign; the key is on the suite's curve. Times of validity are not judged, since a meter's clock may be
 * wrong, and there are no revocation lists: what is no longer trusted is removed or replaced.
 *
 * A certificate of the server is taken for the pair it has made last, which is used from then on; one of the client
 * (peer_title of security) gives the key that the client is known by. What is in force is replaced, not removed.
 */
#ifndef PORTS_LINUX_CERTIFICATES_OPENSSL_H
#define PORTS_LINUX_CERTIFICATES_OPENSSL_H

#include "dlms/certificates.h"

enum { CERTIFICATES_OPENSSL_KEPT = 16 * 1024 }; /* octets of the record that is kept */

struct certificates_openssl;

struct certificates_openssl_setup {
    struct dlms_security *security; /* of suite 1 or 2, with both titles; gets the keys */
    struct dlms_span anchor;        /* the authority's certificate, DER */
    /* Puts the record into lasting memory, all of it or nothing; it holds private keys. */
    bool (*save)(void *context, const uint8_t kept[CERTIFICATES_OPENSSL_KEPT]);
    void *context;
};

/* kept is what was saved last, NULL: nothing ever was. security gets the keys found there; it and context are borrowed until
 * certificates_openssl_free. NULL: no memory, the anchor is no certificate of an authority on the suite's curve, or kept is
 * no such record, or one under another authority's key or for other titles: what it trusts is not trusted any more. */
struct certificates_openssl *
certificates_openssl_new(const struct certificates_openssl_setup *setup, const uint8_t *kept);

/* Forgets all keys; security must not be used with them afterwards. NULL is allowed. */
void certificates_openssl_free(struct certificates_openssl *store);

/* For security.certificates. */
const struct dlms_certificates *certificates_openssl_seam(const struct certificates_openssl *store);

#endif
