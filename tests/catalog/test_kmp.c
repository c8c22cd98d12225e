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
    /* tariffs: A+, A-, R+, R- of T1, then of T2 … */
    {19, "a_plus_t1", 2, -1, 4},
    {20, "a_minus_t1", 2, -1, 4},
    {21, "r_plus_t1", 14, -1, 4},
    {22, "r_minus_t1", 14, -1, 4},
    {23, "a_plus_t2", 2, -1, 4},
    {24, "a_minus_t2", 2, -1, 4},
    {25, "r_plus_t2", 14, -1, 4},
    {26, "r_minus_t2", 14, -1, 4},
    {27, "a_plus_t3", 2, -1, 4},
    {28, "a_minus_t3", 2, -1, 4},
    {29, "r_plus_t3", 14, -1, 4},
    {30, "r_minus_t3", 14, -1, 4},
    {31, "a_plus_t4", 2, -1, 4},
    {32, "a_minus_t4", 2, -1, 4},
    {33, "r_plus_t4", 14, -1, 4},
    {34, "r_minus_t4", 14, -1, 4},
    /* secondary side */
    {7, "a_plus_secondary", 2, -1, 4},
    {8, "a_minus_secondary", 2, -1, 4},
    {9, "r_plus_secondary", 14, -1, 4},
    {10, "r_minus_secondary", 14, -1, 4},
    {11, "r1_secondary", 14, -1, 4},
    {12, "r4_secondary", 14, -1, 4},
    {1305, "s_total", 30, -3, 4},
    /* means, peaks, their times, accumulated */
    {35, "p_plus_mean", 22, -3, 4},
    {36, "p_minus_mean", 22, -3, 4},
    {37, "q_plus_mean", 26, -3, 4},
    {38, "q_minus_mean", 26, -3, 4},
    {1308, "s_plus_mean", 30, -3, 4},
    {1309, "s_minus_mean", 30, -3, 4},
    {39, "p_plus_max", 22, -3, 4},
    {40, "p_minus_max", 22, -3, 4},
    {41, "q_plus_max", 26, -3, 4},
    {42, "q_minus_max", 26, -3, 4},
    {1326, "s_plus_max", 30, -3, 4},
    {1310, "s_minus_max", 30, -3, 4},
    {1033, "p_plus_t1_max", 22, -3, 4},
    {1036, "p_plus_t2_max", 22, -3, 4},
    {1130, "q_plus_t1_max", 26, -3, 4},
    {1134, "q_plus_t2_max", 26, -3, 4},
    {1049, "p_plus_max_time", 53, 0, 8},
    {1127, "q_plus_max_time", 53, 0, 8},
    {1327, "s_plus_max_time", 53, 0, 8},
    {1311, "s_minus_max_time", 53, 0, 8},
    {1050, "p_plus_t1_max_time", 53, 0, 8},
    {1051, "p_plus_t2_max_time", 53, 0, 8},
    {1131, "q_plus_t1_max_time", 53, 0, 8},
    {1135, "q_plus_t2_max_time", 53, 0, 8},
    {43, "p_plus_max_sum", 22, -3, 4},
    {44, "p_minus_max_sum", 22, -3, 4},
    {45, "q_plus_max_sum", 26, -3, 4},
    {46, "q_minus_max_sum", 26, -3, 4},
    /* counters, state, numbers */
    {1004, "hours", 46, 0, 4},
    {58, "pulse_input", 0, 0, 4},
    {1039, "power_threshold", 22, -3, 4},
    {47, "debiting_count", 51, 0, 4},
    {1040, "threshold_count", 51, 0, 4},
    {2010, "tariff", 51, 0, 1},
    {1235, "events_a", 51, 0, 4},
    {1237, "events_b", 51, 0, 4},
    {1423, "under_voltages", 51, 0, 2},
    {1424, "over_voltages", 51, 0, 2},
    {1428, "interruptions_short", 51, 0, 2},
    {1427, "interruptions_long", 51, 0, 2},
    {222, "configuration_count", 51, 0, 4},
    {52, "meter_number_2", 51, 0, 4},
    {53, "meter_number_3", 51, 0, 4},
    {57, "special_1", 51, 0, 4},
    {1021, "special_2", 51, 0, 4},
    {54, "config_1", 51, 0, 4},
    {55, "config_2", 51, 0, 4},
    {56, "config_3", 51, 0, 4},
    {1029, "config_4", 51, 0, 4},
    {1075, "config_5", 51, 0, 4},
    /* breaker and prepayment */
    {1087, "breaker_state", 51, 0, 1},
    {1088, "breaker_feedback", 51, 0, 1},
    {1122, "disconnect_threshold", 51, 0, 1},
    {1121, "prepayment_balance", 2, -1, 4},
    {1408, "prepayment_credit", 2, -1, 4},
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
    } units[] = {{2, WH_UNIT_WH},   {14, WH_UNIT_VARH}, {22, WH_UNIT_W},
                 {26, WH_UNIT_VAR}, {30, WH_UNIT_VA},   {33, WH_UNIT_V},
                 {34, WH_UNIT_A},   {46, WH_UNIT_HOUR}, {67, WH_UNIT_HZ}};
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
