/* From a row to its value. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <stdio.h>

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

static struct wh_reading read_row(enum wh_quantity_id id)
{
    struct wh_reading reading;
    assert_int_equal(wh_read(&rig.source, wh_catalog_get(id), &reading), WH_OK);
    return reading;
}

static int64_t value_of(enum wh_quantity_id id, int8_t exponent)
{
    const struct wh_reading reading = read_row(id);
    assert_int_equal(reading.kind, WH_READING_NUMBER);
    return wh_reading_scaled(&reading, exponent);
}

static int64_t scaled(int64_t number, int8_t from, int8_t to, bool counter)
{
    const struct wh_reading reading = {.number = number, .exponent = from, .counter = counter};
    return wh_reading_scaled(&reading, to);
}

static void test_scaling_up_is_exact(void **state)
{
    (void)state;
    assert_int_equal(scaled(123, 0, 0, false), 123);
    assert_int_equal(scaled(123, 0, -3, false), 123000);
    assert_int_equal(scaled(-123, 2, -1, true), -123000);
    assert_int_equal(scaled(0, 3, -6, false), 0);
    assert_true(scaled(1099511627775, -1, -7, true) == 1099511627775000000);
}

/* REG-1: counters are cut off towards zero; instantaneous values are rounded, halves away from it. */
static void test_scaling_down(void **state)
{
    (void)state;
    static const struct {
        int64_t number;
        int64_t cut_off;
        int64_t rounded;
    } cases[] = {{0, 0, 0},       {4999, 4, 5},
                 {499, 0, 0},     {500, 0, 1},
                 {999, 0, 1},     {1000, 1, 1},
                 {1499, 1, 1},    {1500, 1, 2},
                 {-499, 0, 0},    {-500, 0, -1},
                 {-999, 0, -1},   {-1000, -1, -1},
                 {-1500, -1, -2}, {1999999999999, 1999999999, 2000000000}};
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        assert_int_equal(scaled(cases[c].number, -3, 0, true), cases[c].cut_off);
        assert_int_equal(scaled(cases[c].number, -3, 0, false), cases[c].rounded);
    }
}

/* MET-4: every instantaneous row in its own unit, out of one known load. */
static void test_instantaneous_values(void **state)
{
    (void)state;
    const struct rig_phase phases[WH_PHASES] = {{231234, 4321, 800000, 600000, 0},
                                                {229876, 10000, -2000000, 1000000, 240},
                                                {230555, 20000, 3000000, -3000000, 120}};
    static const enum wh_quantity_id first[] = {WH_QUANTITY_P_PLUS_L1, WH_QUANTITY_P_MINUS_L1,
                                                WH_QUANTITY_Q_PLUS_L1, WH_QUANTITY_Q_MINUS_L1};
    rig_second(&rig, phases);
    for (int p = 0; p < WH_PHASES; p++) {
        const int32_t parts[] = {phases[p].active_mw, -phases[p].active_mw, phases[p].reactive_mvar,
                                 -phases[p].reactive_mvar};
        for (size_t f = 0; f < 4; f++) {
            const int64_t expected = parts[f] > 0 ? parts[f] : 0;
            assert_int_equal(value_of((enum wh_quantity_id)((int)first[f] + p), -3), expected);
        }
        const enum wh_quantity_id u = (enum wh_quantity_id)(WH_QUANTITY_U_L1 + p);
        const enum wh_quantity_id i = (enum wh_quantity_id)(WH_QUANTITY_I_L1 + p);
        assert_in_range(value_of(u, -3), phases[p].u_mv - 1, phases[p].u_mv + 1);
        assert_in_range(value_of(i, -3), phases[p].i_ma - 1, phases[p].i_ma + 1);
        const int64_t apparent_mva = (int64_t)phases[p].u_mv * phases[p].i_ma / 1000;
        const int64_t s = value_of((enum wh_quantity_id)(WH_QUANTITY_S_L1 + p), -3);
        assert_in_range(s, apparent_mva - 30, apparent_mva + 30);
        const int64_t factor = value_of((enum wh_quantity_id)(WH_QUANTITY_PF_L1 + p), -4);
        assert_in_range(factor - (int64_t)phases[p].active_mw * 10000 / apparent_mva + 2, 0, 4);
    }
    assert_int_equal(value_of(WH_QUANTITY_P_PLUS, -3), 1800000);
    assert_int_equal(value_of(WH_QUANTITY_P_MINUS, -3), 0);
    assert_int_equal(value_of(WH_QUANTITY_Q_PLUS, -3), 0);
    assert_int_equal(value_of(WH_QUANTITY_Q_MINUS, -3), 1400000);
    assert_int_equal(value_of(WH_QUANTITY_FREQUENCY, -6), 50000000);
    assert_int_equal(value_of(WH_QUANTITY_FREQUENCY, -2), 5000);
}

