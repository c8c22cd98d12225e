/* What a flash of this geometry can be asked for. Shared by the two Linux flashes. */
#ifndef PORTS_LINUX_FLASH_LIMITS_H
#define PORTS_LINUX_FLASH_LIMITS_H

#include "store/flash.h"
#include <stdbool.h>

static inline bool flash_may_read(const struct wh_flash *flash, uint32_t address, size_t length)
{
    return address <= flash->size_bytes && length <= flash->size_bytes - address;
}

static inline bool flash_may_program(const struct wh_flash *flash, uint32_t address, size_t length)
{
    return flash_may_read(flash, address, length) &&
           length <= flash->page_size_bytes - address % flash->page_size_bytes;
}

static inline bool flash_may_erase(const struct wh_flash *flash, uint32_t address)
{
    return address < flash->size_bytes && address % flash->sector_size_bytes == 0;
}

#endif
