/* The algorithms of security suite 0 (dlms/crypto.h) by Mbed TLS 2.28, without a heap: AES-GCM-128, AES key wrap,
 * MD5, SHA-1 and SHA-256. SHA-384 and curves are not there. tools/mbedtls.sh fetches the source.
 */
#ifndef PORTS_MPS2_CRYPTO_MBEDTLS_H
#define PORTS_MPS2_CRYPTO_MBEDTLS_H

#include "dlms/crypto.h"
#include <mbedtls/gcm.h>

struct dlms_mbedtls {
    struct dlms_crypto crypto; /* for struct dlms_server and dlms_security; the rest is internal */
    mbedtls_gcm_context gcm;
    uint8_t key[DLMS_KEY_MAX]; /* that gcm is expanded for */
    size_t key_length;         /* 0: for none */
    uint8_t *additional;
    size_t additional_size;
};

/* random fills octets that nobody can foresee: the board's generator. Mbed TLS takes additional data in one
 * piece, so there is room for it: the longest APDU that is authenticated without being encrypted, and 64
 * octets. Both stay the caller's and in place. The key used last stays expanded until a key is wrapped
 * or unwrapped; at most one struct dlms_mbedtls at a time. */
void dlms_mbedtls_init(struct dlms_mbedtls *mbedtls,
                       bool (*random)(void *context, uint8_t *bytes, size_t length),
                       uint8_t *additional, size_t additional_size);

/* Forgets the key. */
void dlms_mbedtls_free(struct dlms_mbedtls *mbedtls);

#endif
