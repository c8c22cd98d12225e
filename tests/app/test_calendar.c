/* The calendar against the one of the C library, against days that can be looked up, and European
 * daylight saving against the time zone database. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "app/calendar.h"
#include "tests/common/random.h"

enum { HOUR_S = 3600, DAY_S = WH_CALENDAR_DAY_S, FROM_1970_TO_2000_S = 946684800 };

static const int64_t first_s = -31536000; /* 1999-01-01 00:00:00 */
static const int64_t last_s = 4323369599; /* 2136-12-31 23:59:59 */

static void assert_same(const struct wh_datetime *actual, const struct wh_datetime *expected)
{
    if (memcmp(actual, expected, sizeof *actual) != 0) {
        fail_msg("%u-%u-%u %u:%u:%u, weekday %u, is not %u-%u-%u %u:%u:%u, weekday %u",
                 actual->year, actual->month, actual->day, actual->hour, actual->minute,
                 actual->second, actual->weekday, expected->year, expected->month, expected->day,
                 expected->hour, expected->minute, expected->second, expected->weekday);
    }
}

/* Both ways. */
static void check_moment(int64_t seconds)
{
    const time_t at = (time_t)(seconds + FROM_1970_TO_2000_S);
    struct tm tm;
    assert_non_null(gmtime_r(&at, &tm));
    const struct wh_datetime expected = {
        .year = (uint16_t)(tm.tm_year + 1900),
        .month = (uint8_t)(tm.tm_mon + 1),
        .day = (uint8_t)tm.tm_mday,
        .weekday = (uint8_t)(tm.tm_wday == 0 ? 7 : tm.tm_wday),
        .hour = (uint8_t)tm.tm_hour,
        .minute = (uint8_t)tm.tm_min,
        .second = (uint8_t)tm.tm_sec,
    };
    const struct wh_datetime actual = wh_calendar_datetime(seconds);
    assert_same(&actual, &expected);
    int64_t back_s = 0;
    assert_int_equal(wh_calendar_seconds(&actual, &back_s), WH_OK);
    assert_int_equal(back_s, seconds);
}

/* Every hour of 138 years, with the minute and second walking, and both sides of every midnight. */
static void test_every_hour(void **state)
{
    (void)state;
    int64_t walk_s = 0;
    for (int64_t hour_s = first_s; hour_s <= last_s; hour_s += HOUR_S) {
        check_moment(hour_s + walk_s);
        walk_s = (walk_s + 61) % HOUR_S;
    }
    for (int64_t day_s = first_s; day_s <= last_s; day_s += DAY_S) {
        check_moment(day_s);
        check_moment(day_s + DAY_S - 1);
    }
}

static void check_day(int32_t day, uint16_t year, uint8_t month, uint8_t day_of_month,
                      uint8_t weekday)
{
    const struct wh_datetime expected = {
        .year = year, .month = month, .day = day_of_month, .weekday = weekday};
    const struct wh_datetime actual = wh_calendar_datetime((int64_t)day * DAY_S);
    assert_same(&actual, &expected);
    assert_int_equal(wh_calendar_day(year, month, day_of_month), day);
    assert_int_equal(wh_calendar_weekday(day), weekday);
}

/* Days that one can look up, so that the C library is not the only witness. */
static void test_known_days(void **state)
{
    (void)state;
    check_day(-365, 1999, 1, 1, 5);
    check_day(-1, 1999, 12, 31, 5);
    check_day(0, 2000, 1, 1, 6);
    check_day(59, 2000, 2, 29, 2); /* 2000 is a leap year, by the third rule */
    check_day(60, 2000, 3, 1, 3);
    check_day(4636, 2012, 9, 10, 1);
    check_day(36583, 2100, 2, 28, 7); /* 2100 is none, by the second */
    check_day(36584, 2100, 3, 1, 1);
    check_day(49710, 2136, 2, 7, 2);
}

