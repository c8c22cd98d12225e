/* Tariff registers and the primary side (REG-1, TAR-1, VAR-14). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "tests/legal/rig.h"

static const struct wh_command_context by_meter = {.origin = WH_ORIGIN_METER, .utc_s = 1000};

static void select_tariff(struct legal_rig *rig, uint32_t tariff)
{
    assert_int_equal(wh_legal_command(&rig->legal, WH_COMMAND_SELECT_TARIFF, tariff, &by_meter),
                     WH_OK);
}

static void set_ratio(struct legal_rig *rig, uint32_t ratio)
{
    assert_int_equal(wh_legal_set_switch(&rig->legal, WH_SWITCH_TERMINAL_COVER, true), WH_OK);
    assert_int_equal(wh_legal_command(&rig->legal, WH_COMMAND_SET_RATIO, ratio, &by_meter), WH_OK);
    assert_int_equal(wh_legal_set_switch(&rig->legal, WH_SWITCH_TERMINAL_COVER, false), WH_OK);
}

static uint64_t tariff_of(const struct legal_rig *rig, uint8_t tariff, enum wh_energy energy,
                          enum wh_side side)
{
    uint64_t count_dwh;
    assert_int_equal(wh_legal_tariff_energy(&rig->legal, tariff, energy, side, &count_dwh), WH_OK);
    return count_dwh;
}

static uint64_t main_of(const struct legal_rig *rig, enum wh_energy energy, enum wh_side side)
{
    uint64_t count_dwh;
    assert_int_equal(wh_legal_energy_of_side(&rig->legal, energy, side, &count_dwh), WH_OK);
    return count_dwh;
}

/* 3600 W for a second are 10 counts. */
enum { WATTS = 3600, COUNTS = 10 };

/* REG-1, TAR-1: energy counts in the tariff in force, and in no other. */
static void test_each_energy_counts_in_its_tariff(void **state)
{
    (void)state;
    struct legal_rig rig;
    legal_rig_open(&rig);
    assert_int_equal(wh_legal_tariff(&rig.legal), 1);
    for (uint32_t t = 1; t <= WH_TARIFFS; t++) {
        select_tariff(&rig, t);
        for (uint32_t n = 0; n < t; n++) {
            legal_rig_feed(&rig, WATTS, 2 * WATTS);
            legal_rig_feed(&rig, -WATTS, -WATTS);
        }
    }
    for (uint8_t t = 1; t <= (uint8_t)WH_TARIFFS; t++) {
        assert_int_equal(tariff_of(&rig, t, WH_A_PLUS, WH_SIDE_SECONDARY), t * COUNTS);
        assert_int_equal(tariff_of(&rig, t, WH_A_MINUS, WH_SIDE_SECONDARY), t * COUNTS);
        assert_int_equal(tariff_of(&rig, t, WH_R_PLUS, WH_SIDE_SECONDARY), t * 2 * COUNTS);
        assert_int_equal(tariff_of(&rig, t, WH_R_MINUS, WH_SIDE_SECONDARY), t * COUNTS);
    }
    assert_int_equal(main_of(&rig, WH_A_PLUS, WH_SIDE_SECONDARY), (1 + 2 + 3 + 4) * COUNTS);
    legal_rig_close(&rig);
}

/* VAR-14: what was counted at a ratio stays counted at it. */
static void test_the_primary_side_goes_by_the_ratio_then(void **state)
{
    (void)state;
    struct legal_rig rig;
    legal_rig_open(&rig);
    legal_rig_feed(&rig, WATTS, WATTS);
    set_ratio(&rig, 600);
    legal_rig_feed(&rig, WATTS, WATTS);
    select_tariff(&rig, 2);
    set_ratio(&rig, 20);
    legal_rig_feed(&rig, WATTS, -WATTS);
    const uint64_t expected = COUNTS + COUNTS * 600 + COUNTS * 20;
    assert_int_equal(main_of(&rig, WH_A_PLUS, WH_SIDE_PRIMARY), expected);
    assert_int_equal(main_of(&rig, WH_A_PLUS, WH_SIDE_SECONDARY), 3 * COUNTS);
    assert_int_equal(main_of(&rig, WH_R_PLUS, WH_SIDE_PRIMARY), COUNTS + COUNTS * 600);
    assert_int_equal(main_of(&rig, WH_R4, WH_SIDE_PRIMARY), COUNTS * 20);
    assert_int_equal(tariff_of(&rig, 1, WH_A_PLUS, WH_SIDE_PRIMARY), COUNTS + COUNTS * 600);
    assert_int_equal(tariff_of(&rig, 2, WH_A_PLUS, WH_SIDE_PRIMARY), COUNTS * 20);
    assert_int_equal(tariff_of(&rig, 2, WH_R_MINUS, WH_SIDE_PRIMARY), COUNTS * 20);
    legal_rig_restart(&rig);
    assert_int_equal(wh_legal_ratio(&rig.legal), 20);
    assert_int_equal(main_of(&rig, WH_A_PLUS, WH_SIDE_PRIMARY), expected);
    legal_rig_close(&rig);
}

