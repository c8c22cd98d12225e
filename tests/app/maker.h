/* A maker of software images with a key of his own, and a board that takes them. */
#ifndef TESTS_APP_MAKER_H
#define TESTS_APP_MAKER_H

#include "app/image.h"
#include "ports/linux/crypto_openssl.h"
#include "ports/linux/image_openssl.h"

enum {
    MAKER_HARDWARE = 7,
    MAKER_SIZE_MAX = 64 * 1024,
    MAKER_FLASH = MAKER_SIZE_MAX + 2 * WH_IMAGE_LOG_SECTORS * WH_IMAGE_SECTOR,
};

struct maker {
    struct dlms_openssl *dlms;
    struct image_openssl *openssl;
    uint8_t private_key[DLMS_HASH_MAX];
    uint8_t public_key[WH_IMAGE_PUBLIC_KEY];
    struct wh_image_board
        board; /* flash is the caller's; takes what it is given at its next start */
    unsigned activations;
    bool refuses;                     /* the boot loader does */
    uint8_t image[WH_IMAGE_SIZE_MAX]; /* the one made last */
    size_t size;
};

void maker_open(struct maker *maker, const struct wh_flash *flash);
void maker_close(struct maker *maker);

/* A header that fits the running software, but for the next revision. */
struct wh_image_header maker_header(const struct maker *maker, uint32_t body_length);

/* Makes the image of that header with a body of its own, and signs it. */
void maker_make(struct maker *maker, const struct wh_image_header *header);

/* Signs the image again after its octets were changed. */
void maker_sign(struct maker *maker);

#endif
