/* COM-2. Certificates of the Security setup (class 64, attribute 6, methods 4 … 8) over a secured association, with an
 * authority by OpenSSL: pairs made and certified, a client's keys taken from its certificate; what is not genuine, not for
 * its purpose or cannot be kept changes nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "authority.h"
#include "ports/linux/certificates_openssl.h"
#include "ports/linux/crypto_openssl.h"
#include "secure_peer.h"

enum { DER = 1024, SIGNING = 0, AGREEMENT = 1, DONE = 0, REASON = 250, UNMATCHED = 12 };

#define SERVER "4D4D4D0000BC614E"
#define CLIENT "4D4D4D0000000001"
#define OTHER  "4D4D4D0000000002"

static const struct dlms_cover sealed = {DLMS_ENVELOPE_GLO, 0x31};

/* A server with an authority's certificate, and a client that may change its keys. */
static struct fixture {
    struct dlms_openssl *openssl;
    struct secure_peer secure;
    struct authority authority;
    uint8_t anchor[DER];
    size_t anchor_length;
    struct certificates_openssl *store;
    uint8_t kept[CERTIFICATES_OPENSSL_KEPT];
    unsigned saves;
    bool save_fails;
    uint8_t answer[DER];
    size_t answer_length;
} f;

static bool save(void *context, const uint8_t kept[CERTIFICATES_OPENSSL_KEPT])
{
    assert_ptr_equal(context, &f);
    if (!f.save_fails) {
        memcpy(f.kept, kept, sizeof f.kept);
        f.saves++;
    }
    return !f.save_fails;
}

static struct certificates_openssl *open_store(const uint8_t *kept)
{
    const struct certificates_openssl_setup setup = {
        .security = &f.secure.server,
        .anchor = {f.anchor, f.anchor_length},
        .save = save,
        .context = &f,
    };
    return certificates_openssl_new(&setup, kept);
}

static int start(void **state)
{
    (void)state;
    memset(&f, 0, sizeof f);
    f.openssl = dlms_openssl_new();
    authority_make(&f.authority, "Authority");
    uint8_t *at = f.anchor;
    f.anchor_length = (size_t)i2d_X509(f.authority.certificate, &at);
    secure_init(&f.secure, dlms_openssl_crypto(f.openssl), 1, SECURE_CIPHERED);
    memcpy(f.secure.server.peer_title, keys_client_title, DLMS_TITLE);
    f.secure.peer.server.max_receive_pdu = SECURE_APDU;
    f.store = open_store(NULL);
    assert_non_null(f.store);
    f.secure.server.certificates = certificates_openssl_seam(f.store);
    secure_open(&f.secure, sealed);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    certificates_openssl_free(f.store);
    authority_free(&f.authority);
    dlms_openssl_free(f.openssl);
    return 0;
}

/* ---- The client ---- */

/* An ACTION of the Security setup; its return parameter, an octet-string, goes to answer. */
static int invoke(int method, const uint8_t *data, size_t length)
{
    char text[2 * SECURE_APDU + 64];
    int used = snprintf(text, sizeof text, "C301C1004000002B0000FF%02X01", (unsigned)method);
    for (size_t i = 0; i < length; i++) {
        used += snprintf(text + used, 3, "%02X", data[i]);
    }
    uint8_t bytes[DER + 64];
    const size_t got = peer_bytes(secure_ask(&f.secure, sealed, text), bytes, sizeof bytes);
    assert_true(got >= 5 && bytes[0] == 0xC7 && bytes[1] == 1);
    f.answer_length = 0;
    if (bytes[3] == DONE && bytes[4] == 1) {
        struct dlms_reader reader = dlms_reader(bytes + 6, got - 6);
        const struct dlms_value value = dlms_read_value(&reader);
        assert_int_equal(value.tag, DLMS_TAG_OCTET_STRING);
        memcpy(f.answer, value.bytes.data, value.bytes.length);
        f.answer_length = value.bytes.length;
    }
    return bytes[3];
}

