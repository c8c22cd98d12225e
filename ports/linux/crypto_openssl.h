/* The algorithms of dlms/crypto.h by OpenSSL 3 (libcrypto).
 */
#ifndef PORTS_LINUX_CRYPTO_OPENSSL_H
#define PORTS_LINUX_CRYPTO_OPENSSL_H

#include "dlms/crypto.h"

struct dlms_openssl;

/* NULL: no memory, or this OpenSSL lacks an algorithm. One thread at a time may use it. The key used
 * last in each direction is kept expanded, so that a dialogue does not pay for it APDU by APDU. */
struct dlms_openssl *dlms_openssl_new(void);

/* Forgets all keys. NULL is allowed. */
void dlms_openssl_free(struct dlms_openssl *openssl);

/* Valid until dlms_openssl_free. Private keys are numbers, big-endian, of 32 or 48 octets. */
const struct dlms_crypto *dlms_openssl_crypto(const struct dlms_openssl *openssl);

#endif
