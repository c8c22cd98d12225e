/* The table of quantities: complete, unambiguous, and fit for each of its views. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "app/lcd.h"
#include "catalog/catalog.h"
#include "legal/interface.h"

static const struct wh_quantity *row(int number)
{
    const struct wh_quantity *quantity = wh_catalog_get((enum wh_quantity_id)number);
    assert_non_null(quantity);
    return quantity;
}

static bool is_energy(const struct wh_quantity *quantity)
{
    return quantity->source <= WH_SOURCE_ENERGY_NET;
}

static bool is_instant(const struct wh_quantity *quantity)
{
    return quantity->source >= WH_SOURCE_INSTANT && quantity->source <= WH_SOURCE_INSTANT_NEGATIVE;
}

static void test_every_row_is_filled(void **state)
{
    (void)state;
    for (int q = 0; q < WH_QUANTITY_COUNT; q++) {
        const struct wh_quantity *quantity = row(q);
        assert_non_null(quantity->name);
        assert_true(quantity->name[0] != '\0');
        assert_non_null(quantity->display.id);
        assert_non_null(quantity->display.text);
        assert_non_null(quantity->display.unit);
        assert_in_range(quantity->source, 0, WH_SOURCE_COUNT - 1);
        assert_in_range(quantity->form, 0, WH_FORM_TIME);
        assert_in_range(quantity->unit, 0, WH_UNIT_COUNT - 1);
    }
    assert_null(wh_catalog_get(WH_QUANTITY_COUNT));
    volatile unsigned outside = UINT32_MAX;
    assert_null(wh_catalog_get((enum wh_quantity_id)outside));
}

static bool same_place_on_the_glass(const struct wh_quantity *a, const struct wh_quantity *b)
{
    return a->display.id[0] != '\0' && strcmp(a->display.id, b->display.id) == 0 &&
           strcmp(a->display.text, b->display.text) == 0;
}

/* An OBIS code means one thing; so does a KMP register and a name, and what the glass says. */
static void test_nothing_is_there_twice(void **state)
{
    (void)state;
    for (int q = 0; q < WH_QUANTITY_COUNT; q++) {
        for (int other = 0; other < q; other++) {
            assert_string_not_equal(row(q)->name, row(other)->name);
            assert_true(memcmp(row(q)->obis, row(other)->obis, 6) != 0);
            assert_true(row(q)->kmp.id == 0 || row(q)->kmp.id != row(other)->kmp.id);
            assert_false(same_place_on_the_glass(row(q), row(other)));
        }
    }
}

