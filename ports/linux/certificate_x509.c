/* X.509 and PKCS#10 by OpenSSL. Invariant: nothing here trusts anybody. */
#include "ports/linux/certificate_x509.h"
#include "dlms/certificates.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>

X509 *x509_parse(struct dlms_span der)
{
    const uint8_t *at = der.data;
    X509 *certificate = d2i_X509(NULL, &at, (long)der.length);
    if (certificate != NULL && at != der.data + der.length) {
        X509_free(certificate);
        certificate = NULL;
    }
    return certificate;
}

/* x and y of a key on the suite's curve; false: it is on none, or another. */
static bool point_of(EVP_PKEY *key, uint8_t suite, uint8_t point[DLMS_POINT_MAX])
{
    const char *curve = suite == 2 ? "secp384r1" : "prime256v1";
    const size_t size = 2 * dlms_suite_coordinate(suite);
    char name[32] = "";
    uint8_t encoded[1 + DLMS_POINT_MAX];
    size_t length = 0;
    if (key == NULL ||
        EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, name, sizeof name, NULL) !=
            1 ||
        strcmp(name, curve) != 0 ||
        EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, encoded, sizeof encoded,
                                        &length) != 1 ||
        length != 1 + size || encoded[0] != POINT_CONVERSION_UNCOMPRESSED) {
        return false;
    }
    memcpy(point, encoded + 1, size);
    return true;
}

bool x509_point(X509 *certificate, uint8_t suite, uint8_t point[DLMS_POINT_MAX])
{
    return point_of(X509_get0_pubkey(certificate), suite, point);
}

bool x509_title(X509 *certificate, uint8_t title[DLMS_TITLE])
{
    char text[2 * DLMS_TITLE + 2];
    unsigned octet;
    const int length = X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName,
                                                 text, sizeof text);
    bool is_title = length == 2 * DLMS_TITLE &&
                    strspn(text, "0123456789abcdefABCDEF") == 2 * (size_t)DLMS_TITLE;
    for (size_t i = 0; is_title && i < DLMS_TITLE; i++) {
        is_title = sscanf(text + 2 * i, "%2x", &octet) == 1; /* NOLINT(cert-err34-c) */
        title[i] = (uint8_t)octet;
    }
    return is_title;
}

bool x509_is_authority(X509 *certificate)
{
    return X509_check_ca(certificate) == 1 &&
           (X509_get_key_usage(certificate) & KU_KEY_CERT_SIGN) != 0;
}

int x509_type(X509 *certificate)
{
    const uint32_t usage = X509_get_key_usage(certificate);
    if ((X509_get_extension_flags(certificate) & EXFLAG_KUSAGE) == 0) {
        return -1;
    }
    return usage == KU_DIGITAL_SIGNATURE ? DLMS_CERTIFICATE_SIGNING
           : usage == KU_KEY_AGREEMENT   ? DLMS_CERTIFICATE_AGREEMENT
                                         : -1;
}

bool x509_is_signed_by(X509 *certificate, X509 *authority)
{
    const int algorithm = X509_get_signature_nid(certificate);
    const uint32_t bad = EXFLAG_INVALID | EXFLAG_CRITICAL;
    return (algorithm == NID_ecdsa_with_SHA256 || algorithm == NID_ecdsa_with_SHA384) &&
           (X509_get_extension_flags(certificate) & bad) == 0 &&
           X509_check_issued(authority, certificate) == X509_V_OK &&
           X509_verify(certificate, X509_get0_pubkey(authority)) == 1;
}

/* ---- What it says ---- */

static struct dlms_span copy(uint8_t *to, size_t size, const uint8_t *from, int length)
{
    if (from == NULL || length < 0 || (size_t)length > size) {
        return (struct dlms_span){to, 0};
    }
    memcpy(to, from, (size_t)length);
    return (struct dlms_span){to, (size_t)length};
}

static struct dlms_span name_of(const X509_NAME *name, uint8_t *to, size_t size)
{
    const uint8_t *der = NULL;
    size_t length = 0;
    return X509_NAME_get0_der(name, &der, &length) == 1 ? copy(to, size, der, (int)length)
                                                        : (struct dlms_span){to, 0};
}

