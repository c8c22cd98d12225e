/* MET-3, MET-7: the sine wave by which fundamentals are measured, against libm. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/trig.h"

enum { POINTS = 1 << WH_TRIG_TABLE_BITS };

static const double full_scale = 1 << WH_TRIG_Q;

static double pi(void)
{
    return acos(-1);
}

static double exact_sine(uint32_t angle)
{
    return sin(2 * pi() * angle / 4294967296.0);
}

/* The formula that trig.c states. */
static void test_every_value_of_the_table(void **state)
{
    (void)state;
    const double a = pi() / POINTS;
    const double compensation = (a / sin(a)) * (a / sin(a));
    for (int k = 0; k <= POINTS; k++) {
        const double value = sin(2 * pi() * k / POINTS) * full_scale * compensation;
        assert_int_equal(wh_sine_table[k], lrint(value));
    }
}

static void test_the_table_is_symmetric(void **state)
{
    (void)state;
    for (int k = 0; k <= POINTS; k++) {
        assert_int_equal(wh_sine_table[k], -wh_sine_table[POINTS - k]);
    }
    for (int k = 0; k <= POINTS / 2; k++) {
        assert_int_equal(wh_sine_table[k], wh_sine_table[POINTS / 2 - k]);
        assert_int_equal(wh_sine_table[k], -wh_sine_table[POINTS / 2 + k]);
    }
}

/* On the points, just beside them and in between, at every interval: 5 parts in 10^6. */
static void test_error_of_the_interpolation(void **state)
{
    (void)state;
    double worst = 0;
    for (uint64_t angle = 0; angle < UINT64_C(1) << 32; angle += 4001) {
        const uint32_t at = (uint32_t)angle;
        worst = fmax(worst, fabs(wh_sine(at) / full_scale - exact_sine(at)));
        worst = fmax(worst, fabs(wh_cosine(at) / full_scale - exact_sine(at + 0x40000000u)));
    }
    for (uint32_t k = 0; k < POINTS; k++) {
        const uint32_t at = k << (32 - WH_TRIG_TABLE_BITS);
        for (uint32_t beside = at - 2; beside != at + 3; beside++) {
            worst = fmax(worst, fabs(wh_sine(beside) / full_scale - exact_sine(beside)));
        }
    }
    if (worst >= 5e-6) {
        fail_msg("error %g of full scale", worst);
    }
}

/* A correlation over one turn has the gain 1: no error of the meter comes from the table. Neither
 * does the wave leak into the cosine. */
static void test_gain_of_the_fundamental(void **state)
{
    (void)state;
    const int count = 1 << 22;
    double in_phase = 0;
    double quadrature = 0;
    for (int n = 0; n < count; n++) {
        const uint32_t angle = ((uint32_t)n << 10) + 517; /* never on a table point */
        in_phase += wh_sine(angle) * exact_sine(angle);
        quadrature += wh_sine(angle) * exact_sine(angle + 0x40000000u);
    }
    assert_true(fabs(in_phase * 2 / count / full_scale - 1) < 1e-7);
    assert_true(fabs(quadrature * 2 / count / full_scale) < 1e-7);
}

/* Odd to the last digits: one for rounding down, and two for the fraction cut to 15 bits. */
static void test_the_wave_is_odd(void **state)
{
    (void)state;
    for (uint64_t angle = 0; angle < UINT64_C(1) << 32; angle += 65521) {
        const int32_t sum = wh_sine((uint32_t)angle) + wh_sine((uint32_t)-angle);
        assert_in_range(sum + 3, 0, 6);
    }
}

/* What wh_sine takes for granted: negative numbers are shifted as two's complement, downwards. */
static void test_negative_numbers_shift_arithmetically(void **state)
{
    (void)state;
    for (int32_t number = -70000; number < 0; number++) {
        volatile int32_t shifted = number;
        /* cppcheck-suppress shiftNegativeLHS */
        assert_int_equal(shifted >> 15, (int32_t)floor(number / 32768.0));
    }
    volatile int32_t lowest = INT32_MIN;
    /* cppcheck-suppress shiftNegativeLHS */
    assert_int_equal(lowest >> 15, -65536);
    volatile int64_t lowest_64 = INT64_MIN;
    /* cppcheck-suppress shiftTooManyBitsSigned */
    assert_true(lowest_64 >> 63 == -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_value_of_the_table),
        cmocka_unit_test(test_the_table_is_symmetric),
        cmocka_unit_test(test_error_of_the_interpolation),
        cmocka_unit_test(test_gain_of_the_fundamental),
        cmocka_unit_test(test_the_wave_is_odd),
        cmocka_unit_test(test_negative_numbers_shift_arithmetically),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
