/* dlms/crypto.h by OpenSSL. Invariant: a cipher context holds the key that stands beside it, or none:
 * any failure makes it forget. */
#include "ports/linux/crypto_openssl.h"

#include <limits.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>

enum { DIRECTIONS = 2, HASHES = 4, SIZES = 2, SIGNATURE_DER_MAX = 120, JOINED_MAX = 64 };

/* AES-GCM with the key used last. */
struct gcm_slot {
    EVP_CIPHER_CTX *context;
    uint8_t key[DLMS_KEY_MAX];
    size_t key_size; /* 0: no key */
};

struct dlms_openssl {
    struct dlms_crypto crypto;
    struct gcm_slot slot[DIRECTIONS]; /* decryption, encryption */
    EVP_CIPHER *gcm[SIZES];           /* 128, 256 */
    EVP_CIPHER *wrap[SIZES];
    EVP_MD *hash[HASHES];
    EVP_MD_CTX *digest;
};

/* 0 for AES-128, 1 for AES-256, -1 for no AES key. */
static int size_index(struct dlms_span key)
{
    return key.length == 16 ? 0 : key.length == 32 ? 1 : -1;
}

static bool random_bytes(void *context, uint8_t *bytes, size_t length)
{
    (void)context;
    return length <= INT_MAX && RAND_bytes(bytes, (int)length) == 1;
}

/* ---- AES-GCM ---- */

static bool set_key(struct dlms_openssl *openssl, int direction, const struct dlms_gcm *gcm)
{
    struct gcm_slot *slot = &openssl->slot[direction];
    const int size = size_index(gcm->key);
    if (size < 0) {
        return false;
    }
    if (slot->key_size == gcm->key.length &&
        memcmp(slot->key, gcm->key.data, gcm->key.length) == 0) {
        return EVP_CipherInit_ex2(slot->context, NULL, NULL, gcm->iv, direction, NULL) == 1;
    }
    if (EVP_CipherInit_ex2(slot->context, openssl->gcm[size], gcm->key.data, gcm->iv, direction,
                           NULL) != 1) {
        return false;
    }
    memcpy(slot->key, gcm->key.data, gcm->key.length);
    slot->key_size = gcm->key.length;
    return true;
}

static bool update(EVP_CIPHER_CTX *context, uint8_t *out, const uint8_t *in, size_t length)
{
    int used;
    return length <= INT_MAX && EVP_CipherUpdate(context, out, &used, in, (int)length) == 1;
}

/* Additional data: in one call where it is short, since a call costs more than the octets. */
static bool add_data(EVP_CIPHER_CTX *context, const struct dlms_gcm *gcm)
{
    uint8_t joined[JOINED_MAX];
    size_t length = 0;
    for (size_t i = 0; i < gcm->aad_count; i++) {
        const struct dlms_span part = gcm->aad[i];
        if (part.length <= sizeof joined - length) {
            memcpy(joined + length, part.data, part.length);
            length += part.length;
            continue;
        }
        if (!update(context, NULL, joined, length) ||
            !update(context, NULL, part.data, part.length)) {
            return false;
        }
        length = 0;
    }
    return length == 0 || update(context, NULL, joined, length);
}

/* Additional data and text. */
static bool process(EVP_CIPHER_CTX *context, const struct dlms_gcm *gcm)
{
    return add_data(context, gcm) &&
           (gcm->length == 0 || update(context, gcm->out, gcm->in, gcm->length));
}

static bool finish(struct gcm_slot *slot, bool done)
{
    if (!done) {
        OPENSSL_cleanse(slot->key, sizeof slot->key);
        slot->key_size = 0;
    }
    return done;
}

/* By parameters and not by EVP_CIPHER_CTX_ctrl, which only translates to them. */
static bool get_tag(EVP_CIPHER_CTX *context, uint8_t *tag)
{
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_octet_string(OSSL_CIPHER_PARAM_AEAD_TAG, tag, DLMS_GCM_TAG),
        OSSL_PARAM_construct_end(),
    };
    return EVP_CIPHER_CTX_get_params(context, params) == 1;
}

static bool set_tag(EVP_CIPHER_CTX *context, const uint8_t *tag)
{
    uint8_t copy[DLMS_GCM_TAG]; /* the interface does not take what may not be written */
    memcpy(copy, tag, sizeof copy);
    const OSSL_PARAM params[] = {
        OSSL_PARAM_construct_octet_string(OSSL_CIPHER_PARAM_AEAD_TAG, copy, sizeof copy),
        OSSL_PARAM_construct_end(),
    };
    return EVP_CIPHER_CTX_set_params(context, params) == 1;
}

