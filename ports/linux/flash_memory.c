/* Memory as serial flash. Invariant: a sector that holds only FFh is never written to, so its pages
 * stay unused. */
#include "ports/linux/flash_memory.h"

#include "ports/linux/flash_limits.h"

#include <string.h>
#include <sys/mman.h>

/* By words: most of what a meter reads is longer than one. */
static void copy_inverted(uint8_t *to, const uint8_t *from, size_t length)
{
    while (length >= sizeof(uint32_t)) {
        uint32_t bytes;
        memcpy(&bytes, from, sizeof bytes);
        bytes = ~bytes;
        memcpy(to, &bytes, sizeof bytes);
        to += sizeof bytes;
        from += sizeof bytes;
        length -= sizeof bytes;
    }
    while (length-- > 0) {
        *to++ = (uint8_t) ~*from++;
    }
}

static enum wh_err read_bytes(void *context, uint32_t address, void *dst, size_t length)
{
    const struct flash_memory *memory = context;
    if (!flash_may_read(&memory->flash, address, length)) {
        return WH_ERR_ARGUMENT;
    }
    copy_inverted(dst, memory->inverted + address, length);
    return WH_OK;
}

static enum wh_err program_bytes(void *context, uint32_t address, const void *src, size_t length)
{
    const struct flash_memory *memory = context;
    const uint8_t *from = src;
    if (!flash_may_program(&memory->flash, address, length)) {
        return WH_ERR_ARGUMENT;
    }
    for (size_t i = 0; i < length; i++) {
        memory->inverted[address + i] |= (uint8_t)~from[i];
    }
    return WH_OK;
}

static enum wh_err erase_sector(void *context, uint32_t address)
{
    const struct flash_memory *memory = context;
    if (!flash_may_erase(&memory->flash, address)) {
        return WH_ERR_ARGUMENT;
    }
    static const uint8_t erased[FLASH_MEMORY_SECTOR_SIZE];
    uint8_t *sector = memory->inverted + address;
    if (memcmp(sector, erased, sizeof erased) != 0) {
        memset(sector, 0, sizeof erased);
    }
    return WH_OK;
}

enum wh_err flash_memory_open(struct flash_memory *memory, uint32_t size_bytes)
{
    void *pages =
        mmap(NULL, size_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED) {
        *memory = (struct flash_memory){0};
        return WH_ERR_SPACE;
    }
    /* With huge pages the first byte would cost 2 MiB. A kernel without them refuses, rightly. */
    (void)madvise(pages, size_bytes, MADV_NOHUGEPAGE);
    *memory = (struct flash_memory){
        .inverted = pages,
        .flash = {.read = read_bytes,
                  .program = program_bytes,
                  .erase = erase_sector,
                  .context = memory,
                  .size_bytes = size_bytes,
                  .sector_size_bytes = FLASH_MEMORY_SECTOR_SIZE,
                  .page_size_bytes = FLASH_MEMORY_PAGE_SIZE},
    };
    return WH_OK;
}

void flash_memory_close(struct flash_memory *memory)
{
    if (memory->inverted != NULL) {
        munmap(memory->inverted, memory->flash.size_bytes);
        memory->inverted = NULL;
    }
}
