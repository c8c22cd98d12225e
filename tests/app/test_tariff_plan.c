/* Which tariff a plan gives at a time: against times worked out by hand, and against a model that
 * paints calendars minute by minute. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "app/clock.h"
#include "tests/app/plans.h"

enum { QUARTER_S = 900, DAY_S = WH_CALENDAR_DAY_S };

static struct wh_tariff_plan plan;

static void assert_passes(void)
{
    struct wh_plan_fault fault = {0};
    if (wh_tariff_plan_check(&plan, &fault) != WH_OK) {
        fail_msg("%s %u, season %u, day type %u: %s", fault.field, fault.index, fault.season,
                 fault.day_type, fault.reason);
    }
}

static void check(uint16_t year, uint8_t month, uint8_t day, unsigned hhmm, unsigned tariff)
{
    const struct wh_datetime at = {.year = year,
                                   .month = month,
                                   .day = day,
                                   .hour = (uint8_t)(hhmm / 100),
                                   .minute = (uint8_t)(hhmm % 100),
                                   .second = hhmm % 2 == 0 ? 0 : 59};
    const unsigned actual = wh_tariff_plan_tariff(&plan, &at);
    if (actual != tariff) {
        fail_msg("%u-%u-%u %04u: T%u, not T%u", year, month, day, hhmm, actual, tariff);
    }
}

/* TAR-1, the schedule as the factory leaves it: one tariff, T1, at all times. */
static void test_flat(void **state)
{
    (void)state;
    wh_tariff_plan_flat(&plan);
    assert_passes();
    for (int64_t s = -365 * (int64_t)DAY_S; s < 50039 * (int64_t)DAY_S; s += 5 * 3600 + 61) {
        const struct wh_datetime at = wh_calendar_datetime(s);
        assert_int_equal(wh_tariff_plan_tariff(&plan, &at), 1);
    }
}

/* TAR-1, the schedule: four tariffs by the time of day, to the minute. */
static void test_switches_of_a_day(void **state)
{
    (void)state;
    wh_tariff_plan_flat(&plan);
    plan.days[0][WH_DAY_WORKING] = (struct wh_tariff_day){
        .switch_count = 5, .switches = {{0, 4}, {1, 3}, {719, 2}, {720, 1}, {1439, 2}}};
    assert_passes();
    check(2026, 6, 3, 0, 4);
    check(2026, 6, 3, 1, 3);
    check(2026, 6, 3, 1158, 3);
    check(2026, 6, 3, 1159, 2);
    check(2026, 6, 3, 1200, 1);
    check(2026, 6, 3, 2358, 1);
    check(2026, 6, 3, 2359, 2);
    check(2026, 6, 4, 0, 4);
}

/* TAR-1, the schedule: working days by weekday, holidays by the table. */
static void test_types_of_day(void **state)
{
    (void)state;
    plans_usual(&plan);
    assert_passes();
    check(2026, 4, 27, 1200, 1); /* Monday */
    check(2026, 4, 30, 1200, 1);
    check(2026, 4, 30, 2359, 2);
    check(2026, 5, 1, 0, 4); /* Friday, in the table */
    check(2026, 5, 1, 2359, 4);
    check(2026, 5, 2, 0, 2); /* Saturday */
    check(2026, 5, 3, 1200, 2);
    check(2026, 5, 4, 1200, 1);
    check(2027, 5, 1, 1200, 2); /* the table is of one year's days; a Saturday */
    check(2026, 12, 24, 1200, 4);
    check(2026, 12, 25, 1200, 3);
}

/* Every set of working days, on every day of a week; a weekday that is not given does not
 * matter. */
static void test_working_days(void **state)
{
    (void)state;
    plans_usual(&plan);
    for (unsigned mask = 0; mask < 128; mask++) {
        plan.working_days = (uint8_t)mask;
        for (uint8_t weekday = 1; weekday <= 7; weekday++) {
            const bool works = (mask >> (weekday - 1) & 1u) != 0;
            check(2026, 6, weekday, 1200, works ? 1 : 2); /* 2026-06-01 is a Monday */
        }
    }
}

