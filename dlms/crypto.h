/* The seam to cryptography: the algorithms of the DLMS security suites (5-3), which this library
 * leaves to a library or a chip that is made for them.
 *
 * suite  cipher, MAC    signature, agreement  hash     key wrap
 *   0    AES-GCM-128    -                     -        AES-KW 128 (RFC 3394)
 *   1    AES-GCM-128    P-256                 SHA-256  AES-KW 128
 *   2    AES-GCM-256    P-384                 SHA-384  AES-KW 256
 *
 * Every function returns false when it cannot do what is asked: a key of a wrong length, hardware that
 * fails, an algorithm that is not there. All inputs are borrowed for the call only.
 */
#ifndef DLMS_CRYPTO_H
#define DLMS_CRYPTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dlms/types.h"

enum {
    DLMS_GCM_IV = 12,
    DLMS_GCM_TAG = 12, /* 96 bits in every suite */
    DLMS_KEY_MAX = 32, /* octets of a symmetric key: 16, in suite 2 32 */
    DLMS_KEY_WRAP = 8, /* octets a wrapped key is longer */
    DLMS_HASH_MAX = 48,
    DLMS_POINT_MAX =
        96, /* a public key: x and y; a signature: r and s; each half of it for P-256 64 */
};

enum dlms_hash { DLMS_HASH_MD5, DLMS_HASH_SHA1, DLMS_HASH_SHA256, DLMS_HASH_SHA384 };

enum dlms_curve { DLMS_CURVE_P256, DLMS_CURVE_P384 };

/* One AES-GCM operation. The additional data is the concatenation of aad. in and out are length octets
 * each, the same place or not overlapping. */
struct dlms_gcm {
    struct dlms_span key; /* 16 or 32 octets */
    const uint8_t *iv;    /* DLMS_GCM_IV octets */
    const struct dlms_span *aad;
    size_t aad_count;
    const uint8_t *in;
    uint8_t *out;
    size_t length;
};

struct dlms_crypto {
    void *context;

    /* Fills bytes with random numbers that nobody can foresee. Must not be NULL: without it there
     * are no challenges and no ephemeral keys. */
    bool (*random)(void *context, uint8_t *bytes, size_t length);

    /* Encrypts, and writes the tag unless tag is NULL. */
    bool (*gcm_encrypt)(void *context, const struct dlms_gcm *gcm, uint8_t *tag);

    /* Decrypts, and checks the tag in constant time unless tag is NULL. False also when it is wrong;
     * out is then not to be used. */
    bool (*gcm_decrypt)(void *context, const struct dlms_gcm *gcm, const uint8_t *tag);

    /* Digest over the concatenation of parts: 16, 20, 32 or 48 octets. */
    bool (*hash)(void *context, enum dlms_hash hash, const struct dlms_span *parts, size_t count,
                 uint8_t *digest);

    /* AES key wrap of RFC 3394 with its initial value. length is that of the key, a multiple of 8;
     * wrapped is DLMS_KEY_WRAP octets longer. unwrap: false also when the check value is wrong. */
    bool (*wrap)(void *context, struct dlms_span kek, const uint8_t *key, size_t length,
                 uint8_t *wrapped);
    bool (*unwrap)(void *context, struct dlms_span kek, const uint8_t *wrapped, size_t length,
                   uint8_t *key);

    /* Those of suites 1 and 2; may be NULL where only suite 0 is used. A private key is whatever the
     * implementation takes for one: the number in 32 or 48 octets, or the name of a slot. ECDSA is
     * over the SHA-256 or SHA-384 of the concatenation of parts. */
    bool (*sign)(void *context, enum dlms_curve curve, struct dlms_span private_key,
                 const struct dlms_span *parts, size_t count, uint8_t *signature);
    bool (*verify)(void *context, enum dlms_curve curve, struct dlms_span public_key,
                   const struct dlms_span *parts, size_t count, const uint8_t *signature);
    /* A new key pair. private_key has room for 48 octets. */
    bool (*generate)(void *context, enum dlms_curve curve, uint8_t *private_key,
                     uint8_t *public_key);
    /* The shared secret of ECDH: x, 32 or 48 octets. Refuses a point that is not on the curve. */
    bool (*agree)(void *context, enum dlms_curve curve, struct dlms_span private_key,
                  struct dlms_span public_key, uint8_t *secret);
};

/* Octets of a digest, and of a coordinate of the curve. */
size_t dlms_hash_size(enum dlms_hash hash);
size_t dlms_curve_size(enum dlms_curve curve);

/* a equals b, in a time that depends on the lengths alone. */
bool dlms_equal(struct dlms_span a, struct dlms_span b);

/* Overwrites a secret that is no longer needed; not optimised away. */
void dlms_wipe(void *secret, size_t length);

#endif
