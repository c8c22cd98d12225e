/* The board of a meter in ordinary memory, for meters that live no longer than the program: EEPROM and serial flash, and a
 * clock chip that the caller sets. */
#ifndef PORTS_LINUX_BOARD_MEMORY_H
#define PORTS_LINUX_BOARD_MEMORY_H

#include "meter/meter.h"
#include "ports/linux/flash_memory.h"
#include "ports/linux/nvm_memory.h"

struct board_memory {
    struct wh_board board; /* give this to the meter; it points into this struct */
    struct nvm_memory eeprom;
    struct flash_memory flash;
};

/* Makes erased memories. WH_ERR_SPACE if there is no memory. Must stay where it is while in use. */
enum wh_err board_memory_open(struct board_memory *memory);

void board_memory_close(struct board_memory *memory);

#endif
