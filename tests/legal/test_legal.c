/* Life of the legal part: factory, power-up after every kind of damage, instantaneous values. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "legal/legal.h"
#include "tests/store/eeprom_sim.h"

enum { SIZE = 512 * 1024, PAGE = 512 };

struct bench {
    struct eeprom_sim eeprom;
    struct wh_nvm nvm;
    struct wh_legal legal;
    struct wh_legal_start_report found;
};

static const struct wh_identity plate = {
    .serial_number = 42, .meter_number = 12345678, .pulses_per_kwh = 1000, .model = "382M"};

static void open_bench(struct bench *b)
{
    eeprom_sim_open(&b->eeprom, SIZE, PAGE, 0xFF);
    b->nvm = eeprom_sim_nvm(&b->eeprom);
}

static void make_meter(struct bench *b)
{
    open_bench(b);
    assert_int_equal(wh_legal_manufacture(&b->nvm, &plate), WH_OK);
    assert_int_equal(wh_legal_start(&b->legal, &b->nvm, &b->found), WH_OK);
}

static struct wh_bus_report load(int64_t active_uj)
{
    struct wh_bus_report report = {.sample_count = 819, .duration_q14 = 819u << 14};
    report.phase[0].active_uj = active_uj;
    report.phase[0].active_mw = 1000000;
    report.phase[0].u_rms_mv = 230000;
    report.phase[0].i_rms_ua = 5000000;
    report.phase[0].frequency_uhz = 50010000;
    report.phase[0].locked = true;
    report.phase[0].registering = true;
    return report;
}

static void take(struct bench *b, int windows, int64_t active_uj)
{
    const struct wh_bus_report report = load(active_uj);
    for (int w = 0; w < windows; w++) {
        wh_legal_take(&b->legal, &report);
    }
}

static uint64_t a_plus(const struct bench *b)
{
    struct wh_energy_value value;
    assert_int_equal(wh_legal_energy(&b->legal, WH_A_PLUS, &value), WH_OK);
    return value.count_dwh;
}

static void test_identity_is_kept_and_checked(void **state)
{
    (void)state;
    struct bench b;
    make_meter(&b);
    const struct wh_identity identity = wh_legal_identity(&b.legal);
    struct wh_identity expected = plate;
    expected.s0_pulses_per_kwh = plate.pulses_per_kwh; /* not given: as the LED */
    assert_memory_equal(&identity, &expected, sizeof expected);
    struct wh_identity bad = plate;
    bad.pulses_per_kwh = 3;
    assert_int_equal(wh_legal_manufacture(&b.nvm, &bad), WH_ERR_ARGUMENT);
    bad = plate;
    bad.pulses_per_kwh = 0;
    assert_int_equal(wh_legal_manufacture(&b.nvm, &bad), WH_ERR_ARGUMENT);
    bad = plate;
    bad.meter_number = 100000000;
    assert_int_equal(wh_legal_manufacture(&b.nvm, &bad), WH_ERR_ARGUMENT);
    bad = plate;
    bad.model[0] = '\0';
    assert_int_equal(wh_legal_manufacture(&b.nvm, &bad), WH_ERR_ARGUMENT);
    assert_int_equal(wh_legal_start(&b.legal, &b.nvm, &b.found), WH_OK);
    eeprom_sim_close(&b.eeprom);
}

static void test_a_blank_memory_is_no_meter(void **state)
{
    (void)state;
    struct bench b;
    open_bench(&b);
    assert_int_equal(wh_legal_start(&b.legal, &b.nvm, &b.found), WH_ERR_BLANK);
    eeprom_sim_close(&b.eeprom);
}

/* MEM-2: a manufacture that is cut anywhere leaves a blank meter or a complete one, never half of one. */
static void test_manufacture_cut_anywhere(void **state)
{
    (void)state;
    struct bench b;
    open_bench(&b);
    eeprom_sim_close(&b.eeprom);
    unsigned complete = 0;
    /* Formatting writes every page: prime steps over the long middle, every byte at both ends. */
    for (uint64_t position = 0; complete < 3; position += position < 600 ? 1 : 7919) {
        open_bench(&b);
        eeprom_sim_cut(&b.eeprom, position, EEPROM_TEAR_NOISE, position);
        const enum wh_err made = wh_legal_manufacture(&b.nvm, &plate);
        eeprom_sim_power_on(&b.eeprom);
        const enum wh_err started = wh_legal_start(&b.legal, &b.nvm, &b.found);
        assert_true(started == WH_ERR_BLANK || started == WH_OK);
        if (made == WH_OK) {
            assert_int_equal(started, WH_OK);
            complete++;
        }
        eeprom_sim_close(&b.eeprom);
    }
}