static int invoke_enum(int method, uint8_t number)
{
    const uint8_t data[] = {DLMS_TAG_ENUM, number};
    return invoke(method, data, sizeof data);
}

static int import(const uint8_t *der, size_t length)
{
    uint8_t data[DER + 8];
    struct dlms_writer out = dlms_writer(data, sizeof data);
    dlms_put_octet_string(&out, der, length);
    return invoke(6, data, out.total);
}

/* By entity, type and title. */
static int by_title(int method, uint8_t entity, uint8_t type, const uint8_t title[DLMS_TITLE])
{
    uint8_t data[64];
    struct dlms_writer out = dlms_writer(data, sizeof data);
    dlms_put_structure(&out, 2);
    dlms_put_enum(&out, 0);
    dlms_put_structure(&out, 3);
    dlms_put_enum(&out, entity);
    dlms_put_enum(&out, type);
    dlms_put_octet_string(&out, title, DLMS_TITLE);
    return invoke(method, data, out.total);
}

/* The elements of attribute 6. */
static size_t count_certificates(void)
{
    uint8_t bytes[4096];
    f.secure.peer.link.sessions[0].max_send_pdu = UINT16_MAX;
    peer_bytes(secure_ask(&f.secure, sealed, "C001C1004000002B0000FF0600"), bytes, sizeof bytes);
    assert_memory_equal(bytes, "\xC4\x01\xC1\x00\x01", 5);
    return bytes[5];
}

/* A certificate for a name, by the authority given. */
static size_t certify(const struct authority *by, const char *name, const char *usage,
                      EVP_PKEY *key, uint8_t der[DER])
{
    return authority_issue(by, &(struct subject){name, usage, key, false}, der);
}

/* The server makes a pair and gets a certificate for it. */
static int certify_server(uint8_t type)
{
    uint8_t der[DER];
    assert_int_equal(invoke_enum(4, type), DONE);
    assert_int_equal(invoke_enum(5, type), DONE);
    EVP_PKEY *key = authority_read_request((struct dlms_span){f.answer, f.answer_length}, SERVER);
    assert_non_null(key);
    const size_t length = certify(&f.authority, SERVER,
                                  type == SIGNING ? "digitalSignature" : "keyAgreement", key, der);
    EVP_PKEY_free(key);
    return import(der, length);
}

/* ---- Tests ---- */

/* From the pair to what it signs: the client checks that with the key of the certificate it gets. */
static void test_the_server_gets_its_own_certificate(void **state)
{
    (void)state;
    const struct dlms_span before = f.secure.server.private_key;
    assert_int_equal(invoke_enum(5, SIGNING), REASON); /* there is no pair yet */
    assert_int_equal(invoke_enum(4, SIGNING), DONE);
    assert_ptr_equal(f.secure.server.private_key.data, before.data); /* not used before */
    assert_int_equal(certify_server(SIGNING), DONE);
    assert_ptr_not_equal(f.secure.server.private_key.data, before.data);
    assert_int_equal(by_title(7, DLMS_CERTIFICATE_SERVER, SIGNING, keys_server_title), DONE);
    const uint8_t *at = f.answer;
    X509 *certificate = d2i_X509(NULL, &at, (long)f.answer_length);
    assert_non_null(certificate);
    uint8_t point[1 + DLMS_POINT_MAX];
    size_t length;
    assert_int_equal(EVP_PKEY_get_octet_string_param(X509_get0_pubkey(certificate), "pub", point,
                                                     sizeof point, &length),
                     1);
    X509_free(certificate);
    f.secure.client.public_key = (struct dlms_span){point + 1, 64};
    f.secure.server.policy = DLMS_POLICY_RESPONSE_SIGNED;
    const struct dlms_cover cover = {DLMS_ENVELOPE_GENERAL_GLO | DLMS_SIGNED_INSIDE, 0x31};
    assert_memory_equal(secure_ask(&f.secure, cover, "C001C1004000002B0000FF0300"), "C401C100", 8);
}

