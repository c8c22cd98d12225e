/* The meter's clock: that it runs exactly, and what it shows in its zone, against the C library's
 * zones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "app/clock.h"
#include "tests/common/random.h"

enum { TICKS = 4096, HOUR_S = 3600, DAY_S = 86400, FROM_1970_TO_2000_S = 946684800 };

static struct wh_clock clock_at(uint32_t utc_s, int16_t zone_min, enum wh_daylight rule)
{
    struct wh_clock clock = {0};
    assert_int_equal(wh_clock_configure(&clock, zone_min, rule), WH_OK);
    wh_clock_set(&clock, utc_s);
    return clock;
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
        struct wh_clock clock = clock_at(1000, 60, WH_DAYLIGHT_EUROPEAN);
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
    struct wh_clock clock = clock_at(0, 0, WH_DAYLIGHT_NONE);
    uint64_t samples = 0;
    for (int n = 0; n < 100000; n++) {
        const uint32_t step = (uint32_t)(random_sized(&random) >> 32);
        wh_clock_run(&clock, step);
        samples += step;
        assert_elapsed(&clock, 0, samples);
    }
    clock = clock_at(0, 0, WH_DAYLIGHT_NONE);
    wh_clock_run(&clock, 4095);
    wh_clock_run(&clock, UINT32_MAX);
    assert_elapsed(&clock, 0, 4095 + (uint64_t)UINT32_MAX);
    wh_clock_run(&clock, 0);
    assert_elapsed(&clock, 0, 4095 + (uint64_t)UINT32_MAX);
}

static bool same_clock(const struct wh_clock *a, const struct wh_clock *b)
{
    return a->utc_s == b->utc_s && a->ticks == b->ticks && a->zone_min == b->zone_min &&
           a->daylight == b->daylight && a->valid == b->valid;
}

/* CLK-3, its time zone: -12 h to +14 h, to the minute; anything else is refused and changes
 * nothing. The zone does not touch the time. */
static void test_zones(void **state)
{
    (void)state;
    struct wh_clock clock = clock_at(77, 60, WH_DAYLIGHT_EUROPEAN);
    wh_clock_run(&clock, 1234);
    const struct wh_clock before = clock;
    for (int zone_min = INT16_MIN; zone_min <= INT16_MAX; zone_min++) {
        struct wh_clock expected = before;
        enum wh_err expected_err = WH_ERR_ARGUMENT;
        if (zone_min >= -720 && zone_min <= 840) {
            expected.zone_min = (int16_t)zone_min;
            expected.daylight = WH_DAYLIGHT_NONE;
            expected_err = WH_OK;
        }
        clock = before;
        assert_int_equal(wh_clock_configure(&clock, (int16_t)zone_min, WH_DAYLIGHT_NONE),
                         expected_err);
        assert_true(same_clock(&clock, &expected));
    }
    clock = before;
    assert_int_equal(wh_clock_configure(&clock, 0, (enum wh_daylight)2), WH_ERR_ARGUMENT);
    assert_true(same_clock(&clock, &before));
}

/* A time that nobody has set, or that was lost, is marked invalid until it is set; and it runs
 * meanwhile. */
static void test_invalid_until_set(void **state)
{
    (void)state;
    struct wh_clock clock = {0};
    wh_clock_run(&clock, 10 * TICKS + 5);
    assert_false(clock.valid);
    assert_elapsed(&clock, 0, 10 * TICKS + 5);
    assert_int_equal(wh_clock_configure(&clock, 120, WH_DAYLIGHT_EUROPEAN), WH_OK);
    assert_false(clock.valid);
    wh_clock_set(&clock, 1);
    assert_true(clock.valid);
    assert_elapsed(&clock, 1, 0);
    wh_clock_run(&clock, TICKS + 7);
    assert_true(clock.valid);
    wh_clock_invalidate(&clock);
    assert_false(clock.valid);
    wh_clock_run(&clock, TICKS);
    assert_false(clock.valid);
    assert_elapsed(&clock, 1, 2 * TICKS + 7);
    assert_int_equal(clock.zone_min, 120);
    assert_int_equal(clock.daylight, WH_DAYLIGHT_EUROPEAN);
}