/* Outside of the calendar there is no date. */
static void test_ends(void **state)
{
    (void)state;
    static const struct wh_datetime none = {0};
    const int64_t outside[] = {INT64_MIN,  INT64_MIN + 1, first_s - 1,
                               last_s + 1, INT64_MAX - 1, INT64_MAX};
    for (size_t o = 0; o < sizeof outside / sizeof outside[0]; o++) {
        const struct wh_datetime actual = wh_calendar_datetime(outside[o]);
        assert_same(&actual, &none);
        assert_false(wh_calendar_is_european_summer(outside[o]));
    }
    check_moment(first_s);
    check_moment(last_s);
    assert_string_equal(wh_calendar_fault(&none), "year");
}

static void check_fault(struct wh_datetime t, const char *field)
{
    const char *fault = wh_calendar_fault(&t);
    int64_t seconds = 12345;
    if (field == NULL) {
        assert_null(fault);
        assert_int_equal(wh_calendar_seconds(&t, &seconds), WH_OK);
    } else {
        assert_non_null(fault);
        assert_string_equal(fault, field);
        assert_int_equal(wh_calendar_seconds(&t, &seconds), WH_ERR_ARGUMENT);
        assert_int_equal(seconds, 12345);
    }
}

static void test_faults(void **state)
{
    (void)state;
    check_fault((struct wh_datetime){2024, 2, 29, 0, 23, 59, 59}, NULL);
    check_fault((struct wh_datetime){2024, 2, 29, 4, 0, 0, 0}, NULL);
    check_fault((struct wh_datetime){2024, 2, 29, 5, 0, 0, 0}, "weekday");
    check_fault((struct wh_datetime){2024, 2, 29, 8, 0, 0, 0}, "weekday");
    check_fault((struct wh_datetime){2024, 2, 29, 255, 0, 0, 0}, "weekday");
    check_fault((struct wh_datetime){1998, 12, 31, 0, 0, 0, 0}, "year");
    check_fault((struct wh_datetime){2137, 1, 1, 0, 0, 0, 0}, "year");
    check_fault((struct wh_datetime){65535, 1, 1, 0, 0, 0, 0}, "year");
    check_fault((struct wh_datetime){2024, 0, 1, 0, 0, 0, 0}, "month");
    check_fault((struct wh_datetime){2024, 13, 1, 0, 0, 0, 0}, "month");
    check_fault((struct wh_datetime){2024, 255, 1, 0, 0, 0, 0}, "month");
    check_fault((struct wh_datetime){2024, 1, 0, 0, 0, 0, 0}, "day");
    check_fault((struct wh_datetime){2024, 1, 1, 0, 24, 0, 0}, "hour");
    check_fault((struct wh_datetime){2024, 1, 1, 0, 0, 60, 0}, "minute");
    check_fault((struct wh_datetime){2024, 1, 1, 0, 0, 0, 60}, "second");
}

/* The last day of every month is a date, the next number is none; leap years as the calendar has
 * them: every fourth, not 2100, but 2000. */
static void test_month_lengths(void **state)
{
    (void)state;
    static const uint8_t lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    for (uint16_t year = 1999; year <= 2136; year++) {
        for (uint8_t month = 1; month <= 12; month++) {
            const bool leap = year == 2000 || (year % 4 == 0 && year != 2100);
            const int length = lengths[month - 1] + (month == 2 && leap);
            assert_int_equal(wh_calendar_month_length(year, month), length);
            check_fault((struct wh_datetime){year, month, (uint8_t)length, 0, 1, 2, 3}, NULL);
            check_fault((struct wh_datetime){year, month, (uint8_t)(length + 1), 0, 1, 2, 3},
                        "day");
        }
    }
    assert_int_equal(wh_calendar_month_length(2000, 0), 0);
    assert_int_equal(wh_calendar_month_length(2000, 13), 0);
    assert_int_equal(wh_calendar_month_length(2000, 255), 0);
}

/* Whatever the fields are: a fault, or a moment that comes back as the same date. */
static void test_random_fields(void **state)
{
    (void)state;
    struct test_random random = {31};
    int accepted = 0;
    for (int n = 0; n < 500000; n++) {
        const uint64_t bits = random_u64(&random);
        struct wh_datetime t = {
            .year = (uint16_t)(1990 + (bits & 0xFF)),
            .month = bits >> 8 & 0x0F,
            .day = bits >> 12 & 0x1F,
            .hour = bits >> 17 & 0x1F,
            .minute = bits >> 22 & 0x3F,
            .second = bits >> 28 & 0x3F,
        };
        int64_t seconds;
        if (wh_calendar_seconds(&t, &seconds) == WH_OK) {
            const struct wh_datetime back = wh_calendar_datetime(seconds);
            t.weekday = back.weekday;
            assert_same(&back, &t);
            accepted++;
        }
    }
    assert_in_range(accepted, 100000, 250000);
}