static void test_the_client_is_known_by_its_certificate(void **state)
{
    (void)state;
    uint8_t der[DER];
    uint8_t private_key[DLMS_HASH_MAX];
    BIGNUM *number = NULL;
    EVP_PKEY *key = authority_key("P-256");
    const size_t length = certify(&f.authority, CLIENT, "digitalSignature", key, der);
    assert_int_equal(import(der, length), DONE);
    const struct dlms_cover cover = {DLMS_ENVELOPE_GENERAL_GLO | DLMS_SIGNED_INSIDE, 0x31};
    assert_string_equal(secure_ask(&f.secure, cover, "C001C1004000002B0000FF0300"), "D80105");
    EVP_PKEY_get_bn_param(key, "priv", &number);
    BN_bn2binpad(number, private_key, 32);
    f.secure.client.private_key = (struct dlms_span){private_key, 32};
    assert_memory_equal(secure_ask(&f.secure, cover, "C001C1004000002B0000FF0300"), "C401C100", 8);
    BN_clear_free(number);
    EVP_PKEY_free(key);
}

/* Listed, found by number and issuer as the list says, removed; what is in force stays. */
static void test_list_export_remove(void **state)
{
    (void)state;
    uint8_t der[DER];
    EVP_PKEY *key = authority_key("P-256");
    assert_int_equal(count_certificates(), 0);
    const size_t length = certify(&f.authority, OTHER, "keyAgreement", key, der);
    assert_int_equal(import(der, length), DONE);
    assert_int_equal(import(der, length), DONE); /* once more is the same */
    assert_int_equal(certify_server(AGREEMENT), DONE);
    assert_int_equal(count_certificates(), 2);
    struct dlms_certificate told;
    const struct dlms_certificates *seam = f.secure.server.certificates;
    assert_true(seam->list(seam->context, 0, &told));
    assert_int_equal(told.entity, DLMS_CERTIFICATE_OTHER_ENTITY);
    assert_int_equal(told.type, AGREEMENT);
    uint8_t data[300];
    struct dlms_writer out = dlms_writer(data, sizeof data);
    dlms_put_structure(&out, 2);
    dlms_put_enum(&out, 1);
    dlms_put_structure(&out, 2);
    dlms_put_octet_string(&out, told.serial.data, told.serial.length);
    dlms_put_octet_string(&out, told.issuer.data, told.issuer.length);
    assert_int_equal(invoke(7, data, out.total), DONE);
    assert_int_equal(f.answer_length, length);
    assert_memory_equal(f.answer, der, length);
    assert_int_equal(invoke(8, data, out.total), DONE);
    assert_int_equal(invoke(7, data, out.total), REASON);
    assert_int_equal(by_title(8, DLMS_CERTIFICATE_SERVER, AGREEMENT, keys_server_title), REASON);
    assert_int_equal(by_title(7, DLMS_CERTIFICATE_SERVER, AGREEMENT, keys_client_title), REASON);
    assert_int_equal(count_certificates(), 1);
    EVP_PKEY_free(key);
}

/* An authority under the anchor is taken, and then what it signed; not one under that. */
static void test_an_authority_in_between(void **state)
{
    (void)state;
    uint8_t der[DER];
    struct authority between;
    authority_make(&between, "Between");
    EVP_PKEY *key = authority_key("P-256");
    size_t length = certify(&between, OTHER, "digitalSignature", key, der);
    assert_int_equal(import(der, length), REASON);
    length = authority_issue(
        &f.authority, &(struct subject){"Between", "critical,keyCertSign", between.key, true}, der);
    assert_int_equal(import(der, length), DONE);
    length = certify(&between, OTHER, "digitalSignature", key, der);
    assert_int_equal(import(der, length), DONE);
    length = authority_issue(&between,
                             &(struct subject){"Below", "critical,keyCertSign", key, true}, der);
    assert_int_equal(import(der, length), REASON);
    assert_int_equal(count_certificates(), 2);
    EVP_PKEY_free(key);
    authority_free(&between);
}