/* The C library's local time in the zone that TZ names. */
static struct wh_datetime library_local(uint32_t utc_s, bool *summer)
{
    const time_t at = (time_t)utc_s + FROM_1970_TO_2000_S;
    struct tm tm;
    assert_non_null(localtime_r(&at, &tm));
    *summer = tm.tm_isdst > 0;
    return (struct wh_datetime){
        .year = (uint16_t)(tm.tm_year + 1900),
        .month = (uint8_t)(tm.tm_mon + 1),
        .day = (uint8_t)tm.tm_mday,
        .weekday = (uint8_t)(tm.tm_wday == 0 ? 7 : tm.tm_wday),
        .hour = (uint8_t)tm.tm_hour,
        .minute = (uint8_t)tm.tm_min,
        .second = (uint8_t)tm.tm_sec,
    };
}

/* A moment there and back again, by normal and by local time. */
static void check_back(const struct wh_clock *clock, uint32_t utc_s, bool summer)
{
    const struct wh_datetime local = wh_clock_local_of(clock, utc_s, NULL);
    uint32_t back_s = ~utc_s;
    assert_int_equal(wh_clock_utc_of_local(clock, &local, summer, &back_s), WH_OK);
    assert_int_equal(back_s, utc_s);
    const int64_t normal_s = wh_clock_normal_of(clock, utc_s);
    assert_int_equal(normal_s, (int64_t)utc_s + clock->zone_min * 60);
    back_s = ~utc_s;
    assert_int_equal(wh_clock_utc_of_normal(clock, normal_s, &back_s), WH_OK);
    assert_int_equal(back_s, utc_s);
}

/* The clock at that moment, and a moment as seen by a clock that is somewhere else, show the
 * same. */
static void check_moment(const struct wh_clock *clock, uint32_t utc_s)
{
    bool expected_summer;
    bool summer;
    const struct wh_datetime expected = library_local(utc_s, &expected_summer);
    const struct wh_datetime actual = wh_clock_local_of(clock, utc_s, &summer);
    if (memcmp(&actual, &expected, sizeof actual) != 0 || summer != expected_summer) {
        fail_msg("%u s, %s: %u-%u-%u %u:%u:%u, weekday %u, summer %d", utc_s, getenv("TZ"),
                 actual.year, actual.month, actual.day, actual.hour, actual.minute, actual.second,
                 actual.weekday, summer);
    }
    check_back(clock, utc_s, summer);
    struct wh_clock now = *clock;
    wh_clock_set(&now, utc_s);
    const struct wh_datetime shown = wh_clock_local(&now);
    assert_memory_equal(&shown, &expected, sizeof shown);
    assert_int_equal(wh_clock_is_summer(&now), expected_summer);
    assert_int_equal(wh_clock_normal_s(&now), wh_clock_normal_of(clock, utc_s));
}

/* Zones as POSIX writes them: the sign is west, the times of change are local. */
static const struct {
    const char *posix;
    int16_t zone_min;
    enum wh_daylight daylight;
} zones[] = {
    {"UTC0", 0, WH_DAYLIGHT_NONE},
    {"WET0WEST,M3.5.0/1,M10.5.0", 0, WH_DAYLIGHT_EUROPEAN},
    {"CET-1CEST,M3.5.0,M10.5.0/3", 60, WH_DAYLIGHT_EUROPEAN},
    {"EET-2EEST,M3.5.0/3,M10.5.0/4", 120, WH_DAYLIGHT_EUROPEAN},
    {"<-01>1<+00>,M3.5.0/0,M10.5.0/1", -60, WH_DAYLIGHT_EUROPEAN}, /* the Azores */
    {"<+0545>-5:45", 345, WH_DAYLIGHT_NONE},
    {"<+12>-12", 720, WH_DAYLIGHT_NONE},
    {"<+14>-14", 840, WH_DAYLIGHT_NONE},
    {"<-11>11", -660, WH_DAYLIGHT_NONE},
    {"<-12>12", -720, WH_DAYLIGHT_NONE},
    /* No country has these; the rule is the same moment everywhere, also across midnight. */
    {"<+12>-12<+13>,M3.5.0/13,M10.5.0/14", 720, WH_DAYLIGHT_EUROPEAN},
    {"<-11>11<-10>,M3.5.0/-10,M10.5.0/-9", -660, WH_DAYLIGHT_EUROPEAN},
};