/* A meter whose registers are damaged beyond recovery does not start from zero. */
static void test_lost_registers_stop_the_meter(void **state)
{
    (void)state;
    struct bench b;
    make_meter(&b);
    take(&b, 50, WH_UJ_PER_DWH * 3LL);
    enum { BEHIND_IDENTITY = 1300 };
    memset(b.eeprom.cells + BEHIND_IDENTITY, 0x55, SIZE - BEHIND_IDENTITY);
    const enum wh_err err = wh_legal_start(&b.legal, &b.nvm, &b.found);
    assert_int_equal(err, WH_ERR_CORRUPT);
    assert_true(b.found.registers_lost);
    eeprom_sim_close(&b.eeprom);
}

/* The identity wiped out: registers and log say that there was a meter, and it does not start anew. */
static void test_a_wiped_identity_is_no_blank_memory(void **state)
{
    (void)state;
    struct bench b;
    make_meter(&b);
    take(&b, 50, WH_UJ_PER_DWH * 3LL);
    enum { IDENTITY = 1024, IDENTITY_SIZE = 4 * 48 };
    memset(b.eeprom.cells + IDENTITY, 0xFF, IDENTITY_SIZE);
    assert_int_equal(wh_legal_start(&b.legal, &b.nvm, &b.found), WH_ERR_CORRUPT);
    assert_true(b.found.identity_lost);
    eeprom_sim_close(&b.eeprom);
}

/* MET-9: at a steady load pulses come at steady distances, whatever part of a window they take. */
static void test_pulses_are_steady_at_a_steady_load(void **state)
{
    (void)state;
    static const int64_t powers_w[] = {500, 1234, 5000, 9999, 30000, 70000};
    for (size_t k = 0; k < sizeof powers_w / sizeof powers_w[0]; k++) {
        struct bench b;
        make_meter(&b);
        const int64_t ideal = 3600LL * WH_SAMPLE_RATE_HZ / powers_w[k];
        int64_t last = -1;
        int64_t least = INT64_MAX;
        int64_t greatest = 0;
        bool lit = false;
        const struct wh_bus_report report = load(powers_w[k] * 1000000 * 819 / WH_SAMPLE_RATE_HZ);
        for (int64_t sample = 0; sample < 40 * ideal; sample++) {
            if (sample % 819 == 0) {
                wh_legal_take(&b.legal, &report);
            }
            wh_legal_run_pulses(&b.legal, 1);
            if (wh_legal_led(&b.legal) && !lit) {
                least = last >= 0 && sample - last < least ? sample - last : least;
                greatest = last >= 0 && sample - last > greatest ? sample - last : greatest;
                last = sample;
            }
            lit = wh_legal_led(&b.legal);
        }
        assert_true(least >= ideal - 3);
        assert_true(greatest <= ideal + 3);
        eeprom_sim_close(&b.eeprom);
    }
}

/* One flipped bit in the newest record: the one before is in use, and the meter says so. */
static void test_a_flipped_bit_is_told(void **state)
{
    (void)state;
    struct bench b;
    make_meter(&b);
    take(&b, 20, WH_UJ_PER_DWH * 3LL);
    struct eeprom_sim before;
    eeprom_sim_open(&before, SIZE, PAGE, 0xFF);
    eeprom_sim_copy(&before, &b.eeprom);
    const uint64_t older = a_plus(&b);
    take(&b, 1, WH_UJ_PER_DWH * 3LL);
    uint32_t changed = 0;
    while (before.cells[changed] == b.eeprom.cells[changed]) {
        changed++;
    }
    eeprom_sim_flip(&b.eeprom, changed * 8);
    assert_int_equal(wh_legal_start(&b.legal, &b.nvm, &b.found), WH_OK);
    assert_int_equal(a_plus(&b), older);
    assert_true(b.found.registers_older);
    assert_true(wh_legal_status(&b.legal) & WH_STATUS_NEWEST_LOST);
    eeprom_sim_close(&before);
    eeprom_sim_close(&b.eeprom);
}