/* Every octet changed, and every certificate that is not good: refused, nothing saved, no key changed. */
static void test_what_is_not_genuine(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        const char *usage;
        const char *curve;
    } rows[] = {
        {CLIENT, "digitalSignature,keyAgreement", "P-256"},
        {CLIENT, "nonRepudiation", "P-256"},
        {CLIENT, "digitalSignature", "P-384"},
        {"4D4D4D000000000", "digitalSignature", "P-256"},
        {"4D4D4D000000000G", "digitalSignature", "P-256"},
        {"Somebody", "digitalSignature", "P-256"},
        {SERVER, "digitalSignature", "P-256"}, /* for another key than the server's */
    };
    uint8_t der[DER];
    const struct dlms_span before = f.secure.server.public_key;
    for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++) {
        EVP_PKEY *key = authority_key(rows[r].curve);
        const size_t length = certify(&f.authority, rows[r].name, rows[r].usage, key, der);
        assert_int_equal(import(der, length), REASON);
        EVP_PKEY_free(key);
    }
    struct authority foreign;
    authority_make(&foreign, "Authority"); /* of the same name */
    EVP_PKEY *key = authority_key("P-256");
    size_t length = certify(&foreign, CLIENT, "digitalSignature", key, der);
    assert_int_equal(import(der, length), REASON);
    length = certify(&f.authority, CLIENT, "digitalSignature", key, der);
    const struct dlms_certificates *seam = f.secure.server.certificates;
    for (size_t i = 0; i < length; i++) {
        der[i] ^= 0x20;
        assert_int_equal(seam->import(seam->context, (struct dlms_span){der, length}), REASON);
        der[i] ^= 0x20;
        assert_int_equal(seam->import(seam->context, (struct dlms_span){der, i}), REASON);
    }
    assert_int_equal(f.saves, 0);
    assert_memory_equal(&f.secure.server.public_key, &before, sizeof before);
    assert_int_equal(import(der, length), DONE);
    EVP_PKEY_free(key);
    authority_free(&foreign);
}

static void test_what_is_malformed(void **state)
{
    (void)state;
    static const char *const parameters[] = {"00",
                                             "1600 00",
                                             "0900",
                                             "0202 1600 0203 1600 1600 1100",
                                             "0202 1602 0202 0900 0900",
                                             "0202 1601 0201 0900",
                                             "0202 1600 0203 1604 1600 0900"};
    for (int method = 4; method <= 8; method++) {
        for (size_t p = 0; p < sizeof parameters / sizeof parameters[0]; p++) {
            const bool is_empty_string = method == 6 && p == 2;
            char plain[128];
            snprintf(plain, sizeof plain, "C301C1004000002B0000FF%02X01%s", (unsigned)method,
                     parameters[p]);
            const char *said = secure_ask(&f.secure, sealed, plain);
            assert_true(strcmp(said, is_empty_string ? "C701C1FA00" : "C701C10C00") == 0 ||
                        strcmp(said, "D80103") == 0); /* no Data at all */
        }
    }
    assert_int_equal(invoke_enum(4, 3), UNMATCHED);
    assert_int_equal(invoke_enum(4, 2), REASON); /* TLS is not served */
    /* not authenticated */
    assert_string_equal(secure_ask(&f.secure, (struct dlms_cover){DLMS_ENVELOPE_GLO, 0x21},
                                   "C301C1004000002B0000FF04011600"),
                        "C701C10D00");
    assert_int_equal(f.saves, 0);
}

