/* The meter's crystal: its errors, and that no tick is lost or made however time is cut. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "sim/crystal.h"

enum { DAY_S = 86400, YEAR_S = 31557600 };

/* CLK-1: typically 5 ppm at 23 °C. */
static void test_tolerance_at_23_c(void **state)
{
    (void)state;
    int32_t lowest = 0;
    int32_t highest = 0;
    for (uint64_t seed = 0; seed < 1000; seed++) {
        struct sim_crystal crystal;
        sim_crystal_init(&crystal, seed);
        const int32_t error_ppb = sim_crystal_error_ppb(&crystal, 2300);
        assert_in_range(error_ppb + 5000, 0, 10000);
        lowest = error_ppb < lowest ? error_ppb : lowest;
        highest = error_ppb > highest ? error_ppb : highest;
    }
    assert_true(lowest < -3000 && highest > 3000); /* individuals, not all alike */
}

/* -0.034 ppm/K² around 25 °C, relative to 23 °C: figures worked out by hand. */
static void test_parabola(void **state)
{
    (void)state;
    const struct {
        int32_t centi_c, ppb;
    } points[] = {{2300, 0},     {2500, 136},      {2700, 0},      {1500, -3264},
                  {3500, -3264}, {-4000, -143514}, {7000, -68714}, {2350, 59}};
    const struct sim_crystal crystal = {.tolerance_ppb = 0};
    for (size_t k = 0; k < sizeof points / sizeof points[0]; k++) {
        assert_int_equal(sim_crystal_error_ppb(&crystal, points[k].centi_c), points[k].ppb);
    }
}

static void test_ticks_of_a_long_time(void **state)
{
    (void)state;
    struct sim_crystal exact = {.tolerance_ppb = 0};
    assert_true(sim_crystal_run(&exact, 1000000, 2300) == UINT64_C(4096000000));
    struct sim_crystal fast = {.tolerance_ppb = 1000}; /* a second ahead after 10^6 s */
    assert_in_range(sim_crystal_run(&fast, 1000000, 2300), UINT64_C(4096004095),
                    UINT64_C(4096004096));
    struct sim_crystal slow = {.tolerance_ppb = -5000};
    const uint64_t missing = UINT64_C(4096) * YEAR_S - sim_crystal_run(&slow, YEAR_S, 2300);
    assert_in_range(missing, 646299, 646301); /* 5 ppm of a year is 157.788 s */
}

static void test_portions_do_not_matter(void **state)
{
    (void)state;
    enum { SPAN_S = 40 * DAY_S };
    static const uint32_t portions_s[] = {1, 7, 3600, 86399, 100000};
    struct sim_crystal whole;
    sim_crystal_init(&whole, 11);
    const uint64_t ticks = sim_crystal_run(&whole, SPAN_S, -1234);
    for (size_t k = 0; k < sizeof portions_s / sizeof portions_s[0]; k++) {
        struct sim_crystal cut;
        sim_crystal_init(&cut, 11);
        uint64_t sum = 0;
        for (uint32_t left_s = SPAN_S; left_s > 0;) {
            const uint32_t step_s = left_s < portions_s[k] ? left_s : portions_s[k];
            sum += sim_crystal_run(&cut, step_s, -1234);
            left_s -= step_s;
        }
        assert_true(sum == ticks);
        assert_true(cut.rest == whole.rest && cut.age_s == whole.age_s);
    }
}

static void test_aging(void **state)
{
    (void)state;
    struct sim_crystal crystal = {.tolerance_ppb = 100, .aging_ppb = 1500};
    int32_t last_ppb = 100;
    for (int year = 1; year <= 20; year++) {
        crystal.age_s = (uint64_t)year * YEAR_S;
        const int32_t error_ppb = sim_crystal_error_ppb(&crystal, 2300);
        assert_true(error_ppb > last_ppb && error_ppb < 100 + 2 * 1500);
        last_ppb = year == 1 ? 1600 : error_ppb;
        assert_in_range(error_ppb, last_ppb - 2, last_ppb);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tolerance_at_23_c),
        cmocka_unit_test(test_parabola),
        cmocka_unit_test(test_ticks_of_a_long_time),
        cmocka_unit_test(test_portions_do_not_matter),
        cmocka_unit_test(test_aging),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