static bool gcm_encrypt(void *context, const struct dlms_gcm *gcm, uint8_t *tag)
{
    struct dlms_openssl *openssl = context;
    struct gcm_slot *slot = &openssl->slot[1];
    uint8_t none[1];
    int used;
    const bool done = set_key(openssl, 1, gcm) && process(slot->context, gcm) &&
                      EVP_CipherFinal_ex(slot->context, none, &used) == 1 &&
                      (tag == NULL || get_tag(slot->context, tag));
    return finish(slot, done);
}

static bool gcm_decrypt(void *context, const struct dlms_gcm *gcm, const uint8_t *tag)
{
    struct dlms_openssl *openssl = context;
    struct gcm_slot *slot = &openssl->slot[0];
    uint8_t none[1];
    int used;
    if (!finish(slot, set_key(openssl, 0, gcm) && process(slot->context, gcm))) {
        return false;
    }
    if (tag == NULL) {
        return true;
    }
    return set_tag(slot->context, tag) && EVP_CipherFinal_ex(slot->context, none, &used) == 1;
}

/* ---- Digests and key wrap ---- */

static bool hash_parts(void *context, enum dlms_hash hash, const struct dlms_span *parts,
                       size_t count, uint8_t *digest)
{
    struct dlms_openssl *openssl = context;
    if (EVP_DigestInit_ex2(openssl->digest, openssl->hash[hash], NULL) != 1) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (EVP_DigestUpdate(openssl->digest, parts[i].data, parts[i].length) != 1) {
            return false;
        }
    }
    return EVP_DigestFinal_ex(openssl->digest, digest, NULL) == 1;
}

/* Either way. direction 1 wraps. out has room for length + DLMS_KEY_WRAP octets when wrapping, and as
 * the interface of OpenSSL wants it, for length when unwrapping. */
static bool key_wrap(struct dlms_openssl *openssl, int direction, struct dlms_span kek,
                     const uint8_t *in, size_t length, uint8_t *out, size_t expected)
{
    const int size = size_index(kek);
    if (size < 0 || length > DLMS_KEY_MAX + DLMS_KEY_WRAP) {
        return false;
    }
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    int used = 0;
    int more = 0;
    if (context != NULL) {
        EVP_CIPHER_CTX_set_flags(context, EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
    }
    const bool done =
        context != NULL &&
        EVP_CipherInit_ex2(context, openssl->wrap[size], kek.data, NULL, direction, NULL) == 1 &&
        EVP_CipherUpdate(context, out, &used, in, (int)length) == 1 &&
        EVP_CipherFinal_ex(context, out + used, &more) == 1;
    EVP_CIPHER_CTX_free(context);
    return done && (size_t)used + (size_t)more == expected;
}

static bool wrap(void *context, struct dlms_span kek, const uint8_t *key, size_t length,
                 uint8_t *wrapped)
{
    return key_wrap(context, 1, kek, key, length, wrapped, length + DLMS_KEY_WRAP);
}

static bool unwrap(void *context, struct dlms_span kek, const uint8_t *wrapped, size_t length,
                   uint8_t *key)
{
    uint8_t room[DLMS_KEY_MAX + 2 * DLMS_KEY_WRAP];
    if (length <= DLMS_KEY_WRAP || length > DLMS_KEY_MAX + DLMS_KEY_WRAP ||
        !key_wrap(context, 0, kek, wrapped, length, room, length - DLMS_KEY_WRAP)) {
        return false;
    }
    memcpy(key, room, length - DLMS_KEY_WRAP);
    OPENSSL_cleanse(room, sizeof room);
    return true;
}

/* ---- Elliptic curves ---- */

static const char *curve_name(enum dlms_curve curve)
{
    return curve == DLMS_CURVE_P256 ? "P-256" : "P-384";
}

static const char *curve_hash(enum dlms_curve curve)
{
    return curve == DLMS_CURVE_P256 ? "SHA256" : "SHA384";
}

static EVP_PKEY *pkey_from(OSSL_PARAM *params, int selection)
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    EVP_PKEY *key = NULL;
    if (context == NULL || EVP_PKEY_fromdata_init(context) != 1 ||
        EVP_PKEY_fromdata(context, &key, selection, params) != 1) {
        key = NULL;
    }
    EVP_PKEY_CTX_free(context);
    return key;
}

static EVP_PKEY *public_pkey(enum dlms_curve curve, struct dlms_span point)
{
    uint8_t encoded[1 + DLMS_POINT_MAX] = {POINT_CONVERSION_UNCOMPRESSED};
    char *name = (char *)curve_name(curve);
    if (point.length != 2 * dlms_curve_size(curve)) {
        return NULL;
    }
    memcpy(encoded + 1, point.data, point.length);
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, name, 0),
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, encoded, 1 + point.length),
        OSSL_PARAM_construct_end(),
    };
    return pkey_from(params, EVP_PKEY_PUBLIC_KEY);
}