static void test_what_cannot_be_kept_is_not_done(void **state)
{
    (void)state;
    uint8_t der[DER];
    EVP_PKEY *key = authority_key("P-256");
    const struct dlms_span before = f.secure.server.public_key;
    const size_t length = certify(&f.authority, CLIENT, "digitalSignature", key, der);
    f.save_fails = true;
    assert_int_equal(import(der, length), DLMS_RESULT_HARDWARE_FAULT);
    assert_int_equal(invoke_enum(4, SIGNING), DLMS_RESULT_HARDWARE_FAULT);
    assert_int_equal(invoke_enum(5, SIGNING), REASON);
    assert_memory_equal(&f.secure.server.public_key, &before, sizeof before);
    assert_int_equal(count_certificates(), 0);
    f.save_fails = false;
    assert_int_equal(import(der, length), DONE);
    EVP_PKEY_free(key);
}

/* After a power cut: the same keys, the same list, and a pair still to be certified. */
static void test_the_record_outlives_the_supply(void **state)
{
    (void)state;
    uint8_t der[DER];
    EVP_PKEY *key = authority_key("P-256");
    assert_int_equal(certify_server(SIGNING), DONE);
    assert_int_equal(import(der, certify(&f.authority, CLIENT, "keyAgreement", key, der)), DONE);
    assert_int_equal(invoke_enum(4, AGREEMENT), DONE);
    uint8_t own[32];
    uint8_t peer[64];
    memcpy(own, f.secure.server.private_key.data, sizeof own);
    memcpy(peer, f.secure.server.agreement_public.data, sizeof peer);
    certificates_openssl_free(f.store);
    f.secure.server.private_key = (struct dlms_span){NULL, 0};
    f.secure.server.agreement_public = (struct dlms_span){NULL, 0};
    f.store = open_store(f.kept);
    assert_non_null(f.store);
    f.secure.server.certificates = certificates_openssl_seam(f.store);
    assert_memory_equal(own, f.secure.server.private_key.data, sizeof own);
    assert_memory_equal(peer, f.secure.server.agreement_public.data, sizeof peer);
    assert_int_equal(count_certificates(), 2);
    assert_int_equal(invoke_enum(5, AGREEMENT), DONE);
    f.kept[0] ^= 1;
    assert_null(open_store(f.kept));
    EVP_PKEY_free(key);
}

static void test_there_is_an_end_of_the_room(void **state)
{
    (void)state;
    uint8_t der[DER];
    EVP_PKEY *key = authority_key("P-256");
    int result = DONE;
    size_t taken = 0;
    while (result == DONE && taken < 100) {
        result = import(der, certify(&f.authority, OTHER, "digitalSignature", key, der));
        taken += result == DONE;
    }
    assert_int_equal(result, REASON);
    assert_int_equal(count_certificates(), taken);
    EVP_PKEY_free(key);
}

/* Without the seam all is as before. */
static void test_a_server_without_certificates(void **state)
{
    (void)state;
    f.secure.server.certificates = NULL;
    assert_int_equal(count_certificates(), 0);
    assert_int_equal(invoke_enum(4, SIGNING), DLMS_RESULT_OBJECT_UNDEFINED);
}

static void test_an_anchor_that_is_none(void **state)
{
    (void)state;
    EVP_PKEY *key = authority_key("P-256");
    f.anchor_length = certify(NULL, CLIENT, "digitalSignature", key, f.anchor);
    assert_null(open_store(NULL));
    f.anchor_length = 20;
    assert_null(open_store(NULL));
    EVP_PKEY_free(key);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_the_server_gets_its_own_certificate),
        TEST(test_the_client_is_known_by_its_certificate),
        TEST(test_list_export_remove),
        TEST(test_an_authority_in_between),
        TEST(test_what_is_not_genuine),
        TEST(test_what_is_malformed),
        TEST(test_what_cannot_be_kept_is_not_done),
        TEST(test_the_record_outlives_the_supply),
        TEST(test_there_is_an_end_of_the_room),
        TEST(test_a_server_without_certificates),
        TEST(test_an_anchor_that_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
