/* The non-volatile memory seam: what the store needs of a byte-writable EEPROM, and nothing more.
 *
 * The model is a serial EEPROM (M95M04 class: 512 KiB, 512-byte pages, 10^6 and more write cycles of
 * each cell): any byte can be written without erasing, a write stays inside one page, and a power
 * cut during a write leaves each byte of that write either old, new, or undefined, and no other
 * byte changed. Read failures are reported, never hidden.
 *
 * Who implements it: ports (a file, a memory image, an SPI driver). Who calls it: store/ only.
 */
#ifndef WH_STORE_NVM_H
#define WH_STORE_NVM_H

#include "common/err.h"
#include <stddef.h>
#include <stdint.h>

struct wh_nvm {
    /* Copies length bytes from address to dst. WH_ERR_IO if the device does not answer. */
    enum wh_err (*read)(void *context, uint32_t address, void *dst, size_t length);

    /* Writes length bytes; the range lies inside one page. Returns when the bytes are durable, or
     * WH_ERR_IO: then each byte of the range may be old, new or undefined. */
    enum wh_err (*write)(void *context, uint32_t address, const void *src, size_t length);

    void *context;            /* handed to both; owned by whoever made the seam */
    uint32_t size_bytes;      /* capacity */
    uint32_t page_size_bytes; /* a power of two */
};

#endif
