/* The meter's clock against the calendar of the C library. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "app/clock.h"
#include "tests/common/random.h"

enum { TICKS = 4096, DAY_S = 86400, FROM_1970_TO_2000_S = 946684800 };

static struct wh_clock clock_at(uint32_t utc_s, int16_t zone_min)
{
    struct wh_clock clock = {0};
    assert_int_equal(wh_clock_set(&clock, utc_s, zone_min, false), WH_OK);
    return clock;
}

static void check_date(uint32_t utc_s, int16_t zone_min)
{
    const struct wh_clock clock = clock_at(utc_s, zone_min);
    const struct wh_datetime actual = wh_clock_local(&clock);
    const time_t local = (time_t)utc_s + FROM_1970_TO_2000_S + zone_min * 60;
    struct tm tm;
    assert_non_null(gmtime_r(&local, &tm));
    const bool same = actual.year == tm.tm_year + 1900 && actual.month == tm.tm_mon + 1 &&
                      actual.day == tm.tm_mday && actual.hour == tm.tm_hour &&
                      actual.minute == tm.tm_min && actual.second == tm.tm_sec &&
                      actual.weekday == (tm.tm_wday == 0 ? 7 : tm.tm_wday);
    if (!same) {
        fail_msg("%u s, zone %d: %u-%u-%u %u:%u:%u, weekday %u", utc_s, zone_min, actual.year,
                 actual.month, actual.day, actual.hour, actual.minute, actual.second,
                 actual.weekday);
    }
}

static const int16_t zones[] = {-720, -719, -210, -1, 0, 1, 60, 120, 345, 839, 840};

enum { ZONES = sizeof zones / sizeof zones[0] };

static void check_midnight(uint64_t day_s, int16_t zone_min)
{
    const int64_t midnight_s = (int64_t)day_s - zone_min * 60;
    for (int64_t at_s = midnight_s - 1; at_s <= midnight_s; at_s++) {
        if (at_s >= 0 && at_s <= UINT32_MAX) {
            check_date((uint32_t)at_s, zone_min);
        }
    }
}

/* All 49710 days that the count reaches, both sides of midnight in every zone. */
static void test_every_midnight(void **state)
{
    (void)state;
    for (uint64_t day_s = 0; day_s <= UINT32_MAX; day_s += DAY_S) {
        for (int z = 0; z < ZONES; z++) {
            check_midnight(day_s, zones[z]);
        }
    }
}

static void test_random_moments(void **state)
{
    (void)state;
    struct test_random random = {9};
    for (int n = 0; n < 300000; n++) {
        const int16_t zone_min = (int16_t)((int)(random_u64(&random) % (840 + 720 + 1)) - 720);
        check_date((uint32_t)random_u64(&random), zone_min);
    }
}

static void check_day(uint32_t utc_s, uint16_t year, uint8_t month, uint8_t day, uint8_t weekday)
{
    const struct wh_clock clock = clock_at(utc_s, 0);
    const struct wh_datetime actual = wh_clock_local(&clock);
    assert_int_equal(actual.year, year);
    assert_int_equal(actual.month, month);
    assert_int_equal(actual.day, day);
    assert_int_equal(actual.weekday, weekday);
}

/* Days that one can look up, so that the C library is not the only witness. */
static void test_known_days(void **state)
{
    (void)state;
    check_day(0, 2000, 1, 1, 6);
    check_day(59 * DAY_S, 2000, 2, 29, 2); /* 2000 is a leap year, by the third rule */
    check_day(60 * DAY_S, 2000, 3, 1, 3);
    check_day(400608153, 2012, 9, 10, 1);  /* 2012-09-10 is a Monday */
    check_day(3160771200, 2100, 2, 28, 7); /* 2100 is none, by the second */
    check_day(3160771200 + DAY_S, 2100, 3, 1, 1);
    check_day(UINT32_MAX, 2136, 2, 7, 2);
}

static void test_edges_of_the_count(void **state)
{
    (void)state;
    for (int z = 0; z < ZONES; z++) {
        check_date(0, zones[z]);
        check_date(UINT32_MAX, zones[z]);
    }
    const struct wh_clock west = clock_at(0, -720);
    assert_int_equal(wh_clock_local(&west).year, 1999);
}

