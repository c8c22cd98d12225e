/* Where an image lies while it comes: blocks in any order, repeated, and through power cuts.
 *
 * A sector of the memory is erased before its first block and noted in a log once all its blocks are
 * there and read back. After a power cut a noted sector is as it was; the blocks of the others are
 * missing again, since what a cut left in them may not stay as it reads (store/flash.h).
 */
#ifndef WH_APP_IMAGE_SLOT_H
#define WH_APP_IMAGE_SLOT_H

#include "app/image_board.h"
#include "app/image_header.h"
#include "store/log.h"

enum {
    WH_IMAGE_BLOCK = 512, /* octets of a block; the last of an image may have fewer */
    WH_IMAGE_BLOCKS_MAX = WH_IMAGE_SIZE_MAX / WH_IMAGE_BLOCK,
    WH_IMAGE_SECTOR = 4096,   /* octets at least */
    WH_IMAGE_LOG_SECTORS = 4, /* of each of the two logs in front of the blocks */
};

/* Sectors that images of size_max octets need. */
uint32_t wh_image_sectors(const struct wh_image_board *board);

/* Members are private to app/image_slot.c, but for reading. */
struct wh_image_slot {
    const struct wh_image_board *board;
    struct wh_log_design design;
    struct wh_log progress;
    uint32_t transfer;                      /* number of the transfer under way */
    uint32_t size;                          /* octets of its image; 0: none */
    uint32_t highest;                       /* number of a transfer that was ever noted */
    uint8_t there[WH_IMAGE_BLOCKS_MAX / 8]; /* bit by block, the first one is the highest bit */
    uint8_t opened[WH_IMAGE_SIZE_MAX / WH_IMAGE_SECTOR /
                   8]; /* bit by sector: erased since it was noted last */
};

/* Finds out how far a transfer has come. Errors as wh_log_mount; WH_ERR_ARGUMENT if the board's
 * sectors are smaller than WH_IMAGE_SECTOR, or size_max beyond WH_IMAGE_SIZE_MAX; WH_ERR_SPACE if the flash
 * is too small, or has more sectors than the log of progress keeps. size is at most size_max. */
enum wh_err wh_image_slot_mount(struct wh_image_slot *slot, const struct wh_image_board *board,
                                uint32_t transfer, uint32_t size);

/* Begins anew: nothing is there. transfer is a number that was not used before. */
void wh_image_slot_begin(struct wh_image_slot *slot, uint32_t transfer, uint32_t size);

/* Takes a block. What is there stays there when it returns WH_OK, but for the blocks of a sector that is
 * not complete at a power cut.
 *   WH_ERR_ARGUMENT  there is no such block, it has another length, or is there with other octets
 *   WH_ERR_IO        the memory failed: the block, and maybe others of its sector, are missing */
enum wh_err wh_image_slot_put(struct wh_image_slot *slot, uint32_t block, const uint8_t *data,
                              size_t length);

uint32_t wh_image_slot_blocks(const struct wh_image_slot *slot);
bool wh_image_slot_has(const struct wh_image_slot *slot, uint32_t block);

/* The lowest block that is missing; the number of blocks if there is none. */
uint32_t wh_image_slot_missing(const struct wh_image_slot *slot);

/* Copies octets of the image. WH_ERR_ARGUMENT beyond its end; WH_ERR_IO. */
enum wh_err wh_image_slot_read(const struct wh_image_slot *slot, uint32_t offset, uint8_t *to,
                               size_t length);

#endif