static void test_names_are_plain(void **state)
{
    (void)state;
    for (int q = 0; q < WH_QUANTITY_COUNT; q++) {
        const char *name = row(q)->name;
        assert_int_equal(strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_"), strlen(name));
    }
}

static void test_rows_are_found(void **state)
{
    (void)state;
    for (int q = 0; q < WH_QUANTITY_COUNT; q++) {
        assert_ptr_equal(wh_catalog_find_name(row(q)->name), row(q));
        assert_ptr_equal(wh_catalog_find_obis(row(q)->obis), row(q));
    }
    static const uint8_t unknown[][6] = {
        {1, 1, 1, 8, 0, 127}, {0, 1, 1, 8, 0, 255}, {1, 0, 1, 8, 0, 255}, {0, 0, 0, 0, 0, 0}};
    for (size_t u = 0; u < sizeof unknown / sizeof unknown[0]; u++) {
        assert_null(wh_catalog_find_obis(unknown[u]));
    }
    static const char *const names[] = {"", "a_plu", "a_plus_", "A_PLUS", " a_plus"};
    for (size_t n = 0; n < sizeof names / sizeof names[0]; n++) {
        assert_null(wh_catalog_find_name(names[n]));
    }
}

static size_t digits_of(const char *id)
{
    size_t digits = 0;
    for (; *id != '\0'; id++) {
        digits += *id != '.';
    }
    return digits;
}

/* DSP-1: identification of 7 digits, text and unit field of the LCD. */
static void test_texts_fit_the_glass(void **state)
{
    (void)state;
    for (int q = 0; q < WH_QUANTITY_COUNT; q++) {
        const struct wh_display_format *display = &row(q)->display;
        assert_in_range(digits_of(display->id), 0, WH_LCD_ID_DIGITS);
        assert_in_range(strlen(display->text), 0, WH_LCD_TEXT_CHARS);
        assert_in_range(strlen(display->unit), 0, WH_LCD_UNIT_CHARS);
        assert_true(display->decimals < WH_LCD_VALUE_DIGITS);
        assert_int_equal(display->id[0] == '\0', display->text[0] == '\0');
    }
}

/* DSP-1: the identification is groups C.D.E of the OBIS code, without leading groups of nothing. */
static void test_identification_is_the_obis_code(void **state)
{
    (void)state;
    for (int q = 0; q < WH_QUANTITY_COUNT; q++) {
        const uint8_t *obis = row(q)->obis;
        if (row(q)->display.id[0] != '\0') {
            char expected[16];
            snprintf(expected, sizeof expected, "%u.%u.%u", obis[2], obis[3], obis[4]);
            assert_string_equal(row(q)->display.id, expected);
        }
    }
}

/* The last digit on the glass and its point give the unit beside it: exponent + decimals is 3 for k. */
static void test_unit_on_the_glass_is_that_of_the_row(void **state)
{
    (void)state;
    for (int q = 0; q < WH_QUANTITY_COUNT; q++) {
        const struct wh_display_format *display = &row(q)->display;
        const int power = display->exponent + display->decimals;
        char expected[8];
        assert_true(power == 0 || power == 3);
        snprintf(expected, sizeof expected, "%s%s", power == 3 ? "k" : "",
                 wh_unit_text(row(q)->unit));
        assert_string_equal(display->unit, expected);
    }
}

/* The OBIS codes of IEC 62056-61: electricity (A = 1) of channel 1, group D 8 for energies, 7 for instantaneous values,
 * F 128 for the verification resolution, 129 for the secondary side, 254 for the time of a peak. */
static void test_obis_groups(void **state)
{
    (void)state;
    for (int q = 0; q < WH_QUANTITY_COUNT; q++) {
        const uint8_t *obis = row(q)->obis;
        const bool fine = row(q)->unit != WH_UNIT_NONE && is_energy(row(q)) && row(q)->scaler < 0;
        const bool abstract =
            row(q)->source == WH_SOURCE_CLOCK || row(q)->source == WH_SOURCE_HOURS ||
            (row(q)->source == WH_SOURCE_STATE &&
             (row(q)->index == WH_STATE_EVENTS_A || row(q)->index == WH_STATE_EVENTS_B));
        const uint8_t f = row(q)->source == WH_SOURCE_SECONDARY_ENERGY ? 129
                          : row(q)->source == WH_SOURCE_DEMAND_TIME    ? 254
                          : fine                                       ? 128
                                                                       : 255;
        assert_int_equal(obis[0], abstract ? 0 : 1);
        assert_int_equal(obis[1], 1);
        assert_int_equal(obis[5], f);
        if (is_energy(row(q)) || is_instant(row(q))) {
            assert_int_equal(obis[3], is_energy(row(q)) ? 8 : 7);
            assert_int_equal(obis[4], 0);
        }
    }
}

/* Group C by quantity, written down from the OBIS tables and not from the code; and the legal value
 * behind it. */
struct expectation {
    const char *name;
    uint8_t c;
    enum wh_source source;
    uint8_t index;
};

static const struct expectation expectations[] = {
    {"a_absolute", 15, WH_SOURCE_ENERGY_ABSOLUTE, 0},
    {"a_net", 16, WH_SOURCE_ENERGY_NET, 0},
    {"a_plus", 1, WH_SOURCE_ENERGY, WH_A_PLUS},
    {"a_minus", 2, WH_SOURCE_ENERGY, WH_A_MINUS},
    {"r_plus", 3, WH_SOURCE_ENERGY, WH_R_PLUS},
    {"r_minus", 4, WH_SOURCE_ENERGY, WH_R_MINUS},
    {"r1", 5, WH_SOURCE_ENERGY, WH_R1},
    {"r2", 6, WH_SOURCE_ENERGY, WH_R2},
    {"r3", 7, WH_SOURCE_ENERGY, WH_R3},
    {"r4", 8, WH_SOURCE_ENERGY, WH_R4},
    {"a_plus_fine", 1, WH_SOURCE_ENERGY, WH_A_PLUS},
    {"a_minus_fine", 2, WH_SOURCE_ENERGY, WH_A_MINUS},
    {"r_plus_fine", 3, WH_SOURCE_ENERGY, WH_R_PLUS},
    {"r_minus_fine", 4, WH_SOURCE_ENERGY, WH_R_MINUS},
    {"a_plus_l1", 21, WH_SOURCE_ENERGY, WH_A_PLUS_L1},
    {"a_plus_l2", 41, WH_SOURCE_ENERGY, WH_A_PLUS_L2},
    {"a_plus_l3", 61, WH_SOURCE_ENERGY, WH_A_PLUS_L3},
    {"a_minus_l1", 22, WH_SOURCE_ENERGY, WH_A_MINUS_L1},
    {"a_minus_l2", 42, WH_SOURCE_ENERGY, WH_A_MINUS_L2},
    {"a_minus_l3", 62, WH_SOURCE_ENERGY, WH_A_MINUS_L3},
    {"p_plus", 1, WH_SOURCE_INSTANT_POSITIVE, WH_P_MW},
    {"p_minus", 2, WH_SOURCE_INSTANT_NEGATIVE, WH_P_MW},
    {"q_plus", 3, WH_SOURCE_INSTANT_POSITIVE, WH_Q_MVAR},
    {"q_minus", 4, WH_SOURCE_INSTANT_NEGATIVE, WH_Q_MVAR},
    {"p_plus_l1", 21, WH_SOURCE_INSTANT_POSITIVE, WH_P_L1_MW},
    {"p_plus_l2", 41, WH_SOURCE_INSTANT_POSITIVE, WH_P_L2_MW},
    {"p_plus_l3", 61, WH_SOURCE_INSTANT_POSITIVE, WH_P_L3_MW},
    {"p_minus_l1", 22, WH_SOURCE_INSTANT_NEGATIVE, WH_P_L1_MW},
    {"p_minus_l2", 42, WH_SOURCE_INSTANT_NEGATIVE, WH_P_L2_MW},
    {"p_minus_l3", 62, WH_SOURCE_INSTANT_NEGATIVE, WH_P_L3_MW},
    {"q_plus_l1", 23, WH_SOURCE_INSTANT_POSITIVE, WH_Q_L1_MVAR},
    {"q_plus_l2", 43, WH_SOURCE_INSTANT_POSITIVE, WH_Q_L2_MVAR},
    {"q_plus_l3", 63, WH_SOURCE_INSTANT_POSITIVE, WH_Q_L3_MVAR},
    {"q_minus_l1", 24, WH_SOURCE_INSTANT_NEGATIVE, WH_Q_L1_MVAR},
    {"q_minus_l2", 44, WH_SOURCE_INSTANT_NEGATIVE, WH_Q_L2_MVAR},
    {"q_minus_l3", 64, WH_SOURCE_INSTANT_NEGATIVE, WH_Q_L3_MVAR},
    {"s_total", 9, WH_SOURCE_INSTANT_POSITIVE, WH_S_MVA},
    {"s_l1", 29, WH_SOURCE_INSTANT_POSITIVE, WH_S_L1_MVA},
    {"s_l2", 49, WH_SOURCE_INSTANT_POSITIVE, WH_S_L2_MVA},
    {"s_l3", 69, WH_SOURCE_INSTANT_POSITIVE, WH_S_L3_MVA},
    {"i_l1", 31, WH_SOURCE_INSTANT, WH_I_L1_UA},
    {"i_l2", 51, WH_SOURCE_INSTANT, WH_I_L2_UA},
    {"i_l3", 71, WH_SOURCE_INSTANT, WH_I_L3_UA},
    {"u_l1", 32, WH_SOURCE_INSTANT, WH_U_L1_MV},
    {"u_l2", 52, WH_SOURCE_INSTANT, WH_U_L2_MV},
    {"u_l3", 72, WH_SOURCE_INSTANT, WH_U_L3_MV},
    {"pf_l1", 33, WH_SOURCE_INSTANT, WH_PF_L1_E4},
    {"pf_l2", 53, WH_SOURCE_INSTANT, WH_PF_L2_E4},
    {"pf_l3", 73, WH_SOURCE_INSTANT, WH_PF_L3_E4},
    {"pf", 13, WH_SOURCE_INSTANT, WH_PF_E4},
    {"frequency", 14, WH_SOURCE_INSTANT, WH_F_UHZ},
};

/* MET-3, MET-4, REG-1: every measured quantity is in the catalog under its own code. */
static void test_measured_quantities(void **state)
{
    (void)state;
    const size_t count = sizeof expectations / sizeof expectations[0];
    size_t measured = 0;
    for (int q = 0; q < WH_QUANTITY_COUNT; q++) {
        measured += is_energy(row(q)) || is_instant(row(q));
    }
    assert_int_equal(measured, count);
    for (size_t e = 0; e < count; e++) {
        const struct wh_quantity *quantity = wh_catalog_find_name(expectations[e].name);
        assert_non_null(quantity);
        assert_int_equal(quantity->obis[2], expectations[e].c);
        assert_int_equal(quantity->source, expectations[e].source);
        assert_int_equal(quantity->index, expectations[e].index);
    }
}

/* Every energy of the legal part has a row. */
static void test_no_energy_is_left_out(void **state)
{
    (void)state;
    uint32_t energies = 0;
    for (int q = 0; q < WH_QUANTITY_COUNT; q++) {
        if (row(q)->source == WH_SOURCE_ENERGY) {
            energies |= 1u << row(q)->index;
        }
    }
    assert_int_equal(energies, (1u << WH_ENERGY_COUNT) - 1);
}

/* Highest magnitude of a quantity in 10^scaler of its unit, at the converter's full scale: 354 V and
 * 141 A, three phases. */
static double highest(const struct wh_quantity *quantity)
{
    double value = 0;
    switch (quantity->unit) {
    case WH_UNIT_V:
        value = 354;
        break;
    case WH_UNIT_A:
        value = 142;
        break;
    case WH_UNIT_W:
    case WH_UNIT_VAR:
    case WH_UNIT_VA:
        value = 3 * 354.0 * 142;
        break;
    case WH_UNIT_HZ:
        value = 70;
        break;
    default:
        value = 1; /* power factor */
    }
    for (int s = quantity->scaler; s < 0; s++) {
        value *= 10;
    }
    return value;
}

static double capacity(enum wh_form form)
{
    static const double highest_of[] = {UINT8_MAX, UINT16_MAX, INT16_MAX, UINT32_MAX, INT32_MAX};
    assert_in_range(form, WH_FORM_U8, WH_FORM_I32);
    return highest_of[form];
}

/* MET-4: no instantaneous value outgrows its type; those that have a sign have a signed one. */
static void test_forms_hold_instantaneous_values(void **state)
{
    (void)state;
    for (int q = 0; q < WH_QUANTITY_COUNT; q++) {
        if (is_instant(row(q))) {
            assert_true(highest(row(q)) <= capacity(row(q)->form));
        }
    }
    assert_int_equal(row(WH_QUANTITY_PF)->form, WH_FORM_I16);
    assert_int_equal(row(WH_QUANTITY_PF_L1)->form, WH_FORM_I16);
    assert_int_equal(row(WH_QUANTITY_A_NET)->form, WH_FORM_I32);
}

/* REG-1: energies roll over as any counter does. In Wh after 4 294 967 kWh: 62 000 h at the full load of
 * 3 x 230 V, 100 A; with a sign after half of that; in verification resolution (0.1 Wh) after
 * 429 496 kWh: 6 200 h. */
static void test_energies_roll_over_no_sooner_than_stated(void **state)
{
    (void)state;
    const double full_load_kw = 3 * 230 * 100 / 1000.0;
    for (int q = 0; q < WH_QUANTITY_COUNT; q++) {
        if (is_energy(row(q))) {
            const double unit_kwh = row(q)->scaler < 0 ? 1e-4 : 1e-3;
            const double hours = capacity(row(q)->form) * unit_kwh / full_load_kw;
            const bool sign = row(q)->form == WH_FORM_I32;
            assert_true(hours > (row(q)->scaler < 0 ? 6200 : sign ? 31000 : 62000));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_row_is_filled),
        cmocka_unit_test(test_nothing_is_there_twice),
        cmocka_unit_test(test_names_are_plain),
        cmocka_unit_test(test_rows_are_found),
        cmocka_unit_test(test_texts_fit_the_glass),
        cmocka_unit_test(test_identification_is_the_obis_code),
        cmocka_unit_test(test_unit_on_the_glass_is_that_of_the_row),
        cmocka_unit_test(test_obis_groups),
        cmocka_unit_test(test_measured_quantities),
        cmocka_unit_test(test_no_energy_is_left_out),
        cmocka_unit_test(test_forms_hold_instantaneous_values),
        cmocka_unit_test(test_energies_roll_over_no_sooner_than_stated),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
