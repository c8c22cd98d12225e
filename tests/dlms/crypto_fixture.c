#include "crypto_fixture.h"

#include "ports/linux/crypto_openssl.h"

const struct dlms_crypto *crypto;
static struct dlms_openssl *openssl;

int crypto_setup(void **state)
{
    (void)state;
    openssl = dlms_openssl_new();
    crypto = openssl != NULL ? dlms_openssl_crypto(openssl) : NULL;
    return openssl != NULL ? 0 : -1;
}

int crypto_teardown(void **state)
{
    (void)state;
    dlms_openssl_free(openssl);
    return 0;
}