/* The days of March and October from 2000 on as the time zone database has them for Copenhagen. */
static const uint8_t changes[100][2] = {
    {26, 29}, {25, 28}, {31, 27}, {30, 26}, {28, 31}, {27, 30}, {26, 29}, {25, 28}, {30, 26},
    {29, 25}, {28, 31}, {27, 30}, {25, 28}, {31, 27}, {30, 26}, {29, 25}, {27, 30}, {26, 29},
    {25, 28}, {31, 27}, {29, 25}, {28, 31}, {27, 30}, {26, 29}, {31, 27}, {30, 26}, {29, 25},
    {28, 31}, {26, 29}, {25, 28}, {31, 27}, {30, 26}, {28, 31}, {27, 30}, {26, 29}, {25, 28},
    {30, 26}, {29, 25}, {28, 31}, {27, 30}, {25, 28}, {31, 27}, {30, 26}, {29, 25}, {27, 30},
    {26, 29}, {25, 28}, {31, 27}, {29, 25}, {28, 31}, {27, 30}, {26, 29}, {31, 27}, {30, 26},
    {29, 25}, {28, 31}, {26, 29}, {25, 28}, {31, 27}, {30, 26}, {28, 31}, {27, 30}, {26, 29},
    {25, 28}, {30, 26}, {29, 25}, {28, 31}, {27, 30}, {25, 28}, {31, 27}, {30, 26}, {29, 25},
    {27, 30}, {26, 29}, {25, 28}, {31, 27}, {29, 25}, {28, 31}, {27, 30}, {26, 29}, {31, 27},
    {30, 26}, {29, 25}, {28, 31}, {26, 29}, {25, 28}, {31, 27}, {30, 26}, {28, 31}, {27, 30},
    {26, 29}, {25, 28}, {30, 26}, {29, 25}, {28, 31}, {27, 30}, {25, 28}, {31, 27}, {30, 26},
    {29, 25},
};

static int64_t one_o_clock_s(uint16_t year, uint8_t month, uint8_t day)
{
    const struct wh_datetime t = {.year = year, .month = month, .day = day, .hour = 1};
    int64_t seconds;
    assert_int_equal(wh_calendar_seconds(&t, &seconds), WH_OK);
    return seconds;
}

/* CLK-3, the European rule: from second to second at each of the 200 changes of a century, and no
 * change between them. */
static void test_european_changes(void **state)
{
    (void)state;
    int64_t at_s = 0;
    for (uint16_t year = 2000; year < 2100; year++) {
        const int64_t begin_s = one_o_clock_s(year, 3, changes[year - 2000][0]);
        const int64_t end_s = one_o_clock_s(year, 10, changes[year - 2000][1]);
        for (; at_s < begin_s; at_s += HOUR_S) {
            assert_false(wh_calendar_is_european_summer(at_s));
        }
        assert_false(wh_calendar_is_european_summer(begin_s - 1));
        for (; at_s < end_s; at_s += HOUR_S) {
            assert_true(wh_calendar_is_european_summer(at_s));
        }
        assert_true(wh_calendar_is_european_summer(end_s - 1));
        assert_false(wh_calendar_is_european_summer(end_s));
    }
    assert_int_equal(one_o_clock_s(2000, 3, changes[0][0]), 7347600);
    assert_int_equal(one_o_clock_s(2026, 3, changes[26][0]), 828061200);
    assert_int_equal(one_o_clock_s(2026, 10, changes[26][1]), 846205200);
    assert_int_equal(one_o_clock_s(2099, 10, changes[99][1]), 3149888400);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_hour),
        cmocka_unit_test(test_known_days),
        cmocka_unit_test(test_ends),
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_month_lengths),
        cmocka_unit_test(test_random_fields),
        cmocka_unit_test(test_european_changes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
