#include "maker.h"

#include "legal/interface.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The boot loader: what it takes runs from now on. */
static bool activate(void *context, const struct wh_software *next)
{
    struct maker *maker = context;
    maker->activations++;
    if (!maker->refuses) {
        maker->board.running = *next;
    }
    return !maker->refuses;
}

void maker_open(struct maker *maker, const struct wh_flash *flash)
{
    memset(maker, 0, sizeof *maker);
    maker->dlms = dlms_openssl_new();
    maker->openssl = image_openssl_new();
    assert_non_null(maker->dlms);
    assert_non_null(maker->openssl);
    const struct dlms_crypto *crypto = dlms_openssl_crypto(maker->dlms);
    assert_true(
        crypto->generate(crypto->context, DLMS_CURVE_P256, maker->private_key, maker->public_key));
    maker->board = (struct wh_image_board){
        .flash = flash,
        .size_max = MAKER_SIZE_MAX,
        .crypto = image_openssl_crypto(maker->openssl),
        .public_key = maker->public_key,
        .hardware = MAKER_HARDWARE,
        .running = {.number = WH_SOFTWARE_NUMBER, .revision = 5},
        .activate = activate,
        .context = maker,
    };
}

void maker_close(struct maker *maker)
{
    dlms_openssl_free(maker->dlms);
    image_openssl_free(maker->openssl);
}

struct wh_image_header maker_header(const struct maker *maker, uint32_t body_length)
{
    const struct wh_software_id legal = wh_legal_software_id();
    struct wh_image_header header = {
        .model = "382M",
        .hardware = MAKER_HARDWARE,
        .software = {.number = WH_SOFTWARE_NUMBER, .revision = maker->board.running.revision + 1},
        .body_length = body_length,
    };
    strncpy(header.legal_version, legal.version, sizeof header.legal_version - 1);
    for (int i = 0; i < WH_SOFTWARE_DIGEST; i++) {
        const char digits[3] = {legal.checksum_hex[2 * i], legal.checksum_hex[2 * i + 1]};
        header.legal_checksum[i] = (uint8_t)strtoul(digits, NULL, 16);
    }
    return header;
}

void maker_sign(struct maker *maker)
{
    const struct dlms_crypto *crypto = dlms_openssl_crypto(maker->dlms);
    const struct dlms_span part = {maker->image, WH_IMAGE_SIGNED};
    assert_true(crypto->sign(crypto->context, DLMS_CURVE_P256,
                             (struct dlms_span){maker->private_key, 32}, &part, 1,
                             maker->image + WH_IMAGE_SIGNED));
}

void maker_make(struct maker *maker, const struct wh_image_header *header)
{
    const struct dlms_crypto *crypto = dlms_openssl_crypto(maker->dlms);
    struct wh_image_header made = *header;
    uint8_t *body = maker->image + WH_IMAGE_HEADER;
    for (uint32_t i = 0; i < made.body_length; i++) {
        body[i] = (uint8_t)(i * 7 + i / 251 + made.software.revision);
    }
    const struct dlms_span part = {body, made.body_length};
    assert_true(crypto->hash(crypto->context, DLMS_HASH_SHA256, &part, 1, made.software.digest));
    assert_int_equal(wh_image_header_check(&made), WH_OK);
    wh_image_header_encode(&made, maker->image);
    maker_sign(maker);
    maker->size = WH_IMAGE_HEADER + made.body_length;
}
