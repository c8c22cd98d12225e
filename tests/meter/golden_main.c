/* Runs the golden replay and compares; a plain program, so that it runs on the Cortex-M4 as well.
 * On a difference it prints the outcome as golden_expected.c would have it.
 * Shows: bit-exact registers, pulses and storage on every target (MET-2, MET-3, MET-9, MEM-1). */
#include "tests/meter/golden.h"
#include <stdio.h>
#include <string.h>

/* The flash image is more than the fast memory of the small target holds. */
#ifdef __arm__
__attribute__((section(".psram")))
#endif
static uint8_t flash[GOLDEN_FLASH_SIZE];
static uint8_t memory[GOLDEN_MEMORY_SIZE];

static int compare(const struct golden_outcome *outcome)
{
    int wrong = 0;
    for (int e = 0; e < WH_STORED_ENERGY_COUNT; e++) {
        wrong += outcome->energy[e].count_dwh != golden_expected.energy[e].count_dwh ||
                 outcome->energy[e].rest_uj != golden_expected.energy[e].rest_uj;
    }
    for (int i = 0; i < WH_INSTANT_COUNT; i++) {
        wrong += outcome->instant[i] != golden_expected.instant[i];
    }
    wrong += outcome->pulses != golden_expected.pulses;
    wrong += outcome->reports_crc != golden_expected.reports_crc;
    wrong += outcome->memory_crc != golden_expected.memory_crc;
    wrong += outcome->flash_crc != golden_expected.flash_crc;
    return wrong;
}

int main(void)
{
    struct golden_outcome outcome;
    if (!golden_run(memory, flash, &outcome)) {
        printf("the meter does not start\n");
        return 1;
    }
    const int wrong = compare(&outcome);
    printf("golden replay: %d differences\n", wrong);
    if (wrong > 0) {
        golden_print(&outcome);
    }
    return wrong == 0 ? 0 : 1;
}