/* What must hold after a cut: the tariffs add up, and the registers are not behind. */
static void check_after_cut(const struct legal_rig *rig, uint64_t acknowledged_dwh)
{
    uint64_t sum = 0;
    for (uint8_t t = 1; t <= (uint8_t)WH_TARIFFS; t++) {
        sum += tariff_of(rig, t, WH_A_PLUS, WH_SIDE_SECONDARY);
    }
    assert_int_equal(sum, main_of(rig, WH_A_PLUS, WH_SIDE_SECONDARY));
    assert_true(sum >= acknowledged_dwh);
}

/* A second of load in each of three tariffs, until the power goes; returns what was counted while it was there. */
static uint64_t run_until_cut(struct legal_rig *rig)
{
    uint64_t acknowledged_dwh = 0;
    for (uint32_t t = 2; t <= WH_TARIFFS && !rig->eeprom.is_off; t++) {
        (void)wh_legal_command(&rig->legal, WH_COMMAND_SELECT_TARIFF, t, &by_meter);
        legal_rig_feed(rig, WATTS, 0);
        if (!rig->eeprom.is_off) {
            acknowledged_dwh = main_of(rig, WH_A_PLUS, WH_SIDE_SECONDARY);
        }
    }
    return acknowledged_dwh;
}

/* MEM-1, MEM-2: power cut at every byte of every write of tariff changes and registers. */
static void test_power_cut_anywhere(void **state)
{
    (void)state;
    bool cut = true;
    for (uint64_t position = 0; cut;
         position++) { /* some hundred bytes, each way of tearing in turn */
        struct legal_rig rig;
        legal_rig_open(&rig);
        eeprom_sim_cut(&rig.eeprom, position, (enum eeprom_tear)(position % EEPROM_TEAR_COUNT),
                       position);
        const uint64_t acknowledged_dwh = run_until_cut(&rig);
        cut = rig.eeprom.is_off;
        eeprom_sim_power_on(&rig.eeprom);
        legal_rig_restart(&rig);
        check_after_cut(&rig, acknowledged_dwh);
        legal_rig_close(&rig);
    }
}

/* The newest registers lost: those of the tariff change prove that they had come further. */
static void test_tariffs_recover_registers(void **state)
{
    (void)state;
    struct wh_registers registers = {.count_dwh = {7, 0, 3, 0, 0, 0}};
    struct wh_tariffs tariffs = wh_tariffs_new();
    tariffs.main_dwh[WH_A_PLUS] = 9;
    tariffs.main_dwh[WH_R1] = 2;
    wh_tariffs_recover(&tariffs, &registers);
    assert_int_equal(registers.count_dwh[WH_A_PLUS], 9);
    assert_int_equal(registers.count_dwh[WH_R1], 3);
}

/* VAR-14, WELMEC 7.2 P7: with the newest record damaged, neither an older ratio comes back nor its lock opens. */
static void test_a_damaged_record_brings_no_older_ratio(void **state)
{
    (void)state;
    struct legal_rig rig;
    legal_rig_open(&rig);
    assert_int_equal(wh_legal_set_switch(&rig.legal, WH_SWITCH_VERIFICATION_SEAL, true), WH_OK);
    set_ratio(&rig, 7);
    set_ratio(&rig, 100);
    assert_int_equal(wh_legal_command(&rig.legal, WH_COMMAND_LOCK_RATIO, 1, &by_meter), WH_OK);
    uint8_t stored[WH_TARIFFS_STORED_SIZE];
    wh_tariffs_encode(&rig.legal.tariffs, stored);
    /* The record of the lock is the newest: change a byte of it, wherever it lies. */
    uint8_t *cells = rig.eeprom.cells;
    uint32_t at = 0;
    while (memcmp(cells + at, stored, sizeof stored) != 0) {
        at++;
    }
    cells[at + 5] ^= 0x40;
    legal_rig_restart(&rig);
    assert_true((wh_legal_status(&rig.legal) & WH_STATUS_NEWEST_LOST) != 0);
    assert_int_equal(wh_legal_ratio(&rig.legal), 100);
    assert_true(wh_legal_ratio_is_locked(&rig.legal));
    legal_rig_close(&rig);
}

