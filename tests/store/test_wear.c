/* MEM-1, MEM-2: the wear arithmetic of docs/store.md, measured on the simulated part: the main-register ring
 * of a meter on a 512 KiB EEPROM lasts 15 years of five records a second, and wears evenly. */
#include "store/store.h"
#include "tests/store/eeprom_sim.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum {
    MEMORY_SIZE = 524288,
    PAGE_SIZE = 512,
    RING_START = 2 * PAGE_SIZE,
    PAYLOAD_SIZE = 136,
    SLOT_SIZE = 160,
    SLOT_COUNT = 2400,
    LAPS = 3,
    CELL_CYCLES = 1000000,
    RECORDS_PER_SECOND = 5,
    REQUIRED_YEARS = 15
};

static const struct wh_store_ring ring = {1, PAYLOAD_SIZE, SLOT_COUNT};
static const struct wh_store_layout layout = {&ring, 1};

/* Writes laps of full records, with a restart now and then as in life. */
static void write_laps(const struct wh_nvm *nvm)
{
    struct wh_store store;
    struct wh_store_report report;
    uint8_t payload[PAYLOAD_SIZE];
    for (uint32_t i = 0; i < LAPS * SLOT_COUNT; i++) {
        if (i % 1000 == 0) {
            assert_int_equal(wh_store_mount(&store, nvm, &layout, &report), WH_OK);
        }
        memset(payload, (int)(i & 0xff), sizeof payload);
        assert_int_equal(wh_store_write(&store, 1, 1, payload, sizeof payload), WH_OK);
    }
}

static void wear_is_even_and_lasts_15_years(void **state)
{
    (void)state;
    struct eeprom_sim sim;
    eeprom_sim_open(&sim, MEMORY_SIZE, PAGE_SIZE, 0xff);
    const struct wh_nvm nvm = eeprom_sim_nvm(&sim);
    assert_int_equal(wh_store_format(&nvm, &layout), WH_OK);
    const uint64_t format_writes = sim.write_count;
    write_laps(&nvm);

    const uint64_t records = (uint64_t)LAPS * SLOT_COUNT;
    const struct eeprom_wear all = eeprom_sim_wear(&sim, 0, MEMORY_SIZE);
    assert_int_equal(all.max_cycles, LAPS);
    for (uint32_t slot = 0; slot < SLOT_COUNT; slot++) {
        /* All of a slot but nothing else: 136 bytes of payload, 8 of receipt, 16 of commit. */
        const uint32_t start = RING_START + slot * SLOT_SIZE;
        const struct eeprom_wear wear = eeprom_sim_wear(&sim, start, start + SLOT_SIZE);
        assert_int_equal(wear.min_cycles, LAPS);
        assert_int_equal(wear.max_cycles, LAPS);
    }
    const struct eeprom_wear rest =
        eeprom_sim_wear(&sim, RING_START + SLOT_COUNT * SLOT_SIZE, MEMORY_SIZE);
    assert_int_equal(rest.max_cycles, 0);

    const uint64_t lifetime_records = records * CELL_CYCLES / all.max_cycles;
    const uint64_t lifetime_seconds = lifetime_records / RECORDS_PER_SECOND;
    const uint64_t lifetime_tenths = lifetime_seconds * 10 / 31557600;
    print_message("%u slots of %u bytes: %u.%u years at %u records a second; "
                  "%u.%02u page writes a record\n",
                  SLOT_COUNT, SLOT_SIZE, (unsigned)(lifetime_tenths / 10),
                  (unsigned)(lifetime_tenths % 10), RECORDS_PER_SECOND,
                  (unsigned)((sim.write_count - format_writes) / records),
                  (unsigned)((sim.write_count - format_writes) * 100 / records % 100));
    assert_true(lifetime_tenths >= REQUIRED_YEARS * 10);
    eeprom_sim_close(&sim);
}

/* A factory-fresh part is formatted with a handful of writes: erased bytes are not erased again. */
static void formatting_a_fresh_part_costs_four_writes(void **state)
{
    (void)state;
    struct eeprom_sim sim;
    eeprom_sim_open(&sim, MEMORY_SIZE, PAGE_SIZE, 0xff);
    const struct wh_nvm nvm = eeprom_sim_nvm(&sim);
    assert_int_equal(wh_store_format(&nvm, &layout), WH_OK);
    assert_int_equal(sim.write_count, 4);
    eeprom_sim_close(&sim);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wear_is_even_and_lasts_15_years),
        cmocka_unit_test(formatting_a_fresh_part_costs_four_writes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
