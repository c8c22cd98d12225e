/* What a board gives for the transfer of software images: memory, algorithms, the maker's key, and
 * the way to its boot loader.
 */
#ifndef WH_APP_IMAGE_BOARD_H
#define WH_APP_IMAGE_BOARD_H

#include "app/software.h"
#include "store/flash.h"
#include <stdbool.h>

enum { WH_IMAGE_PUBLIC_KEY = 64 /* octets: x and y on P-256 */ };

/* Every function returns false when it cannot do what is asked. Inputs are borrowed for the call. */
struct wh_image_crypto {
    void *context;

    /* SHA-256 of what comes in pieces, one at a time: begin drops one that was not ended. */
    bool (*begin)(void *context);
    bool (*add)(void *context, const uint8_t *data, size_t length);
    bool (*end)(void *context, uint8_t digest[WH_SOFTWARE_DIGEST]);

    /* ECDSA on P-256 over the SHA-256 of message; signature is r and s. False also when it is wrong. */
    bool (*verify)(void *context, const uint8_t public_key[WH_IMAGE_PUBLIC_KEY],
                   const uint8_t *message, size_t length, const uint8_t *signature);
};

/* What the pointers lead to is borrowed as long as the meter is used. */
struct wh_image_board {
    /* From first_sector on: wh_image_sectors (image_slot.h) for images of size_max octets, header
     * included. The flash of the logs behind those, or another. */
    const struct wh_flash *flash;
    uint32_t first_sector;
    uint32_t size_max; /* at most WH_IMAGE_SIZE_MAX */
    const struct wh_image_crypto *crypto;
    const uint8_t *public_key; /* the maker's; NULL: no image is taken */
    uint32_t hardware;         /* that an image must be built for */
    struct wh_software running;

    /* Hands a verified image over to the boot loader, to be put in place of the application, and
     * makes the meter start anew, as after a loss of supply, once this has returned. False: it will
     * not. Called once for each activation. */
    bool (*activate)(void *context, const struct wh_software *next);
    void *context;
};

#endif
