/* Security suite 0 by Mbed TLS. Invariant: a key that failed to be expanded is not used, and memory comes from one
 * slot of the size of an AES context: GCM has it for the key used last, and gives it up for key wrap. */
#include "ports/mps2/crypto_mbedtls.h"

#include <stdint.h>
#include <string.h>

#include <mbedtls/aes.h>
#include <mbedtls/md5.h>
#include <mbedtls/nist_kw.h>
#include <mbedtls/sha1.h>
#include <mbedtls/sha256.h>

/* ---- Memory for Mbed TLS ---- */

static struct {
    bool is_taken;
    mbedtls_aes_context context;
} slot;

void *wh_mbedtls_slot(size_t count, size_t size)
{
    if (slot.is_taken || count != 1 || size > sizeof slot.context) {
        return NULL;
    }
    slot.is_taken = true;
    memset(&slot.context, 0, sizeof slot.context);
    return &slot.context;
}

void wh_mbedtls_slot_free(void *given)
{
    if (given == &slot.context) {
        slot.is_taken = false;
    }
}

/* ---- AES-GCM ---- */

static bool use_key(struct dlms_mbedtls *mbedtls, struct dlms_span key)
{
    if (dlms_equal(key, (struct dlms_span){mbedtls->key, mbedtls->key_length})) {
        return true;
    }
    mbedtls->key_length = 0;
    if (key.length > sizeof mbedtls->key ||
        mbedtls_gcm_setkey(&mbedtls->gcm, MBEDTLS_CIPHER_ID_AES, key.data,
                           (unsigned)key.length * 8) != 0) {
        return false;
    }
    memcpy(mbedtls->key, key.data, key.length);
    mbedtls->key_length = key.length;
    return true;
}

/* The additional data in one piece. False: it is too long. */
static bool gather(struct dlms_mbedtls *mbedtls, const struct dlms_gcm *gcm, size_t *length)
{
    *length = 0;
    for (size_t i = 0; i < gcm->aad_count; i++) {
        if (gcm->aad[i].length > mbedtls->additional_size - *length) {
            return false;
        }
        memcpy(mbedtls->additional + *length, gcm->aad[i].data, gcm->aad[i].length);
        *length += gcm->aad[i].length;
    }
    return true;
}

static bool run(struct dlms_mbedtls *mbedtls, int mode, const struct dlms_gcm *gcm, uint8_t *tag,
                size_t tag_length)
{
    size_t length;
    return use_key(mbedtls, gcm->key) && gather(mbedtls, gcm, &length) &&
           mbedtls_gcm_crypt_and_tag(&mbedtls->gcm, mode, gcm->length, gcm->iv, DLMS_GCM_IV,
                                     mbedtls->additional, length, gcm->in, gcm->out, tag_length,
                                     tag) == 0;
}

static bool gcm_encrypt(void *context, const struct dlms_gcm *gcm, uint8_t *tag)
{
    uint8_t unused[DLMS_GCM_TAG];
    return run(context, MBEDTLS_GCM_ENCRYPT, gcm, tag != NULL ? tag : unused, DLMS_GCM_TAG);
}

static bool gcm_decrypt(void *context, const struct dlms_gcm *gcm, const uint8_t *tag)
{
    uint8_t expected[DLMS_GCM_TAG];
    return run(context, MBEDTLS_GCM_DECRYPT, gcm, expected, DLMS_GCM_TAG) &&
           (tag == NULL || dlms_equal((struct dlms_span){tag, DLMS_GCM_TAG},
                                      (struct dlms_span){expected, DLMS_GCM_TAG}));
}

/* ---- Key wrap ---- */

static bool key_wrap(struct dlms_mbedtls *mbedtls, struct dlms_span kek, bool wraps,
                     struct dlms_span in, uint8_t *out, size_t size)
{
    mbedtls_nist_kw_context kw;
    size_t length = 0;
    dlms_mbedtls_free(mbedtls);
    mbedtls_nist_kw_init(&kw);
    bool done = mbedtls_nist_kw_setkey(&kw, MBEDTLS_CIPHER_ID_AES, kek.data,
                                       (unsigned)kek.length * 8, wraps) == 0;
    if (wraps) {
        done = done && mbedtls_nist_kw_wrap(&kw, MBEDTLS_KW_MODE_KW, in.data, in.length, out,
                                            &length, size) == 0;
    } else {
        done = done && mbedtls_nist_kw_unwrap(&kw, MBEDTLS_KW_MODE_KW, in.data, in.length, out,
                                              &length, size) == 0;
    }
    mbedtls_nist_kw_free(&kw);
    return done && length == size;
}