/* CLK-3: the local time of 136 years, every seventh hour with walking minutes and seconds and both
 * ends of the count, in zones with and without daylight saving; and back. */
static void test_local_time(void **state)
{
    (void)state;
    for (size_t z = 0; z < sizeof zones / sizeof zones[0]; z++) {
        const struct wh_clock clock = clock_at(4711, zones[z].zone_min, zones[z].daylight);
        assert_int_equal(setenv("TZ", zones[z].posix, 1), 0);
        tzset();
        for (uint64_t utc_s = 0; utc_s <= UINT32_MAX; utc_s += 7 * HOUR_S + 61) {
            check_moment(&clock, (uint32_t)utc_s);
        }
        check_moment(&clock, UINT32_MAX);
    }
}

/* CLK-3, every whole zone that configurations have, -11 h … +12 h. */
static void test_whole_zones(void **state)
{
    (void)state;
    for (int hours = -11; hours <= 12; hours++) {
        const struct wh_clock clock = clock_at(0, (int16_t)(hours * 60), WH_DAYLIGHT_EUROPEAN);
        const struct wh_datetime before = wh_clock_local_of(&clock, 828061199, NULL);
        const struct wh_datetime after = wh_clock_local_of(&clock, 828061200, NULL);
        assert_int_equal(before.hour, (hours + 24) % 24);
        assert_int_equal(before.minute, 59);
        assert_int_equal(after.hour, (hours + 26) % 24);
        assert_int_equal(after.minute, 0);
        assert_int_equal(after.day, hours + 2 >= 24 ? 30 : hours + 2 < 0 ? 28 : 29);
    }
}

static void check_central_europe(uint32_t utc_s, uint8_t day, uint8_t hour, uint8_t minute,
                                 bool expected_summer)
{
    const struct wh_clock clock = clock_at(utc_s, 60, WH_DAYLIGHT_EUROPEAN);
    bool summer;
    const struct wh_datetime t = wh_clock_local_of(&clock, utc_s, &summer);
    assert_int_equal(t.weekday, 7);
    assert_int_equal(t.day, day);
    assert_int_equal(t.hour, hour);
    assert_int_equal(t.minute, minute);
    assert_int_equal(summer, expected_summer);
}

/* CLK-3: 2026-03-29 has no 02:00 … 02:59 in Central Europe, 2026-10-25 has it twice, and normal
 * time goes on evenly through both. */
static void test_changes_in_central_europe(void **state)
{
    (void)state;
    check_central_europe(828061199, 29, 1, 59, false);
    check_central_europe(828061200, 29, 3, 0, true);
    check_central_europe(846201599, 25, 1, 59, true);
    check_central_europe(846201600, 25, 2, 0, true);
    check_central_europe(846205199, 25, 2, 59, true);
    check_central_europe(846205200, 25, 2, 0, false);
    check_central_europe(846208800, 25, 3, 0, false);
    struct wh_clock clock = clock_at(828061199, 60, WH_DAYLIGHT_EUROPEAN);
    assert_int_equal(wh_clock_normal_s(&clock), 828061199 + HOUR_S);
    wh_clock_run(&clock, TICKS);
    assert_int_equal(wh_clock_normal_s(&clock), 828061200 + HOUR_S);
    assert_true(wh_clock_is_summer(&clock));
}

