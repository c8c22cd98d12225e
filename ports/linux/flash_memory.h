/* The meter's serial flash in ordinary memory: for meters that live no longer than the program, and
 * for simulators that save at the end (flash_file_save).
 *
 * The bytes are kept inverted in pages that the kernel gives zeroed on first touch, so sectors that
 * were never written cost nothing: thousands of virtual meters fit a process.
 */
#ifndef PORTS_LINUX_FLASH_MEMORY_H
#define PORTS_LINUX_FLASH_MEMORY_H

#include "store/flash.h"

enum {
    FLASH_MEMORY_SIZE = 4 * 1024 * 1024, /* as the MX25R32 and W25Q32 */
    FLASH_MEMORY_SECTOR_SIZE = 4096,
    FLASH_MEMORY_PAGE_SIZE = 256,
};

struct flash_memory {
    struct wh_flash flash; /* give this to the meter; its context points back to this struct */
    uint8_t *inverted;
};

/* Makes an erased flash of size_bytes, a multiple of the sector. WH_ERR_SPACE if there is no
 * memory. memory must stay where it is while in use. Programming across a page or outside, and
 * erasing elsewhere than at the beginning of a sector, is refused with WH_ERR_ARGUMENT. */
enum wh_err flash_memory_open(struct flash_memory *memory, uint32_t size_bytes);

void flash_memory_close(struct flash_memory *memory);

#endif