/* The season of December goes on in January, until the first change. */
static void test_seasons_over_the_year(void **state)
{
    (void)state;
    plans_usual(&plan);
    check(2026, 3, 31, 1200, 3);
    check(2026, 4, 1, 1200, 1);
    check(2026, 9, 30, 1200, 1);
    check(2026, 10, 1, 1200, 3);
    check(2026, 12, 31, 2129, 3);
    check(2026, 12, 31, 2359, 2);
    check(2027, 1, 1, 0, 2);
    check(2027, 1, 1, 600, 3);
    plan.season_change_count = 1; /* summer from April, and nothing that ends it */
    assert_passes();
    check(2027, 1, 4, 1200, 1);
    check(2027, 12, 31, 1200, 1);
    plan.season_changes[0] = (struct wh_season_change){12, 31, 1};
    assert_passes();
    check(2026, 12, 30, 1200, 3);
    check(2026, 12, 31, 1200, 3);
    plan.season_change_count = 0;
    check(2027, 1, 4, 1200, 1);
}

/* Leap day: in the holiday table, as a change of season, and the day after in years without. */
static void test_leap_day(void **state)
{
    (void)state;
    plans_usual(&plan);
    check(2028, 2, 28, 1200, 3);
    check(2028, 2, 29, 1200, 4);
    check(2028, 3, 1, 1200, 3);
    plan.season_changes[0] = (struct wh_season_change){2, 29, 0};
    plan.exception_count = 0;
    assert_passes();
    check(2028, 2, 28, 1200, 3);
    check(2028, 2, 29, 1200, 1);
    check(2029, 2, 28, 1200, 3);
    check(2029, 3, 1, 1200, 1);
    check(2100, 2, 26, 1200, 3); /* a Friday; 2100 is no leap year */
    check(2100, 3, 1, 1200, 1);
}

/* Each of 200 holidays is found, and none of the days beside them. */
static void test_full_holiday_table(void **state)
{
    (void)state;
    plans_full(&plan);
    assert_passes();
    for (int count = 0; count <= WH_PLAN_EXCEPTIONS_MAX; count++) {
        plan.exception_count = (uint8_t)count;
        for (int e = 0; e < WH_PLAN_EXCEPTIONS_MAX; e++) {
            for (int beside = -1; beside <= 1; beside++) {
                const int64_t day = plan.exceptions[e] + beside;
                const struct wh_datetime at = wh_calendar_datetime(day * DAY_S);
                assert_int_equal(wh_tariff_plan_day_type(&plan, &at),
                                 beside == 0 && e < count ? WH_DAY_HOLIDAY : WH_DAY_WORKING);
            }
        }
    }
}

/* Quarters of an hour of each tariff from 00:00 to 00:00 of the clock on the wall. */
static void count_quarters(uint32_t from_utc_s, unsigned quarters, unsigned counts[WH_PLAN_TARIFFS])
{
    struct wh_clock clock = {0};
    assert_int_equal(wh_clock_configure(&clock, 60, WH_DAYLIGHT_EUROPEAN), WH_OK);
    memset(counts, 0, WH_PLAN_TARIFFS * sizeof *counts);
    for (unsigned q = 0; q < quarters; q++) {
        const struct wh_datetime at = wh_clock_local_of(&clock, from_utc_s + q * QUARTER_S, NULL);
        assert_int_equal(at.weekday, 7);
        counts[wh_tariff_plan_tariff(&plan, &at) - 1]++;
    }
}

/* CLK-3 and TAR-1, the schedule: it follows the clock on the wall. T2 from 02:30 until 03:15 is a
 * quarter when there is no 02:30, and five when there are two. */
