/* Units and models: the codes of the standard and the figures of the data sheet. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "catalog/unit.h"
#include "catalog/variant.h"

/* The unit enumeration of the interface classes. */
static void test_units(void **state)
{
    (void)state;
    static const struct {
        enum wh_unit unit;
        const char *text;
        uint8_t code;
    } units[] = {
        {WH_UNIT_NONE, "", 255},    {WH_UNIT_WH, "Wh", 30},   {WH_UNIT_VARH, "varh", 32},
        {WH_UNIT_W, "W", 27},       {WH_UNIT_VAR, "var", 29}, {WH_UNIT_VA, "VA", 28},
        {WH_UNIT_V, "V", 35},       {WH_UNIT_A, "A", 33},     {WH_UNIT_HZ, "Hz", 44},
        {WH_UNIT_DEGREE, "deg", 8}, {WH_UNIT_HOUR, "h", 5},
    };
    assert_int_equal(sizeof units / sizeof units[0], WH_UNIT_COUNT);
    for (size_t u = 0; u < WH_UNIT_COUNT; u++) {
        assert_string_equal(wh_unit_text(units[u].unit), units[u].text);
        assert_int_equal(wh_unit_cosem_code(units[u].unit), units[u].code);
    }
    assert_string_equal(wh_unit_text(WH_UNIT_COUNT), "");
    assert_int_equal(wh_unit_cosem_code(WH_UNIT_COUNT), 255);
}

/* The name is matched exactly, and the list ends. */
static void test_models_are_found(void **state)
{
    (void)state;
    size_t count = 0;
    const struct wh_variant *variant;
    for (; (variant = wh_variant_at(count)) != NULL; count++) {
        assert_ptr_equal(wh_variant_find(variant->model), variant);
        assert_in_range(strlen(variant->model), 1, 7); /* fits the identity with its NUL */
    }
    assert_true(count >= 1);
    assert_null(wh_variant_at(SIZE_MAX));
    static const char *const unknown[] = {"", "382", "382m", "382M ", "382MX", "999"};
    for (size_t u = 0; u < sizeof unknown / sizeof unknown[0]; u++) {
        assert_null(wh_variant_find(unknown[u]));
    }
}

/* MET-9: the legal part counts 0.1 Wh, so a pulse must be a whole number of them. */
static void test_pulse_weights_are_whole(void **state)
{
    (void)state;
    const struct wh_variant *variant;
    for (size_t v = 0; (variant = wh_variant_at(v)) != NULL; v++) {
        bool divides = false;
        for (uint32_t pulse_dwh = 1; pulse_dwh <= 10000; pulse_dwh++) {
            divides = divides || pulse_dwh * variant->pulses_per_kwh == 10000;
        }
        assert_true(divides);
    }
}

/* VAR-4 (without breaker), VAR-5 (50 Hz), MET-9, DSP-2: the row of the 382M says what its data sheet
 * says. */
static void test_382m_is_that_of_the_data_sheet(void **state)
{
    (void)state;
    const struct wh_variant *variant = wh_variant_find("382M");
    assert_non_null(variant);
    assert_string_equal(variant->plate_voltage, "3×230/400 V");
    assert_string_equal(variant->plate_current, "0.25–5(100) A");
    assert_string_equal(variant->plate_frequency, "50 Hz");
    assert_string_equal(variant->plate_class, "MID B, IEC 1");
    assert_int_equal(variant->nominal_mhz, 50000);
    assert_int_equal(variant->pulses_per_kwh, 1000);
    assert_int_equal(variant->start_mva, 2300);
    assert_int_equal(variant->voltage_on_mv, 160000);
}

/* VAR-3, VAR-4: the converters hold the crest of Un + 15 % and of I_max, with room above. */
static void test_382m_measures_its_whole_range(void **state)
{
    (void)state;
    const struct wh_variant *variant = wh_variant_find("382M");
    assert_non_null(variant);
    assert_true(variant->u_full_scale_mv > 1.2 * 1.15 * 230e3 * sqrt(2));
    assert_true(variant->i_full_scale_ma > 1.2 * 100e3 * sqrt(2));
    assert_true(variant->voltage_on_mv < 0.8 * 230e3); /* lit at the lowest voltage of use */
}

/* MET-8: registration begins below the starting current of class B, 0.004 I_b = 20 mA at Un. */
static void test_382m_starts_below_its_starting_current(void **state)
{
    (void)state;
    assert_true(wh_variant_find("382M")->start_mva < 0.020 * 230e3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_units),
        cmocka_unit_test(test_models_are_found),
        cmocka_unit_test(test_pulse_weights_are_whole),
        cmocka_unit_test(test_382m_is_that_of_the_data_sheet),
        cmocka_unit_test(test_382m_measures_its_whole_range),
        cmocka_unit_test(test_382m_starts_below_its_starting_current),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
