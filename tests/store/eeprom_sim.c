/* The simulated EEPROM. Invariant: only eeprom_write changes cells, and only bytes of that write,
 * except for the one tear that is harsher than the seam on purpose. */
#include "tests/store/eeprom_sim.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void require(bool condition, const char *text)
{
    if (!condition) {
        fprintf(stderr, "eeprom_sim: %s\n", text);
        abort();
    }
}

uint64_t eeprom_sim_random(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static uint8_t random_byte(struct eeprom_sim *sim)
{
    return (uint8_t)eeprom_sim_random(&sim->random);
}

void eeprom_sim_open(struct eeprom_sim *sim, uint32_t size_bytes, uint32_t page_size_bytes,
                     uint8_t fill)
{
    memset(sim, 0, sizeof *sim);
    sim->size_bytes = size_bytes;
    sim->page_size_bytes = page_size_bytes;
    sim->cells = malloc(size_bytes);
    sim->group_cycles = calloc(size_bytes / EEPROM_GROUP_SIZE + 1, sizeof *sim->group_cycles);
    require(sim->cells != NULL && sim->group_cycles != NULL, "out of memory");
    memset(sim->cells, fill, size_bytes);
    eeprom_sim_power_on(sim);
}

void eeprom_sim_close(struct eeprom_sim *sim)
{
    free(sim->cells);
    free(sim->group_cycles);
    memset(sim, 0, sizeof *sim);
}

void eeprom_sim_copy(struct eeprom_sim *dst, const struct eeprom_sim *src)
{
    require(dst->size_bytes == src->size_bytes, "copy of another size");
    uint8_t *cells = dst->cells;
    uint32_t *group_cycles = dst->group_cycles;
    *dst = *src;
    dst->cells = cells;
    dst->group_cycles = group_cycles;
    memcpy(cells, src->cells, src->size_bytes);
    memcpy(group_cycles, src->group_cycles,
           (src->size_bytes / EEPROM_GROUP_SIZE + 1) * sizeof *group_cycles);
}

void eeprom_sim_cut(struct eeprom_sim *sim, uint64_t position, enum eeprom_tear tear, uint64_t seed)
{
    sim->cut_in_positions = position;
    sim->tear = tear;
    sim->random = seed;
}

void eeprom_sim_power_on(struct eeprom_sim *sim)
{
    sim->is_off = false;
    sim->cut_in_positions = EEPROM_NEVER;
    sim->fail_in_reads = EEPROM_NEVER;
    sim->fail_in_writes = EEPROM_NEVER;
}

void eeprom_sim_fail_read(struct eeprom_sim *sim, uint64_t reads_before)
{
    sim->fail_in_reads = reads_before;
}

void eeprom_sim_fail_write(struct eeprom_sim *sim, uint64_t writes_before)
{
    sim->fail_in_writes = writes_before;
}

void eeprom_sim_wear_out(struct eeprom_sim *sim, uint32_t address, uint8_t mask)
{
    require(address < sim->size_bytes, "worn cell outside the memory");
    sim->stuck_address = address;
    sim->stuck_mask = mask;
}

void eeprom_sim_flip(struct eeprom_sim *sim, uint32_t bit)
{
    require(bit / 8 < sim->size_bytes, "flip outside the memory");
    sim->cells[bit / 8] ^= (uint8_t)(1u << bit % 8);
}

struct eeprom_wear eeprom_sim_wear(const struct eeprom_sim *sim, uint32_t address, uint32_t end)
{
    struct eeprom_wear wear = {.min_cycles = UINT32_MAX};
    for (uint32_t i = address / EEPROM_GROUP_SIZE; i < end / EEPROM_GROUP_SIZE; i++) {
        const uint32_t cycles = sim->group_cycles[i];
        wear.min_cycles = cycles < wear.min_cycles ? cycles : wear.min_cycles;
        wear.max_cycles = cycles > wear.max_cycles ? cycles : wear.max_cycles;
        wear.total_cycles += cycles;
    }
    return wear;
}

/* Counts down an ordered failure. True when it is due now. */
static bool is_due(uint64_t *countdown)
{
    if (*countdown == EEPROM_NEVER) {
        return false;
    }
    if (*countdown > 0) {
        (*countdown)--;
        return false;
    }
    *countdown = EEPROM_NEVER;
    return true;
}

static void check_range(const struct eeprom_sim *sim, uint32_t address, size_t length)
{
    require(length > 0, "access to no byte at all");
    require(address < sim->size_bytes && length <= sim->size_bytes - address,
            "access outside the memory");
}

static enum wh_err eeprom_read(void *context, uint32_t address, void *dst, size_t length)
{
    struct eeprom_sim *sim = context;
    check_range(sim, address, length);
    if (sim->is_off || is_due(&sim->fail_in_reads)) {
        return WH_ERR_IO;
    }
    sim->read_count++;
    memcpy(dst, sim->cells + address, length);
    if (sim->stuck_mask != 0 && sim->stuck_address - address < length) {
        ((uint8_t *)dst)[sim->stuck_address - address] &= (uint8_t)~sim->stuck_mask;
    }
    return WH_OK;
}

static void count_cycles(struct eeprom_sim *sim, uint32_t address, size_t length)
{
    const uint32_t last = (address + (uint32_t)length - 1) / EEPROM_GROUP_SIZE;
    for (uint32_t i = address / EEPROM_GROUP_SIZE; i <= last; i++) {
        sim->group_cycles[i]++;
    }
}

static void tear_subset(struct eeprom_sim *sim, uint32_t address, const uint8_t *src, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        const unsigned kind = random_byte(sim) % 5;
        if (kind < 2) {
            sim->cells[address + i] = src[i];
        } else if (kind == 2) {
            sim->cells[address + i] = random_byte(sim);
        }
    }
}

