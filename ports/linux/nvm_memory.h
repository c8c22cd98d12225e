/* The meter's EEPROM in ordinary memory: for meters that live no longer than the program.
 */
#ifndef PORTS_LINUX_NVM_MEMORY_H
#define PORTS_LINUX_NVM_MEMORY_H

#include "store/nvm.h"

struct nvm_memory {
    struct wh_nvm nvm; /* give this to the meter; its context points back to this struct */
    uint8_t *bytes;
};

/* Makes a blank memory. WH_ERR_SPACE if there is none. memory must stay where it is while in use. */
enum wh_err nvm_memory_open(struct nvm_memory *memory, uint32_t size_bytes,
                            uint32_t page_size_bytes);

void nvm_memory_close(struct nvm_memory *memory);

#endif
