/* Certificates of a Security setup, 6-2 class 64 version 1: attribute 6 and methods 4 … 8. The seam to what keeps
 * them: this library knows how a client asks for them, and nothing of X.509.
 *
 * The owner fills a struct dlms_certificates, verifies what is imported, keeps it in lasting memory, and puts the
 * public keys that it trusts into struct dlms_security. ports/linux/certificates_openssl.h is one by OpenSSL.
 */
#ifndef DLMS_CERTIFICATES_H
#define DLMS_CERTIFICATES_H

#include "dlms/axdr.h"
#include "dlms/security.h"

/* Whose it is, and what for, 6-2. */
enum dlms_certificate_entity {
    DLMS_CERTIFICATE_SERVER,
    DLMS_CERTIFICATE_CLIENT,
    DLMS_CERTIFICATE_AUTHORITY,
    DLMS_CERTIFICATE_OTHER_ENTITY,
};
enum dlms_certificate_type {
    DLMS_CERTIFICATE_SIGNING,
    DLMS_CERTIFICATE_AGREEMENT,
    DLMS_CERTIFICATE_TLS,
    DLMS_CERTIFICATE_OTHER_TYPE,
};

/* What attribute 6 tells of one. serial is its number, big-endian; the names are DER as in the certificate. */
struct dlms_certificate {
    uint8_t entity;
    uint8_t type;
    struct dlms_span serial;
    struct dlms_span issuer;
    struct dlms_span subject;
    struct dlms_span alternative_name;
};

/* Which one a client means: by entity, type and system title, or by serial and issuer. */
struct dlms_certificate_choice {
    bool is_by_serial;
    uint8_t entity;
    uint8_t type;
    struct dlms_span title;
    struct dlms_span serial;
    struct dlms_span issuer;
};

/* Every function that changes something has put the change into lasting memory before it returns success, or changes
 * nothing. Results other than success: OTHER_REASON – not genuine, no such certificate, no room –, HARDWARE_FAULT. */
struct dlms_certificates {
    const struct dlms_certificate_methods *methods; /* &dlms_certificate_methods */
    void *context;
    /* Certificate number index, from 0 on; false behind the last. Spans are valid until the next call. */
    bool (*list)(void *context, size_t index, struct dlms_certificate *certificate);
    /* A new key pair of the server, of enum dlms_certificate_type. It is not used before a certificate for it is
     * imported. */
    enum dlms_result (*generate)(void *context, uint8_t type);
    /* PKCS#10, DER, for that pair: written to request, with room for size octets. */
    enum dlms_result (*request)(void *context, uint8_t type, uint8_t *request, size_t size,
                                size_t *length);
    /* A certificate, X.509 v3, DER. */
    enum dlms_result (*import)(void *context, struct dlms_span certificate);
    /* *certificate is valid until the next call. */
    enum dlms_result (*export)(void *context, const struct dlms_certificate_choice *choice,
                               struct dlms_span *certificate);
    enum dlms_result (*remove)(void *context, const struct dlms_certificate_choice *choice);
};

/* A pointer, so that who has no certificates does not link what serves them. */
extern const struct dlms_certificate_methods dlms_certificate_methods;

/* ---- Internal: what security_setup.c calls ---- */

struct dlms_certificate_methods {
    void (*read)(const struct dlms_certificates *certificates, struct dlms_writer *out);
    enum dlms_result (*invoke)(const struct dlms_certificates *certificates, int8_t method,
                               struct dlms_span parameters, struct dlms_writer *out);
};

#endif
