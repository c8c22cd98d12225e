/* What the breaker supervises, as values: the cascade of Smart Disconnect (BRK-4), conditions with
 * times, a shifted neutral (MET-10). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "app/breaker_watch.h"
#include "tests/common/random.h"

/* After how many seconds of that load the cascade cuts off; 0: never. */
static uint32_t cut_off_after(const struct wh_cascade_limits *limits, uint64_t value,
                              uint32_t step_s)
{
    struct wh_cascade cascade = {{0}};
    for (uint32_t s = step_s; s < 4000; s += step_s) {
        const enum wh_cascade_result result = wh_cascade_take(&cascade, limits, value, step_s);
        if (result == WH_CASCADE_CUT_OFF) {
            return s;
        }
    }
    return 0;
}

/* BRK-4: above Id·k1 after t1, above Id·k2 after t1 + t2, above Id·k3 after t1 + t2 + t3, at the
 * threshold never. */
static void test_cascade(void **state)
{
    (void)state;
    const struct wh_cascade_limits limits = {
        .threshold = 10000000, .k_tenths = {30, 20, 10}, .t_s = {5, 60, 600}};
    assert_int_equal(cut_off_after(&limits, 30000001, 1), 5);
    assert_int_equal(cut_off_after(&limits, 30000000, 1), 65);
    assert_int_equal(cut_off_after(&limits, 20000001, 1), 65);
    assert_int_equal(cut_off_after(&limits, 20000000, 1), 665);
    assert_int_equal(cut_off_after(&limits, 10000001, 1), 665);
    assert_int_equal(cut_off_after(&limits, 10000000, 1), 0);
    assert_int_equal(cut_off_after(&limits, 10000001, 5), 665);
    assert_int_equal(cut_off_after(&limits, 10000001, 50), 700);
    const struct wh_cascade_limits off = {.k_tenths = {30, 20, 10}, .t_s = {5, 60, 600}};
    assert_int_equal(cut_off_after(&off, UINT64_MAX / 16, 1), 0);
    const struct wh_cascade_limits at_once = {.threshold = 1, .k_tenths = {10, 10, 10}};
    assert_int_equal(cut_off_after(&at_once, 2, 1), 1);
}

/* A second below begins all times anew; warning as long as one runs. */
static void test_cascade_begins_anew(void **state)
{
    (void)state;
    const struct wh_cascade_limits limits = {
        .threshold = 10, .k_tenths = {10, 10, 10}, .t_s = {30, 30, 30}};
    struct wh_cascade cascade = {{0}};
    for (int s = 0; s < 29; s++) {
        assert_int_equal(wh_cascade_take(&cascade, &limits, 11, 1), WH_CASCADE_WARNING);
    }
    assert_int_equal(wh_cascade_take(&cascade, &limits, 10, 1), WH_CASCADE_QUIET);
    for (int s = 0; s < 29; s++) {
        assert_int_equal(wh_cascade_take(&cascade, &limits, 11, 1), WH_CASCADE_WARNING);
    }
    assert_int_equal(wh_cascade_take(&cascade, &limits, 11, 1), WH_CASCADE_CUT_OFF);
}

/* From the list of loads up to now. */
static bool is_cut_off(const struct wh_cascade_limits *limits, const uint64_t *load, int now)
{
    int time_s = 0;
    bool cut = false;
    for (int k = 0; k < WH_CASCADE_STEPS; k++) {
        const uint64_t least = limits->threshold * limits->k_tenths[k];
        int above_s = 0;
        while (above_s <= now && load[now - above_s] * 10 > least) {
            above_s++;
        }
        time_s += limits->t_s[k];
        cut = cut || (above_s > 0 && above_s >= time_s);
    }
    return cut;
}

static struct wh_cascade_limits random_limits(struct test_random *random)
{
    struct wh_cascade_limits limits = {.threshold = 1 + random_u64(random) % 20};
    for (int k = 0; k < WH_CASCADE_STEPS; k++) {
        limits.k_tenths[k] = (uint8_t)(random_u64(random) % 40);
        limits.t_s[k] = (uint16_t)(random_u64(random) % 20);
    }
    return limits;
}

/* BRK-4: random limits and loads against a second reckoning from the list of loads. */
static void test_cascade_at_random(void **state)
{
    (void)state;
    enum { SECONDS = 200 };
    struct test_random random = {17};
    for (int n = 0; n < 300; n++) {
        const struct wh_cascade_limits limits = random_limits(&random);
        struct wh_cascade cascade = {{0}};
        uint64_t load[SECONDS] = {0};
        for (int s = 0; s < SECONDS; s++) {
            const bool stays = s > 0 && random_u64(&random) % 8 != 0;
            load[s] = stays ? load[s - 1] : random_u64(&random) % 70;
            assert_int_equal(wh_cascade_take(&cascade, &limits, load[s], 1) == WH_CASCADE_CUT_OFF,
                             is_cut_off(&limits, load, s));
        }
    }
}

/* Sets in after its time without a break, goes after another; what is neither keeps it. */
static void test_delayed(void **state)
{
    (void)state;
    struct wh_delayed delayed = {0};
    assert_false(wh_delayed_take(&delayed, true, false, 3, 2, 2));
    assert_false(wh_delayed_take(&delayed, false, false, 3, 2, 9)); /* begins anew */
    assert_false(wh_delayed_take(&delayed, true, false, 3, 2, 2));
    assert_true(wh_delayed_take(&delayed, true, false, 3, 2, 1));
    assert_true(delayed.is_on);
    assert_false(wh_delayed_take(&delayed, false, false, 3, 2, 100));
    assert_false(wh_delayed_take(&delayed, false, true, 3, 2, 1));
    assert_false(wh_delayed_take(&delayed, true, false, 3, 2, 1));
    assert_false(wh_delayed_take(&delayed, false, true, 3, 2, 1));
    assert_true(wh_delayed_take(&delayed, false, true, 3, 2, 1));
    assert_false(delayed.is_on);
    assert_true(wh_delayed_take(&delayed, true, false, 1, 1, UINT32_MAX));
    assert_true(wh_delayed_take(&delayed, false, true, 1, 1, UINT32_MAX));
}

/* MET-10: two phases high and one low, at 253 and 190 V, in any order; nothing else. */
static void test_neutral(void **state)
{
    (void)state;
    static const uint32_t levels_mv[] = {0, 189999, 190000, 230000, 253000, 253001, 400000};
    enum { LEVELS = sizeof levels_mv / sizeof levels_mv[0] };
    for (int n = 0; n < LEVELS * LEVELS * LEVELS; n++) {
        const int at[] = {n % LEVELS, n / LEVELS % LEVELS, n / LEVELS / LEVELS};
        uint32_t u_mv[3];
        int low = 0;
        int high = 0;
        for (int p = 0; p < 3; p++) {
            u_mv[p] = levels_mv[at[p]];
            low += at[p] <= 1;
            high += at[p] >= 5;
        }
        assert_int_equal(wh_neutral_is_shifted(u_mv, 190000, 253000), low == 1 && high == 2);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cascade),           cmocka_unit_test(test_cascade_begins_anew),
        cmocka_unit_test(test_cascade_at_random), cmocka_unit_test(test_delayed),
        cmocka_unit_test(test_neutral),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
