/* The memories of a meter whose power can be cut at any operation: what is under way is done in part, then nothing works
 * until power is back. In ordinary memory and without bookkeeping, so that years can be run; the exact rigs are
 * tests/store/eeprom_sim.h and flash_sim.h.
 */
#ifndef WH_TESTS_SOAK_DEVICE_H
#define WH_TESTS_SOAK_DEVICE_H

#include "ports/linux/board_memory.h"
#include "sim/random.h"

#define DEVICE_NEVER UINT64_MAX

struct device {
    struct board_memory memory;
    struct wh_nvm nvm; /* what the meter sees */
    struct wh_flash flash;
    struct sim_random random;
    uint64_t changes;        /* writes, programs and erases done */
    uint64_t cut_in_changes; /* so many more are done, the next one is cut; DEVICE_NEVER */
    bool is_off;
};

/* Aborts when out of memory. Must stay where it is. */
void device_open(struct device *device, uint64_t seed);
void device_close(struct device *device);

void device_power_on(struct device *device);

/* CRC-32 over both images. */
uint32_t device_checksum(const struct device *device);

#endif
