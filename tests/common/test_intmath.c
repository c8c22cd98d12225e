/* MET-2: the arithmetic by which elements and legal part correct and sum, against 128 bits. */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/intmath.h"
#include "tests/common/random.h"

typedef __int128 wide;

static wide floor_shift(wide number, unsigned shift)
{
    const wide unit = (wide)1 << shift;
    wide quotient = number / unit;
    if (number % unit < 0) {
        quotient--;
    }
    return quotient;
}

/* Checks one call where its result fits; says whether it did. */
static bool check_scale(int64_t value, uint64_t factor, unsigned shift, uint64_t remainder)
{
    const wide exact = (wide)value * (wide)factor + (wide)remainder;
    const wide quotient = floor_shift(exact, shift);
    if (quotient > INT64_MAX || quotient < INT64_MIN) {
        return false;
    }
    uint64_t rest = remainder;
    const int64_t result = wh_scale(value, factor, shift, &rest);
    if (result != (int64_t)quotient || (wide)rest != exact - quotient * ((wide)1 << shift)) {
        fail_msg("%lld * %llu + %llu >> %u", (long long)value, (unsigned long long)factor,
                 (unsigned long long)remainder, shift);
    }
    return true;
}

static const int64_t edge_values[] = {
    0,
    1,
    -1,
    2,
    -2,
    INT32_MAX,
    INT32_MIN,
    INT64_MAX,
    INT64_MIN,
    -(INT64_C(1) << 32),
    INT64_C(1) << 32,
    INT64_MAX - 1,
    INT64_MIN + 1,
    UINT32_MAX,
    -(INT64_C(1) << 62),
};
static const uint64_t edge_factors[] = {
    0,
    1,
    2,
    UINT32_MAX,
    UINT64_C(1) << 32,
    UINT64_C(1) << 63,
    INT64_MAX,
    UINT64_MAX,
    UINT64_MAX - 1,
    (UINT64_C(1) << 32) + 1,
    360000000,
};

static void test_scale_at_the_edges(void **state)
{
    (void)state;
    unsigned long checked = 0;
    for (size_t v = 0; v < sizeof edge_values / sizeof edge_values[0]; v++) {
        for (size_t f = 0; f < sizeof edge_factors / sizeof edge_factors[0]; f++) {
            for (unsigned shift = 1; shift < 64; shift++) {
                const uint64_t highest = (UINT64_C(1) << shift) - 1;
                checked += check_scale(edge_values[v], edge_factors[f], shift, 0);
                checked += check_scale(edge_values[v], edge_factors[f], shift, highest);
                checked += check_scale(edge_values[v], edge_factors[f], shift, highest / 2 + 1);
            }
        }
    }
    assert_true(checked > 10000);
}

static void test_scale_of_random_numbers(void **state)
{
    (void)state;
    struct test_random random = {3};
    unsigned long checked = 0;
    for (int n = 0; n < 400000; n++) {
        const unsigned shift = 1 + (unsigned)(random_u64(&random) % 63);
        const int64_t magnitude = (int64_t)(random_sized(&random) >> 1);
        const int64_t value = random_u64(&random) & 1 ? magnitude : -magnitude;
        const uint64_t factor = random_sized(&random);
        const uint64_t remainder = random_u64(&random) & ((UINT64_C(1) << shift) - 1);
        checked += check_scale(value, factor, shift, remainder);
    }
    assert_true(checked > 200000);
}

/* Whatever the parts: the results add up to the exact total, rounded down once. */
static void test_scale_loses_nothing_over_a_sum(void **state)
{
    (void)state;
    struct test_random random = {4};
    for (int round = 0; round < 200; round++) {
        const unsigned shift = 1 + (unsigned)(random_u64(&random) % 63);
        const uint64_t factor = random_u64(&random) >> (64 - shift); /* below 1 */
        wide total = 0;
        wide sum = 0;
        uint64_t remainder = 0;
        for (int part = 0; part < 500; part++) {
            const int64_t value = (int64_t)random_u64(&random) >> random_u64(&random) % 64;
            total += (wide)value * (wide)factor;
            sum += wh_scale(value, factor, shift, &remainder);
        }
        assert_true(sum == floor_shift(total, shift));
        assert_true((wide)remainder == total - sum * ((wide)1 << shift));
    }
}

