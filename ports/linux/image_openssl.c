/* SHA-256 in pieces, ECDSA and PEM files by OpenSSL. Invariant: what is not on P-256 is never taken
 * for a key; a private key is not kept beyond a call. */
#include "ports/linux/image_openssl.h"

#include "ports/linux/crypto_openssl.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

enum { HALF = WH_IMAGE_PUBLIC_KEY / 2 };

struct image_openssl {
    struct wh_image_crypto crypto;
    struct dlms_openssl *dlms; /* for ECDSA */
    EVP_MD_CTX *digest;
};

static bool begin(void *context)
{
    const struct image_openssl *openssl = context;
    return EVP_DigestInit_ex(openssl->digest, EVP_sha256(), NULL) == 1;
}

static bool add(void *context, const uint8_t *data, size_t length)
{
    const struct image_openssl *openssl = context;
    return EVP_DigestUpdate(openssl->digest, data, length) == 1;
}

static bool end(void *context, uint8_t digest[WH_SOFTWARE_DIGEST])
{
    const struct image_openssl *openssl = context;
    return EVP_DigestFinal_ex(openssl->digest, digest, NULL) == 1;
}

static bool verify(void *context, const uint8_t public_key[WH_IMAGE_PUBLIC_KEY],
                   const uint8_t *message, size_t length, const uint8_t *signature)
{
    const struct image_openssl *openssl = context;
    const struct dlms_crypto *crypto = dlms_openssl_crypto(openssl->dlms);
    const struct dlms_span key = {public_key, WH_IMAGE_PUBLIC_KEY};
    const struct dlms_span part = {message, length};
    return crypto->verify(crypto->context, DLMS_CURVE_P256, key, &part, 1, signature);
}

struct image_openssl *image_openssl_new(void)
{
    struct image_openssl *openssl = calloc(1, sizeof *openssl);
    if (openssl == NULL) {
        return NULL;
    }
    openssl->dlms = dlms_openssl_new();
    openssl->digest = EVP_MD_CTX_new();
    openssl->crypto = (struct wh_image_crypto){openssl, begin, add, end, verify};
    if (openssl->dlms == NULL || openssl->digest == NULL) {
        image_openssl_free(openssl);
        return NULL;
    }
    return openssl;
}

void image_openssl_free(struct image_openssl *openssl)
{
    if (openssl != NULL) {
        dlms_openssl_free(openssl->dlms);
        EVP_MD_CTX_free(openssl->digest);
        free(openssl);
    }
}

const struct wh_image_crypto *image_openssl_crypto(const struct image_openssl *openssl)
{
    return &openssl->crypto;
}

/* ---- Keys ---- */

/* A passphrase is not asked for: a key that has one is refused. */
static int no_passphrase(char *buffer, int size, int is_writing, void *context)
{
    (void)buffer;
    (void)size;
    (void)is_writing;
    (void)context;
    return -1;
}

static bool is_p256(const EVP_PKEY *key)
{
    char group[32];
    size_t length = 0;
    return EVP_PKEY_get_base_id(key) == EVP_PKEY_EC &&
           EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, group, sizeof group,
                                          &length) == 1 &&
           strcmp(group, SN_X9_62_prime256v1) == 0;
}

/* The key in the file; with is_private the private one. */
static enum wh_err read_key(const char *path, bool is_private, EVP_PKEY **key, char *error,
                            size_t error_size)
{
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        snprintf(error, error_size, "%s: %s", path, strerror(errno));
        return WH_ERR_IO;
    }
    *key = is_private ? NULL : PEM_read_PUBKEY(file, NULL, no_passphrase, NULL);
    if (*key == NULL) {
        rewind(file);
        *key = PEM_read_PrivateKey(file, NULL, no_passphrase, NULL);
    }
    fclose(file);
    if (*key == NULL || !is_p256(*key)) {
        EVP_PKEY_free(*key);
        *key = NULL;
        snprintf(error, error_size, "%s: has no %s key on P-256 without passphrase, as PEM", path,
                 is_private ? "private" : "public");
        return WH_ERR_FORMAT;
    }
    return WH_OK;
}

enum wh_err image_openssl_public_key(const char *path, uint8_t key[WH_IMAGE_PUBLIC_KEY],
                                     char *error, size_t error_size)
{
    uint8_t point[1 + WH_IMAGE_PUBLIC_KEY];
    size_t length = 0;
    EVP_PKEY *read;
    enum wh_err err = read_key(path, false, &read, error, error_size);
    if (err != WH_OK) {
        return err;
    }
    if (EVP_PKEY_get_octet_string_param(read, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point,
                                        &length) == 1 &&
        length == sizeof point && point[0] == POINT_CONVERSION_UNCOMPRESSED) {
        memcpy(key, point + 1, WH_IMAGE_PUBLIC_KEY);
    } else {
        snprintf(error, error_size, "%s: the point of the key is not uncompressed", path);
        err = WH_ERR_FORMAT;
    }
    EVP_PKEY_free(read);
    return err;
}

static bool sign(const uint8_t number[HALF], const uint8_t *message, size_t length,
                 uint8_t *signature)
{
    struct dlms_openssl *openssl = dlms_openssl_new();
    const struct dlms_span part = {message, length};
    bool done = false;
    if (openssl != NULL) {
        const struct dlms_crypto *crypto = dlms_openssl_crypto(openssl);
        done = crypto->sign(crypto->context, DLMS_CURVE_P256, (struct dlms_span){number, HALF},
                            &part, 1, signature);
    }
    dlms_openssl_free(openssl);
    return done;
}

enum wh_err image_openssl_sign(const char *path, const uint8_t *message, size_t length,
                               uint8_t signature[WH_IMAGE_PUBLIC_KEY], char *error,
                               size_t error_size)
{
    uint8_t number[HALF];
    BIGNUM *value = NULL;
    EVP_PKEY *key;
    enum wh_err err = read_key(path, true, &key, error, error_size);
    if (err != WH_OK) {
        return err;
    }
    if (EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_PRIV_KEY, &value) != 1 ||
        BN_bn2binpad(value, number, HALF) != HALF || !sign(number, message, length, signature)) {
        snprintf(error, error_size, "%s: cannot sign with this key", path);
        err = WH_ERR_FORMAT;
    }
    dlms_wipe(number, sizeof number);
    BN_clear_free(value);
    EVP_PKEY_free(key);
    return err;
}