static void tear_group(struct eeprom_sim *sim, uint32_t address)
{
    const uint32_t start = address / EEPROM_GROUP_SIZE * EEPROM_GROUP_SIZE;
    for (uint32_t i = start; i < start + EEPROM_GROUP_SIZE && i < sim->size_bytes; i++) {
        sim->cells[i] = random_byte(sim);
    }
}

/* What a cut before byte k of a write leaves; k = length: everything was stored. */
static void tear(struct eeprom_sim *sim, uint32_t address, const uint8_t *src, size_t length,
                 size_t k)
{
    if (sim->tear == EEPROM_TEAR_SUBSET) {
        tear_subset(sim, address, src, length);
        return;
    }
    memcpy(sim->cells + address, src, k);
    if (k == length) {
        return;
    }
    uint8_t *cell = sim->cells + address + k;
    if (sim->tear == EEPROM_TEAR_ERASED) {
        *cell = 0xff;
    } else if (sim->tear == EEPROM_TEAR_ZERO) {
        *cell = 0x00;
    } else if (sim->tear == EEPROM_TEAR_INVERTED) {
        *cell = (uint8_t)~src[k];
    } else if (sim->tear == EEPROM_TEAR_GROUP) {
        tear_group(sim, address + (uint32_t)k);
    } else if (sim->tear == EEPROM_TEAR_NOISE) {
        for (size_t i = k; i < length; i++) {
            sim->cells[address + i] = random_byte(sim);
        }
    }
}

static enum wh_err eeprom_write(void *context, uint32_t address, const void *src, size_t length)
{
    struct eeprom_sim *sim = context;
    check_range(sim, address, length);
    require(address / sim->page_size_bytes ==
                (address + (uint32_t)length - 1) / sim->page_size_bytes,
            "a write crosses a page");
    if (sim->is_off || is_due(&sim->fail_in_writes)) {
        return WH_ERR_IO;
    }
    sim->write_count++;
    count_cycles(sim, address, length);
    if (sim->cut_in_positions <= length) {
        tear(sim, address, src, length, (size_t)sim->cut_in_positions);
        sim->is_off = true;
        return WH_ERR_IO;
    }
    if (sim->cut_in_positions != EEPROM_NEVER) {
        sim->cut_in_positions -= length + 1;
    }
    memcpy(sim->cells + address, src, length);
    return WH_OK;
}

struct wh_nvm eeprom_sim_nvm(struct eeprom_sim *sim)
{
    const struct wh_nvm nvm = {
        .read = eeprom_read,
        .write = eeprom_write,
        .context = sim,
        .size_bytes = sim->size_bytes,
        .page_size_bytes = sim->page_size_bytes,
    };
    return nvm;
}
