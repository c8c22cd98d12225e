/* A board in memory. Invariant: either both memories are there or none. */
#include "ports/linux/board_memory.h"

enum { EEPROM_PAGE_SIZE = 512 };

enum wh_err board_memory_open(struct board_memory *memory)
{
    *memory = (struct board_memory){0};
    enum wh_err err =
        nvm_memory_open(&memory->eeprom, wh_meter_memory_size(EEPROM_PAGE_SIZE), EEPROM_PAGE_SIZE);
    if (err != WH_OK) {
        return err;
    }
    err = flash_memory_open(&memory->flash, WH_LOGS_FLASH_SIZE);
    if (err != WH_OK) {
        nvm_memory_close(&memory->eeprom);
        return err;
    }
    memory->board.nvm = &memory->eeprom.nvm;
    memory->board.flash = &memory->flash.flash;
    return WH_OK;
}

void board_memory_close(struct board_memory *memory)
{
    nvm_memory_close(&memory->eeprom);
    flash_memory_close(&memory->flash);
}