static EVP_PKEY *private_pkey(enum dlms_curve curve, struct dlms_span number)
{
    if (number.length != dlms_curve_size(curve)) {
        return NULL;
    }
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    BIGNUM *value = BN_bin2bn(number.data, (int)number.length, NULL);
    OSSL_PARAM *params = NULL;
    EVP_PKEY *key = NULL;
    if (builder != NULL && value != NULL &&
        OSSL_PARAM_BLD_push_utf8_string(builder, OSSL_PKEY_PARAM_GROUP_NAME, curve_name(curve),
                                        0) == 1 &&
        OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_PRIV_KEY, value) == 1) {
        params = OSSL_PARAM_BLD_to_param(builder);
    }
    if (params != NULL) {
        key = pkey_from(params, EVP_PKEY_KEYPAIR);
    }
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(builder);
    BN_clear_free(value);
    return key;
}

static bool update_all(EVP_MD_CTX *context, const struct dlms_span *parts, size_t count,
                       int (*feed)(EVP_MD_CTX *, const void *, size_t))
{
    for (size_t i = 0; i < count; i++) {
        if (feed(context, parts[i].data, parts[i].length) != 1) {
            return false;
        }
    }
    return true;
}

/* r and s as DLMS has them, of size octets each. */
static bool raw_signature(const uint8_t *der, size_t length, size_t size, uint8_t *signature)
{
    ECDSA_SIG *parsed = d2i_ECDSA_SIG(NULL, &der, (long)length);
    const bool done =
        parsed != NULL &&
        BN_bn2binpad(ECDSA_SIG_get0_r(parsed), signature, (int)size) == (int)size &&
        BN_bn2binpad(ECDSA_SIG_get0_s(parsed), signature + size, (int)size) == (int)size;
    ECDSA_SIG_free(parsed);
    return done;
}

static int der_signature(const uint8_t *signature, size_t size, uint8_t *der)
{
    ECDSA_SIG *built = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(signature, (int)size, NULL);
    BIGNUM *s = BN_bin2bn(signature + size, (int)size, NULL);
    int length = -1;
    if (built != NULL && r != NULL && s != NULL && ECDSA_SIG_set0(built, r, s) == 1) {
        length = i2d_ECDSA_SIG(built, &der);
    } else {
        BN_free(r);
        BN_free(s);
    }
    ECDSA_SIG_free(built);
    return length;
}

static bool sign(void *context, enum dlms_curve curve, struct dlms_span private_key,
                 const struct dlms_span *parts, size_t count, uint8_t *signature)
{
    (void)context;
    uint8_t der[SIGNATURE_DER_MAX];
    size_t length = sizeof der;
    EVP_PKEY *key = private_pkey(curve, private_key);
    EVP_MD_CTX *digest = EVP_MD_CTX_new();
    const bool done =
        key != NULL && digest != NULL &&
        EVP_DigestSignInit_ex(digest, NULL, curve_hash(curve), NULL, NULL, key, NULL) == 1 &&
        update_all(digest, parts, count, EVP_DigestSignUpdate) &&
        EVP_DigestSignFinal(digest, der, &length) == 1 &&
        raw_signature(der, length, dlms_curve_size(curve), signature);
    EVP_MD_CTX_free(digest);
    EVP_PKEY_free(key);
    return done;
}

static bool verify(void *context, enum dlms_curve curve, struct dlms_span public_key,
                   const struct dlms_span *parts, size_t count, const uint8_t *signature)
{
    (void)context;
    uint8_t der[SIGNATURE_DER_MAX];
    const int length = der_signature(signature, dlms_curve_size(curve), der);
    EVP_PKEY *key = public_pkey(curve, public_key);
    EVP_MD_CTX *digest = EVP_MD_CTX_new();
    const bool done =
        length > 0 && key != NULL && digest != NULL &&
        EVP_DigestVerifyInit_ex(digest, NULL, curve_hash(curve), NULL, NULL, key, NULL) == 1 &&
        update_all(digest, parts, count, EVP_DigestVerifyUpdate) &&
        EVP_DigestVerifyFinal(digest, der, (size_t)length) == 1;
    EVP_MD_CTX_free(digest);
    EVP_PKEY_free(key);
    return done;
}

