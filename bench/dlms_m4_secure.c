/* The DLMS server with security suite 0 on the Cortex-M4, -Os, crypto by Mbed TLS: known answers of its seam, and the
 * instructions of a GET of a register that is authenticated and encrypted both ways, from the APDU to the
 * answer. Budget: 25000. Returns 1 over budget or when anything is wrong. */
#include "dlms_reader.h"
#include "figure.h"
#include "ports/mps2/crypto_mbedtls.h"
#include "ports/mps2/instructions.h"
#include <stdio.h>
#include <string.h>

enum { BUDGET = 25000 };

static bool no_random(void *context, uint8_t *bytes, size_t length)
{
    (void)context;
    memset(bytes, 0x5A, length); /* nothing here draws any */
    return true;
}

/* Example of the Green Book: GET request of the clock, EK 00…0F, AK D0…DF, counter 01234567. */
static const uint8_t example_key[16] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
static const uint8_t example_iv[DLMS_GCM_IV] = {0x4D, 0x4D, 0x4D, 0,    0,    0xBC,
                                                0x61, 0x4E, 0x01, 0x23, 0x45, 0x67};
static const uint8_t example_additional[17] = {0x30, 0xD0, 0xD1, 0xD2, 0xD3, 0xD4, 0xD5, 0xD6, 0xD7,
                                               0xD8, 0xD9, 0xDA, 0xDB, 0xDC, 0xDD, 0xDE, 0xDF};
static const uint8_t example_plain[13] = {0xC0, 0x01, 0x00, 0x00, 0x08, 0x00, 0x00,
                                          0x01, 0x00, 0x00, 0xFF, 0x02, 0x00};
static const uint8_t example_sealed[25] = {0x41, 0x13, 0x12, 0xFF, 0x93, 0x5A, 0x47, 0x56, 0x68,
                                           0x27, 0xC4, 0x67, 0xBC, 0x7D, 0x82, 0x5C, 0x3B, 0xE4,
                                           0xA7, 0x7C, 0x3F, 0xCC, 0x05, 0x6B, 0x6B};

static bool gcm_is_right(const struct dlms_crypto *crypto)
{
    uint8_t sealed[25];
    uint8_t opened[13];
    const struct dlms_span additional[] = {{example_additional, 1}, {example_additional + 1, 16}};
    struct dlms_gcm gcm = {{example_key, 16}, example_iv, additional, 2, example_plain, sealed, 13};
    if (!crypto->gcm_encrypt(crypto->context, &gcm, sealed + 13) ||
        memcmp(sealed, example_sealed, sizeof sealed) != 0) {
        return false;
    }
    gcm.in = example_sealed;
    gcm.out = opened;
    const bool is_opened = crypto->gcm_decrypt(crypto->context, &gcm, example_sealed + 13) &&
                           memcmp(opened, example_plain, sizeof opened) == 0;
    sealed[20] ^= 1;
    return is_opened && !crypto->gcm_decrypt(crypto->context, &gcm, sealed + 13);
}

/* RFC 3394, 4.1; and SHA-256 of "abc" in two parts. */
static bool others_are_right(const struct dlms_crypto *crypto)
{
    static const uint8_t key[16] = {0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77,
                                    0x88, 0x99, 0xAA, 0xBB, 0xCC, 0xDD, 0xEE, 0xFF};
    static const uint8_t wrapped[24] = {0x1F, 0xA6, 0x8B, 0x0A, 0x81, 0x12, 0xB4, 0x47,
                                        0xAE, 0xF3, 0x4B, 0xD8, 0xFB, 0x5A, 0x7B, 0x82,
                                        0x9D, 0x3E, 0x86, 0x23, 0x71, 0xD2, 0xCF, 0xE5};
    static const uint8_t abc[4] = {0xBA, 0x78, 0x16, 0xBF};
    const struct dlms_span kek = {example_key, 16};
    const struct dlms_span parts[] = {{(const uint8_t *)"a", 1}, {(const uint8_t *)"bc", 2}};
    uint8_t out[32];
    return crypto->wrap(crypto->context, kek, key, 16, out) && memcmp(out, wrapped, 24) == 0 &&
           crypto->unwrap(crypto->context, kek, wrapped, 24, out) && memcmp(out, key, 16) == 0 &&
           crypto->hash(crypto->context, DLMS_HASH_SHA256, parts, 2, out) &&
           memcmp(out, abc, 4) == 0;
}

struct run {
    struct dlms_meter meter;
    uint8_t request[DLMS_READER_APDU];
    size_t request_length;
    uint8_t reply[DLMS_METER_PDU];
    size_t length;
};

static void get(void *context)
{
    struct run *run = context;
    run->length = dlms_meter_handle(&run->meter, DLMS_METER_CIPHERED, run->request,
                                    run->request_length, run->reply);
}

/* The answer, opened by the client, is register 45. */
static bool is_answer(const struct run *run, struct dlms_security *client)
{
    static const uint8_t expected[] = {0xC4, 0x01, 0xC1, 0x00, 0x06, 0x00, 0x00, 0x04, 0x15};
    struct dlms_unprotected opened;
    uint8_t plain[64];
    return dlms_unprotect(client, NULL, NULL, (struct dlms_span){run->reply, run->length}, plain,
                          sizeof plain, &opened) == DLMS_OK &&
           opened.apdu.length == sizeof expected && memcmp(plain, expected, sizeof expected) == 0;
}

int main(void)
{
    static struct run run;
    static struct dlms_mbedtls mbedtls;
    static uint8_t additional[DLMS_METER_PDU + 64];
    struct dlms_security server;
    struct dlms_security client;
    dlms_mbedtls_init(&mbedtls, no_random, additional, sizeof additional);
    if (!gcm_is_right(&mbedtls.crypto) || !others_are_right(&mbedtls.crypto)) {
        printf("Mbed TLS gives wrong answers\n");
        return 1;
    }
    dlms_reader_keys(&server, &client, &mbedtls.crypto);
    dlms_meter_init(&run.meter, &mbedtls.crypto, &server);
    if (!dlms_reader_open(&run.meter, &client)) {
        printf("not associated\n");
        return 1;
    }
    run.request_length =
        dlms_reader_protect(&client, dlms_meter_get, sizeof dlms_meter_get, run.request);
    const uint32_t instructions = wh_mps2_instructions(get, &run);
    if (!is_answer(&run, &client)) {
        printf("a wrong answer\n");
        return 1;
    }
    printf("DLMS server with suite 0 by Mbed TLS, instructions of a GET of a register, "
           "authenticated and "
           "encrypted, Cortex-M4 (budget %d):\n  %lu\noctets: crypto %u\n",
           BUDGET, (unsigned long)instructions, (unsigned)sizeof mbedtls);
    figure("the same, suite 0, instructions", "181861", "<= 25000", instructions);
    return instructions <= BUDGET ? 0 : 1;
}
