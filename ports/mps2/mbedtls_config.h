/* What of Mbed TLS a meter with security suite 0 needs; handed over as MBEDTLS_CONFIG_FILE. Tables are in flash;
 * memory comes from the fixed slots of crypto_mbedtls.c. */
#define MBEDTLS_AES_C
#define MBEDTLS_AES_ROM_TABLES
#define MBEDTLS_AES_FEWER_TABLES
#define MBEDTLS_CIPHER_C
#define MBEDTLS_GCM_C
#define MBEDTLS_NIST_KW_C
#define MBEDTLS_MD5_C
#define MBEDTLS_SHA1_C
#define MBEDTLS_SHA256_C
#define MBEDTLS_SHA256_SMALLER
#define MBEDTLS_PLATFORM_C
#define MBEDTLS_PLATFORM_MEMORY
#define MBEDTLS_PLATFORM_CALLOC_MACRO wh_mbedtls_slot
#define MBEDTLS_PLATFORM_FREE_MACRO   wh_mbedtls_slot_free

#include <stddef.h>
void *wh_mbedtls_slot(size_t count, size_t size);
void wh_mbedtls_slot_free(void *slot);

#include <mbedtls/check_config.h>
