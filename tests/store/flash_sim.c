/* The simulated flash. Invariant: programming only makes bits 0, and only erasing makes them 1. */
#include "tests/store/flash_sim.h"

#include "tests/store/eeprom_sim.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void require(bool condition, const char *text)
{
    if (!condition) {
        fprintf(stderr, "flash_sim: %s\n", text);
        abort();
    }
}

static uint8_t random_byte(struct flash_sim *sim)
{
    return (uint8_t)eeprom_sim_random(&sim->random);
}

void flash_sim_open(struct flash_sim *sim, uint32_t size_bytes, uint32_t sector_size_bytes,
                    uint32_t page_size_bytes, uint8_t fill)
{
    memset(sim, 0, sizeof *sim);
    sim->size_bytes = size_bytes;
    sim->sector_size_bytes = sector_size_bytes;
    sim->page_size_bytes = page_size_bytes;
    sim->cells = malloc(size_bytes);
    sim->weak = calloc(size_bytes, 1);
    sim->sector_erases = calloc(size_bytes / sector_size_bytes, sizeof *sim->sector_erases);
    require(sim->cells != NULL && sim->weak != NULL && sim->sector_erases != NULL, "out of memory");
    memset(sim->cells, fill, size_bytes);
    sim->dead_sector = FLASH_NO_SECTOR;
    flash_sim_power_on(sim);
}

void flash_sim_close(struct flash_sim *sim)
{
    free(sim->cells);
    free(sim->weak);
    free(sim->sector_erases);
    memset(sim, 0, sizeof *sim);
}

void flash_sim_copy(struct flash_sim *dst, const struct flash_sim *src)
{
    require(dst->size_bytes == src->size_bytes && dst->sector_size_bytes == src->sector_size_bytes,
            "copy of another geometry");
    struct flash_sim copy = *src;
    copy.cells = dst->cells;
    copy.weak = dst->weak;
    copy.sector_erases = dst->sector_erases;
    memcpy(copy.cells, src->cells, src->size_bytes);
    memcpy(copy.weak, src->weak, src->size_bytes);
    memcpy(copy.sector_erases, src->sector_erases,
           src->size_bytes / src->sector_size_bytes * sizeof *src->sector_erases);
    *dst = copy;
}

void flash_sim_cut(struct flash_sim *sim, uint64_t position, enum flash_tear tear, uint64_t seed)
{
    sim->cut_in_positions = position;
    sim->tear = tear;
    sim->random = seed;
}

void flash_sim_power_on(struct flash_sim *sim)
{
    sim->is_off = false;
    sim->weak_mode = (enum flash_weak)(random_byte(sim) % FLASH_WEAK_COUNT);
    sim->cut_in_positions = FLASH_NEVER;
    sim->fail_in_reads = FLASH_NEVER;
    sim->fail_in_changes = FLASH_NEVER;
}

void flash_sim_fail_read(struct flash_sim *sim, uint64_t reads_before)
{
    sim->fail_in_reads = reads_before;
}

void flash_sim_fail_change(struct flash_sim *sim, uint64_t changes_before)
{
    sim->fail_in_changes = changes_before;
}

void flash_sim_wear_out(struct flash_sim *sim, uint32_t address, uint8_t mask)
{
    require(address < sim->size_bytes, "worn cell outside the memory");
    sim->stuck_address = address;
    sim->stuck_mask = mask;
}

void flash_sim_kill_sector(struct flash_sim *sim, uint32_t sector)
{
    sim->dead_sector = sector;
}

void flash_sim_flip(struct flash_sim *sim, uint32_t bit)
{
    require(bit / 8 < sim->size_bytes, "flip outside the memory");
    sim->cells[bit / 8] ^= (uint8_t)(1u << bit % 8);
}

/* Counts down an ordered failure. True when it is due now. */
static bool is_due(uint64_t *countdown)
{
    if (*countdown == FLASH_NEVER) {
        return false;
    }
    if (*countdown > 0) {
        (*countdown)--;
        return false;
    }
    *countdown = FLASH_NEVER;
    return true;
}

/* Counts down the ordered cut by the positions of one operation. True when it is cut, at *position.
 */
static bool is_cut(struct flash_sim *sim, uint64_t positions, uint64_t *position)
{
    *position = sim->cut_in_positions;
    if (sim->cut_in_positions == FLASH_NEVER) {
        return false;
    }
    if (sim->cut_in_positions < positions) {
        sim->is_off = true;
        return true;
    }
    sim->cut_in_positions -= positions;
    return false;
}

static void check_range(const struct flash_sim *sim, uint32_t address, size_t length)
{
    require(length > 0, "access to no byte at all");
    require(address < sim->size_bytes && length <= sim->size_bytes - address,
            "access outside the memory");
}