static void test_scale_round_is_to_nearest(void **state)
{
    (void)state;
    struct test_random random = {5};
    for (int n = 0; n < 400000; n++) {
        const unsigned shift = 1 + (unsigned)(random_u64(&random) % 63);
        const int64_t value = (int64_t)random_u64(&random) >> random_u64(&random) % 64;
        const uint64_t factor = random_u64(&random) >> (64 - shift);
        const wide exact = (wide)value * (wide)factor;
        const wide nearest = floor_shift(exact + ((wide)1 << (shift - 1)), shift);
        assert_true((wide)wh_scale_round(value, factor, shift) == nearest);
    }
    assert_int_equal(wh_scale_round(1, 1, 1), 1); /* halves go up */
    assert_int_equal(wh_scale_round(-1, 1, 1), 0);
    assert_int_equal(wh_scale_round(-3, 1, 1), -1);
    assert_int_equal(wh_scale_round(INT64_MIN, UINT64_C(1) << 62, 62), INT64_MIN);
}

static void assert_root(uint64_t value, uint32_t root)
{
    if (wh_sqrt(value) != root) {
        fail_msg("sqrt(%llu) = %u", (unsigned long long)value, wh_sqrt(value));
    }
}

static void assert_roots_around(uint64_t root)
{
    const uint64_t square = root * root;
    assert_root(square, (uint32_t)root);
    assert_root(square + 1, (uint32_t)root);
    assert_root(square + 2 * root, (uint32_t)root); /* one below the next square */
    if (root > 0) {
        assert_root(square - 1, (uint32_t)(root - 1));
    }
}

static void test_sqrt_beside_squares(void **state)
{
    (void)state;
    struct test_random random = {6};
    for (uint64_t root = 1; root < 200000; root++) {
        assert_roots_around(root);
        assert_roots_around(UINT32_MAX - root);
        assert_roots_around((UINT64_C(1) << 31) - 100000 + root);
        assert_roots_around(random_u64(&random) >> 32 | 1);
    }
    for (unsigned bit = 1; bit < 32; bit++) {
        assert_roots_around(UINT64_C(1) << bit);
        assert_roots_around((UINT64_C(1) << bit) - 1);
    }
    assert_root(0, 0);
    assert_root(1, 1);
    assert_root(2, 1);
    assert_root(3, 1);
    assert_root(UINT64_MAX, UINT32_MAX);
    assert_root((uint64_t)UINT32_MAX * UINT32_MAX, UINT32_MAX);
    assert_root((uint64_t)UINT32_MAX * UINT32_MAX - 1, UINT32_MAX - 1);
}

/* The rounded quotient, halves away from zero. */
static wide nearest_quotient(wide value, wide divisor)
{
    const wide twice = 2 * (value < 0 ? -value : value) + divisor;
    const wide magnitude = twice / (2 * divisor);
    return value < 0 ? -magnitude : magnitude;
}

static void test_div_round_is_to_nearest(void **state)
{
    (void)state;
    for (int64_t divisor = 1; divisor < 40; divisor++) {
        for (int64_t value = -500; value <= 500; value++) {
            assert_true(wh_div_round(value, divisor) == nearest_quotient(value, divisor));
        }
    }
    struct test_random random = {7};
    for (int n = 0; n < 400000; n++) {
        const int64_t divisor = (int64_t)(random_sized(&random) >> 2) + 1;
        const int64_t value = (int64_t)random_u64(&random) >> (1 + random_u64(&random) % 63);
        assert_true(wh_div_round(value, divisor) == nearest_quotient(value, divisor));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scale_at_the_edges),
        cmocka_unit_test(test_scale_of_random_numbers),
        cmocka_unit_test(test_scale_loses_nothing_over_a_sum),
        cmocka_unit_test(test_scale_round_is_to_nearest),
        cmocka_unit_test(test_sqrt_beside_squares),
        cmocka_unit_test(test_div_round_is_to_nearest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
