/* The catalog as KMP registers. The table here is that of the public register list, with its
 * own unit codes: 2 kWh, 14 kvarh, 22 kW, 26 kvar, 30 kVA, 33 V, 34 A, 47 hh:mm:ss, 51 number, 54
 * ASCII, 67 Hz. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "catalog/catalog.h"

struct kmp_row {
    uint16_t id;
    const char *name;
    uint8_t unit;
    int8_t exponent;
    uint8_t size;
};

static const struct kmp_row rows[] = {
    /* energies: 6.1 kWh; phases, sums */
    {1, "a_plus", 2, -1, 4},
    {2, "a_minus", 2, -1, 4},
    {3, "r_plus", 14, -1, 4},
    {4, "r_minus", 14, -1, 4},
    {5, "r1", 14, -1, 4},
    {6, "r4", 14, -1, 4},
    {1275, "r2", 14, -1, 4},
    {1276, "r3", 14, -1, 4},
    {1299, "a_plus_l1", 2, -1, 4},
    {1300, "a_plus_l2", 2, -1, 4},
    {1301, "a_plus_l3", 2, -1, 4},
    {1302, "a_minus_l1", 2, -1, 4},
    {1303, "a_minus_l2", 2, -1, 4},
    {1304, "a_minus_l3", 2, -1, 4},
    {1031, "a_absolute", 2, -1, 4},
    {1274, "a_net", 2, -1, 4},
    /* verification resolution, 10^-4 */
    {13, "a_plus_fine", 2, -4, 4},
    {14, "a_minus_fine", 2, -4, 4},
    {15, "r_plus_fine", 14, -4, 4},
    {16, "r_minus_fine", 14, -4, 4},
    /* powers */
    {1023, "p_plus", 22, -3, 4},
    {1024, "p_minus", 22, -3, 4},
    {1025, "q_plus", 26, -3, 4},
    {1026, "q_minus", 26, -3, 4},
    {1080, "p_plus_l1", 22, -3, 2},
    {1081, "p_plus_l2", 22, -3, 2},
    {1082, "p_plus_l3", 22, -3, 2},
    {1344, "p_minus_l1", 22, -3, 2},
    {1345, "p_minus_l2", 22, -3, 2},
    {1346, "p_minus_l3", 22, -3, 2},
    {1347, "q_plus_l1", 26, -3, 2},
    {1348, "q_plus_l2", 26, -3, 2},
    {1349, "q_plus_l3", 26, -3, 2},
    {1350, "q_minus_l1", 26, -3, 2},
    {1351, "q_minus_l2", 26, -3, 2},
    {1352, "q_minus_l3", 26, -3, 2},
    {1353, "s_l1", 30, -3, 2},
    {1354, "s_l2", 30, -3, 2},
    {1355, "s_l3", 30, -3, 2},
    /* voltages, currents, power factors, frequency */
    {1054, "u_l1", 33, 0, 2},
    {1055, "u_l2", 33, 0, 2},
    {1056, "u_l3", 33, 0, 2},
    {1076, "i_l1", 34, -2, 4},
    {1077, "i_l2", 34, -2, 4},
    {1078, "i_l3", 34, -2, 4},
    {1170, "pf_l1", 51, -3, 2},
    {1171, "pf_l2", 51, -3, 2},
    {1172, "pf_l3", 51, -3, 2},
    {1173, "pf", 51, -3, 2},
    {1390, "frequency", 67, -2, 2},
    /* data */
    {1002, "clock", 47, 0, 4},
    {51, "meter_number", 51, 0, 4},
    {1001, "serial_number", 51, 0, 4},
    {1058, "type", 54, 0, 10},
    {1083, "checksum", 51, 0, 2},
    {50, "status", 51, 0, 4},
};

enum { ROW_COUNT = sizeof rows / sizeof rows[0] };

/* Every register by its number: quantity, unit, resolution and width. */
static void test_registers(void **state)
{
    (void)state;
    for (size_t r = 0; r < ROW_COUNT; r++) {
        const struct wh_quantity *quantity = wh_catalog_find_name(rows[r].name);
        assert_non_null(quantity);
        if (quantity->kmp.id != rows[r].id || quantity->kmp.unit != rows[r].unit ||
            quantity->kmp.exponent != rows[r].exponent || quantity->kmp.size != rows[r].size) {
            fail_msg("register %u, %s", rows[r].id, rows[r].name);
        }
    }
}

/* What has a KMP register is in the table above; what has none says so. */
static void test_no_register_beyond_the_list(void **state)
{
    (void)state;
    size_t registers = 0;
    for (int q = 0; q < WH_QUANTITY_COUNT; q++) {
        const struct wh_kmp_format *kmp = &wh_catalog_get((enum wh_quantity_id)q)->kmp;
        registers += kmp->id != 0;
        if (kmp->id == 0) {
            assert_int_equal(kmp->unit, 0);
            assert_int_equal(kmp->size, 0);
        }
    }
    assert_int_equal(registers, ROW_COUNT);
}

/* The unit of the register is that of the row, kilo or not, so that one reading serves both. */
static void test_units_agree_with_the_row(void **state)
{
    (void)state;
    static const struct {
        uint8_t kmp;
        enum wh_unit unit;
    } units[] = {{2, WH_UNIT_WH},  {14, WH_UNIT_VARH}, {22, WH_UNIT_W}, {26, WH_UNIT_VAR},
                 {30, WH_UNIT_VA}, {33, WH_UNIT_V},    {34, WH_UNIT_A}, {67, WH_UNIT_HZ}};
    for (size_t r = 0; r < ROW_COUNT; r++) {
        enum wh_unit expected = WH_UNIT_NONE;
        for (size_t u = 0; u < sizeof units / sizeof units[0]; u++) {
            expected = units[u].kmp == rows[r].unit ? units[u].unit : expected;
        }
        assert_int_equal(wh_catalog_find_name(rows[r].name)->unit, expected);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_registers),
        cmocka_unit_test(test_no_register_beyond_the_list),
        cmocka_unit_test(test_units_agree_with_the_row),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
