/* The golden replay: 60 s of a mixed signal, made of integers only, through a whole meter. Its outcome
 * is the same on every machine and with every compiler (docs/design.md, idea 1).
 */
#ifndef WH_TESTS_METER_GOLDEN_H
#define WH_TESTS_METER_GOLDEN_H

#include "meter/meter.h"

enum { GOLDEN_MEMORY_SIZE = 512 * 1024, GOLDEN_FLASH_SIZE = WH_LOGS_FLASH_SIZE };

struct golden_outcome {
    struct wh_energy_value energy[WH_STORED_ENERGY_COUNT];
    int64_t instant[WH_INSTANT_COUNT]; /* 0 where not known */
    uint64_t pulses;
    uint32_t reports_crc; /* over every field of every report */
    uint32_t memory_crc;  /* over the whole EEPROM image at the end */
    uint32_t
        flash_crc; /* over the flash image: configuration, a quarter of an hour that ends, events */
};

/* What it must be: tests/meter/golden_expected.h. */
extern const struct golden_outcome golden_expected;

/* Runs it. memory is GOLDEN_MEMORY_SIZE bytes, flash GOLDEN_FLASH_SIZE; both are overwritten. Returns false if the meter
 * does not start. */
bool golden_run(uint8_t *memory, uint8_t *flash, struct golden_outcome *outcome);

/* Prints an outcome as the text of golden_expected.h. */
void golden_print(const struct golden_outcome *outcome);

#endif