static bool generate(void *context, enum dlms_curve curve, uint8_t *private_key,
                     uint8_t *public_key)
{
    (void)context;
    const size_t size = dlms_curve_size(curve);
    uint8_t encoded[1 + DLMS_POINT_MAX];
    size_t length = 0;
    BIGNUM *number = NULL;
    EVP_PKEY *key = EVP_EC_gen(curve_name(curve));
    const bool done = key != NULL &&
                      EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_PRIV_KEY, &number) == 1 &&
                      BN_bn2binpad(number, private_key, (int)size) == (int)size &&
                      EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, encoded,
                                                      sizeof encoded, &length) == 1 &&
                      length == 1 + 2 * size && encoded[0] == POINT_CONVERSION_UNCOMPRESSED;
    if (done) {
        memcpy(public_key, encoded + 1, 2 * size);
    }
    BN_clear_free(number);
    EVP_PKEY_free(key);
    return done;
}

static bool agree(void *context, enum dlms_curve curve, struct dlms_span private_key,
                  struct dlms_span public_key, uint8_t *secret)
{
    (void)context;
    size_t length = dlms_curve_size(curve);
    EVP_PKEY *own = private_pkey(curve, private_key);
    EVP_PKEY *peer = public_pkey(curve, public_key); /* fails off the curve */
    EVP_PKEY_CTX *derivation = own != NULL ? EVP_PKEY_CTX_new_from_pkey(NULL, own, NULL) : NULL;
    const bool done = derivation != NULL && peer != NULL && EVP_PKEY_derive_init(derivation) == 1 &&
                      EVP_PKEY_derive_set_peer(derivation, peer) == 1 &&
                      EVP_PKEY_derive(derivation, secret, &length) == 1 &&
                      length == dlms_curve_size(curve);
    EVP_PKEY_CTX_free(derivation);
    EVP_PKEY_free(peer);
    EVP_PKEY_free(own);
    return done;
}

/* ---- Lifetime ---- */

static bool fetch_all(struct dlms_openssl *openssl)
{
    static const char *const gcm_names[SIZES] = {"AES-128-GCM", "AES-256-GCM"};
    static const char *const wrap_names[SIZES] = {"AES-128-WRAP", "AES-256-WRAP"};
    static const char *const hash_names[HASHES] = {"MD5", "SHA1", "SHA256", "SHA384"};
    bool found = true;
    for (int i = 0; i < SIZES; i++) {
        openssl->gcm[i] = EVP_CIPHER_fetch(NULL, gcm_names[i], NULL);
        openssl->wrap[i] = EVP_CIPHER_fetch(NULL, wrap_names[i], NULL);
        found = found && openssl->gcm[i] != NULL && openssl->wrap[i] != NULL;
    }
    for (int i = 0; i < HASHES; i++) {
        openssl->hash[i] = EVP_MD_fetch(NULL, hash_names[i], NULL);
        found = found && openssl->hash[i] != NULL;
    }
    for (int i = 0; i < DIRECTIONS; i++) {
        openssl->slot[i].context = EVP_CIPHER_CTX_new();
        found = found && openssl->slot[i].context != NULL;
    }
    openssl->digest = EVP_MD_CTX_new();
    return found && openssl->digest != NULL;
}

struct dlms_openssl *dlms_openssl_new(void)
{
    struct dlms_openssl *openssl = calloc(1, sizeof *openssl);
    if (openssl == NULL) {
        return NULL;
    }
    openssl->crypto = (struct dlms_crypto){
        .context = openssl,
        .random = random_bytes,
        .gcm_encrypt = gcm_encrypt,
        .gcm_decrypt = gcm_decrypt,
        .hash = hash_parts,
        .wrap = wrap,
        .unwrap = unwrap,
        .sign = sign,
        .verify = verify,
        .generate = generate,
        .agree = agree,
    };
    if (!fetch_all(openssl)) {
        dlms_openssl_free(openssl);
        return NULL;
    }
    return openssl;
}

void dlms_openssl_free(struct dlms_openssl *openssl)
{
    if (openssl == NULL) {
        return;
    }
    for (int i = 0; i < SIZES; i++) {
        EVP_CIPHER_free(openssl->gcm[i]);
        EVP_CIPHER_free(openssl->wrap[i]);
    }
    for (int i = 0; i < HASHES; i++) {
        EVP_MD_free(openssl->hash[i]);
    }
    for (int i = 0; i < DIRECTIONS; i++) {
        EVP_CIPHER_CTX_free(openssl->slot[i].context);
    }
    EVP_MD_CTX_free(openssl->digest);
    OPENSSL_cleanse(openssl, sizeof *openssl);
    free(openssl);
}

const struct dlms_crypto *dlms_openssl_crypto(const struct dlms_openssl *openssl)
{
    return &openssl->crypto;
}
