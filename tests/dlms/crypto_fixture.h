/* The cryptography of a group of tests: OpenSSL, there from crypto_setup to crypto_teardown. */
#ifndef TEST_DLMS_CRYPTO_FIXTURE_H
#define TEST_DLMS_CRYPTO_FIXTURE_H

#include "dlms/crypto.h"

extern const struct dlms_crypto *crypto;

/* As cmocka_run_group_tests wants them. */
int crypto_setup(void **state);
int crypto_teardown(void **state);

#endif
