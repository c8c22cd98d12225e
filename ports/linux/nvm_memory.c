/* Memory as EEPROM: reads and writes are copies. */
#include "ports/linux/nvm_memory.h"
#include <stdlib.h>
#include <string.h>

static enum wh_err read_bytes(void *context, uint32_t address, void *dst, size_t length)
{
    const struct nvm_memory *memory = context;
    memcpy(dst, memory->bytes + address, length);
    return WH_OK;
}

static enum wh_err write_bytes(void *context, uint32_t address, const void *src, size_t length)
{
    const struct nvm_memory *memory = context;
    memcpy(memory->bytes + address, src, length);
    return WH_OK;
}

enum wh_err nvm_memory_open(struct nvm_memory *memory, uint32_t size_bytes,
                            uint32_t page_size_bytes)
{
    *memory = (struct nvm_memory){.bytes = malloc(size_bytes)};
    if (memory->bytes == NULL) {
        return WH_ERR_SPACE;
    }
    memset(memory->bytes, 0xFF, size_bytes);
    memory->nvm = (struct wh_nvm){
        .read = read_bytes,
        .write = write_bytes,
        .context = memory,
        .size_bytes = size_bytes,
        .page_size_bytes = page_size_bytes,
    };
    return WH_OK;
}

void nvm_memory_close(struct nvm_memory *memory)
{
    free(memory->bytes);
    memory->bytes = NULL;
}
