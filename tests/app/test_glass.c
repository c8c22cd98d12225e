/* DSP-1: how values are written into the nine digits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "app/glass.h"
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

static struct wh_lcd draw(enum wh_quantity_id id)
{
    struct wh_lcd lcd;
    memset(&lcd, 0, sizeof lcd);
    wh_glass_reading(&rig.source, wh_catalog_get(id), &lcd);
    return lcd;
}

static void assert_shown(enum wh_quantity_id id, const char *value, uint8_t decimals)
{
    const struct wh_lcd lcd = draw(id);
    assert_string_equal(lcd.value, value);
    assert_int_equal(lcd.decimals, decimals);
}

/* A register of 6.1 kWh, fed by hand; 1000 of its counts are the last digit. */
static void assert_a_plus(uint64_t count_dwh, const char *value)
{
    rig_set_energy(&rig, WH_A_PLUS, count_dwh);
    assert_shown(WH_QUANTITY_A_PLUS, value, 1);
}

/* Blanks in front, but always a digit before the point and all behind it. */
static void test_registers(void **state)
{
    (void)state;
    assert_a_plus(0, "       00");
    assert_a_plus(1000, "       01");
    assert_a_plus(10000, "       10");
    assert_a_plus(123456000, "   123456");
    assert_a_plus(123456789000, "123456789");
}

/* REG-1: a counter is cut off, never rounded up: what is shown has been consumed. */
static void test_registers_are_cut_off(void **state)
{
    (void)state;
    assert_a_plus(999, "       00");
    assert_a_plus(1999, "       01");
    assert_a_plus(9999999, "     9999");
}

/* REG-1: past nine digits a register rolls over as a wheel counter does. */
static void test_registers_roll_over(void **state)
{
    (void)state;
    assert_a_plus(999999999999, "999999999");
    assert_a_plus(1000000000000, "000000000");
    assert_a_plus(1000000001000, "000000001");
    assert_a_plus(9876543210000, "876543210");
}

static void test_verification_resolution(void **state)
{
    (void)state;
    rig_set_energy(&rig, WH_A_PLUS, 5);
    assert_shown(WH_QUANTITY_A_PLUS_FINE, "    00005", 4);
    rig_set_energy(&rig, WH_A_PLUS, 123456789012);
    assert_shown(WH_QUANTITY_A_PLUS_FINE, "456789012", 4);
}

static void assert_net(uint64_t plus_dwh, uint64_t minus_dwh, const char *value)
{
    rig_set_energy(&rig, WH_A_PLUS, plus_dwh);
    rig_set_energy(&rig, WH_A_MINUS, minus_dwh);
    assert_shown(WH_QUANTITY_A_NET, value, 1);
}

/* The minus stands before the first digit; a value cut off to nothing has none; past eight digits it
 * takes the place of the ninth. */
static void test_negative_values(void **state)
{
    (void)state;
    assert_net(0, 1000, "      -01");
    assert_net(0, 999, "       00");
    assert_net(5000, 17000, "      -12");
    assert_net(0, 12345678000, "-12345678");
    assert_net(0, 123456789000, "-23456789");
    assert_net(12345678000, 0, " 12345678");
}

static void set_clock(uint32_t hour, uint32_t minute, uint32_t second)
{
    const uint32_t day_s = 4000 * 86400;
    assert_int_equal(wh_clock_configure(&rig.meter.application.clock, 0, WH_DAYLIGHT_NONE), WH_OK);
    wh_clock_set(&rig.meter.application.clock, day_s + hour * 3600 + minute * 60 + second);
}

static void test_clock(void **state)
{
    (void)state;
    static const uint32_t times[][3] = {
        {0, 0, 0}, {7, 8, 9}, {10, 0, 59}, {19, 30, 1}, {23, 59, 59}};
    for (size_t t = 0; t < sizeof times / sizeof times[0]; t++) {
        char expected[16];
        set_clock(times[t][0], times[t][1], times[t][2]);
        snprintf(expected, sizeof expected, " %02u-%02u-%02u", times[t][0], times[t][1],
                 times[t][2]);
        assert_shown(WH_QUANTITY_CLOCK, expected, 0);
    }
}

/* The glass has no dot between the letters: the version's last one is the decimal point. */
static void test_software_version(void **state)
{
    (void)state;
    const char *version = wh_legal_software_id().version;
    const struct wh_lcd lcd = draw(WH_QUANTITY_SOFTWARE);
    const char *shown = lcd.value + strspn(lcd.value, " ");
    const char *dot = strrchr(version, '.');
    assert_non_null(dot);
    assert_null(strchr(shown, '.'));
    assert_int_equal(strlen(shown), strlen(version) - 1);
    assert_int_equal(lcd.decimals, strlen(dot + 1));
    assert_memory_equal(shown, version, (size_t)(dot - version));
    assert_string_equal(shown + (dot - version), dot + 1);
}

