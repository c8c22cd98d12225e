/* The little that cryptography needs beside its algorithms. */
#include "dlms/crypto.h"

size_t dlms_hash_size(enum dlms_hash hash)
{
    static const uint8_t sizes[] = {
        [DLMS_HASH_MD5] = 16,
        [DLMS_HASH_SHA1] = 20,
        [DLMS_HASH_SHA256] = 32,
        [DLMS_HASH_SHA384] = 48,
    };
    return sizes[hash];
}

size_t dlms_curve_size(enum dlms_curve curve)
{
    return curve == DLMS_CURVE_P256 ? 32 : 48;
}

bool dlms_equal(struct dlms_span a, struct dlms_span b)
{
    if (a.length != b.length) {
        return false;
    }
    volatile uint8_t difference = 0; /* volatile: no early exit for a clever compiler */
    for (size_t i = 0; i < a.length; i++) {
        difference = (uint8_t)(difference | (a.data[i] ^ b.data[i]));
    }
    return difference == 0;
}

void dlms_wipe(void *secret, size_t length)
{
    volatile uint8_t *bytes = secret;
    for (size_t i = 0; i < length; i++) {
        bytes[i] = 0;
    }
}
