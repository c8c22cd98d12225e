/* The clock chip: how long each backup lasts, how a supercap charges, and what is lost when it is
 * empty. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/random.h"
#include "sim/rtc.h"

enum { SET_S = 800000000, HOUR_S = 3600, DAY_S = 86400, YEAR_S = 31557600 };

static void run_s(struct sim_rtc *rtc, uint64_t seconds, bool supply)
{
    sim_rtc_run(rtc, seconds * SIM_RTC_TICKS_PER_S, supply);
}

static struct sim_rtc charged(enum sim_rtc_backup backup)
{
    struct sim_rtc rtc;
    sim_rtc_init(&rtc, backup);
    run_s(&rtc, 3 * DAY_S, true);
    sim_rtc_set(&rtc, SET_S, 0);
    return rtc;
}

static void assert_shows(const struct sim_rtc *rtc, uint32_t utc_s)
{
    const struct sim_rtc_time time = sim_rtc_read(rtc);
    assert_true(time.valid);
    assert_int_equal(time.utc_s, utc_s);
}

/* CLK-2: 7 days when charged, after that the time is invalid until set. */
static void test_supercap_lasts_seven_days(void **state)
{
    (void)state;
    struct sim_rtc rtc = charged(SIM_RTC_SUPERCAP);
    assert_true(rtc.charge_ms == SIM_RTC_SUPERCAP_MS);
    run_s(&rtc, 7 * DAY_S - 1, false);
    assert_shows(&rtc, SET_S + 7 * DAY_S - 1);
    run_s(&rtc, 2, false);
    assert_false(sim_rtc_read(&rtc).valid);
    run_s(&rtc, 30 * DAY_S, false);
    run_s(&rtc, HOUR_S, true);
    assert_false(sim_rtc_read(&rtc).valid);
    assert_int_equal(sim_rtc_read(&rtc).utc_s, HOUR_S); /* it started anew with the mains */
    sim_rtc_set(&rtc, SET_S, 17);
    run_s(&rtc, 5, true);
    assert_shows(&rtc, SET_S + 5);
    assert_int_equal(sim_rtc_read(&rtc).ticks, 17);
}

static void test_supercap_charges_over_hours(void **state)
{
    (void)state;
    struct sim_rtc rtc;
    sim_rtc_init(&rtc, SIM_RTC_SUPERCAP);
    run_s(&rtc, 4991, true); /* 7200 s · ln 2 */
    assert_in_range(rtc.charge_ms, SIM_RTC_SUPERCAP_MS / 1000 * 499,
                    SIM_RTC_SUPERCAP_MS / 1000 * 501);
    run_s(&rtc, 6 * HOUR_S - 4991, true);
    assert_in_range(rtc.charge_ms, SIM_RTC_SUPERCAP_MS / 1000 * 949,
                    SIM_RTC_SUPERCAP_MS / 1000 * 952);
    run_s(&rtc, 30 * HOUR_S, true);
    assert_true(rtc.charge_ms == SIM_RTC_SUPERCAP_MS);
}

/* What a half-full supercap bridges is half of seven days; what an outage took comes back. */
static void test_charge_is_what_it_bridges(void **state)
{
    (void)state;
    struct sim_rtc rtc = charged(SIM_RTC_SUPERCAP);
    run_s(&rtc, 7 * DAY_S / 2, false);
    assert_true(rtc.charge_ms == SIM_RTC_SUPERCAP_MS / 2);
    struct sim_rtc again = rtc;
    run_s(&again, 7 * DAY_S / 2 - 1, false);
    assert_true(sim_rtc_read(&again).valid);
    run_s(&again, 1, false);
    assert_false(sim_rtc_read(&again).valid);
    run_s(&rtc, 2 * DAY_S, true);
    run_s(&rtc, 7 * DAY_S - 1, false);
    assert_true(sim_rtc_read(&rtc).valid);
}

/* CLK-2: a battery for more than ten years without mains in all, and it is never charged. */
static void test_battery_lasts_ten_years(void **state)
{
    (void)state;
    struct sim_rtc rtc = charged(SIM_RTC_BATTERY);
    run_s(&rtc, UINT64_C(5) * YEAR_S, false);
    run_s(&rtc, UINT64_C(5) * YEAR_S, true);
    run_s(&rtc, UINT64_C(5) * YEAR_S, false);
    assert_shows(&rtc, (uint32_t)(SET_S + UINT64_C(15) * YEAR_S));
    run_s(&rtc, UINT64_C(2) * YEAR_S - 1, false);
    assert_true(sim_rtc_read(&rtc).valid);
    run_s(&rtc, 1, false);
    assert_false(sim_rtc_read(&rtc).valid);
}

static void test_without_backup(void **state)
{
    (void)state;
    struct sim_rtc rtc = charged(SIM_RTC_NONE);
    run_s(&rtc, 1000, true);
    assert_shows(&rtc, SET_S + 1000);
    sim_rtc_run(&rtc, 1, false);
    assert_false(sim_rtc_read(&rtc).valid);
}

static void test_short_interruption_costs_no_tick(void **state)
{
    (void)state;
    struct sim_rtc rtc = charged(SIM_RTC_SUPERCAP);
    for (int k = 0; k < 4096; k++) {
        sim_rtc_run(&rtc, 3, true);
        sim_rtc_run(&rtc, 1, false);
    }
    assert_shows(&rtc, SET_S + 4);
    assert_int_equal(sim_rtc_read(&rtc).ticks, 0);
}

static void test_portions_do_not_matter(void **state)
{
    (void)state;
    struct sim_rtc whole = charged(SIM_RTC_SUPERCAP);
    struct sim_rtc cut = whole;
    struct sim_random random = {5};
    for (int k = 0; k < 200; k++) {
        const bool supply = k % 2 == 0;
        const uint64_t ticks = sim_random_bits(&random) % (UINT64_C(5) * DAY_S * 4096);
        sim_rtc_run(&whole, ticks, supply);
        for (uint64_t left = ticks; left > 0;) {
            const uint64_t any = 1 + sim_random_bits(&random) % (UINT64_C(8000) * 4096);
            const uint64_t step = any < left ? any : left;
            sim_rtc_run(&cut, step, supply);
            left -= step;
        }
        assert_int_equal(cut.utc_s, whole.utc_s);
        assert_int_equal(cut.ticks, whole.ticks);
        assert_true(cut.charge_ms == whole.charge_ms && cut.valid == whole.valid);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_supercap_lasts_seven_days),
        cmocka_unit_test(test_supercap_charges_over_hours),
        cmocka_unit_test(test_charge_is_what_it_bridges),
        cmocka_unit_test(test_battery_lasts_ten_years),
        cmocka_unit_test(test_without_backup),
        cmocka_unit_test(test_short_interruption_costs_no_tick),
        cmocka_unit_test(test_portions_do_not_matter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