static void test_texts_and_numbers(void **state)
{
    (void)state;
    assert_shown(WH_QUANTITY_TYPE, "     382M", 0);
    assert_shown(WH_QUANTITY_METER_NUMBER, " 12345679", 0);
    assert_shown(WH_QUANTITY_METER_NUMBER_1, " 12345679", 0);
    assert_shown(WH_QUANTITY_SERIAL_NUMBER, " 15085488", 0);
    assert_shown(WH_QUANTITY_STATUS, "        1", 0); /* started */
    rig.meter.legal.status = WH_STATUS_STORE_FAILED;
    assert_shown(WH_QUANTITY_STATUS, "        3", 0);
}

/* Before the first second, no measured value is known: dashes, with unit and identification. */
static void test_dashes_for_the_unknown(void **state)
{
    (void)state;
    for (int q = WH_QUANTITY_P_PLUS; q <= WH_QUANTITY_FREQUENCY; q++) {
        const struct wh_display_format *format = &wh_catalog_get((enum wh_quantity_id)q)->display;
        const struct wh_lcd lcd = draw((enum wh_quantity_id)q);
        assert_string_equal(lcd.value, "      ---");
        assert_int_equal(lcd.decimals, 0);
        assert_string_equal(lcd.unit, format->unit);
        assert_string_equal(lcd.id, format->id);
        assert_string_equal(lcd.text, format->text);
    }
}

/* MET-4: instantaneous values are rounded, with the digits of their row. */
static void test_instantaneous_values(void **state)
{
    (void)state;
    const struct rig_phase phases[WH_PHASES] = {
        {229500, 5678, 1234567, -250400, 0}, {230499, 5, 0, 0, 240}, {0, 0, 0, 0, 0}};
    rig_second(&rig, phases);
    assert_shown(WH_QUANTITY_U_L1, "      230", 0);
    assert_shown(WH_QUANTITY_U_L2, "      230", 0);
    assert_shown(WH_QUANTITY_U_L3, "        0", 0);
    assert_shown(WH_QUANTITY_I_L1, "      568", 2);
    assert_shown(WH_QUANTITY_I_L2, "      001", 2);
    assert_shown(WH_QUANTITY_I_L3, "      000", 2);
    assert_shown(WH_QUANTITY_P_PLUS, "     1235", 3);
    assert_shown(WH_QUANTITY_P_MINUS, "     0000", 3);
    assert_shown(WH_QUANTITY_Q_PLUS, "     0000", 3);
    assert_shown(WH_QUANTITY_Q_MINUS, "     0250", 3);
    assert_shown(WH_QUANTITY_FREQUENCY, "     5000", 2);
    assert_shown(WH_QUANTITY_PF_L3, "      ---", 0);
}

/* A small export: -0.050. */
static void test_negative_power_factor(void **state)
{
    (void)state;
    const struct rig_phase phases[WH_PHASES] = {{230000, 10000, -115000, 2297000, 0}};
    rig_second(&rig, phases);
    assert_shown(WH_QUANTITY_PF_L1, "    -0050", 3);
    assert_shown(WH_QUANTITY_PF, "    -0050", 3);
}

/* Every field is filled to its width or ends inside it, whatever is shown and was there before. */
static void test_fields_end_inside(void **state)
{
    (void)state;
    struct rig_phase phases[WH_PHASES];
    rig_balanced(phases, -1000000, 500000);
    rig_second(&rig, phases);
    for (int q = 0; q < WH_QUANTITY_COUNT; q++) {
        const struct wh_lcd lcd = draw((enum wh_quantity_id)q);
        assert_int_equal(strnlen(lcd.value, sizeof lcd.value), WH_LCD_VALUE_DIGITS);
        assert_int_equal(strspn(lcd.value, " -0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
                         WH_LCD_VALUE_DIGITS);
        assert_non_null(memchr(lcd.unit, '\0', sizeof lcd.unit));
        assert_non_null(memchr(lcd.id, '\0', sizeof lcd.id));
        assert_non_null(memchr(lcd.text, '\0', sizeof lcd.text));
        assert_true(lcd.decimals < WH_LCD_VALUE_DIGITS);
    }
}

#define GLASS_TEST(name) cmocka_unit_test_setup_teardown(name, open_rig, close_rig)

int main(void)
{
    const struct CMUnitTest tests[] = {
        GLASS_TEST(test_registers),
        GLASS_TEST(test_registers_are_cut_off),
        GLASS_TEST(test_registers_roll_over),
        GLASS_TEST(test_verification_resolution),
        GLASS_TEST(test_negative_values),
        GLASS_TEST(test_clock),
        GLASS_TEST(test_software_version),
        GLASS_TEST(test_texts_and_numbers),
        GLASS_TEST(test_dashes_for_the_unknown),
        GLASS_TEST(test_instantaneous_values),
        GLASS_TEST(test_negative_power_factor),
        GLASS_TEST(test_fields_end_inside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
