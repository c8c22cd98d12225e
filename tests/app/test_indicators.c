/* The indicators around the value. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/app/rig.h"

static struct rig rig;

static int open_rig(void **state)
{
    (void)state;
    rig_open(&rig);
    return 0;
}

static int close_rig(void **state)
{
    (void)state;
    rig_close(&rig);
    return 0;
}

static struct wh_lcd after_a_second(const struct rig_phase phases[WH_PHASES])
{
    struct wh_lcd lcd;
    rig_second(&rig, phases);
    wh_meter_lcd(&rig.meter, &lcd);
    return lcd;
}

/* A meter that has not measured yet claims nothing. */
static void test_nothing_before_the_first_second(void **state)
{
    (void)state;
    struct wh_lcd lcd;
    wh_meter_lcd(&rig.meter, &lcd);
    for (int p = 0; p < WH_LCD_PHASES; p++) {
        assert_false(lcd.voltage_on[p]);
        assert_int_equal(lcd.current[p], WH_LCD_CURRENT_NONE);
    }
    assert_int_equal(lcd.quadrant, 0);
    assert_int_equal(lcd.sequence, WH_LCD_SEQUENCE_NONE);
    assert_int_equal(lcd.symbols, 0);
}

/* DSP-2: the voltage indicator of each phase, on above 160 V. */
static void test_voltage_indicators(void **state)
{
    (void)state;
    static const uint32_t voltages_mv[] = {0, 9000, 100000, 159999, 160000, 160001, 230000, 400000};
    for (size_t v = 0; v < sizeof voltages_mv / sizeof voltages_mv[0]; v++) {
        for (int phase = 0; phase < WH_PHASES; phase++) {
            struct rig_phase phases[WH_PHASES] = {{0}};
            phases[phase].u_mv = voltages_mv[v];
            const struct wh_lcd lcd = after_a_second(phases);
            for (int p = 0; p < WH_PHASES; p++) {
                assert_int_equal(lcd.voltage_on[p], p == phase && voltages_mv[v] > 160000);
            }
        }
    }
}

static void check_current(int32_t active_mw, uint32_t i_ma, enum wh_lcd_current expected)
{
    for (int phase = 0; phase < WH_PHASES; phase++) {
        struct rig_phase phases[WH_PHASES];
        rig_balanced(phases, 0, 0);
        phases[phase].active_mw = active_mw;
        phases[phase].i_ma = i_ma;
        const struct wh_lcd lcd = after_a_second(phases);
        for (int p = 0; p < WH_PHASES; p++) {
            assert_int_equal(lcd.current[p], p == phase ? expected : WH_LCD_CURRENT_NONE);
        }
    }
}

/* DSP-2: the current indicator of each phase, from 2.3 W on, the start of registration; with the
 * direction of the energy. */
static void test_current_indicators(void **state)
{
    (void)state;
    check_current(0, 0, WH_LCD_CURRENT_NONE);
    check_current(2070, 9, WH_LCD_CURRENT_NONE); /* 2.07 W */
    check_current(-2070, 9, WH_LCD_CURRENT_NONE);
    check_current(2530, 11, WH_LCD_CURRENT_IMPORT);
    check_current(-2530, 11, WH_LCD_CURRENT_EXPORT);
    check_current(23000000, 100000, WH_LCD_CURRENT_IMPORT);
    check_current(-23000000, 100000, WH_LCD_CURRENT_EXPORT);
}

/* DSP-2: three phases in three directions. */
static void test_directions_are_of_each_phase(void **state)
{
    (void)state;
    struct rig_phase phases[WH_PHASES];
    rig_balanced(phases, 1000000, 0);
    phases[1].active_mw = -1000000;
    phases[2].active_mw = 0;
    phases[2].i_ma = 0;
    const struct wh_lcd lcd = after_a_second(phases);
    assert_int_equal(lcd.current[0], WH_LCD_CURRENT_IMPORT);
    assert_int_equal(lcd.current[1], WH_LCD_CURRENT_EXPORT);
    assert_int_equal(lcd.current[2], WH_LCD_CURRENT_NONE);
}

static uint64_t count_of(enum wh_energy energy)
{
    struct wh_energy_value value;
    assert_int_equal(wh_legal_energy(&rig.meter.legal, energy, &value), WH_OK);
    return value.count_dwh;
}

/* The quadrant shown is the one whose register has counted, and no other has. */
static void check_quadrant(int32_t active_mw, int32_t reactive_mvar, int quadrant)
{
    uint64_t before[4];
    struct rig_phase phases[WH_PHASES];
    for (int r = 0; r < 4; r++) {
        before[r] = count_of((enum wh_energy)(WH_R1 + r));
    }
    rig_balanced(phases, active_mw, reactive_mvar);
    const struct wh_lcd lcd = after_a_second(phases);
    assert_int_equal(lcd.quadrant, quadrant);
    for (int r = 0; r < 4; r++) {
        const bool counted = count_of((enum wh_energy)(WH_R1 + r)) != before[r];
        assert_int_equal(counted, r + 1 == quadrant && reactive_mvar != 0);
    }
}