/* REG-1, MET-3: every energy row reads its own register, in 0.1 Wh. */
static void test_energies(void **state)
{
    (void)state;
    for (int e = 0; e < WH_STORED_ENERGY_COUNT; e++) {
        rig_set_energy(&rig, (enum wh_energy)e, 1000000007ull * (unsigned)(e + 1));
    }
    for (int q = 0; q <= WH_QUANTITY_A_MINUS_L3; q++) {
        const struct wh_quantity *row = wh_catalog_get((enum wh_quantity_id)q);
        struct wh_energy_value expected;
        assert_int_equal(row->source, WH_SOURCE_ENERGY);
        assert_int_equal(wh_legal_energy(&rig.meter.legal, (enum wh_energy)row->index, &expected),
                         WH_OK);
        assert_true(value_of((enum wh_quantity_id)q, -1) == (int64_t)expected.count_dwh);
        assert_true(value_of((enum wh_quantity_id)q, 0) == (int64_t)expected.count_dwh / 10);
        assert_true(read_row((enum wh_quantity_id)q).counter);
    }
}

/* Sums of A+ and A-: both added, and one taken from the other with its sign. */
static void test_absolute_and_net(void **state)
{
    (void)state;
    rig_set_energy(&rig, WH_A_PLUS, 1234567890123 % (UINT64_C(1) << 40));
    rig_set_energy(&rig, WH_A_MINUS, 9);
    const int64_t plus = value_of(WH_QUANTITY_A_PLUS, -1);
    assert_true(value_of(WH_QUANTITY_A_ABSOLUTE, -1) == plus + 9);
    assert_true(value_of(WH_QUANTITY_A_NET, -1) == plus - 9);
    rig_set_energy(&rig, WH_A_PLUS, 5);
    assert_int_equal(value_of(WH_QUANTITY_A_ABSOLUTE, -1), 14);
    assert_int_equal(value_of(WH_QUANTITY_A_NET, -1), -4);
    assert_int_equal(value_of(WH_QUANTITY_A_NET, 0), 0);
    const uint64_t highest = (UINT64_C(1) << 40) - 1; /* what the store keeps */
    rig_set_energy(&rig, WH_A_PLUS, 0);
    rig_set_energy(&rig, WH_A_MINUS, highest);
    assert_true(value_of(WH_QUANTITY_A_NET, -1) == -(int64_t)highest);
    rig_set_energy(&rig, WH_A_PLUS, highest);
    assert_true(value_of(WH_QUANTITY_A_ABSOLUTE, -1) == 2 * (int64_t)highest);
}

static bool is_instant(const struct wh_quantity *row)
{
    return row->source >= WH_SOURCE_INSTANT && row->source <= WH_SOURCE_INSTANT_NEGATIVE;
}

/* Of a meter without it. */
static bool is_prepayment(const struct wh_quantity *row)
{
    return row->source == WH_SOURCE_PREPAYMENT;
}

/* Before the first second nothing measured is known; registers, numbers and clock are. */
static void test_unknown_until_measured(void **state)
{
    (void)state;
    for (int q = 0; q < WH_QUANTITY_COUNT; q++) {
        const struct wh_quantity *row = wh_catalog_get((enum wh_quantity_id)q);
        struct wh_reading reading;
        const enum wh_err expected = is_instant(row) || is_prepayment(row) ? WH_ERR_STATE : WH_OK;
        assert_int_equal(wh_read(&rig.source, row, &reading), expected);
    }
}

