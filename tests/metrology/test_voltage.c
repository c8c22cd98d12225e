/* Limits of voltage quality (LOG-7): their defaults and ranges, hysteresis, and reports made
 * without samples. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/metrology/disturbed_mains.h"

static void test_usual_limits(void **state)
{
    (void)state;
    const struct wh_voltage_limits l = wh_voltage_limits_of(230000);
    assert_int_equal(l.under_mv, 207000);
    assert_int_equal(l.over_mv, 253000);
    assert_int_equal(l.lost_mv, 50000);
    assert_int_equal(l.hysteresis_mv, 4600);
    for (uint32_t nominal_mv = 57700; nominal_mv <= 900000; nominal_mv += 17) {
        const struct wh_voltage_limits any = wh_voltage_limits_of(nominal_mv);
        assert_true(wh_voltage_limits_are_valid(&any));
    }
}

/* Limits out of range or in contradiction change nothing, in any phase. */
static void test_wrong_limits_are_refused(void **state)
{
    (void)state;
    static const struct wh_voltage_limits wrong[] = {
        {.lost_mv = 999, .under_mv = 207000, .over_mv = 253000, .hysteresis_mv = 0},
        {.lost_mv = 207000, .under_mv = 206999, .over_mv = 253000, .hysteresis_mv = 0},
        {.lost_mv = 203000, .under_mv = 207000, .over_mv = 253000, .hysteresis_mv = 4600},
        {.lost_mv = 50000, .under_mv = 253001, .over_mv = 253000, .hysteresis_mv = 0},
        {.lost_mv = 50000, .under_mv = 207000, .over_mv = 216199, .hysteresis_mv = 4600},
        {.lost_mv = 50000, .under_mv = 207000, .over_mv = 253000, .hysteresis_mv = UINT32_MAX},
        {.lost_mv = 50000, .under_mv = 207000, .over_mv = 353554, .hysteresis_mv = 0},
        {.lost_mv = 50000, .under_mv = 207000, .over_mv = UINT32_MAX, .hysteresis_mv = 0},
    };
    static struct disturbed_mains m, before;
    disturbed_mains_init(&m);
    before = m;
    for (size_t w = 0; w < sizeof wrong / sizeof wrong[0]; w++) {
        assert_int_equal(wh_measuring_set_voltage_limits(&m.measuring, &wrong[w]), WH_ERR_ARGUMENT);
        assert_memory_equal(&before.measuring, &m.measuring, sizeof m.measuring);
    }
    const struct wh_voltage_limits widest = {.lost_mv = 1000, .under_mv = 1000, .over_mv = 353553};
    assert_int_equal(wh_measuring_set_voltage_limits(&m.measuring, &widest), WH_OK);
}

static struct wh_element_report steady(uint32_t u_mv, enum wh_voltage_state before)
{
    const struct wh_voltage_limits limits = wh_voltage_limits_of(230000);
    struct wh_element_report report = {.half_cycles = {9, 9, 9, 9}};
    wh_report_steady_voltage(&report, &limits, u_mv, 20, before);
    return report;
}

/* A limit is crossed at its value and left a hysteresis behind it. */
static void test_hysteresis(void **state)
{
    (void)state;
    static const struct {
        enum wh_voltage_state before;
        uint32_t u_mv;
        enum wh_voltage_state after;
    } steps[] = {
        {WH_VOLTAGE_NORMAL, 207000, WH_VOLTAGE_NORMAL},
        {WH_VOLTAGE_NORMAL, 206999, WH_VOLTAGE_UNDER},
        {WH_VOLTAGE_NORMAL, 253000, WH_VOLTAGE_NORMAL},
        {WH_VOLTAGE_NORMAL, 253001, WH_VOLTAGE_OVER},
        {WH_VOLTAGE_NORMAL, 49999, WH_VOLTAGE_LOST},
        {WH_VOLTAGE_UNDER, 211599, WH_VOLTAGE_UNDER},
        {WH_VOLTAGE_UNDER, 211600, WH_VOLTAGE_NORMAL},
        {WH_VOLTAGE_UNDER, 50000, WH_VOLTAGE_UNDER},
        {WH_VOLTAGE_UNDER, 49999, WH_VOLTAGE_LOST},
        {WH_VOLTAGE_UNDER, 260000, WH_VOLTAGE_OVER},
        {WH_VOLTAGE_OVER, 248400, WH_VOLTAGE_OVER},
        {WH_VOLTAGE_OVER, 248399, WH_VOLTAGE_NORMAL},
        {WH_VOLTAGE_OVER, 0, WH_VOLTAGE_LOST},
        {WH_VOLTAGE_LOST, 54599, WH_VOLTAGE_LOST},
        {WH_VOLTAGE_LOST, 54600, WH_VOLTAGE_UNDER},
        {WH_VOLTAGE_LOST, 230000, WH_VOLTAGE_NORMAL},
        {WH_VOLTAGE_OVER, UINT32_MAX, WH_VOLTAGE_OVER},
    };
    for (size_t s = 0; s < sizeof steps / sizeof steps[0]; s++) {
        assert_int_equal(steady(steps[s].u_mv, steps[s].before).voltage_state, steps[s].after);
    }
}

/* What a producer without samples reports of a steady voltage is what an element reports of it. */
static void test_steady_reports_are_those_of_an_element(void **state)
{
    (void)state;
    static const double course_v[] = {230, 209, 206, 209, 213, 260, 250, 247, 30, 53, 56, 0, 230};
    struct disturbed_mains m;
    enum wh_voltage_state before = WH_VOLTAGE_NORMAL;
    disturbed_mains_init(&m);
    disturbed_mains_play(&m, 200);
    for (size_t c = 0; c < sizeof course_v / sizeof course_v[0]; c++) {
        m.u_v = course_v[c];
        disturbed_mains_play(&m, 100);
        const struct wh_element_report made = steady((uint32_t)(course_v[c] * 1e3), before);
        const struct wh_element_report *got = &m.report.phase[0];
        assert_int_equal(got->voltage_state, made.voltage_state);
        assert_in_range(got->u_min_mv, (uint64_t)(course_v[c] * 999), made.u_max_mv);
        assert_int_equal(made.half_cycles[made.voltage_state], 20);
        assert_int_equal(made.half_cycles[WH_VOLTAGE_NORMAL] + made.half_cycles[WH_VOLTAGE_UNDER] +
                             made.half_cycles[WH_VOLTAGE_OVER] + made.half_cycles[WH_VOLTAGE_LOST],
                         20);
        before = made.voltage_state;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_usual_limits),
        cmocka_unit_test(test_wrong_limits_are_refused),
        cmocka_unit_test(test_hysteresis),
        cmocka_unit_test(test_steady_reports_are_those_of_an_element),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
