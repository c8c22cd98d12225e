/* MET-4: the angle of a vector, against the long double arctangent of libm. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/intmath.h"
#include "tests/common/random.h"

enum { BOUND = 1 << (32 - 24) }; /* 2^-24 turn, what the header promises */

static uint32_t exact_angle(int64_t y, int64_t x)
{
    const long double turns = atan2l((long double)y, (long double)x) / (2 * acosl(-1));
    return (uint32_t)llroundl(turns * 4294967296.0L);
}

static void check_angle(int64_t y, int64_t x)
{
    const uint32_t actual = wh_atan2(y, x);
    const uint32_t expected = exact_angle(y, x);
    const int64_t error = (int32_t)(actual - expected);
    if (error > BOUND || error < -BOUND) {
        fail_msg("atan2(%lld, %lld) = %08x, not %08x", (long long)y, (long long)x, actual,
                 expected);
    }
}

static void test_axes_and_null(void **state)
{
    (void)state;
    assert_int_equal(wh_atan2(0, 0), 0);
    for (unsigned bit = 0; bit < 63; bit++) {
        const int64_t length = INT64_C(1) << bit;
        check_angle(0, length);
        check_angle(length, 0);
        check_angle(0, -length);
        check_angle(-length, 0);
        check_angle(length, length);
        check_angle(length, -length);
        check_angle(-length, length);
        check_angle(-length, -length);
    }
}

static void test_extremes(void **state)
{
    (void)state;
    static const int64_t edges[] = {
        INT64_MIN,
        INT64_MIN + 1,
        -(INT64_C(1) << 62),
        -(INT64_C(1) << 60) - 1,
        -(INT64_C(1) << 60),
        -(INT64_C(1) << 57),
        -(INT64_C(1) << 57) + 1,
        -1000,
        -2,
        -1,
        0,
        1,
        2,
        1000,
        (INT64_C(1) << 57) - 1,
        INT64_C(1) << 57,
        INT64_C(1) << 60,
        (INT64_C(1) << 60) + 1,
        INT64_C(1) << 62,
        INT64_MAX - 1,
        INT64_MAX,
    };
    const size_t count = sizeof edges / sizeof edges[0];
    for (size_t y = 0; y < count; y++) {
        for (size_t x = 0; x < count; x++) {
            if (edges[y] != 0 || edges[x] != 0) {
                check_angle(edges[y], edges[x]);
            }
        }
    }
}

static void test_small_vectors(void **state)
{
    (void)state;
    for (int64_t y = -300; y <= 300; y++) {
        for (int64_t x = -300; x <= 300; x++) {
            if (x != 0 || y != 0) {
                check_angle(y, x);
            }
        }
    }
}

static void test_random_vectors(void **state)
{
    (void)state;
    struct test_random random = {8};
    for (int n = 0; n < 400000; n++) {
        const int64_t y = (int64_t)random_u64(&random) >> random_u64(&random) % 64;
        const int64_t x = (int64_t)random_u64(&random) >> random_u64(&random) % 64;
        if (x != 0 || y != 0) {
            check_angle(y, x);
        }
    }
}

/* A whole turn in small steps at the amplitudes of a correlation. */
static void test_a_turn(void **state)
{
    (void)state;
    for (int step = 0; step < 100000; step++) {
        const double angle = 2 * acos(-1) * step / 100000;
        check_angle(llrint(1e15 * sin(angle)), llrint(1e15 * cos(angle)));
        check_angle(llrint(9e18 * sin(angle)), llrint(9e18 * cos(angle)));
        check_angle(llrint(1e4 * sin(angle)), llrint(1e4 * cos(angle)));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_axes_and_null), cmocka_unit_test(test_extremes),
        cmocka_unit_test(test_small_vectors), cmocka_unit_test(test_random_vectors),
        cmocka_unit_test(test_a_turn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
