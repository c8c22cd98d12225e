/* Certificates of a running meter: kept in its folder over a restart, and refused when the record is damaged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <openssl/pem.h>

#include "cli/modern_certificates.h"
#include "tests/dlms/authority.h"

enum { DER = 1024, ERROR_SIZE = 256 };

static const uint8_t server_title[DLMS_TITLE] = {0x57, 0x54, 0x48, 0, 0, 0, 0, 1};
static const uint8_t client_title[DLMS_TITLE] = {0x57, 0x54, 0x43, 0, 0, 0, 0, 2};

static struct fixture {
    char folder[64];
    char pem[80];
    struct authority authority;
    struct dlms_security security;
    struct cli_certificates certificates;
} f;

static int start(void **state)
{
    (void)state;
    memset(&f, 0, sizeof f);
    snprintf(f.folder, sizeof f.folder, "/tmp/watthour-certificates-XXXXXX");
    assert_non_null(mkdtemp(f.folder));
    snprintf(f.pem, sizeof f.pem, "%s/authority.pem", f.folder);
    authority_make(&f.authority, "Authority");
    FILE *file = fopen(f.pem, "we");
    assert_non_null(file);
    assert_int_equal(PEM_write_X509(file, f.authority.certificate), 1);
    fclose(file);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    cli_certificates_close(&f.certificates);
    authority_free(&f.authority);
    unlink(f.certificates.path);
    unlink(f.pem);
    return rmdir(f.folder);
}

/* The supply returns: nothing is known but what is in the folder. */
static enum wh_err power_up(void)
{
    char error[ERROR_SIZE];
    cli_certificates_close(&f.certificates);
    memset(&f.certificates, 0, sizeof f.certificates);
    f.security = (struct dlms_security){.suite = 1};
    memcpy(f.security.own_title, server_title, DLMS_TITLE);
    memcpy(f.security.peer_title, client_title, DLMS_TITLE);
    assert_int_equal(cli_certificates_open(&f.certificates, f.folder, f.pem, error, sizeof error),
                     WH_OK);
    return cli_certificates_offer(&f.certificates, &f.security);
}

static void import_client(void)
{
    uint8_t der[DER];
    EVP_PKEY *key = authority_key("P-256");
    const struct subject client = {"5754430000000002", "digitalSignature", key, false};
    const size_t length = authority_issue(&f.authority, &client, der);
    const struct dlms_certificates *seam = f.security.certificates;
    assert_int_equal(seam->import(seam->context, (struct dlms_span){der, length}),
                     DLMS_RESULT_SUCCESS);
    EVP_PKEY_free(key);
}

static void test_what_was_imported_outlives_the_supply(void **state)
{
    (void)state;
    uint8_t key[64];
    assert_int_equal(power_up(), WH_OK);
    assert_int_equal(f.security.public_key.length, 0);
    import_client();
    assert_int_equal(f.security.public_key.length, sizeof key);
    memcpy(key, f.security.public_key.data, sizeof key);
    assert_int_equal(power_up(), WH_OK);
    assert_int_equal(f.security.public_key.length, sizeof key);
    assert_memory_equal(f.security.public_key.data, key, sizeof key);
    /* and once more without a new start of the program */
    f.security.public_key = (struct dlms_span){NULL, 0};
    assert_int_equal(cli_certificates_offer(&f.certificates, &f.security), WH_OK);
    assert_memory_equal(f.security.public_key.data, key, sizeof key);
}

static void test_a_record_that_cannot_be_used(void **state)
{
    (void)state;
    assert_int_equal(power_up(), WH_OK);
    import_client();
    f.security = (struct dlms_security){.suite = 2};
    assert_int_equal(cli_certificates_offer(&f.certificates, &f.security), WH_ERR_CORRUPT);
    assert_null(f.security.certificates);
    assert_int_equal(truncate(f.certificates.path, 100), 0);
    assert_int_equal(power_up(), WH_ERR_CORRUPT);
    assert_int_equal(f.security.public_key.length, 0);
}

/* Who trusts another authority, or has another client, has none of the keys that were taken before. */
static void test_a_record_of_others(void **state)
{
    (void)state;
    struct authority other;
    char error[ERROR_SIZE];
    assert_int_equal(power_up(), WH_OK);
    import_client();
    const size_t length = f.certificates.anchor_length;
    uint8_t anchor[CLI_ANCHOR_MAX];
    memcpy(anchor, f.certificates.anchor, length);
    authority_make(&other, "Authority");
    uint8_t *at = f.certificates.anchor;
    f.certificates.anchor_length = (size_t)i2d_X509(other.certificate, &at);
    authority_free(&other);
    f.security.public_key = (struct dlms_span){NULL, 0};
    assert_int_equal(cli_certificates_offer(&f.certificates, &f.security), WH_ERR_CORRUPT);
    assert_int_equal(f.security.public_key.length, 0);
    memcpy(f.certificates.anchor, anchor, length);
    f.certificates.anchor_length = length;
    f.security.peer_title[7] ^= 1;
    assert_int_equal(cli_certificates_offer(&f.certificates, &f.security), WH_ERR_CORRUPT);
    assert_int_equal(f.security.public_key.length, 0);
    assert_int_equal(unlink(f.certificates.path), 0);
    assert_int_equal(cli_certificates_offer(&f.certificates, &f.security), WH_OK);
    assert_int_equal(f.security.public_key.length, 0);
    assert_int_equal(cli_certificates_open(&f.certificates, f.folder, f.pem, error, sizeof error),
                     WH_OK);
}

/* A place where nothing can be kept: then nothing is taken. */
static void test_what_cannot_be_kept_is_not_taken(void **state)
{
    (void)state;
    uint8_t der[DER];
    assert_int_equal(power_up(), WH_OK);
    char path[sizeof f.certificates.path];
    memcpy(path, f.certificates.path, sizeof path);
    snprintf(f.certificates.path, sizeof f.certificates.path, "%s/none/certificates.bin", f.folder);
    EVP_PKEY *key = authority_key("P-256");
    const struct subject client = {"5754430000000002", "digitalSignature", key, false};
    const size_t length = authority_issue(&f.authority, &client, der);
    const struct dlms_certificates *seam = f.security.certificates;
    assert_int_equal(seam->import(seam->context, (struct dlms_span){der, length}),
                     DLMS_RESULT_HARDWARE_FAULT);
    assert_int_equal(f.security.public_key.length, 0);
    memcpy(f.certificates.path, path, sizeof path);
    EVP_PKEY_free(key);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_what_was_imported_outlives_the_supply),
        TEST(test_a_record_that_cannot_be_used),
        TEST(test_a_record_of_others),
        TEST(test_what_cannot_be_kept_is_not_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
