#include "authority.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>

EVP_PKEY *authority_key(const char *curve)
{
    EVP_PKEY *key = EVP_EC_gen(curve);
    assert_non_null(key);
    return key;
}

static void extend(X509 *certificate, int nid, const char *value)
{
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, nid, value);
    assert_non_null(extension);
    assert_int_equal(X509_add_ext(certificate, extension, -1), 1);
    X509_EXTENSION_free(extension);
}

static X509 *make(const struct authority *issuer, const struct subject *subject)
{
    static long serial = 4711;
    X509 *certificate = X509_new();
    X509_NAME *name = X509_NAME_new();
    assert_non_null(certificate);
    X509_NAME_add_entry_by_NID(name, NID_commonName, MBSTRING_ASC, (const uint8_t *)subject->name,
                               -1, -1, 0);
    X509_set_version(certificate, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial++);
    X509_set_subject_name(certificate, name);
    X509_set_issuer_name(certificate,
                         issuer != NULL ? X509_get_subject_name(issuer->certificate) : name);
    X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 86400);
    X509_set_pubkey(certificate, subject->key);
    extend(certificate, NID_basic_constraints,
           subject->is_authority ? "critical,CA:TRUE" : "CA:FALSE");
    extend(certificate, NID_key_usage, subject->usage);
    assert_true(X509_sign(certificate, issuer != NULL ? issuer->key : subject->key, EVP_sha256()) >
                0);
    X509_NAME_free(name);
    return certificate;
}

size_t authority_issue(const struct authority *issuer, const struct subject *subject, uint8_t *der)
{
    X509 *certificate = make(issuer, subject);
    const int length = i2d_X509(certificate, &der);
    X509_free(certificate);
    assert_true(length > 0 && length <= 1024);
    return (size_t)length;
}

void authority_make(struct authority *authority, const char *name)
{
    authority->key = authority_key("P-256");
    authority->certificate =
        make(NULL, &(struct subject){name, "critical,keyCertSign", authority->key, true});
}

void authority_free(struct authority *authority)
{
    X509_free(authority->certificate);
    EVP_PKEY_free(authority->key);
}

EVP_PKEY *authority_read_request(struct dlms_span request, const char *name)
{
    const uint8_t *at = request.data;
    char text[64] = "";
    X509_REQ *parsed = d2i_X509_REQ(NULL, &at, (long)request.length);
    EVP_PKEY *key = parsed != NULL ? X509_REQ_get_pubkey(parsed) : NULL;
    if (key != NULL) {
        X509_NAME_get_text_by_NID(X509_REQ_get_subject_name(parsed), NID_commonName, text,
                                  sizeof text);
        if (strcmp(text, name) != 0 || X509_REQ_verify(parsed, key) != 1) {
            EVP_PKEY_free(key);
            key = NULL;
        }
    }
    X509_REQ_free(parsed);
    return key;
}