static bool wrap(void *context, struct dlms_span kek, const uint8_t *key, size_t length,
                 uint8_t *wrapped)
{
    return key_wrap(context, kek, true, (struct dlms_span){key, length}, wrapped,
                    length + DLMS_KEY_WRAP);
}

static bool unwrap(void *context, struct dlms_span kek, const uint8_t *wrapped, size_t length,
                   uint8_t *key)
{
    return length > DLMS_KEY_WRAP &&
           key_wrap(context, kek, false, (struct dlms_span){wrapped, length}, key,
                    length - DLMS_KEY_WRAP);
}

/* ---- Digests ---- */

static bool md5(const struct dlms_span *parts, size_t count, uint8_t *digest)
{
    mbedtls_md5_context md5;
    mbedtls_md5_init(&md5);
    bool done = mbedtls_md5_starts_ret(&md5) == 0;
    for (size_t i = 0; i < count; i++) {
        done = done && mbedtls_md5_update_ret(&md5, parts[i].data, parts[i].length) == 0;
    }
    done = done && mbedtls_md5_finish_ret(&md5, digest) == 0;
    mbedtls_md5_free(&md5);
    return done;
}

static bool sha1(const struct dlms_span *parts, size_t count, uint8_t *digest)
{
    mbedtls_sha1_context sha1;
    mbedtls_sha1_init(&sha1);
    bool done = mbedtls_sha1_starts_ret(&sha1) == 0;
    for (size_t i = 0; i < count; i++) {
        done = done && mbedtls_sha1_update_ret(&sha1, parts[i].data, parts[i].length) == 0;
    }
    done = done && mbedtls_sha1_finish_ret(&sha1, digest) == 0;
    mbedtls_sha1_free(&sha1);
    return done;
}

static bool sha256(const struct dlms_span *parts, size_t count, uint8_t *digest)
{
    mbedtls_sha256_context sha256;
    mbedtls_sha256_init(&sha256);
    bool done = mbedtls_sha256_starts_ret(&sha256, 0) == 0;
    for (size_t i = 0; i < count; i++) {
        done = done && mbedtls_sha256_update_ret(&sha256, parts[i].data, parts[i].length) == 0;
    }
    done = done && mbedtls_sha256_finish_ret(&sha256, digest) == 0;
    mbedtls_sha256_free(&sha256);
    return done;
}

static bool hash(void *context, enum dlms_hash which, const struct dlms_span *parts, size_t count,
                 uint8_t *digest)
{
    (void)context;
    switch (which) {
    case DLMS_HASH_MD5:
        return md5(parts, count, digest);
    case DLMS_HASH_SHA1:
        return sha1(parts, count, digest);
    case DLMS_HASH_SHA256:
        return sha256(parts, count, digest);
    default:
        return false;
    }
}

void dlms_mbedtls_init(struct dlms_mbedtls *mbedtls,
                       bool (*random)(void *context, uint8_t *bytes, size_t length),
                       uint8_t *additional, size_t additional_size)
{
    *mbedtls = (struct dlms_mbedtls){
        .crypto = {.context = mbedtls,
                   .random = random,
                   .gcm_encrypt = gcm_encrypt,
                   .gcm_decrypt = gcm_decrypt,
                   .hash = hash,
                   .wrap = wrap,
                   .unwrap = unwrap},
        .additional = additional,
        .additional_size = additional_size,
    };
    mbedtls_gcm_init(&mbedtls->gcm);
}

void dlms_mbedtls_free(struct dlms_mbedtls *mbedtls)
{
    mbedtls_gcm_free(&mbedtls->gcm);
    dlms_wipe(mbedtls->key, sizeof mbedtls->key);
    mbedtls->key_length = 0;
}