struct dlms_span x509_serial(X509 *certificate, uint8_t *to, size_t size)
{
    const ASN1_INTEGER *serial = X509_get0_serialNumber(certificate);
    return copy(to, size, ASN1_STRING_get0_data(serial), ASN1_STRING_length(serial));
}

struct dlms_span x509_issuer(X509 *certificate, uint8_t *to, size_t size)
{
    return name_of(X509_get_issuer_name(certificate), to, size);
}

struct dlms_span x509_subject(X509 *certificate, uint8_t *to, size_t size)
{
    return name_of(X509_get_subject_name(certificate), to, size);
}

struct dlms_span x509_alternative(X509 *certificate, uint8_t *to, size_t size)
{
    const int at = X509_get_ext_by_NID(certificate, NID_subject_alt_name, -1);
    if (at < 0) {
        return (struct dlms_span){to, 0};
    }
    const ASN1_OCTET_STRING *data = X509_EXTENSION_get_data(X509_get_ext(certificate, at));
    return copy(to, size, ASN1_STRING_get0_data(data), ASN1_STRING_length(data));
}

/* ---- Pairs ---- */

static bool private_of(EVP_PKEY *key, size_t size, uint8_t *private_key)
{
    BIGNUM *number = NULL;
    const bool done = EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_PRIV_KEY, &number) == 1 &&
                      BN_bn2binpad(number, private_key, (int)size) == (int)size;
    BN_clear_free(number);
    return done;
}

bool x509_pair_make(struct x509_pair *pair, uint8_t suite)
{
    EVP_PKEY *key = EVP_EC_gen(suite == 2 ? "P-384" : "P-256");
    uint8_t *at = pair->der;
    const int length = key != NULL ? i2d_PrivateKey(key, NULL) : -1;
    const bool done = length > 0 && length <= X509_PAIR_MAX && i2d_PrivateKey(key, &at) == length &&
                      private_of(key, dlms_suite_coordinate(suite), pair->private_key) &&
                      point_of(key, suite, pair->public_key);
    pair->length = done ? (uint32_t)length : 0;
    EVP_PKEY_free(key);
    return done;
}

/* PKCS#10: the title as common name, signed with the key that is asked for. */
static int write_request(EVP_PKEY *key, uint8_t suite, const uint8_t title[DLMS_TITLE],
                         uint8_t **der)
{
    char text[2 * DLMS_TITLE + 1];
    for (size_t i = 0; i < DLMS_TITLE; i++) {
        snprintf(text + 2 * i, 3, "%02X", title[i]);
    }
    X509_REQ *request = X509_REQ_new();
    X509_NAME *name = X509_NAME_new();
    const bool done = request != NULL && name != NULL &&
                      X509_NAME_add_entry_by_NID(name, NID_commonName, MBSTRING_ASC,
                                                 (const uint8_t *)text, -1, -1, 0) == 1 &&
                      X509_REQ_set_subject_name(request, name) == 1 &&
                      X509_REQ_set_pubkey(request, key) == 1 &&
                      X509_REQ_sign(request, key, suite == 2 ? EVP_sha384() : EVP_sha256()) > 0;
    const int length = done ? i2d_X509_REQ(request, der) : -1;
    X509_NAME_free(name);
    X509_REQ_free(request);
    return length;
}

size_t x509_request(const struct x509_pair *pair, uint8_t suite, const uint8_t title[DLMS_TITLE],
                    uint8_t *request, size_t size)
{
    const uint8_t *at = pair->der;
    uint8_t *der = NULL;
    EVP_PKEY *key = d2i_AutoPrivateKey(NULL, &at, (long)pair->length);
    const int length = key != NULL ? write_request(key, suite, title, &der) : -1;
    const bool fits = length > 0 && (size_t)length <= size;
    if (fits) {
        memcpy(request, der, (size_t)length);
    }
    EVP_PKEY_free(key);
    OPENSSL_free(der);
    return fits ? (size_t)length : 0;
}