static void assert_elapsed(const struct wh_clock *clock, uint32_t from_s, uint64_t samples)
{
    assert_int_equal(clock->utc_s, (uint32_t)(from_s + samples / TICKS));
    assert_int_equal(clock->ticks, samples % TICKS);
}

/* The clock runs as its crystal does: no step of whatever length loses a sample. */
static void test_no_sample_is_lost(void **state)
{
    (void)state;
    static const uint32_t steps[] = {1, 3, 81, 819, 820, 4095, 4096, 4097, 123457};
    for (size_t s = 0; s < sizeof steps / sizeof steps[0]; s++) {
        struct wh_clock clock = clock_at(1000, 60);
        for (uint64_t n = 1; n <= 50000; n++) {
            wh_clock_run(&clock, steps[s]);
            assert_elapsed(&clock, 1000, n * steps[s]);
        }
    }
}

static void test_random_and_extreme_steps(void **state)
{
    (void)state;
    struct test_random random = {10};
    struct wh_clock clock = clock_at(0, 0);
    uint64_t samples = 0;
    for (int n = 0; n < 100000; n++) {
        const uint32_t step = (uint32_t)(random_sized(&random) >> 32);
        wh_clock_run(&clock, step);
        samples += step;
        assert_elapsed(&clock, 0, samples);
    }
    clock = clock_at(0, 0);
    wh_clock_run(&clock, 4095);
    wh_clock_run(&clock, UINT32_MAX);
    assert_elapsed(&clock, 0, 4095 + (uint64_t)UINT32_MAX);
    wh_clock_run(&clock, 0);
    assert_elapsed(&clock, 0, 4095 + (uint64_t)UINT32_MAX);
}

static bool same_clock(const struct wh_clock *a, const struct wh_clock *b)
{
    return a->utc_s == b->utc_s && a->ticks == b->ticks && a->zone_min == b->zone_min &&
           a->summer_time == b->summer_time && a->valid == b->valid;
}

/* CLK-3, its time zone: -12 h to +14 h, to the minute; anything else is refused and changes nothing. */
static void test_zones(void **state)
{
    (void)state;
    struct wh_clock clock = clock_at(77, 60);
    wh_clock_run(&clock, 1234);
    const struct wh_clock before = clock;
    for (int zone_min = INT16_MIN; zone_min <= INT16_MAX; zone_min++) {
        clock = before;
        const enum wh_err err = wh_clock_set(&clock, 5, (int16_t)zone_min, true);
        if (zone_min >= -720 && zone_min <= 840) {
            assert_int_equal(err, WH_OK);
            assert_int_equal(clock.zone_min, zone_min);
            assert_int_equal(clock.ticks, 0);
        } else {
            assert_int_equal(err, WH_ERR_ARGUMENT);
            assert_true(same_clock(&clock, &before));
        }
    }
}

/* A time that nobody has set is marked invalid until it is; and it runs meanwhile. */
static void test_invalid_until_set(void **state)
{
    (void)state;
    struct wh_clock clock = {0};
    wh_clock_run(&clock, 10 * TICKS + 5);
    assert_false(clock.valid);
    assert_elapsed(&clock, 0, 10 * TICKS + 5);
    assert_int_equal(wh_clock_set(&clock, 1, 900, false), WH_ERR_ARGUMENT);
    assert_false(clock.valid);
    assert_int_equal(wh_clock_set(&clock, 1, 120, true), WH_OK);
    assert_true(clock.valid);
    assert_true(clock.summer_time);
    wh_clock_run(&clock, TICKS);
    assert_true(clock.valid);
    assert_true(clock.summer_time);
    assert_int_equal(clock.zone_min, 120);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_midnight),
        cmocka_unit_test(test_random_moments),
        cmocka_unit_test(test_known_days),
        cmocka_unit_test(test_edges_of_the_count),
        cmocka_unit_test(test_no_sample_is_lost),
        cmocka_unit_test(test_random_and_extreme_steps),
        cmocka_unit_test(test_zones),
        cmocka_unit_test(test_invalid_until_set),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
