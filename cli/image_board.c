/* The virtual meter's boot loader. Invariant: what it says is running is an image that was verified,
 * or what was delivered. */
#include "cli/image_board.h"
#include "app/image_slot.h"
#include "common/bytes.h"
#include "ports/linux/record_file.h"
#include <stdio.h>
#include <string.h>

enum { NUMBER = 0, REVISION = 4, DIGEST = 8, RECORD_SIZE = DIGEST + WH_SOFTWARE_DIGEST };

static bool activate(void *context, const struct wh_software *next)
{
    struct cli_image_board *image = context;
    uint8_t record[RECORD_SIZE];
    wh_put_u32le(record + NUMBER, next->number);
    wh_put_u32le(record + REVISION, next->revision);
    memcpy(record + DIGEST, next->digest, WH_SOFTWARE_DIGEST);
    if (record_file_save(image->path, record, sizeof record) != WH_OK) {
        return false;
    }
    image->restart = true;
    return true;
}

static enum wh_err load_running(struct cli_image_board *image)
{
    struct wh_software *running = &image->board.running;
    uint8_t record[RECORD_SIZE];
    const enum wh_err err = record_file_load(image->path, record, sizeof record);
    *running = (struct wh_software){.number = WH_SOFTWARE_NUMBER, .revision = WH_SOFTWARE_REVISION};
    if (err == WH_OK) {
        running->number = wh_get_u32le(record + NUMBER);
        running->revision = wh_get_u32le(record + REVISION);
        memcpy(running->digest, record + DIGEST, WH_SOFTWARE_DIGEST);
    }
    return err == WH_ERR_NOT_FOUND ? WH_OK : err;
}

static enum wh_err open_parts(struct cli_image_board *image, const char *state, const char *key,
                              char *error, size_t error_size)
{
    char path[sizeof image->path];
    snprintf(image->path, sizeof image->path, "%s/application.bin", state);
    enum wh_err err = load_running(image);
    if (err != WH_OK) {
        snprintf(error, error_size, "%s: %s", image->path, wh_err_text(err));
        return err;
    }
    if (key != NULL) {
        err = image_openssl_public_key(key, image->public_key, error, error_size);
    }
    if (err == WH_OK) {
        snprintf(path, sizeof path, "%s/image.bin", state);
        err = flash_file_open(&image->flash, path, error, error_size);
    }
    return err;
}

enum wh_err cli_image_board_open(struct cli_image_board *image, const char *state, const char *key,
                                 char *error, size_t error_size)
{
    *image = (struct cli_image_board){.flash = {.descriptor = -1}};
    image->openssl = image_openssl_new();
    if (image->openssl == NULL) {
        snprintf(error, error_size, "OpenSSL lacks an algorithm for software images");
        return WH_ERR_UNSUPPORTED;
    }
    const enum wh_err err = open_parts(image, state, key, error, error_size);
    if (err != WH_OK) {
        cli_image_board_close(image);
        return err;
    }
    image->board.flash = &image->flash.flash;
    image->board.size_max = WH_IMAGE_SIZE_MAX;
    image->board.crypto = image_openssl_crypto(image->openssl);
    image->board.public_key = key != NULL ? image->public_key : NULL;
    image->board.hardware = CLI_IMAGE_HARDWARE;
    image->board.activate = activate;
    image->board.context = image;
    return WH_OK;
}

const struct wh_image_board *cli_image_board(const struct cli_image_board *image)
{
    return image->openssl != NULL ? &image->board : NULL;
}

bool cli_image_board_boots(struct cli_image_board *image)
{
    const bool boots = image->openssl != NULL && image->restart;
    image->restart = false;
    return boots && load_running(image) == WH_OK;
}

void cli_image_board_close(struct cli_image_board *image)
{
    if (image->openssl != NULL) {
        flash_file_close(&image->flash);
        image_openssl_free(image->openssl);
        image->openssl = NULL;
    }
}