/* Without voltage there is no frequency, without load no power factor; the rest is zero, and known. */
static void test_unknown_without_mains_or_load(void **state)
{
    (void)state;
    struct rig_phase phases[WH_PHASES] = {{0}};
    rig_second(&rig, phases);
    for (int q = 0; q < WH_QUANTITY_COUNT; q++) {
        const struct wh_quantity *row = wh_catalog_get((enum wh_quantity_id)q);
        const bool unknown = is_prepayment(row) || q == WH_QUANTITY_FREQUENCY ||
                             q == WH_QUANTITY_PF ||
                             (q >= WH_QUANTITY_PF_L1 && q <= WH_QUANTITY_PF_L3);
        struct wh_reading reading;
        assert_int_equal(wh_read(&rig.source, row, &reading), unknown ? WH_ERR_STATE : WH_OK);
        assert_true(!is_instant(row) || reading.number == 0);
    }
}

static void test_identification(void **state)
{
    (void)state;
    assert_int_equal(value_of(WH_QUANTITY_SERIAL_NUMBER, 0), RIG_SERIAL_NUMBER);
    assert_int_equal(value_of(WH_QUANTITY_METER_NUMBER_1, 0), RIG_METER_NUMBER);
    assert_string_equal(read_row(WH_QUANTITY_METER_NUMBER).text, "12345679");
    assert_string_equal(read_row(WH_QUANTITY_TYPE).text, "382M");
    assert_string_equal(read_row(WH_QUANTITY_SOFTWARE).text, wh_legal_software_id().version);
    /* A number to protocols; eight hexadecimal digits on the glass, since nine decimal ones lack room. */
    const struct wh_reading checksum = read_row(WH_QUANTITY_CHECKSUM);
    char digits[9];
    snprintf(digits, sizeof digits, "%08X", (unsigned)wh_legal_software_id().checksum_32);
    assert_int_equal(wh_reading_scaled(&checksum, 0), wh_legal_software_id().checksum_32);
    assert_string_equal(checksum.text, digits);
    rig.meter.legal.identity.meter_number = 42;
    rig.meter.legal.identity.serial_number = UINT32_MAX;
    assert_string_equal(read_row(WH_QUANTITY_METER_NUMBER).text, "00000042");
    assert_int_equal(value_of(WH_QUANTITY_SERIAL_NUMBER, 0), UINT32_MAX);
}

/* Bit 1 of the meter status for whatever the memory reports; bit 0 since it was started. */
static void test_status(void **state)
{
    (void)state;
    assert_int_equal(value_of(WH_QUANTITY_STATUS, 0), 1);
    for (unsigned bit = 0; bit < 3; bit++) {
        rig.meter.legal.status = 1u << bit;
        assert_int_equal(value_of(WH_QUANTITY_STATUS, 0), 3);
    }
}

/* hhmmss in local time, also while the clock is not set. */
static void test_clock(void **state)
{
    (void)state;
    assert_int_equal(read_row(WH_QUANTITY_CLOCK).kind, WH_READING_CLOCK);
    assert_int_equal(read_row(WH_QUANTITY_CLOCK).number, 10000); /* the factory's zone is +1 h */
    assert_int_equal(wh_clock_configure(&rig.meter.application.clock, 60, WH_DAYLIGHT_NONE), WH_OK);
    wh_clock_set(&rig.meter.application.clock, 86400 + 82800);
    assert_int_equal(read_row(WH_QUANTITY_CLOCK).number, 0);
    assert_int_equal(wh_clock_configure(&rig.meter.application.clock, -120, WH_DAYLIGHT_EUROPEAN),
                     WH_OK);
    wh_clock_set(&rig.meter.application.clock, 86400 + 57753);
    assert_int_equal(read_row(WH_QUANTITY_CLOCK).number, 140233);
    wh_clock_set(&rig.meter.application.clock, 182 * 86400 + 57753); /* the first of July */
    assert_int_equal(read_row(WH_QUANTITY_CLOCK).number, 150233);
}

#define READING_TEST(name) cmocka_unit_test_setup_teardown(name, open_rig, close_rig)

int main(void)
{
    const struct CMUnitTest tests[] = {
        READING_TEST(test_scaling_up_is_exact),
        READING_TEST(test_scaling_down),
        READING_TEST(test_instantaneous_values),
        READING_TEST(test_energies),
        READING_TEST(test_absolute_and_net),
        READING_TEST(test_unknown_until_measured),
        READING_TEST(test_unknown_without_mains_or_load),
        READING_TEST(test_identification),
        READING_TEST(test_status),
        READING_TEST(test_clock),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