static void check_given(struct wh_datetime local, bool summer, uint32_t expected_utc_s)
{
    const struct wh_clock clock = clock_at(5, 60, WH_DAYLIGHT_EUROPEAN);
    uint32_t utc_s = 0;
    assert_int_equal(wh_clock_utc_of_local(&clock, &local, summer, &utc_s), WH_OK);
    assert_int_equal(utc_s, expected_utc_s);
}

/* The flag tells the two hours of October apart, and gives the hour that March does not have, and
 * an hour of summer in winter, a meaning. */
static void test_given_local_time(void **state)
{
    (void)state;
    check_given((struct wh_datetime){2026, 10, 25, 7, 2, 30, 0}, true, 846205200 - HOUR_S / 2);
    check_given((struct wh_datetime){2026, 10, 25, 7, 2, 30, 0}, false, 846205200 + HOUR_S / 2);
    check_given((struct wh_datetime){2026, 3, 29, 0, 2, 30, 0}, false, 828061200 + HOUR_S / 2);
    check_given((struct wh_datetime){2026, 3, 29, 0, 2, 30, 0}, true, 828061200 - HOUR_S / 2);
    check_given((struct wh_datetime){2005, 3, 21, 1, 0, 38, 0}, true, 164673480);
}

static void check_refused(const struct wh_clock *clock, struct wh_datetime local, bool summer)
{
    uint32_t utc_s = 99;
    assert_int_equal(wh_clock_utc_of_local(clock, &local, summer, &utc_s), WH_ERR_ARGUMENT);
    assert_int_equal(utc_s, 99);
}

/* What is no date, and what the count does not reach, is refused. */
static void test_given_times_outside(void **state)
{
    (void)state;
    const struct wh_clock east = clock_at(0, 60, WH_DAYLIGHT_EUROPEAN);
    const struct wh_clock west = clock_at(0, -720, WH_DAYLIGHT_NONE);
    check_refused(&east, (struct wh_datetime){2026, 2, 29, 0, 0, 0, 0}, false);
    check_refused(&east, (struct wh_datetime){2026, 3, 1, 1, 0, 0, 0}, false); /* a Sunday */
    check_refused(&east, (struct wh_datetime){2000, 1, 1, 6, 0, 59, 59}, false);
    check_refused(&east, (struct wh_datetime){2000, 1, 1, 6, 1, 59, 59}, true);
    check_refused(&east, (struct wh_datetime){2136, 2, 7, 2, 7, 28, 16}, false);
    check_refused(&west, (struct wh_datetime){1999, 12, 31, 5, 11, 59, 59}, false);
    uint32_t utc_s = 99;
    assert_int_equal(wh_clock_utc_of_normal(&west, -43201, &utc_s), WH_ERR_ARGUMENT);
    assert_int_equal(wh_clock_utc_of_normal(&west, INT64_MIN, &utc_s), WH_ERR_ARGUMENT);
    assert_int_equal(wh_clock_utc_of_normal(&east, INT64_MAX, &utc_s), WH_ERR_ARGUMENT);
    assert_int_equal(wh_clock_utc_of_normal(&east, UINT32_MAX + INT64_C(3601), &utc_s),
                     WH_ERR_ARGUMENT);
    assert_int_equal(utc_s, 99);
    assert_int_equal(wh_clock_utc_of_normal(&east, UINT32_MAX + INT64_C(3600), &utc_s), WH_OK);
    assert_int_equal(utc_s, UINT32_MAX);
    assert_int_equal(wh_clock_utc_of_normal(&west, -43200, &utc_s), WH_OK);
    assert_int_equal(utc_s, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_sample_is_lost),
        cmocka_unit_test(test_random_and_extreme_steps),
        cmocka_unit_test(test_zones),
        cmocka_unit_test(test_invalid_until_set),
        cmocka_unit_test(test_local_time),
        cmocka_unit_test(test_whole_zones),
        cmocka_unit_test(test_changes_in_central_europe),
        cmocka_unit_test(test_given_local_time),
        cmocka_unit_test(test_given_times_outside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
