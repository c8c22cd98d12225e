/* The serial flash seam: what the logs need of a NOR flash, and nothing more.
 *
 * The model is a serial NOR flash (MX25R32, W25Q32 class: 4 MiB, sectors of 4096 bytes, pages of
 * 256, at least 100 000 erase cycles of each sector). Erasing makes all bits of one sector 1;
 * programming makes bits 0 and never 1, so programming over what is not erased leaves the AND of
 * both.
 *
 * What a power cut leaves. During program: each bit of the range that was to become 0 may be 0 or
 * 1, in no order of bytes, and may read differently from one time to the next until the sector is
 * erased; no other bit changed. During erase: each bit of the sector may be 0 or 1 (parts program a
 * sector before they erase it) and may read differently from one time to the next until it is
 * erased in full; no other sector changed. So what looks erased after a cut may not be, and what
 * looks complete may not stay so.
 *
 * A cell that does not follow is not an error of these calls: whoever programs reads back. Read
 * failures are reported, never hidden.
 *
 * Who implements it: ports (a file, a memory image, an SPI driver). Who calls it: store/ only.
 */
#ifndef WH_STORE_FLASH_H
#define WH_STORE_FLASH_H

#include "common/err.h"
#include <stddef.h>
#include <stdint.h>

struct wh_flash {
    /* Copies length bytes from address to dst. WH_ERR_IO if the device does not answer. */
    enum wh_err (*read)(void *context, uint32_t address, void *dst, size_t length);

    /* Programs length bytes; the range lies inside one page. Returns when the device has finished,
     * or WH_ERR_IO: then the range is as after a power cut. */
    enum wh_err (*program)(void *context, uint32_t address, const void *src, size_t length);

    /* Erases the sector that begins at address. Returns when the device has finished, or WH_ERR_IO:
     * then the sector is as after a power cut. */
    enum wh_err (*erase)(void *context, uint32_t address);

    void *context;              /* handed to all three; owned by whoever made the seam */
    uint32_t size_bytes;        /* capacity, a multiple of the sector */
    uint32_t sector_size_bytes; /* a power of two, at most 65536 */
    uint32_t page_size_bytes;   /* a power of two, at most a sector */
};

#endif