static void test_days_of_23_and_25_hours(void **state)
{
    (void)state;
    unsigned counts[WH_PLAN_TARIFFS];
    wh_tariff_plan_flat(&plan);
    plan.days[0][WH_DAY_NON_WORKING] = plans_day(1, 230, 2, 315, 3);
    assert_passes();
    count_quarters(828061200 - 2 * 3600, 23 * 4, counts); /* 2026-03-29 */
    assert_int_equal(counts[0], 2 * 4);
    assert_int_equal(counts[1], 1);
    assert_int_equal(counts[2], 20 * 4 + 3);
    count_quarters(828061200 + 6 * DAY_S + 21 * 3600, 24 * 4, counts); /* 2026-04-05 */
    assert_int_equal(counts[0], 2 * 4 + 2);
    assert_int_equal(counts[1], 3);
    assert_int_equal(counts[2], 20 * 4 + 3);
    count_quarters(846205200 - 3 * 3600, 25 * 4, counts); /* 2026-10-25 */
    assert_int_equal(counts[0], 2 * 4 + 2 + 2);
    assert_int_equal(counts[1], 2 + 3);
    assert_int_equal(counts[2], 20 * 4 + 3);
}

/* The model: the seasons of the 366 dates of a leap year, painted from the last change of the year
 * before on, and the minutes of all days. */
struct model {
    uint8_t season_of[12][31];
    uint8_t tariff_of[WH_PLAN_SEASONS][WH_DAY_TYPES][1440];
};

static void paint(struct model *model)
{
    memset(model, 0, sizeof *model);
    for (unsigned lap = 0; lap < 2; lap++) {
        for (unsigned c = 0; c < plan.season_change_count; c++) {
            const struct wh_season_change *change = &plan.season_changes[c];
            const unsigned first = (change->month - 1u) * 31 + change->day - 1u;
            for (unsigned d = lap == 0 ? 0 : first; d < 12 * 31; d++) {
                model->season_of[d / 31][d % 31] = change->season;
            }
        }
    }
    for (unsigned d = 0; d < WH_PLAN_SEASONS * WH_DAY_TYPES; d++) {
        const struct wh_tariff_day *day = &plan.days[d / WH_DAY_TYPES][d % WH_DAY_TYPES];
        uint8_t *tariff_of = model->tariff_of[d / WH_DAY_TYPES][d % WH_DAY_TYPES];
        for (unsigned s = 0; s < day->switch_count; s++) {
            const unsigned minute = day->switches[s].minute;
            memset(tariff_of + minute, day->switches[s].tariff, 1440 - minute);
        }
    }
}

static unsigned model_tariff(const struct model *model, const struct wh_datetime *at, int64_t day)
{
    enum wh_day_type type =
        (plan.working_days & 1u << (at->weekday - 1)) != 0 ? WH_DAY_WORKING : WH_DAY_NON_WORKING;
    for (unsigned e = 0; e < plan.exception_count; e++) {
        type = plan.exceptions[e] == day ? WH_DAY_HOLIDAY : type;
    }
    const uint8_t season = model->season_of[at->month - 1][at->day - 1];
    return model->tariff_of[season][type][at->hour * 60 + at->minute];
}

/* TAR-1, the schedule: any plan, at any time of 136 years. */
static void test_random_plans(void **state)
{
    (void)state;
    static struct model model;
    struct test_random random = {77};
    unsigned holidays = 0;
    for (int p = 0; p < 400; p++) {
        plans_random(&plan, &random);
        assert_passes();
        paint(&model);
        for (int n = 0; n < 500; n++) {
            int64_t day = (int64_t)(random_u64(&random) % 50039);
            if (n % 8 == 0 && plan.exception_count > 0) {
                day = plan.exceptions[random_u64(&random) % plan.exception_count];
            }
            const int64_t minute = (int64_t)(random_u64(&random) % 1440);
            const struct wh_datetime at = wh_calendar_datetime(day * DAY_S + minute * 60);
            check(at.year, at.month, at.day, at.hour * 100u + at.minute,
                  model_tariff(&model, &at, day));
            holidays += wh_tariff_plan_day_type(&plan, &at) == WH_DAY_HOLIDAY;
        }
    }
    assert_true(holidays > 10000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_flat),
        cmocka_unit_test(test_switches_of_a_day),
        cmocka_unit_test(test_types_of_day),
        cmocka_unit_test(test_working_days),
        cmocka_unit_test(test_seasons_over_the_year),
        cmocka_unit_test(test_leap_day),
        cmocka_unit_test(test_full_holiday_table),
        cmocka_unit_test(test_days_of_23_and_25_hours),
        cmocka_unit_test(test_random_plans),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
