/* The virtual meter's board for software images (docs/firmware.md): a memory for them ("image.bin" in
 * the meter's folder), the maker's key, and what its boot loader says is running
 * ("application.bin").
 *
 * This boot loader does not run what an image holds: the program stays what it is. It takes the image's
 * number, revision and digest for those of the application from the next start on.
 */
#ifndef CLI_IMAGE_BOARD_H
#define CLI_IMAGE_BOARD_H

#include "app/image_board.h"
#include "ports/linux/flash_file.h"
#include "ports/linux/image_openssl.h"

enum { CLI_IMAGE_HARDWARE = 1 /* of the virtual meter */ };

/* All zero is a board that takes no images. Stays in place while it is used. */
struct cli_image_board {
    struct wh_image_board board; /* for the meter; its context points back to this struct */
    struct flash_file flash;
    struct image_openssl *openssl; /* NULL: closed */
    uint8_t public_key[WH_IMAGE_PUBLIC_KEY];
    char path[4096 + 32]; /* of the boot loader's record */
    bool restart;         /* an image was handed over */
};

/* Opens the board of the meter in folder state, which is there. key: PEM file of the maker's public
 * key, NULL for none: then no image is taken. On an error the board is closed and error has one line: as
 * flash_file_open and image_openssl_public_key, and WH_ERR_CORRUPT if the boot loader's record is
 * damaged. */
enum wh_err cli_image_board_open(struct cli_image_board *image, const char *state, const char *key,
                                 char *error, size_t error_size);

/* For struct wh_board; NULL if it is closed. */
const struct wh_image_board *cli_image_board(const struct cli_image_board *image);

/* An image was handed over since the last call: the boot loader has put it in place, and the meter is to
 * start anew. */
bool cli_image_board_boots(struct cli_image_board *image);

/* Also of one that is all zero. */
void cli_image_board_close(struct cli_image_board *image);

#endif