static uint8_t weak_bits(struct flash_sim *sim)
{
    return sim->weak_mode == FLASH_WEAK_READ_0   ? 0x00
           : sim->weak_mode == FLASH_WEAK_READ_1 ? 0xff
                                                 : random_byte(sim);
}

static enum wh_err sim_read(void *context, uint32_t address, void *dst, size_t length)
{
    struct flash_sim *sim = context;
    uint8_t *bytes = dst;
    check_range(sim, address, length);
    if (sim->is_off || is_due(&sim->fail_in_reads)) {
        return WH_ERR_IO;
    }
    sim->read_count++;
    sim->read_bytes += length;
    memcpy(bytes, sim->cells + address, length);
    for (size_t i = 0; i < length; i++) {
        const uint8_t weak = sim->weak[address + i];
        if (weak != 0) {
            bytes[i] = (uint8_t)((bytes[i] & ~weak) | (weak_bits(sim) & weak));
        }
    }
    return WH_OK;
}

static void program_bits(struct flash_sim *sim, uint32_t address, uint8_t value)
{
    if (address == sim->stuck_address) {
        value |= sim->stuck_mask;
    }
    sim->cells[address] &= value;
    sim->weak[address] &= value;
}

/* What a cut before byte k of a program leaves; k = length: everything was programmed. */
static void tear_program(struct flash_sim *sim, uint32_t address, const uint8_t *src, size_t length,
                         size_t k)
{
    const uint8_t density = random_byte(sim);
    for (size_t i = 0; i < length; i++) {
        const uint32_t at = address + (uint32_t)i;
        if (sim->tear == FLASH_TEAR_SUBSET && k < length) {
            program_bits(sim, at, random_byte(sim) < density ? src[i] : src[i] | random_byte(sim));
        } else if (i < k) {
            program_bits(sim, at, src[i]);
        } else if (i == k && sim->tear == FLASH_TEAR_BITS) {
            program_bits(sim, at, src[i] | random_byte(sim));
        } else if (sim->tear == FLASH_TEAR_WEAK) {
            sim->weak[at] |= (uint8_t)~src[i] & sim->cells[at];
        }
    }
}

static enum wh_err sim_program(void *context, uint32_t address, const void *src, size_t length)
{
    struct flash_sim *sim = context;
    const uint8_t *bytes = src;
    check_range(sim, address, length);
    require(address / sim->page_size_bytes ==
                (address + (uint32_t)length - 1) / sim->page_size_bytes,
            "a program crosses a page");
    if (sim->is_off || is_due(&sim->fail_in_changes)) {
        return WH_ERR_IO;
    }
    sim->program_count++;
    uint64_t position;
    if (is_cut(sim, length + 1, &position)) {
        tear_program(sim, address, bytes, length, (size_t)position);
        return WH_ERR_IO;
    }
    for (size_t i = 0; i < length; i++) {
        program_bits(sim, address + (uint32_t)i, bytes[i]);
    }
    return WH_OK;
}

static void tear_erase(struct flash_sim *sim, uint32_t address, uint64_t position)
{
    for (uint32_t at = address; at < address + sim->sector_size_bytes && position > 0; at++) {
        const uint8_t any = random_byte(sim);
        const uint8_t few = (uint8_t) ~(1u << any % 32);
        sim->cells[at] = position == 1 ? any : position == 2 ? few : 0xff;
        sim->weak[at] = sim->tear == FLASH_TEAR_WEAK ? random_byte(sim) : 0;
    }
}

static enum wh_err sim_erase(void *context, uint32_t address)
{
    struct flash_sim *sim = context;
    check_range(sim, address, sim->sector_size_bytes);
    require(address % sim->sector_size_bytes == 0, "an erase in the middle of a sector");
    if (sim->is_off || is_due(&sim->fail_in_changes)) {
        return WH_ERR_IO;
    }
    sim->erase_count++;
    sim->sector_erases[address / sim->sector_size_bytes]++;
    if (address / sim->sector_size_bytes == sim->dead_sector) {
        return WH_OK;
    }
    uint64_t position;
    if (is_cut(sim, FLASH_ERASE_POSITIONS, &position)) {
        tear_erase(sim, address, position);
        return WH_ERR_IO;
    }
    memset(sim->cells + address, 0xff, sim->sector_size_bytes);
    memset(sim->weak + address, 0, sim->sector_size_bytes);
    return WH_OK;
}

struct wh_flash flash_sim_flash(struct flash_sim *sim)
{
    const struct wh_flash flash = {
        .read = sim_read,
        .program = sim_program,
        .erase = sim_erase,
        .context = sim,
        .size_bytes = sim->size_bytes,
        .sector_size_bytes = sim->sector_size_bytes,
        .page_size_bytes = sim->page_size_bytes,
    };
    return flash;
}