/* Every byte of a stored record is read back as written; what does not add up is refused. */
static void test_stored_form(void **state)
{
    (void)state;
    struct wh_tariffs tariffs = wh_tariffs_new();
    struct wh_registers registers = {.count_dwh = {123456789012, 5, 6, 7, 8, 9}};
    tariffs.ratio = 600;
    tariffs.ratio_locked = true;
    tariffs.active = 2;
    wh_tariffs_settle(&tariffs, &registers);
    uint8_t stored[WH_TARIFFS_STORED_SIZE];
    struct wh_tariffs decoded;
    wh_tariffs_encode(&tariffs, stored);
    assert_int_equal(wh_tariffs_decode(&decoded, stored), WH_OK);
    assert_memory_equal(decoded.tariff_primary_dwh, tariffs.tariff_primary_dwh,
                        sizeof tariffs.tariff_primary_dwh);
    assert_memory_equal(decoded.main_dwh, tariffs.main_dwh, sizeof tariffs.main_dwh);
    assert_int_equal(decoded.active, 2);
    assert_true(decoded.ratio_locked);
    stored[0] = 4; /* no such tariff */
    assert_int_equal(wh_tariffs_decode(&decoded, stored), WH_ERR_CORRUPT);
    stored[0] = 2;
    stored[4] ^= 1; /* a main register that its tariffs do not make up */
    assert_int_equal(wh_tariffs_decode(&decoded, stored), WH_ERR_CORRUPT);
    assert_int_equal(decoded.active, 2);
}

static void test_what_does_not_exist(void **state)
{
    (void)state;
    struct legal_rig rig;
    uint64_t count_dwh = 1;
    legal_rig_open(&rig);
    assert_int_equal(wh_legal_tariff_energy(&rig.legal, 0, WH_A_PLUS, WH_SIDE_PRIMARY, &count_dwh),
                     WH_ERR_ARGUMENT);
    assert_int_equal(count_dwh, 0);
    assert_int_equal(wh_legal_tariff_energy(&rig.legal, 5, WH_A_PLUS, WH_SIDE_PRIMARY, &count_dwh),
                     WH_ERR_ARGUMENT);
    assert_int_equal(wh_legal_tariff_energy(&rig.legal, 1, WH_R1, WH_SIDE_PRIMARY, &count_dwh),
                     WH_ERR_ARGUMENT);
    assert_int_equal(wh_legal_energy_of_side(&rig.legal, WH_A_PLUS_L1, WH_SIDE_PRIMARY, &count_dwh),
                     WH_ERR_ARGUMENT);
    legal_rig_close(&rig);
}

/* A memory that refuses the change does not keep the tariff from changing; the next store makes it up. */
static void test_an_unstored_tariff_is_stored_later(void **state)
{
    (void)state;
    struct legal_rig rig;
    legal_rig_open(&rig);
    eeprom_sim_fail_write(&rig.eeprom, 0);
    assert_int_equal(wh_legal_command(&rig.legal, WH_COMMAND_SELECT_TARIFF, 3, &by_meter),
                     WH_ERR_IO);
    assert_int_equal(wh_legal_tariff(&rig.legal), 3);
    assert_true((wh_legal_status(&rig.legal) & WH_STATUS_STORE_FAILED) != 0);
    legal_rig_feed(&rig, WATTS, 0);
    assert_true((wh_legal_status(&rig.legal) & WH_STATUS_STORE_FAILED) == 0);
    legal_rig_restart(&rig);
    assert_int_equal(wh_legal_tariff(&rig.legal), 3);
    assert_int_equal(tariff_of(&rig, 3, WH_A_PLUS, WH_SIDE_SECONDARY), COUNTS);
    legal_rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_energy_counts_in_its_tariff),
        cmocka_unit_test(test_the_primary_side_goes_by_the_ratio_then),
        cmocka_unit_test(test_power_cut_anywhere),
        cmocka_unit_test(test_tariffs_recover_registers),
        cmocka_unit_test(test_a_damaged_record_brings_no_older_ratio),
        cmocka_unit_test(test_stored_form),
        cmocka_unit_test(test_what_does_not_exist),
        cmocka_unit_test(test_an_unstored_tariff_is_stored_later),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