/* MET-4: values are unknown until a second has been measured; a factor and angles need load and voltage. */
static void test_instants_are_known_or_an_error(void **state)
{
    (void)state;
    struct bench b;
    int64_t value;
    make_meter(&b);
    for (int i = 0; i < WH_INSTANT_COUNT; i++) {
        assert_int_equal(wh_legal_instant(&b.legal, (enum wh_instant)i, &value), WH_ERR_STATE);
        assert_int_equal(value, 0);
    }
    take(&b, 5, WH_UJ_PER_DWH);
    assert_int_equal(wh_legal_instant(&b.legal, WH_U_L1_MV, &value), WH_OK);
    assert_int_equal(value, 230000);
    assert_int_equal(wh_legal_instant(&b.legal, WH_I_L1_UA, &value), WH_OK);
    assert_in_range(value, 4999990, 5000010);
    assert_int_equal(wh_legal_instant(&b.legal, WH_P_MW, &value), WH_OK);
    assert_int_equal(value, 1000000);
    assert_int_equal(wh_legal_instant(&b.legal, WH_F_UHZ, &value), WH_OK);
    assert_int_equal(value, 50010000);
    assert_int_equal(wh_legal_instant(&b.legal, WH_PF_L1_E4, &value), WH_OK);
    assert_int_equal(value, 8696); /* 1000 W of 1150 VA */
    assert_int_equal(wh_legal_instant(&b.legal, WH_PF_L2_E4, &value), WH_ERR_STATE);
    assert_int_equal(wh_legal_instant(&b.legal, WH_ANGLE_L2_MDEG, &value), WH_ERR_STATE);
    assert_int_equal(wh_legal_instant(&b.legal, WH_INSTANT_COUNT, &value), WH_ERR_ARGUMENT);
    eeprom_sim_close(&b.eeprom);
}

static void test_no_energy_beyond_the_list(void **state)
{
    (void)state;
    struct bench b;
    struct wh_energy_value value = {1, 1};
    make_meter(&b);
    assert_int_equal(wh_legal_energy(&b.legal, WH_ENERGY_COUNT, &value), WH_ERR_ARGUMENT);
    assert_true(value.count_dwh == 0 && value.rest_uj == 0);
    eeprom_sim_close(&b.eeprom);
}

/* MEM-1: 15 years of full load, a store every 200 ms, on a part of 10^6 cycles. Counted on the simulated part:
 * cycles of the most worn group of cells, after some laps of the ring. */
static void test_lifetime_at_full_load(void **state)
{
    (void)state;
    struct bench b;
    make_meter(&b);
    const uint32_t records = 15000; /* 3.3 laps of the ring */
    take(&b, (int)records, WH_UJ_PER_DWH * 40LL);
    const struct eeprom_wear wear = eeprom_sim_wear(&b.eeprom, 0, SIZE);
    const double years = 1e6 / wear.max_cycles * records / 5 / 86400 / 365.25;
    print_message(
        "worst cell: %u cycles after %u records; 10^6 cycles are %.1f years at full load\n",
        wear.max_cycles, records, years);
    assert_true(years >= 15);
    assert_int_equal(a_plus(&b), 40 * (uint64_t)records);
    eeprom_sim_close(&b.eeprom);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_identity_is_kept_and_checked),
        cmocka_unit_test(test_a_blank_memory_is_no_meter),
        cmocka_unit_test(test_manufacture_cut_anywhere),
        cmocka_unit_test(test_lost_registers_stop_the_meter),
        cmocka_unit_test(test_a_wiped_identity_is_no_blank_memory),
        cmocka_unit_test(test_pulses_are_steady_at_a_steady_load),
        cmocka_unit_test(test_a_flipped_bit_is_told),
        cmocka_unit_test(test_instants_are_known_or_an_error),
        cmocka_unit_test(test_no_energy_beyond_the_list),
        cmocka_unit_test(test_lifetime_at_full_load),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