/* DSP-1, MET-3: quadrants 1 to 4 from the signs of P and Q. */
static void test_quadrants(void **state)
{
    (void)state;
    check_quadrant(1000000, 500000, 1);
    check_quadrant(-1000000, 500000, 2);
    check_quadrant(-1000000, -500000, 3);
    check_quadrant(1000000, -500000, 4);
    check_quadrant(1000000, 0, 1);
    check_quadrant(0, 500000, 1);
    check_quadrant(-1000000, 0, 2);
    check_quadrant(0, -500000, 4);
}

static void test_no_quadrant_without_load(void **state)
{
    (void)state;
    struct rig_phase phases[WH_PHASES];
    rig_balanced(phases, 1000000, 500000);
    assert_int_equal(after_a_second(phases).quadrant, 1);
    rig_balanced(phases, 1000, 500); /* below the start of registration */
    assert_int_equal(after_a_second(phases).quadrant, 0);
    rig_balanced(phases, 0, 0);
    assert_int_equal(after_a_second(phases).quadrant, 0);
}

static enum wh_lcd_sequence sequence(uint32_t l1_deg, uint32_t l2_deg, uint32_t l3_deg)
{
    struct rig_phase phases[WH_PHASES];
    rig_balanced(phases, 0, 0);
    phases[0].angle_deg = l1_deg;
    phases[1].angle_deg = l2_deg;
    phases[2].angle_deg = l3_deg;
    return after_a_second(phases).sequence;
}

/* DSP-1: L2 a third of a turn behind L1 is the right sequence, wherever L1 is in its turn. */
static void test_sequence(void **state)
{
    (void)state;
    for (uint32_t turn = 0; turn < 360; turn += 5) {
        const uint32_t third = (turn + 120) % 360;
        const uint32_t two_thirds = (turn + 240) % 360;
        assert_int_equal(sequence(turn, two_thirds, third), WH_LCD_SEQUENCE_RIGHT);
        assert_int_equal(sequence(turn, third, two_thirds), WH_LCD_SEQUENCE_REVERSED);
        assert_int_equal(sequence(turn, turn, turn), WH_LCD_SEQUENCE_NONE);
    }
}

static void test_sequence_of_unbalanced_voltages(void **state)
{
    (void)state;
    assert_int_equal(sequence(0, 240 - 55, 120 + 55), WH_LCD_SEQUENCE_RIGHT);
    assert_int_equal(sequence(0, 240 + 55, 120 - 55), WH_LCD_SEQUENCE_RIGHT);
    assert_int_equal(sequence(0, 120 - 55, 240 + 55), WH_LCD_SEQUENCE_REVERSED);
    assert_int_equal(sequence(0, 240, 240), WH_LCD_SEQUENCE_NONE); /* one phase wired twice */
    assert_int_equal(sequence(0, 180, 0), WH_LCD_SEQUENCE_NONE);
    assert_int_equal(sequence(0, 0, 120), WH_LCD_SEQUENCE_NONE);
}

/* VAR-2, on one and two phases: no sequence can be told, and none is. */
static void test_no_sequence_with_a_phase_missing(void **state)
{
    (void)state;
    for (int missing = 0; missing < WH_PHASES; missing++) {
        struct rig_phase phases[WH_PHASES];
        rig_balanced(phases, 0, 0);
        phases[missing] = (struct rig_phase){0};
        assert_int_equal(after_a_second(phases).sequence, WH_LCD_SEQUENCE_NONE);
        phases[(missing + 1) % WH_PHASES] = (struct rig_phase){0};
        assert_int_equal(after_a_second(phases).sequence, WH_LCD_SEQUENCE_NONE);
    }
}

/* DSP-1: the error symbol for every internal error. Symbols of what the meter does not have yet, and
 * the tariff, stay dark. */
static void test_symbols(void **state)
{
    (void)state;
    static const uint32_t causes[] = {WH_STATUS_STORE_FAILED, WH_STATUS_STORE_DAMAGED,
                                      WH_STATUS_NEWEST_LOST};
    struct wh_lcd lcd;
    for (size_t c = 0; c < sizeof causes / sizeof causes[0]; c++) {
        rig.meter.legal.status = causes[c];
        wh_meter_lcd(&rig.meter, &lcd);
        assert_int_equal(lcd.symbols, WH_LCD_ERROR);
    }
    rig.meter.legal.status = 0;
    wh_meter_lcd(&rig.meter, &lcd);
    assert_int_equal(lcd.symbols, 0);
    assert_int_equal(lcd.tariff, 0);
}

#define INDICATOR_TEST(name) cmocka_unit_test_setup_teardown(name, open_rig, close_rig)

int main(void)
{
    const struct CMUnitTest tests[] = {
        INDICATOR_TEST(test_nothing_before_the_first_second),
        INDICATOR_TEST(test_voltage_indicators),
        INDICATOR_TEST(test_current_indicators),
        INDICATOR_TEST(test_directions_are_of_each_phase),
        INDICATOR_TEST(test_quadrants),
        INDICATOR_TEST(test_no_quadrant_without_load),
        INDICATOR_TEST(test_sequence),
        INDICATOR_TEST(test_sequence_of_unbalanced_voltages),
        INDICATOR_TEST(test_no_sequence_with_a_phase_missing),
        INDICATOR_TEST(test_symbols),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
